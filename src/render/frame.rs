//! The context of built-in templates for one release: a subset of the full context, small enough for a history of
//! 100,000 changes.
//!
//! Field names are those of the full context, so that a copy of a built-in template works as a custom template.

use serde::Serialize;

use crate::model::{Attention, Change, Contributor, Notes, ObjectId, Release};

use super::{
    Format, Options, attention,
    ends::{self, EndsView},
    entry,
    format::Markup,
    groups::{self, Group},
    locale::Locale,
    own_text,
    style::Style,
};

#[derive(Serialize)]
pub(super) struct Frame<'a> {
    complete: bool,
    repository: RepositoryFrame<'a>,
    /// The title of a page.
    title: String,
    /// Whether the release is the newest of the notes.
    first: bool,
    /// Whether the release is the oldest of the notes.
    last: bool,
    /// Whether the notes have releases of several packages, so that headings include the package.
    packages: bool,
    releases: [ReleaseFrame<'a>; 1],
}

#[derive(Serialize)]
struct ReleaseFrame<'a> {
    name: String,
    version: Option<String>,
    range: Option<&'a str>,
    tag: Option<&'a str>,
    date: Option<String>,
    package: Option<&'a str>,
    prerelease: bool,
    rollback: bool,
    base: Option<BaseFrame<'a>>,
    environments: &'a [String],
    compare_url: Option<&'a str>,
    ends: Option<EndsView<'a>>,
    /// The text of a rollback or a comparison above the sections.
    notice: Option<String>,
    /// The summary in the markup.
    summary_text: Option<String>,
    highlights: &'a [String],
    sections: Vec<SectionFrame>,
    attention: Vec<AttentionFrame<'a>>,
    contributors: Vec<ContributorFrame<'a>>,
}

#[derive(Serialize)]
struct RepositoryFrame<'a> {
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct BaseFrame<'a> {
    version: Option<String>,
    tag: Option<&'a str>,
}

#[derive(Serialize)]
struct SectionFrame {
    title: String,
    groups: Vec<GroupFrame>,
}

#[derive(Serialize)]
struct GroupFrame {
    title: Option<String>,
    changes: Vec<EntryFrame>,
}

impl SectionFrame {
    fn new(title: String, entries: Vec<(&Change, EntryFrame)>, options: &Options) -> Self {
        let groups = groups::groups(entries, |(change, _)| change, options).into_iter();
        let frame = |group: Group<(&Change, EntryFrame)>| GroupFrame {
            title: group.title,
            changes: group.entries.into_iter().map(|(_, entry)| entry).collect(),
        };
        Self { title, groups: groups.map(frame).collect() }
    }
}

#[derive(Serialize)]
struct EntryFrame {
    entry: String,
}

#[derive(Serialize)]
struct AttentionFrame<'a> {
    title: String,
    /// The paths to show.
    shown: &'a [String],
    /// A line with the number of the other paths.
    more: Option<String>,
}

#[derive(Serialize)]
struct ContributorFrame<'a> {
    name: &'a str,
    email: &'a str,
    login: Option<&'a str>,
    first_time: Option<bool>,
    bot: bool,
}

impl<'a> Frame<'a> {
    pub(super) fn new(
        release: &'a Release,
        notes: &'a Notes,
        options: &'a Options,
        (first, last): (bool, bool),
    ) -> Self {
        let style = Style::new(options, &notes.repository);
        let sections = if options.format == Format::KeepAChangelog {
            keep_a_changelog_sections(release, &style)
        } else {
            let frame = |section: &crate::model::Section| {
                let title =
                    options.locale.section_heading(section, release.rollback, release.sections.len() == 1);
                let entry = |change| (change, EntryFrame { entry: entry::entry(change, &style) });
                SectionFrame::new(title, section.changes.iter().map(entry).collect(), options)
            };
            release.sections.iter().map(frame).collect()
        };
        let attention_frame = |it: &'a Attention| {
            let (shown, more) = attention::shown(it, &options.locale);
            let title = options.locale.heading_in(release.rollback, &it.kind, it.title.as_deref());
            AttentionFrame { title, shown, more }
        };
        let contributor = |who: &'a Contributor| ContributorFrame {
            name: &who.person.name,
            email: &who.person.email,
            login: who.login.as_deref(),
            first_time: who.first_time,
            bot: who.bot,
        };
        let release = ReleaseFrame {
            name: name(release, &options.locale),
            version: release.version.as_ref().map(ToString::to_string),
            range: release.range.as_ref().map(|range| range.revisions.as_str()),
            tag: release.tag.as_deref(),
            // A comparison has two dates, which are in its notice.
            date: release.date.filter(|_| !is_comparison(release)).map(|date| date.to_string()),
            package: release.package.as_deref(),
            prerelease: release.prerelease,
            rollback: release.rollback,
            base: release.base.as_ref().map(|base| BaseFrame {
                version: base.version.as_ref().map(ToString::to_string),
                tag: base.tag.as_deref(),
            }),
            environments: if is_comparison(release) { &[] } else { &release.environments },
            compare_url: release.compare_url.as_deref(),
            ends: release.ends.as_deref().map(|ends| EndsView::new(ends, Some(&options.locale))),
            notice: notice(release, &options.locale),
            summary_text: own_text::summary(release, &style),
            highlights: &release.highlights,
            sections,
            attention: attention::visible(release, options).map(attention_frame).collect(),
            contributors: release.contributors.iter().map(contributor).collect(),
        };
        Self {
            complete: notes.complete,
            repository: RepositoryFrame { name: notes.repository.name.as_deref() },
            title: title(notes, options),
            first,
            last,
            packages: of_several_packages(notes),
            releases: [release],
        }
    }
}

/// Whether the notes have releases of several packages.
pub(super) fn of_several_packages(notes: &Notes) -> bool {
    let first = notes.releases.first().map(|release| &release.package);
    notes.releases.iter().any(|release| Some(&release.package) != first)
}

/// The title of a page: the one in the options, else the locale's word for what it is.
pub(super) fn title(notes: &Notes, options: &Options) -> String {
    let is_comparison = notes.releases.iter().any(|release| release.ends.is_some());
    let key = if is_comparison { "comparison" } else { "changelog" };
    options.title.clone().unwrap_or_else(|| options.locale.text(key).to_owned())
}

/// Whether a release has all changes between two ends, so that its heading names both.
pub(super) fn is_comparison(release: &Release) -> bool {
    release.ends.as_ref().is_some_and(|ends| ends.covers_all)
}

/// The name of a release: the ends of a comparison, its version, its revision range, or the locale's string for
/// unreleased changes.
pub(super) fn name(release: &Release, locale: &Locale) -> String {
    if let Some(ends) = release.ends.as_ref().filter(|ends| ends.covers_all) {
        return ends::heading(ends, locale);
    }
    match (&release.version, &release.range) {
        (Some(version), _) => version.to_string(),
        (None, Some(range)) => match &range.within {
            Some(version) => {
                let within = locale.text("within").replace("{version}", &version.to_string());
                format!("{} ({within})", range.revisions)
            }
            None => range.revisions.clone(),
        },
        (None, None) => locale.text("unreleased").to_owned(),
    }
}

/// The text above the sections of a release: the ends of a comparison, other versions that it includes, and the notice
/// of a rollback.
pub(super) fn notice(release: &Release, locale: &Locale) -> Option<String> {
    let above = match &release.ends {
        Some(ends) => ends::sentences(ends, release, locale),
        None => skipped_line(release, locale).into_iter().collect(),
    };
    // A rollback listed version by version has releases that go up; only the comparison as a whole gets the notice.
    let is_up = release.base.as_ref().is_some_and(|base| {
        base.version.as_ref().zip(release.version.as_ref()).is_some_and(|(from, to)| from < to)
    });
    let lines = above
        .into_iter()
        .chain((release.rollback && !is_up).then(|| rollback_line(release, locale)))
        .chain(same_commit_line(release, locale).filter(|_| release.ends.is_none()));
    let space = locale.text("sentence_space");
    lines.reduce(|text, line| format!("{text}{space}{line}"))
}

/// The line with the versions in between whose changes are included.
fn skipped_line(release: &Release, locale: &Locale) -> Option<String> {
    let versions: Vec<String> = release.skipped.iter().map(ToString::to_string).collect();
    (!versions.is_empty()).then(|| locale.text("skipped").replace("{versions}", &versions.join(", ")))
}

/// The line of a version on the commit of its base, which has no changes.
fn same_commit_line(release: &Release, locale: &Locale) -> Option<String> {
    let base = release.base.as_ref().filter(|base| base.commit == release.commit)?;
    let (version, _) = base.version.as_ref().zip(release.version.as_ref())?;
    Some(locale.text("same_commit").replace("{version}", &version.to_string()))
}

/// The line above the changes that a rollback loses.
fn rollback_line(release: &Release, locale: &Locale) -> String {
    let version = |version: Option<&crate::model::Version>, commit: ObjectId| {
        version.map_or_else(|| commit.short(), ToString::to_string)
    };
    let to = version(release.version.as_ref(), release.commit);
    let from = release.base.as_ref().map(|base| version(base.version.as_ref(), base.commit));
    locale.text("rollback").replace("{from}", &from.unwrap_or_default()).replace("{to}", &to)
}

/// The locale keys of the headings of Keep a Changelog, in its order.
const KEEP_A_CHANGELOG: [&str; 6] =
    ["keep_added", "keep_changed", "keep_deprecated", "keep_removed", "keep_fixed", "keep_security"];

fn keep_a_changelog_sections(release: &Release, style: &Style<'_>) -> Vec<SectionFrame> {
    let mut sections: Vec<_> = KEEP_A_CHANGELOG.into_iter().map(|key| (key, Vec::new())).collect();
    for section in &release.sections {
        for change in &section.changes {
            let heading = keep_a_changelog_heading(&section.id, change.kind.as_deref());
            let mut text = entry::entry(change, style);
            if change.breaking {
                let label = style.options.locale.text("keep_breaking");
                text = match style.markup {
                    Markup::Markdown => format!("**{label}** {text}"),
                    Markup::Html | Markup::Slack | Markup::Rpm | Markup::Plain => format!("{label} {text}"),
                };
            }
            if let Some((_, entries)) = sections.iter_mut().find(|(key, _)| *key == heading) {
                entries.push((change, EntryFrame { entry: text }));
            }
        }
    }
    let filled = sections.into_iter().filter(|(_, changes)| !changes.is_empty());
    filled
        .map(|(key, entries)| {
            SectionFrame::new(style.options.locale.text(key).to_owned(), entries, style.options)
        })
        .collect()
}

/// The heading for a change. The section `breaking` has changes of all kinds, so there the type decides.
fn keep_a_changelog_heading(section: &str, kind: Option<&str>) -> &'static str {
    match (section, kind) {
        ("features", _) | ("breaking", Some("feat" | "feature" | "add")) => "keep_added",
        ("fixes", _) | ("breaking", Some("fix" | "bugfix" | "hotfix")) => "keep_fixed",
        ("deprecated", _) | ("breaking", Some("deprecate" | "deprecated")) => "keep_deprecated",
        ("removed", _) | ("breaking", Some("remove" | "removed")) => "keep_removed",
        ("security", _) | ("breaking", Some("security" | "sec")) => "keep_security",
        _ => "keep_changed",
    }
}
