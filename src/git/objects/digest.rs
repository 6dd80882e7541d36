//! Whether bytes are the object they are stored as: the name of an object is the SHA-1 of its kind, size and content.

use git2::ObjectType;
use sha1::{Digest, Sha1};

use crate::model::ObjectId;

/// Whether the object with this content has this name.
pub(in crate::git) fn is_named(id: ObjectId, kind: ObjectType, content: &[u8]) -> bool {
    let mut digest = Sha1::new();
    digest.update(format!("{} {}\0", kind.str(), content.len()));
    digest.update(content);
    digest.finalize().as_slice() == id.as_bytes()
}

/// Whether a file ends with the SHA-1 of all that stands before it.
pub(in crate::git) fn ends_with_digest(file: &[u8]) -> bool {
    file.split_last_chunk::<20>().is_some_and(|(content, digest)| Sha1::digest(content).as_slice() == digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_digest_of_kind_size_and_content() {
        let blob: ObjectId = "ce013625030ba8dba906f756967f9e9ca394464a".parse().unwrap();
        assert!(is_named(blob, ObjectType::Blob, b"hello\n"));
        assert!(!is_named(blob, ObjectType::Tree, b"hello\n"));
        assert!(!is_named(blob, ObjectType::Blob, b"hellp\n"));
    }

    #[test]
    fn file_digest_covers_every_byte() {
        let file = [&b"abc"[..], &Sha1::digest(b"abc")].concat();
        assert!(ends_with_digest(&file));
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert!(!ends_with_digest(&damaged), "byte {at}");
        }
        assert!(!ends_with_digest(b"short"));
    }
}
