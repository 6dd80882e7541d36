//! Finds the first window of each person in the whole history.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use memchr::memmem::Finder;

use crate::{git, messages, model::Person};

use super::{
    people::{KnownLogins, People},
    window_data::{Messages, WindowData},
};

/// The first window of each person, of the windows of a line.
pub(super) struct FirstSeen {
    people: People,
    /// The index of the oldest window of each person, by the person's number.
    windows: HashMap<usize, usize>,
}

impl FirstSeen {
    /// Finds the oldest window with a commit of each author and co-author.
    pub(super) fn new(
        data: &WindowData,
        options: &messages::Options,
        commits: &git::Commits<'_>,
        host: &str,
    ) -> Self {
        let mut seen: Vec<(Arc<Person>, usize)> = Vec::new();
        // A history has many commits but few people, which are shared: skip those seen before by their pointer.
        let mut pointers = HashSet::new();
        let co_author = Finder::new("uthored-");
        let mut named = HashSet::new();
        for (order, window) in data.selected.windows.iter().enumerate().rev() {
            for at in &window.commits {
                let at = *at as usize;
                let Some(commit) = data.selected.commits.get(at).filter(|commit| !commit.is_merge()) else {
                    continue;
                };
                if pointers.insert(Arc::as_ptr(&commit.author)) {
                    seen.push((Arc::clone(&commit.author), order));
                }
                // Parsing all messages of a long history takes time, and few of them name co-authors.
                let may_name = match &data.messages {
                    Messages::Parsed(_) => true,
                    Messages::Unparsed(_) => co_author.find(commit.message.as_bytes()).is_some(),
                };
                let message = if may_name { data.commit(at, options) } else { None };
                let Some((_, message)) = message else { continue };
                for person in &message.co_authors {
                    if named.insert(person.clone()) {
                        seen.push((Arc::new(commits.apply_mailmap(person.clone())), order));
                    }
                }
            }
        }
        let logins = KnownLogins { by_email: &data.forge.logins, host };
        let people = People::new(seen.iter().map(|(person, _)| Arc::clone(person)), logins);
        let mut windows = HashMap::new();
        for (person, order) in &seen {
            if let Some(number) = people.number(person) {
                // The oldest window comes last.
                let oldest = windows.entry(number).or_insert(*order);
                *oldest = (*oldest).max(*order);
            }
        }
        Self { people, windows }
    }

    /// Whether the window with this index is the first one of a person with these identities.
    pub(super) fn is_first<'p>(&self, identities: impl Iterator<Item = &'p Person>, window: usize) -> bool {
        let numbers = identities.filter_map(|person| self.people.number(person));
        numbers.filter_map(|number| self.windows.get(&number)).all(|first| *first <= window)
    }
}
