//! The sections of the notes: the project's own and the built-in ones.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{bump_level::BumpLevel, error::Error};

/// The ID of the section that contains all breaking changes, and nothing else.
pub const BREAKING: &str = "breaking";

/// `[[sections]]`: a section as written in the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct SectionDefinition {
    /// Its name in rules and in the JSON form.
    pub id: String,
    /// Its heading; `None` for the locale's heading of this ID.
    pub title: Option<String>,
    /// The bump level of its changes. `None`: that of the built-in section with this ID, else that of a later rule that
    /// matches the type of a change, else a patch.
    pub bump: Option<BumpLevel>,
}

/// All sections, in the order they are shown.
#[derive(Debug, Clone)]
pub(super) struct Sections {
    all: Vec<Section>,
    breaking: SectionIndex,
}

/// A section to which changes can be assigned.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) id: Arc<str>,
    pub(super) title: Option<String>,
    pub(super) bump: Option<BumpLevel>,
}

/// The index of a section in [`Sections`], from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SectionIndex(usize);

impl SectionIndex {
    /// The index into a list with one element for each section.
    pub(super) const fn in_list(self) -> usize {
        self.0
    }
}

impl Sections {
    /// The project's own sections in their order, then the other built-in ones; `breaking` comes first if the project
    /// does not define it.
    ///
    /// # Errors
    /// If an ID is empty or defined twice.
    pub(super) fn merge(
        own: Vec<SectionDefinition>,
        mut built_in: Vec<SectionDefinition>,
    ) -> Result<Self, Error> {
        let mut all: Vec<Section> = Vec::with_capacity(own.len() + built_in.len());
        for SectionDefinition { id, title, bump } in own {
            if id.trim().is_empty() {
                return Err(Error::EmptyId);
            }
            if all.iter().any(|section| *section.id == *id) {
                return Err(Error::DuplicateSection { id });
            }
            let known = built_in.iter().position(|section| section.id == id).map(|at| built_in.remove(at));
            let bump = bump.or_else(|| known.and_then(|section| section.bump));
            all.push(Section { id: id.into(), title, bump });
        }
        for SectionDefinition { id, title, bump } in built_in {
            let at = if id == BREAKING { 0 } else { all.len() };
            all.insert(at, Section { id: id.into(), title, bump });
        }
        let breaking = all.iter().position(|section| &*section.id == BREAKING).unwrap_or(0);
        Ok(Self { all, breaking: SectionIndex(breaking) })
    }

    /// The section [`BREAKING`].
    pub(super) const fn breaking(&self) -> SectionIndex {
        self.breaking
    }

    pub(super) fn find(&self, id: &str) -> Option<SectionIndex> {
        self.all.iter().position(|section| &*section.id == id).map(SectionIndex)
    }

    pub(super) fn get(&self, index: SectionIndex) -> Option<&Section> {
        self.all.get(index.0)
    }

    /// The ID of a section; empty if the index is out of range.
    pub(super) fn id(&self, index: SectionIndex) -> &str {
        self.get(index).map_or("", |section| &section.id)
    }

    /// The bump level of a section, if it has one.
    pub(super) fn bump(&self, index: SectionIndex) -> Option<BumpLevel> {
        self.get(index).and_then(|section| section.bump)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Section> {
        self.all.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_sections_come_first_except_before_breaking() {
        let definitions = |ids: &[&str]| -> Vec<_> {
            let named = |id: &&str| SectionDefinition { id: (*id).to_owned(), ..Default::default() };
            ids.iter().map(named).collect()
        };
        let ids = |own: &[&str]| {
            let merged = Sections::merge(definitions(own), definitions(&["breaking", "features", "fixes"]));
            merged.map(|sections| sections.iter().map(|it| it.id.to_string()).collect::<Vec<_>>())
        };
        assert_eq!(ids(&["api", "fixes"]).unwrap(), ["breaking", "api", "fixes", "features"]);
        assert_eq!(ids(&["fixes", "breaking"]).unwrap(), ["fixes", "breaking", "features"]);
        assert!(matches!(ids(&["a", "a"]), Err(Error::DuplicateSection { .. })));
        assert!(matches!(ids(&[""]), Err(Error::EmptyId)));
    }
}
