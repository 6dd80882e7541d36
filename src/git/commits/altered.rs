//! Where history is read otherwise than it is recorded: shallow boundaries, grafts, replacements.
//!
//! Each line of these files counts: one that is passed over would give other notes in silence. So a damaged one is an error.

use std::path::Path;

use crate::git::{Error, file::read_small, refs::files::References};
use crate::model::{IdMap, IdSet, ObjectId};

/// A chain of replacements that is longer is refused, as git does.
const DEEPEST: usize = 5;
/// Files of this kind hold a line for each commit at the edge of a clone.
const LONGEST: u64 = 64 << 20;

/// Where history is to be read otherwise than it is recorded.
#[derive(Debug, Clone, Default)]
pub(in crate::git) struct Altered {
    /// Commits whose parents are not here (a shallow clone's edge).
    pub(in crate::git) shallow: IdSet,
    /// Commits with other parents than recorded (`info/grafts`).
    pub(in crate::git) grafts: IdMap<Vec<ObjectId>>,
    /// Objects that stand for others (`refs/replace/`).
    pub(in crate::git) replaced: IdMap<ObjectId>,
}

impl Altered {
    /// What the repository with this common directory says. `replaces` is whether replacements count.
    ///
    /// # Errors
    /// When a file or a reference is damaged.
    pub(in crate::git) fn read(
        folder: &Path,
        references: &References,
        replaces: bool,
    ) -> Result<Self, Error> {
        let shallow = lines(folder, "shallow", |line| match words(line)?.as_slice() {
            [id] => Some(*id),
            _ => None,
        })?;
        let grafts = lines(folder, "info/grafts", |line| {
            words(line)?.split_first().map(|(commit, parents)| (*commit, parents.to_vec()))
        })?;
        let replaced = if replaces { replaced(references)? } else { IdMap::default() };
        Ok(Self { shallow: shallow.into_iter().collect(), grafts: grafts.into_iter().collect(), replaced })
    }

    /// Whether nothing is read otherwise than it is recorded.
    pub(super) fn is_nothing(&self) -> bool {
        self.shallow.is_empty() && self.grafts.is_empty() && self.replaced.is_empty()
    }

    /// The object that is read for this one.
    pub(in crate::git) fn stored(&self, id: ObjectId) -> Result<ObjectId, Error> {
        if self.replaced.is_empty() {
            return Ok(id);
        }
        let mut stored = id;
        for _ in 0..DEEPEST {
            match self.replaced.get(&stored) {
                Some(other) => stored = *other,
                None => return Ok(stored),
            }
        }
        Err(Error::Replacement { id, problem: "its replacements go in a circle, or too deep".to_owned() })
    }

    /// The error about an object, which may be the replacement of the one that was asked for.
    pub(in crate::git) fn blame(&self, id: ObjectId, stored: ObjectId, error: Error) -> Error {
        if id == stored { error } else { Error::Replacement { id, problem: error.to_string() } }
    }
}

fn replaced(references: &References) -> Result<IdMap<ObjectId>, Error> {
    let listing = references.below("refs/replace")?;
    if let Some((name, problem)) = listing.broken.into_iter().next() {
        let name = format!("refs/replace/{}", String::from_utf8_lossy(&name));
        return Err(Error::reference(&name, problem));
    }
    // As in git, a name that is no object's replaces nothing.
    let original = |name: &[u8]| std::str::from_utf8(name).ok()?.parse().ok();
    let pairs =
        listing.found.into_iter().filter_map(|(name, target)| Some((original(&name)?, target.object)));
    Ok(pairs.collect())
}

/// What the lines of a file say.
fn lines<T>(folder: &Path, file: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Error> {
    let path = folder.join(file);
    let damaged = |line, problem: String| Error::File { path: path.clone(), line, problem };
    let content = read_small(&path, LONGEST).map_err(|error| damaged(None, error.to_string()))?;
    let content = content.unwrap_or_default();
    let mut all = Vec::new();
    for (number, line) in (1..).zip(content.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii_end();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let found = std::str::from_utf8(line).ok().and_then(&read);
        let malformed = || damaged(Some(number), "it is not a list of full object names".to_owned());
        all.push(found.ok_or_else(malformed)?);
    }
    Ok(all)
}

/// The names of objects in a line, which a space separates.
fn words(line: &str) -> Option<Vec<ObjectId>> {
    line.split(' ').map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn id(digit: u8) -> ObjectId {
        ObjectId::from_bytes([digit; 20])
    }

    fn read(file: &str, content: &str) -> Result<Altered, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        Altered::read(folder.path(), &References::new(folder.path(), folder.path()), true)
    }

    #[test]
    fn grafts_and_shallow_boundaries_are_read() {
        let grafts =
            read("info/grafts", &format!("# remark\n{} {} {}\n{}\n", id(1), id(2), id(3), id(4))).unwrap();
        assert_eq!(grafts.grafts.get(&id(1)), Some(&vec![id(2), id(3)]));
        assert_eq!(grafts.grafts.get(&id(4)), Some(&vec![]));
        let shallow = read("shallow", &format!("{}\n{}", id(1), id(2))).unwrap();
        assert_eq!(shallow.shallow.len(), 2);
    }

    #[test]
    fn damaged_line_is_named() {
        let cut = id(1).to_string();
        for (file, content) in [
            ("shallow", format!("{}\n{}\n", id(1), &cut[..30])),
            ("shallow", format!("{}\n{} {}\n", id(1), id(2), id(3))),
            ("info/grafts", format!("{}\n{} {}\n", id(1), id(2), &cut[..39])),
            ("info/grafts", format!("{}\n\u{1}\n", id(1))),
        ] {
            let error = read(file, &content).unwrap_err();
            assert!(
                matches!(&error, Error::File { path, line: Some(2), .. } if path.ends_with(file)),
                "{error}"
            );
        }
    }

    #[test]
    fn replacements_in_a_circle_end() {
        let pair = |from, to| (id(from), id(to));
        let altered = |pairs: &[(ObjectId, ObjectId)]| Altered {
            replaced: pairs.iter().copied().collect(),
            ..Altered::default()
        };
        let chain = altered(&[pair(1, 2), pair(2, 3)]);
        assert_eq!(chain.stored(id(1)).unwrap(), id(3));
        assert_eq!(chain.stored(id(9)).unwrap(), id(9));
        for circle in [&[pair(1, 1)][..], &[pair(1, 2), pair(2, 1)]] {
            assert!(matches!(altered(circle).stored(id(1)), Err(Error::Replacement { .. })));
        }
    }
}
