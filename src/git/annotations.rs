//! Reads messages of annotated tags, and git notes.

use git2::ObjectType;

use super::{Error, Repository, commits::decode::tag_message, objects::reader::Objects, trees::diff::Trees};
use crate::model::{ObjectId, Tag};

/// First lines of a signature at the end of a tag's message.
const SIGNATURES: [&str; 3] =
    ["-----BEGIN PGP SIGNATURE-----", "-----BEGIN SSH SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----"];

impl Repository {
    /// The message of an annotated tag, without its signature; `None` for a lightweight tag. Invalid UTF-8 becomes
    /// U+FFFD.
    ///
    /// # Errors
    /// If the tag object cannot be read.
    pub fn tag_message(&self, tag: &Tag) -> Result<Option<String>, Error> {
        if tag.object == tag.commit {
            return Ok(None);
        }
        let mut objects = Objects::new(self);
        let message = match objects.read(tag.object).map_err(|error| error.while_reading("tag"))? {
            (ObjectType::Tag, data) => String::from_utf8_lossy(tag_message(data)).into_owned(),
            (kind, _) => return Err(Error::WrongKind { id: tag.object, kind: kind.str(), wanted: "tag" }),
        };
        let end =
            SIGNATURES.iter().filter_map(|signature| message.find(signature)).min().unwrap_or(message.len());
        Ok(message.get(..end).map(str::to_owned))
    }

    /// The note of a commit under a notes ref (`refs/notes/tidings`); `None` if there is none.
    ///
    /// # Errors
    /// If the notes ref or its tree cannot be read.
    pub fn note(&self, commit: ObjectId, reference: &str) -> Result<Option<String>, Error> {
        let Some(notes) = self.ref_store().find(reference)? else { return Ok(None) };
        let mut trees = Trees::new(Objects::new(self));
        let (mut tree, name) = (trees.root(&self.overrides, notes)?, commit.to_string());
        let mut rest = name.as_str();
        // With many notes, git fans them out into subtrees: each level is two hex digits of the object ID.
        loop {
            if let Some(note) = trees.file(tree, rest)? {
                return Ok(Some(String::from_utf8_lossy(&note).into_owned()));
            }
            let Some((folder, below)) = rest.split_at_checked(2).filter(|(_, below)| !below.is_empty())
            else {
                return Ok(None);
            };
            match trees.entry_at(tree, folder)? {
                Some((id, 0o40_000)) => (tree, rest) = (id, below),
                _ => return Ok(None),
            }
        }
    }
}
