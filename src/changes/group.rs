//! Commits of a window to changes.
//!
//! A change is what a reader would call one: a squashed pull request, a merged one, or a commit. A merge commit never
//! stands beside the commits it brings in: either it speaks for them (a pull request whose commits say nothing in
//! conventional form) or they speak for themselves. Whatever makes no change has a reason.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use crate::model::{Change, Commit, ObjectId, Outcome, Person, PullRequest};

use super::{
    duplicates::{self, Elsewhere, PatchId, Rank},
    merges, reverts,
    roles::{Role, heard, is_better},
};
use crate::messages::{Entry, Message, MessageKind, PullRequestMention};

/// What the entries of one message share is copied to each. Where entries times people and references are more than
/// this, which no honest message comes near, only the first entry has it all.
const CROWD: usize = 100_000;

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
        trains: Vec::new(),
        brought_by,
    };
    grouping.take_out();
    grouping.trains = (0..commits.len()).map(|at| grouping.is_merge(at) && grouping.is_train(at)).collect();
    grouping.silence();
    grouping.gather_rebased();
    grouping.roles = (0..commits.len()).map(|at| grouping.role(at)).collect();
    let mut changes = Vec::new();
    for at in 0..commits.len() {
        grouping.changes_of(at, &mut changes);
    }
    Grouped { changes, fates: grouping.fates }
}

pub(super) struct Grouping<'a> {
    pub(super) commits: &'a [&'a Commit],
    pub(super) messages: &'a [&'a Message],
    pub(super) brought_by: Vec<Option<u32>>,
    /// For each merge, what it brought in itself, newest first.
    pub(super) members: Vec<Vec<u32>>,
    pub(super) roles: Vec<Role>,
    /// Which merges move a long-lived branch on.
    pub(super) trains: Vec<bool>,
    pub(super) around: Surroundings<'a>,
    pub(super) fates: Vec<Option<Fate>>,
    pub(super) of_released: Vec<bool>,
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

    pub(super) fn is_out(&self, at: usize) -> bool {
        self.fates.get(at).is_some_and(Option::is_some)
    }

    pub(super) fn members(&self, merge: usize) -> impl Iterator<Item = usize> {
        self.members.get(merge).into_iter().flatten().map(|member| *member as usize)
    }

    pub(super) fn is_merge(&self, at: usize) -> bool {
        self.commits.get(at).is_some_and(|commit| commit.is_merge())
    }

    pub(super) fn is_conventional(&self, at: usize) -> bool {
        self.messages.get(at).is_some_and(|message| message.entries.iter().any(|entry| entry.kind.is_some()))
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
        let own = message.pull_request.as_deref();
        let mention = own.or_else(|| self.bringing_pull_request(at));
        let reverts_released = self.of_released.get(at).copied().unwrap_or_default();
        let told =
            heard(own).filter(|heard| self.stands_alone(at) && is_better(&heard.entries, message, heard));
        let entries = told.map_or(message.entries.as_slice(), |heard| heard.entries.as_slice());
        let authors = self.authors(message, &[commit]);
        let shared = authors.len() + message.other_references.len() + mention.map_or(0, title_length);
        let is_crowd = shared.saturating_mul(entries.len()) > CROWD;
        for (nth, entry) in entries.iter().enumerate() {
            let is_bare = is_crowd && nth > 0;
            let named = if is_bare { authors.get(..1).unwrap_or_default() } else { &authors };
            let mut change = self.change(entry, &[commit], named.to_vec());
            if !is_bare {
                change.other_references = message.other_references.to_vec();
            }
            change.reverts_released = reverts_released;
            if let Some(undone) = reverted_title(&change.title).filter(|_| reverts_released) {
                change.title = undone;
            }
            match entry.pull_request {
                Some(number) if mention.is_none_or(|mention| mention.number != number) => {
                    let known = self.around.pull_requests.get(&number).cloned().map(Box::new);
                    change.pull_request = Some(known.unwrap_or_else(|| numbered(number)));
                }
                _ if is_bare => {
                    change.pull_request = mention.map(|mention| numbered(mention.number));
                }
                _ => self.attach(&mut change, mention, own.is_some()),
            }
            changes.push(change);
        }
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
        let told = heard(message.pull_request.as_deref()).map(|heard| heard.entries.as_slice());
        let entries = told.unwrap_or_else(|| message.entries.get(..1).unwrap_or_default());
        let (first, authors) = (changes.len(), self.authors(message, &all));
        for entry in entries {
            let mut change = self.change(entry, &all, authors.clone());
            change.other_references = message.other_references.to_vec();
            self.attach(&mut change, message.pull_request.as_deref(), true);
            changes.push(change);
        }
        let Some(change) = changes.get_mut(first) else { return };
        let untitled = message.pull_request.as_deref().is_some_and(|mention| mention.title.is_none());
        if let (true, false, [only]) = (untitled && change.kind.is_none(), told.is_some(), own.as_slice()) {
            // A merge that gives no title: its one commit has said it better.
            if let Some(entry) = self.messages.get(*only).and_then(|message| message.entries.first()) {
                change.title = entry.title.to_string();
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

    fn change(&self, entry: &Entry, commits: &[&Commit], authors: Vec<Arc<Person>>) -> Change {
        let title = if entry.title.is_empty() { "(no message)".to_owned() } else { entry.title.to_string() };
        let mut touches: Vec<u16> =
            commits.iter().flat_map(|commit| commit.touches.iter().copied()).collect();
        touches.sort_unstable();
        touches.dedup();
        Change {
            title,
            description: entry.description.clone(),
            kind: entry.kind.as_deref().map(str::to_owned),
            scope: entry.scope.as_deref().map(str::to_owned),
            breaking: entry.breaking,
            breaking_note: entry.breaking_note.clone(),
            commits: commits.iter().map(|commit| commit.id).collect::<Vec<ObjectId>>(),
            pull_request: None,
            other_references: Vec::new(),
            authors,
            closes: entry.closes.to_vec(),
            trailers: entry.trailers.clone(),
            touches,
            components: Vec::new(),
            reverts_released: false,
            names_version: false,
        }
    }

    /// The authors of the commits (of a merge: of what it brings in), then those whom the message names.
    fn authors(&self, message: &Message, commits: &[&Commit]) -> Vec<Arc<Person>> {
        if let ([commit], []) = (commits, message.co_authors.as_slice()) {
            return vec![Arc::clone(&commit.author)];
        }
        let mut authors: Vec<Arc<Person>> = Vec::new();
        let mut known = HashSet::new();
        let mut add = |person: Arc<Person>| {
            // Without an address, the name is all there is to tell people by.
            let name = if person.email.is_empty() { person.name.clone() } else { String::new() };
            if known.insert((person.email.to_ascii_lowercase(), name)) {
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

/// How much of the pull request's title stands in for one author, in what is copied to each entry of a message.
fn title_length(mention: &PullRequestMention) -> usize {
    mention.title.as_ref().map_or(0, |title| title.len() / 32)
}

fn numbered(number: u64) -> Box<PullRequest> {
    Box::new(PullRequest { number, ..PullRequest::default() })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages;
    use crate::model::Time;

    fn id(number: u32) -> ObjectId {
        let mut id = [0; 20];
        id[..4].copy_from_slice(&number.to_le_bytes());
        ObjectId::from_bytes(id)
    }

    fn commit(number: u32, parents: &[u32], message: &str) -> Commit {
        Commit {
            id: id(number),
            tree: id(0),
            parents: parents.iter().map(|parent| id(*parent)).collect(),
            author: Arc::new(Person { name: "A".into(), email: format!("{number}@x") }),
            author_time: Time { seconds: i64::from(number), offset: 0 },
            committer_time: Time::default(),
            message: message.into(),
            undecodable: false,
            touches: Default::default(),
        }
    }

    fn changes(commits: &[Commit]) -> Vec<Change> {
        let options = messages::Options::default();
        let messages: Vec<_> =
            commits.iter().map(|it| messages::parse(&it.message, it.is_merge(), &options)).collect();
        let (commits, messages): (Vec<_>, Vec<_>) = (commits.iter().collect(), messages.iter().collect());
        let around = Surroundings {
            unit: Unit::Auto,
            elsewhere: &Elsewhere::default(),
            ranks: (None, 1),
            patch_id: &|_| None,
            named: &|_| None,
            mapped: &|person| person,
            pull_requests: &BTreeMap::new(),
        };
        group(&commits, &messages, around).changes
    }

    /// Multiplied, what is shared takes all memory there is.
    #[test]
    fn pitfall_18_what_entries_share_is_not_multiplied() {
        let bullets: String = (0..30_000).map(|at| format!("* feat: number {at}\n")).collect();
        let people: String = (0..30_000).map(|at| format!("Co-authored-by: P <{at}@y>\n")).collect();
        let references = " (#1)".repeat(30_000);
        let squash = format!("feat: x{references} (#2)\n\n{bullets}\n---------\n\n{people}");
        let found = changes(&[commit(1, &[], &squash)]);
        assert_eq!((found.len(), found[0].authors.len(), found[1].authors.len()), (30_001, 30_001, 1));
        let few = changes(&[commit(
            1,
            &[],
            "feat: x (#2)\n\n* fix: y\n\n---------\n\nCo-authored-by: P <p@y>\nCo-authored-by: P <P@y>",
        )]);
        assert_eq!((few.len(), few[0].authors.len(), few[1].authors.len()), (2, 2, 2));
    }

    /// In quadratic time, each of these takes minutes in a debug build.
    #[test]
    fn pitfall_18_a_merge_of_many_takes_no_square_of_their_number() {
        const MANY: u32 = 50_000;
        for title in ["feat: x", "x"] {
            let line = (1..=MANY).rev().map(|at| commit(at, &[at - 1], &format!("{title} {at}")));
            let merge = commit(MANY + 1, &[0, MANY], "Merge pull request #1 from u/b\n\ny");
            let commits: Vec<Commit> = std::iter::once(merge).chain(line).collect();
            let expected = if title == "x" { 1 } else { MANY as usize };
            assert_eq!(changes(&commits).len(), expected);
        }
    }
}
