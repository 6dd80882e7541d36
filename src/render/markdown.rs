//! Untrusted text in Markdown that is not notes, such as the comment on a pull request.

use super::{escape, format::Markup};

/// The longest text that is shown, in characters; the rest is cut.
const MAX_CHARS: usize = 300;

/// A text as one line of Markdown that displays it and has no other effect: no mention, no HTML, no link.
#[must_use]
pub fn markdown_line(text: &str) -> String {
    escape::line(&cut(text), &[], Markup::Markdown)
}

/// A text as a code span.
#[must_use]
pub fn markdown_code(text: &str) -> String {
    let text = cut(text);
    let mut out = String::new();
    escape::push_code(&mut out, escape::clean(&text).trim(), Markup::Markdown);
    out
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(MAX_CHARS).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_no_effect() {
        assert_eq!(markdown_line("ping @ada <!-- x -->\nfixes #1"), "ping `@ada` \\<!-- x --> fixes #1");
        assert_eq!(markdown_code("a`b\nc"), "``a`b c``");
        assert_eq!(markdown_line(&"a".repeat(400)).chars().count(), MAX_CHARS + 1);
    }
}
