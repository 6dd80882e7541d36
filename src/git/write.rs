//! Writes tags and notes, and pushes refs. Runs the user's own `git`, to use their keys, hooks and credentials.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use super::{Error, Repository, environment::OF_ONE_REPOSITORY, secrets::without_secrets};
use crate::model::ObjectId;

impl Repository {
    /// Creates an annotated tag, signed if `tag.gpgSign` is set. Keeps the message verbatim, with lines that begin with
    /// `#`.
    ///
    /// # Errors
    /// If git fails: the tag exists and `force` is `false`, its name is not valid, or it cannot be signed.
    pub fn create_tag(&self, name: &str, commit: ObjectId, message: &str, force: bool) -> Result<(), Error> {
        let id = commit.to_string();
        let mut arguments = vec!["tag", "--annotate", "--cleanup=verbatim", "--file=-"];
        arguments.extend(force.then_some("--force"));
        arguments.extend(["--", name, &id]);
        self.git(&arguments, message).map(drop)
    }

    /// Writes the note of a commit verbatim; replaces an existing one.
    ///
    /// # Errors
    /// If git fails.
    pub fn write_note(&self, reference: &str, commit: ObjectId, text: &str) -> Result<(), Error> {
        let blob = self.git(&["hash-object", "-w", "--stdin"], text)?;
        let (reference, id) = (format!("--ref={reference}"), commit.to_string());
        self.git(&["notes", &reference, "add", "--force", "-C", blob.trim(), &id], "").map(drop)
    }

    /// Pushes refs under their own names. Overwrites refs of the remote only with `force`.
    ///
    /// # Errors
    /// If there is no such remote, or it cannot be reached or rejects the push.
    pub fn push(&self, remote: &str, references: &[String], force: bool) -> Result<(), Error> {
        self.require_remote(remote, "git push")?;
        let mut arguments = vec!["push", "--quiet"];
        arguments.extend(force.then_some("--force"));
        // The name comes from a file or the command line and must never be parsed as an option.
        arguments.extend(["--", remote]);
        arguments.extend(references.iter().map(String::as_str));
        self.git(&arguments, "").map(drop)
    }

    /// Runs git with `input` on its standard input; returns its standard output. An error omits a setting that comes
    /// first (`-c`).
    pub(super) fn git(&self, arguments: &[&str], input: &str) -> Result<String, Error> {
        let shown = match arguments {
            ["-c", _, rest @ ..] => rest,
            all => all,
        };
        let failed = |message: String| Error::Git {
            command: without_secrets(&format!("git {}", shown.join(" "))),
            message: without_secrets(&message),
        };
        let broken = |error: std::io::Error| failed(error.to_string());
        let mut command = Command::new("git");
        if self.has_foreign_environment {
            for name in OF_ONE_REPOSITORY {
                command.env_remove(name);
            }
        }
        let mut child = command
            .arg("--git-dir")
            .arg(self.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(broken)?;
        // If git exits before it has read all input, its standard error has the reason.
        let written = child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(input.as_bytes()));
        let output = child.wait_with_output().map_err(broken)?;
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        written.map_err(broken)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
