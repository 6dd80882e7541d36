//! HTTP as every server is spoken to: forges, registries, web hooks.
//!
//! A request goes out with its whole body and comes back as a whole answer, of any status (what is too large to be held is
//! streamed); what that status means is for
//! the one who asked to say. Here is what is the same for all: TLS with the system's certificates and one's own, proxies, bounds on
//! time and size, tries again where that helps, waits that a server asks for, a cache, and recordings. Nothing here knows
//! what is asked, and nothing reads a clock or an environment.

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

pub use cache::{Cache, Cached};
pub use client::Client;
pub use error::Error;
pub use loopback::is_loopback;
pub use message::{Cacheable, Private, RedirectedTo, Repeatable, Request, Response, Unmoved};
pub use options::{Notice, Options, Proxies};
pub use recording::{Recording, RecordingError};
pub use secret::Secret;
pub use stream::{Broken, Opened, Stream};
