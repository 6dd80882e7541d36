//! Queries the forge for the data that the messages lack, and only for that.
//!
//! Input: the commits of all selected windows, with their parsed messages. Output: the same messages, each with the
//! pull request that it came from, and further data from the forge. Commits that a merged pull request introduced are
//! not queried, because the merge's message names the pull request. Failures are reported in [`ForgeFacts::missing`],
//! and the messages stay as git has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    changes,
    forge::{Forge, LookupResult},
    messages::{
        self, DescribedChange, Message, MessageKind, PullRequestBody, PullRequestDetails, PullRequestMention,
        ReleaseNote,
    },
    model::{Commit, ForgeFacts, ObjectId, PullRequest, PullRequestState},
};

use super::{claimed_number, options::Options};

/// Queries `forge` for the pull requests of commits (newest first) and adds them to their messages. `before` is the
/// time of the base in seconds since 1970: people with a pull request merged before it are not newcomers.
pub(super) async fn enrich(
    forge: &Forge,
    commits: &[&Commit],
    messages: &mut [Box<Message>],
    all_options: &Options,
    before: Option<i64>,
) -> ForgeFacts {
    let options = &all_options.messages;
    let mut found = forge.pull_requests(&numbers(messages)).await;
    if let Some(assumed) = all_options.assumed
        && let Some(pull_request) = found.pull_requests.get_mut(&assumed.number)
    {
        pull_request.state = Some(PullRequestState::Merged);
        pull_request.merge_commits = assumed.commit.to_string().parse().into_iter().collect();
    }
    for (commit, message) in commits.iter().zip(messages.iter_mut()) {
        claimed_number::verify(commit, message, &found);
    }
    let unassociated = without_pull_request(commits, messages);
    found.extend(forge.of_commits(&unassociated).await);
    if !forge.lists_closed_issues() {
        for pull_request in found.pull_requests.values_mut() {
            let title = pull_request.title.as_deref().unwrap_or_default();
            let body = pull_request.body.as_deref().unwrap_or_default();
            pull_request.closes = messages::closed_issues(title, body, options);
        }
    }
    for (commit, message) in commits.iter().zip(messages.iter_mut()) {
        associate(commit, message, &found);
    }
    let details: BTreeMap<u64, PullRequestDetails> =
        found.pull_requests.values().map(|it| (it.number, details(it, options))).collect();
    for message in messages.iter_mut() {
        add_details(message, &found, &details);
    }
    let logins = logins(commits, messages, &found);
    let people: BTreeSet<&String> = authors(commits).filter_map(|email| logins.get(&email)).collect();
    let people: Vec<String> = people.into_iter().filter(|login| !login.ends_with("[bot]")).cloned().collect();
    let newcomers = match before {
        Some(before) if !people.is_empty() => forge.newcomers(&people, before).await,
        _ => None,
    };
    ForgeFacts {
        pull_requests: found.pull_requests,
        logins,
        newcomers: newcomers.map(|newcomers| newcomers.into_iter().collect()),
        missing: found.missing,
    }
}

/// All numbers in the messages that may be those of pull requests, ascending.
fn numbers(messages: &[Box<Message>]) -> Vec<u64> {
    let mut numbers = BTreeSet::new();
    for message in messages {
        numbers.extend(message.pull_request.as_deref().map(|mention| mention.number));
        numbers.extend(message.other_references.iter().copied());
        numbers.extend(message.changes.iter().filter_map(|change| change.pull_request));
    }
    numbers.into_iter().collect()
}

/// The commits for which neither their message nor that of the merge that introduced them names a pull request.
fn without_pull_request(commits: &[&Commit], messages: &[Box<Message>]) -> Vec<ObjectId> {
    let merges = changes::introducing_merges(commits);
    let has_one = |at: usize| messages.get(at).is_some_and(|message| message.pull_request.is_some());
    let merge_has_one = |merge: Option<u32>| merge.is_some_and(|merge| has_one(merge as usize));
    let needs_none = |message: &Message| {
        message.pull_request.is_some() || matches!(message.kind, MessageKind::Release | MessageKind::Fixup)
    };
    let all = commits.iter().zip(messages).zip(merges);
    all.filter(|((_, message), merge)| !needs_none(message) && !merge_has_one(*merge))
        .map(|((commit, _), _)| commit.id)
        .collect()
}

/// Selects the pull request that introduced a commit, of those that contain it: the one that was merged as this commit,
/// else the one that was merged first. Later ones only promoted it, from `develop` to `staging`.
fn associate(commit: &Commit, message: &mut Message, found: &LookupResult) {
    let Some(numbers) = found.of_commits.get(&commit.id).filter(|_| message.pull_request.is_none()) else {
        return;
    };
    let merged = numbers
        .iter()
        .filter_map(|number| found.pull_requests.get(number))
        .filter(|it| it.state == Some(PullRequestState::Merged));
    let merged_as_this = |it: &&PullRequest| it.is_merged_as(commit.id);
    let introduced_by = merged.clone().find(merged_as_this).or_else(|| {
        // A merge commit inside a feature branch belongs to a pull request, but does not represent it.
        merged.filter(|_| !commit.is_merge()).min_by_key(|it| (it.merged_at.unwrap_or(i64::MAX), it.number))
    });
    message.other_references.retain(|number| Some(*number) != introduced_by.map(|it| it.number));
    message.pull_request = introduced_by.map(|it| {
        Box::new(PullRequestMention {
            number: it.number,
            title: it.title.clone(),
            source_branch: it.source_branch.clone(),
            target_branch: it.target_branch.clone(),
            from_fork: false,
            details: Some(Box::new(PullRequestDetails {
                only_from_forge: true,
                ..PullRequestDetails::default()
            })),
        })
    });
}

/// The details of a pull request that affect its changes.
fn details(pull_request: &PullRequest, options: &messages::Options) -> PullRequestDetails {
    let body = PullRequestBody::parse(pull_request.body.as_deref().unwrap_or_default());
    let title = pull_request.title.as_deref().unwrap_or_default();
    let by_title = messages::parse_changes(title, options);
    let note = match &body.release_note {
        Some(ReleaseNote::Text(text)) => Some(parse_note(text, by_title.first(), options)),
        Some(ReleaseNote::None) | None => None,
    };
    let overrides: Vec<DescribedChange> =
        body.overrides.iter().flat_map(|message| messages::parse_changes(message, options)).collect();
    let overrides_commits = !overrides.is_empty() || note.is_some();
    let changes = match note {
        Some(note) => vec![note],
        None if !overrides.is_empty() => overrides,
        None => by_title,
    };
    PullRequestDetails {
        changes: if title.is_empty() && !overrides_commits { Vec::new() } else { changes },
        overrides_commits,
        needs_no_note: body.release_note == Some(ReleaseNote::None),
        reason: body.reason.map(Arc::from),
        only_from_forge: false,
    }
}

/// The change that a release note describes: its first paragraph is the title; a note without a type gets type and
/// scope of the pull request's title.
fn parse_note(
    text: &str,
    by_title: Option<&DescribedChange>,
    options: &messages::Options,
) -> DescribedChange {
    let bare = text.trim_start_matches(['-', '*', ' ']);
    let mut change = messages::parse_changes(bare, options).into_iter().next().unwrap_or_default();
    if let (None, Some(by_title)) = (&change.kind, by_title) {
        change.kind.clone_from(&by_title.kind);
        change.scope.clone_from(&by_title.scope);
        change.breaking |= by_title.breaking;
    }
    change
}

fn add_details(message: &mut Message, found: &LookupResult, all: &BTreeMap<u64, PullRequestDetails>) {
    let Message { pull_request: Some(mention), changes, .. } = message else { return };
    let Some(pull_request) = found.pull_requests.get(&mention.number) else { return };
    let only_from_forge = mention.details.as_ref().is_some_and(|details| details.only_from_forge);
    mention.title = pull_request.title.clone().or(mention.title.take());
    mention.source_branch = pull_request.source_branch.clone().or(mention.source_branch.take());
    mention.target_branch = pull_request.target_branch.clone().or(mention.target_branch.take());
    let details = all.get(&mention.number);
    let details = details.map(|details| Box::new(PullRequestDetails { only_from_forge, ..details.clone() }));
    mention.details = details.map(|mut details| {
        if let ([only], [own, ..]) = (details.changes.as_mut_slice(), changes.as_slice())
            && details.overrides_commits
            && only.kind.is_none()
        {
            // Neither the note nor the title has a type: use that of the message.
            only.kind.clone_from(&own.kind);
            only.scope.clone_from(&own.scope);
            only.breaking |= own.breaking;
        }
        details
    });
}

fn authors(commits: &[&Commit]) -> impl Iterator<Item = String> {
    commits.iter().filter(|commit| !commit.is_merge()).map(|commit| commit.author.email.to_lowercase())
}

/// Logins by email address, lower case: those that the forge returned for commits, else the author of a pull request
/// whose commits all have the same author.
fn logins(commits: &[&Commit], messages: &[Box<Message>], found: &LookupResult) -> BTreeMap<String, String> {
    let merges = changes::introducing_merges(commits);
    let number = |at: usize| Some(messages.get(at)?.pull_request.as_ref()?.number);
    let mut people: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for ((at, commit), merge) in commits.iter().enumerate().zip(&merges) {
        let of_merge = || number((*merge)? as usize);
        if let Some(number) = number(at).or_else(of_merge).filter(|_| !commit.is_merge()) {
            people.entry(number).or_default().insert(commit.author.email.to_lowercase());
        }
    }
    let mut candidates: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for (number, emails) in &people {
        let login = found.pull_requests.get(number).and_then(|it| it.author.as_deref());
        if let (Some(login), 1) = (login, emails.len()) {
            for email in emails {
                *candidates.entry(email.clone()).or_default().entry(login).or_default() += 1;
            }
        }
    }
    // A pull request may have been opened by another person than the author of its commits: take the most frequent
    // login.
    let most_frequent = |logins: &BTreeMap<&str, usize>| {
        logins
            .iter()
            .max_by_key(|(login, count)| (**count, std::cmp::Reverse(**login)))
            .map(|(login, _)| (*login).to_owned())
    };
    let mut logins: BTreeMap<String, String> =
        candidates.iter().filter_map(|(email, it)| Some((email.clone(), most_frequent(it)?))).collect();
    logins.extend(found.logins.iter().map(|(email, login)| (email.clone(), login.clone())));
    logins.remove("");
    logins
}
