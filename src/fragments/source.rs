//! Where a project keeps fragments.

use super::{Fragment, front_matter, issue_name, kinds, markdown};

/// The largest fragment that is read, in bytes.
const MAX_BYTES: usize = 256 << 10;

/// A tool that keeps fragments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Changesets.
    Changesets,
    /// Knope.
    Knope,
    /// towncrier.
    Towncrier,
}

impl Tool {
    /// Its name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Changesets => "Changesets",
            Self::Knope => "Knope",
            Self::Towncrier => "towncrier",
        }
    }
}

/// A kind of fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) name: String,
    /// The ID of its section.
    pub(super) section: String,
    /// The heading in the tool's configuration, for a kind without a built-in section.
    pub(super) title: Option<String>,
    /// Whether the tool lists its text.
    pub(super) is_listed: bool,
}

/// A folder of fragments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The tool.
    pub tool: Tool,
    /// The folder, from the root of the repository.
    pub folder: String,
    /// The changelog that the tool writes, if its configuration names it.
    pub changelog: Option<String>,
    /// Whether the tool also lists changes without a fragment.
    pub lists_commits: bool,
    pub(super) kinds: Vec<Kind>,
}

impl Source {
    pub(super) fn new(tool: Tool, folder: &str) -> Self {
        Self { tool, folder: folder.to_owned(), changelog: None, lists_commits: false, kinds: Vec::new() }
    }

    pub(super) fn add_kind(&mut self, name: &str, title: Option<&str>, is_listed: bool) {
        let built_in = kinds::section(name).or_else(|| kinds::section(title?));
        let section = built_in.map_or_else(|| kinds::id(name), str::to_owned);
        let title = title.filter(|_| built_in.is_none()).map(str::to_owned);
        self.kinds.push(Kind { name: name.to_owned(), section, title, is_listed });
    }

    /// The sections that are not built in, by ID, with their headings.
    pub fn own_sections(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let own = self.kinds.iter().filter(|kind| kind.title.is_some());
        own.map(|kind| (kind.section.as_str(), kind.title.as_deref()))
    }

    /// Whether a file of the folder, by its path in it, can be a fragment.
    #[must_use]
    pub fn is_fragment(&self, path: &str) -> bool {
        match self.tool {
            Tool::Changesets | Tool::Knope => {
                !path.contains('/') && path.ends_with(".md") && !path.eq_ignore_ascii_case("readme.md")
            }
            Tool::Towncrier => self.kind_in_name(path).is_some(),
        }
    }

    /// The fragment in a file, for a package, or for all if there is none; `None` if there is none in it.
    #[must_use]
    pub fn parse(&self, path: &str, text: &[u8], package: Option<&str>) -> Option<Fragment> {
        let text = String::from_utf8_lossy(text.get(..text.len().min(MAX_BYTES))?);
        match self.tool {
            Tool::Changesets | Tool::Knope => front_matter::parse(&text, package, |kind| {
                self.kinds.iter().find(|it| it.name == kind).map(|it| it.section.clone())
            }),
            Tool::Towncrier => {
                let (kind, issue) = self.kind_in_name(path)?;
                let is_markdown =
                    path.rsplit('.').next().is_some_and(|ending| ending.eq_ignore_ascii_case("md"));
                let text = if is_markdown { text.into_owned() } else { markdown::from_rst(&text) };
                let (title, body) = markdown::parts(&text)?;
                let section = kind.is_listed.then(|| kind.section.clone());
                Some(Fragment { title, body, kind: kind.name.clone(), section, bump: None, issue })
            }
        }
    }

    fn kind_in_name(&self, path: &str) -> Option<(&Kind, Option<u64>)> {
        let name = path.rsplit('/').next()?;
        let (found, issue) = issue_name::parse(name, self.kinds.iter().map(|kind| kind.name.as_str()))?;
        Some((self.kinds.iter().find(|kind| kind.name == found)?, issue))
    }
}
