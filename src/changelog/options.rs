//! How a changelog is read, and what may be replaced in it.

use crate::model::Scheme;

/// How a changelog is read and what may be replaced in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// How the versions in headings are written. Headings in another writing with at least two numbers are
    /// understood too, because projects change their scheme.
    pub scheme: Scheme,
    /// Replace a section even if a person wrote or edited it.
    pub replace: bool,
    /// Keep addresses as link definitions at the end, also where the file has none yet. A file that has some keeps that
    /// way by itself.
    pub definitions: bool,
}
