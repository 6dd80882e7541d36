//! What can be wrong with a configuration, said so that the place is found at once.

use std::{
    fmt, io,
    ops::Range,
    path::{Path, PathBuf},
};

/// A configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the user cannot be read.
    #[error("cannot read the configuration `{}`", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The text is not of its format, or a value is not of its type.
    #[error("{at}: {message}{}", at.excerpt())]
    Invalid {
        /// Where.
        at: Location,
        /// What is wrong.
        message: String,
    },
    /// A key that there is not.
    #[error("{at}: unknown key `{key}`{}", at.excerpt())]
    UnknownKey {
        /// Where.
        at: Location,
        /// The key.
        key: String,
        /// The keys that there are at this place.
        known: Vec<String>,
    },
    /// A word that there is not.
    #[error("{at}: unknown value `{value}`{}", at.excerpt())]
    UnknownValue {
        /// Where.
        at: Location,
        /// The word.
        value: String,
        /// The words that there are.
        known: Vec<String>,
    },
    /// The text is well formed, and makes no sense.
    #[error("{}: {entry}: {problem}{}", place(path, at.as_deref()), at.as_deref().map(Location::excerpt).unwrap_or_default())]
    Senseless {
        /// The file.
        path: PathBuf,
        /// Where, in a file that tells.
        at: Option<Box<Location>>,
        /// Which entry or key, as in `[[rules]] number 3`.
        entry: String,
        /// What is wrong with it.
        problem: String,
        /// The way out.
        hint: Option<String>,
    },
    /// A file of another tool, named on the command line, holds nothing for tidings.
    #[error("{} has no {tables}", path.display())]
    NoTable {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        tables: &'static str,
    },
    /// An environment variable names a key that there is not, or gives it a value that it cannot have.
    #[error("the environment variable `{name}`: {problem}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong with it.
        problem: String,
        /// The way out.
        hint: Option<String>,
    },
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    text: String,
    length: usize,
}

fn place(path: &Path, at: Option<&Location>) -> String {
    at.map_or_else(|| path.display().to_string(), Location::to_string)
}

/// A line that is longer than this helps nobody (a minified `package.json`).
const LONGEST_EXCERPT: usize = 160;

impl Location {
    /// The place of a span of bytes in a text.
    pub(super) fn of_span(path: PathBuf, source: &str, span: Range<usize>) -> Self {
        let start = boundary(source, span.start);
        let before = source.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let text = source.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let column = source.get(line_start..start).map_or(0, |part| part.chars().count());
        let end = boundary(source, span.end.min(line_start + text.len()));
        let length = source.get(start..end).map_or(0, |part| part.chars().count());
        Self {
            path,
            line: before.matches('\n').count() + 1,
            column: column + 1,
            text: text.replace(char::is_control, " "),
            length,
        }
    }

    /// The place of a line and a column, both from 1, the column in bytes.
    pub(super) fn of_line(path: PathBuf, source: &str, line: usize, column: usize) -> Self {
        let start: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let at = start + column.saturating_sub(1);
        Self::of_span(path, source, at..at)
    }

    /// The same place in a file of another name.
    pub(super) fn in_file(self, path: &Path) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// The line that it is in.
    pub(super) fn line_text(&self) -> &str {
        &self.text
    }

    /// The line with a mark below, beginning with a line break; empty where it would not help.
    fn excerpt(&self) -> String {
        if self.text.trim().is_empty() || self.text.chars().count() > LONGEST_EXCERPT {
            return String::new();
        }
        let Self { line, text, column, length, .. } = self;
        let gutter = " ".repeat(line.to_string().len());
        let (skip, mark) = (" ".repeat(column - 1), "^".repeat((*length).max(1)));
        format!("\n{line} | {text}\n{gutter} | {skip}{mark}")
    }
}

/// The start of the character that `at` lies in, or the end of the text.
fn boundary(source: &str, at: usize) -> usize {
    let at = at.min(source.len());
    (0..=at).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0)
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

impl Error {
    /// The way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { key, known, .. } => Some(suggest(key, known)),
            Self::UnknownValue { value, known, .. } => Some(suggest(value, known)),
            Self::Senseless { hint, .. } | Self::Variable { hint, .. } => hint.clone(),
            Self::NoTable { .. } => Some("add it, or name another file".to_owned()),
            Self::Read { .. } | Self::Invalid { .. } => None,
        }
    }
}

/// What a message of serde says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Key { key: String, known: Vec<String> },
    Value { value: String, known: Vec<String> },
    Other(String),
}

impl Fault {
    /// Reads the message; its words are fixed by serde's `Error` trait (`unknown_field`, `unknown_variant`).
    pub(super) fn read(message: &str) -> Self {
        let message = message.trim_end();
        if let Some((key, known)) = unknown(message, "unknown field `") {
            return Self::Key { key, known };
        }
        if let Some((value, known)) = unknown(message, "unknown variant `") {
            return Self::Value { value, known };
        }
        if let Some(rest) = message.strip_prefix("missing field ") {
            return Self::Other(format!("the key {rest} is missing"));
        }
        // Where one of some words is wanted, the library speaks of what it could have been made of.
        let message = message.replace("wanted string or table", "expected a text");
        Self::Other(message.replace("a sequence", "a list").replace(": sequence", ": list"))
    }

    pub(super) fn at(self, at: Location) -> Error {
        match self {
            Self::Key { key, known } => Error::UnknownKey { at, key, known },
            Self::Value { value, known } => Error::UnknownValue { at, value, known },
            Self::Other(message) => Error::Invalid { at, message },
        }
    }

    pub(super) fn in_variable(self, name: String) -> Error {
        let (problem, hint) = match self {
            Self::Key { key, known } => (format!("unknown key `{key}`"), Some(suggest(&key, &known))),
            Self::Value { value, known } => {
                (format!("unknown value `{value}`"), Some(suggest(&value, &known)))
            }
            Self::Other(message) => {
                let list = message.contains("expected a list");
                (message, list.then(|| "a list is written `[\"one\", \"two\"]`".to_owned()))
            }
        };
        Error::Variable { name, problem, hint }
    }
}

/// The word may hold anything, even what looks like the rest of the message, so it is cut from both ends.
fn unknown(message: &str, start: &str) -> Option<(String, Vec<String>)> {
    let (word, known) = message.strip_prefix(start)?.rsplit_once("`, expected ")?;
    let known = known.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Some((word.to_owned(), known))
}

fn suggest(word: &str, known: &[String]) -> String {
    let near = known.iter().map(|it| (strsim::damerau_levenshtein(&word.to_lowercase(), it), it)).min();
    let allowed = if word.chars().count() <= 4 { 1 } else { 3 };
    match near {
        Some((distance, it)) if distance <= allowed => format!("did you mean `{it}`?"),
        _ => format!("use one of: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_messages_are_read() {
        let key = Fault::read("unknown field `a`, expected `b`, expected one of `tag`, `types`");
        let known = vec!["tag".to_owned(), "types".to_owned()];
        assert_eq!(key, Fault::Key { key: "a`, expected `b".to_owned(), known });
        let value = Fault::read("unknown variant `x`, expected `y` or `z`");
        assert_eq!(
            value,
            Fault::Value { value: "x".to_owned(), known: vec!["y".to_owned(), "z".to_owned()] }
        );
        assert_eq!(Fault::read("wanted string or table"), Fault::Other("expected a text".to_owned()));
        assert_eq!(Fault::read("missing field `id`"), Fault::Other("the key `id` is missing".to_owned()));
    }

    #[test]
    fn a_location_counts_characters_and_marks_the_span() {
        let source = "a = 1\r\n題 = \"é\" x\r\n";
        let at = Location::of_span("t.toml".into(), source, source.find('x').unwrap()..source.len());
        assert_eq!(at.to_string(), "t.toml:2:9");
        assert_eq!(at.excerpt(), "\n2 | 題 = \"é\" x\n  |         ^");
    }

    #[test]
    fn a_location_outside_of_the_text_is_its_end() {
        assert_eq!(Location::of_span("t".into(), "a\n", 10..20).to_string(), "t:2:1");
        assert_eq!(Location::of_line("t".into(), "", 0, 0).to_string(), "t:1:1");
    }

    #[test]
    fn a_far_word_is_answered_with_all_that_there_are() {
        let known = ["newest".to_owned(), "oldest".to_owned()];
        assert_eq!(suggest("Newst", &known), "did you mean `newest`?");
        assert_eq!(suggest("alphabetical", &known), "use one of: newest, oldest");
    }
}
