//! The headers that say who asks, and the secrets that a request sends.

use http::HeaderMap;

use super::{Private, Request};
use crate::redact::Redactor;

/// The headers that say who asks; `private-token` and `job-token` are GitLab's.
pub(super) const CREDENTIALS: [&str; 5] =
    ["authorization", "private-token", "job-token", "cookie", "proxy-authorization"];

/// The header in which a request says who asks; `None` where it asks anonymously.
pub(super) fn credentials(headers: &HeaderMap) -> Option<&'static str> {
    CREDENTIALS.into_iter().find(|name| headers.contains_key(*name))
}

/// Whatever is sent as a secret is one, wherever it was read: from here on no answer that repeats it brings it back.
pub(super) fn learn(secrets: &Redactor, request: &Request) {
    let host = request.uri().host().unwrap_or("the server");
    if request.extensions().get::<Private>().is_some() {
        secrets.add_address(&format!("the address at {host}"), &request.uri().to_string());
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

    fn learned(name: &str, value: &str, echo: &str) -> bool {
        let secrets = Redactor::default();
        let request = http::Request::get("https://h/x").header(name, value).body(Bytes::new()).unwrap();
        learn(&secrets, &request);
        secrets.is_in(echo)
    }

    #[test]
    fn what_is_sent_as_a_secret_is_one() {
        assert!(learned("authorization", "Bearer abcdefgh-1", "abcdefgh-1"));
        assert!(learned("authorization", "token abcdefgh-1", "abcdefgh-1"));
        assert!(learned("private-token", "abcdefgh-1", "abcdefgh-1"));
        assert!(learned("job-token", "abcdefgh-1", "abcdefgh-1"));
        // ada:pass-word-1
        assert!(learned("authorization", "Basic YWRhOnBhc3Mtd29yZC0x", "pass-word-1"));
        assert!(learned("authorization", "Basic YWRhOnBhc3Mtd29yZC0x", "YWRhOnBhc3Mtd29yZC0x"));
        // ada:pw
        assert!(learned("authorization", "Basic YWRhOnB3", "YWRhOnB3"), "eight characters as they are sent");
        assert!(!learned("accept", "application/json", "application/json"));
    }
}
