//! A release as escaped parts of HTML, for pages that arrange them on their own.

use serde::Serialize;

use crate::model::{Attention, Release, RepositoryInfo};

use super::{Format, Options, attention, entry, frame, own_text, style::Style};

/// A release as parts of HTML. Fields named `html` are escaped, the others are plain text.
#[derive(Debug, Serialize)]
pub struct ReleaseParts {
    /// Its version, or the locale's word for unreleased changes: plain text.
    pub name: String,
    /// The text above the sections: plain text.
    pub notice: Option<String>,
    /// The summary: HTML.
    pub summary_html: Option<String>,
    /// The highlights: plain text, one line each.
    pub highlights: Vec<String>,
    /// What operators must know.
    pub attention: Vec<AttentionParts>,
    /// The sections, with the changes in the order of the release.
    pub sections: Vec<SectionParts>,
}

/// An attention item.
#[derive(Debug, Clone, Serialize)]
pub struct AttentionParts {
    /// Its kind.
    pub kind: String,
    /// Its heading: plain text.
    pub title: String,
    /// The paths to show: plain text.
    pub paths: Vec<String>,
    /// A line with the number of the other paths: plain text.
    pub more: Option<String>,
}

/// A section.
#[derive(Debug, Serialize)]
pub struct SectionParts {
    /// Its ID.
    pub id: String,
    /// Its heading: plain text.
    pub title: String,
    /// The HTML of each change.
    pub entries: Vec<String>,
}

impl ReleaseParts {
    /// The parts of a release. The format of the options must be HTML.
    #[must_use]
    pub fn new(release: &Release, repository: &RepositoryInfo, options: &Options) -> Self {
        debug_assert_eq!(options.format, Format::Html);
        let style = Style::new(options, repository);
        let is_only = release.sections.len() == 1;
        let sections = release.sections.iter().map(|section| SectionParts {
            id: section.id.clone(),
            title: options.locale.section_heading(section, release.rollback, is_only),
            entries: section.changes.iter().map(|change| entry::entry(change, &style)).collect(),
        });
        let parts = |item: &Attention| {
            let (shown, more) = attention::shown(item, &options.locale);
            AttentionParts {
                kind: item.kind.clone(),
                title: options.locale.heading_in(release.rollback, &item.kind, item.title.as_deref()),
                paths: shown.to_vec(),
                more,
            }
        };
        Self {
            name: frame::name(release, &options.locale),
            notice: frame::notice(release, &options.locale),
            summary_html: own_text::summary(release, &style),
            highlights: release.highlights.clone(),
            attention: attention::visible(release, options).map(parts).collect(),
            sections: sections.collect(),
        }
    }
}
