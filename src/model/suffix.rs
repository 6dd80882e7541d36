//! Parses what follows the numbers of a version: `-rc.1`, `.beta1`, `rc1`, `.post1.dev2`.

use semver::Prerelease;
use thin_vec::ThinVec;

use super::{identifier::Identifier, version::Suffix};

/// A run of letters or of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Number(&'a str),
}

impl Suffix {
    /// Parses a suffix in any common form, with the words and the order of PEP 440. Other words are compared as text,
    /// ignoring case. `None` if it has other characters than letters, digits and separators.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let tokens = tokens(text)?;
        if let [(Token::Word(word), _)] = tokens.as_slice()
            && ["final", "ga", "release"].iter().any(|it| it.eq_ignore_ascii_case(word))
        {
            return Some(Self::default());
        }
        let mut identifiers = identifiers(&tokens);
        let (mut post, mut post_bytes, mut used) = (ThinVec::new(), 0, 0);
        if let Some(&(Identifier::Post(number), count)) = identifiers.first() {
            post.push(number);
            used = count;
            post_bytes = tokens.get(count.wrapping_sub(1)).map_or(0, |(_, end)| *end);
            identifiers.remove(0);
        }
        let words: Vec<_> = tokens.iter().skip(used).map(|(token, _)| token.text()).collect();
        let plain = text.strip_prefix('-').filter(|_| used == 0).and_then(|pre| Prerelease::new(pre).ok());
        let pre = plain.or_else(|| Prerelease::new(&words.join(".")).ok())?;
        let identifiers = identifiers.into_iter().map(|(identifier, _)| identifier).collect();
        Some(Self { post, post_bytes, pre, identifiers })
    }

    /// Whether the identifiers are those of PEP 440, in its order: `a1`, `b1` or `rc1`, then a post-release, then a
    /// development release. Adds the number 0 where it is implied (`1.0a`), and reads `pre` and `preview` as `rc`.
    pub(super) fn into_pep440(mut self) -> Option<Self> {
        let mut rest = self.identifiers.into_iter().peekable();
        let mut normal = ThinVec::new();
        if let Some(Identifier::Word(word)) = rest.next_if(|it| matches!(it, Identifier::Word(_))) {
            let word = match &*word {
                "alpha" | "beta" | "rc" => word,
                "pre" | "preview" => "rc".into(),
                _ => return None,
            };
            let number = rest.next_if(|it| matches!(it, Identifier::Number(..)));
            normal.extend([Identifier::Word(word), number.unwrap_or_else(|| Identifier::number("0"))]);
        }
        normal.extend(rest.next_if(|it| matches!(it, Identifier::Post(_)) && !normal.is_empty()));
        normal.extend(rest.next_if(|it| matches!(it, Identifier::Dev(_))));
        self.identifiers = normal;
        rest.next().is_none().then_some(self)
    }
}

/// The number of the pre-release `pre` if it has `label`: 2 for `rc2`, `rc.2`, `RC-2` and `rc`, 0 for `rc` alone.
#[must_use]
pub fn prerelease_number(pre: &str, label: &str) -> Option<u64> {
    let read = |text: &str| Some(Suffix::parse(&format!("-{text}"))?.identifiers);
    let (pre, label) = (read(pre)?, read(label)?);
    if let ([Identifier::Dev(number)], [Identifier::Dev(_)]) = (pre.as_slice(), label.as_slice()) {
        return Some(*number);
    }
    match pre.strip_prefix(label.as_slice())? {
        [] if !label.is_empty() => Some(0),
        [Identifier::Number(_, digits)] => digits.parse().ok(),
        _ => None,
    }
}

impl<'a> Token<'a> {
    /// The text, without leading zeros of a number.
    fn text(self) -> &'a str {
        match self {
            Self::Word(word) => word,
            Self::Number(digits) => {
                let stripped = digits.trim_start_matches('0');
                if stripped.is_empty() { "0" } else { stripped }
            }
        }
    }
}

/// The runs of letters and of digits, each with its end in `text`.
fn tokens(text: &str) -> Option<Vec<(Token<'_>, usize)>> {
    let is_separator = |c: char| matches!(c, '-' | '.' | '_');
    let valid = |c: char| c.is_ascii_alphanumeric() || is_separator(c);
    // SemVer allows hyphens anywhere; elsewhere a separator is between two runs.
    let is_semver = text.strip_prefix('-').is_some_and(|pre| !pre.is_empty() && Prerelease::new(pre).is_ok());
    let is_separated = !text.ends_with(is_separator) && !text.contains("..") && !text.contains("--");
    if !text.chars().all(valid) || !(is_semver || is_separated) {
        return None;
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_separator);
    while let Some(first) = rest.chars().next() {
        let of_run = |c: char| !is_separator(c) && c.is_ascii_digit() == first.is_ascii_digit();
        let (run, after) = rest.split_at(rest.find(|c| !of_run(c)).unwrap_or(rest.len()));
        let token = if first.is_ascii_digit() { Token::Number(run) } else { Token::Word(run) };
        tokens.push((token, text.len() - after.len()));
        rest = after.trim_start_matches(is_separator);
    }
    if tokens.is_empty() && is_semver {
        tokens.push((Token::Word(text), text.len()));
    }
    (!tokens.is_empty()).then_some(tokens)
}

/// The identifiers, each with the number of tokens up to its end.
fn identifiers(tokens: &[(Token<'_>, usize)]) -> Vec<(Identifier, usize)> {
    let mut found = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some((token, _)) = tokens.get(at) {
        at += 1;
        let word = match token {
            Token::Number(digits) => {
                found.push((Identifier::number(digits), at));
                continue;
            }
            Token::Word(word) => word.to_ascii_lowercase(),
        };
        let digits = match tokens.get(at) {
            Some((Token::Number(digits), _)) => Some(*digits),
            _ => None,
        };
        let number = digits.map_or(Some(0), |digits| digits.parse().ok());
        let identifier = match (word.as_str(), number) {
            ("dev", Some(number)) => Identifier::Dev(number),
            ("post", Some(number)) => Identifier::Post(number),
            ("r" | "rev", Some(number)) if digits.is_some() => Identifier::Post(number),
            ("a", _) => Identifier::Word("alpha".into()),
            ("b", _) => Identifier::Word("beta".into()),
            ("c", _) => Identifier::Word("rc".into()),
            _ => Identifier::Word(word.into()),
        };
        if matches!(identifier, Identifier::Dev(_) | Identifier::Post(_)) {
            at += usize::from(digits.is_some());
        }
        found.push((identifier, at));
    }
    found
}
