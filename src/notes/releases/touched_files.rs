//! Reads which files changes touch, as far as that can matter for their placement.

use std::collections::BTreeSet;

use crate::{
    git,
    model::{Change, Commit, FileCounts, IdMap},
    rules,
};

/// At most this many files of a change are looked at; the class of a message depends on no more.
const MAX_FILES: u32 = 300;

/// Which changes are looked at, and what may be missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reads {
    /// Whether messages without a type are read.
    pub(super) plain: bool,
    /// Whether trees may be missing; all files count as those of the product then.
    pub(super) allows_missing_trees: bool,
}

/// Sets which files changes touch. Returns whether trees were missing.
///
/// # Errors
/// If an object cannot be read.
pub(super) fn read_touched_files(
    changes: &mut [Change],
    by_id: &IdMap<&Commit>,
    files: &mut git::CommitFiles<'_>,
    reads: Reads,
) -> Result<bool, git::Error> {
    let matters = |change: &&mut Change| !change.breaking && rules::depends_on_files(change.kind.as_deref());
    for change in changes.iter_mut().filter(matters) {
        let counted = reads.plain && rules::may_be_read(change);
        // The merge of a pull request has the changes of all its commits.
        let own = change.commits.iter().filter_map(|id| by_id.get(id));
        let merge = own.clone().next().is_some_and(|first| first.is_merge());
        let (mut kinds, mut counts) = (Some(BTreeSet::new()), FileCounts::default());
        let mut visit = |path: &str, change| {
            match (rules::file_kind(path), &mut kinds) {
                (Some(kind), Some(kinds)) => _ = kinds.insert(kind),
                _ => kinds = None,
            }
            if counted {
                rules::count_file(&mut counts, path, change);
            }
            counts.total < MAX_FILES && (counted || kinds.is_some())
        };
        for commit in own.take(if merge { 1 } else { usize::MAX }) {
            match files.visit(commit, &mut visit) {
                Err(git::Error::Missing { .. }) if reads.allows_missing_trees => return Ok(true),
                done => done?,
            }
        }
        change.only_touches = kinds.unwrap_or_default().into_iter().collect();
        change.files = counted.then_some(counts);
    }
    Ok(false)
}
