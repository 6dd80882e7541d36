//! Asks the forge for what the messages lack, and only for that.
//!
//! What comes in: the commits of all windows that were asked for, with their messages as read. What goes out: the same messages,
//! each with the pull request that it came from, and what else the forge told. A commit that a merged pull request brought in is not
//! asked about, since the merge's message says so already. What could not be had is told, and the messages stay as git knows them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    changes,
    forge::{Forge, Found},
    messages::{
        self, Entry, Message, MessageKind, PullRequestBody, PullRequestDetails, PullRequestMention,
        ReleaseNote,
    },
    model::{Commit, ForgeFacts, ObjectId, PullRequest, PullRequestState},
};

/// Asks `forge` about commits (newest first) and their messages. `before` is the moment of the base (seconds since 1970): who had
/// something merged until then is no newcomer.
pub(super) async fn enrich(
    forge: &Forge,
    commits: &[&Commit],
    messages: &mut [Box<Message>],
    options: &messages::Options,
    before: Option<i64>,
) -> ForgeFacts {
    let mut found = forge.pull_requests(&numbers(messages)).await;
    for (commit, message) in commits.iter().zip(messages.iter_mut()) {
        verify(commit, message, &found);
    }
    let unknown = without_pull_request(commits, messages);
    found.extend(forge.of_commits(&unknown).await);
    if !forge.tells_what_closes() {
        for known in found.pull_requests.values_mut() {
            let (title, body) = (known.title.as_deref(), known.body.as_deref());
            let own = options.repository.as_deref();
            known.closes = messages::closed_issues(title.unwrap_or_default(), body.unwrap_or_default(), own);
        }
    }
    for (commit, message) in commits.iter().zip(messages.iter_mut()) {
        associate(commit, message, &found);
    }
    let details: BTreeMap<u64, PullRequestDetails> =
        found.pull_requests.values().map(|known| (known.number, details(known, options))).collect();
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

/// All numbers that may be a pull request's, ascending.
fn numbers(messages: &[Box<Message>]) -> Vec<u64> {
    let mut numbers = BTreeSet::new();
    for message in messages {
        numbers.extend(message.pull_request.as_deref().map(|mention| mention.number));
        numbers.extend(message.other_references.iter().copied());
        numbers.extend(message.entries.iter().filter_map(|entry| entry.pull_request));
    }
    numbers.into_iter().collect()
}

/// Drops a number that is an issue's, or that of a pull request that is still open; of several takes the one that became the commit.
fn verify(commit: &Commit, message: &mut Message, found: &Found) {
    let Some(mention) = &message.pull_request else { return };
    let became = |number: &u64| {
        found.pull_requests.get(number).is_some_and(|known| known.merge_commit == Some(commit.id))
    };
    let own = mention.number;
    let better = message.other_references.iter().copied().find(|number| !became(&own) && became(number));
    let is_open =
        found.pull_requests.get(&own).is_some_and(|known| known.state == Some(PullRequestState::Open));
    if let Some(better) = better {
        message.other_references.retain(|number| *number != better);
        message.pull_request = Some(PullRequestMention::numbered(better));
    } else if found.absent.contains(&own) || is_open {
        message.pull_request = None;
    } else {
        return;
    }
    message.other_references.push(own);
}

/// The commits whose message tells no pull request, and that none brought in by a merge.
fn without_pull_request(commits: &[&Commit], messages: &[Box<Message>]) -> Vec<ObjectId> {
    let brought_by = changes::introducing_merges(commits);
    let is_told = |at: usize| messages.get(at).is_some_and(|message| message.pull_request.is_some());
    let own_merge = |owner: Option<u32>| owner.is_some_and(|owner| is_told(owner as usize));
    let told_by_itself = |message: &Message| {
        message.pull_request.is_some() || matches!(message.kind, MessageKind::Release | MessageKind::Fixup)
    };
    let all = commits.iter().zip(messages).zip(brought_by);
    all.filter(|((_, message), owner)| !told_by_itself(message) && !own_merge(*owner))
        .map(|((commit, _), _)| commit.id)
        .collect()
}

/// Of the pull requests that contain a commit takes the one that brought it: what it became, else the one that was merged first. Later ones
/// only moved it on, from `develop` to `staging`.
fn associate(commit: &Commit, message: &mut Message, found: &Found) {
    let Some(numbers) = found.of_commits.get(&commit.id).filter(|_| message.pull_request.is_none()) else {
        return;
    };
    let merged = numbers
        .iter()
        .filter_map(|number| found.pull_requests.get(number))
        .filter(|known| known.state == Some(PullRequestState::Merged));
    let is_its = |known: &&PullRequest| known.merge_commit == Some(commit.id);
    let brought = merged.clone().find(is_its).or_else(|| {
        // A merge inside a feature is a part of a pull request, but not its merge.
        merged
            .filter(|_| !commit.is_merge())
            .min_by_key(|known| (known.merged_at.unwrap_or(i64::MAX), known.number))
    });
    message.other_references.retain(|number| Some(*number) != brought.map(|known| known.number));
    message.pull_request = brought.map(|known| {
        Box::new(PullRequestMention {
            number: known.number,
            title: known.title.clone(),
            source_branch: known.source_branch.clone(),
            target_branch: known.target_branch.clone(),
            details: Some(Box::new(PullRequestDetails {
                known_by_forge_only: true,
                ..PullRequestDetails::default()
            })),
        })
    });
}

/// The details of a pull request that bear on its changes.
fn details(known: &PullRequest, options: &messages::Options) -> PullRequestDetails {
    let body = PullRequestBody::parse(known.body.as_deref().unwrap_or_default());
    let title = known.title.as_deref().unwrap_or_default();
    let own = messages::parse_entries(title, options);
    let note = match &body.release_note {
        Some(ReleaseNote::Text(text)) => Some(noted(text, own.first(), options)),
        Some(ReleaseNote::None) | None => None,
    };
    let overrides: Vec<Entry> =
        body.overrides.iter().flat_map(|message| messages::parse_entries(message, options)).collect();
    let overrides_commits = !overrides.is_empty() || note.is_some();
    let entries = match note {
        Some(note) => vec![note],
        None if !overrides.is_empty() => overrides,
        None => own,
    };
    PullRequestDetails {
        entries: if title.is_empty() && !overrides_commits { Vec::new() } else { entries },
        overrides_commits,
        needs_no_note: body.release_note == Some(ReleaseNote::None),
        reason: body.reason.map(Arc::from),
        known_by_forge_only: false,
    }
}

/// The entry of a release note: its first paragraph is the title, its type and scope are the pull request's.
fn noted(text: &str, own: Option<&Entry>, options: &messages::Options) -> Entry {
    let bare = text.trim_start_matches(['-', '*', ' ']);
    let mut entry = messages::parse_entries(bare, options).into_iter().next().unwrap_or_default();
    if let (None, Some(own)) = (&entry.kind, own) {
        entry.kind.clone_from(&own.kind);
        entry.scope.clone_from(&own.scope);
        entry.breaking |= own.breaking;
    }
    entry
}

fn add_details(message: &mut Message, found: &Found, all: &BTreeMap<u64, PullRequestDetails>) {
    let Message { pull_request: Some(mention), entries, .. } = message else { return };
    let Some(known) = found.pull_requests.get(&mention.number) else { return };
    let known_by_forge_only = mention.details.as_ref().is_some_and(|details| details.known_by_forge_only);
    mention.title = known.title.clone().or(mention.title.take());
    mention.source_branch = known.source_branch.clone().or(mention.source_branch.take());
    mention.target_branch = known.target_branch.clone().or(mention.target_branch.take());
    let details = all.get(&mention.number);
    let details =
        details.map(|details| Box::new(PullRequestDetails { known_by_forge_only, ..details.clone() }));
    mention.details = details.map(|mut details| {
        if let ([only], [own, ..]) = (details.entries.as_mut_slice(), entries.as_slice())
            && details.overrides_commits
            && only.kind.is_none()
        {
            // A note says nothing of types, nor did the title: the message may.
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

/// Logins by address: those that the forge gave for commits, and for the rest the author of a pull request that has one author only.
fn logins(commits: &[&Commit], messages: &[Box<Message>], found: &Found) -> BTreeMap<String, String> {
    let brought_by = changes::introducing_merges(commits);
    let number = |at: usize| Some(messages.get(at)?.pull_request.as_ref()?.number);
    let mut people: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for ((at, commit), owner) in commits.iter().enumerate().zip(&brought_by) {
        let brought = || number((*owner)? as usize);
        if let Some(number) = number(at).or_else(brought).filter(|_| !commit.is_merge()) {
            people.entry(number).or_default().insert(commit.author.email.to_lowercase());
        }
    }
    let mut claims: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for (number, emails) in &people {
        let login = found.pull_requests.get(number).and_then(|known| known.author.as_deref());
        if let (Some(login), 1) = (login, emails.len()) {
            for email in emails {
                *claims.entry(email.clone()).or_default().entry(login).or_default() += 1;
            }
        }
    }
    // Somebody may have opened a pull request with another's commit; who did so most often is meant.
    let usual = |logins: &BTreeMap<&str, usize>| {
        logins
            .iter()
            .max_by_key(|(login, count)| (**count, std::cmp::Reverse(**login)))
            .map(|(login, _)| (*login).to_owned())
    };
    let mut logins: BTreeMap<String, String> =
        claims.iter().filter_map(|(email, logins)| Some((email.clone(), usual(logins)?))).collect();
    logins.extend(found.logins.iter().map(|(email, login)| (email.clone(), login.clone())));
    logins.remove("");
    logins
}
