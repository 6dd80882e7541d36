//! Determines whether 💥 marks a breaking change in this project: by the configuration, else by the habit of its
//! authors. Elsewhere the emoji may mean anything.

use std::collections::{BinaryHeap, HashSet};

use crate::{
    git::{Error, Repository},
    messages,
};

/// How many subjects show the habit.
const SUBJECTS: usize = 50;

/// Whether 💥 marks a breaking change: as configured, else whether at least half of the last 50 subjects begin with a
/// gitmoji. The subjects of merges do not count, since git and forges write them.
pub(super) fn is_breaking(repository: &Repository, configured: Option<bool>) -> bool {
    // An unreadable commit is reported by the walk that needs it.
    configured.unwrap_or_else(|| uses_gitmoji(repository).unwrap_or(false))
}

fn uses_gitmoji(repository: &Repository) -> Result<bool, Error> {
    let Some(head) = repository.head()? else { return Ok(false) };
    let commits = repository.commits()?;
    let mut seen = HashSet::from([head.commit]);
    let mut waiting = BinaryHeap::from([(i64::MAX, head.commit)]);
    let (mut marked, mut plain) = (0, 0);
    while let Some((_, id)) = waiting.pop() {
        let commit = commits.commit(id)?;
        for parent in commit.parents.iter().filter(|parent| seen.insert(**parent)) {
            waiting.push((commits.node(*parent)?.seconds, *parent));
        }
        if !commit.is_merge() {
            let is_marked = messages::begins_with_gitmoji(&commit.message);
            (marked, plain) = (marked + usize::from(is_marked), plain + usize::from(!is_marked));
        }
        if plain > SUBJECTS / 2 || marked >= SUBJECTS / 2 {
            break;
        }
    }
    Ok(marked > 0 && marked >= plain)
}
