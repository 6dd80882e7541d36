//! A fake server on loopback for all hosts: it is the proxy of the targets' client, so that no request leaves the
//! machine, whatever URL a response contains. Each request gets the next response of the input.
//!
//! An input is a list of responses separated by record separators (0x1E): a line with the status and, after a space, a
//! part of the URLs that the response is for; header lines; an empty line; the body.

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

/// The token and password of the targets. Only the servers that a target names may receive it.
pub(super) const SECRET: &str = "hidden-0123456789";
/// The user of that password. With the colon it is three bytes, so that the password is a separate part in Base64.
pub(super) const USER: &str = "us";
/// The secret as encoded in Basic credentials.
const ENCODED: &str = "aGlkZGVuLTAxMjM0NTY3ODk";
/// The maximum number of responses per input.
const RESPONSES: usize = 24;

struct Response {
    status: u16,
    wanted: String,
    headers: Vec<u8>,
    body: Vec<u8>,
}

#[derive(Default)]
struct State {
    responses: Vec<Response>,
    /// The requests that contained the secret.
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

/// Runs a client against the responses of the input. `trusted` are the hosts, with ports, that may receive the secret.
pub(super) fn with_responses(input: &[u8], trusted: &[&str], ask: impl AsyncFnOnce(http::Client)) {
    // A server that received the secret may repeat it, and libFuzzer finds it in the program's memory.
    let text = String::from_utf8_lossy(input);
    if text.contains(SECRET) || text.contains(ENCODED) {
        return;
    }
    SERVERS.with(|servers| {
        *lock(&servers.state) = State {
            responses: input.split(|byte| *byte == 0x1e).take(RESPONSES).map(parse).collect(),
            ..State::default()
        };
        servers.runtime.block_on(ask(servers.client.clone()));
        let leaks = std::mem::take(&mut lock(&servers.state).leaks);
        let others: Vec<_> = leaks.iter().filter(|host| !trusted.contains(&host.as_str())).collect();
        assert!(others.is_empty(), "the secret went to {others:?}");
    });
}

/// The body of the first response of an input.
pub(super) fn first_body(input: &[u8]) -> Vec<u8> {
    input.split(|byte| *byte == 0x1e).next().map(|part| parse(part).body).unwrap_or_default()
}

impl Servers {
    fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let url = format!("http://{}", listener.local_addr()?);
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
            proxies: http::Proxies { https: Some(url.clone()), http: Some(url), no_proxy: None },
            ..http::Options::default()
        })?;
        drop(_inside);
        Ok(Self { runtime, client, state })
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn parse(text: &[u8]) -> Response {
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
        // The content length is always correct, otherwise the client would wait for more.
        let name: Vec<u8> =
            line.iter().take_while(|byte| **byte != b':').map(u8::to_ascii_lowercase).collect();
        let frames =
            matches!(name.as_slice(), b"content-length" | b"transfer-encoding" | b"connection" | b"upgrade");
        if !frames && line.contains(&b':') && !line.contains(&b'\r') {
            headers.extend_from_slice(line);
            headers.extend_from_slice(b"\r\n");
        }
    }
    Response { status, wanted: wanted.trim().to_owned(), headers, body: rest.to_vec() }
}

/// Responds to the requests of a connection until it ends.
fn serve(connection: TcpStream, state: &Mutex<State>) {
    let Ok(reading) = connection.try_clone() else { return };
    let (mut reader, mut writer) = (BufReader::new(reading), connection);
    drop(writer.set_nodelay(true));
    while let Ok(Some((line, request))) = read_request(&mut reader) {
        let (method, url) = line.split_once(' ').unwrap_or((&line, ""));
        let bytes = {
            let mut state = lock(state);
            if request.contains(SECRET) || request.contains(ENCODED) {
                let host = url.split_once("://").map_or(url, |(_, rest)| rest);
                let end = host.find(['/', '?', ' ']).unwrap_or(host.len());
                state.leaks.insert(host.get(..end).unwrap_or_default().to_owned());
            }
            let at = state.responses.iter().position(|response| url.contains(&response.wanted));
            let next = at.filter(|_| method != "CONNECT").map(|at| state.responses.remove(at));
            encode(method, next)
        };
        if writer.write_all(&bytes).is_err() {
            return;
        }
    }
}

/// The first line of the next request, and the whole request as text.
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

fn encode(method: &str, response: Option<Response>) -> Vec<u8> {
    let Some(Response { status, headers, body, .. }) = response else {
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
