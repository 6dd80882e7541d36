//! The JSON form, version 1. It has its own structs, so that the model can change without changing the form.
//!
//! Fields may be added at the end, never renamed. All fields are always present.

use std::{io, sync::Arc};

use serde::{Serialize, Serializer, ser::SerializeSeq as _};

use crate::model::{
    Attention, Base, Bump, Change, CommitOutcome, Contributor, Notes, Release, RepositoryInfo, Section,
};

use super::{
    Error, attention,
    change_view::ChangeView,
    controls::ControlEscaper,
    ends::EndsView,
    frame, groups,
    hex::Hex,
    options::Options,
    own_text,
    style::Style,
    view_context::{Logins, ViewContext},
};

/// Writes the notes as one JSON object with a final line feed.
pub(super) fn write(notes: &Notes, options: &Options, out: &mut dyn io::Write) -> Result<(), Error> {
    write_json(&view(notes, view_context(options)), out)
}

pub(super) fn view_context(options: &Options) -> ViewContext<'_> {
    ViewContext {
        locale: &options.locale,
        style: None,
        commits: true,
        rollback: false,
        reasons: options.json_reasons,
        only_section: false,
    }
}

pub(super) fn write_json(view: &impl Serialize, out: &mut dyn io::Write) -> Result<(), Error> {
    let mut out = io::BufWriter::with_capacity(1 << 16, ControlEscaper::new(out));
    serde_json::to_writer(&mut out, view).map_err(|error| Error::Write(error.into()))?;
    io::Write::write_all(&mut out, b"\n")?;
    io::Write::flush(&mut out)?;
    Ok(())
}

/// The notes.
#[derive(Serialize)]
pub(super) struct NotesView<'a, R> {
    schema: u32,
    generator: &'static str,
    complete: bool,
    warnings: &'a [String],
    repository: RepositoryView<'a>,
    releases: R,
}

/// The view of notes in the JSON form.
pub(super) fn view<'a>(notes: &'a Notes, context: ViewContext<'a>) -> impl Serialize + 'a {
    let releases = List { items: &notes.releases, context, logins: None, view: ReleaseView::new };
    NotesView::new(notes, releases)
}

impl<'a, R> NotesView<'a, R> {
    pub(super) fn new(notes: &'a Notes, releases: R) -> Self {
        Self {
            schema: 1,
            generator: concat!("tidings ", env!("CARGO_PKG_VERSION")),
            complete: notes.complete,
            warnings: &notes.warnings,
            repository: RepositoryView::new(&notes.repository),
            releases,
        }
    }
}

#[derive(Serialize)]
struct RepositoryView<'a> {
    forge: Option<&'static str>,
    owner: Option<&'a str>,
    name: Option<&'a str>,
    url: Option<&'a str>,
}

impl<'a> RepositoryView<'a> {
    fn new(repository: &'a RepositoryInfo) -> Self {
        Self {
            forge: repository.forge.map(|forge| forge.name()),
            owner: repository.owner.as_deref(),
            name: repository.name.as_deref(),
            url: repository.url.as_deref(),
        }
    }
}

/// Creates views one at a time during serialization, so that a long history is not in memory twice.
struct List<'a, T, V> {
    items: &'a [T],
    context: ViewContext<'a>,
    logins: Option<Logins<'a>>,
    view: fn(&'a T, ViewContext<'a>, Option<&Logins<'a>>) -> V,
}

impl<T, V: Serialize> Serialize for List<'_, T, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.items.len()))?;
        for item in self.items {
            list.serialize_element(&(self.view)(item, self.context, self.logins.as_ref()))?;
        }
        list.end()
    }
}

#[derive(Serialize)]
pub(super) struct ReleaseView<'a> {
    version: Option<String>,
    tag: Option<&'a str>,
    commit: Hex<'a>,
    date: Option<String>,
    prerelease: bool,
    environments: &'a [String],
    base: Option<BaseView<'a>>,
    bump: Option<&'static str>,
    compare_url: Option<&'a str>,
    sections: List<'a, Section, SectionView<'a>>,
    contributors: List<'a, Contributor, ContributorView<'a>>,
    attention: Vec<AttentionView<'a>>,
    commits: List<'a, CommitOutcome, CommitView<'a>>,
    statistics: StatisticsView,
    package: Option<&'a str>,
    rollback: bool,
    prereleases: Vec<String>,
    range: Option<&'a str>,
    within: Option<String>,
    skipped: Vec<String>,
    ends: Option<EndsView<'a>>,
    summary: Option<&'a str>,
    highlights: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary_text: Option<Option<String>>,
}

impl<'a> ReleaseView<'a> {
    pub(super) fn new(release: &'a Release, context: ViewContext<'a>, _: Option<&Logins<'a>>) -> Self {
        let login = |who: &'a Contributor| Some((&*who.person, who.login.as_deref()?));
        let logins: Logins<'a> = Arc::new(release.contributors.iter().filter_map(login).collect());
        let statistics = &release.statistics;
        let context =
            ViewContext { rollback: release.rollback, only_section: release.sections.len() == 1, ..context };
        Self {
            version: release.version.as_ref().map(ToString::to_string),
            tag: release.tag.as_deref(),
            commit: Hex(&release.commit),
            date: release.date.map(|date| date.to_string()),
            prerelease: release.prerelease,
            environments: &release.environments,
            base: release.base.as_ref().map(BaseView::new),
            bump: release.bump.map(Bump::name),
            compare_url: release.compare_url.as_deref(),
            sections: List {
                items: &release.sections,
                context,
                logins: Some(logins),
                view: SectionView::new,
            },
            contributors: List {
                items: &release.contributors,
                context,
                logins: None,
                view: ContributorView::new,
            },
            attention: attention_views(release, context),
            commits: List {
                items: if context.commits { &release.commits } else { &[] },
                context,
                logins: None,
                view: CommitView::new,
            },
            statistics: StatisticsView {
                commits: statistics.commits,
                changes: statistics.changes,
                contributors: statistics.contributors,
                days_since_base: statistics.days_since_base,
            },
            package: release.package.as_deref(),
            rollback: release.rollback,
            prereleases: release.prereleases.iter().map(ToString::to_string).collect(),
            range: release.range.as_ref().map(|range| range.revisions.as_str()),
            within: release.range.as_ref().and_then(|range| range.within.as_ref()).map(ToString::to_string),
            skipped: release.skipped.iter().map(ToString::to_string).collect(),
            ends: release
                .ends
                .as_deref()
                .map(|ends| EndsView::new(ends, context.style.map(|_| context.locale))),
            summary: release.summary.as_deref(),
            highlights: &release.highlights,
            name: context.style.map(|_| frame::name(release, context.locale)),
            notice: context.style.map(|_| frame::notice(release, context.locale)),
            summary_text: context.style.map(|style| own_text::summary(release, style)),
        }
    }
}

#[derive(Serialize)]
struct StatisticsView {
    commits: usize,
    changes: usize,
    contributors: usize,
    days_since_base: Option<i64>,
}

#[derive(Serialize)]
struct BaseView<'a> {
    version: Option<String>,
    tag: Option<&'a str>,
    commit: Hex<'a>,
}

impl<'a> BaseView<'a> {
    fn new(base: &'a Base) -> Self {
        Self {
            version: base.version.as_ref().map(ToString::to_string),
            tag: base.tag.as_deref(),
            commit: Hex(&base.commit),
        }
    }
}

#[derive(Serialize)]
struct SectionView<'a> {
    id: &'a str,
    title: String,
    changes: List<'a, Change, ChangeView<'a>>,
    /// Only for templates: the changes by component.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<GroupView<'a>>>,
}

#[derive(Serialize)]
struct GroupView<'a> {
    title: Option<String>,
    changes: Vec<ChangeView<'a>>,
}

impl<'a> SectionView<'a> {
    fn new(section: &'a Section, context: ViewContext<'a>, logins: Option<&Logins<'a>>) -> Self {
        Self {
            id: &section.id,
            title: context.locale.section_heading(section, context.rollback, context.only_section),
            changes: List {
                items: &section.changes,
                context,
                logins: logins.cloned(),
                view: ChangeView::new,
            },
            groups: context.style.map(|style| groups(section, (context, style), logins)),
        }
    }
}

fn groups<'a>(
    section: &'a Section,
    (context, style): (ViewContext<'a>, &Style<'_>),
    logins: Option<&Logins<'a>>,
) -> Vec<GroupView<'a>> {
    let groups = groups::groups(section.changes.iter().collect(), |change| change, style.options);
    let view = |group: groups::Group<&'a Change>| GroupView {
        title: group.title,
        changes: group.entries.into_iter().map(|change| ChangeView::new(change, context, logins)).collect(),
    };
    groups.into_iter().map(view).collect()
}

#[derive(Serialize)]
struct ContributorView<'a> {
    name: &'a str,
    login: Option<&'a str>,
    first_time: Option<bool>,
    commits: usize,
    bot: bool,
    /// Only for templates of Debian and RPM packages; the JSON form does not publish email addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

impl<'a> ContributorView<'a> {
    fn new(who: &'a Contributor, context: ViewContext<'a>, _: Option<&Logins<'a>>) -> Self {
        Self {
            name: &who.person.name,
            login: who.login.as_deref(),
            first_time: who.first_time,
            commits: who.commits,
            bot: who.bot,
            email: context.style.map(|_| who.person.email.as_str()),
        }
    }
}

#[derive(Serialize)]
struct AttentionView<'a> {
    kind: &'a str,
    title: String,
    paths: &'a [String],
    /// Only for templates: the paths to show, and a line with the number of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<Option<String>>,
}

/// All attention items; for a template, those that are shown.
fn attention_views<'a>(release: &'a Release, context: ViewContext<'a>) -> Vec<AttentionView<'a>> {
    let view = |item: &'a Attention| AttentionView::new(item, context);
    match context.style {
        Some(style) => attention::visible(release, style.options).map(view).collect(),
        None => release.attention.iter().map(view).collect(),
    }
}

impl<'a> AttentionView<'a> {
    fn new(attention: &'a Attention, context: ViewContext<'a>) -> Self {
        let (shown, more) = context.style.map(|_| attention::shown(attention, context.locale)).unzip();
        Self {
            kind: &attention.kind,
            title: context.locale.heading_in(context.rollback, &attention.kind, attention.title.as_deref()),
            paths: &attention.paths,
            shown,
            more,
        }
    }
}

#[derive(Serialize)]
struct CommitView<'a> {
    id: Hex<'a>,
    subject: &'a str,
    outcome: &'static str,
    section: Option<&'a str>,
    reason: &'a str,
}

impl<'a> CommitView<'a> {
    fn new(commit: &'a CommitOutcome, _: ViewContext<'a>, _: Option<&Logins<'a>>) -> Self {
        Self {
            id: Hex(&commit.id),
            subject: &commit.subject,
            outcome: commit.outcome.name(),
            section: commit.section.as_deref(),
            reason: &commit.reason,
        }
    }
}
