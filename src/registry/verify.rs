//! Whether bytes are those that a digest names.

use super::{Digest, Error};

impl Digest {
    /// Whether this is the digest of these bytes.
    ///
    /// # Errors
    /// When it is not; `what` says what the bytes should have been.
    pub fn verify(&self, bytes: &[u8], what: impl FnOnce() -> String) -> Result<(), Error> {
        let mut check = self.check(bytes.len() as u64);
        let done = check.piece(Some(bytes)).and_then(|()| check.piece(None));
        done.map_err(|problem| Error::Malformed { what: what(), problem })
    }
}
