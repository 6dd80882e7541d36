//! A registry on loopback that answers as a test tells it.

use std::{
    sync::{Arc, Mutex},
    thread,
};

/// An answer: status, headers, body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The length that is told in place of the body's.
    pub(crate) told_length: Option<usize>,
}

impl Answer {
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
    asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// A registry that is asked `METHOD /path?query` with an `Authorization` header, or none.
    pub(crate) fn start(answer: impl Fn(&str, Option<&str>) -> Answer + Send + 'static) -> Self {
        Self::knowing_itself(|_| answer)
    }

    /// The same, made by a function that gets its address.
    pub(crate) fn knowing_itself<A: Fn(&str, Option<&str>) -> Answer + Send + 'static>(
        make: impl FnOnce(String) -> A,
    ) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let host = server.server_addr().to_ip().unwrap().to_string();
        let answer = make(host.clone());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, running) = (Arc::clone(&asked), Arc::clone(&server));
        thread::spawn(move || {
            while let Ok(mut request) = running.recv() {
                let line = format!("{} {}", request.method(), request.url());
                log.lock().unwrap().push(line.clone());
                drop(std::io::copy(request.as_reader(), &mut std::io::sink()));
                let who = request.headers().iter().find(|header| header.field.equiv("authorization"));
                let who = who.map(|header| header.value.to_string());
                let Answer { status, headers, body, told_length } = answer(&line, who.as_deref());
                let length = told_length.unwrap_or(body.len());
                let mut response = tiny_http::Response::new(
                    status.into(),
                    Vec::new(),
                    std::io::Cursor::new(body),
                    Some(length),
                    None,
                );
                for (name, value) in headers {
                    response.add_header(tiny_http::Header::from_bytes(name, value).unwrap());
                }
                drop(request.respond(response));
            }
        });
        Self { server, host, asked }
    }

    /// What it was asked, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.unblock();
    }
}
