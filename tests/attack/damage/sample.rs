//! Small repositories in every storage format of git, and runs of the program with a time limit.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::support::{Commit, Repo};

/// The CPU time limit of a run on such a small repository.
const CPU_LIMIT: Duration = Duration::from_secs(40);
/// A process that hangs uses no CPU time; on a busy machine a run may take long.
const WALL_LIMIT: Duration = Duration::from_secs(600);

/// The result of a run; no status if a signal or the time limit ended it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) status: Option<i32>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

impl Run {
    /// Whether it ended by itself, with a documented exit code and without a panic.
    pub(super) fn is_orderly(&self) -> bool {
        self.status.is_some_and(|status| (0..=5).contains(&status)) && !self.stderr.contains("panicked")
    }
}

/// Runs the program in a repository.
pub(super) fn tidings(repo: &Repo, args: &[&str]) -> Run {
    run_limited(repo.tidings(args))
}

/// Runs the program, which must report that the repository is damaged, and contain these words.
pub(super) fn assert_refused(repo: &Repo, args: &[&str], named: &[&str]) -> String {
    let run = tidings(repo, args);
    assert_eq!(run.status, Some(3), "{args:?}: {run:?}");
    assert!(run.is_orderly(), "{args:?}: {run:?}");
    for named in named {
        assert!(run.stderr.contains(named), "{args:?} does not name {named}: {}", run.stderr);
    }
    assert!(run.stderr.contains("Hint: "), "{args:?} has no hint: {}", run.stderr);
    run.stderr
}

/// Runs a command, and kills it after the time limit.
pub(super) fn run_limited(mut command: Command) -> Run {
    let (mut stdout, mut stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command.stdin(Stdio::null()).stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap());
    let mut child = command.spawn().unwrap();
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        let elapsed = started.elapsed();
        if elapsed > WALL_LIMIT
            || elapsed > CPU_LIMIT && cpu_time(child.id()).is_none_or(|cpu_time| cpu_time > CPU_LIMIT)
        {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let read = |file: &mut File| {
        let mut bytes = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    };
    let (stdout, stderr) = (read(&mut stdout), String::from_utf8_lossy(&read(&mut stderr)).into_owned());
    Run { status, stdout, stderr }
}

/// The CPU time used by a process; `None` if the system does not report it.
fn cpu_time(process: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may contain spaces. After it come the state, ten numbers, and the two times in
    // hundredths of a second.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks()? + ticks()?)))
}

/// Runs git in the same environment.
pub(super) fn git(repo: &Repo, args: &[&str]) -> Run {
    let like = repo.tidings(&[]);
    let mut command = Command::new("git");
    command.current_dir(repo.dir()).env_clear().args(args);
    command.envs(like.get_envs().filter_map(|(key, value)| Some((key, value?))));
    run_limited(command)
}

/// A history with branches, merges, a revert, annotated and lightweight tags, in loose objects.
pub(super) fn loose() -> Repo {
    let repo = Repo::new();
    let text = |version: usize| -> String {
        (0..40).map(|line| format!("line {line} of {}\n", version * (line / 13))).collect()
    };
    let file = |message: &str, version: usize| {
        Commit::new(message).file("src/lib.rs", text(version)).file("docs/a.md", text(version + 1))
    };
    repo.commit(file("feat: begin", 1));
    repo.commit(file("fix: a slip (#3)", 2));
    repo.tag("v1.0.0");
    repo.branch("topic");
    repo.commit(file("feat(api): a door\n\nBREAKING CHANGE: it was a wall", 3));
    repo.checkout("main");
    repo.commit(Commit::new("docs: a page").file("docs/b.md", "x"));
    repo.merge("topic", Commit::new("Merge branch 'topic'"));
    repo.annotated_tag("v1.1.0", "v1.1.0\n\nA door.\n", 1_772_000_000);
    let fix = repo.commit(file("fix: the door squeaks", 5));
    repo.revert(fix);
    repo.commit(Commit::new("feat: a migration").file("db/migrate/1.sql", "create"));
    repo.annotated_tag("v1.2.0", "v1.2.0", 1_772_000_100);
    repo.tag("latest");
    repo.commit(file("perf: a faster door", 6));
    repo.git(&["update-ref", "refs/heads/other", "topic"]);
    // The test harness imports objects into a pack: this writes each object to its own file.
    unpack(&repo);
    repo
}

/// Unpacks all packs.
pub(super) fn unpack(repo: &Repo) {
    let folder = objects(repo).join("pack");
    let aside = repo.home().join("aside");
    fs::create_dir_all(&aside).unwrap();
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        fs::rename(&path, aside.join(path.file_name().unwrap())).unwrap();
    }
    for pack in fs::read_dir(&aside).unwrap() {
        let path = pack.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pack") {
            let script = format!("git unpack-objects -q < '{}'", path.display());
            let mut command = Command::new("sh");
            command.current_dir(repo.dir()).args(["-c", &script]);
            assert!(command.status().unwrap().success());
        }
    }
    fs::remove_dir_all(aside).unwrap();
}

/// The same in one pack, with packed refs.
pub(super) fn packed() -> Repo {
    let repo = loose();
    repo.git(&["-c", "gc.writeCommitGraph=false", "gc", "--quiet", "--aggressive", "--prune=now"]);
    repo
}

/// The same with a commit-graph file.
pub(super) fn graphed() -> Repo {
    let repo = packed();
    repo.git(&["commit-graph", "write", "--reachable"]);
    repo
}

/// The same with a chain of commit-graph files.
pub(super) fn chained() -> Repo {
    let repo = packed();
    let write = |tips: &str| {
        let script =
            format!("git rev-parse {tips} | git commit-graph write --stdin-commits --split=no-merge");
        let mut command = Command::new("sh");
        command.current_dir(repo.dir()).args(["-c", &script]);
        assert!(command.status().unwrap().success());
    };
    write("v1.0.0^{}");
    write("v1.2.0^{}");
    write("main other");
    repo
}

/// The same in several packs with a multi-pack-index, and a few loose objects.
pub(super) fn several() -> Repo {
    let repo = loose();
    repo.git(&["repack", "-d", "-q"]);
    repo.commit(Commit::new("feat: later").file("src/lib.rs", "later"));
    repo.tag("v1.3.0");
    repo.dir();
    repo.git(&["repack", "-d", "-q"]);
    repo.git(&["multi-pack-index", "write"]);
    repo.git(&["commit", "--quiet", "--allow-empty", "--message", "fix: last"]);
    repo
}

/// The same with grafts, a replace ref, and alternates.
pub(super) fn altered() -> Repo {
    let repo = packed();
    let lender = repo.home().join("lender");
    fs::create_dir_all(&lender).unwrap();
    fs::rename(objects(&repo).join("pack"), lender.join("pack")).unwrap();
    fs::write(objects(&repo).join("info/alternates"), format!("{}\n", lender.display())).unwrap();
    let name = |revision: &str| repo.git(&["rev-parse", revision]).trim().to_owned();
    let grafts = format!("{} {} {}\n", name("main~2"), name("v1.1.0^{}"), name("other"));
    fs::create_dir_all(repo.dir().join(".git/info")).unwrap();
    fs::write(repo.dir().join(".git/info/grafts"), grafts).unwrap();
    let tree = name("main^{tree}");
    let other = repo.git(&["commit-tree", "-m", "feat: in its place", "-p", "main~1", &tree]);
    repo.git(&["replace", "main", other.trim()]);
    repo.git(&["config", "advice.graftFileDeprecated", "false"]);
    repo
}

fn objects(repo: &Repo) -> PathBuf {
    repo.dir().join(".git/objects")
}

/// All files in a folder, recursively.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Replaces a file, since git makes its own files read-only.
pub(super) fn rewrite(path: &Path, content: &[u8]) {
    drop(fs::remove_file(path));
    fs::write(path, content).unwrap();
}
