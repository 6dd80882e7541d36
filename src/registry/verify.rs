//! Verifies bytes against a digest.

use super::{Digest, Error};

impl Digest {
    /// Verifies that this is the digest of these bytes. `what` names the bytes in the error.
    ///
    /// # Errors
    /// If it is not.
    pub fn verify(&self, bytes: &[u8], what: impl FnOnce() -> String) -> Result<(), Error> {
        let mut verifier = self.verifier(bytes.len() as u64);
        let verified = verifier.update(Some(bytes)).and_then(|()| verifier.update(None));
        verified.map_err(|problem| Error::Malformed { what: what(), problem })
    }
}
