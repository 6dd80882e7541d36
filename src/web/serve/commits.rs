//! The commits of a window with their outcomes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{explain, model::Release, session::Session};

use super::query::Query;

/// The commits of the page.
#[derive(Debug, Default, Serialize)]
pub(super) struct Commits {
    /// How many commits have each outcome.
    counts: Vec<(&'static str, usize)>,
    commits: Vec<CommitView>,
    /// The explanation of something else than a commit of the window: the base of the version.
    base: Option<Explained>,
}

#[derive(Debug, Serialize)]
struct CommitView {
    id: String,
    short: String,
    subject: String,
    outcome: &'static str,
    reason: String,
    /// The address that opens or closes the explanation.
    explain: String,
    explained: Option<String>,
}

#[derive(Debug, Serialize)]
struct Explained {
    of: String,
    text: String,
    close: String,
}

/// The commits of a release. The explanation is what `tidings explain` prints.
pub(super) fn commits(session: &Session, release: Option<&Release>, query: &Query) -> Commits {
    let mut shown = Commits::default();
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    let asked = Query::given(&query.explain);
    let close = query.with_explanation("").address();
    for commit in release.map(|release| release.commits.as_slice()).unwrap_or_default() {
        *counts.entry(commit.outcome).or_default() += 1;
        let id = commit.id.to_string();
        let is_asked = asked == Some(&*id);
        shown.commits.push(CommitView {
            short: commit.id.short(),
            subject: commit.subject.to_string(),
            outcome: commit.outcome.name(),
            reason: commit.reason.to_string(),
            explain: if is_asked { close.clone() } else { query.with_explanation(&id).address() },
            explained: is_asked.then(|| explained(session, &id)),
            id,
        });
    }
    shown.counts = counts.into_iter().map(|(outcome, count)| (outcome.name(), count)).collect();
    let is_commit = shown.commits.iter().any(|commit| commit.explained.is_some());
    shown.base = asked.filter(|_| !is_commit).map(|of| Explained {
        of: of.to_owned(),
        text: explained(session, of),
        close,
    });
    shown
}

fn explained(session: &Session, of: &str) -> String {
    match explain::explain(session, of) {
        Ok(explanation) => explanation.text,
        Err(error) => error.to_string(),
    }
}
