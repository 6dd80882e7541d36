//! The commit-graph file, where there is one: parents, dates and generation numbers without opening a commit.
//!
//! `git` writes it in `gc` and `fetch`. Like `git`, we leave it alone where grafts, replacements or a shallow boundary
//! change the parents that it records.
//!
//! Nothing would notice parents or generations that are wrong: the notes would only be other ones. So a file that does not
//! match its checksum is left alone, as one is that fits no format. A file of more than ten thousand commits is not read whole
//! for that; there each generation must be one above those of the parents, and the commits of a window, which are read anyway,
//! must have the parents that it gives.

use std::{
    fs,
    path::{Path, PathBuf},
};

use gix_commitgraph::{GENERATION_NUMBER_MAX, Graph, Position};

use crate::git::{Repository, file::read_small, objects::digest::ends_with_digest};
use crate::model::{Node, ObjectId, Parents};

/// A larger file is not read whole to check it: that would take longer than a small window.
const CHECKED: u64 = 1 << 20;
/// What a chain of files is listed in is shorter.
const LONGEST_CHAIN: u64 = 64 << 10;

/// An opened commit-graph file (or chain of files).
pub(in crate::git) struct CommitGraph {
    graph: Graph,
    /// Whether it matches its checksum; else nobody knows.
    is_checked: bool,
}

impl CommitGraph {
    /// The repository's commit-graph; `None` where there is none that can be used.
    pub(in crate::git) fn open(repository: &Repository) -> Option<Self> {
        let altered = &repository.altered;
        if !altered.is_nothing() {
            return None;
        }
        let info = repository.inner.commondir().join("objects").join("info");
        let mut is_checked = true;
        for file in files(&info)? {
            is_checked &= checked(&file)?;
        }
        let graph = gix_commitgraph::at(info, gix_hash::Kind::Sha1, None).ok()?;
        Some(Self { graph, is_checked })
    }

    /// Whether it gives other parents of a commit than these, which the commit itself has.
    pub(super) fn contradicts(&self, id: ObjectId, parents: &Parents) -> bool {
        !self.is_checked && self.node(id).is_some_and(|node| node.parents != *parents)
    }

    /// What it knows of a commit; `None` where the commit is newer than the file, or the file is damaged there.
    pub(in crate::git) fn node(&self, id: ObjectId) -> Option<Node> {
        let commit = self.graph.commit_by_id(gix_hash::oid::try_from_bytes(id.as_bytes()).ok()?)?;
        let generation = commit.generation();
        let (mut parents, mut highest) = (Parents::new(), 0);
        for parent in commit.iter_parents() {
            let parent = parent.ok()?;
            parents.push(self.id_at(parent)?);
            if !self.is_checked {
                highest = highest.max(self.graph.commit_at(parent).generation());
            }
        }
        // Git writes 0 where it has not counted, and stops counting at the most that there is room for.
        let is_counted = !self.is_checked && generation > 0 && generation < GENERATION_NUMBER_MAX;
        (!is_counted || generation == highest + 1).then_some(())?;
        Some(Node {
            parents,
            seconds: i64::try_from(commit.committer_timestamp()).ok()?,
            generation: (generation > 0).then_some(generation),
        })
    }

    fn id_at(&self, position: Position) -> Option<ObjectId> {
        self.graph.id_at(position).as_bytes().try_into().ok().map(ObjectId::from_bytes)
    }
}

/// The files that the graph is read from; `None` where there is none.
fn files(info: &Path) -> Option<Vec<Listed>> {
    let single = info.join("commit-graph");
    if single.is_file() {
        return Some(vec![Listed { path: single, digest: None, base: Vec::new() }]);
    }
    let folder = info.join("commit-graphs");
    let chain = read_small(&folder.join("commit-graph-chain"), LONGEST_CHAIN).ok()??;
    let (mut listed, mut base) = (Vec::new(), Vec::new());
    for line in std::str::from_utf8(&chain).ok()?.lines() {
        let digest: ObjectId = line.parse().ok()?;
        let path = folder.join(format!("graph-{line}.graph"));
        listed.push(Listed { path, digest: Some(digest), base: base.clone() });
        base.extend(digest.as_bytes());
    }
    Some(listed)
}

/// A file of the graph.
struct Listed {
    path: PathBuf,
    /// The digest that a chain names it by.
    digest: Option<ObjectId>,
    /// The digests of those before it in the chain, which its positions count on.
    base: Vec<u8>,
}

/// Whether a file matches its checksum and stands where it should; `None` where it does not, `false` where it is too large to
/// tell.
fn checked(file: &Listed) -> Option<bool> {
    let data = fs::metadata(&file.path).ok()?;
    if data.is_file() && data.len() > CHECKED {
        return Some(false);
    }
    let content = read_small(&file.path, CHECKED).ok()??;
    let is_named = file.digest.is_none_or(|digest| content.ends_with(digest.as_bytes()));
    // The eighth byte is how many files stand before it.
    let stands = content.get(7).map(|count| usize::from(*count) * 20) == Some(file.base.len());
    let is_intact = is_named && stands && ends_with_digest(&content);
    (is_intact && memchr::memmem::find(&content, &file.base).is_some()).then_some(true)
}
