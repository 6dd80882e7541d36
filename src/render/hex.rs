//! Serializes object IDs.

use serde::{Serialize, Serializer};

use crate::model::ObjectId;

/// An object ID in hex, encoded without `fmt` for speed: a history has many.
pub(super) struct Hex<'a>(pub(super) &'a ObjectId);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'0'; 40];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0.as_bytes()) {
            for (digit, nibble) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
                *digit = DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
            }
        }
        match std::str::from_utf8(&text) {
            Ok(text) => serializer.serialize_str(text),
            Err(error) => Err(serde::ser::Error::custom(error)),
        }
    }
}
