//! Paths from a repository: they must stay inside the work tree and outside `.git`.

#[cfg(unix)]
mod configured;
#[cfg(unix)]
mod discovered;
#[cfg(unix)]
mod named;
#[cfg(unix)]
mod remotes;
#[cfg(unix)]
mod swapped;
#[cfg(unix)]
mod trap;
