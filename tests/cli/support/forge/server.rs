//! The server of a fake: its request log, and its scripted failures.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::state::State;

/// The responses of a forge. The first argument is the server's own URL: `http://127.0.0.1:PORT`.
pub(super) type Route = fn(&str, &mut State, &Request) -> Response;

/// A received request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Without the query, still encoded (`%2F` is kept).
    pub(crate) path: String,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// As received.
    pub(crate) url: String,
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: String,
    pub(super) accept: String,
    /// The name of the authentication header, lower case.
    pub(super) header: &'static str,
    /// Its value.
    pub(crate) token: Option<String>,
}

impl Request {
    /// `METHOD /path?query`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.url)
    }

    /// The body as JSON, `null` if it is not JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The method and the decoded parts of the path below a root.
    pub(super) fn below(&self, root: &str) -> Option<(&str, Vec<String>)> {
        let rest = self.path.strip_prefix(root)?.trim_matches('/');
        Some((&self.method, rest.split('/').map(decoded).collect()))
    }

    /// The path and query of another page of the same list.
    pub(super) fn with_page(&self, page: usize) -> String {
        let query = self.url.split_once('?').map_or("", |(_, query)| query).split('&');
        let others = query.filter(|pair| !pair.is_empty() && !pair.starts_with("page="));
        let others = others.map(|pair| format!("{pair}&")).collect::<String>();
        format!("{}?{others}page={page}", self.path)
    }

    /// A file of a multipart form (RFC 7578): its name, type and bytes.
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

    fn read(raw: &mut tiny_http::Request) -> Self {
        let header = |name: &'static str| {
            let found = raw.headers().iter().find(|header| header.field.equiv(name));
            found.map(|header| header.value.to_string())
        };
        let url = raw.url().to_owned();
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name.replace('+', " ")), decoded(value.replace('+', " ")))
        };
        let who = ["authorization", "private-token", "job-token"].into_iter();
        let who = who.filter_map(|name| Some((name, header(name)?))).next();
        let mut request = Self {
            method: raw.method().to_string(),
            path: path.to_owned(),
            query: query.split('&').filter(|text| !text.is_empty()).map(pair).collect(),
            content_type: header("content-type").unwrap_or_default(),
            accept: header("accept").unwrap_or_default(),
            header: who.as_ref().map_or("", |(name, _)| name),
            token: who.map(|(_, value)| value),
            body: Vec::new(),
            url: url.clone(),
        };
        // A client that disconnects in the middle of a body is not a failure of the fake.
        drop(std::io::Read::read_to_end(raw.as_reader(), &mut request.body));
        request
    }
}

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
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

    /// A status with a message, in the form that all four forges use.
    pub(super) fn message(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "message": message }))
    }

    /// One page of a list, with a `Link` header for the next one.
    pub(super) fn page(base_url: &str, state: &State, request: &Request, entries: Vec<Value>) -> Self {
        let number = |name: &str| request.parameter(name).and_then(|text| text.parse::<usize>().ok());
        let wanted = number("per_page").or_else(|| number("limit")).unwrap_or(30).clamp(1, 100);
        let size = state.page_size.unwrap_or(wanted).min(wanted);
        let page = number("page").unwrap_or(1).max(1);
        let is_last = page * size >= entries.len();
        let entries: Vec<Value> = entries.into_iter().skip((page - 1) * size).take(size).collect();
        let response = Self::json(200, &entries.into());
        if is_last {
            return response;
        }
        let next = format!("{base_url}{}", request.with_page(page + 1));
        response
            .header("Link", &format!("<{next}>; rel=\"next\""))
            .header("X-Next-Page", &(page + 1).to_string())
    }

    fn send(self, raw: tiny_http::Request) {
        let mut raw_response = tiny_http::Response::from_data(self.body).with_status_code(self.status);
        for (name, value) in self.headers {
            raw_response.add_header(tiny_http::Header::from_bytes(name, value).unwrap());
        }
        // The client may have disconnected.
        drop(raw.respond(raw_response));
    }
}

/// A failure that occurs a number of times.
pub(super) struct Fault {
    pub(super) part: String,
    pub(super) times: usize,
    pub(super) response: Option<Response>,
    pub(super) delay: Duration,
}

/// A running server.
pub(super) struct Running {
    pub(super) server: Arc<tiny_http::Server>,
    pub(super) base_url: String,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    log: Mutex<Vec<Request>>,
    faults: Mutex<Vec<Fault>>,
}

impl Running {
    pub(super) fn start(state: State, route: Route) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let base_url = format!("http://{}", server.server_addr().to_ip().unwrap());
        let shared =
            Arc::new(Shared { state: Mutex::new(state), log: Mutex::default(), faults: Mutex::default() });
        let (listening, own, root) = (Arc::clone(&server), Arc::clone(&shared), base_url.clone());
        thread::spawn(move || {
            while let Ok(mut raw) = listening.recv() {
                let request = Request::read(&mut raw);
                // A fake that panics reports it at once, so that its client does not wait.
                let responding = std::panic::AssertUnwindSafe(|| own.respond(&root, route, &request));
                let (response, delay) = std::panic::catch_unwind(responding)
                    .unwrap_or_else(|_| (Response::message(501, "the fake panicked"), Duration::ZERO));
                if delay.is_zero() {
                    response.send(raw);
                } else {
                    thread::spawn(move || {
                        thread::sleep(delay);
                        response.send(raw);
                    });
                }
            }
        });
        Self { server, base_url, shared }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.shared.state)
    }

    pub(super) fn fault(&self, fault: Fault) {
        locked(&self.shared.faults).push(fault);
    }

    pub(super) fn log(&self) -> Vec<Request> {
        locked(&self.shared.log).clone()
    }

    pub(super) fn clear_log(&self) {
        locked(&self.shared.log).clear();
    }
}

impl Shared {
    fn respond(&self, base_url: &str, route: Route, request: &Request) -> (Response, Duration) {
        locked(&self.log).push(request.clone());
        let mut delay = Duration::ZERO;
        for fault in &mut *locked(&self.faults) {
            if fault.times == 0 || !request.line().contains(&fault.part) {
                continue;
            }
            fault.times -= 1;
            delay = delay.max(fault.delay);
            if let Some(response) = &fault.response {
                return (response.clone(), delay);
            }
        }
        let mut state = locked(&self.state);
        if let Some(refusal) = limited(&mut state) {
            return (refusal, delay);
        }
        (route(base_url, &mut state, request), delay)
    }
}

/// The refusal of an exhausted rate limit, with the headers of GitHub and GitLab.
fn limited(state: &mut State) -> Option<Response> {
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
    let mut refusal = Response::message(state.limit_status, "API rate limit exceeded");
    for name in ["X-RateLimit", "RateLimit"] {
        refusal = refusal.header(&format!("{name}-Remaining"), "0").header(&format!("{name}-Reset"), &until);
    }
    Some(refusal)
}

/// The real time, in seconds since 1970, which rate limits are compared with.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A poisoned lock means that another test's assertion failed, which is reported there.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Decodes `%XX`.
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
