//! Checks the code against the tables and invariants of `ARCHITECTURE.md`, and the English of all texts.

#[cfg(test)]
mod distribution;
#[cfg(test)]
mod files;
#[cfg(test)]
mod hints;
#[cfg(test)]
mod page;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod source;
#[cfg(test)]
mod wording;
