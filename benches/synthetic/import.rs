//! Writes the stream of `git fast-import`.

use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The mark of a commit or blob that was already sent.
pub(super) type Mark = u64;

/// An author or committer with a date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signature {
    /// `Name <email>`.
    pub(super) person: &'static str,
    /// Seconds since 1970.
    pub(super) seconds: u64,
    /// The offset from UTC, such as `+0800`.
    pub(super) offset: &'static str,
}

/// A commit to send.
pub(super) struct Entry<'a> {
    /// The ref to update.
    pub(super) reference: &'a str,
    pub(super) author: Signature,
    pub(super) message: &'a [u8],
    /// The value of its `encoding` header.
    pub(super) encoding: Option<&'a str>,
    /// In order, the first parent first; empty for the root.
    pub(super) parents: &'a [Mark],
    /// The commit whose tree replaces that of the first parent.
    pub(super) tree: Option<&'a str>,
    /// The paths to write, each with its blob.
    pub(super) files: &'a [(String, Mark)],
}

/// A running `git fast-import`.
pub(super) struct Import {
    child: Child,
    stream: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
    marks: Mark,
}

impl Import {
    /// Creates the repository and starts the stream.
    pub(super) fn begin(folder: &Path) -> io::Result<Self> {
        if folder.exists() && folder.read_dir()?.next().is_some() {
            return Err(io::Error::other(format!("{} is not empty", folder.display())));
        }
        git(None, &["init", "--quiet", "--bare", "--initial-branch=main", &folder.display().to_string()])?;
        let mut command = clean(Some(folder));
        // Without this, git keeps the whole growing pack in memory.
        for limit in ["packedGitLimit=64m", "packedGitWindowSize=1m", "deltaBaseCacheLimit=16m"] {
            command.args(["-c", &format!("core.{limit}")]);
        }
        command.args(["fast-import", "--quiet", "--done", "--active-branches=16"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stream, answers) = pipes.ok_or_else(|| io::Error::other("git fast-import has no pipes"))?;
        let stream = BufWriter::with_capacity(1 << 20, stream);
        Ok(Self { child, stream, answers: BufReader::new(answers), marks: 0 })
    }

    /// Sends a file's content.
    pub(super) fn blob(&mut self, content: &[u8]) -> io::Result<Mark> {
        self.marks += 1;
        writeln!(self.stream, "blob\nmark :{}", self.marks)?;
        self.data(content)?;
        Ok(self.marks)
    }

    /// Sends a commit.
    pub(super) fn commit(&mut self, entry: &Entry) -> io::Result<Mark> {
        self.marks += 1;
        let Signature { person, seconds, offset } = entry.author;
        // The reset allows a parent other than the ref's tip.
        writeln!(self.stream, "reset {0}\ncommit {0}\nmark :{1}", entry.reference, self.marks)?;
        writeln!(self.stream, "author {person} {seconds} {offset}")?;
        writeln!(self.stream, "committer {person} {seconds} {offset}")?;
        if let Some(encoding) = entry.encoding {
            writeln!(self.stream, "encoding {encoding}")?;
        }
        self.data(entry.message)?;
        for (place, parent) in entry.parents.iter().enumerate() {
            writeln!(self.stream, "{} :{parent}", if place == 0 { "from" } else { "merge" })?;
        }
        if let Some(tree) = entry.tree {
            writeln!(self.stream, "M 040000 {tree} \"\"")?;
        }
        for (path, blob) in entry.files {
            writeln!(self.stream, "M 100644 :{blob} {path}")?;
        }
        writeln!(self.stream)?;
        Ok(self.marks)
    }

    /// Sets a ref to a commit.
    pub(super) fn point(&mut self, reference: &str, at: Mark) -> io::Result<()> {
        writeln!(self.stream, "reset {reference}\nfrom :{at}\n")
    }

    /// Deletes a ref.
    pub(super) fn delete(&mut self, reference: &str) -> io::Result<()> {
        writeln!(self.stream, "reset {reference}\nfrom {:040}\n", 0)
    }

    /// Creates an annotated tag.
    pub(super) fn tag(&mut self, name: &str, at: Mark, tagger: Signature, message: &str) -> io::Result<()> {
        let Signature { person, seconds, offset } = tagger;
        writeln!(self.stream, "tag {name}\nfrom :{at}\ntagger {person} {seconds} {offset}")?;
        self.data(message.as_bytes())
    }

    /// The full ID of a commit, computed by git.
    pub(super) fn name(&mut self, commit: Mark) -> io::Result<String> {
        self.ask(&format!("get-mark :{commit}"))
    }

    /// The full ID of a commit's tree.
    pub(super) fn tree(&mut self, commit: Mark) -> io::Result<String> {
        let answer = self.ask(&format!("ls :{commit} \"\""))?;
        let name = answer.split([' ', '\t']).nth(2);
        name.map(str::to_owned).ok_or_else(|| io::Error::other(format!("git fast-import printed {answer:?}")))
    }

    /// Ends the stream, and packs refs and objects as in a fresh clone: `git fast-import` mixes commits, trees and
    /// files in the pack, which slows down every reader, including git.
    pub(super) fn finish(mut self, folder: &Path) -> io::Result<()> {
        writeln!(self.stream, "done")?;
        self.stream.flush()?;
        drop(self.stream);
        let status = self.child.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!("git fast-import: {status}")));
        }
        git(Some(folder), &["repack", "-a", "-d", "-q"])?;
        git(Some(folder), &["pack-refs", "--all"])
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        writeln!(self.stream, "data {}", bytes.len())?;
        self.stream.write_all(bytes)?;
        writeln!(self.stream)
    }

    fn ask(&mut self, question: &str) -> io::Result<String> {
        writeln!(self.stream, "{question}")?;
        self.stream.flush()?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim_end().to_owned())
    }
}

/// Runs git without the configuration of the machine.
fn clean(folder: Option<&Path>) -> Command {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    if let Some(folder) = folder {
        command.arg("--git-dir").arg(folder);
    }
    command
}

fn git(folder: Option<&Path>, args: &[&str]) -> io::Result<()> {
    let status = clean(folder).args(args).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("git {args:?}: {status}"))) }
}
