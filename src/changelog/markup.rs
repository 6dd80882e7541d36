//! Recognises changelogs that are not Markdown, by name and content. tidings writes only Markdown.

use std::path::Path;

use super::blocks::Blocks;

/// The markup of a changelog that is not Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// reStructuredText.
    ReStructuredText,
    /// AsciiDoc.
    AsciiDoc,
    /// `debian/changelog`, in the format of deb-changelog(5).
    Debian,
    /// Text without markup.
    PlainText,
    /// Another markup language: Textile, RDoc, Org, HTML.
    Other,
}

impl Markup {
    /// The name for messages.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ReStructuredText => "reStructuredText",
            Self::AsciiDoc => "AsciiDoc",
            Self::Debian => "a Debian changelog",
            Self::PlainText => "plain text",
            Self::Other => "not Markdown",
        }
    }
}

/// The markup of a changelog by name and content (empty if the file does not exist); `None` for Markdown.
#[must_use]
pub fn markup(path: &Path, text: &str) -> Option<Markup> {
    let extension = path.extension().map(|it| it.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("md" | "markdown" | "mdown" | "mkdn" | "mkd" | "mdwn" | "mdx" | "mdtxt" | "mdtext") => None,
        Some("rst" | "rest") => Some(Markup::ReStructuredText),
        Some("adoc" | "asciidoc" | "asc" | "ad") => Some(Markup::AsciiDoc),
        Some("textile" | "rdoc" | "org" | "html" | "htm" | "xml" | "pod" | "tex") => Some(Markup::Other),
        Some("txt" | "text") => of_text(text, Some(Markup::PlainText)),
        // `CHANGES`, `NEWS`, `CHANGELOG-1.x`, `/dev/stdout`: an empty file may become Markdown.
        _ => of_text(text, None),
    }
}

/// The markup of a text whose file name does not tell. `empty`: that of a text without content.
fn of_text(text: &str, empty: Option<Markup>) -> Option<Markup> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return empty;
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let any = |is: &dyn Fn(&str) -> bool| lines.iter().any(|line| is(line));
    let pair =
        |is: &dyn Fn(&str, &str) -> bool| lines.iter().zip(lines.iter().skip(1)).any(|(a, b)| is(a, b));
    let is_debian = |line: &str| {
        let head = line.split_once(") ").filter(|(head, _)| head.contains(" ("));
        head.is_some_and(|(_, rest)| rest.contains("; urgency="))
    };
    if lines.iter().find(|line| !line.is_empty()).is_some_and(|line| is_debian(line)) {
        return Some(Markup::Debian);
    }
    let is_title = |line: &str, mark: char| {
        let marks = line.len() - line.trim_start_matches(mark).len();
        (1..=6).contains(&marks)
            && line.get(marks..).is_some_and(|rest| rest.starts_with(' ') && rest.len() > 1)
    };
    if any(&|line| is_title(line, '#')) {
        return None;
    }
    let is_underlined = |a: &str, b: &str| is_text(a) && is_adornment(b) && b.starts_with('=');
    if any(&|line| is_title(line, '=')) && !pair(&is_underlined) {
        return Some(Markup::AsciiDoc);
    }
    // Markdown has no underlines of other characters, no lines above titles, and no directives.
    let is_directive = |line: &str| line.starts_with(".. ") || line.contains(":`") || line.contains("``");
    let is_rst_underline = |a: &str, b: &str| is_text(a) && is_adornment(b) && !b.starts_with(['=', '-']);
    let is_overlined =
        |lines: &[&str]| matches!(lines, [a, b, c] if a == c && is_adornment(a) && is_text(b.trim_start()));
    if any(&is_directive) || pair(&is_rst_underline) || lines.windows(3).any(is_overlined) {
        return Some(Markup::ReStructuredText);
    }
    if Blocks::parse(text).headings.is_empty() { Some(Markup::PlainText) } else { None }
}

/// Whether a line is at least three times the same punctuation character.
fn is_adornment(line: &str) -> bool {
    let Some(first) = line.chars().next().filter(char::is_ascii_punctuation) else { return false };
    line.len() >= 3 && line.chars().all(|c| c == first)
}

fn is_text(line: &str) -> bool {
    line.starts_with(|c: char| !c.is_whitespace()) && !is_adornment(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, text: &str) -> Option<Markup> {
        markup(Path::new(name), text)
    }

    #[test]
    fn extension_decides() {
        for name in ["CHANGELOG.md", "HISTORY.markdown", "docs/x.MD", "CHANGELOG", "NEWS", "CHANGELOG-1.x"] {
            assert_eq!(of(name, ""), None, "{name}");
        }
        assert_eq!(of("CHANGES.rst", "# Markdown\n"), Some(Markup::ReStructuredText));
        assert_eq!(of("CHANGELOG.adoc", ""), Some(Markup::AsciiDoc));
        assert_eq!(of("HISTORY.txt", ""), Some(Markup::PlainText));
        assert_eq!(of("History.rdoc", ""), Some(Markup::Other));
    }

    #[test]
    fn content_decides_without_an_extension() {
        for (text, markup) in [
            ("# Changelog\n\n## 1.0.0\n\n- ``a``\n", None),
            ("Changelog\n=========\n\n1.0.0\n-----\n\n* a\n", None),
            ("=========\nChangelog\n=========\n\n1.0.0\n=====\n", Some(Markup::ReStructuredText)),
            ("Changelog\n=========\n\n1.0.0\n~~~~~\n\n* a\n", Some(Markup::ReStructuredText)),
            ("Changes\n=======\n\n1.0\n---\n\n* use ``x``, see :issue:`3`\n", Some(Markup::ReStructuredText)),
            (".. contents::\n\nChanges\n=======\n", Some(Markup::ReStructuredText)),
            ("= Changelog\n\n== 1.0.0\n\n* a\n", Some(Markup::AsciiDoc)),
            ("shop (1.0-1) unstable; urgency=low\n\n  * a\n", Some(Markup::Debian)),
            ("* Noteworthy changes in release 1.0 (2026-01-31)\n\n** New\n", Some(Markup::PlainText)),
            ("1.0.0 (2026-01-31)\n  - a\n", Some(Markup::PlainText)),
        ] {
            assert_eq!(of("CHANGES", text), markup, "{text}");
            assert_eq!(of("CHANGES.txt", text), markup, "{text}");
        }
    }
}
