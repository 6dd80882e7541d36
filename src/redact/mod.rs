//! Secret values, and texts without them.
//!
//! A [`Redactor`] is a list of values (tokens, passwords, addresses of web hooks) that grows during a run: `settings` adds
//! what the environment holds, `http` what a request sends, `registry` what is granted in exchange. `ui`, recordings and the
//! cache ask it before they write. It knows neither where a value came from nor where a text goes.
//!
//! A value is found as it is, and in the forms that servers echo it in: base64 at any offset (`user:password`), hexadecimal,
//! with percent, JSON and HTML escapes of any of its characters, also twice, broken over lines, in other case.

mod decoded;
mod needles;
mod redactor;

pub use needles::SHORTEST;
pub use redactor::{PLACEHOLDER, Redactor};
