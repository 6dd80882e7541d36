//! A repository full of paths that lead outside, to files that must be neither read nor written.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::support::{Ran, Repo};

/// The content of the files outside, which occurs nowhere else.
pub(crate) const SECRET: &str = "TOPSECRET";

/// The time limit of a run: a FIFO or an endless device would block it forever.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Folders that lead outside.
const LINKED_FOLDERS: [&str; 20] = [
    "../outside",
    "sub/../../outside",
    "./././../outside",
    "sub//..//..//outside",
    "sub/deeper/../../../outside",
    "folder",
    "folder-absolute",
    "folder/deep",
    "folder/../outside",
    "here/../outside",
    "here/here/../../outside",
    "up/outside",
    "up/outside/deep/..",
    "sideways/outside",
    "sub/deeper/up/outside",
    "cwd/outside",
    "here/up/outside",
    "folder/.",
    "here/folder",
    "sub/../folder",
];

/// Spellings of a git directory on some system.
const GIT: [&str; 19] = [
    ".git",
    ".GIT",
    ".Git",
    ".git ",
    ".git.",
    ".git. .",
    "git~1",
    "GIT~1",
    ".g\u{200c}it",
    "\u{feff}.git",
    ".git::$INDEX_ALLOCATION",
    ".git:x",
    "g",
    "./.git",
    "sub/../.git",
    "here/.git",
    "here/g",
    "vendor/.git",
    "sub/../vendor/.git",
];

/// Spellings that Windows or a URL parser would interpret.
const WINDOWS: [&str; 12] = [
    "..\\\\outside",
    "C:\\\\x",
    "C:/x",
    "c:x",
    "\\\\\\\\server\\\\share",
    "//server/share",
    "\\\\\\\\?\\\\C:\\\\x",
    "file:///etc",
    "\\u0000",
    "a\\u0000b",
    "a\\nb",
    "a\\u001bb",
];

/// Links, pipes and files that must not be used.
const FILES: [&str; 20] = [
    "link",
    "absolute",
    "first",
    "second",
    "third",
    "sub/link",
    "here/link",
    "loop",
    "one",
    "dangling",
    "config",
    "here/config",
    "zero",
    "stdin",
    "environ",
    "fifo",
    "here/fifo",
    "sparse",
    "chain0",
    "sub/../link",
];

pub(crate) struct Trap {
    pub(crate) repo: Repo,
    before: BTreeMap<PathBuf, Vec<u8>>,
}

impl Trap {
    /// A repository with a version, links of every kind, and files outside and in its git directory with the extension
    /// `.EXT`.
    pub(crate) fn new(extension: &str) -> Self {
        let repo = Repo::new();
        repo.commit("feat: one");
        repo.tag("v1.0.0").commit("feat: two");
        repo.materialize();
        let (home, secret) = (repo.home(), format!("secret.{extension}"));
        let outside = home.join("outside");
        fs::create_dir_all(outside.join("deep")).unwrap();
        let text = format!("# {SECRET}\n");
        for folder in
            [outside.clone(), outside.join("deep"), repo.dir().join(".git"), repo.dir().join("vendor/.git")]
        {
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(&secret), &text).unwrap();
        }
        let file = |name: &str| format!("{name}.{extension}");
        let inside = outside.join(&secret);
        let absolute = inside.to_str().unwrap();
        fs::create_dir_all(repo.dir().join("sub/deeper")).unwrap();
        let link = |at: &str, to: &str| symlink(to, repo.dir().join(at)).unwrap();
        link(&file("link"), &format!("../outside/{secret}"));
        link(&file("absolute"), absolute);
        link("folder", "../outside");
        link("folder-absolute", outside.to_str().unwrap());
        link(&file("first"), &file("second"));
        link(&file("second"), &file("third"));
        link(&file("third"), &format!("sub/../../outside/{secret}"));
        link(&format!("sub/{}", file("link")), &format!("../../outside/{secret}"));
        link("sub/deeper/up", "../../..");
        link("here", ".");
        link("up", "..");
        link("sideways", "sub/../..");
        link(&file("loop"), &file("loop"));
        link(&file("one"), &file("two"));
        link(&file("two"), &file("one"));
        link(&file("dangling"), &format!("../outside/new.{extension}"));
        link("dangling", "../outside/none");
        link(&file("config"), &format!(".git/{secret}"));
        link("g", ".git");
        link(&file("zero"), "/dev/zero");
        link(&file("stdin"), "/dev/stdin");
        link(&file("environ"), "/proc/self/environ");
        link("cwd", "/proc/self/cwd/..");
        link("root", "/");
        link("proc-root", "/proc/self/root");
        for number in 0..60 {
            link(&format!("chain{number}.{extension}"), &format!("chain{}.{extension}", number + 1));
        }
        fs::write(repo.dir().join(format!("chain60.{extension}")), "x").unwrap();
        let created = Command::new("mkfifo").arg(repo.dir().join(file("fifo"))).status().unwrap();
        assert!(created.success());
        let sparse = fs::File::create(repo.dir().join(file("sparse"))).unwrap();
        sparse.set_len(10 << 30).unwrap();
        let mut trap = Self { repo, before: BTreeMap::new() };
        trap.before = trap.outside();
        trap
    }

    /// Every path of the trap that must be refused, as written in a configuration.
    pub(crate) fn paths(&self, extension: &str) -> Vec<String> {
        let secret = format!("secret.{extension}");
        let outside = self.repo.home().join("outside");
        let outside = outside.to_str().unwrap();
        let rooted = [
            format!("root{outside}/{secret}"),
            format!("proc-root{outside}/{secret}"),
            format!("/proc/self/root{outside}/{secret}"),
            format!("/proc/self/cwd/../outside/{secret}"),
            format!("dangling/{secret}"),
        ];
        let folders = LINKED_FOLDERS.into_iter().chain([outside]).chain(GIT).chain(WINDOWS);
        folders
            .map(|folder| format!("{folder}/{secret}"))
            .chain(FILES.into_iter().map(|file| format!("{file}.{extension}")))
            .chain(rooted)
            .collect()
    }

    /// Runs the program, which must not hang.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_command(self.repo.tidings(args))
    }

    pub(crate) fn run_command(&self, command: Command) -> Ran {
        run_bounded(&self.repo, command)
    }

    /// Asserts that a run was refused, leaked no secret, and changed nothing outside.
    pub(crate) fn assert_refused(&self, ran: &Ran, what: &str) {
        assert_eq!(ran.status, Some(2), "{what}: {}", ran.snapshot());
        self.assert_unchanged(ran, what);
    }

    /// Asserts that a run leaked no secret and changed nothing outside.
    pub(crate) fn assert_unchanged(&self, ran: &Ran, what: &str) {
        let output = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!output.contains(SECRET), "{what}: {}", ran.snapshot());
        assert!(self.outside() == self.before, "{what} changed a file outside");
    }

    /// The files outside the work tree, and the files of the git directories that git itself does not write here.
    fn outside(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.repo.home().join("outside"), &mut files);
        for git in [".git", "vendor/.git"] {
            for entry in fs::read_dir(self.repo.dir().join(git)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if path.is_file() && !["index", "config", "COMMIT_EDITMSG"].contains(&name) {
                    files.insert(path.clone(), fs::read(path).unwrap());
                }
            }
        }
        files
    }
}

pub(crate) fn run_bounded(repo: &Repo, mut command: Command) -> Ran {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, start) = (command.spawn().unwrap(), Instant::now());
    // The output is short, so that no pipe fills up.
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > TIME_LIMIT {
            child.kill().unwrap();
            panic!("{command:?} still runs after {TIME_LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    repo.ran(child.wait_with_output().unwrap())
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        }
        files.insert(path.clone(), fs::read(&path).unwrap_or_default());
    }
}
