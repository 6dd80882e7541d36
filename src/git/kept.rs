//! Texts that people or programs keep in the repository: messages of annotated tags, and notes.

use git2::ErrorCode;

use super::{Error, Repository, repository::oid};
use crate::model::{ObjectId, Tag};

/// What begins a signature below a tag's message.
const SIGNATURES: [&str; 3] =
    ["-----BEGIN PGP SIGNATURE-----", "-----BEGIN SSH SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----"];

impl Repository {
    /// The message of an annotated tag, without its signature; `None` for a lightweight one. What is not UTF-8 is U+FFFD.
    ///
    /// # Errors
    /// When the tag cannot be read.
    pub fn tag_message(&self, tag: &Tag) -> Result<Option<String>, Error> {
        if tag.object == tag.commit {
            return Ok(None);
        }
        let object = self.inner.find_tag(oid(tag.object)?).map_err(Error::library(&tag.name))?;
        let message = String::from_utf8_lossy(object.message_bytes().unwrap_or_default()).into_owned();
        let end = SIGNATURES.iter().filter_map(|mark| message.find(mark)).min().unwrap_or(message.len());
        Ok(message.get(..end).map(str::to_owned))
    }

    /// The note on a commit under a reference such as `refs/notes/tidings`, where there is one.
    ///
    /// # Errors
    /// When the notes cannot be read.
    pub fn note(&self, commit: ObjectId, reference: &str) -> Result<Option<String>, Error> {
        match self.inner.find_note(Some(reference), oid(commit)?) {
            Ok(note) => Ok(Some(String::from_utf8_lossy(note.message_bytes()).into_owned())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(source) => Err(Error::Library { what: reference.to_owned(), source }),
        }
    }
}
