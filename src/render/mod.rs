//! Renders releases as notes in a format: templates and filters, escaping, locales, the versioned JSON form.
//!
//! [`Notes`](crate::model::Notes) and [`Options`] come in, text goes out. Text from commits and forges is untrusted
//! until `escape` has escaped it for the format; the only links are those of the model and the link rules. JSON, Slack
//! messages and terminal notes are written by code, since their rules are stricter than a template can express; the
//! other formats are templates in `templates/`. Nothing here reads files, the clock or the environment.

mod attention;
mod below;
mod change_view;
mod controls;
mod ends;
mod entry;
mod error;
mod escape;
mod filters;
mod format;
mod frame;
mod groups;
mod hex;
mod inline;
mod json;
mod limits;
mod locale;
mod markdown;
mod names;
mod note;
mod options;
mod own_text;
mod pages;
mod read;
mod reason;
mod release_parts;
mod sample;
mod slack;
mod status;
mod stream;
mod style;
mod suggestion;
mod template;
mod template_source;
mod terminal;
mod view_context;
mod write;

pub use controls::{escaped, pretty};
pub use error::Error;
pub use format::{Format, Presentation};
pub use inline::LinkRule;
pub use limits::{Limits, MEBIBYTES, SECONDS};
pub use locale::Locale;
pub use markdown::{markdown_code, markdown_line};
pub use options::Options;
pub use pages::{PageTemplate, Pages};
pub use read::read;
pub use release_parts::{AttentionParts, ReleaseParts, SectionParts};
pub use status::{status_html, status_json, status_markdown, status_text};
pub use stream::Part;
pub use template_source::Template;
pub use write::{can_stream, check, context, part, render, section, stream};

#[cfg(test)]
mod tests;
