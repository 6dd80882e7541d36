//! Redirections: where an answer may send a request on to, and what goes along.
//!
//! To another place of the same host, with all that was sent. To another host without a word of who asks: the library would take away
//! `Authorization` alone, while a forge's own header tells as much. Never from TLS to plain text.

use http::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION},
};
use reqwest::Url;

use super::credentials::CREDENTIALS;

/// How often a request is sent on within one host.
const MOST_PLACES: usize = 10;
/// How often it is sent on to another one.
const MOST_HOSTS: usize = 5;

/// How often a request has been sent on.
#[derive(Debug, Default)]
pub(super) struct Followed {
    places: usize,
    hosts: usize,
}

impl Followed {
    /// Whether the request has left the host that was asked, or left it and came back.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.hosts > 0
    }

    /// The request that an answer sends on, made of the one that was sent; `None` where the answer is to be taken as it is.
    pub(super) fn next(
        &mut self,
        answer: &reqwest::Response,
        mut sent: reqwest::Request,
    ) -> Option<reqwest::Request> {
        let becomes_a_look = match answer.status() {
            StatusCode::SEE_OTHER => true,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => sent.method() == Method::POST,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
            _ => return None,
        };
        let next = target(sent.url(), answer.headers())?;
        let (count, most) = match next.origin() == sent.url().origin() {
            true => (&mut self.places, MOST_PLACES),
            false => (&mut self.hosts, MOST_HOSTS),
        };
        if *count == most {
            return None;
        }
        *count += 1;
        let is_a_look = matches!(*sent.method(), Method::GET | Method::HEAD);
        if becomes_a_look && !is_a_look {
            *sent.method_mut() = Method::GET;
            *sent.body_mut() = None;
            sent.headers_mut().remove(CONTENT_TYPE);
            sent.headers_mut().remove(CONTENT_LENGTH);
        }
        if self.is_elsewhere() {
            for name in CREDENTIALS {
                sent.headers_mut().remove(name);
            }
        }
        *sent.url_mut() = next;
        Some(sent)
    }
}

/// Where an answer leads, if it may be asked.
fn target(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let next = from.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    let leaves_tls = from.scheme() == "https" && next.scheme() != "https";
    (matches!(next.scheme(), "http" | "https") && !leaves_tls).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitfall_30_a_redirection_never_leaves_tls() {
        let led = |from: &str, to: &str| {
            let headers = HeaderMap::from_iter([(LOCATION, to.parse().unwrap())]);
            target(&from.parse().unwrap(), &headers).map(String::from)
        };
        assert_eq!(led("https://a/x", "https://b/y").as_deref(), Some("https://b/y"));
        assert_eq!(led("http://a/x", "//b/y").as_deref(), Some("http://b/y"));
        assert_eq!(led("https://a/x", "https://a:8443/y").as_deref(), Some("https://a:8443/y"));
        assert_eq!(led("https://a/x", "http://b/y"), None);
        assert_eq!(led("https://a/x", "http://a/y"), None);
        assert_eq!(led("https://a/x", "https://a:443/y").as_deref(), Some("https://a/y"));
        assert_eq!(led("https://a/x", "file:///etc/passwd"), None);
        assert_eq!(led("https://a/x", "https://"), None);
    }
}
