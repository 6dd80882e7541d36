//! Releases to notes in a format: the template engine, filters, escaping, locales, the frozen views.
//!
//! In come [`Notes`](crate::model::Notes) and [`Options`], out goes text. The text of people is hostile until `escape` has made it harmless for
//! the format; links are only those that the model and the link rules give. JSON, Slack and the terminal's form are
//! written by code, since their rules are stricter than a template can hold; the others are templates in `templates/`.
//! Nothing here reads a file, a date or an environment.

mod attention;
mod bounds;
mod controls;
mod entry;
mod error;
mod escape;
mod filters;
mod format;
mod frame;
mod inline;
mod json;
mod locale;
mod names;
mod note;
mod options;
mod read;
mod sample;
mod slack;
mod stream;
mod style;
mod suggestion;
mod template;
mod template_source;
mod terminal;
mod write;

pub use bounds::{Bounds, MEBIBYTES, SECONDS};
pub use controls::{escaped, pretty};
pub use error::Error;
pub use format::{Format, Presentation};
pub use inline::LinkRule;
pub use locale::Locale;
pub use options::Options;
pub use read::read;
pub use stream::Part;
pub use template_source::Template;
pub use write::{check, context, part, render, section, stream, streams};

#[cfg(test)]
mod tests;
