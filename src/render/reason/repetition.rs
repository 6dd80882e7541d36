//! Compares a sentence with the title of its change.

use std::collections::BTreeSet;

use super::plain::is_unspaced;

/// Words that say nothing of their own.
const EMPTY: [&str; 81] = [
    "a",
    "an",
    "the",
    "of",
    "to",
    "in",
    "on",
    "at",
    "by",
    "for",
    "from",
    "with",
    "and",
    "or",
    "is",
    "are",
    "be",
    "was",
    "it",
    "its",
    "this",
    "that",
    "these",
    "as",
    "so",
    "pr",
    "pull",
    "request",
    "commit",
    "patch",
    "change",
    "changes",
    "diff",
    "mr",
    "merge",
    "we",
    "i",
    "now",
    "also",
    "will",
    "add",
    "adds",
    "added",
    "make",
    "makes",
    "fix",
    "fixes",
    "fixed",
    "update",
    "updates",
    "into",
    "some",
    "simply",
    "just",
    "branch",
    "feature",
    "support",
    "new",
    "introduce",
    "introduces",
    "implement",
    "implements",
    "的",
    "了",
    "問",
    "題",
    "问",
    "题",
    "是",
    "在",
    "將",
    "将",
    "對",
    "对",
    "本",
    "此",
    "次",
    "個",
    "个",
    "並",
    "并",
];

/// The number of letters by which words are compared, so that `adds` and `added` are one.
const STEM: usize = 5;

/// Whether a sentence says little that the title does not.
pub(super) fn repeats(sentence: &str, title: &str) -> bool {
    let (said, known) = (words(sentence), words(title));
    let new = said.iter().filter(|word| !known.contains(*word)).count();
    new == 0 || (new == 1 && said.len() < 6) || new * 3 <= said.len()
}

/// The stems of the words that say something; each character of a script without spaces is a word.
fn words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut push = |word: &mut String| {
        let word = std::mem::take(word);
        if !word.is_empty() && !EMPTY.contains(&word.as_str()) {
            words.insert(word.chars().take(STEM).collect());
        }
    };
    let mut word = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if is_unspaced(c) {
            push(&mut word);
            push(&mut c.to_string());
        } else if c.is_alphanumeric() {
            word.push(c);
        } else {
            push(&mut word);
        }
    }
    push(&mut word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_must_say_more_than_the_title() {
        for (title, sentence) in [
            ("Add gift cards", "This PR adds gift cards."),
            ("round prices to the cent", "Rounds the prices to cents"),
            ("修復登入失敗", "修復了登入失敗的問題"),
            ("Fix crash", "Fixes the crash."),
        ] {
            assert!(repeats(sentence, title), "{sentence}");
        }
        for (title, sentence) in [
            ("Add gift cards", "Customers asked for a way to pay for others."),
            ("修復登入失敗", "權杖過期後沒有重新取得，使用者被登出。"),
            ("Fix crash", "The list was empty."),
        ] {
            assert!(!repeats(sentence, title), "{sentence}");
        }
    }
}
