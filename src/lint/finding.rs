//! What a message is found to have wrong.

/// Something in a message that is not as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule, such as `type` or `subject-length`.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth a look.
    Warning,
    /// Against the rules.
    Error,
}

impl Finding {
    /// Something against the rules.
    pub(super) fn error(rule: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { rule, level: Level::Error, message: message.into(), fix: fix.into() }
    }
}
