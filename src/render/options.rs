//! How notes are written.

use super::{bounds::Bounds, format::Format, inline::LinkRule, locale::Locale, template_source::Template};

/// How notes are written.
#[derive(Debug, Clone)]
pub struct Options {
    /// The format. With a template of one's own it says how text is escaped.
    pub format: Format,
    /// A template that takes the place of the built-in one.
    pub template: Option<Template>,
    /// Templates that `template` may include or extend by name.
    pub include: Vec<Template>,
    /// The words.
    pub locale: Locale,
    /// What in titles and notes becomes a link.
    pub links: Vec<LinkRule>,
    /// The level of a version's heading in Markdown, 1 to 5; sections are one below.
    pub heading_level: u8,
    /// Whether the people who took part are listed.
    pub contributors: bool,
    /// Whether each entry names its authors.
    pub authors: bool,
    /// Whether an entry without a pull request links its commit.
    pub hashes: bool,
    /// Columns that text, Debian, RPM and terminal notes are wrapped at.
    pub width: usize,
    /// Whether terminal notes are coloured.
    pub colour: bool,
    /// The day's date, for forms that must have one where a release has none.
    pub today: Option<chrono::NaiveDate>,
    /// What templates of one's own may cost.
    pub bounds: Bounds,
}

impl Default for Options {
    fn default() -> Self {
        Self::new(Format::Markdown)
    }
}

impl Options {
    /// What a format's readers expect: the body of a release and a page name the contributors, a changelog does not.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            template: None,
            include: Vec::new(),
            locale: Locale::default(),
            links: Vec::new(),
            heading_level: 2,
            contributors: format.lists_contributors(),
            authors: false,
            hashes: format.links_commits(),
            width: 80,
            colour: false,
            today: None,
            bounds: Bounds::default(),
        }
    }
}
