//! Follows redirects.
//!
//! Within one origin, the request is repeated unchanged. To another origin, it is sent without credentials: reqwest
//! would remove `Authorization` but not the forges' own headers. Redirects from https to http are not followed.

use http::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION},
};
use reqwest::Url;

use super::credentials::CREDENTIALS;

/// Maximum number of redirects within one origin.
const MAX_SAME_ORIGIN: usize = 10;
/// Maximum number of redirects to another origin.
const MAX_CROSS_ORIGIN: usize = 5;

/// The number of redirects followed for one request.
#[derive(Debug, Default)]
pub(super) struct Redirects {
    same_origin: usize,
    cross_origin: usize,
}

impl Redirects {
    /// Whether the request has been sent to another origin, even if it came back since.
    pub(super) fn left_origin(&self) -> bool {
        self.cross_origin > 0
    }

    /// The request that follows a redirect, built from the previous one; `None` if there is no redirect to follow.
    pub(super) fn next(
        &mut self,
        response: &reqwest::Response,
        mut request: reqwest::Request,
    ) -> Option<reqwest::Request> {
        let becomes_get = match response.status() {
            StatusCode::SEE_OTHER => true,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => request.method() == Method::POST,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
            _ => return None,
        };
        let next = target(request.url(), response.headers())?;
        let (count, max) = match next.origin() == request.url().origin() {
            true => (&mut self.same_origin, MAX_SAME_ORIGIN),
            false => (&mut self.cross_origin, MAX_CROSS_ORIGIN),
        };
        if *count == max {
            return None;
        }
        *count += 1;
        let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
        if becomes_get && !is_safe {
            *request.method_mut() = Method::GET;
            *request.body_mut() = None;
            request.headers_mut().remove(CONTENT_TYPE);
            request.headers_mut().remove(CONTENT_LENGTH);
        }
        if self.left_origin() {
            for name in CREDENTIALS {
                request.headers_mut().remove(name);
            }
        }
        *request.url_mut() = next;
        Some(request)
    }
}

/// The URL that a `Location` header points to; `None` if it must not be followed.
fn target(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let next = from.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    let leaves_tls = from.scheme() == "https" && next.scheme() != "https";
    (matches!(next.scheme(), "http" | "https") && !leaves_tls).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_from_https_to_http_is_not_followed() {
        let redirected = |from: &str, to: &str| {
            let headers = HeaderMap::from_iter([(LOCATION, to.parse().unwrap())]);
            target(&from.parse().unwrap(), &headers).map(String::from)
        };
        assert_eq!(redirected("https://a/x", "https://b/y").as_deref(), Some("https://b/y"));
        assert_eq!(redirected("http://a/x", "//b/y").as_deref(), Some("http://b/y"));
        assert_eq!(redirected("https://a/x", "https://a:8443/y").as_deref(), Some("https://a:8443/y"));
        assert_eq!(redirected("https://a/x", "http://b/y"), None);
        assert_eq!(redirected("https://a/x", "http://a/y"), None);
        assert_eq!(redirected("https://a/x", "https://a:443/y").as_deref(), Some("https://a/y"));
        assert_eq!(redirected("https://a/x", "file:///etc/passwd"), None);
        assert_eq!(redirected("https://a/x", "https://"), None);
    }
}
