//! The file that the editor opens. It stays if something fails, so that no edit is lost.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{
    corrections::ListError,
    error::Error,
    session::{AtomicFile, Session},
};

/// A file with the list.
pub(super) struct ListFile<'a> {
    session: &'a Session,
    file: NamedTempFile,
    /// What was written to it last.
    written: String,
}

/// The mark of a line that says what is wrong with the line below it.
const NOTE: &str = "#!";

impl<'a> ListFile<'a> {
    /// Creates the file in the git directory, where git does not list it.
    pub(super) fn create(session: &'a Session, text: &str) -> Result<Self, Error> {
        let folder = session.repository.path().join("tidings");
        let new = || {
            let mut file = tempfile::Builder::new();
            let file = file.prefix("corrections-").suffix(".txt");
            match fs::create_dir_all(&folder) {
                Ok(()) => file.tempfile_in(&folder),
                // The git directory may be read-only.
                Err(_) => file.tempfile(),
            }
        };
        let fail = |source| Error::File { verb: "write", path: folder.clone(), source };
        let mut created = Self { session, file: new().map_err(fail)?, written: String::new() };
        created.write(text)?;
        Ok(created)
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    fn write(&mut self, text: &str) -> Result<(), Error> {
        let target = self.session.settings.files.user_target(self.path())?;
        AtomicFile::write_file(target, text.as_bytes())?;
        text.clone_into(&mut self.written);
        Ok(())
    }

    /// The text after the editor was closed, without notes.
    pub(super) fn read(&self) -> Result<String, Error> {
        // An editor may have replaced the file, so it is opened again.
        let path = self.path().to_owned();
        let bytes = self.session.settings.files.read_user_document(&path)?;
        let text = String::from_utf8(bytes).map_err(|error| Error::File {
            verb: "read",
            path,
            source: io::Error::new(io::ErrorKind::InvalidData, error),
        })?;
        Ok(without_notes(&text))
    }

    /// Whether the text is as it was last written.
    pub(super) fn is_unchanged(&self, text: &str) -> bool {
        without_notes(&self.written) == text
    }

    /// Writes the text with a note above each line that cannot be read.
    pub(super) fn write_with_notes(&mut self, text: &str, errors: &[ListError]) -> Result<(), Error> {
        self.write(&with_notes(text, errors))
    }

    /// Keeps the file; returns its path.
    pub(super) fn keep(self) -> PathBuf {
        let path = self.path().to_owned();
        // If it cannot be kept, it is not removed either.
        drop(self.file.keep());
        path
    }
}

fn with_notes(text: &str, errors: &[ListError]) -> String {
    let mut noted = String::new();
    let mut notes = 0;
    let of_file = errors.iter().filter(|error| error.line == 0);
    for error in of_file {
        noted.extend([NOTE, " ", &error.problem.replace('\n', " "), "\n"]);
        notes += 1;
    }
    for (number, line) in (1..).zip(text.lines()) {
        for error in errors.iter().filter(|error| error.line == number) {
            notes += 1;
            noted.push_str(&format!("{NOTE} line {}: {}\n", number + notes, error.problem));
        }
        noted.extend([line, "\n"]);
    }
    noted
}

fn without_notes(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with(NOTE));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_names_the_line_that_it_stands_above_and_is_removed_again() {
        let text = "a\nb\nc\n";
        let error = |line, problem: &str| ListError { line, problem: problem.to_owned() };
        let noted = with_notes(text, &[error(1, "x"), error(3, "y")]);
        assert_eq!(noted, "#! line 2: x\na\nb\n#! line 5: y\nc\n");
        assert_eq!(without_notes(&noted), text);
        assert_eq!(with_notes(text, &[error(0, "z")]), "#! z\na\nb\nc\n");
    }
}
