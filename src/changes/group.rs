//! Commits of a window to changes.
//!
//! A change is what a reader would call one: a squashed pull request, a merged one, or a commit. A merge commit never
//! stands beside the commits it brings in: either it speaks for them (a pull request whose commits say nothing in
//! conventional form) or they speak for themselves. Whatever makes no change has a reason.

use std::{collections::BTreeMap, sync::Arc};

use crate::model::{Change, Commit, ObjectId, Outcome, Person, PullRequest};

use super::{
    duplicates::{self, Elsewhere, PatchId, Rank},
    merges,
    message::{Entry, Heard, Message, MessageKind, PullRequestMention},
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
    /// Applies `.mailmap` to people named in messages.
    pub mapped: &'a dyn Fn(Person) -> Person,
    /// The pull requests that a forge told of, by their numbers.
    pub pull_requests: &'a BTreeMap<u64, PullRequest>,
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
    grouping.silence();
    grouping.gather_rebased();
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
        let reverts = reverts::find(self.commits, self.messages, &self.brought_by);
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

    /// Takes out the pull requests that say of themselves that they need no note.
    fn silence(&mut self) {
        for at in 0..self.commits.len() {
            let message = self.messages.get(at);
            let own = message.and_then(|message| message.pull_request.as_ref());
            let mention = own.or_else(|| self.bringing_pull_request(at));
            let silent =
                mention.filter(|mention| mention.heard.as_ref().is_some_and(|heard| heard.is_silent));
            if let (Some(mention), false) = (silent, self.is_out(at)) {
                let reason =
                    format!("the pull request #{} says that it needs no release note", mention.number);
                if let Some(fate) = self.fates.get_mut(at) {
                    *fate = Some(Fate { outcome: Outcome::Hidden, reason: reason.into() });
                }
            }
        }
    }

    /// Puts the commits of a pull request that was merged by rebasing under the newest of them, as those of a merge are under the merge.
    fn gather_rebased(&mut self) {
        let mut rebased: BTreeMap<(u64, Option<u32>), Vec<usize>> = BTreeMap::new();
        for (at, message) in self.messages.iter().enumerate() {
            let mention = message.pull_request.as_ref().filter(|mention| {
                mention.heard.as_ref().is_some_and(|heard| heard.is_associated)
                    && !self.is_merge(at)
                    && !self.is_out(at)
            });
            if let Some(mention) = mention {
                let owner = self.brought_by.get(at).copied().flatten();
                rebased.entry((mention.number, owner)).or_default().push(at);
            }
        }
        for (first, others) in rebased.values().filter_map(|commits| commits.split_first()) {
            let leader = u32::try_from(*first).ok();
            for other in others {
                if let (Some(owner), Some(members), Ok(member)) =
                    (self.brought_by.get_mut(*other), self.members.get_mut(*first), u32::try_from(*other))
                {
                    *owner = leader;
                    members.push(member);
                }
            }
        }
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
        let Some(message) = self.messages.get(at) else { return Role::Own };
        let is_merge = self.is_merge(at);
        let brings = self.members(at).any(|member| !self.is_merge(member) && !self.is_out(member));
        if !is_merge && !brings {
            return Role::Own;
        }
        // The commits of a rebase speak for themselves, the newest among them; a merge then has nothing to say.
        let otherwise = if is_merge { Role::Silent } else { Role::Own };
        let may_speak = message.pull_request.is_some() || self.is_conventional(at);
        if !may_speak || !brings || (is_merge && self.is_train(at, message)) {
            return otherwise;
        }
        let conventional = || {
            (!is_merge && self.is_conventional(at))
                || self.members(at).any(|member| !self.is_merge(member) && self.is_conventional(member))
        };
        let must_speak = heard(message.pull_request.as_ref()).is_some_and(|heard| heard.speaks);
        match self.around.unit {
            Unit::Commit => otherwise,
            Unit::PullRequest => Role::Speaker,
            Unit::Auto if !must_speak && conventional() => otherwise,
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
        branch.is_some_and(merges::is_long_lived) || carries_pull_requests
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
        let own = message.pull_request.as_ref();
        let mention = own.or_else(|| self.bringing_pull_request(at));
        let reverts_released = self.of_released.get(at).copied().unwrap_or_default();
        let told =
            heard(own).filter(|heard| self.stands_alone(at) && is_better(&heard.entries, message, heard));
        for entry in told.map_or(message.entries.as_slice(), |heard| heard.entries.as_slice()) {
            let mut change = self.change(entry, message, &[commit]);
            change.reverts_released = reverts_released;
            if let Some(undone) = reverted_title(&change.title).filter(|_| reverts_released) {
                change.title = undone;
            }
            match entry.pull_request {
                Some(number) if mention.is_none_or(|mention| mention.number != number) => {
                    let known = self.around.pull_requests.get(&number).cloned();
                    let known = known.unwrap_or_else(|| PullRequest { number, ..PullRequest::default() });
                    change.pull_request = Some(Box::new(known));
                }
                _ => self.attach(&mut change, mention, own.is_some()),
            }
            changes.push(change);
        }
    }

    /// Whether a commit is all that its pull request brought in.
    fn stands_alone(&self, at: usize) -> bool {
        let number = |at: usize| Some(self.messages.get(at)?.pull_request.as_ref()?.number);
        let leader = self.brought_by.get(at).copied().flatten();
        let is_led = leader.is_some_and(|leader| number(leader as usize) == number(at));
        !is_led && self.members(at).next().is_none()
    }

    /// Puts the pull request to its change; what closes with it too, and its reason where it is the change's `own`.
    fn attach(&self, change: &mut Change, mention: Option<&PullRequestMention>, own: bool) {
        let Some(mention) = mention else { return };
        let known = self.around.pull_requests.get(&mention.number).map(|known| Box::new(known.clone()));
        if let Some(reason) = heard(Some(mention)).and_then(|heard| heard.reason.clone()).filter(|_| own) {
            change.description = Some(reason);
        }
        if let Some(known) = known.as_ref().filter(|_| own) {
            // The forge names the page of an issue that the message only numbers.
            for issue in &known.closes {
                change
                    .closes
                    .retain(|own| (own.number, &own.repository) != (issue.number, &issue.repository));
                change.closes.push(issue.clone());
            }
            change.closes.sort();
        }
        change.pull_request = Some(known.unwrap_or_else(|| pull_request(mention)));
    }

    /// A merge, or the newest commit of a rebase, speaks for all that the pull request brings in.
    fn spoken_changes(&mut self, at: usize, changes: &mut Vec<Change>) {
        let (Some(commit), Some(message)) = (self.commits.get(at), self.messages.get(at)) else { return };
        let own: Vec<usize> =
            self.members(at).filter(|member| !self.is_merge(*member) && !self.is_out(*member)).collect();
        let spoken: Vec<&Commit> =
            own.iter().filter_map(|member| self.commits.get(*member)).copied().collect();
        let mut all = vec![*commit];
        all.extend(spoken);
        let told = heard(message.pull_request.as_ref()).map(|heard| heard.entries.as_slice());
        let entries = told.unwrap_or_else(|| message.entries.get(..1).unwrap_or_default());
        let first = changes.len();
        for entry in entries {
            let mut change = self.change(entry, message, &all);
            self.attach(&mut change, message.pull_request.as_ref(), true);
            changes.push(change);
        }
        let Some(change) = changes.get_mut(first) else { return };
        let untitled = message.pull_request.as_ref().is_some_and(|mention| mention.title.is_none());
        if let (true, false, [only]) = (untitled && change.kind.is_none(), told.is_some(), own.as_slice()) {
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
        change.closes.dedup_by(|a, b| (a.number, &a.repository) == (b.number, &b.repository));
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
            names_version: false,
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
        let is_merge = commits.len() > 1 && commits.first().is_some_and(|commit| commit.is_merge());
        let brought = if is_merge { commits.get(1..).unwrap_or_default() } else { commits };
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

fn heard(mention: Option<&PullRequestMention>) -> Option<&Heard> {
    mention?.heard.as_deref().filter(|heard| !heard.entries.is_empty())
}

/// Whether the pull request says better than the message what was done: it corrects it, or it alone is conventional.
fn is_better(told: &[Entry], message: &Message, heard: &Heard) -> bool {
    let is_conventional = |entries: &[Entry]| entries.iter().any(|entry| entry.kind.is_some());
    heard.speaks || (is_conventional(told) && !is_conventional(&message.entries))
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
