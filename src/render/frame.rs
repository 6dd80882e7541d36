//! What the built-in templates get: a part of what any template gets, small enough for a history of 100,000 changes.
//!
//! Its names are those of the full context, so that a built-in template, copied, is a template of one's own.

use serde::Serialize;

use crate::model::{Attention, Contributor, Notes, ObjectId, Release};

use super::{Format, Options, attention, entry, format::Markup, locale::Locale, style::Style};

#[derive(Serialize)]
pub(super) struct Frame<'a> {
    complete: bool,
    repository: RepositoryFrame<'a>,
    /// Whether these are the newest release and the oldest; more than one frame makes a long history.
    first: bool,
    last: bool,
    /// Whether the releases are of several packages, so that each must say which.
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
    /// What a rollback or a comparison says above its sections.
    notice: Option<String>,
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
    changes: Vec<EntryFrame>,
}

#[derive(Serialize)]
struct EntryFrame {
    entry: String,
}

#[derive(Serialize)]
struct AttentionFrame<'a> {
    title: String,
    /// The paths that are shown, and what stands for the others.
    shown: &'a [String],
    more: Option<String>,
}

#[derive(Serialize)]
struct ContributorFrame<'a> {
    name: &'a str,
    email: &'a str,
    login: Option<&'a str>,
    first_time: Option<bool>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(
        release: &'a Release,
        notes: &'a Notes,
        options: &'a Options,
        place: (bool, bool),
    ) -> Self {
        let style = Style::new(options, &notes.repository);
        let sections = if options.format == Format::KeepAChangelog {
            kept(release, &style)
        } else {
            let frame = |section: &crate::model::Section| SectionFrame {
                title: options.locale.heading_in(release.rollback, &section.id, section.title.as_deref()),
                changes: section
                    .changes
                    .iter()
                    .map(|c| EntryFrame { entry: entry::entry(c, &style) })
                    .collect(),
            };
            release.sections.iter().map(frame).collect()
        };
        let attention = |it: &'a Attention| {
            let (shown, more) = attention::shown(it, &options.locale);
            let title = options.locale.heading_in(release.rollback, &it.kind, it.title.as_deref());
            AttentionFrame { title, shown, more }
        };
        let contributor = |who: &'a Contributor| ContributorFrame {
            name: &who.person.name,
            email: &who.person.email,
            login: who.login.as_deref(),
            first_time: who.first_time,
        };
        let people = release.contributors.iter().filter(|who| !who.bot);
        let release = ReleaseFrame {
            name: name(release, &options.locale),
            version: release.version.as_ref().map(ToString::to_string),
            range: release.place.as_ref().map(|place| place.range.as_str()),
            tag: release.tag.as_deref(),
            date: release.date.map(|date| date.to_string()),
            package: release.package.as_deref(),
            prerelease: release.prerelease,
            rollback: release.rollback,
            base: release.base.as_ref().map(|base| BaseFrame {
                version: base.version.as_ref().map(ToString::to_string),
                tag: base.tag.as_deref(),
            }),
            environments: &release.environments,
            compare_url: release.compare_url.as_deref(),
            notice: notice(release, &options.locale),
            sections,
            attention: release.attention.iter().map(attention).collect(),
            contributors: people.map(contributor).collect(),
        };
        Self {
            complete: notes.complete,
            repository: RepositoryFrame { name: notes.repository.name.as_deref() },
            first: place.0,
            last: place.1,
            packages: of_several_packages(notes),
            releases: [release],
        }
    }
}

/// Whether the releases are of several packages, so that each must say which.
pub(super) fn of_several_packages(notes: &Notes) -> bool {
    let first = notes.releases.first().map(|release| &release.package);
    notes.releases.iter().any(|release| Some(&release.package) != first)
}

/// What a release is called: its version, the revisions that it lies between, or the word for what is unreleased.
pub(super) fn name(release: &Release, locale: &Locale) -> String {
    match (&release.version, &release.place) {
        (Some(version), _) => version.to_string(),
        (None, Some(place)) => match &place.within {
            Some(version) => {
                let within = locale.word("within").replace("{version}", &version.to_string());
                format!("{} ({within})", place.range)
            }
            None => place.range.clone(),
        },
        (None, None) => locale.word("unreleased").to_owned(),
    }
}

/// What a release says above its sections: the versions that it passes over, and what a rollback loses.
pub(super) fn notice(release: &Release, locale: &Locale) -> Option<String> {
    let versions: Vec<String> = release.skipped.iter().map(ToString::to_string).collect();
    let skipped =
        (!versions.is_empty()).then(|| locale.word("skipped").replace("{versions}", &versions.join(", ")));
    // In a rollback that is told version by version, each has its own way up.
    let is_up = release.base.as_ref().is_some_and(|base| {
        base.version.as_ref().zip(release.version.as_ref()).is_some_and(|(from, to)| from < to)
    });
    let lines =
        skipped.into_iter().chain((release.rollback && !is_up).then(|| rollback_line(release, locale)));
    lines.reduce(|text, line| format!("{text} {line}"))
}

/// What a rollback says above the changes that it loses.
fn rollback_line(release: &Release, locale: &Locale) -> String {
    let version = |version: Option<&crate::model::Version>, commit: ObjectId| {
        version.map_or_else(|| commit.short(), ToString::to_string)
    };
    let to = version(release.version.as_ref(), release.commit);
    let from = release.base.as_ref().map(|base| version(base.version.as_ref(), base.commit));
    locale.word("rollback").replace("{from}", &from.unwrap_or_default()).replace("{to}", &to)
}

/// The headings of Keep a Changelog, in its order.
const KEPT: [&str; 6] =
    ["keep_added", "keep_changed", "keep_deprecated", "keep_removed", "keep_fixed", "keep_security"];

fn kept(release: &Release, style: &Style<'_>) -> Vec<SectionFrame> {
    let mut sections: Vec<_> = KEPT.into_iter().map(|key| (key, Vec::new())).collect();
    for section in &release.sections {
        for change in &section.changes {
            let wanted = kept_under(&section.id, change.kind.as_deref());
            let mut text = entry::entry(change, style);
            if change.breaking {
                let mark = style.options.locale.word("keep_breaking");
                text = match style.markup {
                    Markup::Markdown => format!("**{mark}** {text}"),
                    Markup::Html | Markup::Slack | Markup::Rpm | Markup::Plain => format!("{mark} {text}"),
                };
            }
            if let Some((_, entries)) = sections.iter_mut().find(|(key, _)| *key == wanted) {
                entries.push(EntryFrame { entry: text });
            }
        }
    }
    let filled = sections.into_iter().filter(|(_, changes)| !changes.is_empty());
    filled
        .map(|(key, changes)| SectionFrame { title: style.options.locale.word(key).to_owned(), changes })
        .collect()
}

/// A breaking change stands in no section that says what it is, so its type decides.
fn kept_under(section: &str, kind: Option<&str>) -> &'static str {
    match (section, kind) {
        ("features", _) | ("breaking", Some("feat" | "feature" | "add")) => "keep_added",
        ("fixes", _) | ("breaking", Some("fix" | "bugfix" | "hotfix")) => "keep_fixed",
        ("deprecated", _) | ("breaking", Some("deprecate" | "deprecated")) => "keep_deprecated",
        ("removed", _) | ("breaking", Some("remove" | "removed")) => "keep_removed",
        ("security", _) | ("breaking", Some("security" | "sec")) => "keep_security",
        _ => "keep_changed",
    }
}
