//! Resolves which changes of a window are merged into which.

use crate::model::{Change, Correction, Merging};

use super::{
    error::Error,
    resolved::{MergeTarget, issues, pull_requests},
};

/// Sets which changes are merged into which. `merges` has the position of each change to merge, its target, and the
/// entry that says so. Returns the entries whose target is not in the window.
pub(super) fn set_merging(
    file: &str,
    changes: &mut [Change],
    merges: Vec<(usize, MergeTarget, String)>,
) -> Result<Vec<String>, Error> {
    let mut targets: Vec<Option<usize>> = vec![None; changes.len()];
    let (mut missing, mut found) = (Vec::new(), Vec::new());
    for (at, target, entry) in merges {
        match position(changes, target) {
            Some(position) => {
                if let Some(slot) = targets.get_mut(at) {
                    *slot = Some(position);
                }
                found.push((at, entry));
            }
            None => missing.push(entry),
        }
    }
    for (at, entry) in found {
        let Some(root) = root(&targets, at) else {
            return Err(Error::Cycle { file: file.to_owned(), entry });
        };
        for (position, merging) in [(at, Merging::Into(root)), (root, Merging::Target(root))] {
            if let Some(change) = changes.get_mut(position) {
                let correction = change.correction.get_or_insert_with(|| {
                    Box::new(Correction { file: file.into(), ..Correction::default() })
                });
                correction.merging = Some(merging);
            }
        }
    }
    Ok(missing)
}

/// The position of the change that is listed in the end; `None` if there is none because of a cycle.
fn root(targets: &[Option<usize>], from: usize) -> Option<usize> {
    let next = |at: &usize| targets.get(*at).copied().flatten();
    let path = std::iter::successors(Some(from), next).take(targets.len() + 1);
    path.last().filter(|last| next(last).is_none())
}

fn position(changes: &[Change], target: MergeTarget) -> Option<usize> {
    match target {
        MergeTarget::Commit(id, ordinal) => changes.iter().position(|change| {
            change.commits.contains(&id) && ordinal.is_none_or(|ordinal| ordinal == change.ordinal.max(1))
        }),
        MergeTarget::Number(number) => {
            let of_own = |change: &Change| change.pull_request.as_ref().is_some_and(|it| it.number == number);
            let is_named =
                |change: &Change| pull_requests(change).chain(issues(change)).any(|it| it == number);
            changes.iter().position(of_own).or_else(|| changes.iter().position(is_named))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chain_ends_at_its_last_change_and_a_cycle_has_no_end() {
        let targets = [Some(1), Some(2), None, Some(4), Some(3), Some(5)];
        let roots: Vec<_> = (0..targets.len()).map(|at| root(&targets, at)).collect();
        assert_eq!(roots, [Some(2), Some(2), Some(2), None, None, None]);
    }
}
