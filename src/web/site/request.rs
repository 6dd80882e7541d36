//! What a site is to contain, and where.

use std::path::PathBuf;

use url::Url;

use super::language::Language;

/// A request for a site.
pub struct SiteRequest {
    /// The folder to write to.
    pub output: PathBuf,
    /// The languages; the pages of the first one are in the folder itself, those of the others in subfolders.
    pub languages: Vec<Language>,
    /// The URL that the site is published at, with a slash at its end.
    pub base_url: Option<Url>,
    /// The title of the site.
    pub title: Option<String>,
}
