//! A temporary repository on disk, deleted with the test.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

use tempfile::TempDir;

use super::history::{Head, History};
use super::{Commit, Id};

/// 2026-03-01T00:00:00Z, the current time of the program under test.
pub(super) const NOW: &str = "1772323200";

/// A repository with its history. Commits, merges and tags are collected and written to git together, before the first
/// call that reads the repository. The builder does not track changes by `git`: after `repo.git(&["commit", ..])` build
/// on other branches, or not at all.
pub(crate) struct Repo {
    home: Rc<TempDir>,
    dir: PathBuf,
    history: RefCell<History>,
    /// Clones and worktrees are read-only.
    built_here: bool,
    copies: Rc<Cell<usize>>,
}

impl Repo {
    /// An empty repository on the branch `main`.
    pub(crate) fn new() -> Self {
        let home = TempDir::with_prefix("tidings-").unwrap();
        // The program may resolve links (macOS: `/var`), and snapshots replace this path.
        let dir = home.path().canonicalize().unwrap().join("repo");
        let history = RefCell::new(History::new("main"));
        let repo = Self { home: Rc::new(home), dir, history, built_here: true, copies: Rc::default() };
        fs::create_dir(&repo.dir).unwrap();
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// Adds a commit on top of `HEAD`, by its message or in full.
    pub(crate) fn commit(&self, commit: impl Into<Commit>) -> Id {
        self.building().commit(commit.into())
    }

    /// Creates a branch at `HEAD` and checks it out. Without any commit yet, the first one is on it.
    pub(crate) fn branch(&self, name: &str) -> &Self {
        let mut history = self.building();
        if let Some(tip) = history.tip() {
            history.set_branch(name, tip);
        }
        history.head = Head::Branch(name.into());
        drop(history);
        self
    }

    /// Creates a branch without history (`git checkout --orphan`).
    pub(crate) fn orphan(&self, name: &str) -> &Self {
        self.building().head = Head::Branch(name.into());
        self
    }

    /// Checks out a branch that has commits.
    pub(crate) fn checkout(&self, name: &str) -> &Self {
        let mut history = self.building();
        history.branch_tip(name);
        history.head = Head::Branch(name.into());
        drop(history);
        self
    }

    /// Checks out a commit, with a detached HEAD.
    pub(crate) fn detach(&self, id: Id) -> &Self {
        self.building().head = Head::Detached(id);
        self
    }

    /// Moves the branch of `HEAD` to a commit, as a force push does.
    pub(crate) fn reset(&self, id: Id) -> &Self {
        let mut history = self.building();
        match history.head.clone() {
            Head::Branch(name) => history.set_branch(&name, id),
            Head::Detached(_) => history.head = Head::Detached(id),
        }
        drop(history);
        self
    }

    /// Merges a branch into `HEAD` with a merge commit.
    pub(crate) fn merge(&self, branch: &str, commit: impl Into<Commit>) -> Id {
        self.octopus(&[branch], commit)
    }

    /// Merges several branches with one merge commit.
    pub(crate) fn octopus(&self, branches: &[&str], commit: impl Into<Commit>) -> Id {
        let mut history = self.building();
        let tips: Vec<_> = branches.iter().map(|name| history.branch_tip(name)).collect();
        history.merge(commit.into(), &tips)
    }

    /// `git cherry-pick -x`: the same change and message on top of `HEAD`, with the line that names the original.
    pub(crate) fn cherry_pick(&self, id: Id) -> Id {
        let sha = self.sha(id);
        let mut history = self.building();
        let message = String::from_utf8_lossy(history.message(id)).into_owned();
        let message = format!("{}\n\n(cherry picked from commit {sha})\n", message.trim_end());
        history.apply(Commit::new(message), id, false)
    }

    /// `git revert`: reverts a commit, with git's own message.
    pub(crate) fn revert(&self, id: Id) -> Id {
        let sha = self.sha(id);
        let mut history = self.building();
        let message = String::from_utf8_lossy(history.message(id)).into_owned();
        let subject = message.lines().next().unwrap_or_default();
        let message = format!("Revert \"{subject}\"\n\nThis reverts commit {sha}.\n");
        history.apply(Commit::new(message), id, true)
    }

    /// Creates a lightweight tag on `HEAD`.
    pub(crate) fn tag(&self, name: &str) -> &Self {
        let tip = self.head();
        self.tag_at(name, tip)
    }

    /// Creates a lightweight tag on a commit.
    pub(crate) fn tag_at(&self, name: &str, id: Id) -> &Self {
        self.building().tag(name, id, None);
        self
    }

    /// Creates an annotated tag on `HEAD`, dated in seconds since 1970.
    pub(crate) fn annotated_tag(&self, name: &str, message: &str, seconds: i64) -> &Self {
        let tip = self.head();
        self.building().tag(name, tip, Some((message, seconds)));
        self
    }

    /// Sets the clock for the dates of the next commits, in seconds since 1970.
    pub(crate) fn at(&self, seconds: i64) -> &Self {
        self.building().clock = seconds;
        self
    }

    /// The commit at `HEAD`.
    pub(crate) fn head(&self) -> Id {
        self.building().tip().expect("HEAD has a commit")
    }

    /// The full ID of a commit.
    pub(crate) fn sha(&self, id: Id) -> String {
        self.flush();
        self.marks().remove(&(id.0 + 1)).expect("every flushed commit has a mark")
    }

    /// A clone of `HEAD`'s branch with only its newest `depth` commits.
    pub(crate) fn shallow_clone(&self, depth: usize) -> Self {
        // For a path without a scheme, git ignores the depth and copies everything.
        let source = format!("file://{}", self.dir().display());
        self.copy(&["clone", "--quiet", "--depth", &depth.to_string(), &source])
    }

    /// A partial clone, which lacks the objects that the filter omits (`tree:0`).
    pub(crate) fn partial_clone(&self, filter: &str, options: &[&str]) -> Self {
        self.git(&["config", "uploadpack.allowFilter", "true"]);
        self.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        let (filter, source) = (format!("--filter={filter}"), format!("file://{}", self.dir().display()));
        self.copy(&[&["clone", "--quiet", &filter], options, &[source.as_str()]].concat())
    }

    /// A bare clone.
    pub(crate) fn bare_clone(&self) -> Self {
        let source = self.dir().display().to_string();
        self.copy(&["clone", "--quiet", "--bare", &source])
    }

    /// A second work tree of the same repository, detached at a revision.
    pub(crate) fn worktree(&self, revision: &str) -> Self {
        let dir = self.next_copy();
        self.git(&["worktree", "add", "--quiet", "--detach", &dir.display().to_string(), revision]);
        self.foreign(dir)
    }

    /// Checks out `HEAD` into the work tree and index; until then the work tree is empty.
    pub(crate) fn materialize(&self) -> &Self {
        self.git(&["reset", "--quiet", "--hard"]);
        self
    }

    /// Writes a file into the work tree, and creates its parent folders.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.dir().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Reads a file of the work tree.
    pub(crate) fn read(&self, path: &str) -> String {
        let bytes = fs::read(self.dir().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        String::from_utf8(bytes).unwrap()
    }

    /// The full IDs of the commits of a range such as `v1.0.0..HEAD`, as listed by git, newest first.
    pub(crate) fn rev_list(&self, range: &str) -> Vec<String> {
        self.git(&["rev-list", range, "--"]).lines().map(str::to_owned).collect()
    }

    /// Runs git in the repository and returns its output.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.try_git(args).unwrap_or_else(|error| panic!("git {args:?}: {error}"))
    }

    /// Runs git, which may be too old for the arguments, and returns its output, or its standard error if it fails.
    pub(crate) fn try_git(&self, args: &[&str]) -> Result<String, String> {
        self.flush();
        let output = self.clean(Command::new("git")).args(args).output().unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// The root of the work tree, or of a bare repository.
    pub(crate) fn dir(&self) -> &Path {
        self.flush();
        &self.dir
    }

    /// The folder of the repository and its clones, and the home directory of each run.
    pub(crate) fn home(&self) -> PathBuf {
        self.home.path().canonicalize().unwrap()
    }

    /// Every commit of the builder, by its number, counted from 1 in order of creation.
    pub(super) fn marks(&self) -> BTreeMap<usize, String> {
        let text = fs::read_to_string(self.marks_file()).unwrap_or_default();
        let entries = text.lines().map(|line| {
            let (mark, sha) = line.trim_start_matches(':').split_once(' ').unwrap();
            (mark.parse().unwrap(), sha.to_owned())
        });
        entries.collect()
    }

    /// The same command in this repository, with a clean environment that has only `PATH`.
    pub(super) fn clean(&self, mut command: Command) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.current_dir(&self.dir).env_clear().env("PATH", path);
        command.env("HOME", self.home()).env("GIT_CEILING_DIRECTORIES", self.home());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC").env("SOURCE_DATE_EPOCH", NOW);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ada Lovelace");
            command.env(format!("GIT_{who}_EMAIL"), "ada@example.com");
            command.env(format!("GIT_{who}_DATE"), format!("{NOW} +0000"));
        }
        command
    }

    fn building(&self) -> std::cell::RefMut<'_, History> {
        assert!(
            self.built_here,
            "a clone or a worktree is only looked at: build on the repository it came from"
        );
        self.history.borrow_mut()
    }

    /// Writes the collected history to git.
    fn flush(&self) {
        let mut history = self.history.borrow_mut();
        let head = history.head.clone();
        let mut stream = history.take_stream();
        if !self.built_here || !self.dir.join(".git").exists() {
            return;
        }
        if !stream.is_empty() {
            stream.extend_from_slice(format!("reset refs/detached\nfrom {:040}\n\ndone\n", 0).as_bytes());
            self.import(&stream);
        }
        let head = match head {
            Head::Branch(name) => format!("ref: refs/heads/{name}\n"),
            Head::Detached(id) => format!("{}\n", self.marks()[&(id.0 + 1)]),
        };
        // Only if the builder moved it: a test may have moved it with git.
        if history.written_head.as_ref() != Some(&head) {
            fs::write(self.dir.join(".git/HEAD"), &head).unwrap();
            history.written_head = Some(head);
        }
    }

    fn import(&self, stream: &[u8]) {
        let marks = self.marks_file().display().to_string();
        let mut command = self.clean(Command::new("git"));
        // `--force` because a branch may move to a commit that is not a descendant.
        command.args(["fast-import", "--quiet", "--force", "--done"]);
        command.arg(format!("--import-marks-if-exists={marks}")).arg(format!("--export-marks={marks}"));
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let sent = child.stdin.take().unwrap().write_all(stream);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git fast-import: {}", String::from_utf8_lossy(&output.stderr));
        sent.unwrap();
    }

    fn marks_file(&self) -> PathBuf {
        self.home.path().join("marks")
    }

    fn copy(&self, args: &[&str]) -> Self {
        let dir = self.next_copy();
        self.git(&[args, &[&dir.display().to_string()]].concat());
        self.foreign(dir)
    }

    fn next_copy(&self) -> PathBuf {
        self.copies.set(self.copies.get() + 1);
        self.home().join(format!("copy-{}", self.copies.get()))
    }

    fn foreign(&self, dir: PathBuf) -> Self {
        Self {
            home: Rc::clone(&self.home),
            dir,
            history: RefCell::new(History::new("main")),
            built_here: false,
            copies: Rc::clone(&self.copies),
        }
    }
}
