//! Requests and answers, and what is noted on them.

use bytes::Bytes;

/// A request with its whole body.
pub type Request = http::Request<Bytes>;
/// An answer with its whole body, of any status.
pub type Response = http::Response<Bytes>;

/// Put into a request's extensions: asking again changes nothing on the server, whatever the method is.
#[derive(Debug, Clone, Copy)]
pub struct Repeatable;

/// Put into the extensions of a `GET`: its answer may be kept, and a kept one given.
#[derive(Debug, Clone, Copy)]
pub struct Cacheable;

/// Put into a request's extensions: its address is a secret; messages name the host alone.
#[derive(Debug, Clone, Copy)]
pub struct Private;

/// Put into a request's extensions: it goes to no other place, and an answer that redirects is given as it is.
#[derive(Debug, Clone, Copy)]
pub struct Unmoved;

/// In an answer's extensions: a redirect led away from the host that was asked, so the answer is a stranger's.
#[derive(Debug, Clone)]
pub struct RedirectedTo {
    /// The host that answered.
    pub host: String,
}
