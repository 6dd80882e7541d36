//! Finds secrets in notes while they are written.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use crate::redact::Redactor;

/// The number of bytes to search at once.
const CHUNK: usize = 1 << 16;
/// The number of bytes to search again with the next chunk: a secret may span two chunks.
const OVERLAP: usize = 1 << 12;

/// A writer that searches the bytes written for secrets, and passes them on unchanged.
pub struct SecretScanner<W: Write> {
    inner: W,
    secrets: Option<Redactor>,
    buffer: Vec<u8>,
    names: BTreeSet<String>,
}

impl<W: Write> SecretScanner<W> {
    pub(super) fn new(inner: W, secrets: &Redactor) -> Self {
        let secrets = (!secrets.is_empty()).then(|| secrets.clone());
        Self { inner, secrets, buffer: Vec::new(), names: BTreeSet::new() }
    }

    /// The names of the secrets that were written.
    pub(super) fn finish(mut self) -> BTreeSet<String> {
        self.search();
        self.names
    }

    fn search(&mut self) {
        if let Some(secrets) = &self.secrets {
            self.names.extend(secrets.names_in(&self.buffer));
            self.buffer.drain(..self.buffer.len().saturating_sub(OVERLAP));
        }
    }
}

impl<W: Write> Write for SecretScanner<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        if self.secrets.is_some() {
            self.buffer.extend_from_slice(bytes.get(..written).unwrap_or_default());
            if self.buffer.len() >= CHUNK {
                self.search();
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
    fn secret_that_spans_chunks_is_found() {
        let secrets = Redactor::default();
        secrets.add("TOKEN", "correct-horse-battery");
        for before in (CHUNK - 30..CHUNK + 30).step_by(7) {
            let mut out = Vec::new();
            let mut scanner = SecretScanner::new(&mut out, &secrets);
            let text = format!("{}correct-horse-battery{}", "x".repeat(before), "y".repeat(CHUNK));
            for piece in text.as_bytes().chunks(1000) {
                scanner.write_all(piece).unwrap();
            }
            assert_eq!(scanner.finish().into_iter().collect::<Vec<_>>(), ["TOKEN"], "{before}");
            assert_eq!(out, text.as_bytes());
        }
    }
}
