//! A server that stands for the whole network, and remembers every byte that it is sent.

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

/// What is answered to everything: an object that a forge, a list or a version could be taken from.
const ANSWER: &str = "{\"version\":\"1.22.0\",\"revision\":\"abc\",\"message\":\"no\",\
    \"verifiable_password_authentication\":true,\"title\":\"stolen title\",\"number\":1,\"iid\":1}";

/// The running server. It ends with its value.
pub(super) struct Network {
    /// `127.0.0.1` and the port.
    pub(super) host: String,
    sent: Arc<Mutex<Vec<u8>>>,
    is_over: Arc<AtomicBool>,
}

impl Network {
    /// Answers everything as a forge would that lets anybody in.
    pub(super) fn start() -> Self {
        Self::answering(|_| {
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{ANSWER}",
                ANSWER.len()
            )
        })
    }

    /// Answers a request, its whole head, with what a function makes of it.
    pub(super) fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (sent, is_over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (log, over) = (Arc::clone(&sent), Arc::clone(&is_over));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let head = hear(&mut stream.as_ref().unwrap(), &log);
                // Whoever asked may be gone.
                let refusal = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let text = if head.starts_with("CONNECT ") { refusal.to_owned() } else { answer(&head) };
                drop(stream.unwrap().write_all(text.as_bytes()));
            }
        });
        Self { host, sent, is_over }
    }

    /// Makes it the proxy for every host.
    pub(super) fn put_in_the_way_of(&self, command: &mut Command) {
        let address = format!("http://{}", self.host);
        for name in ["http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env(name, &address);
        }
    }

    /// All that was sent since the last time, as text.
    pub(super) fn heard(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.sent.lock().unwrap())).into_owned()
    }

    /// The tokens in a text, plain or as a user with a password.
    pub(super) fn tokens(heard: &str) -> Vec<&'static str> {
        let mut text = heard.to_owned();
        for word in heard.split_whitespace() {
            let decoded = base64::engine::general_purpose::STANDARD.decode(word).unwrap_or_default();
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

fn hear(stream: &mut &TcpStream, log: &Mutex<Vec<u8>>) -> String {
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
        // The thread waits for one more.
        drop(TcpStream::connect(&self.host));
    }
}
