//! Paths that a repository gives: they stay inside the work tree and out of `.git`.

#[cfg(unix)]
mod configured;
#[cfg(unix)]
mod found;
#[cfg(unix)]
mod named;
#[cfg(unix)]
mod remotes;
#[cfg(unix)]
mod swapped;
#[cfg(unix)]
mod trap;
