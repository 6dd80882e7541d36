//! The form of a release heading, with places for version, URL and date.

use chrono::NaiveDate;

use super::{
    date::{self, DateForm},
    heading,
};
use crate::model::{Scheme, Version};

/// The form of a release heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeadingForm {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Version(VersionForm),
    Date(DateForm),
}

/// How the version is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct VersionForm {
    /// `v`, `V` or nothing.
    v: String,
    brackets: Brackets,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brackets {
    /// `1.2.0`
    None,
    /// `[1.2.0]`
    Label,
    /// `[1.2.0](url)`
    Link,
}

/// Brackets that may close a date.
const CLOSING: [char; 6] = [')', ']', '）', '］', '】', '」'];

impl HeadingForm {
    /// The form of a heading's source text; `None` if its markup has no place for another version. Text after version
    /// and date is not part of it, since a name or a note is that of one release.
    pub(super) fn of(text: &str, scheme: &Scheme) -> Option<Self> {
        // Some tools write patch releases in small print.
        let text =
            text.strip_prefix("<small>").and_then(|rest| rest.strip_suffix("</small>")).unwrap_or(text);
        if text.len() > 200 || text.contains(['<', '*', '~', '`', '\\', '!', '\n', '&']) {
            return None;
        }
        let found = heading::find_version(text, scheme)?;
        let (before, source) = (text.get(..found.start)?, text.get(found.start..found.end)?);
        let (before, brackets, after) = brackets(before, text.get(found.end..)?)?;
        let v = source.get(..1).filter(|v| v.eq_ignore_ascii_case("v")).unwrap_or("").to_owned();
        let mut parts = Vec::new();
        match date::find(before) {
            Some(found) => parts.extend([
                Part::Text(before.get(..found.range.start)?.to_owned()),
                Part::Date(found.form),
                Part::Text(before.get(found.range.end..)?.to_owned()),
            ]),
            None => parts.push(Part::Text(before.to_owned())),
        }
        parts.push(Part::Version(VersionForm { v, brackets }));
        match date::find(after) {
            Some(found) => {
                let between = after.get(..found.range.start)?;
                if between.contains(char::is_alphanumeric) {
                    return None;
                }
                let rest = after.get(found.range.end..)?;
                let close = rest.chars().take_while(|c| CLOSING.contains(c)).collect();
                parts.extend([Part::Text(between.to_owned()), Part::Date(found.form), Part::Text(close)]);
            }
            None if after.contains(char::is_alphanumeric) => {}
            None => parts.push(Part::Text(after.to_owned())),
        }
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Some(Self { parts })
    }

    /// The heading of a version; `None` if the form has a date and the version has none.
    pub(super) fn write(
        &self,
        version: &Version,
        url: Option<&str>,
        date: Option<NaiveDate>,
    ) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Date(form) => text.push_str(&form.write(date?)),
                Part::Version(VersionForm { v, brackets }) => text.push_str(&match (brackets, url) {
                    (Brackets::Label, _) => format!("[{v}{version}]"),
                    (Brackets::Link, Some(url)) => format!("[{v}{version}]({url})"),
                    (Brackets::Link, None) | (Brackets::None, _) => format!("{v}{version}"),
                }),
            }
        }
        Some(text)
    }
}

/// Takes the brackets and the target of a link off the text around a version; `None` if the link has other text too.
fn brackets<'a>(before: &'a str, after: &'a str) -> Option<(&'a str, Brackets, &'a str)> {
    match (before.strip_suffix('['), after.strip_prefix(']')) {
        (Some(before), Some(after)) => match after.strip_prefix('(') {
            Some(target) => Some((before, Brackets::Link, target.split_once(')')?.1)),
            None => Some((before, Brackets::Label, after)),
        },
        (None, None) if !after.contains("](") => Some((before, Brackets::None, after)),
        _ => None,
    }
}
