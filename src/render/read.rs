//! Parses notes in the JSON form, so that attached notes can be compared or rendered in another format.
//!
//! The input is untrusted: anyone who can push to the registry can write it. Missing and invalid fields become empty,
//! URLs other than http and https are dropped, and text must be escaped like that of commits.

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use serde::Deserialize;

use crate::model::{
    Attention, Base, Bump, Change, CommitOutcome, Confidence, Contributor, CorrectedField, ForgeKind,
    FragmentText, IssueRef, Notes, ObjectId, Outcome, Person, PullRequest, Reading, ReadingClass, Release,
    RepositoryInfo, RevisionRange, Scheme, Section, Statistics, Trailer, Version,
};

use super::Error;

/// The supported version of the form.
const SCHEMA: u32 = 1;

/// Parses notes in the JSON form, version 1.
///
/// # Errors
/// If the text is not JSON, is not of the form, or has another version.
pub fn read(text: &[u8]) -> Result<Notes, Error> {
    let form: Form =
        serde_json::from_slice(text).map_err(|error| Error::InvalidNotes { message: error.to_string() })?;
    if form.schema != SCHEMA {
        let message = format!("unsupported schema {}, expected {SCHEMA}", form.schema);
        return Err(Error::InvalidNotes { message });
    }
    Ok(Notes {
        complete: form.complete,
        warnings: form.warnings,
        repository: form.repository.info(),
        releases: form.releases.into_iter().map(ReleaseForm::release).collect(),
    })
}

#[derive(Deserialize)]
struct Form {
    schema: u32,
    complete: bool,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    repository: RepositoryForm,
    releases: Vec<ReleaseForm>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RepositoryForm {
    forge: Option<String>,
    owner: Option<String>,
    name: Option<String>,
    url: Option<String>,
}

impl RepositoryForm {
    fn info(self) -> RepositoryInfo {
        RepositoryInfo {
            forge: self.forge.as_deref().and_then(ForgeKind::named),
            owner: self.owner,
            name: self.name,
            url: web_url(self.url),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReleaseForm {
    version: Option<String>,
    tag: Option<String>,
    commit: String,
    date: Option<String>,
    prerelease: bool,
    environments: Vec<String>,
    base: Option<BaseForm>,
    bump: Option<String>,
    compare_url: Option<String>,
    sections: Vec<SectionForm>,
    contributors: Vec<ContributorForm>,
    attention: Vec<AttentionForm>,
    commits: Vec<CommitForm>,
    statistics: StatisticsForm,
    package: Option<String>,
    rollback: bool,
    prereleases: Vec<String>,
    skipped: Vec<String>,
    range: Option<String>,
    within: Option<String>,
    summary: Option<String>,
    highlights: Vec<String>,
}

impl ReleaseForm {
    fn release(self) -> Release {
        let logins: BTreeMap<String, String> =
            self.contributors.iter().filter_map(|who| Some((who.name.clone(), who.login.clone()?))).collect();
        let statistics = self.statistics;
        Release {
            version: version(self.version.as_deref()),
            range: self
                .range
                .map(|revisions| RevisionRange { revisions, within: version(self.within.as_deref()) }),
            tag: self.tag,
            commit: id(&self.commit).unwrap_or(NO_COMMIT),
            date: self.date.and_then(|date| date.parse::<NaiveDate>().ok()),
            package: self.package,
            prerelease: self.prerelease,
            rollback: self.rollback,
            environments: self.environments,
            prereleases: self.prereleases.iter().filter_map(|text| version(Some(text))).collect(),
            skipped: self.skipped.iter().filter_map(|text| version(Some(text))).collect(),
            base: self.base.map(|base| Base {
                version: version(base.version.as_deref()),
                tag: base.tag,
                commit: id(&base.commit).unwrap_or(NO_COMMIT),
            }),
            bump: [Bump::Patch, Bump::Minor, Bump::Major]
                .into_iter()
                .find(|bump| self.bump.as_deref() == Some(bump.name())),
            compare_url: web_url(self.compare_url),
            sections: self
                .sections
                .into_iter()
                .map(|section| Section {
                    id: section.id,
                    title: Some(section.title),
                    changes: section.changes.into_iter().map(ChangeForm::change).collect(),
                })
                .collect(),
            contributors: self.contributors.into_iter().map(|who| who.contributor(&logins)).collect(),
            attention: self
                .attention
                .into_iter()
                .map(|one| Attention { kind: one.kind, title: Some(one.title), paths: one.paths })
                .collect(),
            commits: self.commits.into_iter().filter_map(CommitForm::outcome).collect(),
            statistics: Statistics {
                commits: statistics.commits,
                changes: statistics.changes,
                contributors: statistics.contributors,
                days_since_base: statistics.days_since_base,
            },
            // Only comparisons have ends, and they are not attached to images.
            ends: None,
            summary: self.summary.filter(|text| !text.trim().is_empty()),
            highlights: self.highlights,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BaseForm {
    version: Option<String>,
    tag: Option<String>,
    commit: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SectionForm {
    id: String,
    title: String,
    changes: Vec<ChangeForm>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ChangeForm {
    title: String,
    description: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    scope: Option<String>,
    breaking: bool,
    breaking_note: Option<String>,
    commits: Vec<String>,
    pull_request: Option<PullRequestForm>,
    authors: Vec<AuthorForm>,
    closes: Vec<IssueForm>,
    components: Vec<String>,
    also_in: Vec<String>,
    trailers: Vec<TrailerForm>,
    reason: Option<String>,
    areas: Vec<String>,
    read: bool,
    confidence: Option<f64>,
    issues: Vec<IssueForm>,
    fragment: Option<String>,
    corrected: Vec<String>,
}

impl ChangeForm {
    fn change(self) -> Change {
        Change {
            title: self.title,
            description: self.description.map(Arc::from),
            kind: self.kind,
            scope: self.scope,
            breaking: self.breaking,
            breaking_note: self.breaking_note,
            commits: self.commits.iter().filter_map(|text| id(text)).collect(),
            pull_request: self.pull_request.map(|one| {
                Box::new(PullRequest {
                    number: one.number,
                    url: web_url(one.url),
                    title: one.title,
                    labels: one.labels,
                    author: one.author,
                    ..PullRequest::default()
                })
            }),
            authors: self.authors.into_iter().map(|author| person(author.name)).collect(),
            closes: self.closes.into_iter().map(IssueForm::issue).collect(),
            components: self.components,
            also_in: self.also_in.iter().filter_map(|text| Version::parse(text, &Scheme::Loose)).collect(),
            trailers: self.trailers.into_iter().map(TrailerForm::trailer).collect(),
            reason: self.reason.filter(|reason| !reason.trim().is_empty()).map(Arc::from),
            areas: self.areas,
            // The section has what it was read as.
            reading: self.confidence.filter(|_| self.read).and_then(|it| Confidence::try_from(it).ok()).map(
                |confidence| Reading {
                    class: ReadingClass::Other,
                    permille: confidence.permille(),
                    placed: true,
                },
            ),
            issues: self.issues.into_iter().map(IssueForm::issue).collect(),
            fragment: self.fragment.map(|path| Box::new(FragmentText::read(&path))),
            corrected: corrected(&self.corrected),
            ..Change::default()
        }
    }
}

fn corrected(names: &[String]) -> Vec<CorrectedField> {
    let is_named = |field: &CorrectedField| names.iter().any(|name| name == field.name());
    CorrectedField::ALL.into_iter().filter(is_named).collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PullRequestForm {
    number: u64,
    url: Option<String>,
    title: Option<String>,
    labels: Vec<String>,
    author: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AuthorForm {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IssueForm {
    number: u64,
    url: Option<String>,
    repository: Option<String>,
}

impl IssueForm {
    fn issue(self) -> IssueRef {
        IssueRef { number: self.number, repository: self.repository, url: web_url(self.url) }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TrailerForm {
    key: String,
    value: String,
}

impl TrailerForm {
    fn trailer(self) -> Trailer {
        Trailer { key: self.key, value: self.value }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ContributorForm {
    name: String,
    login: Option<String>,
    first_time: Option<bool>,
    commits: usize,
    bot: bool,
}

impl ContributorForm {
    fn contributor(self, logins: &BTreeMap<String, String>) -> Contributor {
        Contributor {
            login: logins.get(&self.name).cloned().filter(|_| self.login.is_some()),
            person: person(self.name),
            first_time: self.first_time,
            commits: self.commits,
            bot: self.bot,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AttentionForm {
    kind: String,
    title: String,
    paths: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CommitForm {
    id: String,
    subject: String,
    outcome: String,
    section: Option<String>,
    reason: String,
}

impl CommitForm {
    fn outcome(self) -> Option<CommitOutcome> {
        let all = [Outcome::Listed, Outcome::Hidden, Outcome::Merged, Outcome::Reverted, Outcome::Duplicate];
        Some(CommitOutcome {
            id: id(&self.id)?,
            outcome: all.into_iter().find(|outcome| outcome.name() == self.outcome)?,
            subject: self.subject.into(),
            section: self.section.map(Arc::from),
            reason: self.reason.into(),
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StatisticsForm {
    commits: usize,
    changes: usize,
    contributors: usize,
    days_since_base: Option<i64>,
}

const NO_COMMIT: ObjectId = ObjectId::from_bytes([0; 20]);

fn id(text: &str) -> Option<ObjectId> {
    text.parse().ok()
}

/// The form does not contain the version scheme; the loose one parses nearly all versions of all schemes.
fn version(text: Option<&str>) -> Option<Version> {
    let text = text?;
    Version::parse(text, &Scheme::Loose).or_else(|| Version::parse(text, &Scheme::Pep440))
}

/// The form does not contain email addresses.
fn person(name: String) -> Arc<Person> {
    Arc::new(Person { name, email: String::new() })
}

/// Drops a URL that is not http or https, or contains characters that could end a link early.
fn web_url(url: Option<String>) -> Option<String> {
    url.filter(|url| {
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        let is_safe = |c: char| !c.is_control() && !c.is_whitespace() && !"<>\"'`\\|()[]{}".contains(c);
        is_web && url.chars().all(is_safe)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::{Format, Options, render, sample};

    fn rendered(notes: &Notes, format: Format) -> String {
        let mut out = Vec::new();
        render(notes, &Options::new(format), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_form_round_trips() {
        let mut corrected = sample::notes();
        corrected.releases[0].summary = Some("**Faster**".into());
        corrected.releases[0].highlights = vec!["Starts at once".into()];
        corrected.releases[0].sections[0].changes[0].corrected = vec![CorrectedField::Title];
        let json = rendered(&corrected, Format::Json);
        assert_eq!(rendered(&read(json.as_bytes()).unwrap(), Format::Json), json);
        let json = rendered(&sample::notes(), Format::Json);
        let notes = read(json.as_bytes()).unwrap();
        assert_eq!(rendered(&notes, Format::Json), json);
        for format in [Format::Markdown, Format::Text, Format::Html, Format::Terminal, Format::Slack] {
            assert_eq!(rendered(&notes, format), rendered(&sample::notes(), format), "{}", format.name());
        }
    }

    #[test]
    fn other_json_is_refused() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"schema":2,"complete":true,"releases":[]}"#,
            r#"{"schema":1,"complete":true,"releases":[1]}"#,
        ] {
            assert!(matches!(read(text.as_bytes()), Err(Error::InvalidNotes { .. })), "{text}");
        }
        let minimal = read(br#"{"schema":1,"complete":true,"releases":[{"version":"x","sections":[{"changes":[{}]}]}],"new":1}"#);
        assert_eq!(minimal.unwrap().releases[0].version, None);
    }

    #[test]
    fn only_web_urls_become_links() {
        let is_kept = |text: &str| web_url(Some(text.to_owned())).is_some();
        assert!(is_kept("https://github.com/o/r/compare/v1...v2?w=1#x"));
        for bad in [
            "javascript:alert(1)",
            "https://a/\"onclick=x",
            "https://a/)[b](x",
            "https://a/ b",
            "file:///x",
            "",
        ] {
            assert!(!is_kept(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn parsed_notes_can_be_rendered(title in ".{0,30}", url in ".{0,20}", version in ".{0,8}") {
            let form = serde_json::json!({ "schema": 1, "complete": false, "releases": [{ "version": version,
                "compare_url": url, "tag": title, "sections": [{ "id": title, "title": title, "changes": [{ "title": title,
                "pull_request": { "number": 1, "url": url } }] }], "attention": [{ "kind": url, "title": title, "paths": [url] }] }] });
            let notes = read(form.to_string().as_bytes()).unwrap();
            for format in Format::ALL.iter().copied() {
                rendered(&notes, format);
            }
        }
    }
}
