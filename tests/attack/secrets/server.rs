//! A server on loopback that answers as a test tells it, and the forms in which a secret could come back.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use base64::{Engine as _, engine::general_purpose};

/// One request, as it was sent.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    #[expect(dead_code, reason = "shown by `all`")]
    body: String,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Everything that was sent.
    pub(super) fn all(&self) -> String {
        format!("{self:?}")
    }
}

/// An answer: status, headers, body.
pub(super) type Answer = (u16, Vec<(String, String)>, String);

pub(super) struct Server {
    server: Arc<tiny_http::Server>,
    /// `127.0.0.1` and its port.
    pub(super) host: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(super) fn start(answer: impl Fn(&Asked) -> Answer + Send + 'static) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let host = server.server_addr().to_ip().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, running) = (Arc::clone(&asked), Arc::clone(&server));
        thread::spawn(move || {
            while let Ok(mut request) = running.recv() {
                let mut body = Vec::new();
                drop(request.as_reader().read_to_end(&mut body));
                let headers = request.headers().iter();
                let headers = headers.map(|header| (header.field.to_string(), header.value.to_string()));
                let asked = Asked {
                    method: request.method().to_string(),
                    url: request.url().to_owned(),
                    headers: headers.collect(),
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                log.lock().unwrap().push(asked.clone());
                let (status, headers, body) = answer(&asked);
                let mut response = tiny_http::Response::from_string(body).with_status_code(status);
                for (name, value) in headers {
                    response.add_header(tiny_http::Header::from_bytes(name, value).unwrap());
                }
                drop(request.respond(response));
            }
        });
        Self { server, host, asked }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Whether a text was in anything that was sent.
    pub(super) fn was_sent(&self, secret: &str) -> bool {
        self.asked().iter().any(|asked| !leaks(secret, &asked.all()).is_empty())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

/// The forms that a server may give a secret, each with its name. What stands around it in base64 is that of `user:SECRET`.
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

/// The forms of a secret that are in a text. Of base64 the middle is enough.
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

/// About how many digits the secret takes, without what it shares with its user.
fn standard_length(secret: &str) -> usize {
    secret.len() * 4 / 3 - 2
}

/// The text of every file below a folder.
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
