//! Finds the changes that only edit the corrections file: they are about the notes, not about the product.

use crate::{
    git,
    model::{Change, Commit, Correction, IdMap},
    notes::{error::Error, options::Options},
};

/// Marks the changes all of whose commits touch only the corrections file.
pub(super) fn mark(
    changes: &mut [Change],
    by_id: &IdMap<&Commit>,
    files: &mut git::CommitFiles<'_>,
    (options, allows_missing_trees): (&Options, bool),
) -> Result<(), Error> {
    let Some(set) = options.corrections.path_set else { return Ok(()) };
    let file = &options.corrections.file;
    for change in changes.iter_mut().filter(|change| change.touches.contains(&set)) {
        let mut is_only = true;
        for commit in change.commits.iter().filter_map(|id| by_id.get(id)) {
            let visited = files.visit(commit, &mut |path, _| {
                is_only = is_only && path == &**file;
                is_only
            });
            match visited {
                Err(git::Error::Missing { .. }) if allows_missing_trees => is_only = false,
                visited => visited?,
            }
        }
        if is_only {
            let file = std::sync::Arc::clone(file);
            let correction = Correction { is_only_corrections: true, file, ..Correction::default() };
            change.correction = Some(Box::new(correction));
        }
    }
    Ok(())
}
