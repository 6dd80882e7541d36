//! Headers with credentials, and the secrets that a request sends.

use http::HeaderMap;

use super::{Request, SecretUrl};
use crate::redact::Redactor;

/// Headers with credentials; `private-token` and `job-token` are GitLab's.
pub(super) const CREDENTIALS: [&str; 5] =
    ["authorization", "private-token", "job-token", "cookie", "proxy-authorization"];

/// The header with a request's credentials; `None` for an anonymous request.
pub(super) fn credential_header(headers: &HeaderMap) -> Option<&'static str> {
    CREDENTIALS.into_iter().find(|name| headers.contains_key(*name))
}

/// Adds the credentials that a request sends to the secrets, so that a response that echoes them is redacted.
pub(super) fn register(secrets: &Redactor, request: &Request) {
    let host = request.uri().host().unwrap_or("the server");
    if request.extensions().get::<SecretUrl>().is_some() {
        secrets.add_secret_url(&format!("the URL at {host}"), &request.uri().to_string());
    }
    for name in CREDENTIALS {
        for value in request.headers().get_all(name) {
            if let Ok(value) = value.to_str() {
                secrets.add_credentials(&format!("the credentials for {host}"), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn is_registered(name: &str, value: &str, echo: &str) -> bool {
        let secrets = Redactor::default();
        let request = http::Request::get("https://h/x").header(name, value).body(Bytes::new()).unwrap();
        register(&secrets, &request);
        secrets.matches(echo)
    }

    #[test]
    fn sent_credentials_are_registered_as_secrets() {
        assert!(is_registered("authorization", "Bearer abcdefgh-1", "abcdefgh-1"));
        assert!(is_registered("authorization", "token abcdefgh-1", "abcdefgh-1"));
        assert!(is_registered("private-token", "abcdefgh-1", "abcdefgh-1"));
        assert!(is_registered("job-token", "abcdefgh-1", "abcdefgh-1"));
        // ada:pass-word-1
        assert!(is_registered("authorization", "Basic YWRhOnBhc3Mtd29yZC0x", "pass-word-1"));
        assert!(is_registered("authorization", "Basic YWRhOnBhc3Mtd29yZC0x", "YWRhOnBhc3Mtd29yZC0x"));
        // ada:pw
        assert!(is_registered("authorization", "Basic YWRhOnB3", "YWRhOnB3"), "eight characters, as sent");
        assert!(!is_registered("accept", "application/json", "application/json"));
    }
}
