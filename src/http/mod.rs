//! HTTP client for forges, registries and webhooks.
//!
//! Takes a request with its whole body and returns the whole response, whatever its status (bodies too large for memory
//! are streamed); the caller interprets the status. Handles what all servers have in common: TLS with the system's
//! certificates and additional ones, proxies, limits on time and size, retries with backoff, rate limits, a cache, and
//! recordings. Contains nothing about a specific API, and reads neither the clock nor the environment.

mod cache;
mod client;
#[cfg(test)]
mod client_tests;
mod credentials;
mod error;
mod loopback;
mod message;
mod options;
mod recording;
mod redirect;
mod retry;
mod secret;
mod stream;

pub use cache::{Cache, CachedResponse};
pub use client::Client;
pub use error::Error;
pub use loopback::is_loopback;
pub use message::{Cacheable, Idempotent, NoRedirect, RedirectedTo, Request, Response, SecretUrl};
pub use options::{Notice, Options, Proxies};
pub use recording::{Recording, RecordingError};
pub use retry::backoff;
pub use secret::Secret;
pub use stream::{Stream, StreamError, StreamedResponse};
