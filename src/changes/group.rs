//! Commits of a window to changes.
//!
//! A change is what a reader would call one: a squashed pull request, a merged one, or a commit. A merge commit never
//! stands beside the commits it brings in: either it speaks for them (a pull request whose commits say nothing in
//! conventional form) or they speak for themselves. Whatever makes no change has a reason.

use std::sync::Arc;

use crate::model::{Change, Commit, ObjectId, Outcome, Person, PullRequest};

use super::{
    duplicates::{self, Elsewhere, PatchId, Rank},
    merges,
    message::{Entry, Message, MessageKind, PullRequestMention},
    reverts,
};

/// What a change is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// A merged pull request, unless its commits are conventional: then each commit.
    #[default]
    Auto,
    /// Always a merged pull request.
    PullRequest,
    /// Always a commit.
    Commit,
}

/// What grouping needs beside the window itself.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// What a change is made of.
    pub unit: Unit,
    /// Commits of versions made on other branches.
    pub elsewhere: &'a Elsewhere,
    /// The ranks of the base and of the window's own version.
    pub ranks: (Option<Rank>, Rank),
    /// Asks for a commit's patch id.
    pub patch_id: PatchId<'a>,
    /// Asks for a commit of the repository, of this window or not.
    pub named: &'a dyn Fn(&str) -> Option<Commit>,
    /// Applies `.mailmap` to people named in messages.
    pub mapped: &'a dyn Fn(Person) -> Person,
}

/// Why a commit makes no change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in words.
    pub reason: Arc<str>,
}

/// The changes of a window, and what became of the commits that make none.
#[derive(Debug, Default)]
pub struct Grouped {
    /// Newest first.
    pub changes: Vec<Change>,
    /// For each commit of the window: `None` where it is part of a change.
    pub fates: Vec<Option<Fate>>,
}

/// Groups the commits of a window (newest first) with their messages.
#[must_use]
pub fn group(commits: &[&Commit], messages: &[&Message], around: Surroundings<'_>) -> Grouped {
    let brought_by = merges::brought_by(commits);
    let mut grouping = Grouping {
        commits,
        messages,
        members: members(&brought_by),
        roles: Vec::new(),
        around,
        fates: vec![None; commits.len()],
        of_released: Vec::new(),
        brought_by,
    };
    grouping.take_out();
    grouping.roles = (0..commits.len()).map(|at| grouping.role(at)).collect();
    let mut changes = Vec::new();
    for at in 0..commits.len() {
        grouping.changes_of(at, &mut changes);
    }
    Grouped { changes, fates: grouping.fates }
}

/// What a commit is among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Makes changes of its own.
    Own,
    /// A merge that speaks for what it brings in.
    Speaker,
    /// A merge whose commits speak for themselves.
    Silent,
}

struct Grouping<'a> {
    commits: &'a [&'a Commit],
    messages: &'a [&'a Message],
    brought_by: Vec<Option<u32>>,
    /// For each merge, what it brought in itself, newest first.
    members: Vec<Vec<u32>>,
    roles: Vec<Role>,
    around: Surroundings<'a>,
    fates: Vec<Option<Fate>>,
    of_released: Vec<bool>,
}

fn members(brought_by: &[Option<u32>]) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); brought_by.len()];
    for (at, owner) in (0..).zip(brought_by) {
        if let Some(list) = owner.and_then(|owner| members.get_mut(owner as usize)) {
            list.push(at);
        }
    }
    members
}

impl Grouping<'_> {
    /// Takes out what is no change: duplicates, what reverts cancel, release and fixup commits.
    fn take_out(&mut self) {
        let around = self.around;
        let duplicates =
            duplicates::find(self.commits, self.messages, around.elsewhere, around.ranks, around.patch_id);
        let reverts = reverts::find(self.commits, self.messages, &self.members, around.named);
        for (((fate, duplicate), cancelled), message) in
            self.fates.iter_mut().zip(duplicates).zip(reverts.cancelled).zip(self.messages)
        {
            let of = |outcome, reason: String| Some(Fate { outcome, reason: reason.into() });
            *fate = match (cancelled, duplicate, &message.kind) {
                (Some(reason), ..) => of(Outcome::Reverted, reason),
                (None, Some(reason), _) => of(Outcome::Duplicate, reason),
                (None, None, MessageKind::Release) => of(
                    Outcome::Hidden,
                    "a release commit: it says that a version was made, not what changed".to_owned(),
                ),
                (None, None, MessageKind::Fixup) => {
                    of(Outcome::Hidden, "a fixup commit: it belongs to the commit that it names".to_owned())
                }
                _ => None,
            };
        }
        self.of_released = reverts.of_released;
    }

    fn is_out(&self, at: usize) -> bool {
        self.fates.get(at).is_some_and(Option::is_some)
    }

    fn members(&self, merge: usize) -> impl Iterator<Item = usize> {
        self.members.get(merge).into_iter().flatten().map(|member| *member as usize)
    }

    fn is_merge(&self, at: usize) -> bool {
        self.commits.get(at).is_some_and(|commit| commit.is_merge())
    }

    fn is_conventional(&self, at: usize) -> bool {
        self.messages.get(at).is_some_and(|message| message.entries.iter().any(|entry| entry.kind.is_some()))
    }

    fn role(&self, at: usize) -> Role {
        let Some(message) = self.messages.get(at).filter(|_| self.is_merge(at)) else { return Role::Own };
        let is_pull_request = message.pull_request.is_some();
        let may_speak = is_pull_request || self.is_conventional(at);
        let brings = self.members(at).any(|member| !self.is_merge(member) && !self.is_out(member));
        if !may_speak || !brings || self.is_train(at, message) {
            return Role::Silent;
        }
        let conventional =
            || self.members(at).any(|member| !self.is_merge(member) && self.is_conventional(member));
        match self.around.unit {
            Unit::Commit => Role::Silent,
            Unit::PullRequest => Role::Speaker,
            Unit::Auto if conventional() => Role::Silent,
            Unit::Auto => Role::Speaker,
        }
    }

    /// Whether a merge moves a long-lived branch on (`develop` into `staging`), so that it is no change itself.
    fn is_train(&self, at: usize, message: &Message) -> bool {
        let branch = match (&message.pull_request, &message.kind) {
            (Some(mention), _) => mention.source_branch.as_deref(),
            (None, MessageKind::BranchMerge { source, .. }) => source.as_deref(),
            _ => None,
        };
        let carries_pull_requests = self
            .members(at)
            .any(|member| self.messages.get(member).is_some_and(|message| message.pull_request.is_some()));
        branch.is_some_and(is_long_lived) || carries_pull_requests
    }

    /// The pull request that brought a commit in by a merge that is silent for its sake.
    fn bringing_pull_request(&self, at: usize) -> Option<&PullRequestMention> {
        let owner = self.brought_by.get(at).copied().flatten()? as usize;
        let message = self.messages.get(owner)?;
        if self.is_train(owner, message) { None } else { message.pull_request.as_ref() }
    }

    fn speaker(&self, at: usize) -> Option<usize> {
        let owner = self.brought_by.get(at).copied().flatten()? as usize;
        (self.roles.get(owner) == Some(&Role::Speaker) && !self.is_out(owner)).then_some(owner)
    }

    fn changes_of(&mut self, at: usize, changes: &mut Vec<Change>) {
        if self.is_out(at) {
            return;
        }
        match self.roles.get(at) {
            Some(Role::Own) if self.speaker(at).is_none() => self.own_changes(at, changes),
            Some(Role::Own) | None => {}
            Some(Role::Speaker) => self.spoken_changes(at, changes),
            Some(Role::Silent) => {
                let count = self.members(at).filter(|member| !self.is_merge(*member)).count();
                let reason = match count {
                    0 => "a merge commit that brings in nothing of its own".to_owned(),
                    1 => "a merge commit; the commit that it brings in stands for itself".to_owned(),
                    _ => {
                        format!("a merge commit; the {count} commits that it brings in stand for themselves")
                    }
                };
                if let Some(fate) = self.fates.get_mut(at) {
                    *fate = Some(Fate { outcome: Outcome::Merged, reason: reason.into() });
                }
            }
        }
    }

    fn own_changes(&self, at: usize, changes: &mut Vec<Change>) {
        let (Some(commit), Some(message)) = (self.commits.get(at), self.messages.get(at)) else { return };
        let mention = message.pull_request.as_ref().or_else(|| self.bringing_pull_request(at));
        let reverts_released = self.of_released.get(at).copied().unwrap_or_default();
        for entry in &message.entries {
            let mut change = self.change(entry, message, &[commit]);
            change.reverts_released = reverts_released;
            if let Some(undone) = reverted_title(&change.title).filter(|_| reverts_released) {
                change.title = undone;
            }
            change.pull_request = match entry.pull_request {
                Some(number) if mention.is_none_or(|mention| mention.number != number) => {
                    Some(Box::new(PullRequest { number, ..PullRequest::default() }))
                }
                _ => mention.map(pull_request),
            };
            changes.push(change);
        }
    }

    /// One merge speaks for all that it brings in.
    fn spoken_changes(&mut self, at: usize, changes: &mut Vec<Change>) {
        let (Some(commit), Some(message)) = (self.commits.get(at), self.messages.get(at)) else { return };
        let own: Vec<usize> =
            self.members(at).filter(|member| !self.is_merge(*member) && !self.is_out(*member)).collect();
        let spoken: Vec<&Commit> =
            own.iter().filter_map(|member| self.commits.get(*member)).copied().collect();
        let Some(entry) = message.entries.first() else { return };
        let mut all = vec![*commit];
        all.extend(spoken);
        let mut change = self.change(entry, message, &all);
        change.pull_request = message.pull_request.as_ref().map(pull_request);
        let untitled = message.pull_request.as_ref().is_some_and(|mention| mention.title.is_none());
        if let (true, [only]) = (untitled && entry.kind.is_none(), own.as_slice()) {
            // A merge that gives no title: its one commit has said it better.
            if let Some(entry) = self.messages.get(*only).and_then(|message| message.entries.first()) {
                change.title.clone_from(&entry.title);
                change.description.clone_from(&entry.description);
            }
        }
        for member in own {
            let Some(message) = self.messages.get(member) else { continue };
            for entry in &message.entries {
                change.breaking |= entry.breaking;
                if change.breaking_note.is_none() {
                    change.breaking_note.clone_from(&entry.breaking_note);
                }
                change.closes.extend(entry.closes.iter().cloned());
            }
        }
        change.closes.sort();
        change.closes.dedup();
        changes.push(change);
    }

    fn change(&self, entry: &Entry, message: &Message, commits: &[&Commit]) -> Change {
        let title = if entry.title.is_empty() { "(no message)".to_owned() } else { entry.title.clone() };
        let mut touches: Vec<u16> =
            commits.iter().flat_map(|commit| commit.touches.iter().copied()).collect();
        touches.sort_unstable();
        touches.dedup();
        Change {
            title,
            description: entry.description.clone(),
            kind: entry.kind.clone(),
            scope: entry.scope.clone(),
            breaking: entry.breaking,
            breaking_note: entry.breaking_note.clone(),
            commits: commits.iter().map(|commit| commit.id).collect::<Vec<ObjectId>>(),
            pull_request: None,
            other_references: message.other_references.clone(),
            authors: self.authors(message, commits),
            closes: entry.closes.clone(),
            trailers: entry.trailers.clone(),
            touches,
            components: Vec::new(),
            reverts_released: false,
        }
    }

    /// The authors of the commits (of a merge: of what it brings in), then those whom the message names.
    fn authors(&self, message: &Message, commits: &[&Commit]) -> Vec<Arc<Person>> {
        let mut authors: Vec<Arc<Person>> = Vec::new();
        let mut add = |person: Arc<Person>| {
            let known = authors.iter().any(|other| {
                *other == person
                    || (!person.email.is_empty() && other.email.eq_ignore_ascii_case(&person.email))
            });
            if !known {
                authors.push(person);
            }
        };
        let brought = if commits.len() > 1 { commits.get(1..).unwrap_or_default() } else { commits };
        brought.iter().rev().for_each(|commit| add(Arc::clone(&commit.author)));
        for person in &message.co_authors {
            add(Arc::new((self.around.mapped)(person.clone())));
        }
        authors
    }
}

/// The subject in git's own `Revert "…"`: the section says already that it is a revert.
fn reverted_title(title: &str) -> Option<String> {
    let inner = title.strip_prefix("Revert \"")?.strip_suffix('"')?;
    (!inner.is_empty()).then(|| inner.to_owned())
}

fn pull_request(mention: &PullRequestMention) -> Box<PullRequest> {
    Box::new(PullRequest {
        number: mention.number,
        title: mention.title.clone(),
        source_branch: mention.source_branch.clone(),
        target_branch: mention.target_branch.clone(),
        ..PullRequest::default()
    })
}

/// Whether a branch is one that lives on after it was merged.
fn is_long_lived(branch: &str) -> bool {
    const NAMES: [&str; 15] = [
        "main",
        "master",
        "trunk",
        "develop",
        "development",
        "dev",
        "next",
        "staging",
        "stage",
        "production",
        "prod",
        "release",
        "preprod",
        "uat",
        "qa",
    ];
    let name = branch.rsplit_once(':').map_or(branch, |(_, name)| name);
    let name = name.strip_prefix("origin/").unwrap_or(name);
    let last = name.rsplit('/').next().unwrap_or(name);
    NAMES.contains(&name)
        || NAMES.contains(&last) && !name.starts_with("feature")
        || name.starts_with("release/")
}
