//! What can go wrong on the way to a text.

use std::{error::Error as _, io};

/// Notes could not be made into text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No format has this name.
    #[error("unknown format `{name}`")]
    UnknownFormat {
        /// As given.
        name: String,
        /// The nearest name, or all.
        hint: String,
    },
    /// No built-in locale has this name.
    #[error("unknown locale `{name}`")]
    UnknownLocale {
        /// As given.
        name: String,
        /// The nearest name, or all.
        hint: String,
    },
    /// What should be notes in the JSON form is something else.
    #[error("these are no notes in the JSON form: {message}")]
    Form {
        /// What is wrong.
        message: String,
    },
    /// A locale file is no TOML.
    #[error("{name}: {message}")]
    LocaleSyntax {
        /// The file's name.
        name: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// A locale file has a key that means nothing.
    #[error("{name}: unknown word `{key}`")]
    UnknownWord {
        /// The file's name.
        name: String,
        /// The key.
        key: String,
        /// The nearest key, or all.
        hint: String,
    },
    /// A locale file has a value that is no text.
    #[error("{name}: `{key}` is not a text")]
    NotText {
        /// The file's name.
        name: String,
        /// The key.
        key: String,
    },
    /// A locale file has a value that is longer than any word.
    #[error("{name}: `{key}` is longer than {most} bytes")]
    LongWord {
        /// The file's name.
        name: String,
        /// The key.
        key: String,
        /// How long it may be.
        most: usize,
    },
    /// A template cannot be read, or fails on what it is given.
    #[error("{name}:{line}:{column}: {message}")]
    Template {
        /// The name of the template, its path.
        name: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there, naming what is missing.
        message: String,
    },
    /// A template cannot be used, at no single place in it.
    #[error("{name}: {message}")]
    TemplateSet {
        /// The name of the template, its path.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// A template takes more than it may.
    #[error("{name}: rendering {problem}")]
    Bound {
        /// The name of the template, its path.
        name: String,
        /// What it takes, as in `takes longer than 10 s`.
        problem: String,
        /// The option that allows more.
        option: &'static str,
    },
    /// The text cannot be written.
    #[error("cannot write the notes")]
    Write(#[source] io::Error),
}

impl Error {
    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownFormat { hint, .. }
            | Self::UnknownLocale { hint, .. }
            | Self::UnknownWord { hint, .. } => Some(hint.clone()),
            Self::NotText { key, .. } => Some(format!("write `{key} = \"…\"`")),
            Self::Template { message, .. } if message.contains("is not defined") => Some(
                "`tidings context` shows what there is; `{% if NAME is defined %}` asks for what may be missing"
                    .to_owned(),
            ),
            Self::Bound { option, .. } => Some(format!("{option} allows more")),
            Self::Form { .. }
            | Self::Template { .. }
            | Self::TemplateSet { .. }
            | Self::LocaleSyntax { .. }
            | Self::LongWord { .. }
            | Self::Write(_) => None,
        }
    }

    /// The engine's error; `sources` are the templates by name, to name what an undefined value is called.
    pub(super) fn template(name: &str, error: &tera::Error, sources: &[(&str, &str)]) -> Self {
        use tera::ErrorKind as Kind;
        match error.kind() {
            Kind::SyntaxError(report) | Kind::RenderingError(report) => {
                let file = if report.filename().is_empty() { name } else { report.filename() };
                let span = report.span();
                let mut message = sentence(report.message());
                if message.contains("undefined")
                    && let Some(missing) = spanned(sources, file, span)
                {
                    message = format!("`{missing}` is not defined");
                }
                Self::Template {
                    name: file.to_owned(),
                    line: span.start_line,
                    column: span.start_col + 1,
                    message,
                }
            }
            Kind::Io(kind) => Self::Write(io::Error::from(*kind)),
            _ => {
                let mut message = sentence(&error.to_string());
                if let Some(found) = Self::reported(&message) {
                    return found;
                }
                if let Some(cause) = error.source() {
                    message = format!("{message}: {}", sentence(&cause.to_string()));
                }
                Self::TemplateSet { name: name.to_owned(), message }
            }
        }
    }

    /// What the engine finds wrong with names when all templates have been read: a page with a drawing.
    fn reported(text: &str) -> Option<Self> {
        let (message, rest) = text.strip_prefix("error: ")?.split_once('\n')?;
        let mut place = rest.trim_start().strip_prefix("--> ")?.lines().next()?.rsplitn(3, ':');
        let (column, line) = (place.next()?.trim().parse().ok()?, place.next()?.parse().ok()?);
        Some(Self::Template { name: place.next()?.to_owned(), line, column, message: sentence(message) })
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// The text that a span of one line covers.
fn spanned<'a>(sources: &[(&str, &'a str)], file: &str, span: &tera::Span) -> Option<&'a str> {
    let (_, source) = sources.iter().find(|(name, _)| *name == file)?;
    let line = source.lines().nth(span.start_line.checked_sub(1)?)?;
    let at = |column| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let text = line.get(at(span.start_col)..at(span.end_col))?;
    (span.start_line == span.end_line && !text.is_empty()).then_some(text)
}

/// The engine's messages, in the form that ours have.
fn sentence(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut chars = message.chars();
    match chars.next() {
        Some(first) if chars.clone().next().is_some_and(char::is_lowercase) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => message.to_owned(),
    }
}
