//! The history that a test builds: kept in memory, written to git as one `git fast-import` stream.
//!
//! One process per commit would make the suite slow; a scenario needs only one process, whatever its length.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Commit;

/// 2026-01-01T00:00:00Z, the start of every history.
const START: i64 = 1_767_225_600;
/// The time between two commits, in seconds.
const STEP: i64 = 3_600;

/// A commit of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(pub(super) usize);

/// The files of a commit, by path.
type Tree = BTreeMap<String, Rc<[u8]>>;

struct Node {
    parents: Vec<Id>,
    tree: Tree,
    message: Vec<u8>,
}

/// The parent of the next commit.
#[derive(Clone)]
pub(super) enum Head {
    Branch(String),
    Detached(Id),
}

/// All commits so far, and the part of the stream that git has not received yet.
pub(super) struct History {
    nodes: Vec<Node>,
    branches: BTreeMap<String, Id>,
    pub(super) head: Head,
    pub(super) clock: i64,
    /// The value last written to git's `HEAD`.
    pub(super) written_head: Option<String>,
    stream: Vec<u8>,
}

impl History {
    pub(super) fn new(branch: &str) -> Self {
        Self {
            nodes: Vec::new(),
            branches: BTreeMap::new(),
            head: Head::Branch(branch.into()),
            clock: START,
            written_head: None,
            stream: Vec::new(),
        }
    }

    /// The stream since the last call.
    pub(super) fn take_stream(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.stream)
    }

    /// The commit at `HEAD`; `None` on a branch without commits.
    pub(super) fn tip(&self) -> Option<Id> {
        match &self.head {
            Head::Branch(name) => self.branches.get(name).copied(),
            Head::Detached(id) => Some(*id),
        }
    }

    pub(super) fn branch_tip(&self, name: &str) -> Id {
        *self.branches.get(name).unwrap_or_else(|| panic!("no branch {name} in this history"))
    }

    pub(super) fn message(&self, id: Id) -> &[u8] {
        &self.nodes[id.0].message
    }

    /// Sets a branch to a commit, as `git branch --force` does.
    pub(super) fn set_branch(&mut self, name: &str, id: Id) {
        self.branches.insert(name.into(), id);
        self.line(&format!("reset refs/heads/{name}\nfrom :{}\n", id.0 + 1));
    }

    /// Adds a commit on top of `HEAD`.
    pub(super) fn commit(&mut self, mut commit: Commit) -> Id {
        let mut tree = self.tip().map(|id| self.nodes[id.0].tree.clone()).unwrap_or_default();
        if commit.files.is_empty() && commit.removed.is_empty() && !commit.empty {
            let number = self.nodes.len() + 1;
            commit.files.push((format!("files/{number}.txt"), format!("{number}\n").into_bytes()));
        }
        for path in &commit.removed {
            assert!(tree.remove(path).is_some(), "no file {path} to remove");
        }
        tree.extend(commit.files.drain(..).map(|(path, content)| (path, content.into())));
        let parents = self.tip().into_iter().collect();
        self.push(commit, parents, tree)
    }

    /// Merges these commits into `HEAD`, never as a fast-forward.
    pub(super) fn merge(&mut self, commit: Commit, others: &[Id]) -> Id {
        let ours = self.tip().unwrap_or_else(|| panic!("nothing to merge into"));
        let mut tree = self.nodes[ours.0].tree.clone();
        for &other in others {
            let base = self.merge_base(ours, other);
            let base = base.map(|id| &self.nodes[id.0].tree);
            tree = three_way(base, &tree, &self.nodes[other.0].tree);
        }
        tree.extend(commit.files.iter().map(|(path, content)| (path.clone(), content.clone().into())));
        let parents = [&[ours], others].concat();
        self.push(commit, parents, tree)
    }

    /// Applies the changes of `id` against its first parent (or their reverse) on top of `HEAD`.
    pub(super) fn apply(&mut self, commit: Commit, id: Id, reverse: bool) -> Id {
        let after = self.nodes[id.0].tree.clone();
        let before = self.nodes[id.0].parents.first().map(|parent| self.nodes[parent.0].tree.clone());
        let before = before.unwrap_or_default();
        let here = self.tip().map(|tip| self.nodes[tip.0].tree.clone()).unwrap_or_default();
        let tree = match reverse {
            false => three_way(Some(&before), &here, &after),
            true => three_way(Some(&after), &here, &before),
        };
        let parents = self.tip().into_iter().collect();
        self.push(commit, parents, tree)
    }

    /// Tags a commit: annotated if there is a message.
    pub(super) fn tag(&mut self, name: &str, id: Id, annotation: Option<(&str, i64)>) {
        let mark = id.0 + 1;
        match annotation {
            None => self.line(&format!("reset refs/tags/{name}\nfrom :{mark}\n")),
            Some((message, seconds)) => {
                self.line(&format!("tag {name}\nfrom :{mark}"));
                self.line(&format!("tagger Ada Lovelace <ada@example.com> {seconds} +0000"));
                self.data(message.as_bytes());
            }
        }
    }

    fn push(&mut self, commit: Commit, parents: Vec<Id>, tree: Tree) -> Id {
        let id = Id(self.nodes.len());
        let (seconds, offset) = (commit.seconds.unwrap_or(self.clock), &commit.offset);
        // A detached HEAD has no ref to write to; this one is deleted before git is run.
        let reference = match &self.head {
            Head::Branch(name) => format!("refs/heads/{name}"),
            Head::Detached(_) => "refs/detached".into(),
        };
        // Without `reset`, git makes the first commit of a stream on a branch a child of the branch's old tip.
        self.line(&format!("reset {reference}"));
        self.line(&format!("commit {reference}\nmark :{}", id.0 + 1));
        let (name, email) = &commit.author;
        self.line(&format!("author {name} <{email}> {seconds} {offset}"));
        self.line(&format!("committer Ada Lovelace <ada@example.com> {seconds} {offset}"));
        if let Some(encoding) = &commit.encoding {
            self.line(&format!("encoding {encoding}"));
        }
        self.data(&commit.message);
        for (place, parent) in parents.iter().enumerate() {
            let word = if place == 0 { "from" } else { "merge" };
            self.line(&format!("{word} :{}", parent.0 + 1));
        }
        self.line("deleteall");
        for (path, content) in &tree {
            self.line(&format!("M 100644 inline {}", quoted(path)));
            self.data(content);
        }
        self.clock += STEP;
        self.nodes.push(Node { parents, tree, message: commit.message });
        match &mut self.head {
            Head::Branch(name) => drop(self.branches.insert(name.clone(), id)),
            Head::Detached(at) => *at = id,
        }
        id
    }

    fn line(&mut self, text: &str) {
        self.stream.extend_from_slice(text.as_bytes());
        self.stream.push(b'\n');
    }

    fn data(&mut self, bytes: &[u8]) {
        self.line(&format!("data {}", bytes.len()));
        self.stream.extend_from_slice(bytes);
        self.stream.push(b'\n');
    }

    fn ancestors(&self, id: Id) -> BTreeSet<Id> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![id]);
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(&self.nodes[id.0].parents);
            }
        }
        seen
    }

    /// The newest commit that both contain. Parents precede their children, so it is never an ancestor of another.
    fn merge_base(&self, one: Id, other: Id) -> Option<Id> {
        self.ancestors(one).intersection(&self.ancestors(other)).max().copied()
    }
}

/// For each path: theirs if they changed it since the base, otherwise ours. A path that both changed is theirs, since a
/// test wants a merge, not a conflict.
fn three_way(base: Option<&Tree>, ours: &Tree, theirs: &Tree) -> Tree {
    let paths: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    let chosen = paths.into_iter().filter_map(|path| {
        let before = base.and_then(|tree| tree.get(path));
        let (our, their) = (ours.get(path), theirs.get(path));
        let content = if their == before { our } else { their };
        content.map(|content| (path.clone(), Rc::clone(content)))
    });
    chosen.collect()
}

/// Quotes a path for fast-import, so that it may contain spaces, quotes and line breaks.
fn quoted(path: &str) -> String {
    let escaped = path.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
