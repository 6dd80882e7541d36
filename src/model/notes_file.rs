//! The role of a file that decides what notes say.

/// The role of a file that decides what notes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotesFile {
    /// The configuration, or that of another tool that is read too.
    Configuration,
    /// The corrections file.
    Corrections,
    /// A template, a file that it includes, or a locale.
    Template,
    /// A fragment.
    Fragment,
}

impl NotesFile {
    /// Its noun.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Corrections => "corrections",
            Self::Template => "template",
            Self::Fragment => "fragment",
        }
    }
}
