//! The settings for rendering an entry.

use super::{format::Markup, options::Options};
use crate::model::RepositoryInfo;

/// The settings for rendering an entry.
pub(super) struct Style<'a> {
    pub(super) options: &'a Options,
    pub(super) repository: &'a RepositoryInfo,
    pub(super) markup: Markup,
}

impl<'a> Style<'a> {
    pub(super) const fn new(options: &'a Options, repository: &'a RepositoryInfo) -> Self {
        Self { options, repository, markup: options.format.markup() }
    }
}
