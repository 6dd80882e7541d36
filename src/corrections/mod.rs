//! What people corrected before a release, without rewriting history: titles, sections, what is hidden or merged, and
//! the summary of a version.
//!
//! In: the corrections file as parsed by `config`, and the changes of a window. Out: the changes, each with the
//! [`Correction`](crate::model::Correction) that the classification applies. To edit the file there is a list of a
//! window's changes ([`EntryList`]), and [`write()`], which changes only the edited keys. Nothing here opens a file, a
//! repository or an editor.

mod assign;
mod edit;
mod entry_list;
mod error;
mod list_line;
mod list_parse;
mod list_text;
mod merge;
mod reference;
mod resolved;
mod write;
mod written;

pub use assign::assign;
pub use edit::{Edit, EditValue};
pub use entry_list::{EntryList, ListAction, ListEntry, ListVersion};
pub use error::Error;
pub use list_line::{ListLine, VersionLines};
pub use list_parse::{ListError, is_empty_list};
pub use reference::{CommitKey, Reference};
pub use resolved::{Corrections, VersionText};
pub use write::{overwritten, restored, write};
pub use written::{WrittenCorrection, WrittenCorrections, WrittenVersion};
