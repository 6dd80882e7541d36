//! Decides which requests are answered, before anything is read.
//!
//! - `Host` must be a name of this server, or another site could have its own name resolve to this machine.
//! - The token comes once in the address, and then as a cookie that other sites cannot send.
//! - A request that writes must come from a page of this server (`Origin`, `Sec-Fetch-Site`).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri,
        header::{self, HeaderName},
    },
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};
use url::form_urlencoded;

use super::{responses, state::Shared};

/// The name of the cookie. Cookies are shared by all ports of a host, so it has the port in it.
fn cookie_name(shared: &Shared) -> String {
    format!("tidings-{}", shared.hosts.port())
}

/// Answers a request, or refuses it. All responses get the headers of this server.
pub(super) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&shared, &request) {
        Some(refused) => refused,
        None => next.run(request).await,
    };
    secure(response.headers_mut());
    response
}

fn refusal(shared: &Shared, request: &Request) -> Option<Response> {
    let headers = request.headers();
    let host = one(headers, &header::HOST).filter(|host| shared.hosts.accepts(host));
    let Some(host) = host else {
        return Some(responses::refused(
            StatusCode::MISDIRECTED_REQUEST,
            "This is not the address of this server.",
        ));
    };
    if let Some(redirect) = entry(shared, request) {
        return Some(redirect);
    }
    if !has_cookie(shared, headers) {
        let text = "Open the address that `tidings serve` printed: it has a token, which this request lacks.";
        return Some(responses::refused(StatusCode::FORBIDDEN, text));
    }
    match *request.method() {
        // Another server on this machine is the same site: its pages may lead here, but not embed what is here.
        Method::GET | Method::HEAD if is_embedded_elsewhere(headers) => {
            Some(responses::refused(StatusCode::FORBIDDEN, "The request comes from another site."))
        }
        Method::GET | Method::HEAD => None,
        Method::POST if is_from_own_page(shared, headers, host) => None,
        Method::POST => {
            Some(responses::refused(StatusCode::FORBIDDEN, "The request comes from another site."))
        }
        _ => Some(responses::refused(StatusCode::METHOD_NOT_ALLOWED, "Only GET and POST are supported.")),
    }
}

/// The value of a header; `None` if it is missing, repeated or not text.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// The answer to the first request, whose address has the token: the cookie, and the same address without the token.
fn entry(shared: &Shared, request: &Request) -> Option<Response> {
    if request.method() != Method::GET {
        return None;
    }
    let (token, rest) = without_token(request.uri());
    let token = token?;
    if !shared.is_token(&token) {
        let text = "The token in the address is not that of this run of `tidings serve`.";
        return Some(responses::refused(StatusCode::FORBIDDEN, text));
    }
    // After a redirect, a browser would not send the cookie if a page of another site had the link.
    let address = rest.replace('&', "&amp;").replace('"', "&quot;");
    let page = format!(
        "<!doctype html><title>Tidings</title><link rel=\"icon\" href=\"data:,\">\
         <meta http-equiv=\"refresh\" content=\"0;url={address}\">"
    );
    let mut response = Html(page).into_response();
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict", cookie_name(shared));
    response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_str(&cookie).ok()?);
    Some(response)
}

/// The token of an address, and the address without it.
fn without_token(uri: &Uri) -> (Option<String>, String) {
    let query = uri.query().unwrap_or_default();
    let mut token = None;
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == "token" {
            token = Some(value.into_owned());
        } else {
            rest.append_pair(&name, &value);
        }
    }
    let rest = rest.finish();
    // A path such as `//host` would lead elsewhere.
    (token, if rest.is_empty() { "/".to_owned() } else { format!("/?{rest}") })
}

fn has_cookie(shared: &Shared, headers: &HeaderMap) -> bool {
    let name = cookie_name(shared);
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.any(|(own, value)| own == name && shared.is_token(value))
}

fn is_from_own_page(shared: &Shared, headers: &HeaderMap, host: &str) -> bool {
    let origin = one(headers, &header::ORIGIN);
    let is_own = origin.is_some_and(|origin| shared.hosts.is_own_origin(origin, host));
    match (headers.contains_key(&SITE), one(headers, &SITE)) {
        // Without the script, a form of a page with `Referrer-Policy: no-referrer` has the origin `null`.
        (true, Some("same-origin")) => is_own || origin == Some("null"),
        (true, _) => false,
        (false, _) => is_own,
    }
}

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Whether a page of another origin requests something other than to show it.
fn is_embedded_elsewhere(headers: &HeaderMap) -> bool {
    let is_own = matches!(one(headers, &SITE), Some("same-origin" | "none"));
    headers.contains_key(&SITE) && !is_own && one(headers, &MODE) != Some("navigate")
}

/// The policy of the page: its own script and style, frames of this server, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

fn secure(headers: &mut HeaderMap) {
    let set = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A frame has a stricter one.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
}
