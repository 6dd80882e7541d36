//! All answers of a run in one file, so that the run can be repeated without a network.
//!
//! A request is known by its method, its address and the digest of its body; its headers, and with them every token, are not
//! written down, and what an answer repeats of a secret is redacted. Asked the same twice, a server may answer differently: the answers are kept in their order.

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

/// The headers of answers that somebody reads.
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
        /// What the system says.
        source: io::Error,
    },
    /// The file is no recording.
    #[error("`{}` is no recording", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The recording has no answer to a request.
    #[error("the recording `{}` has no answer to {method} {address}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The method.
        method: String,
        /// The address.
        address: String,
    },
}

impl RecordingError {
    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { .. } => Some(
                "a recording fits the run it was made of: the same command, configuration and history; --record makes a new one".to_owned(),
            ),
            Self::File { .. } | Self::Form { .. } => None,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Exchange {
    method: String,
    url: String,
    /// The SHA-256 of the request's body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    sent: String,
    status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    body: String,
}

#[derive(Serialize, Deserialize)]
struct Tape {
    tidings_recording: u32,
    /// Whether the servers were asked as somebody: with a token more is asked, and otherwise.
    as_user: bool,
    exchanges: Vec<Exchange>,
}

type Key = (String, String, String);

/// A recording that is being made or played.
#[derive(Debug, Clone)]
pub struct Recording {
    path: PathBuf,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
enum State {
    Making { exchanges: Vec<Exchange>, as_user: bool },
    Playing { answers: BTreeMap<Key, VecDeque<Exchange>>, as_user: bool },
}

impl Recording {
    /// Begins a recording. The file is made at once, so that a path that cannot be written is told before the work.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn make(path: &Path) -> Result<Self, RecordingError> {
        let recording = Self {
            path: path.to_owned(),
            state: Arc::new(Mutex::new(State::Making { exchanges: Vec::new(), as_user: false })),
        };
        recording.finish(&Redactor::default())?;
        Ok(recording)
    }

    /// Reads a recording, to be played.
    ///
    /// # Errors
    /// When the file cannot be read or is no recording.
    pub fn play(path: &Path) -> Result<Self, RecordingError> {
        let text = fs::read(path).map_err(|source| RecordingError::File {
            verb: "read",
            path: path.to_owned(),
            source,
        })?;
        let tape: Tape = serde_json::from_slice(&text)
            .map_err(|source| RecordingError::Form { path: path.to_owned(), source })?;
        let mut answers: BTreeMap<Key, VecDeque<Exchange>> = BTreeMap::new();
        for exchange in tape.exchanges {
            let key = (exchange.method.clone(), exchange.url.clone(), exchange.sent.clone());
            answers.entry(key).or_default().push_back(exchange);
        }
        Ok(Self {
            path: path.to_owned(),
            state: Arc::new(Mutex::new(State::Playing { answers, as_user: tape.as_user })),
        })
    }

    /// Whether it is played, and was made as somebody.
    #[must_use]
    pub fn plays_as_user(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(&*state, State::Playing { as_user: true, .. })
    }

    /// The recorded answer; `None` where the recording is being made.
    pub(super) fn answer(
        &self,
        request: &Request,
        secrets: &Redactor,
    ) -> Option<Result<Response, RecordingError>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State::Playing { answers, .. } = &mut *state else { return None };
        let (method, url, sent) = key(request, secrets);
        let missing = || RecordingError::Missing {
            path: self.path.clone(),
            method: method.clone(),
            address: url.clone(),
        };
        let queue = answers.get_mut(&(method.clone(), url.clone(), sent));
        // The last answer stays: a run may ask once more than the recorded one did.
        let exchange =
            queue.and_then(|queue| if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() });
        Some(exchange.ok_or_else(missing).map(response))
    }

    /// Writes an answer down, where the recording is being made.
    pub(super) fn keep(&self, request: &Request, response: &Response, secrets: &Redactor) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Making { exchanges, as_user } = &mut *state {
            *as_user |= credentials::credentials(request.headers()).is_some();
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

    /// Writes the file, where the recording is being made; exchanges in the order of their addresses, since requests that run side by side
    /// end in any order. A secret may have been repeated before it was known to be one, so all are redacted now.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(&self, secrets: &Redactor) -> Result<(), RecordingError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State::Making { exchanges, as_user } = &mut *state else { return Ok(()) };
        exchanges.iter_mut().for_each(|exchange| exchange.redact(secrets));
        exchanges.sort_by(|a, b| (&a.url, &a.method, &a.sent).cmp(&(&b.url, &b.method, &b.sent)));
        let tape = Tape { tidings_recording: 1, as_user: *as_user, exchanges: exchanges.clone() };
        let fail = |source| RecordingError::File { verb: "write", path: self.path.clone(), source };
        let mut text = serde_json::to_string_pretty(&tape).map_err(|error| fail(error.into()))?;
        text.push('\n');
        replace(&self.path, &text).map_err(fail)
    }
}

/// Replaces a file. The caller has followed the links of its path: one that lies there now is not followed. A device or pipe is
/// written to as it is; its name may be a link, as `/proc/self/fd/1` is.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(data) if data.is_symlink() && !(cfg!(unix) && path.starts_with("/proc")) => {
            return Err(io::Error::other("it was replaced by a link during the run"));
        }
        Ok(data) if !data.is_file() => return fs::write(path, text),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| io::Error::from(error.kind()))?;
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

/// Redacted, so that a request is found again whatever the secret in its address is called.
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
    fn what_is_recorded_is_played_and_pitfall_30_no_token_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        let none = Redactor::default();
        let made = Recording::make(&path).unwrap();
        assert!(made.answer(&request("https://a/x", "1"), &none).is_none());
        made.keep(&request("https://b/x", "1"), &ok("b"), &none);
        made.keep(&request("https://a/x", "1"), &ok("first"), &none);
        made.keep(&request("https://a/x", "1"), &ok("second"), &none);
        made.finish(&none).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("hidden"), "{text}");

        let played = Recording::play(&path).unwrap();
        let body = |url: &str, sent: &str| {
            played.answer(&request(url, sent), &none).unwrap().map(|response| response.into_body())
        };
        assert_eq!(body("https://a/x", "1").unwrap(), "first");
        assert_eq!(body("https://a/x", "1").unwrap(), "second");
        assert_eq!(body("https://a/x", "1").unwrap(), "second");
        let link = played.answer(&request("https://b/x", "1"), &none).unwrap().unwrap();
        assert_eq!(link.headers().get("link").unwrap(), "<x>");
        let missing = body("https://a/x", "2").unwrap_err();
        assert!(missing.to_string().ends_with("has no answer to POST https://a/x"), "{missing}");
    }

    #[test]
    fn secrets_that_a_server_repeats_are_redacted_and_the_recording_plays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        let secrets = Redactor::default();
        let made = Recording::make(&path).unwrap();
        let url = "https://a/x?private_token=late-secret-value";
        let echo = http::Response::builder().header("link", "<https://a/?t=late%2Dsecret%2Dvalue>");
        let body = "{\"said\":\"early-secret\",\"n\":1}";
        made.keep(&request(url, "1"), &echo.body(Bytes::from(body)).unwrap(), &secrets);
        // Known only after the answer came.
        secrets.add("A", "early-secret");
        secrets.add("B", "late-secret-value");
        made.finish(&secrets).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("early") && !text.contains("late"), "{text}");
        let played = Recording::play(&path).unwrap();
        let answer = played.answer(&request(url, "1"), &secrets).unwrap().unwrap();
        assert_eq!(answer.body(), "{\"said\":\"***\",\"n\":1}");
        assert_eq!(answer.headers().get("link").unwrap(), "<https://a/?t=***>");
    }

    #[test]
    fn what_is_no_recording_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        assert!(matches!(Recording::play(&path), Err(RecordingError::File { verb: "read", .. })));
        fs::write(&path, "{}").unwrap();
        assert!(matches!(Recording::play(&path), Err(RecordingError::Form { .. })));
        assert!(matches!(Recording::make(folder.path()), Err(RecordingError::File { verb: "write", .. })));
    }
}
