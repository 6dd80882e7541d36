//! Parses authentication challenges and builds the headers that respond to them (RFC 9110 §11; the token protocol of
//! <https://distribution.github.io/distribution/spec/auth/token/>).

use base64::Engine as _;
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;

use super::Login;
use crate::http::Secret;

/// An authentication challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A user name and a password.
    Basic,
    /// A token from a token server.
    Bearer {
        /// The token server's URL.
        realm: url::Url,
        /// The service that the token is for.
        service: Option<String>,
    },
}

/// The challenge of a response, `Bearer` before `Basic`; `None` if there is no supported one.
pub(super) fn challenge(headers: &HeaderMap) -> Option<Challenge> {
    let values = headers.get_all(header::WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let mut basic = None;
    for value in values {
        for one in http_auth::parse_challenges(value).unwrap_or_default() {
            if one.scheme.eq_ignore_ascii_case("basic") {
                basic = Some(Challenge::Basic);
            }
            if !one.scheme.eq_ignore_ascii_case("bearer") {
                continue;
            }
            let parameter = |name: &str| {
                one.params
                    .iter()
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.to_unescaped())
            };
            if let Some(realm) = parameter("realm").and_then(|realm| url::Url::parse(&realm).ok()) {
                return Some(Challenge::Bearer { realm, service: parameter("service") });
            }
        }
    }
    basic
}

/// A token server's response.
#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// The token in a token server's response.
pub(super) fn token(body: &[u8]) -> Option<Secret> {
    let token: Token = serde_json::from_slice(body).ok()?;
    token.token.filter(|token| !token.is_empty()).or(token.access_token).as_deref().and_then(Secret::new)
}

/// The `Authorization` header with a token.
pub(super) fn bearer(token: &Secret) -> Option<HeaderValue> {
    sensitive(&format!("Bearer {}", token.expose()))
}

/// The `Authorization` header with a user name and a password.
pub(super) fn basic(login: &Login) -> Option<HeaderValue> {
    let Login::Basic { user, secret } = login else { return None };
    let pair = format!("{user}:{}", secret.expose());
    sensitive(&format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
        }
        challenge(&headers)
    }

    #[test]
    fn bearer_is_preferred() {
        let bearer = |service: Option<&str>| {
            Some(Challenge::Bearer {
                realm: url::Url::parse("https://auth.example/token").unwrap(),
                service: service.map(str::to_owned),
            })
        };
        let one =
            r#"Bearer realm="https://auth.example/token",service="r.example",scope="repository:a:pull""#;
        assert_eq!(read(&[one]), bearer(Some("r.example")));
        assert_eq!(read(&["Basic realm=\"x\"", "bearer Realm=\"https://auth.example/token\""]), bearer(None));
        assert_eq!(read(&["Basic realm=\"x\""]), Some(Challenge::Basic));
    }

    #[test]
    fn unsupported_challenge_is_ignored() {
        for odd in
            ["", "Digest realm=\"x\"", "Bearer realm=\"no address\"", "Bearer", "Negotiate abc==", "\u{1}"]
        {
            let value = HeaderValue::from_bytes(odd.as_bytes());
            let mut headers = HeaderMap::new();
            headers.extend(value.ok().map(|value| (header::WWW_AUTHENTICATE, value)));
            assert_eq!(challenge(&headers), None, "{odd}");
        }
    }

    #[test]
    fn tokens_are_parsed() {
        assert_eq!(token(br#"{"token":"a","access_token":"b"}"#).unwrap().expose(), "a");
        assert_eq!(token(br#"{"access_token":"b","expires_in":60}"#).unwrap().expose(), "b");
        for odd in ["", "{}", "[]", "{\"token\":\"\"}", "{\"token\":1}"] {
            assert_eq!(token(odd.as_bytes()), None, "{odd}");
        }
    }
}
