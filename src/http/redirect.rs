//! Redirections: where an answer may send a request on to, and what goes along.
//!
//! To another place of the same host, with all that was sent. To another host without a word of who asks: the library would take away
//! `Authorization` alone, while a forge's own header tells as much. Never from TLS to plain text.

use http::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION},
};
use reqwest::{Url, redirect::Policy};

/// How often a request is sent on within one host.
const MOST_PLACES: usize = 10;
/// How often it is sent on to another one.
pub(super) const MOST_HOSTS: usize = 5;

/// Follows within a host; an answer that leads away from it is given as it is, for [`elsewhere`].
pub(super) fn at_home() -> Policy {
    Policy::custom(|attempt| {
        let is_home = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
        if is_home && attempt.previous().len() <= MOST_PLACES { attempt.follow() } else { attempt.stop() }
    })
}

/// The request that an answer sends on to another host, made of the one that was sent; `None` where it is to be taken as it is.
pub(super) fn elsewhere(answer: &reqwest::Response, mut sent: reqwest::Request) -> Option<reqwest::Request> {
    let status = answer.status();
    let becomes_a_look = match status {
        StatusCode::SEE_OTHER => true,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => sent.method() == Method::POST,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return None,
    };
    let is_a_look = matches!(*sent.method(), Method::GET | Method::HEAD);
    // It was sent on at home already, and what it became there is not known here.
    if !is_a_look && answer.url() != sent.url() {
        return None;
    }
    let next = next(answer.url(), answer.headers())?;
    if becomes_a_look && !is_a_look {
        *sent.method_mut() = Method::GET;
        *sent.body_mut() = None;
        sent.headers_mut().remove(CONTENT_TYPE);
        sent.headers_mut().remove(CONTENT_LENGTH);
    }
    for name in CREDENTIALS {
        sent.headers_mut().remove(name);
    }
    *sent.url_mut() = next;
    Some(sent)
}

/// Where an answer leads, if that is another host that may be asked.
fn next(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let next = from.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    let leaves_tls = from.scheme() == "https" && next.scheme() != "https";
    let is_web = matches!(next.scheme(), "http" | "https");
    (is_web && !leaves_tls && next.origin() != from.origin()).then_some(next)
}

/// The headers that tell who asks; `private-token` and `job-token` are GitLab's.
const CREDENTIALS: [&str; 5] =
    ["authorization", "private-token", "job-token", "cookie", "proxy-authorization"];

/// The header in which a request tells who asks; `None` where it asks as nobody.
pub(super) fn credentials(headers: &HeaderMap) -> Option<&'static str> {
    CREDENTIALS.into_iter().find(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitfall_30_a_redirection_never_leaves_tls() {
        let led = |from: &str, to: &str| {
            let headers = HeaderMap::from_iter([(LOCATION, to.parse().unwrap())]);
            next(&from.parse().unwrap(), &headers).map(String::from)
        };
        assert_eq!(led("https://a/x", "https://b/y").as_deref(), Some("https://b/y"));
        assert_eq!(led("http://a/x", "//b/y").as_deref(), Some("http://b/y"));
        assert_eq!(led("https://a/x", "https://a:8443/y").as_deref(), Some("https://a:8443/y"));
        assert_eq!(led("https://a/x", "http://b/y"), None);
        assert_eq!(led("https://a/x", "http://a/y"), None);
        assert_eq!(
            led("https://a/x", "https://a:443/y"),
            None,
            "the same host: followed already, or too often"
        );
        assert_eq!(led("https://a/x", "file:///etc/passwd"), None);
        assert_eq!(led("https://a/x", "https://"), None);
    }
}
