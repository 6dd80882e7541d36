//! The live page: shows the notes as each output will show them, and edits the corrections file.
//!
//! Every request opens a session of its own, so the page always shows what a command would print now. The server
//! watches the files that the last session read, and tells open pages to reload. It answers only requests that have
//! the token of this run, and changes nothing but the corrections file.

mod address;
mod chat;
mod commits;
mod edit;
mod edit_log;
mod entries;
mod forms;
mod frames;
mod guard;
mod page;
mod query;
mod responses;
mod server;
mod shown;
mod state;
mod tabs;
mod watch;

pub use server::serve;
pub use state::{ServeOptions, Served};
