//! The sections that changes stand in.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{bump_level::BumpLevel, error::Error};

/// The id of the section that holds every breaking change, and nothing else.
pub const BREAKING: &str = "breaking";

/// `[[sections]]`: a heading of the notes, as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct SectionDefinition {
    /// Its name in rules and in the JSON form.
    pub id: String,
    /// Its heading; the locale's word for the id where it is `None`.
    pub title: Option<String>,
    /// What its changes ask of the version. Where it is `None`: what a later rule that names their type asks, else a patch
    /// (for a built-in section that is only given a title: what it asks by itself).
    pub bump: Option<BumpLevel>,
}

/// All sections, in the order they are shown.
#[derive(Debug, Clone)]
pub(super) struct Sections {
    all: Vec<Section>,
    breaking: SectionIndex,
}

/// A section that changes can be put into.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) id: Arc<str>,
    pub(super) title: Option<String>,
    pub(super) bump: Option<BumpLevel>,
}

/// Which of the [`Sections`] it is, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SectionIndex(usize);

impl SectionIndex {
    /// Where what belongs to the section is in a list with one entry a section.
    pub(super) const fn in_list(self) -> usize {
        self.0
    }
}

impl Sections {
    /// The project's own sections in their order, then the built-in ones that it does not name; `breaking` stands first where
    /// the project does not name it.
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

    /// The id of a section; empty where it is none of these.
    pub(super) fn id(&self, index: SectionIndex) -> &str {
        self.get(index).map_or("", |section| &section.id)
    }

    /// What a section asks of the version, where it says so.
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
    fn own_sections_come_first_and_breaking_before_them_unless_it_is_placed() {
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
