//! Holds the code to the table and the invariants of `ARCHITECTURE.md`.

#[cfg(test)]
mod files;
#[cfg(test)]
mod page;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod source;
