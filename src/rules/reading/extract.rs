//! Finds the features of a message. `training/` uses this code too.

use super::{
    feature::{Feature, is_chinese},
    files::{summary, visit_files},
};
use crate::model::FileCounts;

/// The longest title that is looked at, in bytes.
const MAX_TITLE: usize = 300;

/// A part of a title: a word, a Chinese character, or the class of something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Token<'a> {
    /// The word in lower case, or the class: `<number>`.
    text: &'a str,
    kind: TokenKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenKind {
    Word,
    /// A Chinese character.
    Character,
    /// Not words but what they are about: code, a number, a version.
    Class,
}

/// Calls `visit` with each feature of a message; some occur more than once.
pub fn visit_features(
    title: &str,
    files: Option<&FileCounts>,
    is_bot: bool,
    visit: &mut dyn FnMut(Feature<'_>),
) {
    let title = shortened(title);
    let lower = title.to_ascii_lowercase();
    let start = visit_area(&lower, visit);
    let mut tokens = Vec::with_capacity(24);
    tokenize(title.get(start..).unwrap_or_default(), lower.get(start..).unwrap_or_default(), &mut tokens);
    visit_tokens(&tokens, visit);
    visit_edges(&tokens, files, visit);
    visit(Feature::Title(match tokens.len() {
        0..=2 => "short",
        3..=5 => "3 to 5",
        6..=9 => "6 to 9",
        10..=14 => "10 to 14",
        _ => "long",
    }));
    if lower.ends_with('?') {
        visit(Feature::Title("question"));
    }
    match files {
        Some(files) => visit_files(files, visit),
        None => visit(Feature::Files("unknown")),
    }
    if is_bot {
        visit(Feature::Bot);
    }
}

fn shortened(title: &str) -> &str {
    let mut end = title.len().min(MAX_TITLE);
    while !title.is_char_boundary(end) {
        end -= 1;
    }
    title.get(..end).unwrap_or_default()
}

/// Visits the words of the area before a title, as in `[tsdb]`, `【支付】`, `tsdb:`. Returns where the title begins.
fn visit_area(lower: &str, visit: &mut dyn FnMut(Feature<'_>)) -> usize {
    let mut start = 0;
    // Seldom more than two: `[pkg] ui: add x`.
    for _ in 0..3 {
        let rest = lower.get(start..).unwrap_or_default();
        let rest = rest.trim_start();
        let Some((area, after)) = area_of(rest) else { break };
        for word in area.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            visit(Feature::Area(word));
        }
        start = lower.len() - after.len();
    }
    start
}

/// The area at the start of a title, and what follows it.
fn area_of(text: &str) -> Option<(&str, &str)> {
    const BRACKETS: [(char, char); 3] = [('[', ']'), ('【', '】'), ('(', ')')];
    let has_rest = |(_, rest): &(&str, &str)| rest.chars().any(char::is_alphanumeric);
    for (open, close) in BRACKETS {
        if let Some(inner) = text.strip_prefix(open) {
            return inner.split_once(close).filter(|(area, _)| area.len() <= 60).filter(has_rest);
        }
    }
    let end = text.find([':', '：'])?;
    let (area, rest) = text.split_at_checked(end)?;
    // `std::fmt` and `https://…` are no areas.
    let is_code = rest.starts_with("::") || rest.starts_with("://");
    let rest = rest.trim_start_matches([':', '：']);
    let is_area = (1..=40).contains(&area.len())
        && area.split(' ').count() <= 2
        && !is_code
        && !area.contains(['`', '"', '\'']);
    Some((area, rest)).filter(|_| is_area).filter(has_rest)
}

/// Splits a title into tokens. `lower` is the title in lower case, with the same offsets.
fn tokenize<'a>(title: &str, lower: &'a str, tokens: &mut Vec<Token<'a>>) {
    let mut chars = title.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_chinese(c) {
            let text = lower.get(at..at + c.len_utf8()).unwrap_or_default();
            tokens.push(Token { text, kind: TokenKind::Character });
        } else if c == '`' {
            // Code as far as the closing mark; without one, the mark means nothing.
            if let Some(end) = title.get(at + 1..).and_then(|rest| rest.find('`')) {
                tokens.push(Token { text: "<code>", kind: TokenKind::Class });
                while chars.next_if(|(next, _)| *next <= at + 1 + end).is_some() {}
            }
        } else if c.is_alphanumeric() || matches!(c, '#' | '-' | '_' | '@' | '/' | '.' | '$') {
            let mut end = at + c.len_utf8();
            while let Some((next, c)) = chars.next_if(|(_, c)| is_part_of_word(*c)) {
                end = next + c.len_utf8();
            }
            if let (Some(written), Some(lower)) = (title.get(at..end), lower.get(at..end)) {
                push_word(written, lower, tokens);
            }
        }
    }
}

/// Whether a character continues a word or a piece of code: `don't`, `std::fmt`, `a/b.rs`, `x()`.
fn is_part_of_word(c: char) -> bool {
    (c.is_alphanumeric() && !is_chinese(c))
        || matches!(
            c,
            '_' | '-' | '/' | '.' | '\'' | '’' | ':' | '(' | ')' | '@' | '=' | '+' | '*' | '#' | '<' | '>'
        )
}

fn push_word<'a>(written: &str, lower: &'a str, tokens: &mut Vec<Token<'a>>) {
    let trimmed = lower.trim_matches(|c: char| !c.is_alphanumeric());
    if trimmed.is_empty() {
        return;
    }
    let from = lower.len() - lower.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
    let written_word = written.get(from..from + trimmed.len()).unwrap_or_default();
    if let Some(class) = class_of(written, written_word) {
        tokens.push(Token { text: class, kind: TokenKind::Class });
        return;
    }
    for word in trimmed.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’') {
        let word = word.split(['\'', '’']).next().unwrap_or_default();
        if !word.is_empty() {
            tokens.push(Token { text: word, kind: TokenKind::Word });
        }
    }
}

/// The class of what is not a word. `word` is without the punctuation around it.
fn class_of(written: &str, word: &str) -> Option<&'static str> {
    let digits = word.strip_prefix('v').unwrap_or(word);
    if digits.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(match () {
            () if written.starts_with('#') => "<issue>",
            () if digits.contains('.') => "<version>",
            () => "<number>",
        });
    }
    if written.starts_with("--") {
        return Some("<flag>");
    }
    if written.starts_with('@') && !word.contains('/') {
        return Some("<person>");
    }
    let extension = word.rsplit_once('.').map(|(_, extension)| extension);
    if let Some(extension) = extension.filter(|it| (1..=5).contains(&it.len())) {
        let is_document = ["md", "rst", "adoc", "txt", "MD"].contains(&extension);
        return Some(if is_document { "<document>" } else { "<file>" });
    }
    let has_inner_capital =
        word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase);
    let is_code = word.contains(['_', '@', '=', '<', '*'])
        || word.contains("::")
        || written.contains("()")
        || has_inner_capital
        || word.bytes().filter(|byte| *byte == b'/').count() > 1;
    is_code.then_some("<code>")
}

fn visit_tokens(tokens: &[Token<'_>], visit: &mut dyn FnMut(Feature<'_>)) {
    for token in tokens {
        match token.kind {
            TokenKind::Class => visit(Feature::Title(token.text)),
            TokenKind::Word | TokenKind::Character => visit(Feature::Word(token.text)),
        }
        if token.kind == TokenKind::Word
            && let Some(stem) = stem(token.text)
        {
            visit(Feature::Stem(stem));
        }
    }
    for (one, two) in tokens.iter().zip(tokens.iter().skip(1)) {
        visit(Feature::Pair(one.text, two.text));
    }
}

/// The first five characters of a longer word.
fn stem(word: &str) -> Option<&str> {
    let (end, _) = word.char_indices().nth(5)?;
    word.get(..end)
}

/// The beginning and the end of a title, which often say what is done.
fn visit_edges(tokens: &[Token<'_>], files: Option<&FileCounts>, visit: &mut dyn FnMut(Feature<'_>)) {
    let (first, second) = (tokens.first(), tokens.get(1));
    if let Some(first) = first {
        let pair = second.filter(|_| first.kind == TokenKind::Character).map_or("", |it| it.text);
        visit(Feature::First(first.text, pair));
        if let Some(second) = second {
            let third = tokens.get(2).map_or("", |it| it.text);
            visit(Feature::FirstTwo(
                first.text,
                if first.kind == TokenKind::Character { third } else { second.text },
            ));
        }
        if let Some(files) = files {
            visit(Feature::FirstWithFiles(first.text, summary(files)));
        }
    }
    if let Some(last) = tokens.last() {
        let pair = tokens.iter().rev().nth(1).filter(|_| last.kind == TokenKind::Character);
        visit(Feature::Last(pair.map_or("", |it| it.text), last.text));
    }
}
