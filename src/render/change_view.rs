//! The view of one change in the JSON form and in templates.

use std::{
    borrow::Cow,
    sync::{Arc, LazyLock},
};

use regex::Regex;
use serde::Serialize;

use crate::model::{Change, IssueRef, Person, PullRequest, Reading, Trailer};

use super::{
    entry,
    hex::Hex,
    reason,
    view_context::{Logins, ViewContext},
};

/// A change.
#[derive(Serialize)]
pub(super) struct ChangeView<'a> {
    title: &'a str,
    description: Option<&'a str>,
    #[serde(rename = "type")]
    kind: Option<&'a str>,
    scope: Option<&'a str>,
    breaking: bool,
    breaking_note: Option<&'a str>,
    commits: Vec<Hex<'a>>,
    pull_request: Option<PullRequestView<'a>>,
    authors: Vec<AuthorView<'a>>,
    closes: Vec<IssueView<'a>>,
    components: &'a [String],
    also_in: Vec<String>,
    trailers: Vec<TrailerView<'a>>,
    reason: Option<String>,
    areas: &'a [String],
    read: bool,
    confidence: Option<f64>,
    issues: Vec<IssueView<'a>>,
    fragment: Option<&'a str>,
    corrected: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
}

impl<'a> ChangeView<'a> {
    pub(super) fn new(change: &'a Change, context: ViewContext<'a>, logins: Option<&Logins<'a>>) -> Self {
        let author = |person: &'a Arc<Person>| AuthorView {
            name: &person.name,
            login: logins.and_then(|logins| logins.get(&**person).copied()),
        };
        Self {
            title: &change.title,
            description: change.description.as_deref(),
            kind: change.kind.as_deref(),
            scope: change.scope.as_deref(),
            breaking: change.breaking,
            breaking_note: change.breaking_note.as_deref(),
            commits: change.commits.iter().map(Hex).collect(),
            pull_request: change.pull_request.as_deref().map(PullRequestView::new),
            authors: change.authors.iter().map(author).collect(),
            closes: change.closes.iter().map(IssueView::new).collect(),
            components: &change.components,
            also_in: change.also_in.iter().map(ToString::to_string).collect(),
            trailers: change.trailers.iter().map(|trailer| TrailerView::new(trailer, context)).collect(),
            reason: if context.reasons { reason::of_change(change) } else { None },
            areas: &change.areas,
            read: change.reading.is_some_and(|reading| reading.placed),
            confidence: change.reading.filter(|it| it.placed).map(Reading::confidence),
            issues: change.issues.iter().map(IssueView::new).collect(),
            fragment: change.fragment.as_deref().map(|fragment| &*fragment.path),
            corrected: change.corrected.iter().map(|field| field.name()).collect(),
            entry: context.style.map(|style| entry::entry(change, style)),
        }
    }
}

#[derive(Serialize)]
struct PullRequestView<'a> {
    number: u64,
    url: Option<&'a str>,
    title: Option<&'a str>,
    labels: &'a [String],
    author: Option<&'a str>,
}

impl<'a> PullRequestView<'a> {
    fn new(pull_request: &'a PullRequest) -> Self {
        Self {
            number: pull_request.number,
            url: pull_request.url.as_deref(),
            title: pull_request.title.as_deref(),
            labels: &pull_request.labels,
            author: pull_request.author.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct AuthorView<'a> {
    name: &'a str,
    login: Option<&'a str>,
}

#[derive(Serialize)]
struct IssueView<'a> {
    number: u64,
    url: Option<&'a str>,
    repository: Option<&'a str>,
}

impl<'a> IssueView<'a> {
    fn new(issue: &'a IssueRef) -> Self {
        Self { number: issue.number, url: issue.url.as_deref(), repository: issue.repository.as_deref() }
    }
}

#[derive(Serialize)]
struct TrailerView<'a> {
    key: &'a str,
    value: Cow<'a, str>,
}

impl<'a> TrailerView<'a> {
    /// Only templates get the email addresses; the JSON form does not publish them.
    fn new(trailer: &'a Trailer, context: ViewContext<'a>) -> Self {
        let value = if context.style.is_some() {
            Cow::Borrowed(trailer.value.as_str())
        } else {
            without_email(&trailer.value)
        };
        Self { key: &trailer.key, value }
    }
}

/// The text without the addresses in `Name <user@host>`.
fn without_email(text: &str) -> Cow<'_, str> {
    static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\s*<[^<>\s]*@[^<>\s]*>").ok());
    EMAIL
        .as_ref()
        .filter(|_| text.contains('@'))
        .map_or(Cow::Borrowed(text), |email| email.replace_all(text, ""))
}
