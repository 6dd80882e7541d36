//! Determines the contributors of a release, and names the authors of its changes as the same people.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    model::{Change, Commit, Contributor, ForgeFacts, IdMap, IdSet, Person},
    rules::{self, Classified},
};

use super::{
    first_seen::FirstSeen,
    options::Line,
    people::{KnownLogins, People},
};

/// Who is a contributor, and what is known about people.
pub(super) struct ContributorOptions<'a> {
    /// Patterns of names, addresses and logins to leave out.
    pub(super) excluded: &'a [regex::Regex],
    /// Whether bots and coding assistants are contributors.
    pub(super) bots: bool,
    /// The forge's data about people.
    pub(super) forge: &'a ForgeFacts,
    /// The host of the forge, lower case; empty if unknown.
    pub(super) host: &'a str,
    /// In which window each person was first seen, and the index of this window; `None` if not known.
    pub(super) first_seen: Option<(&'a FirstSeen, usize)>,
}

/// One person of a window.
struct Participant {
    /// The identities, each with its number of commits.
    identities: Vec<(Arc<Person>, usize)>,
    is_bot: bool,
}

/// The contributors of a window: bots last, most commits first, then by name. Merge commits and skipped changes do not
/// count. The authors of the changes become these people, and those that are not contributors because they are bots are
/// removed.
pub(super) fn contributors(
    commits: &[&Commit],
    classified: &mut Classified,
    line: &Line,
    options: &ContributorOptions<'_>,
) -> Vec<Contributor> {
    let identities = identities(commits, classified, line);
    let logins = KnownLogins { by_email: &options.forge.logins, host: options.host };
    let people = People::new(identities.iter().map(|(person, _)| Arc::clone(person)), logins);
    let bots = bot_logins(classified);
    let mut participants: HashMap<usize, Participant> = HashMap::new();
    for (person, commits) in identities {
        let Some(number) = people.number(&person) else { continue };
        let empty = || Participant { identities: Vec::new(), is_bot: false };
        let participant = participants.entry(number).or_insert_with(empty);
        let login = logins.account(&person.email).map(|account| account.login);
        participant.is_bot |= rules::is_bot(&person)
            || login.is_some_and(|login| {
                rules::is_bot_name(&login) || rules::is_assistant_name(&login) || bots.contains(&login)
            });
        participant.identities.push((person, commits));
    }
    for participant in participants.values_mut() {
        // The identity with most commits represents the person.
        participant
            .identities
            .sort_by(|(one, commits), (other, more)| more.cmp(commits).then_with(|| one.cmp(other)));
    }
    for section in &mut classified.sections {
        section
            .changes
            .iter_mut()
            .for_each(|change| name_authors(change, (&people, &participants), options.bots));
    }
    let mut contributors: Vec<Contributor> = participants
        .into_values()
        .filter_map(|participant| contributor(participant, logins, options))
        .collect();
    contributors.sort_by(Contributor::order);
    contributors
}

/// Everyone in the window, with the number of commits; 0 for those that are only named as authors of a change.
fn identities(commits: &[&Commit], classified: &Classified, line: &Line) -> Vec<(Arc<Person>, usize)> {
    let skipped = classified.hidden.iter().filter(|hidden| hidden.skipped);
    let skipped: IdSet = skipped.flat_map(|hidden| hidden.change.commits.iter().copied()).collect();
    let mut authors_of: IdMap<&[Arc<Person>]> = IdMap::default();
    for classified in classified.changes() {
        if let [only] = classified.change.commits.as_slice() {
            authors_of.insert(*only, &classified.change.authors);
        }
    }
    // Equal people are mostly shared: count by pointer first.
    let (mut by_pointer, mut indices): (Vec<(&Arc<Person>, usize)>, HashMap<_, usize>) = Default::default();
    let mut add = |person, commits: usize| {
        let index = *indices.entry(Arc::as_ptr(person)).or_insert_with(|| {
            by_pointer.push((person, 0));
            by_pointer.len() - 1
        });
        by_pointer.get_mut(index).into_iter().for_each(|(_, count)| *count += commits);
    };
    for commit in commits {
        if !line.includes(&commit.touches) || commit.is_merge() || skipped.contains(&commit.id) {
            continue;
        }
        for person in authors_of.get(&commit.id).copied().unwrap_or(std::slice::from_ref(&commit.author)) {
            add(person, 1);
        }
    }
    for change in classified.sections.iter().flat_map(|section| &section.changes) {
        change.authors.iter().for_each(|person| add(person, 0));
    }
    let mut counts: HashMap<&Arc<Person>, usize> = HashMap::new();
    by_pointer.into_iter().for_each(|(person, commits)| *counts.entry(person).or_default() += commits);
    counts.into_iter().map(|(person, commits)| (Arc::clone(person), commits)).collect()
}

/// The logins that the forge marks as bots.
fn bot_logins(classified: &Classified) -> HashSet<String> {
    let pull_requests = classified.changes().filter_map(|it| it.change.pull_request.as_deref());
    pull_requests.filter(|it| it.author_is_bot).filter_map(|it| it.author.clone()).collect()
}

/// Replaces the authors of a change by the people that they are, each once.
fn name_authors(
    change: &mut Change,
    (people, participants): (&People, &HashMap<usize, Participant>),
    bots: bool,
) {
    let mut seen = HashSet::new();
    change.authors.retain_mut(|author| {
        let Some(number) = people.number(author) else { return true };
        let Some(participant) = participants.get(&number) else { return true };
        if let Some((person, _)) = participant.identities.first() {
            *author = Arc::clone(person);
        }
        seen.insert(number) && (bots || !participant.is_bot)
    });
}

/// The contributor that a participant is; `None` if they have no commits, or are left out.
fn contributor(
    participant: Participant,
    logins: KnownLogins<'_>,
    options: &ContributorOptions<'_>,
) -> Option<Contributor> {
    let Participant { identities, is_bot } = participant;
    let commits: usize = identities.iter().map(|(_, commits)| commits).sum();
    let accounts = identities.iter().filter_map(|(person, _)| logins.account(&person.email));
    let known: Vec<String> = accounts.map(|account| account.login).collect();
    let is_excluded = |text: &str| options.excluded.iter().any(|pattern| pattern.is_match(text));
    let is_left_out = (is_bot && !options.bots)
        || known.iter().any(|login| is_excluded(login))
        || identities.iter().any(|(person, _)| is_excluded(&format!("{} <{}>", person.name, person.email)));
    let (person, _) = identities.first().filter(|_| commits > 0 && !is_left_out)?;
    let newcomers = options.forge.newcomers.as_ref().filter(|_| !known.is_empty());
    let from_forge = newcomers.map(|newcomers| known.iter().all(|login| newcomers.contains(login)));
    let from_history = || {
        let (seen, window) = options.first_seen?;
        Some(seen.is_first(identities.iter().map(|(person, _)| &**person), window))
    };
    Some(Contributor {
        person: Arc::clone(person),
        first_time: from_forge.or_else(from_history),
        login: known.into_iter().next(),
        commits,
        bot: is_bot,
    })
}
