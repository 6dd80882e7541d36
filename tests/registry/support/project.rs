//! A git repository with three versions, and runs of the built program in it, in a clean environment.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::schema;

/// 2026-03-01T00:00:00Z, the current time of the program under test.
const NOW: &str = "1772323200";

/// A temporary repository and home directory, deleted with the test.
pub(crate) struct Project {
    folder: TempDir,
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The output of a run that must have succeeded.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.status, Some(0), "{self:?}");
        self.stdout
    }
}

impl Project {
    /// A project with versions 0.9.0, 0.10.0 and 0.11.0, each with a feature.
    pub(crate) fn new() -> Self {
        let project = Self::empty();
        for (number, version) in ["v0.9.0", "v0.10.0", "v0.11.0"].into_iter().enumerate() {
            project.commit(number, &format!("feat: thing {number}"));
            project.git(&["tag", version]);
        }
        project
    }

    /// A project without commits.
    pub(crate) fn empty() -> Self {
        let project = Self { folder: TempDir::with_prefix("tidings-project-").unwrap() };
        fs::create_dir(project.repository()).unwrap();
        project.git(&["init", "--quiet", "--initial-branch=main"]);
        project
    }

    pub(crate) fn commit(&self, number: usize, message: &str) {
        let date = format!("2026-01-0{}T00:00:00Z", number + 1);
        let mut command = self.clean(Command::new("git"));
        command.args(["commit", "--quiet", "--allow-empty", "--message", message]);
        assert!(
            command
                .env("GIT_AUTHOR_DATE", &date)
                .env("GIT_COMMITTER_DATE", &date)
                .status()
                .unwrap()
                .success()
        );
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = self.clean(Command::new("git")).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn repository(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// A folder outside any repository; also the home directory of each run.
    pub(crate) fn elsewhere(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the repository.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.repository().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Configures environments with images in a registry.
    pub(crate) fn environments(&self, staging: &str, production: &str) {
        self.write(
            "tidings.toml",
            &format!(
                "[environments.staging]\nimage = \"{staging}\"\n[environments.production]\nimage = \"{production}\"\n\
                 suffix = \"-prod\"\ntag = \"prod\"\n"
            ),
        );
    }

    /// Runs the program in the repository.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        ran(&mut self.tidings(args))
    }

    /// The program in the repository, for a test that extends the command.
    pub(crate) fn tidings(&self, args: &[&str]) -> Command {
        let mut command = self.clean(Command::new(env!("CARGO_BIN_EXE_tidings")));
        command.args(args).stdin(Stdio::null());
        command
    }

    /// Runs the program outside the repository.
    pub(crate) fn run_elsewhere(&self, args: &[&str]) -> Ran {
        ran(self.tidings(args).current_dir(self.elsewhere()))
    }

    fn clean(&self, mut command: Command) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.current_dir(self.repository()).env_clear().env("PATH", path).env("HOME", self.folder.path());
        command.env("GIT_CEILING_DIRECTORIES", self.folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC").env("SOURCE_DATE_EPOCH", NOW).env("USER", "ada");
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "Ada Lovelace")
                .env(format!("GIT_{who}_EMAIL"), "ada@example.com");
        }
        command
    }
}

/// Runs a command made by [`Project::tidings`].
pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    schema::check_run(command, &output);
    Ran {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
