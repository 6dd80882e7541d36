//! What the content of a path must be for an attention item.

/// What the content of a path must be for an attention item, since its name does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentCheck {
    /// A Kubernetes manifest.
    Manifest,
    /// A list of environment variables, of which one is new or has a new value.
    Variables,
}
