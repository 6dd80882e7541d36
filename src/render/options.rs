//! Options for rendering notes.

use crate::model::{ComponentDisplay, Detail};

use super::{format::Format, inline::LinkRule, limits::Limits, locale::Locale, template_source::Template};

/// Options for rendering notes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The format. With a custom template it only determines the escaping.
    pub format: Format,
    /// A custom template to use instead of the built-in one.
    pub template: Option<Template>,
    /// Templates that `template` can include or extend by name.
    pub include: Vec<Template>,
    /// The strings of the language.
    pub locale: Locale,
    /// Text in titles and breaking notes to turn into links.
    pub links: Vec<LinkRule>,
    /// The title of an HTML page; `None` for the locale's word for what the notes are.
    pub title: Option<String>,
    /// The level of a version's heading in Markdown, 1 to 5; sections are one level below.
    pub heading_level: u8,
    /// Whether contributors are listed.
    pub contributors: bool,
    /// Whether each entry lists its authors.
    pub authors: bool,
    /// Whether an entry without a pull request links its commit.
    pub hashes: bool,
    /// How much each entry says.
    pub detail: Detail,
    /// Whether the JSON form has the reason of each change: finding them in a long history takes longer than the rest.
    pub json_reasons: bool,
    /// How components are shown.
    pub component_display: ComponentDisplay,
    /// The names of all components, in display order.
    pub components: Vec<String>,
    /// The kinds of attention items that are not shown. The JSON form has all.
    pub hidden_attention: Vec<String>,
    /// The line width of text and terminal notes, in columns.
    pub width: usize,
    /// Whether terminal notes are coloured.
    pub colour: bool,
    /// The current date, for formats that require one if a release has none.
    pub today: Option<chrono::NaiveDate>,
    /// The limits of custom templates.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self::new(Format::Markdown)
    }
}

impl Options {
    /// The defaults for a format: a release and an HTML page list the contributors, a changelog does not.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            template: None,
            include: Vec::new(),
            locale: Locale::default(),
            links: Vec::new(),
            title: None,
            heading_level: 2,
            contributors: format.lists_contributors(),
            authors: false,
            hashes: format.links_commits(),
            detail: Detail::default(),
            json_reasons: true,
            component_display: ComponentDisplay::default(),
            components: Vec::new(),
            hidden_attention: Vec::new(),
            width: 80,
            colour: false,
            today: None,
            limits: Limits::default(),
        }
    }
}
