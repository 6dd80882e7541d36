//! The style of a changelog that was written by hand or by another tool: the form of its release headings, its bullets,
//! its subheadings. Sections of ours show nothing, since they have this style or the default.

use chrono::NaiveDate;

use super::{
    document::{Document, Owner, Segment},
    heading::Title,
    heading_form::HeadingForm,
    options::Options,
    section, subheading,
};
use crate::model::Version;

/// How many of the newest sections are examined.
const SAMPLES: usize = 20;

/// The style of a changelog; empty parts are not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Style {
    heading: Option<HeadingForm>,
    bullet: Option<char>,
    /// The headings within sections, the most frequent first.
    subheadings: Vec<String>,
}

impl Style {
    /// The style of a changelog. The section of `except`, the version to insert, is ignored, so that inserting it again
    /// gives the same.
    #[must_use]
    pub fn of(text: &str, options: &Options, except: Option<&Version>) -> Self {
        let document = Document::parse(text, &options.scheme);
        let is_sample = |segment: &&Segment| {
            let is_other = match &segment.title {
                Title::Version(release) => Some(&release.version) != except,
                Title::Unreleased => true,
                Title::Other => false,
            };
            is_other && document.owner(segment) == Owner::Foreign
        };
        let samples: Vec<_> = document.segments.iter().filter(is_sample).take(SAMPLES).collect();
        let releases = samples.iter().filter(|segment| segment.title != Title::Unreleased);
        let bodies: Vec<_> =
            samples.iter().filter_map(|segment| text.get(segment.heading..segment.range.end)).collect();
        let subheadings = bodies.iter().flat_map(|body| section::subheadings(body)).collect();
        Self {
            heading: most_frequent(
                releases.filter_map(|it| HeadingForm::of(&it.text, &options.scheme)).collect(),
            )
            .into_iter()
            .next(),
            bullet: most_frequent(bodies.iter().flat_map(|body| section::bullets(body)).collect())
                .into_iter()
                .next(),
            subheadings: most_frequent(subheadings),
        }
    }

    /// Whether the sections have the headings of Keep a Changelog.
    #[must_use]
    pub fn is_keep_a_changelog(&self) -> bool {
        let of_sections = self.subheadings.iter().find(|title| subheading::section_id(title).is_some());
        of_sections.is_some_and(|title| subheading::is_keep_a_changelog(title))
    }

    /// The heading that the file has for a section of notes, given by its ID.
    #[must_use]
    pub fn subheading(&self, section: &str) -> Option<&str> {
        let plain = |title: &str| !title.contains(['*', '_', '`', '<', '[', '\\', '&', '#']);
        let same = |title: &&String| subheading::section_id(title) == Some(section) && plain(title);
        self.subheadings.iter().find(same).map(String::as_str)
    }

    /// The section in this style. Its first line is the heading; bullets are at the start of lines.
    #[must_use]
    pub fn apply(
        &self,
        markdown: &str,
        version: Option<&Version>,
        url: Option<&str>,
        date: Option<NaiveDate>,
    ) -> String {
        let (first, rest) = markdown.split_once('\n').unwrap_or((markdown, ""));
        let marks = first.len() - first.trim_start_matches('#').len();
        let styled =
            self.heading.as_ref().zip(version).and_then(|(form, version)| form.write(version, url, date));
        let mut text = match styled {
            Some(styled) if marks > 0 => format!("{} {styled}\n", "#".repeat(marks)),
            _ => format!("{first}\n"),
        };
        for line in rest.split_inclusive('\n') {
            match (line.strip_prefix("- "), self.bullet) {
                (Some(item), Some(bullet)) => text.extend([&format!("{bullet} "), item]),
                _ => text.push_str(line),
            }
        }
        text
    }
}

/// The distinct values, the most frequent first, then in order.
fn most_frequent<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    let mut counts: Vec<(T, usize)> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter().map(|(value, _)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scheme;

    fn styled(file: &str) -> String {
        let version = Version::new(1, 2, 0);
        let style = Style::of(file, &Options::default(), Some(&version));
        let markdown = "## [1.2.0](https://example.org/c) - 2026-02-03\n\n### Features\n\n- a\n  - b\n";
        let date = NaiveDate::from_ymd_opt(2026, 2, 3);
        style.apply(markdown, Some(&version), Some("https://example.org/c"), date)
    }

    #[test]
    fn heading_has_the_form_of_the_file() {
        for (old, new) in [
            ("1.1.0", "1.2.0"),
            ("v1.1.0 (2026-01-02)", "v1.2.0 (2026-02-03)"),
            ("[1.1.0] - 2026-01-02", "[1.2.0] - 2026-02-03"),
            ("[1.1.0](https://example.org) (2026-01-02)", "[1.2.0](https://example.org/c) (2026-02-03)"),
            ("1.1.0 / 2026-01-02", "1.2.0 / 2026-02-03"),
            ("Version 1.1.0 - January 2, 2026", "Version 1.2.0 - February 3, 2026"),
            ("2026-01-02, Version 1.1.0 (Current), @x", "2026-02-03, Version 1.2.0"),
            (
                ":tada: [1.1.0](https://x.example) - 2026-01-01",
                ":tada: [1.2.0](https://example.org/c) - 2026-02-03",
            ),
            ("1.1.0（2026-01-02）", "1.2.0（2026-02-03）"),
            ("版本1.1.0", "版本1.2.0"),
            ("What's new in 1.1.0", "What's new in 1.2.0"),
            ("1.1.0 [YANKED]", "1.2.0"),
            ("pkg@1.1.0", "pkg@1.2.0"),
            (
                "<small>[1.1.0](https://x.example) (2026-01-02)</small>",
                "[1.2.0](https://example.org/c) (2026-02-03)",
            ),
        ] {
            let text = styled(&format!("# Changelog\n\n## {old}\n\n- x\n"));
            assert_eq!(text.lines().next().unwrap(), format!("## {new}"), "{old}");
        }
    }

    #[test]
    fn heading_form_is_the_most_frequent_of_foreign_sections() {
        let text = styled("## 1.1.0\n\n## v1.0.0 - 2026-01-01\n\n## v0.9.0 - 2025-01-01\n");
        assert!(text.starts_with("## v1.2.0 - 2026-02-03\n"), "{text}");
        assert!(styled("# Changelog\n").starts_with("## [1.2.0](https://example.org/c) - 2026-02-03\n"));
        assert!(styled("## **1.1.0**\n").starts_with("## [1.2.0](https://example.org/c) - 2026-02-03\n"));
    }

    #[test]
    fn bullets_and_subheadings_follow_the_file() {
        let file = "## 1.1.0\n\n### New Features\n\n* x\n* y\n\n### Fixed\n\n- z\n";
        assert!(styled(file).ends_with("\n### Features\n\n* a\n  - b\n"), "{}", styled(file));
        let style = Style::of(file, &Options { scheme: Scheme::SemVer, ..Options::default() }, None);
        assert_eq!(
            (style.subheading("features"), style.subheading("fixes")),
            (Some("New Features"), Some("Fixed"))
        );
        assert!(!style.is_keep_a_changelog());
        let keep = Style::of("## [Unreleased]\n\n### Added\n\n- x\n", &Options::default(), None);
        assert!(keep.is_keep_a_changelog());
    }
}
