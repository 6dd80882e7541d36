//! Looks for secret values in notes on their way out.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use crate::redact::Redactor;

/// How many bytes are looked through at a time.
const AT_ONCE: usize = 1 << 16;
/// How many bytes are looked through again with what follows: a value may lie across the end of a piece.
const OVERLAP: usize = 1 << 12;

/// A writer that remembers which secrets were written.
pub struct Watched<W: Write> {
    inner: W,
    secrets: Option<Redactor>,
    seen: Vec<u8>,
    names: BTreeSet<String>,
}

impl<W: Write> Watched<W> {
    pub(super) fn new(inner: W, secrets: &Redactor) -> Self {
        let secrets = (!secrets.is_empty()).then(|| secrets.clone());
        Self { inner, secrets, seen: Vec::new(), names: BTreeSet::new() }
    }

    /// The names of the secrets that were written.
    pub(super) fn finish(mut self) -> BTreeSet<String> {
        self.look();
        self.names
    }

    fn look(&mut self) {
        if let Some(secrets) = &self.secrets {
            self.names.extend(secrets.names_in(&self.seen));
            self.seen.drain(..self.seen.len().saturating_sub(OVERLAP));
        }
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        if self.secrets.is_some() {
            self.seen.extend_from_slice(bytes.get(..written).unwrap_or_default());
            if self.seen.len() >= AT_ONCE {
                self.look();
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_across_pieces_is_found() {
        let secrets = Redactor::default();
        secrets.add("TOKEN", "correct-horse-battery");
        for before in (AT_ONCE - 30..AT_ONCE + 30).step_by(7) {
            let mut out = Vec::new();
            let mut watched = Watched::new(&mut out, &secrets);
            let text = format!("{}correct-horse-battery{}", "x".repeat(before), "y".repeat(AT_ONCE));
            for piece in text.as_bytes().chunks(1000) {
                watched.write_all(piece).unwrap();
            }
            assert_eq!(watched.finish().into_iter().collect::<Vec<_>>(), ["TOKEN"], "{before}");
            assert_eq!(out, text.as_bytes());
        }
    }
}
