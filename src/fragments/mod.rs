//! Fragments: files in which other tools (Changesets, Knope, towncrier) keep the text of one change until a release
//! consumes them.
//!
//! In: the tools' configuration, the names and texts of files, and what commits did to them. Out: the texts with their
//! sections, and which of them a window brings. Nothing here opens a file or a repository.

mod find;
mod fragment;
mod front_matter;
mod history;
mod issue_name;
mod kinds;
mod knope;
mod markdown;
mod mode;
mod source;
mod towncrier;

pub use find::{CONFIGURATIONS, default_sources, sources};
pub use fragment::Fragment;
pub use history::{Brought, FileEvent, brought};
pub use mode::FragmentMode;
pub use source::{Source, Tool};
