//! Writes a bare repository file by file, and reads everything that the program reads from one.

use tidings::{
    git::{self, Repository},
    history::{self, Ancestry, Assignment, Graph, Prereleases, Target, Versions, WindowFor},
    model::{Commit, ComparedSets, ObjectId, PathSet, PathSets, Tag},
};

use super::scratch::Scratch;

/// The repository that `base/make` creates: six commits and five tags in one pack.
pub(super) const PACK: &[u8] = include_bytes!("../base/pack");
pub(super) const INDEX: &[u8] = include_bytes!("../base/index");
pub(super) const COMMIT_GRAPH: &[u8] = include_bytes!("../base/commit-graph");
pub(super) const MULTI_PACK_INDEX: &[u8] = include_bytes!("../base/multi-pack-index");
pub(super) const PACKED_REFS: &[u8] = include_bytes!("../base/packed-refs");
/// The pack's name, which the multi-pack-index refers to.
pub(super) const PACK_NAME: &str = "objects/pack/pack-8959116a5ddf5516155b1b0cbd6cbe7fd1542899";
pub(super) const HEAD: &[u8] = b"ref: refs/heads/main\n";

/// The files that git needs to recognise a repository.
pub(super) fn frame(folder: &Scratch, head: &[u8]) {
    folder.write("HEAD", head);
    folder.write("objects/info/.keep", b"");
    folder.write("refs/heads/.keep.lock", b"");
    folder.write("config", b"[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
}

/// Reads everything, as the commands do. Errors are valid results; panics, crashes and endless loops are not.
pub(super) fn read_all(folder: &Scratch) {
    let Ok(repository) = Repository::open(folder.path()) else { return };
    let head = repository.head().ok().flatten();
    let tags = repository.tags().map(|tags| tags.all).unwrap_or_default();
    let revisions = ["HEAD", "v1.1.0^{}", "main~1", "v2.0.0", "e42bb6"];
    let named = revisions.iter().filter_map(|revision| repository.resolve(revision).ok());
    let mut tips: Vec<ObjectId> = head.iter().map(|head| head.commit).chain(named).collect();
    tips.extend(tags.iter().map(|tag| tag.commit));
    tips.sort_unstable();
    tips.dedup();
    assert_eq!(
        repository.is_shallow(),
        tips.iter().any(|tip| repository.is_boundary(*tip)) || repository.is_shallow()
    );
    drop(single(&repository, &tips, &tags));
    drop(whole(&repository, &tips, &tags));
    drop(window(&repository, head.map(|head| head.commit), &tags));
}

/// Reads single commits, with their trees and tags.
fn single(repository: &Repository, tips: &[ObjectId], tags: &[Tag]) -> Result<(), git::Error> {
    let commits = repository.commits()?;
    for tag in tags {
        drop(repository.tag_message(tag));
        drop(commits.tag_time(tag));
    }
    for tip in tips {
        let (node, commit) = (commits.node(*tip), commits.commit(*tip));
        if let (Ok(node), Ok(commit)) = (&node, &commit) {
            assert_eq!(commit.id, *tip);
            assert!(node.parents.len() < 1_000 && commit.parents.len() < 1_000);
        }
        drop(repository.note(*tip, "refs/notes/tidings"));
        drop(repository.file(*tip, "src/parts/a.txt"));
        drop(repository.files(*tip, 100));
        drop(git::Patches::new(repository).id(*tip));
    }
    Ok(())
}

/// Reads the whole history at once, with the changed paths and the windows.
fn whole(repository: &Repository, tips: &[ObjectId], tags: &[Tag]) -> Result<(), git::Error> {
    let walk = repository.walk(tips, &|commit: &Commit| commit.message.len(), &|_| {})?;
    let versions = Versions::new(tags, &history::Options::default());
    let graph = Graph::from_edges(&walk.commits, walk.edges);
    let order = graph.newest_first(&walk.commits);
    let assignment = Assignment {
        versions: &versions,
        head: tips.first().copied(),
        unreleased_version: None,
        prereleases: Prereleases::default(),
        line: None,
    };
    let ids = history::reorder(walk.commits.iter().map(|commit| commit.id).collect(), &order);
    drop(history::assign(&graph.reordered(&order), &ids, assignment));
    let mut commits = walk.commits;
    let (mut sets, mut compared) = (PathSets::default(), ComparedSets::default());
    for set in [
        PathSet::default(),
        PathSet { include: vec!["src/parts/".to_owned()], exclude: vec!["**/z.txt".to_owned()] },
    ] {
        let _ = (sets.add(set.clone()), compared.push(set));
    }
    repository.compute_touches(&mut commits, &sets, &|_| Vec::new())?;
    let mut comparison = repository.comparison(&compared)?;
    let trees: Vec<_> = commits.iter().map(|commit| (None, commit.tree)).collect();
    let pairs: Vec<_> = trees
        .iter()
        .copied()
        .chain(trees.iter().zip(trees.iter().skip(1)).map(|(a, b)| (Some(a.1), b.1)))
        .collect();
    drop(comparison.changed_paths(&pairs)?);
    Ok(())
}

/// Reads the unreleased changes.
fn window(repository: &Repository, head: Option<ObjectId>, tags: &[Tag]) -> Result<(), git::Error> {
    let Some(head) = head else { return Ok(()) };
    let commits = repository.commits()?;
    let read = |id: ObjectId| commits.node(id);
    let mut ancestry = Ancestry::new(&read);
    let versions = Versions::new(tags, &history::Options::default());
    let prereleases = Prereleases::default();
    let target = Target { commit: head, of: WindowFor::Unreleased, prereleases, line: None };
    let choice = history::window_of(&versions, target, &mut ancestry)?;
    let unique: std::collections::BTreeSet<_> = choice.commits.iter().collect();
    assert_eq!(unique.len(), choice.commits.len(), "a commit is in a window twice");
    Ok(())
}
