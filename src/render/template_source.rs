//! The source of a template.

/// The source of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its path, for errors; also the name for `include` and `extends`.
    pub name: String,
    /// The text of the template.
    pub source: String,
}
