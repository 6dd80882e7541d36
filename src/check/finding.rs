//! A finding: one thing that a check has to say.

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// All is in order.
    Right,
    /// Against the rules, but let pass by name.
    Allowed,
    /// Worth a look.
    Warning,
    /// The check says no.
    Error,
}

impl Level {
    /// Its name in the JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "ok",
            Self::Allowed => "allowed",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The package that it is about, in a repository of several.
    pub package: Option<String>,
    /// By which `--allow` lets it pass.
    pub name: &'static str,
    /// How much it matters.
    pub level: Level,
    /// What was found.
    pub message: String,
    /// What to do; empty where nothing is to be done.
    pub fix: String,
}

impl Finding {
    /// Something that is in order.
    #[must_use]
    pub fn right(name: &'static str, message: String) -> Self {
        Self { package: None, name, level: Level::Right, message, fix: String::new() }
    }

    /// The name, with the package where there are several.
    #[must_use]
    pub fn title(&self) -> String {
        self.package
            .as_ref()
            .map_or_else(|| self.name.to_owned(), |package| format!("{} ({package})", self.name))
    }

    /// Something that is worth a look, and what to do about it.
    #[must_use]
    pub fn warning(name: &'static str, message: String, fix: String) -> Self {
        Self { package: None, name, level: Level::Warning, message, fix }
    }

    /// Something that forbids the version, and what to do about it.
    #[must_use]
    pub fn error(name: &'static str, message: String, fix: String) -> Self {
        Self { package: None, name, level: Level::Error, message, fix }
    }
}
