//! Verifies object IDs (the SHA-1 of type, size and content) and checksums of files.

use git2::ObjectType;
use sha1::{Digest, Sha1};

use crate::model::ObjectId;

/// Whether an object of this type and content has this ID.
pub(in crate::git) fn matches_id(id: ObjectId, kind: ObjectType, content: &[u8]) -> bool {
    object_id(kind, content) == id
}

/// The ID of an object of this type and content.
pub(super) fn object_id(kind: ObjectType, content: &[u8]) -> ObjectId {
    let mut digest = Sha1::new();
    digest.update(format!("{} {}\0", kind.str(), content.len()));
    digest.update(content);
    ObjectId::from_bytes(digest.finalize().into())
}

/// Whether a file ends with the SHA-1 of its preceding bytes.
pub(in crate::git) fn has_valid_checksum(file: &[u8]) -> bool {
    file.split_last_chunk::<20>().is_some_and(|(content, digest)| Sha1::digest(content).as_slice() == digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_covers_kind_size_and_content() {
        let blob: ObjectId = "ce013625030ba8dba906f756967f9e9ca394464a".parse().unwrap();
        assert!(matches_id(blob, ObjectType::Blob, b"hello\n"));
        assert!(!matches_id(blob, ObjectType::Tree, b"hello\n"));
        assert!(!matches_id(blob, ObjectType::Blob, b"hellp\n"));
    }

    #[test]
    fn file_checksum_covers_every_byte() {
        let file = [&b"abc"[..], &Sha1::digest(b"abc")].concat();
        assert!(has_valid_checksum(&file));
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert!(!has_valid_checksum(&damaged), "byte {at}");
        }
        assert!(!has_valid_checksum(b"short"));
    }
}
