//! Records all responses of a run in one file, to replay the run without a network.
//!
//! Requests are matched by method, URL and the digest of the body. Request headers, and with them every token, are not
//! recorded; secrets in responses are redacted. Responses to identical requests are replayed in their order.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Request, Response, credentials};
use crate::redact::Redactor;

/// The response headers to record: those that some caller reads.
const HEADERS: [&str; 7] =
    ["content-type", "date", "docker-content-digest", "etag", "link", "location", "x-next-page"];

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be read or written.
    #[error("cannot {verb} the recording `{}`", path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is not a recording.
    #[error("`{}` is not a recording", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The error of the parser.
        source: serde_json::Error,
    },
    /// The recording contains no response to a request.
    #[error("the recording `{}` has no response to {method} {url}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The method.
        method: String,
        /// The URL.
        url: String,
    },
}

impl RecordingError {
    /// What to do about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { .. } => Some(
                "replay with the command, configuration and history of the recorded run, or record again with --record".to_owned(),
            ),
            // The message names the file, and the cause what is wrong with it.
            Self::File { .. } | Self::Malformed { .. } => None,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Exchange {
    method: String,
    url: String,
    /// The SHA-256 of the request's body; empty without a body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    sent: String,
    status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    body: String,
}

#[derive(Serialize, Deserialize)]
struct Document {
    tidings_recording: u32,
    /// Whether requests had credentials: with a token, a run sends other requests.
    as_user: bool,
    exchanges: Vec<Exchange>,
}

type Key = (String, String, String);

/// A recording that is being written or replayed.
#[derive(Debug, Clone)]
pub struct Recording {
    path: PathBuf,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
enum State {
    Recording { exchanges: Vec<Exchange>, as_user: bool },
    Replaying { responses: BTreeMap<Key, VecDeque<Exchange>>, as_user: bool },
}

impl Recording {
    /// Starts a recording. Creates the file at once, so that a path that cannot be written is reported before any work.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn create(path: &Path) -> Result<Self, RecordingError> {
        let recording = Self {
            path: path.to_owned(),
            state: Arc::new(Mutex::new(State::Recording { exchanges: Vec::new(), as_user: false })),
        };
        recording.finish(&Redactor::default())?;
        Ok(recording)
    }

    /// Reads a recording, to replay it.
    ///
    /// # Errors
    /// If the file cannot be read or is not a recording.
    pub fn replay(path: &Path) -> Result<Self, RecordingError> {
        let text = fs::read(path).map_err(|source| RecordingError::File {
            verb: "read",
            path: path.to_owned(),
            source,
        })?;
        let document: Document = serde_json::from_slice(&text)
            .map_err(|source| RecordingError::Malformed { path: path.to_owned(), source })?;
        let mut responses: BTreeMap<Key, VecDeque<Exchange>> = BTreeMap::new();
        for exchange in document.exchanges {
            let key = (exchange.method.clone(), exchange.url.clone(), exchange.sent.clone());
            responses.entry(key).or_default().push_back(exchange);
        }
        Ok(Self {
            path: path.to_owned(),
            state: Arc::new(Mutex::new(State::Replaying { responses, as_user: document.as_user })),
        })
    }

    /// Whether it is being replayed, and was recorded with credentials.
    #[must_use]
    pub fn replays_credentials(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(&*state, State::Replaying { as_user: true, .. })
    }

    /// The recorded response; `None` while recording.
    pub(super) fn replay_response(
        &self,
        request: &Request,
        secrets: &Redactor,
    ) -> Option<Result<Response, RecordingError>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State::Replaying { responses, .. } = &mut *state else { return None };
        let (method, url, sent) = key(request, secrets);
        let missing =
            || RecordingError::Missing { path: self.path.clone(), method: method.clone(), url: url.clone() };
        let queue = responses.get_mut(&(method.clone(), url.clone(), sent));
        // The last response stays: a run may send one request more than the recorded run.
        let exchange =
            queue.and_then(|queue| if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() });
        Some(exchange.ok_or_else(missing).map(response))
    }

    /// Adds a response, while recording.
    pub(super) fn record(&self, request: &Request, response: &Response, secrets: &Redactor) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Recording { exchanges, as_user } = &mut *state {
            *as_user |= credentials::credential_header(request.headers()).is_some();
            let (method, url, sent) = key(request, secrets);
            let header = |name: &&str| {
                Some(((*name).to_owned(), response.headers().get(*name)?.to_str().ok()?.to_owned()))
            };
            exchanges.push(Exchange {
                method,
                url,
                sent,
                status: response.status().as_u16(),
                headers: HEADERS.iter().filter_map(header).collect(),
                body: String::from_utf8_lossy(response.body()).into_owned(),
            });
        }
    }

    /// Writes the file, while recording; exchanges are sorted by URL, because concurrent requests end in any order.
    /// Redacts everything only now: a response may contain a secret that was added later.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(&self, secrets: &Redactor) -> Result<(), RecordingError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State::Recording { exchanges, as_user } = &mut *state else { return Ok(()) };
        exchanges.iter_mut().for_each(|exchange| exchange.redact(secrets));
        exchanges.sort_by(|a, b| (&a.url, &a.method, &a.sent).cmp(&(&b.url, &b.method, &b.sent)));
        let document = Document { tidings_recording: 1, as_user: *as_user, exchanges: exchanges.clone() };
        let fail = |source| RecordingError::File { verb: "write", path: self.path.clone(), source };
        let mut text = serde_json::to_string_pretty(&document).map_err(|error| fail(error.into()))?;
        text.push('\n');
        replace(&self.path, &text).map_err(fail)
    }
}

/// Replaces a file. The caller has resolved symbolic links in the path: one that is there now is an error. A device or
/// pipe is written to in place; its path may be a link, such as `/proc/self/fd/1`.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(data) if data.is_symlink() && !(cfg!(unix) && path.starts_with("/proc")) => {
            return Err(io::Error::other("it was replaced with a symbolic link during the run"));
        }
        Ok(data) if !data.is_file() => return fs::write(path, text),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let directory =
        path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file =
        tempfile::NamedTempFile::new_in(directory).map_err(|error| io::Error::from(error.kind()))?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

impl Exchange {
    fn redact(&mut self, secrets: &Redactor) {
        for text in [&mut self.url, &mut self.body].into_iter().chain(self.headers.values_mut()) {
            if let Cow::Owned(redacted) = secrets.redact(text) {
                *text = redacted;
            }
        }
    }
}

/// The key of a request. Redacted, so that it matches whatever the value of a secret in the URL.
fn key(request: &Request, secrets: &Redactor) -> Key {
    let sent = if request.body().is_empty() {
        String::new()
    } else {
        format!("{:x}", Sha256::digest(request.body()))
    };
    let url = request.uri().to_string();
    (request.method().to_string(), secrets.redact(&url).into_owned(), sent)
}

fn response(exchange: Exchange) -> Response {
    let mut response = Response::new(Bytes::from(exchange.body));
    *response.status_mut() =
        http::StatusCode::from_u16(exchange.status).unwrap_or(http::StatusCode::BAD_GATEWAY);
    for (name, value) in exchange.headers {
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::try_from(value))
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, body: &str) -> Request {
        let request = http::Request::post(url).header("authorization", "Bearer ghp_hidden");
        request.body(Bytes::from(body.to_owned())).unwrap()
    }

    fn ok(body: &str) -> Response {
        http::Response::builder()
            .header("link", "<x>")
            .header("set-cookie", "s=hidden")
            .body(Bytes::from(body.to_owned()))
            .unwrap()
    }

    #[test]
    fn recording_replays_and_contains_no_token() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run.json");
        let none = Redactor::default();
        let recording = Recording::create(&path).unwrap();
        assert!(recording.replay_response(&request("https://a/x", "1"), &none).is_none());
        recording.record(&request("https://b/x", "1"), &ok("b"), &none);
        recording.record(&request("https://a/x", "1"), &ok("first"), &none);
        recording.record(&request("https://a/x", "1"), &ok("second"), &none);
        recording.finish(&none).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("hidden"), "{text}");

        let replayed = Recording::replay(&path).unwrap();
        let body = |url: &str, sent: &str| {
            replayed.replay_response(&request(url, sent), &none).unwrap().map(|response| response.into_body())
        };
        assert_eq!(body("https://a/x", "1").unwrap(), "first");
        assert_eq!(body("https://a/x", "1").unwrap(), "second");
        assert_eq!(body("https://a/x", "1").unwrap(), "second");
        let link = replayed.replay_response(&request("https://b/x", "1"), &none).unwrap().unwrap();
        assert_eq!(link.headers().get("link").unwrap(), "<x>");
        let missing = body("https://a/x", "2").unwrap_err();
        assert!(missing.to_string().ends_with("has no response to POST https://a/x"), "{missing}");
    }

    #[test]
    fn secrets_in_responses_are_redacted() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run.json");
        let secrets = Redactor::default();
        let recording = Recording::create(&path).unwrap();
        let url = "https://a/x?private_token=late-secret-value";
        let echo = http::Response::builder().header("link", "<https://a/?t=late%2Dsecret%2Dvalue>");
        let body = "{\"said\":\"early-secret\",\"n\":1}";
        recording.record(&request(url, "1"), &echo.body(Bytes::from(body)).unwrap(), &secrets);
        // Added after the response arrived.
        secrets.add("A", "early-secret");
        secrets.add("B", "late-secret-value");
        recording.finish(&secrets).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("early") && !text.contains("late"), "{text}");
        let replayed = Recording::replay(&path).unwrap();
        let response = replayed.replay_response(&request(url, "1"), &secrets).unwrap().unwrap();
        assert_eq!(response.body(), "{\"said\":\"***\",\"n\":1}");
        assert_eq!(response.headers().get("link").unwrap(), "<https://a/?t=***>");
    }

    #[test]
    fn unreadable_recording_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.json");
        assert!(matches!(Recording::replay(&path), Err(RecordingError::File { verb: "read", .. })));
        fs::write(&path, "{}").unwrap();
        assert!(matches!(Recording::replay(&path), Err(RecordingError::Malformed { .. })));
        assert!(matches!(
            Recording::create(directory.path()),
            Err(RecordingError::File { verb: "write", .. })
        ));
    }
}
