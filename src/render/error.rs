//! Errors of rendering and reading notes.

use std::{error::Error as _, io};

/// Notes cannot be rendered or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No format has this name.
    #[error("unknown format `{name}`")]
    UnknownFormat {
        /// The name as given.
        name: String,
        /// The closest name, or all names.
        hint: String,
    },
    /// No built-in locale has this name.
    #[error("unknown locale `{name}`")]
    UnknownLocale {
        /// The name as given.
        name: String,
        /// The closest name, or all names.
        hint: String,
    },
    /// The text is not notes in the JSON form.
    #[error("the JSON notes are not valid: {message}")]
    InvalidNotes {
        /// What is wrong.
        message: String,
    },
    /// A locale file is not valid TOML.
    #[error("{name}: {message}")]
    LocaleSyntax {
        /// The path of the file.
        name: String,
        /// The parser's message, with line and column.
        message: String,
    },
    /// A locale file has an unknown key.
    #[error("{name}: unknown key `{key}`")]
    UnknownLocaleKey {
        /// The path of the file.
        name: String,
        /// The key.
        key: String,
        /// The closest key, or all keys.
        hint: String,
    },
    /// A value in a locale file is not a string.
    #[error("{name}: `{key}` is not a string")]
    NotString {
        /// The path of the file.
        name: String,
        /// The key.
        key: String,
    },
    /// A string in a locale file is too long.
    #[error("{name}: `{key}` is longer than {limit} bytes")]
    LongString {
        /// The path of the file.
        name: String,
        /// The key.
        key: String,
        /// The maximum length in bytes.
        limit: usize,
    },
    /// A template has a syntax error, or fails to render.
    #[error("{name}:{line}:{column}: {message}")]
    Template {
        /// The path of the template.
        name: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there, with the name of an undefined variable.
        message: String,
    },
    /// A template cannot be used, for a reason without a single location.
    #[error("{name}: {message}")]
    TemplateSet {
        /// The path of the template.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// A template exceeds a limit.
    #[error("{name}: rendering {problem}")]
    Limit {
        /// The path of the template.
        name: String,
        /// The exceeded limit, as in `takes longer than 10 s`.
        problem: String,
        /// The option that raises the limit.
        option: &'static str,
    },
    /// The notes cannot be written.
    #[error("cannot write the notes")]
    Write(#[source] io::Error),
}

impl Error {
    /// What to do next, if known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownFormat { hint, .. }
            | Self::UnknownLocale { hint, .. }
            | Self::UnknownLocaleKey { hint, .. } => Some(hint.clone()),
            Self::NotString { key, .. } => Some(format!("write `{key} = \"…\"`")),
            Self::Template { message, .. } if message.contains("is not defined") => Some(
                "run `tidings context` to list all fields; use `{% if NAME is defined %}` for optional ones"
                    .to_owned(),
            ),
            // This limit has no option.
            Self::Limit { option: "", .. } => None,
            Self::Limit { option, .. } => Some(format!("raise the limit with {option}")),
            // The message, or its cause, names the file and what is wrong with it.
            Self::InvalidNotes { .. }
            | Self::Template { .. }
            | Self::TemplateSet { .. }
            | Self::LocaleSyntax { .. }
            | Self::LongString { .. }
            | Self::Write(_) => None,
        }
    }

    /// Converts the engine's error. `sources` are the templates by name, to look up the name of an undefined value.
    pub(super) fn template(name: &str, error: &tera::Error, sources: &[(&str, &str)]) -> Self {
        use tera::ErrorKind as Kind;
        match error.kind() {
            Kind::SyntaxError(report) | Kind::RenderingError(report) => {
                let file = if report.filename().is_empty() { name } else { report.filename() };
                let span = report.span();
                let mut message = sentence(report.message());
                if message.contains("undefined")
                    && let Some(missing) = text_of_span(sources, file, span)
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
                if let Some(report) = Self::parse_report(&message) {
                    return report;
                }
                if let Some(cause) = error.source() {
                    message = format!("{message}: {}", sentence(&cause.to_string()));
                }
                Self::TemplateSet { name: name.to_owned(), message }
            }
        }
    }

    /// Parses the engine's report about unknown filters, tests and templates: several lines with an excerpt, available
    /// only as text.
    fn parse_report(text: &str) -> Option<Self> {
        let (message, rest) = text.strip_prefix("error: ")?.split_once('\n')?;
        let mut location = rest.trim_start().strip_prefix("--> ")?.lines().next()?.rsplitn(3, ':');
        let (column, line) = (location.next()?.trim().parse().ok()?, location.next()?.parse().ok()?);
        Some(Self::Template { name: location.next()?.to_owned(), line, column, message: sentence(message) })
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// The source text of a span within one line.
fn text_of_span<'a>(sources: &[(&str, &'a str)], file: &str, span: &tera::Span) -> Option<&'a str> {
    let (_, source) = sources.iter().find(|(name, _)| *name == file)?;
    let line = source.lines().nth(span.start_line.checked_sub(1)?)?;
    let at = |column| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let text = line.get(at(span.start_col)..at(span.end_col))?;
    (span.start_line == span.end_line && !text.is_empty()).then_some(text)
}

/// The engine's message in the style of ours: lower case, without a final period.
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
