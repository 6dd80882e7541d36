//! A server on loopback that stands in for all others: it is the proxy of the client that the targets use, so that no
//! request leaves the machine, whatever address an answer sends us to. Each request gets the next answer of the input.
//!
//! An input is answers with record separators (0x1E) between them: a line with the status and, behind a space, a part
//! of the addresses that the answer is for; header lines; an empty line; the body.

use std::{
    collections::BTreeSet,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tidings::http;
use tokio::runtime::Runtime;

/// What the targets give as token and password. It may reach nobody but the servers that the target names.
pub(super) const SECRET: &str = "hidden-0123456789";
/// The user that it is the password of. With the colon it is three bytes, so that the password stands alone in Base64.
pub(super) const USER: &str = "us";
/// The secret as Basic credentials have it.
const ENCODED: &str = "aGlkZGVuLTAxMjM0NTY3ODk";
/// The most answers of one input.
const ANSWERS: usize = 24;

struct Answer {
    status: u16,
    wanted: String,
    headers: Vec<u8>,
    body: Vec<u8>,
}

#[derive(Default)]
struct State {
    answers: Vec<Answer>,
    /// Where the secret was seen.
    leaks: BTreeSet<String>,
}

struct Servers {
    runtime: Runtime,
    client: http::Client,
    state: Arc<Mutex<State>>,
}

thread_local! {
    static SERVERS: Servers = Servers::start().unwrap_or_else(|error| panic!("no server: {error}"));
}

/// Runs what asks servers, which answer as the input says. `trusted` are the hosts, with their ports, that may see the
/// secret.
pub(super) fn answering(input: &[u8], trusted: &[&str], ask: impl AsyncFnOnce(http::Client)) {
    // A server that knows the secret may say it, and libFuzzer finds it in the program's memory.
    let text = String::from_utf8_lossy(input);
    if text.contains(SECRET) || text.contains(ENCODED) {
        return;
    }
    SERVERS.with(|servers| {
        *lock(&servers.state) = State {
            answers: input.split(|byte| *byte == 0x1e).take(ANSWERS).map(answer).collect(),
            ..State::default()
        };
        servers.runtime.block_on(ask(servers.client.clone()));
        let leaks = std::mem::take(&mut lock(&servers.state).leaks);
        let others: Vec<_> = leaks.iter().filter(|host| !trusted.contains(&host.as_str())).collect();
        assert!(others.is_empty(), "the secret went to {others:?}");
    });
}

/// The body of the first answer of an input.
pub(super) fn first_body(input: &[u8]) -> Vec<u8> {
    input.split(|byte| *byte == 0x1e).next().map(|part| answer(part).body).unwrap_or_default()
}

impl Servers {
    fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = format!("http://{}", listener.local_addr()?);
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || serve(connection, &state));
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let _inside = runtime.enter();
        let client = http::Client::new(http::Options {
            timeout: Duration::from_secs(5),
            tries: 1,
            max_wait: Duration::ZERO,
            proxies: http::Proxies { https: Some(address.clone()), http: Some(address), no_proxy: None },
            ..http::Options::default()
        })?;
        drop(_inside);
        Ok(Self { runtime, client, state })
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(text: &[u8]) -> Answer {
    let mut lines = text.splitn(2, |byte| *byte == b'\n');
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let (status, wanted) = first.split_once(' ').unwrap_or((&first, ""));
    let status = status.trim().parse().ok().filter(|status| (200..600).contains(status)).unwrap_or(200);
    let mut rest = lines.next().unwrap_or_default();
    let mut headers = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        if line.is_empty() {
            break;
        }
        // How long the body is is ours to say, or a connection would wait for more.
        let name: Vec<u8> =
            line.iter().take_while(|byte| **byte != b':').map(u8::to_ascii_lowercase).collect();
        let frames =
            matches!(name.as_slice(), b"content-length" | b"transfer-encoding" | b"connection" | b"upgrade");
        if !frames && line.contains(&b':') && !line.contains(&b'\r') {
            headers.extend_from_slice(line);
            headers.extend_from_slice(b"\r\n");
        }
    }
    Answer { status, wanted: wanted.trim().to_owned(), headers, body: rest.to_vec() }
}

/// Answers the requests of a connection until it ends.
fn serve(connection: TcpStream, state: &Mutex<State>) {
    let Ok(reading) = connection.try_clone() else { return };
    let (mut reader, mut writer) = (BufReader::new(reading), connection);
    drop(writer.set_nodelay(true));
    while let Ok(Some((line, request))) = read_request(&mut reader) {
        let (method, address) = line.split_once(' ').unwrap_or((&line, ""));
        let bytes = {
            let mut state = lock(state);
            if request.contains(SECRET) || request.contains(ENCODED) {
                let host = address.split_once("://").map_or(address, |(_, rest)| rest);
                let end = host.find(['/', '?', ' ']).unwrap_or(host.len());
                state.leaks.insert(host.get(..end).unwrap_or_default().to_owned());
            }
            let at = state.answers.iter().position(|answer| address.contains(&answer.wanted));
            let next = at.filter(|_| method != "CONNECT").map(|at| state.answers.remove(at));
            response(method, next)
        };
        if writer.write_all(&bytes).is_err() {
            return;
        }
    }
}

/// The first line of the next request, and all of it as text.
fn read_request(reader: &mut BufReader<TcpStream>) -> io::Result<Option<(String, String)>> {
    let mut head = String::new();
    let mut length = 0;
    loop {
        let start = head.len();
        if reader.read_line(&mut head)? == 0 {
            return Ok(None);
        }
        let line = head.get(start..).unwrap_or_default().trim_end();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let first = head.lines().next().unwrap_or_default().to_owned();
    Ok(Some((first, head + &String::from_utf8_lossy(&body))))
}

fn response(method: &str, answer: Option<Answer>) -> Vec<u8> {
    let Some(Answer { status, headers, body, .. }) = answer else {
        return b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec();
    };
    let has_body = method != "HEAD" && !matches!(status, 204 | 304);
    let mut bytes = format!("HTTP/1.1 {status} X\r\n").into_bytes();
    bytes.extend_from_slice(&headers);
    if status != 204 {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    if has_body {
        bytes.extend_from_slice(&body);
    }
    bytes
}
