//! Reads what overrides recorded history: the shallow boundary, grafts and replace refs.
//!
//! A damaged line is an error, because skipping it would silently change the notes.

use std::path::Path;

use crate::git::{Error, file::read_small, refs::files::RefStore};
use crate::model::{IdMap, IdSet, ObjectId};

/// Longest chain of replacements, as in git.
const MAX_REPLACEMENT_DEPTH: usize = 5;
/// Largest file, in bytes. `shallow` has a line for each commit of the shallow boundary.
const MAX_FILE_SIZE: u64 = 64 << 20;

/// Overrides of recorded history.
#[derive(Debug, Clone, Default)]
pub(in crate::git) struct HistoryOverrides {
    /// Commits of the shallow boundary: their parents are not in the repository.
    pub(in crate::git) shallow: IdSet,
    /// Grafted commits (`info/grafts`), with the parents to use instead of the recorded ones.
    pub(in crate::git) grafts: IdMap<Vec<ObjectId>>,
    /// Replaced objects (`refs/replace/`), with their replacements.
    pub(in crate::git) replacements: IdMap<ObjectId>,
}

impl HistoryOverrides {
    /// Reads the overrides of the repository with this common directory. Replace refs only with `use_replace_refs`.
    ///
    /// # Errors
    /// If a file or a ref is damaged.
    pub(in crate::git) fn read(
        folder: &Path,
        ref_store: &RefStore,
        use_replace_refs: bool,
    ) -> Result<Self, Error> {
        let shallow = lines(folder, "shallow", |line| match object_ids(line)?.as_slice() {
            [id] => Some(*id),
            _ => None,
        })?;
        let grafts = lines(folder, "info/grafts", |line| {
            object_ids(line)?.split_first().map(|(commit, parents)| (*commit, parents.to_vec()))
        })?;
        let replacements = if use_replace_refs { replacements(ref_store)? } else { IdMap::default() };
        Ok(Self {
            shallow: shallow.into_iter().collect(),
            grafts: grafts.into_iter().collect(),
            replacements,
        })
    }

    /// Whether history is read as recorded.
    pub(super) fn is_empty(&self) -> bool {
        self.shallow.is_empty() && self.grafts.is_empty() && self.replacements.is_empty()
    }

    /// The ID of the object to read for `id`: that of its replacement, or `id` itself.
    pub(in crate::git) fn stored_id(&self, id: ObjectId) -> Result<ObjectId, Error> {
        if self.replacements.is_empty() {
            return Ok(id);
        }
        let mut stored = id;
        for _ in 0..MAX_REPLACEMENT_DEPTH {
            match self.replacements.get(&stored) {
                Some(other) => stored = *other,
                None => return Ok(stored),
            }
        }
        Err(Error::Replacement {
            id,
            problem: "its replacements form a cycle, or too long a chain".to_owned(),
        })
    }

    /// Attributes an error to the replaced object, if `stored` is the replacement of `id`.
    pub(in crate::git) fn replacement_error(&self, id: ObjectId, stored: ObjectId, error: Error) -> Error {
        if id == stored { error } else { Error::Replacement { id, problem: error.to_string() } }
    }
}

fn replacements(ref_store: &RefStore) -> Result<IdMap<ObjectId>, Error> {
    let listing = ref_store.list("refs/replace")?;
    if let Some((name, problem)) = listing.broken.into_iter().next() {
        let name = format!("refs/replace/{}", String::from_utf8_lossy(&name));
        return Err(Error::broken_ref(&name, problem));
    }
    // As in git, a replace ref whose name is not an object ID has no effect.
    let original = |name: &[u8]| std::str::from_utf8(name).ok()?.parse().ok();
    let pairs =
        listing.targets.into_iter().filter_map(|(name, target)| Some((original(&name)?, target.object)));
    Ok(pairs.collect())
}

/// Parses the lines of a file, except empty ones and comments.
fn lines<T>(folder: &Path, file: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Error> {
    let path = folder.join(file);
    let damaged = |line, problem: String| Error::DamagedFile { path: path.clone(), line, problem };
    let content = read_small(&path, MAX_FILE_SIZE).map_err(|error| damaged(None, error.to_string()))?;
    let content = content.unwrap_or_default();
    let mut all = Vec::new();
    for (number, line) in (1..).zip(content.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii_end();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let found = std::str::from_utf8(line).ok().and_then(&read);
        let malformed = || damaged(Some(number), "it is not a list of full object IDs".to_owned());
        all.push(found.ok_or_else(malformed)?);
    }
    Ok(all)
}

/// The space-separated object IDs of a line.
fn object_ids(line: &str) -> Option<Vec<ObjectId>> {
    line.split(' ').map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn id(digit: u8) -> ObjectId {
        ObjectId::from_bytes([digit; 20])
    }

    fn read(file: &str, content: &str) -> Result<HistoryOverrides, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        HistoryOverrides::read(folder.path(), &RefStore::new(folder.path(), folder.path()), true)
    }

    #[test]
    fn grafts_and_shallow_boundaries_are_read() {
        let grafts =
            read("info/grafts", &format!("# comment\n{} {} {}\n{}\n", id(1), id(2), id(3), id(4))).unwrap();
        assert_eq!(grafts.grafts.get(&id(1)), Some(&vec![id(2), id(3)]));
        assert_eq!(grafts.grafts.get(&id(4)), Some(&vec![]));
        let shallow = read("shallow", &format!("{}\n{}", id(1), id(2))).unwrap();
        assert_eq!(shallow.shallow.len(), 2);
    }

    #[test]
    fn damaged_line_is_reported() {
        let cut = id(1).to_string();
        for (file, content) in [
            ("shallow", format!("{}\n{}\n", id(1), &cut[..30])),
            ("shallow", format!("{}\n{} {}\n", id(1), id(2), id(3))),
            ("info/grafts", format!("{}\n{} {}\n", id(1), id(2), &cut[..39])),
            ("info/grafts", format!("{}\n\u{1}\n", id(1))),
        ] {
            let error = read(file, &content).unwrap_err();
            assert!(
                matches!(&error, Error::DamagedFile { path, line: Some(2), .. } if path.ends_with(file)),
                "{error}"
            );
        }
    }

    #[test]
    fn replacement_cycle_is_an_error() {
        let pair = |from, to| (id(from), id(to));
        let overrides = |pairs: &[(ObjectId, ObjectId)]| HistoryOverrides {
            replacements: pairs.iter().copied().collect(),
            ..HistoryOverrides::default()
        };
        let chain = overrides(&[pair(1, 2), pair(2, 3)]);
        assert_eq!(chain.stored_id(id(1)).unwrap(), id(3));
        assert_eq!(chain.stored_id(id(9)).unwrap(), id(9));
        for circle in [&[pair(1, 1)][..], &[pair(1, 2), pair(2, 1)]] {
            assert!(matches!(overrides(circle).stored_id(id(1)), Err(Error::Replacement { .. })));
        }
    }
}
