//! The text of a template, with the name that errors call it.

/// The text of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// What errors call it, its path; `include` and `extends` find it by this name.
    pub name: String,
    /// The template.
    pub source: String,
}
