//! Runs of the program in a repository.

use std::io::{Read as _, Write as _};
use std::process::{Command, Output, Stdio};

use super::{Repo, schema};

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; `None` if a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Replacements in a snapshot for strings that depend on the machine or change with every added commit.
    names: Vec<(String, String)>,
}

impl Repo {
    /// Runs the built program in the repository.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_command(self.tidings(args))
    }

    /// The built program in the repository's clean environment, for a test that extends it.
    pub(crate) fn tidings(&self, args: &[&str]) -> Command {
        self.dir();
        let mut command = self.clean(Command::new(env!("CARGO_BIN_EXE_tidings")));
        command.args(args).stdin(Stdio::null());
        command
    }

    /// Runs a command made by [`Repo::tidings`].
    pub(crate) fn run_command(&self, mut command: Command) -> Ran {
        let output = command.output().unwrap();
        schema::check_run(&command, &output);
        self.ran(output)
    }

    /// Runs the program with this stdin.
    pub(crate) fn run_with_input(&self, args: &[&str], input: impl AsRef<[u8]>) -> Ran {
        let mut command = self.tidings(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that does not read all its input is not a failure of the test.
        drop(child.stdin.take().unwrap().write_all(input.as_ref()));
        self.ran(child.wait_with_output().unwrap())
    }

    /// Runs the program, which must succeed, and parses its output as one JSON value.
    pub(crate) fn run_json(&self, args: &[&str]) -> serde_json::Value {
        let ran = self.run(args);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}\n{}", ran.snapshot()))
    }

    /// Runs the program into a pipe whose reader closes it after `bytes` bytes, like `head`.
    pub(crate) fn run_into_closed_pipe(&self, args: &[&str], bytes: usize) -> Ran {
        let mut command = self.tidings(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut taken = vec![0; bytes];
        // Fewer bytes are allowed: the output may be shorter.
        drop(child.stdout.take().unwrap().read_exact(&mut taken));
        self.ran(child.wait_with_output().unwrap())
    }

    pub(crate) fn ran(&self, output: Output) -> Ran {
        let mut names = vec![
            (self.dir().display().to_string(), "[REPO]".into()),
            (self.home().display().to_string(), "[HOME]".into()),
            (concat!("tidings ", env!("CARGO_PKG_VERSION")).into(), "tidings [VERSION]".into()),
        ];
        for (number, sha) in self.marks() {
            names.push((sha.clone(), format!("[commit {number}]")));
            names.push((sha[..7].to_owned(), format!("[c{number}]")));
        }
        Ran {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            names,
        }
    }
}

impl Ran {
    /// The whole run as one string for an inline snapshot. The repository is `[REPO]`, its parent `[HOME]`, and the
    /// full and the abbreviated ID of the third commit of the test `[commit 3]` and `[c3]`.
    pub(crate) fn snapshot(&self) -> String {
        let status = self.status.map_or("signal".into(), |code| code.to_string());
        let mut text = format!("status: {status}\n");
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                text += &format!("----- {name} -----\n{}", self.stable(stream));
                // The snapshot must show whether the last line ends with a newline.
                text += if stream.ends_with('\n') { "" } else { "[no line end]\n" };
            }
        }
        text
    }

    fn stable(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }
}
