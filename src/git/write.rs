//! What is written into the repository: tags, notes on commits, pushes; with the user's own `git`, so that their keys, hooks and
//! credentials count.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use super::{Error, Repository, address::without_secrets};
use crate::model::ObjectId;

impl Repository {
    /// Makes an annotated tag, signed where git is configured so. The message is kept as it is, lines that begin with `#` too.
    ///
    /// # Errors
    /// When git does not make it: it is there already (and `force` is not given), its name is none, it cannot be signed.
    pub fn make_tag(&self, name: &str, commit: ObjectId, message: &str, force: bool) -> Result<(), Error> {
        let id = commit.to_string();
        let mut arguments = vec!["tag", "--annotate", "--cleanup=verbatim", "--file=-"];
        arguments.extend(force.then_some("--force"));
        arguments.extend(["--", name, &id]);
        self.git(&arguments, message).map(drop)
    }

    /// Puts a note on a commit, in place of one that is there. The text is kept as it is.
    ///
    /// # Errors
    /// When git does not put it there.
    pub fn make_note(&self, reference: &str, commit: ObjectId, text: &str) -> Result<(), Error> {
        let blob = self.git(&["hash-object", "-w", "--stdin"], text)?;
        let (reference, id) = (format!("--ref={reference}"), commit.to_string());
        self.git(&["notes", &reference, "add", "--force", "-C", blob.trim(), &id], "").map(drop)
    }

    /// Pushes references under their own names. Nothing that stands there is replaced unless `force` is given.
    ///
    /// # Errors
    /// When there is no such remote, or it cannot be reached or does not take them.
    pub fn push(&self, remote: &str, references: &[String], force: bool) -> Result<(), Error> {
        self.must_have_remote(remote, "git push")?;
        let mut arguments = vec!["push", "--quiet"];
        arguments.extend(force.then_some("--force"));
        // The remote's name comes from a file or the command line: it must never be read as an option.
        arguments.extend(["--", remote]);
        arguments.extend(references.iter().map(String::as_str));
        self.git(&arguments, "").map(drop)
    }

    /// Runs git with this on its standard input and gives what it printed.
    fn git(&self, arguments: &[&str], input: &str) -> Result<String, Error> {
        let failed = |message: String| Error::Git {
            command: without_secrets(&format!("git {}", arguments.join(" "))),
            message: without_secrets(&message),
        };
        let broken = |error: std::io::Error| failed(error.to_string());
        let mut child = Command::new("git")
            .arg("--git-dir")
            .arg(self.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(broken)?;
        // Where git ends before it has read all, what it says tells why.
        let written = child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(input.as_bytes()));
        let output = child.wait_with_output().map_err(broken)?;
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        written.map_err(broken)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
