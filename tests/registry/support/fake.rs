//! A scripted registry on loopback.

use std::{
    sync::{Arc, Mutex},
    thread,
};

/// A response: status, headers, body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The content length to send instead of the body's.
    pub(crate) content_length: Option<usize>,
}

impl Response {
    pub(crate) fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// The running fake.
pub(crate) struct Fake {
    server: Arc<tiny_http::Server>,
    /// `127.0.0.1` and its port.
    pub(crate) host: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Starts a registry whose function gets `METHOD /path?query` and the `Authorization` header, if any.
    pub(crate) fn start(respond: impl Fn(&str, Option<&str>) -> Response + Send + 'static) -> Self {
        Self::with_host(|_| respond)
    }

    /// The same, with a function that is created from the registry's host.
    pub(crate) fn with_host<A: Fn(&str, Option<&str>) -> Response + Send + 'static>(
        make: impl FnOnce(String) -> A,
    ) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let host = server.server_addr().to_ip().unwrap().to_string();
        let respond = make(host.clone());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, running) = (Arc::clone(&requests), Arc::clone(&server));
        thread::spawn(move || {
            while let Ok(mut raw) = running.recv() {
                let line = format!("{} {}", raw.method(), raw.url());
                log.lock().unwrap().push(line.clone());
                drop(std::io::copy(raw.as_reader(), &mut std::io::sink()));
                let who = raw.headers().iter().find(|header| header.field.equiv("authorization"));
                let who = who.map(|header| header.value.to_string());
                let Response { status, headers, body, content_length } = respond(&line, who.as_deref());
                let length = content_length.unwrap_or(body.len());
                let mut raw_response = tiny_http::Response::new(
                    status.into(),
                    Vec::new(),
                    std::io::Cursor::new(body),
                    Some(length),
                    None,
                );
                for (name, value) in headers {
                    raw_response.add_header(tiny_http::Header::from_bytes(name, value).unwrap());
                }
                drop(raw.respond(raw_response));
            }
        });
        Self { server, host, requests }
    }

    /// The received requests, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.unblock();
    }
}
