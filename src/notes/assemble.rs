//! A window with its changes to a release: outcomes, contributors, attention, figures, addresses.
//!
//! What comes in has been decided: which commits, which changes, which sections. Here it is put together into the value
//! that is rendered. It reads nothing.

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;

use crate::{
    changes::Grouped,
    forge::Links,
    history::{Point, Window},
    messages::Message,
    model::{
        Attention, Base, Change, Commit, CommitOutcome, Contributor, ForgeFacts, IdMap, Outcome, PathChange,
        PathChangeKind, Person, Place, Release, Statistics,
    },
    notes::options::{AttentionRule, Line},
    rules::{Classified, is_bot_name},
};

/// A window with what was made of it.
pub(super) struct JudgedWindow<'a> {
    /// The window.
    pub(super) window: &'a Window,
    /// Its commits, newest first.
    pub(super) commits: &'a [&'a Commit],
    /// Their messages, in the same order.
    pub(super) messages: &'a [&'a Message],
    /// What became of the commits that make no change.
    pub(super) grouped: &'a Grouped,
    /// The sections, and what is hidden.
    pub(super) classified: Classified,
}

/// What a release is called, and when it is from.
pub(super) struct Identity<'a> {
    /// The tag that a named but untagged version will have.
    pub(super) tag: Option<String>,
    /// Its date.
    pub(super) date: Option<NaiveDate>,
    /// Days from its base to it; `None` where it has no base.
    pub(super) days_since_base: Option<i64>,
    /// What it is called where it is neither a version nor what is unreleased.
    pub(super) place: Option<&'a Place>,
    /// The package, in a repository of several.
    pub(super) package: Option<&'a str>,
    /// The names of the declared environments.
    pub(super) environments: &'a [String],
    /// The pages of the repository.
    pub(super) links: Option<Links<'a>>,
}

/// What differs between a window's ends, and which of it counts.
pub(super) struct ChangedPaths<'a> {
    /// The paths that differ between base and version.
    pub(super) changed: &'a [PathChange],
    /// The rule of each of their path sets.
    pub(super) attention: &'a [AttentionRule],
    /// The line, which may be about some paths alone.
    pub(super) line: &'a Line,
}

/// Who is named as a contributor, and how.
pub(super) struct People<'a> {
    /// Authors that are not named.
    pub(super) excluded: &'a dyn Fn(&Person) -> bool,
    /// Whether nothing of a person's was released before; `None` where that is not known.
    pub(super) first_time: &'a dyn Fn(&Person) -> Option<bool>,
    /// What a forge knows of them.
    pub(super) forge: &'a ForgeFacts,
}

/// Puts a release together.
#[must_use]
pub(super) fn assemble(
    judged: JudgedWindow<'_>,
    identity: Identity<'_>,
    paths: &ChangedPaths<'_>,
    people: &People<'_>,
) -> Release {
    let outcomes = outcomes(&judged, paths.line);
    let contributors = contributors(&judged, paths.line, people);
    let JudgedWindow { window, classified, .. } = judged;
    let bump = classified.bump();
    let mut sections = classified.sections;
    if let Some(links) = identity.links {
        sections.iter_mut().flat_map(|section| &mut section.changes).for_each(|change| link(change, links));
    }
    let target = &window.target;
    let environment = |index: &usize| identity.environments.get(*index).cloned();
    Release {
        prerelease: target.version.as_ref().is_some_and(crate::model::Version::is_prerelease),
        version: target.version.clone(),
        place: identity.place.cloned(),
        compare_url: compare_url(window, &identity),
        tag: target.tag.as_ref().map(|tag| tag.name.clone()).or(identity.tag),
        commit: target.commit,
        date: identity.date,
        package: identity.package.map(str::to_owned),
        rollback: window.rollback,
        environments: window.environments.iter().filter_map(environment).collect(),
        prereleases: window.prereleases.clone(),
        skipped: Vec::new(),
        base: window.base.as_ref().map(base),
        bump,
        statistics: Statistics {
            commits: outcomes.len(),
            changes: sections.iter().map(|section| section.changes.len()).sum(),
            contributors: contributors.iter().filter(|contributor| !contributor.bot).count(),
            days_since_base: identity.days_since_base,
        },
        sections,
        contributors,
        attention: attention(paths, window.rollback),
        commits: outcomes,
    }
}

fn base(point: &Point) -> Base {
    Base {
        version: point.version.clone(),
        tag: point.tag.as_ref().map(|tag| tag.name.clone()),
        commit: point.commit,
    }
}

/// What a point is called in an address: its tag, else its commit.
fn name(point: &Point, tag: Option<&String>) -> String {
    let own = point.tag.as_ref().map(|tag| &tag.name);
    own.or(tag).cloned().unwrap_or_else(|| point.commit.to_string().chars().take(12).collect())
}

fn compare_url(window: &Window, identity: &Identity<'_>) -> Option<String> {
    let base = name(window.base.as_ref()?, None);
    let target = name(&window.target, identity.tag.as_ref());
    let (older, newer) = if window.rollback { (target, base) } else { (base, target) };
    identity.links.map(|links| links.compare(&older, &newer))
}

fn link(change: &mut Change, links: Links<'_>) {
    if let Some(pull_request) = &mut change.pull_request {
        let number = pull_request.number;
        pull_request.url.get_or_insert_with(|| links.pull_request(number));
    }
    for issue in &mut change.closes {
        if issue.url.is_none() {
            issue.url = links.issue(issue.number, issue.repository.as_deref());
        }
    }
}

/// What became of each commit. One that makes several changes is listed if one of them is.
fn outcomes(judged: &JudgedWindow<'_>, line: &Line) -> Vec<CommitOutcome> {
    let JudgedWindow { commits, messages, grouped, classified, .. } = judged;
    let mut placed: IdMap<(Outcome, Option<Arc<str>>, Arc<str>)> = IdMap::default();
    // Few enough to be gone through.
    let mut names: Vec<Arc<str>> = Vec::new();
    for place in classified.changes() {
        let section = place.section.map(|id| {
            let known = names.iter().find(|name| ***name == *id).cloned();
            known.unwrap_or_else(|| {
                let name: Arc<str> = id.into();
                names.push(Arc::clone(&name));
                name
            })
        });
        for id in &place.change.commits {
            let outcome = place.outcome();
            placed.entry(*id).or_insert_with(|| (outcome, section.clone(), Arc::clone(place.reason)));
        }
    }
    let lost: Arc<str> = "nothing was made of it".into();
    let mut outcomes = Vec::with_capacity(commits.len());
    for ((commit, message), unlisted) in commits.iter().zip(*messages).zip(grouped.outcomes.iter()) {
        let known = placed.remove(&commit.id);
        if known.is_none() && !line.takes(&commit.touches) {
            continue;
        }
        let (outcome, section, reason) = match (unlisted, known) {
            (Some(unlisted), _) => (unlisted.outcome, None, Arc::clone(&unlisted.reason)),
            (None, Some(known)) => known,
            (None, None) => (Outcome::Hidden, None, Arc::clone(&lost)),
        };
        let subject =
            if message.subject.is_empty() { "(no message)".into() } else { Arc::clone(&message.subject) };
        outcomes.push(CommitOutcome { id: commit.id, subject, outcome, section, reason });
    }
    outcomes
}

/// Who took part: most commits first, then by name. Merge commits, and what counts as never having happened, are nobody's.
fn contributors(judged: &JudgedWindow<'_>, line: &Line, known: &People<'_>) -> Vec<Contributor> {
    let JudgedWindow { commits, classified, .. } = judged;
    let skipped = classified.hidden.iter().filter(|hidden| hidden.skipped);
    let skipped: crate::model::IdSet =
        skipped.flat_map(|hidden| hidden.change.commits.iter().copied()).collect();
    let mut named: IdMap<&[Arc<Person>]> = IdMap::default();
    for place in classified.changes() {
        if let [only] = place.change.commits.as_slice() {
            named.insert(*only, &place.change.authors);
        }
    }
    // First by where they lie in memory, since a person is shared; only then by the address, which several may have.
    let (mut people, mut places): (Vec<(&Arc<Person>, usize)>, HashMap<_, usize>) = Default::default();
    for commit in *commits {
        if !line.takes(&commit.touches) || commit.is_merge() || skipped.contains(&commit.id) {
            continue;
        }
        for person in named.get(&commit.id).copied().unwrap_or(std::slice::from_ref(&commit.author)) {
            let place = *places.entry(Arc::as_ptr(person)).or_insert_with(|| {
                people.push((person, 0));
                people.len() - 1
            });
            people.get_mut(place).into_iter().for_each(|(_, commits)| *commits += 1);
        }
    }
    let mut counts: HashMap<String, (Arc<Person>, usize)> = HashMap::new();
    for (person, commits) in people {
        let key = if person.email.is_empty() { person.name.clone() } else { person.email.to_lowercase() };
        counts.entry(key).or_insert_with(|| (Arc::clone(person), 0)).1 += commits;
    }
    let mut contributors: Vec<Contributor> = counts
        .into_values()
        .filter(|(person, _)| !(known.excluded)(person))
        .map(|(person, commits)| {
            let login = known
                .forge
                .logins
                .get(&person.email.to_lowercase())
                .cloned()
                .or_else(|| login(&person.email));
            let told = known.forge.newcomers.as_ref().zip(login.as_ref());
            Contributor {
                first_time: told
                    .map(|(newcomers, login)| newcomers.contains(login))
                    .or_else(|| (known.first_time)(&person)),
                bot: is_bot_name(&person.name) || login.as_deref().is_some_and(is_bot_name),
                login,
                commits,
                person,
            }
        })
        .collect();
    contributors.sort_by(Contributor::order);
    contributors
}

/// The login in a forge's no-reply address: `123+login@users.noreply.github.com`.
fn login(email: &str) -> Option<String> {
    let (user, host) = email.split_once('@')?;
    let is_noreply = host.starts_with("users.noreply.") || host.starts_with("noreply.");
    let login = user.split_once('+').map_or(user, |(_, login)| login);
    let is_login =
        !login.is_empty() && login.chars().all(|c| c.is_ascii_alphanumeric() || "-_[]".contains(c));
    (is_noreply && is_login).then(|| login.to_owned())
}

/// What operators must do or know, in the order of the rules; a path stands under the first rule that it fits.
fn attention(paths: &ChangedPaths<'_>, rollback: bool) -> Vec<Attention> {
    let mut items: Vec<Attention> = Vec::new();
    for path in paths.changed {
        // Going back, what was added in between is what operators must know of.
        let kind = match (rollback, path.kind) {
            (true, PathChangeKind::Added) => PathChangeKind::Deleted,
            (true, PathChangeKind::Deleted) => PathChangeKind::Added,
            (_, kind) => kind,
        };
        let fits =
            |rule: &&AttentionRule| rule.on.contains(&kind) || (rollback && rule.on.contains(&path.kind));
        let rule = path.sets.iter().filter_map(|set| paths.attention.get(set.index())).find(fits);
        let Some(rule) = rule else { continue };
        Attention::add(&mut items, &rule.kind, rule.title.as_deref(), [path.path.clone()]);
    }
    let place = |item: &Attention| paths.attention.iter().position(|rule| rule.kind == item.kind);
    items.sort_by_key(place);
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitfall_20_noreply_addresses_tell_the_login() {
        assert_eq!(login("123+octo-cat@users.noreply.github.com").as_deref(), Some("octo-cat"));
        assert_eq!(login("octo-cat@users.noreply.github.com").as_deref(), Some("octo-cat"));
        assert_eq!(login("a@example.com"), None);
        assert_eq!(login("evil name@users.noreply.github.com"), None);
    }
}
