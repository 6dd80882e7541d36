//! A scripted server on loopback, and the forms in which a secret could be repeated.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use base64::{Engine as _, engine::general_purpose};

/// One request, as received.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    #[expect(dead_code, reason = "shown by `all`")]
    body: String,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All requests.
    pub(super) fn all(&self) -> String {
        format!("{self:?}")
    }
}

/// A response: status, headers, body.
pub(super) type Response = (u16, Vec<(String, String)>, String);

pub(super) struct Server {
    server: Arc<tiny_http::Server>,
    /// `127.0.0.1` and its port.
    pub(super) host: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(super) fn start(respond: impl Fn(&Request) -> Response + Send + 'static) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let host = server.server_addr().to_ip().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, running) = (Arc::clone(&requests), Arc::clone(&server));
        thread::spawn(move || {
            while let Ok(mut raw) = running.recv() {
                let mut body = Vec::new();
                drop(raw.as_reader().read_to_end(&mut body));
                let headers = raw.headers().iter();
                let headers = headers.map(|header| (header.field.to_string(), header.value.to_string()));
                let request = Request {
                    method: raw.method().to_string(),
                    url: raw.url().to_owned(),
                    headers: headers.collect(),
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                log.lock().unwrap().push(request.clone());
                let (status, headers, body) = respond(&request);
                let mut raw_response = tiny_http::Response::from_string(body).with_status_code(status);
                for (name, value) in headers {
                    raw_response.add_header(tiny_http::Header::from_bytes(name, value).unwrap());
                }
                drop(raw.respond(raw_response));
            }
        });
        Self { server, host, requests }
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Whether any request contained the text.
    pub(super) fn was_sent(&self, secret: &str) -> bool {
        self.requests().iter().any(|request| !leaks(secret, &request.all()).is_empty())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

/// The forms in which a server may repeat a secret, each with its name. The text around it in base64 is that of
/// `user:SECRET`.
pub(super) fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let each = |escape: &dyn Fn(u8) -> String| secret.bytes().map(escape).collect::<String>();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let percent = |byte: u8| if word(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let json = serde_json::to_string(secret).unwrap();
    let standard = |text: &str| general_purpose::STANDARD.encode(text);
    let mut forms = vec![
        ("itself", secret.to_owned()),
        ("upper case", secret.to_uppercase()),
        ("lower case", secret.to_lowercase()),
        ("percent", each(&percent)),
        ("lower percent", each(&percent).to_lowercase()),
        ("twice percent", each(&percent).replace('%', "%25")),
        ("all percent", each(&|b| format!("%{b:02X}"))),
        ("all lower percent", each(&|b| format!("%{b:02x}"))),
        ("JSON", json.trim_matches('"').to_owned()),
        ("JSON with slashes", json.trim_matches('"').replace('/', "\\/")),
        ("all JSON", each(&|b| format!("\\u{b:04x}"))),
        ("HTML", secret.replace('&', "&amp;").replace('<', "&lt;")),
        ("all HTML", each(&|b| format!("&#{b};"))),
        ("hexadecimal", each(&|b| format!("{b:02x}"))),
        ("base64", standard(secret)),
        ("base64 for URLs", general_purpose::URL_SAFE_NO_PAD.encode(secret)),
        ("escaped base64", standard(secret).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")),
    ];
    for user in ["u", "us", "use", "x-access-token", "gitlab-ci-token"] {
        forms.push(("Basic", standard(&format!("{user}:{secret}"))));
        forms.push(("Basic for URLs", general_purpose::URL_SAFE.encode(format!("{user}:{secret}"))));
    }
    forms
}

/// The forms of a secret that occur in a text. For base64 the middle part is enough.
pub(super) fn leaks(secret: &str, text: &str) -> Vec<&'static str> {
    let is_in = |name: &str, form: &str| {
        if name.contains("ase64") || name.contains("Basic") {
            let from = form.len() - standard_length(secret);
            return text.contains(form.get(from..form.len() - 4).unwrap());
        }
        text.contains(form)
    };
    forms(secret).into_iter().filter(|(name, form)| is_in(name, form)).map(|(name, _)| name).collect()
}

/// The approximate number of base64 characters of the secret, without those it shares with its user.
fn standard_length(secret: &str) -> usize {
    secret.len() * 4 / 3 - 2
}

/// The text of all files in a folder, recursively.
pub(super) fn files(folder: impl AsRef<Path>) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != ".git") {
                all.extend(files(&path));
            }
        } else if let Ok(bytes) = fs::read(&path) {
            all.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    all
}
