//! Renders notes in any format.

use std::io;

use super::{
    Error, Format, Options, Part, Template, json, sample, slack, stream as streamed, template, terminal,
};
use crate::model::{Notes, Release};

/// Writes all releases of the notes, newest first.
///
/// # Errors
/// If the template fails or `out` cannot be written.
pub fn render(notes: &Notes, options: &Options, out: &mut dyn io::Write) -> Result<(), Error> {
    if let Some(custom) = &options.template {
        let text = template::custom(custom, &options.include, notes, options)?;
        return Ok(out.write_all(text.as_bytes())?);
    }
    match options.format {
        Format::Json => json::write(notes, options, out),
        Format::Terminal => terminal::write(notes, options, out),
        Format::Slack => slack::write(notes, options, out),
        Format::Markdown
        | Format::Release
        | Format::KeepAChangelog
        | Format::Text
        | Format::Html
        | Format::Debian
        | Format::Rpm => template::built_in(notes, options, out),
    }
}

/// Whether [`stream`] can write notes with these options.
#[must_use]
pub fn can_stream(options: &Options) -> bool {
    options.template.is_none() && options.format == Format::Json
}

/// Serializes one release for [`stream`]. Requires [`can_stream`].
///
/// # Errors
/// If it cannot be serialized as JSON.
pub fn part(release: &Release, options: &Options) -> Result<Part, Error> {
    streamed::part(release, options)
}

/// Writes the same as [`render`], with the releases of `parts` instead of those of `head`, one at a time. Requires
/// [`can_stream`].
///
/// # Errors
/// If an item of `parts` is an error or `out` cannot be written; `out` then contains the releases before it.
pub fn stream<E: From<Error>>(
    head: &Notes,
    parts: &mut dyn Iterator<Item = Result<Part, E>>,
    out: &mut dyn io::Write,
) -> Result<(), E> {
    streamed::stream(head, parts, out)
}

/// One section of `CHANGELOG.md`: `## [1.3.0](https://…) - 2026-01-31` and the text below it, with one final line feed.
/// It is Markdown if the format is not one of the two changelog formats.
///
/// # Errors
/// If the template fails.
pub fn section(release: &Release, notes: &Notes, options: &Options) -> Result<String, Error> {
    let one = Notes {
        complete: notes.complete,
        warnings: notes.warnings.clone(),
        repository: notes.repository.clone(),
        releases: vec![release.clone()],
    };
    let format = if options.format.is_changelog() { options.format } else { Format::Markdown };
    let mut out = Vec::new();
    render(&one, &Options { format, ..options.clone() }, &mut out)?;
    let mut text = String::from_utf8_lossy(&out).trim_end().to_owned();
    text.push('\n');
    Ok(text)
}

/// The context of a custom template: the JSON form with an `entry` in each change, the locale's strings as `t`, and
/// `options`.
#[must_use]
pub fn context(notes: &Notes, options: &Options) -> serde_json::Value {
    template::context(notes, options)
}

/// Checks that a template can be parsed and renders a sample with all fields.
///
/// # Errors
/// If it cannot, with file, line and column.
pub fn check(template: &Template, include: &[Template], options: &Options) -> Result<(), Error> {
    template::custom(template, include, &sample::notes(), options).map(drop)
}
