//! Findings: the results of a check.

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing is wrong.
    Ok,
    /// An error that `--allow` names.
    Allowed,
    /// A possible problem; the check still passes.
    Warning,
    /// The check fails.
    Error,
}

impl Level {
    /// The name in the JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Allowed => "allowed",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One result of a check.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The package, in a repository with several.
    pub package: Option<String>,
    /// The name that `--allow` takes.
    pub name: &'static str,
    /// The severity.
    pub level: Level,
    /// What was found.
    pub message: String,
    /// What to do next; empty if there is nothing to do.
    pub fix: String,
}

impl Finding {
    /// A check that passed.
    #[must_use]
    pub fn ok(name: &'static str, message: String) -> Self {
        Self { package: None, name, level: Level::Ok, message, fix: String::new() }
    }

    /// The name, followed by the package if there are several.
    #[must_use]
    pub fn title(&self) -> String {
        self.package
            .as_ref()
            .map_or_else(|| self.name.to_owned(), |package| format!("{} ({package})", self.name))
    }

    /// A possible problem, and what to do about it.
    #[must_use]
    pub fn warning(name: &'static str, message: String, fix: String) -> Self {
        Self { package: None, name, level: Level::Warning, message, fix }
    }

    /// A problem that fails the check, and what to do about it.
    #[must_use]
    pub fn error(name: &'static str, message: String, fix: String) -> Self {
        Self { package: None, name, level: Level::Error, message, fix }
    }
}
