//! The server under a fake: what it was asked, and what it was told to do wrong.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::state::State;

/// What a forge answers. The address is the server's own: `http://127.0.0.1:PORT`.
pub(super) type Route = fn(&str, &mut State, &Asked) -> Answer;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Without the query, as it was sent (`%2F` stays).
    pub(crate) path: String,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// As it was sent.
    pub(crate) url: String,
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: String,
    pub(super) accept: String,
    /// The header that says who asks, lower case.
    pub(super) header: &'static str,
    /// Its value.
    pub(crate) token: Option<String>,
}

impl Asked {
    /// `METHOD /path?query`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.url)
    }

    /// The body as JSON, `null` where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The method and the parts of the path below a root, decoded.
    pub(super) fn below(&self, root: &str) -> Option<(&str, Vec<String>)> {
        let rest = self.path.strip_prefix(root)?.trim_matches('/');
        Some((&self.method, rest.split('/').map(decoded).collect()))
    }

    /// The path and query of another page of what was asked for.
    pub(super) fn with_page(&self, page: usize) -> String {
        let query = self.url.split_once('?').map_or("", |(_, query)| query).split('&');
        let others = query.filter(|pair| !pair.is_empty() && !pair.starts_with("page="));
        let others = others.map(|pair| format!("{pair}&")).collect::<String>();
        format!("{}?{others}page={page}", self.path)
    }

    /// A file of a form (RFC 7578): its name, type and bytes.
    pub(super) fn form_file(&self, field: &str) -> Option<(String, String, Vec<u8>)> {
        let boundary = self.content_type.split_once("boundary=")?.1.trim_matches('"');
        let find =
            |bytes: &[u8], text: &str| bytes.windows(text.len()).position(|part| part == text.as_bytes());
        let mut rest = self.body.as_slice();
        loop {
            rest = &rest[find(rest, &format!("--{boundary}\r\n"))? + boundary.len() + 4..];
            let head_ends = find(rest, "\r\n\r\n")?;
            let head = String::from_utf8_lossy(&rest[..head_ends]).into_owned();
            rest = &rest[head_ends + 4..];
            let content = &rest[..find(rest, &format!("\r\n--{boundary}"))?];
            let value = |before: &str| Some(head.split_once(before)?.1.split_once('"')?.0.to_owned());
            if value(" name=\"").as_deref() == Some(field) {
                let kind =
                    head.lines().find_map(|line| line.strip_prefix("Content-Type: ")).unwrap_or_default();
                return Some((value("filename=\"")?, kind.to_owned(), content.to_vec()));
            }
        }
    }

    fn read(request: &mut tiny_http::Request) -> Self {
        let header = |name: &'static str| {
            let found = request.headers().iter().find(|header| header.field.equiv(name));
            found.map(|header| header.value.to_string())
        };
        let url = request.url().to_owned();
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name.replace('+', " ")), decoded(value.replace('+', " ")))
        };
        let who = ["authorization", "private-token", "job-token"].into_iter();
        let who = who.filter_map(|name| Some((name, header(name)?))).next();
        let mut asked = Self {
            method: request.method().to_string(),
            path: path.to_owned(),
            query: query.split('&').filter(|text| !text.is_empty()).map(pair).collect(),
            content_type: header("content-type").unwrap_or_default(),
            accept: header("accept").unwrap_or_default(),
            header: who.as_ref().map_or("", |(name, _)| name),
            token: who.map(|(_, value)| value),
            body: Vec::new(),
            url: url.clone(),
        };
        // A client that goes away in the middle of a body is no failure of the fake's.
        drop(std::io::Read::read_to_end(request.as_reader(), &mut asked.body));
        asked
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, &body.to_string()).header("Content-Type", "application/json")
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    /// A file.
    pub(super) fn file(content: &[u8]) -> Self {
        Self { status: 200, headers: Vec::new(), body: content.to_vec() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A status with a message, as all four forges write it.
    pub(super) fn message(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "message": message }))
    }

    /// One page of a list, with the `Link` header that names the next one.
    pub(super) fn page(address: &str, state: &State, asked: &Asked, entries: Vec<Value>) -> Self {
        let number = |name: &str| asked.parameter(name).and_then(|text| text.parse::<usize>().ok());
        let wanted = number("per_page").or_else(|| number("limit")).unwrap_or(30).clamp(1, 100);
        let size = state.page_size.unwrap_or(wanted).min(wanted);
        let page = number("page").unwrap_or(1).max(1);
        let is_last = page * size >= entries.len();
        let entries: Vec<Value> = entries.into_iter().skip((page - 1) * size).take(size).collect();
        let answer = Self::json(200, &entries.into());
        if is_last {
            return answer;
        }
        let next = format!("{address}{}", asked.with_page(page + 1));
        answer
            .header("Link", &format!("<{next}>; rel=\"next\""))
            .header("X-Next-Page", &(page + 1).to_string())
    }

    fn respond(self, request: tiny_http::Request) {
        let mut response = tiny_http::Response::from_data(self.body).with_status_code(self.status);
        for (name, value) in self.headers {
            response.add_header(tiny_http::Header::from_bytes(name, value).unwrap());
        }
        // The one who asked may have gone.
        drop(request.respond(response));
    }
}

/// Something that goes wrong, a number of times.
pub(super) struct Fault {
    pub(super) part: String,
    pub(super) times: usize,
    pub(super) answer: Option<Answer>,
    pub(super) delay: Duration,
}

/// A server that runs.
pub(super) struct Running {
    pub(super) server: Arc<tiny_http::Server>,
    pub(super) address: String,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    log: Mutex<Vec<Asked>>,
    faults: Mutex<Vec<Fault>>,
}

impl Running {
    pub(super) fn start(state: State, route: Route) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let address = format!("http://{}", server.server_addr().to_ip().unwrap());
        let shared =
            Arc::new(Shared { state: Mutex::new(state), log: Mutex::default(), faults: Mutex::default() });
        let (listening, own, root) = (Arc::clone(&server), Arc::clone(&shared), address.clone());
        thread::spawn(move || {
            while let Ok(mut request) = listening.recv() {
                let asked = Asked::read(&mut request);
                // A fake that fails says so at once, instead of letting its client wait.
                let answered = std::panic::AssertUnwindSafe(|| own.answer(&root, route, &asked));
                let (answer, delay) = std::panic::catch_unwind(answered)
                    .unwrap_or_else(|_| (Answer::message(501, "the fake panicked"), Duration::ZERO));
                if delay.is_zero() {
                    answer.respond(request);
                } else {
                    thread::spawn(move || {
                        thread::sleep(delay);
                        answer.respond(request);
                    });
                }
            }
        });
        Self { server, address, shared }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.shared.state)
    }

    pub(super) fn fault(&self, fault: Fault) {
        locked(&self.shared.faults).push(fault);
    }

    pub(super) fn log(&self) -> Vec<Asked> {
        locked(&self.shared.log).clone()
    }

    pub(super) fn forget(&self) {
        locked(&self.shared.log).clear();
    }
}

impl Shared {
    fn answer(&self, address: &str, route: Route, asked: &Asked) -> (Answer, Duration) {
        locked(&self.log).push(asked.clone());
        let mut delay = Duration::ZERO;
        for fault in &mut *locked(&self.faults) {
            if fault.times == 0 || !asked.line().contains(&fault.part) {
                continue;
            }
            fault.times -= 1;
            delay = delay.max(fault.delay);
            if let Some(answer) = &fault.answer {
                return (answer.clone(), delay);
            }
        }
        let mut state = locked(&self.state);
        if let Some(refusal) = limited(&mut state) {
            return (refusal, delay);
        }
        (route(address, &mut state, asked), delay)
    }
}

/// The refusal where the limit is used up, with the headers that GitHub and GitLab send.
fn limited(state: &mut State) -> Option<Answer> {
    let (left, until) = state.limit.as_mut()?;
    if now() >= *until {
        state.limit = None;
        return None;
    }
    if *left > 0 {
        *left -= 1;
        return None;
    }
    let until = until.to_string();
    let mut refusal = Answer::message(state.limit_status, "API rate limit exceeded");
    for name in ["X-RateLimit", "RateLimit"] {
        refusal = refusal.header(&format!("{name}-Remaining"), "0").header(&format!("{name}-Reset"), &until);
    }
    Some(refusal)
}

/// The real clock, in seconds since 1970: the one that a limit's end is compared with.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A poisoned lock is the failure of another test's assertion, told there.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `%XX` as the byte it stands for.
fn decoded(text: impl AsRef<str>) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_ref().as_bytes());
    while let [first, tail @ ..] = rest {
        let byte = match (first, tail) {
            (b'%', [high, low, ..]) => std::str::from_utf8(&[*high, *low])
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
