//! Notes to text, in whatever format.

use std::io;

use super::{
    Error, Format, Options, Part, Template, json, sample, slack, stream as streamed, template, terminal,
};
use crate::model::{Notes, Release};

/// Writes the notes: all releases, newest first, one after another as they are made.
///
/// # Errors
/// Where the template fails or `out` cannot be written.
pub fn render(notes: &Notes, options: &Options, out: &mut dyn io::Write) -> Result<(), Error> {
    if let Some(own) = &options.template {
        let text = template::own(own, &options.include, notes, options)?;
        return Ok(out.write_all(text.as_bytes())?);
    }
    match options.format {
        Format::Json => json::write(notes, &options.locale, out),
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

/// Whether the notes are written release by release by [`stream`].
#[must_use]
pub fn streams(options: &Options) -> bool {
    options.template.is_none() && options.format == Format::Json
}

/// One release as [`stream`] writes it, where [`streams`] says so.
///
/// # Errors
/// Where it cannot be written as JSON.
pub fn part(release: &Release, options: &Options) -> Result<Part, Error> {
    streamed::part(release, &options.locale)
}

/// Writes the notes as [`render`] does, where [`streams`] says so: the head of some, with releases that come one by one.
///
/// # Errors
/// Where a release cannot be made, or `out` not be written. What was written before that stays.
pub fn stream<E: From<Error>>(
    head: &Notes,
    parts: &mut dyn Iterator<Item = Result<Part, E>>,
    out: &mut dyn io::Write,
) -> Result<(), E> {
    streamed::stream(head, parts, out)
}

/// One section of `CHANGELOG.md`: `## [1.3.0](https://…) - 2026-01-31` and what is below, with one final line feed. In a
/// format other than the two of changelogs it is Markdown.
///
/// # Errors
/// Where the template fails.
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

/// What a template gets: the JSON form with an `entry` in each change, the locale's words as `t`, and `options`.
#[must_use]
pub fn context(notes: &Notes, options: &Options) -> serde_json::Value {
    template::context(notes, options)
}

/// Whether a template can be read and renders a sample that has everything once.
///
/// # Errors
/// Where it cannot, with file, line and column.
pub fn check(template: &Template, include: &[Template], options: &Options) -> Result<(), Error> {
    template::own(template, include, &sample::notes(), options).map(drop)
}
