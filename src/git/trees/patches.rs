//! Computes and compares the patches of commits.

use git2::Oid;

use super::{
    diff::{MAX_DEPTH, TOO_DEEP, Trees},
    entries::Entry,
};
use crate::git::{Commits, Error, Repository, objects::reader::Objects};
use crate::model::{IdMap, ObjectId, PathChangeKind};

/// Most changed files for which a patch ID is computed: each file is read whole, and a cherry-pick has fewer.
const MAX_FILES: usize = 10_000;

/// The mode of a folder.
const FOLDER: u32 = 0o40_000;

/// Computes and compares the patches of commits. Keeps what it has read and computed.
pub struct Patches<'r> {
    repository: &'r Repository,
    /// Opened by the first patch: most windows need none.
    opened: Option<(Commits<'r>, Trees)>,
    ids: IdMap<Option<PatchId>>,
}

/// A patch ID, as computed by `git patch-id --stable`.
pub type PatchId = [u8; 20];

/// The root trees before and after a commit; `None` before the first commit.
type Roots = (Option<ObjectId>, ObjectId);

impl<'r> Patches<'r> {
    /// No patches yet.
    #[must_use]
    pub fn new(repository: &'r Repository) -> Self {
        Self { repository, opened: None, ids: IdMap::default() }
    }

    /// Whether [`Self::id`] reads nothing for this commit.
    #[must_use]
    pub fn has_id(&self, commit: ObjectId) -> bool {
        self.ids.contains_key(&commit)
    }

    /// The patch ID of a commit against its first parent: equal for the same change on different parents. `None` for a
    /// merge commit, a commit without changes or with more than 10,000 changed files, and if a partial clone lacks the
    /// blobs.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn id(&mut self, commit: ObjectId) -> Result<Option<PatchId>, Error> {
        if let Some(id) = self.ids.get(&commit) {
            return Ok(*id);
        }
        let id = match self.compute(commit) {
            Err(Error::Missing { .. }) if self.repository.is_partial() => None,
            done => done?,
        };
        self.ids.insert(commit, id);
        Ok(id)
    }

    /// Whether two commits have the same patch ID. Reads no file of commits that change different files.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn is_same(&mut self, one: ObjectId, other: ObjectId) -> Result<bool, Error> {
        let may_be_same = self.has_id(one) || self.has_id(other) || {
            let files = self.changed_files(one)?;
            files.is_some() && files == self.changed_files(other)?
        };
        if !may_be_same {
            return Ok(false);
        }
        let (one, other) = (self.id(one)?, self.id(other)?);
        Ok(one.is_some() && one == other)
    }

    /// The paths of the files that a commit changes, each with how; `None` if it has no patch ID.
    fn changed_files(&mut self, commit: ObjectId) -> Result<Option<Vec<(String, PathChangeKind)>>, Error> {
        let Some((old, new)) = self.roots(commit)? else { return Ok(None) };
        let mut files = Vec::new();
        let mut visit = |path: &str, kind| {
            files.push((path.to_owned(), kind));
            files.len() <= MAX_FILES
        };
        let is_whole = self.opened()?.1.diff((old, Some(new)), &|_| true, &mut visit)?;
        Ok(is_whole.then_some(files))
    }

    fn opened(&mut self) -> Result<&mut (Commits<'r>, Trees), Error> {
        match &mut self.opened {
            Some(opened) => Ok(opened),
            none => {
                let trees = Trees::new(Objects::new(self.repository));
                Ok(none.insert((self.repository.commits()?, trees)))
            }
        }
    }

    /// The root trees that a commit differs in; `None` for a merge, and if there is no difference.
    fn roots(&mut self, commit: ObjectId) -> Result<Option<Roots>, Error> {
        let overrides = &self.repository.overrides;
        let (commits, trees) = self.opened()?;
        let node = commits.tree_and_parents(commit)?;
        if node.parents.len() > 1 {
            return Ok(None);
        }
        let parent = node.parents.first().map(|parent| trees.root(overrides, *parent)).transpose()?;
        Ok((parent != Some(node.tree)).then_some((parent, node.tree)))
    }

    fn compute(&mut self, commit: ObjectId) -> Result<Option<PatchId>, Error> {
        let Some((parent, tree)) = self.roots(commit)? else { return Ok(None) };
        let what = format!("the changes of {commit}");
        // The library sees only the objects written here, which have been validated.
        let library = |source| Error::Library { what: what.clone(), source };
        let odb = git2::Odb::new().map_err(library)?;
        odb.add_new_mempack_backend(1).map_err(library)?;
        let mut differing = DifferingTrees { trees: &mut self.opened()?.1, odb: &odb, what: &what, files: 0 };
        let Some((old, new)) = differing.write(parent, Some(tree), 0)? else { return Ok(None) };
        let inner = git2::Repository::from_odb(odb).map_err(library)?;
        let tree = |id: Option<Oid>| id.map(|id| inner.find_tree(id)).transpose();
        let (old, new) = (tree(old).map_err(library)?, tree(new).map_err(library)?);
        let diff = inner.diff_tree_to_tree(old.as_ref(), new.as_ref(), None).map_err(library)?;
        if diff.deltas().len() == 0 {
            return Ok(None);
        }
        let id = diff.patchid(None).map_err(library)?;
        Ok(id.as_bytes().try_into().ok())
    }
}

/// Copies two trees without the entries that they share: the library opens every folder of a tree, and a copy of a
/// whole tree would cost more than the comparison.
struct DifferingTrees<'t, 'o, 'w> {
    trees: &'t mut Trees,
    odb: &'o git2::Odb<'o>,
    what: &'w str,
    files: usize,
}

/// An entry of a tree: name, ID and mode.
type OwnedEntry = (Vec<u8>, ObjectId, u32);

/// The IDs of the copies of the old and the new tree; `None` for one that is empty.
type Copies = (Option<Oid>, Option<Oid>);

impl DifferingTrees<'_, '_, '_> {
    /// Writes the copies; `None` if more than [`MAX_FILES`] files differ.
    fn write(
        &mut self,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        depth: usize,
    ) -> Result<Option<Copies>, Error> {
        if let Some(id) = new.or(old).filter(|_| depth > MAX_DEPTH) {
            return Err(Error::TreeTooLarge { id, what: TOO_DEEP });
        }
        let mut pairs: Vec<(Option<OwnedEntry>, Option<OwnedEntry>)> = Vec::new();
        let owned = |entry: Entry<'_>| (entry.name.to_vec(), entry.id, entry.mode);
        self.trees.diff_entries(old, new, &mut |old, new| pairs.push((old.map(owned), new.map(owned))))?;
        self.files += pairs.len();
        if self.files > MAX_FILES {
            return Ok(None);
        }
        let (mut old_tree, mut new_tree) = (Vec::new(), Vec::new());
        for (old, new) in pairs {
            let is_tree = |entry: &&OwnedEntry| entry.2 == FOLDER;
            let folders = [&old, &new].map(|entry| entry.as_ref().filter(is_tree).map(|entry| entry.1));
            let [old_folder, new_folder] = folders;
            let copies = if folders == [None, None] {
                (None, None)
            } else {
                match self.write(old_folder, new_folder, depth + 1)? {
                    Some(copies) => copies,
                    None => return Ok(None),
                }
            };
            for (entry, copy, tree) in [(old, copies.0, &mut old_tree), (new, copies.1, &mut new_tree)] {
                if let Some(entry) = entry {
                    self.add(&entry, copy, tree)?;
                }
            }
        }
        Ok(Some((self.write_tree(&old_tree)?, self.write_tree(&new_tree)?)))
    }

    /// Appends an entry to the content of a tree, with the object that it names; of a folder, its copy if there is one.
    fn add(
        &mut self,
        (name, id, mode): &OwnedEntry,
        copy: Option<Oid>,
        tree: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let id = match (*mode, mode & 0o170_000) {
            (FOLDER, _) => match copy {
                Some(copy) => copy,
                None => return Ok(()),
            },
            (_, 0o100_000 | 0o120_000) => {
                let (kind, content) = self.trees.object(*id).map_err(|error| error.while_reading("blob"))?;
                self.odb.write(kind, content).map_err(|source| self.error(source))?
            }
            // A submodule is a commit of another repository.
            _ => Oid::from_bytes(id.as_bytes()).map_err(|source| self.error(source))?,
        };
        tree.extend_from_slice(format!("{mode:o} ").as_bytes());
        tree.extend_from_slice(name);
        tree.push(0);
        tree.extend_from_slice(id.as_bytes());
        Ok(())
    }

    fn write_tree(&self, content: &[u8]) -> Result<Option<Oid>, Error> {
        if content.is_empty() {
            return Ok(None);
        }
        let written = self.odb.write(git2::ObjectType::Tree, content);
        written.map(Some).map_err(|source| self.error(source))
    }

    fn error(&self, source: git2::Error) -> Error {
        Error::Library { what: self.what.to_owned(), source }
    }
}
