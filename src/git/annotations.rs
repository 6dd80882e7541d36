//! Texts that people or programs keep in the repository: messages of annotated tags, and notes.

use git2::ObjectType;

use super::{Error, Repository, commits::decode::tag_text, objects::reader::Objects, trees::diff::Trees};
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
        let mut objects = Objects::new(self);
        let message = match objects.read(tag.object)? {
            (ObjectType::Tag, data) => String::from_utf8_lossy(tag_text(data)).into_owned(),
            (kind, _) => return Err(Error::Kind { id: tag.object, kind: kind.str(), wanted: "tag" }),
        };
        let end = SIGNATURES.iter().filter_map(|mark| message.find(mark)).min().unwrap_or(message.len());
        Ok(message.get(..end).map(str::to_owned))
    }

    /// The note on a commit under a reference such as `refs/notes/tidings`, where there is one.
    ///
    /// # Errors
    /// When the notes cannot be read.
    pub fn note(&self, commit: ObjectId, reference: &str) -> Result<Option<String>, Error> {
        let Some(notes) = self.references().find(reference)? else { return Ok(None) };
        let mut trees = Trees::new(Objects::new(self));
        let (mut tree, name) = (trees.root(&self.altered, notes)?, commit.to_string());
        let mut rest = name.as_str();
        // Where there are many notes, the first digits of their names are folders.
        loop {
            if let Some(note) = trees.file(tree, rest)? {
                return Ok(Some(String::from_utf8_lossy(&note).into_owned()));
            }
            let Some((folder, below)) = rest.split_at_checked(2).filter(|(_, below)| !below.is_empty())
            else {
                return Ok(None);
            };
            match trees.at(tree, folder)? {
                Some((id, 0o40_000)) => (tree, rest) = (id, below),
                _ => return Ok(None),
            }
        }
    }
}
