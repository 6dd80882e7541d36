//! The forms of responses.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// A plain refusal, which repeats nothing of the request.
pub(super) fn refused(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{text}\n")).into_response()
}

/// A file that is part of the program.
pub(super) fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// A page.
pub(super) fn page(status: StatusCode, html: String) -> Response {
    (status, Html(html)).into_response()
}

/// The policy of a frame: no scripts, no forms, no other hosts; links open elsewhere.
const FRAME_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; \
    form-action 'none'; base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// A page in a frame, which shows text of the repository as another program would.
pub(super) fn frame(html: String) -> Response {
    let mut response = Html(html).into_response();
    let policy = HeaderValue::from_static(FRAME_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
