//! Composes the body of a release: the generated part between markers, and the text around it.
//!
//! The first marker contains the digest of the generated part, to detect edits by hand.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::changelog::trim_blank_lines;

const BEGIN: &str = "<!-- tidings:begin ";
const END: &str = "<!-- tidings:end -->";
const NOTICE: &str = "<!-- tidings:rollback ";
const NOTICE_END: &str = "<!-- tidings:rollback-end -->";

/// How to treat an existing body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Regenerate the generated part; keep a body without one, unless it is empty.
    #[default]
    Auto,
    /// Keep a body that is not empty.
    Keep,
    /// Regenerate the generated part, or add it below.
    Append,
    /// Regenerate the generated part, or add it above.
    Prepend,
    /// Replace the whole body.
    Replace,
}

/// A composed body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The whole body.
    pub body: String,
    /// Why the existing body was kept.
    pub remark: Option<&'static str>,
}

/// Inserts generated text into a body.
#[must_use]
pub fn compose(old: &str, generated: &str, mode: Mode) -> Composed {
    let part = with_markers(generated);
    let composed = |body: String| Composed { body, remark: None };
    let unchanged = |remark| Composed { body: old.to_owned(), remark: Some(remark) };
    if old.trim().is_empty() || mode == Mode::Replace {
        return composed(part);
    }
    if mode == Mode::Keep {
        return Composed { body: old.to_owned(), remark: None };
    }
    match generated_part(old) {
        Some(existing) if existing.is_edited => unchanged(
            "the generated part of the body was edited by hand and is kept; use --mode replace to regenerate it",
        ),
        Some(existing) => {
            let body = format!("{}{part}{}", existing.before, existing.after);
            // Forges may change line endings.
            composed(if is_same(&body, old) { old.to_owned() } else { body })
        }
        None => match mode {
            Mode::Append => composed(format!("{}\n\n{part}", old.trim_end())),
            Mode::Prepend => composed(format!("{part}\n\n{}", old.trim_start())),
            _ => unchanged(
                "the body was written by hand and is kept; use --mode append, prepend or replace to add the notes",
            ),
        },
    }
}

/// Adds a rollback notice above a body, replacing an earlier one.
#[must_use]
pub fn with_notice(old: &str, from: &str, notice: &str) -> String {
    let rest = match (old.find(NOTICE), old.find(NOTICE_END)) {
        (Some(start), Some(end)) if start < end => {
            let after = old.get(end + NOTICE_END.len()..).unwrap_or_default();
            format!("{}{}", old.get(..start).unwrap_or_default(), after.trim_start())
        }
        _ => old.to_owned(),
    };
    format!("{NOTICE}{from} -->\n{}\n{NOTICE_END}\n\n{}", escape_markers(notice).trim(), rest.trim_start())
}

/// A body without markers, with `\n` line endings; empty if there is no other text.
#[must_use]
pub fn without_markers(body: &str) -> String {
    let is_marker = |line: &&str| line.starts_with("<!-- tidings:") && line.ends_with("-->");
    let lines: Vec<&str> = body.lines().map(str::trim_end).filter(|line| !is_marker(line)).collect();
    let text = lines.join("\n");
    let text = text.trim_matches('\n');
    if text.trim().is_empty() { String::new() } else { format!("{text}\n") }
}

/// Whether a body has a notice of a rollback from this tag.
pub(super) fn has_notice(body: &str, from: &str) -> bool {
    body.contains(&format!("{NOTICE}{from} -->"))
}

/// Whether a body has no text outside the generated part.
pub(super) fn is_generated(body: &str) -> bool {
    let is_alone = |part: GeneratedPart<'_>| format!("{}{}", part.before, part.after).trim().is_empty();
    body.trim().is_empty() || generated_part(body).is_some_and(is_alone)
}

/// Whether two bodies are equal, ignoring line endings and white space at the end. Spaces at the end of a line count:
/// in Markdown they break it.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.trim_end().lines().eq(other.trim_end().lines())
}

/// The text around the generated part.
struct GeneratedPart<'b> {
    before: &'b str,
    after: &'b str,
    is_edited: bool,
}

fn generated_part(body: &str) -> Option<GeneratedPart<'_>> {
    let (before, rest) = body.split_once(BEGIN)?;
    let (digest, rest) = rest.split_once(" -->")?;
    let (text, after) = rest.split_once(END)?;
    Some(GeneratedPart { before, after, is_edited: self::digest(text) != digest })
}

fn with_markers(text: &str) -> String {
    let text = escape_markers(text);
    format!("{BEGIN}{} -->\n{}\n{END}", digest(&text), trim_blank_lines(&text))
}

/// Escapes markers in generated text: a template may contain any text.
fn escape_markers(text: &str) -> String {
    text.replace("<!-- tidings:", "<!-- tidings ")
}

/// Sixteen hex digits of a hash of the lines. Not for security: it only detects edits.
fn digest(text: &str) -> String {
    let mut hash = Sha256::new();
    for line in text.trim().lines() {
        hash.update(line.trim_end());
        hash.update(b"\n");
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_part_is_replaced_and_the_rest_is_unchanged() {
        let first = compose("", "- a", Mode::Auto).body;
        assert!(first.starts_with(BEGIN) && first.ends_with(END) && first.contains("\n- a\n"));
        let around = format!("Hello\n\n{first}\n\nBye");
        let second = compose(&around, "- b", Mode::Auto).body;
        assert!(second.starts_with("Hello\n\n<!--") && second.ends_with("-->\n\nBye"), "{second}");
        assert!(second.contains("- b") && !second.contains("- a"));
        assert_eq!(compose(&second, "- b", Mode::Append).body, second);
        let crlf = second.replace('\n', "\r\n");
        assert_eq!(compose(&crlf, "- b", Mode::Auto).body, crlf);
    }

    #[test]
    fn text_written_by_hand_is_kept_unless_replaced() {
        let by_hand = "Written by hand";
        for mode in [Mode::Auto, Mode::Keep] {
            assert_eq!(compose(by_hand, "- a", mode).body, by_hand);
        }
        assert!(compose(by_hand, "- a", Mode::Append).body.starts_with("Written by hand\n\n<!--"));
        assert!(compose(by_hand, "- a", Mode::Prepend).body.ends_with("-->\n\nWritten by hand"));
        assert!(!compose(by_hand, "- a", Mode::Replace).body.contains("hand"));
        let edited = compose("", "- a", Mode::Auto).body.replace("- a", "- a, by Ming");
        for mode in [Mode::Auto, Mode::Append, Mode::Prepend] {
            let composed = compose(&edited, "- b", mode);
            assert_eq!((composed.body.as_str(), composed.remark.is_some()), (edited.as_str(), true));
        }
        assert!(compose(&edited, "- b", Mode::Replace).body.contains("- b"));
    }

    #[test]
    fn white_space_that_means_something_in_markdown_is_kept() {
        let body = compose("", "\n    code\n\nline  \nnext\n\n", Mode::Auto).body;
        assert!(body.contains(" -->\n    code\n\nline  \nnext\n<!--"), "{body}");
        let unbroken = compose(&body, "    code\n\nline\nnext", Mode::Auto).body;
        assert!(unbroken.contains("line\nnext"), "{unbroken}");
        let crlf = body.replace('\n', "\r\n");
        assert_eq!(compose(&crlf, "    code\n\nline  \nnext", Mode::Auto).body, crlf);
    }

    #[test]
    fn text_cannot_end_the_generated_part() {
        let body = compose("", "- a <!-- tidings:end --> b", Mode::Auto).body;
        assert_eq!(body.matches(END).count(), 1);
        assert_eq!(compose(&body, "- c", Mode::Auto).body, compose("", "- c", Mode::Auto).body);
    }

    #[test]
    fn body_without_markers_keeps_all_other_text() {
        let body = format!("Hello\n\n{}\n\nBye", compose("", "- a\n  b", Mode::Auto).body);
        assert_eq!(without_markers(&body), "Hello\n\n- a\n  b\n\nBye\n");
        let crlf = with_notice(&body, "v2.0.0", "loses a").replace('\n', "\r\n");
        assert_eq!(without_markers(&crlf), "loses a\n\nHello\n\n- a\n  b\n\nBye\n");
        assert_eq!(without_markers(&compose("", "", Mode::Auto).body), "");
        assert_eq!(without_markers("by hand"), "by hand\n");
    }

    #[test]
    fn notice_replaces_an_earlier_one() {
        let once = with_notice("Body", "v1.3.0", "loses a");
        assert!(has_notice(&once, "v1.3.0") && !has_notice(&once, "v1.3"));
        let twice = with_notice(&once, "v1.4.0", "loses b");
        assert!(
            twice.contains("loses b") && !twice.contains("loses a") && twice.ends_with("\n\nBody"),
            "{twice}"
        );
    }
}
