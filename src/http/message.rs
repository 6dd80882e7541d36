//! Requests, responses, and the markers in their extensions.

use bytes::Bytes;

/// A request with its whole body.
pub type Request = http::Request<Bytes>;
/// A response with its whole body, of any status.
pub type Response = http::Response<Bytes>;

/// Request extension: repeating the request changes nothing on the server, whatever the method.
#[derive(Debug, Clone, Copy)]
pub struct Idempotent;

/// Extension of a `GET` request: the response may be cached, and served from the cache.
#[derive(Debug, Clone, Copy)]
pub struct Cacheable;

/// Request extension: the URL is a secret; messages contain only the host.
#[derive(Debug, Clone, Copy)]
pub struct SecretUrl;

/// Request extension: do not follow redirects; a redirect is returned as the response.
#[derive(Debug, Clone, Copy)]
pub struct NoRedirect;

/// Response extension: a redirect led to another host, so the response is not from the host in the request.
#[derive(Debug, Clone)]
pub struct RedirectedTo {
    /// The host that sent the response.
    pub host: String,
}
