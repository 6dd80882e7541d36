//! The body of a release: our part between marks, and what people wrote around it.
//!
//! The first mark holds the digest of our part, so that a part that somebody has edited since is known from one that is ours still.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const BEGIN: &str = "<!-- tidings:begin ";
const END: &str = "<!-- tidings:end -->";
const NOTICE: &str = "<!-- tidings:rollback ";
const NOTICE_END: &str = "<!-- tidings:rollback-end -->";

/// What becomes of a body that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Our part is made new; a body without one stays, unless it is empty.
    #[default]
    Auto,
    /// A body that is not empty stays.
    Keep,
    /// Our part is made new, or comes below.
    Append,
    /// Our part is made new, or comes above.
    Prepend,
    /// The whole body is ours.
    Replace,
}

/// A body, and why it is not what one might expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The whole body.
    pub body: String,
    /// What was kept, in words.
    pub remark: Option<&'static str>,
}

/// Puts our text into a body.
#[must_use]
pub fn compose(old: &str, ours: &str, mode: Mode) -> Composed {
    let marked = marked(ours);
    let made = |body: String| Composed { body, remark: None };
    let kept = |remark| Composed { body: old.to_owned(), remark: Some(remark) };
    if old.trim().is_empty() || mode == Mode::Replace {
        return made(marked);
    }
    if mode == Mode::Keep {
        return Composed { body: old.to_owned(), remark: None };
    }
    match part(old) {
        Some(part) if part.is_edited => {
            kept("our part of the body was edited by hand and stays; --mode replace makes it new")
        }
        Some(part) => {
            let body = format!("{}{marked}{}", part.before, part.after);
            // Forges may give other line ends back than they were sent.
            made(if is_same(&body, old) { old.to_owned() } else { body })
        }
        None => match mode {
            Mode::Append => made(format!("{}\n\n{marked}", old.trim_end())),
            Mode::Prepend => made(format!("{marked}\n\n{}", old.trim_start())),
            _ => kept(
                "the body was written by hand and stays; --mode append, prepend or replace brings ours in",
            ),
        },
    }
}

/// Puts what a rollback loses above a body, in place of an earlier such notice.
#[must_use]
pub fn with_notice(old: &str, from: &str, notice: &str) -> String {
    let rest = match (old.find(NOTICE), old.find(NOTICE_END)) {
        (Some(start), Some(end)) if start < end => {
            let after = old.get(end + NOTICE_END.len()..).unwrap_or_default();
            format!("{}{}", old.get(..start).unwrap_or_default(), after.trim_start())
        }
        _ => old.to_owned(),
    };
    format!("{NOTICE}{from} -->\n{}\n{NOTICE_END}\n\n{}", tame(notice).trim(), rest.trim_start())
}

/// A body as people read it: without our marks, and with plain line ends. Empty where nothing is in it.
#[must_use]
pub fn unmarked(body: &str) -> String {
    let is_mark = |line: &&str| line.starts_with("<!-- tidings:") && line.ends_with("-->");
    let lines: Vec<&str> = body.lines().map(str::trim_end).filter(|line| !is_mark(line)).collect();
    let text = lines.join("\n");
    let text = text.trim_matches('\n');
    if text.trim().is_empty() { String::new() } else { format!("{text}\n") }
}

/// Whether a body tells of a rollback from this tag.
pub(super) fn has_notice(body: &str, from: &str) -> bool {
    body.contains(&format!("{NOTICE}{from} -->"))
}

/// Whether nothing in a body is other people's.
pub(super) fn is_ours(body: &str) -> bool {
    let is_alone = |part: Part<'_>| format!("{}{}", part.before, part.after).trim().is_empty();
    body.trim().is_empty() || part(body).is_some_and(is_alone)
}

/// Whether two bodies say the same, whatever their line ends are.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.trim_end().lines().map(str::trim_end).eq(other.trim_end().lines().map(str::trim_end))
}

struct Part<'b> {
    before: &'b str,
    after: &'b str,
    is_edited: bool,
}

fn part(body: &str) -> Option<Part<'_>> {
    let (before, rest) = body.split_once(BEGIN)?;
    let (digest, rest) = rest.split_once(" -->")?;
    let (text, after) = rest.split_once(END)?;
    Some(Part { before, after, is_edited: self::digest(text) != digest })
}

fn marked(text: &str) -> String {
    let text = tame(text);
    format!("{BEGIN}{} -->\n{}\n{END}", digest(&text), text.trim())
}

/// A template may let anything through; our marks stand where we put them.
fn tame(text: &str) -> String {
    text.replace("<!-- tidings:", "<!-- tidings ")
}

/// Sixteen hexadecimal digits over the text's lines. No secret: it only has to notice edits.
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
    fn our_part_is_made_new_and_the_rest_stays() {
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
    fn pitfall_27_what_people_wrote_stays_unless_told() {
        let by_hand = "Written by hand";
        for mode in [Mode::Auto, Mode::Keep] {
            assert_eq!(compose(by_hand, "- a", mode).body, by_hand);
        }
        assert!(compose(by_hand, "- a", Mode::Append).body.starts_with("Written by hand\n\n<!--"));
        assert!(compose(by_hand, "- a", Mode::Prepend).body.ends_with("-->\n\nWritten by hand"));
        assert!(!compose(by_hand, "- a", Mode::Replace).body.contains("hand"));
        let edited = compose("", "- a", Mode::Auto).body.replace("- a", "- a, by Ming");
        for mode in [Mode::Auto, Mode::Append, Mode::Prepend] {
            let kept = compose(&edited, "- b", mode);
            assert_eq!((kept.body.as_str(), kept.remark.is_some()), (edited.as_str(), true));
        }
        assert!(compose(&edited, "- b", Mode::Replace).body.contains("- b"));
    }

    #[test]
    fn pitfall_30_a_text_cannot_end_our_part() {
        let body = compose("", "- a <!-- tidings:end --> b", Mode::Auto).body;
        assert_eq!(body.matches(END).count(), 1);
        assert_eq!(compose(&body, "- c", Mode::Auto).body, compose("", "- c", Mode::Auto).body);
    }

    #[test]
    fn what_people_read_has_no_marks() {
        let body = format!("Hello\n\n{}\n\nBye", compose("", "- a\n  b", Mode::Auto).body);
        assert_eq!(unmarked(&body), "Hello\n\n- a\n  b\n\nBye\n");
        let crlf = with_notice(&body, "v2.0.0", "loses a").replace('\n', "\r\n");
        assert_eq!(unmarked(&crlf), "loses a\n\nHello\n\n- a\n  b\n\nBye\n");
        assert_eq!(unmarked(&compose("", "", Mode::Auto).body), "");
        assert_eq!(unmarked("by hand"), "by hand\n");
    }

    #[test]
    fn a_notice_takes_the_place_of_an_earlier_one() {
        let once = with_notice("Body", "v1.3.0", "loses a");
        assert!(has_notice(&once, "v1.3.0") && !has_notice(&once, "v1.3"));
        let twice = with_notice(&once, "v1.4.0", "loses b");
        assert!(
            twice.contains("loses b") && !twice.contains("loses a") && twice.ends_with("\n\nBody"),
            "{twice}"
        );
    }
}
