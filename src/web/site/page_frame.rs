//! What the templates of all pages get.

use serde::Serialize;

use super::{language::Language, request::SiteRequest};

/// The kinds of pages, by their place in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum PageKind {
    Index,
    Version,
    Versions,
    Since,
    Upgrade,
    Statistics,
}

/// The values that the layout of a page needs.
#[derive(Serialize)]
pub(super) struct PageFrame<'a> {
    kind: PageKind,
    lang: &'a str,
    /// The title of the site.
    site: &'a str,
    /// The title of the page, without that of the site.
    title: String,
    description: String,
    /// The path to the folder of the language: empty, or `../` once for each folder.
    root: String,
    /// The path to the folder of the site.
    assets: String,
    /// The absolute URL of the page, if the site has one.
    url: Option<String>,
    languages: Vec<LanguageLink<'a>>,
    has_since: bool,
    filters: &'a Filters,
}

/// What a search can be limited to.
#[derive(Default, Serialize)]
pub(super) struct Filters {
    /// IDs and titles.
    pub(super) sections: Vec<(String, String)>,
    pub(super) components: Vec<String>,
    pub(super) packages: Vec<String>,
}

/// The same page in a language.
#[derive(Serialize)]
struct LanguageLink<'a> {
    tag: &'a str,
    name: &'a str,
    href: String,
    /// Absolute, if the site has a URL.
    url: String,
    is_current: bool,
}

/// What the pages of one language have in common.
pub(super) struct Frames<'a> {
    pub(super) request: &'a SiteRequest,
    pub(super) language: &'a Language,
    /// The folder of the language: empty or as in `de/`.
    pub(super) folder: String,
    pub(super) site: String,
    pub(super) has_since: bool,
    pub(super) filters: Filters,
}

impl<'a> Frames<'a> {
    /// The frame of a page with this path, relative to the folder of the language.
    pub(super) fn page(
        &'a self,
        kind: PageKind,
        path: &str,
        (title, description): (String, String),
    ) -> PageFrame<'a> {
        let root = "../".repeat(path.matches('/').count());
        let assets = format!("{root}{}", "../".repeat(self.folder.matches('/').count()));
        let languages = self.request.languages.iter().enumerate().map(|(at, language)| {
            let target = format!("{}{path}", folder(at, language));
            let href = format!("{assets}{target}");
            let url = self.absolute(&target).unwrap_or_else(|| href.clone());
            let is_current = language.tag == self.language.tag;
            LanguageLink { tag: &language.tag, name: language.name(), href, url, is_current }
        });
        PageFrame {
            kind,
            lang: &self.language.tag,
            site: &self.site,
            title,
            description,
            root,
            url: self.absolute(&format!("{}{path}", self.folder)),
            languages: languages.collect(),
            assets,
            has_since: self.has_since,
            filters: &self.filters,
        }
    }

    /// The absolute URL of a path in the folder of the site, if the site has a URL.
    pub(super) fn absolute(&self, path: &str) -> Option<String> {
        self.request
            .base_url
            .as_ref()
            .map(|base| format!("{base}{}", path.strip_suffix("index.html").unwrap_or(path)))
    }
}

/// The folder of a language: empty for the first one.
pub(super) fn folder(at: usize, language: &Language) -> String {
    if at == 0 { String::new() } else { format!("{}/", language.tag) }
}
