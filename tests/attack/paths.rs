//! Paths that a repository gives: they stay inside the work tree and out of `.git`.
