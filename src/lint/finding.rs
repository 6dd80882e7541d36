//! Findings about a message.

/// A rule that a message breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule, such as `type` or `subject-length`.
    pub rule: &'static str,
    /// The severity.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub fix: String,
}

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A possible mistake.
    Warning,
    /// A broken rule.
    Error,
}

impl Finding {
    /// A finding with [`Level::Error`].
    pub(super) fn error(rule: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { rule, level: Level::Error, message: message.into(), fix: fix.into() }
    }
}
