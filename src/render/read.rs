//! The JSON form back to notes, so that what was kept can be shown in another format or compared.
//!
//! What is read may come from anybody who can write beside an image: fields that are missing or of no meaning are empty,
//! addresses that are no web pages are left out, and the texts are as hostile as those of commits.

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use serde::Deserialize;

use crate::model::{
    Attention, Base, Bump, Change, CommitOutcome, Contributor, ForgeKind, IssueRef, Notes, ObjectId, Outcome,
    Person, Place, PullRequest, Release, RepositoryInfo, Scheme, Section, Statistics, Version,
};

use super::Error;

/// The only version of the form there is.
const SCHEMA: u32 = 1;

/// Reads the JSON form, version 1.
///
/// # Errors
/// When it is none.
pub fn read(text: &[u8]) -> Result<Notes, Error> {
    let form: Form =
        serde_json::from_slice(text).map_err(|error| Error::Form { message: error.to_string() })?;
    if form.schema != SCHEMA {
        return Err(Error::Form { message: format!("its schema is {}, not {SCHEMA}", form.schema) });
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
            url: page(self.url),
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
}

impl ReleaseForm {
    fn release(self) -> Release {
        let logins: BTreeMap<String, String> =
            self.contributors.iter().filter_map(|who| Some((who.name.clone(), who.login.clone()?))).collect();
        let statistics = self.statistics;
        Release {
            version: version(self.version.as_deref()),
            place: self.range.map(|range| Place { range, within: version(self.within.as_deref()) }),
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
            compare_url: page(self.compare_url),
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
                    url: page(one.url),
                    title: one.title,
                    labels: one.labels,
                    author: one.author,
                    ..PullRequest::default()
                })
            }),
            authors: self.authors.into_iter().map(|author| person(author.name)).collect(),
            closes: self
                .closes
                .into_iter()
                .map(|issue| IssueRef { number: issue.number, repository: None, url: page(issue.url) })
                .collect(),
            components: self.components,
            ..Change::default()
        }
    }
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
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ContributorForm {
    name: String,
    login: Option<String>,
    first_time: Option<bool>,
    commits: usize,
}

impl ContributorForm {
    fn contributor(self, logins: &BTreeMap<String, String>) -> Contributor {
        Contributor {
            login: logins.get(&self.name).cloned().filter(|_| self.login.is_some()),
            person: person(self.name),
            first_time: self.first_time,
            commits: self.commits,
            bot: false,
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

/// The form does not say under which scheme a version was read; the loose one reads what every other writes.
fn version(text: Option<&str>) -> Option<Version> {
    Version::parse(text?, &Scheme::Loose)
}

/// The form gives no addresses of people.
fn person(name: String) -> Arc<Person> {
    Arc::new(Person { name, email: String::new() })
}

/// An address that may become a link: a web page, without anything that could end the link early.
fn page(address: Option<String>) -> Option<String> {
    address.filter(|address| {
        let is_web = address.starts_with("https://") || address.starts_with("http://");
        let is_tame = |c: char| !c.is_control() && !c.is_whitespace() && !"<>\"'`\\|()[]{}".contains(c);
        is_web && address.chars().all(is_tame)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::{Format, Options, render, sample};

    fn written(notes: &Notes, format: Format) -> String {
        let mut out = Vec::new();
        render(notes, &Options::new(format), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_was_written_is_read_and_written_again() {
        let json = written(&sample::notes(), Format::Json);
        let notes = read(json.as_bytes()).unwrap();
        assert_eq!(written(&notes, Format::Json), json);
        for format in [Format::Markdown, Format::Text, Format::Html, Format::Terminal, Format::Slack] {
            assert_eq!(written(&notes, format), written(&sample::notes(), format), "{}", format.name());
        }
    }

    #[test]
    fn what_is_no_notes_is_told() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"schema":2,"complete":true,"releases":[]}"#,
            r#"{"schema":1,"complete":true,"releases":[1]}"#,
        ] {
            assert!(matches!(read(text.as_bytes()), Err(Error::Form { .. })), "{text}");
        }
        let least = read(br#"{"schema":1,"complete":true,"releases":[{"version":"x","sections":[{"changes":[{}]}]}],"new":1}"#);
        assert_eq!(least.unwrap().releases[0].version, None);
    }

    #[test]
    fn pitfall_30_only_web_pages_become_links() {
        let kept = |text: &str| page(Some(text.to_owned())).is_some();
        assert!(kept("https://github.com/o/r/compare/v1...v2?w=1#x"));
        for bad in [
            "javascript:alert(1)",
            "https://a/\"onclick=x",
            "https://a/)[b](x",
            "https://a/ b",
            "file:///x",
            "",
        ] {
            assert!(!kept(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_can_be_rendered(title in ".{0,30}", url in ".{0,20}", version in ".{0,8}") {
            let form = serde_json::json!({ "schema": 1, "complete": false, "releases": [{ "version": version,
                "compare_url": url, "tag": title, "sections": [{ "id": title, "title": title, "changes": [{ "title": title,
                "pull_request": { "number": 1, "url": url } }] }], "attention": [{ "kind": url, "title": title, "paths": [url] }] }] });
            let notes = read(form.to_string().as_bytes()).unwrap();
            for format in Format::ALL.iter().copied() {
                written(&notes, format);
            }
        }
    }
}
