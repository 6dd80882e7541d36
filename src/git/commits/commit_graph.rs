//! Reads the commit-graph file (gitformat-commit-graph(5)): parents, commit dates and generation numbers, without
//! opening commits.
//!
//! `git gc` and `git fetch` write it. As in git, it is not used with grafts, replace refs or a shallow boundary, which
//! change the recorded parents.
//!
//! Wrong parents or generation numbers would silently give wrong notes. So a file that does not match its checksum, or
//! is malformed, is not used. A file of more than about ten thousand commits is not hashed. Instead, each generation
//! number must be the highest of the parents plus one, and the commits of a window, which are read anyway, must have
//! the parents given in the file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use gix_commitgraph::{GENERATION_NUMBER_MAX, Graph, Position};

use super::overrides::HistoryOverrides;
use crate::git::{file::read_small, objects::digest::has_valid_checksum};
use crate::model::{Node, ObjectId, Parents};

/// Largest file that is hashed, in bytes: for a larger one, hashing takes longer than reading a small window.
const MAX_VERIFIED: u64 = 1 << 20;
/// Largest `commit-graph-chain` file, in bytes.
const MAX_CHAIN_FILE: u64 = 64 << 10;

/// An open commit-graph file, or chain of files.
pub(in crate::git) struct CommitGraph {
    graph: Graph,
    /// Whether all files match their checksums; `false` if one is too large to hash.
    is_verified: bool,
}

impl CommitGraph {
    /// Opens the commit-graph of a repository with this common directory; `None` if there is none or it cannot be used.
    pub(in crate::git) fn open(common_dir: &Path, overrides: &HistoryOverrides) -> Option<Self> {
        if !overrides.is_empty() {
            return None;
        }
        let info = common_dir.join("objects").join("info");
        let mut is_verified = true;
        for file in files(&info)? {
            is_verified &= verify(&file)?;
        }
        let graph = gix_commitgraph::at(info, gix_hash::Kind::Sha1, None).ok()?;
        Some(Self { graph, is_verified })
    }

    /// Whether its parents of a commit differ from these, which the commit object has.
    pub(super) fn contradicts(&self, id: ObjectId, parents: &Parents) -> bool {
        !self.is_verified && self.node(id).is_some_and(|node| node.parents != *parents)
    }

    /// The entry of a commit; `None` if the commit is not in the file, or its entry is damaged.
    pub(in crate::git) fn node(&self, id: ObjectId) -> Option<Node> {
        let commit = self.graph.commit_by_id(gix_hash::oid::try_from_bytes(id.as_bytes()).ok()?)?;
        let generation = commit.generation();
        let (mut parents, mut highest) = (Parents::new(), 0);
        for parent in commit.iter_parents() {
            let parent = parent.ok()?;
            parents.push(self.id_at(parent)?);
            if !self.is_verified {
                highest = highest.max(self.graph.commit_at(parent).generation());
            }
        }
        // Git writes 0 for "not computed", and caps the number at its maximum.
        let is_counted = !self.is_verified && generation > 0 && generation < GENERATION_NUMBER_MAX;
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

/// The files of the graph, from the base layer up; `None` if there are none.
fn files(info: &Path) -> Option<Vec<GraphFile>> {
    let single = info.join("commit-graph");
    if single.is_file() {
        return Some(vec![GraphFile { path: single, checksum: None, base_checksums: Vec::new() }]);
    }
    let folder = info.join("commit-graphs");
    let chain = read_small(&folder.join("commit-graph-chain"), MAX_CHAIN_FILE).ok()??;
    let (mut listed, mut base_checksums) = (Vec::new(), Vec::new());
    for line in std::str::from_utf8(&chain).ok()?.lines() {
        let checksum: ObjectId = line.parse().ok()?;
        let path = folder.join(format!("graph-{line}.graph"));
        listed.push(GraphFile { path, checksum: Some(checksum), base_checksums: base_checksums.clone() });
        base_checksums.extend(checksum.as_bytes());
    }
    Some(listed)
}

/// A file of the graph, or a layer of its chain.
struct GraphFile {
    path: PathBuf,
    /// Its checksum in the chain file.
    checksum: Option<ObjectId>,
    /// The checksums of the lower layers, concatenated: positions are counted from the lowest.
    base_checksums: Vec<u8>,
}

/// Verifies the checksum and lower layers of a file: `None` if they do not match, `Some(false)` if the file is too
/// large to hash.
fn verify(file: &GraphFile) -> Option<bool> {
    let data = fs::metadata(&file.path).ok()?;
    if data.is_file() && data.len() > MAX_VERIFIED {
        return Some(false);
    }
    let content = read_small(&file.path, MAX_VERIFIED).ok()??;
    let has_listed_checksum = file.checksum.is_none_or(|checksum| content.ends_with(checksum.as_bytes()));
    // Byte 7 is the number of lower layers.
    let has_listed_bases =
        content.get(7).map(|count| usize::from(*count) * 20) == Some(file.base_checksums.len());
    let is_intact = has_listed_checksum && has_listed_bases && has_valid_checksum(&content);
    (is_intact && memchr::memmem::find(&content, &file.base_checksums).is_some()).then_some(true)
}
