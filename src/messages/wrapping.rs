//! Decides whether the line below a subject continues its sentence.
//!
//! git joins the whole first paragraph. People who forget the blank line rarely mean that: what they write below the
//! subject is a list, a footer or another sentence. A line is only joined if the subject was broken in mid-sentence.

use super::{body, list_item::ListItem, references};

/// The usual width of a message. A subject whose next word would have fitted was not wrapped.
const WIDTH: usize = 72;

/// Words that do not end a sentence.
const OPEN: [&str; 41] = [
    "a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "from", "with", "without", "into", "onto",
    "and", "or", "but", "nor", "if", "when", "while", "that", "which", "than", "as", "is", "are", "was",
    "were", "be", "not", "no", "its", "their", "our", "between", "via", "due", "during", "because",
];

/// Words that continue a sentence rather than start one.
const LINKING: [&str; 35] = [
    "of", "to", "in", "on", "at", "by", "for", "from", "with", "without", "into", "onto", "and", "or", "but",
    "nor", "if", "when", "while", "that", "which", "than", "as", "is", "are", "was", "were", "be", "not",
    "instead", "rather", "because", "during", "between", "via",
];

/// Whether `next`, the line below `line`, continues the sentence of `line`.
pub(super) fn continues(line: &str, next: &str) -> bool {
    let (line, next) = (line.trim_end(), next.trim_end());
    let text = next.trim_start();
    let Some(first) = text.chars().next().filter(|_| !starts_block(next, text)) else { return false };
    if is_open(line) {
        return true;
    }
    if line.ends_with(['.', '!', '?', ':', ';', '。', '！', '？', '：']) || is_footer(text) {
        return false;
    }
    let last = line.rsplit(char::is_whitespace).next().unwrap_or_default();
    if line.ends_with([',', '，']) || is_open_word(last) {
        return true;
    }
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    let is_wrapped = || line.chars().count() + 1 + word.chars().count() > WIDTH;
    first.is_lowercase() && (contains(&LINKING, word) || is_wrapped())
}

/// Whether a line starts something else than a sentence: a list, code, a quotation, a heading or a rule.
fn starts_block(line: &str, text: &str) -> bool {
    let is_code = line.starts_with("    ") || line.starts_with('\t') || text.starts_with("```");
    is_code
        || text.starts_with(['>', '#', '<', '|', '='])
        || text.starts_with("--")
        || ListItem::parse(line).is_some()
}

/// Whether a line is a footer, or was written by git or a forge.
fn is_footer(text: &str) -> bool {
    body::trailer(text).is_some()
        || body::breaking(text).is_some()
        || references::is_closing(text)
        || ["(cherry picked from ", "Merge ", "See merge request "]
            .iter()
            .any(|start| text.starts_with(start))
}

/// Whether a line ends inside parentheses or a code span.
fn is_open(line: &str) -> bool {
    let count = |wanted: char| line.matches(wanted).count();
    count('(') > count(')') || count('`') % 2 == 1
}

/// Whether a word does not end a sentence.
pub(super) fn is_open_word(word: &str) -> bool {
    contains(&OPEN, word)
}

fn contains(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_sentences_are_joined() {
        for (line, next) in [
            ("Make sure the reflection test is passing a String to the reflection", "cache."),
            ("fix(optimizer): fix interop for packages that cannot be", "statically analyzed"),
            ("Breaking: refactor it (refs #928, fixes #901,", "fixes #837, fixes #853)"),
            ("template: print the summary without color in `jj", "undo`"),
            ("Ignore an error of a default gem", "when tested with ruby-head"),
            ("Add support for", "Windows"),
            ("Add x, y,", "Z"),
        ] {
            assert!(continues(line, next), "{line}\n{next}");
        }
    }

    #[test]
    fn lines_that_start_anew_are_not_joined() {
        for (line, next) in [
            ("feat(api): replace the client", "BREAKING CHANGE: the old client is gone"),
            ("fix: adopt the new thing", "- use A"),
            ("fix: adopt the new thing", "use A instead of B"),
            ("fix(resolve): resolve dependencies with a name ending in .js", "fix #540"),
            ("Improve it.", "and more"),
            ("Add the ability to specify the account used by pods (resolves #634)", "Also add a flag"),
            ("!12 fix the thing for", "Merge pull request !12 from u/b"),
            ("修复登录", "支持新接口"),
            ("Fix the", ""),
            ("Fix the", "Signed-off-by: A <a@x>"),
        ] {
            assert!(!continues(line, next), "{line}\n{next}");
        }
    }
}
