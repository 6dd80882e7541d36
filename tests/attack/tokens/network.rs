//! A server that acts as the whole network, and stores every byte it receives.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use base64::Engine as _;

use super::TOKENS;

/// The response to every request: an object that can be parsed as a forge's item, a list or a version.
const RESPONSE: &str = "{\"version\":\"1.22.0\",\"revision\":\"abc\",\"message\":\"no\",\
    \"verifiable_password_authentication\":true,\"title\":\"stolen title\",\"number\":1,\"iid\":1}";

/// The running server. It stops when dropped.
pub(super) struct Network {
    /// `127.0.0.1` and the port.
    pub(super) host: String,
    received_bytes: Arc<Mutex<Vec<u8>>>,
    is_over: Arc<AtomicBool>,
}

impl Network {
    /// Responds to everything like a forge with public access.
    pub(super) fn start() -> Self {
        Self::responding(|_| {
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{RESPONSE}",
                RESPONSE.len()
            )
        })
    }

    /// Responds to each request, given its whole head, with the result of a function.
    pub(super) fn responding(respond: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (received_bytes, is_over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (log, over) = (Arc::clone(&received_bytes), Arc::clone(&is_over));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let head = read_request(&mut stream.as_ref().unwrap(), &log);
                // The client may be gone.
                let refusal = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let text = if head.starts_with("CONNECT ") { refusal.to_owned() } else { respond(&head) };
                drop(stream.unwrap().write_all(text.as_bytes()));
            }
        });
        Self { host, received_bytes, is_over }
    }

    /// Makes it the proxy for every host.
    pub(super) fn set_as_proxy_of(&self, command: &mut Command) {
        let url = format!("http://{}", self.host);
        for name in ["http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env(name, &url);
        }
    }

    /// Everything received since the last call, as text.
    pub(super) fn received(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.received_bytes.lock().unwrap())).into_owned()
    }

    /// The tokens in a text, plain or as Basic credentials.
    pub(super) fn tokens(received: &str) -> Vec<&'static str> {
        let mut text = received.to_owned();
        for setting in received.split_whitespace() {
            let decoded = base64::engine::general_purpose::STANDARD.decode(setting).unwrap_or_default();
            text += &String::from_utf8_lossy(&decoded);
        }
        let is_in = |value: &str| {
            // `tok-gh` is not in `tok-github`.
            text.match_indices(value)
                .any(|(at, _)| !text[at + value.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()))
        };
        TOKENS.iter().filter(|(_, value)| is_in(value)).map(|(name, _)| *name).collect()
    }
}

fn read_request(stream: &mut &TcpStream, log: &Mutex<Vec<u8>>) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    let mut whole = usize::MAX;
    while bytes.len() < whole {
        let Ok(count @ 1..) = stream.read(&mut part) else { break };
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            whole = head.len() + 4 + length.unwrap_or(0);
        }
    }
    log.lock().unwrap().extend_from_slice(&bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Drop for Network {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // The thread waits for one more connection.
        drop(TcpStream::connect(&self.host));
    }
}
