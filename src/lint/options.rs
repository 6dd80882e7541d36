//! What a project wants of its messages.

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::error::Error;

/// What a project wants of its messages.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether subjects must have the form `type(scope): description`.
    pub conventional: bool,
    /// The types that may be used; any where it is `None` (what looks like a slip is then a warning).
    pub types: Option<Vec<String>>,
    /// The scopes that may be used; any where it is `None`.
    pub scopes: Option<Vec<String>>,
    /// Whether there must be a scope.
    pub require_scope: bool,
    /// The greatest length of the subject, in characters.
    pub subject_max: Option<usize>,
    /// The greatest length of a line of the body, in characters. Lines without a space, such as addresses, may be longer.
    pub body_line_max: Option<usize>,
    /// How the description begins.
    pub subject_case: Option<SubjectCase>,
    /// Whether the subject must not end with a period.
    pub no_trailing_period: bool,
    /// Keys of trailers that must be there.
    pub require_trailers: Vec<String>,
    /// Whether `fixup!`, `squash!` and `amend!` commits may stand; they are not looked at further.
    pub allow_fixup: bool,
    /// Whether git's own merge messages may stand; they are not looked at further.
    pub allow_merge: bool,
    /// Whether git's own revert messages may stand; they are not looked at further.
    pub allow_revert: bool,
    pub(super) ticket: Option<Regex>,
    pub(super) forbidden: Vec<Forbidden>,
}

/// A text that must not stand in a message.
#[derive(Debug, Clone)]
pub(super) struct Forbidden {
    /// What is looked for, in the subject and in the body.
    pub(super) pattern: Regex,
    /// What to tell who wrote it.
    pub(super) message: String,
}

/// How a description begins. Words that are no plain words (`API`, `iOS`, `code`) are not judged, nor are scripts without case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectCase {
    /// With a lower-case letter.
    Lower,
    /// With an upper-case letter.
    Sentence,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            conventional: true,
            types: None,
            scopes: None,
            require_scope: false,
            subject_max: Some(100),
            body_line_max: None,
            subject_case: None,
            no_trailing_period: true,
            require_trailers: Vec::new(),
            allow_fixup: false,
            allow_merge: true,
            allow_revert: true,
            ticket: None,
            forbidden: Vec::new(),
        }
    }
}

impl Options {
    /// Asks for the number of a ticket somewhere in the message.
    ///
    /// # Errors
    /// When the regular expression cannot be read.
    pub fn with_ticket(self, pattern: &str) -> Result<Self, Error> {
        Ok(Self { ticket: Some(compile("ticket", pattern)?), ..self })
    }

    /// Forbids a text, with what to tell who wrote it.
    ///
    /// # Errors
    /// When the regular expression cannot be read.
    pub fn with_forbidden(mut self, pattern: &str, message: String) -> Result<Self, Error> {
        self.forbidden.push(Forbidden { pattern: compile("forbid", pattern)?, message });
        Ok(self)
    }
}

fn compile(key: &'static str, pattern: &str) -> Result<Regex, Error> {
    Regex::new(pattern).map_err(|source| Error { key, pattern: pattern.to_owned(), source: Box::new(source) })
}
