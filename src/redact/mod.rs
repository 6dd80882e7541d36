//! Redacts secret values in text.
//!
//! A [`Redactor`] is a list of values (tokens, passwords, webhook URLs) that grows during a run: `settings` adds values
//! from the environment, `http` the credentials that requests send, `registry` the tokens that it receives. `ui`,
//! recordings and the cache use it before they write. It does not depend on where a value came from or where the text
//! goes.
//!
//! A value is found verbatim and in the forms in which servers echo it: base64 at any offset (`user:password`),
//! hexadecimal, percent, JSON and HTML escapes of any of its characters, also applied twice, across line breaks, in any
//! case.

mod decoded;
mod needles;
mod redactor;

pub use needles::SHORTEST;
pub use redactor::{PLACEHOLDER, Redactor};
