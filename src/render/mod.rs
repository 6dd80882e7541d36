//! Releases to notes in a format: the template engine, filters, escaping, locales, the frozen views.
//!
//! In come [`Notes`] and [`Options`], out goes text. The text of people is hostile until `escape` has made it harmless for
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
mod read;
mod sample;
mod slack;
mod stream;
mod template;
mod terminal;

use std::io;

pub use bounds::{Bounds, MEBIBYTES, SECONDS};
pub use error::Error;
pub use format::Format;
pub use inline::LinkRule;
pub use locale::Locale;
pub use read::read;
pub use stream::Part;
pub use template::Template;

use crate::model::{Notes, Release};

/// How notes are written.
#[derive(Debug, Clone)]
pub struct Options {
    /// The format. With a template of one's own it says how text is escaped.
    pub format: Format,
    /// A template that takes the place of the built-in one.
    pub template: Option<Template>,
    /// Templates that `template` may include or extend by name.
    pub include: Vec<Template>,
    /// The words.
    pub locale: Locale,
    /// What in titles and notes becomes a link.
    pub links: Vec<LinkRule>,
    /// The level of a version's heading in Markdown, 1 to 5; sections are one below.
    pub heading_level: u8,
    /// Whether the people who took part are listed.
    pub contributors: bool,
    /// Whether each entry names its authors.
    pub authors: bool,
    /// Whether an entry without a pull request links its commit.
    pub hashes: bool,
    /// Columns that text, Debian, RPM and terminal notes are wrapped at.
    pub width: usize,
    /// Whether terminal notes are coloured.
    pub colour: bool,
    /// The day's date, for forms that must have one where a release has none.
    pub today: Option<chrono::NaiveDate>,
    /// What templates of one's own may cost.
    pub bounds: Bounds,
}

impl Default for Options {
    fn default() -> Self {
        Self::new(Format::Markdown)
    }
}

impl Options {
    /// What a format's readers expect: the body of a release and a page name the contributors, a changelog does not.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            template: None,
            include: Vec::new(),
            locale: Locale::default(),
            links: Vec::new(),
            heading_level: 2,
            contributors: matches!(format, Format::Release | Format::Html),
            authors: false,
            hashes: matches!(format, Format::Markdown | Format::Release | Format::Html),
            width: 80,
            colour: false,
            today: None,
            bounds: Bounds::default(),
        }
    }
}

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
    stream::part(release, &options.locale)
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
    stream::stream(head, parts, out)
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
    let changelog = matches!(options.format, Format::Markdown | Format::KeepAChangelog);
    let format = if changelog { options.format } else { Format::Markdown };
    let mut out = Vec::new();
    render(&one, &Options { format, ..options.clone() }, &mut out)?;
    let mut text = String::from_utf8_lossy(&out).trim_end().to_owned();
    text.push('\n');
    Ok(text)
}

/// A value as JSON for people too: indented, with one final line feed, and with escapes for what acts on a terminal.
#[must_use]
pub fn pretty(value: &serde_json::Value) -> String {
    controls::escaped(&format!("{value:#}\n")).into_owned()
}

/// A JSON text with escapes for what acts on a terminal: DEL, C1, and what overrides the direction of text.
#[must_use]
pub fn escaped(json: &str) -> std::borrow::Cow<'_, str> {
    controls::escaped(json)
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

#[cfg(test)]
mod tests;
