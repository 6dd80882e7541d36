//! Splits a line into sentences, and shortens it at the end of one.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The longest reason, in characters; wide ones, as in Chinese, count as two.
pub(super) const MAX_CHARS: usize = 320;

/// Words before a full stop that is no end, without their stop, lower case.
const ABBREVIATIONS: [&str; 44] = [
    "e.g", "i.e", "eg", "ie", "etc", "vs", "cf", "al", "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr",
    "fig", "eq", "sec", "ch", "p", "pp", "vol", "approx", "ca", "incl", "excl", "resp", "max", "min", "ver",
    "ex", "z.b", "d.h", "u.a", "o.ä", "bzw", "ggf", "usw", "p.ex", "núm", "pág", "n.b", "a.k.a",
];

/// The sentences of a line, with their ends and without the space between them.
pub(super) fn sentences(line: &str) -> Vec<&str> {
    let (mut sentences, mut from) = (Vec::new(), 0);
    for end in ends(line) {
        sentences.extend(line.get(from..end).map(str::trim).filter(|sentence| !sentence.is_empty()));
        from = end;
    }
    sentences.extend(line.get(from..).map(str::trim).filter(|rest| !rest.is_empty()));
    sentences
}

/// The positions after the ends of sentences.
fn ends(line: &str) -> Vec<usize> {
    let (mut ends, mut in_code) = (Vec::new(), false);
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        in_code ^= c == '`';
        let is_wide = matches!(c, '。' | '！' | '？' | '｡');
        if in_code || !(is_wide || matches!(c, '.' | '!' | '?')) {
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some((at, c)) = chars.next_if(|(_, c)| CLOSING.contains(*c)) {
            end = at + c.len_utf8();
        }
        let (head, rest) = (line.get(..at).unwrap_or_default(), line.get(end..).unwrap_or_default());
        let ends_here = is_wide || (starts_sentence(rest) && (c != '.' || !is_abbreviation(head)));
        if ends_here && !rest.is_empty() {
            ends.push(end);
        }
    }
    ends
}

/// Marks that close a sentence after its stop.
const CLOSING: &str = ".!?。！？)]\"'”’」』）】*_";

fn starts_sentence(rest: &str) -> bool {
    let text = rest.trim_start();
    text.len() < rest.len() && !text.starts_with(|c: char| c.is_lowercase() || ",;:)]".contains(c))
}

/// Whether a full stop after this text belongs to its last word.
fn is_abbreviation(head: &str) -> bool {
    let word = head.rsplit([' ', '(', '[', '"', '“']).next().unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    is_initial || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// As many whole sentences as fit, else the start of the first one with an ellipsis.
pub(super) fn shortened<'a>(sentences: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for sentence in sentences {
        let space = usize::from(needs_space(&out));
        if out.width() + space + sentence.width() > MAX_CHARS {
            return if out.is_empty() { cut(sentence) } else { out };
        }
        if space > 0 {
            out.push(' ');
        }
        out.push_str(sentence);
    }
    out
}

fn needs_space(before: &str) -> bool {
    before.chars().next_back().is_some_and(|c| c.width() != Some(2))
}

/// The start of a sentence up to the end of a word, with an ellipsis.
fn cut(sentence: &str) -> String {
    let (mut width, mut end, mut in_code, mut before) = (0, 0, false, ' ');
    for (at, c) in sentence.char_indices() {
        width += c.width().unwrap_or(0);
        let is_break = !in_code && (c == ' ' || c.width() == Some(2) || before.width() == Some(2));
        if width >= MAX_CHARS {
            break;
        }
        in_code ^= c == '`';
        before = c;
        if is_break {
            end = at;
        }
    }
    // A word, or code, that fills the line is cut inside.
    let whole = |limit: usize| sentence.char_indices().nth(limit).map_or(sentence.len(), |(at, _)| at);
    let end = if end < 20 { whole(MAX_CHARS / 2) } else { end };
    let start = sentence.get(..end).unwrap_or_default();
    let start = start.trim_end_matches(|c: char| c.is_whitespace() || ",;:-–—(、，；：（".contains(c));
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sentences_end_at_stops_but_not_at_abbreviations() {
        for (line, count) in [
            ("It was slow. Now it is not! Is it? Yes.", 4),
            ("Some files, e.g. Foo.rs, etc. Are read by J. Doe vs. Bob.", 1),
            ("Use v1.2. Then 3.4 works", 2),
            ("查詢太慢。改用索引！好嗎？好", 4),
            ("他說「慢。」於是改了。完", 3),
            ("Call `a. B. c`. Done (as before.) And so", 3),
            ("see foo.bar. lower case goes on", 1),
            ("z. B. das, d. h. Dies.", 1),
            ("Wait... What?", 2),
        ] {
            assert_eq!(sentences(line).len(), count, "{:?}", sentences(line));
        }
    }

    #[test]
    fn text_is_shortened_at_a_sentence_end() {
        let long = "word ".repeat(100);
        assert_eq!(shortened(["One.", "Two.", &long]), "One. Two.");
        let cut = shortened([&*long]);
        assert!(cut.ends_with("word…") && cut.chars().count() <= MAX_CHARS, "{cut}");
        assert_eq!(shortened(["太慢。", "改了。"]), "太慢。改了。");
        let chinese = "慢".repeat(400);
        let cut = shortened([&*chinese]);
        assert!(cut.width() <= MAX_CHARS && cut.ends_with("慢…"), "{cut}");
        assert!(shortened([&*"a".repeat(1000)]).chars().count() < MAX_CHARS);
    }

    proptest! {
        #[test]
        fn any_line_is_split_and_shortened(line in "[a-zA-Z .!?`。，中é()]{0,400}") {
            let found = sentences(&line);
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&found.concat()), letters(&line));
            prop_assert!(shortened(found).width() <= MAX_CHARS + 1);
        }
    }
}
