//! Collects the authors of a change.

use std::{collections::HashSet, sync::Arc};

use crate::{
    messages::Message,
    model::{Commit, Person},
};

use super::lookups::Lookups;

/// The authors of the commits (of a merge: of the commits it introduces), oldest first, then the co-authors that the
/// message names; each person once.
pub(super) fn authors(message: &Message, commits: &[&Commit], lookups: Lookups<'_>) -> Vec<Arc<Person>> {
    if let ([commit], []) = (commits, message.co_authors.as_slice()) {
        return vec![Arc::clone(&commit.author)];
    }
    let mut authors: Vec<Arc<Person>> = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |person: Arc<Person>| {
        // Without an email address, people are distinguished by name.
        let name = if person.email.is_empty() { person.name.clone() } else { String::new() };
        if seen.insert((person.email.to_ascii_lowercase(), name)) {
            authors.push(person);
        }
    };
    let is_merge = commits.len() > 1 && commits.first().is_some_and(|commit| commit.is_merge());
    let introduced = if is_merge { commits.get(1..).unwrap_or_default() } else { commits };
    introduced.iter().rev().for_each(|commit| add(Arc::clone(&commit.author)));
    for person in &message.co_authors {
        add(Arc::new((lookups.mailmap)(person.clone())));
    }
    authors
}
