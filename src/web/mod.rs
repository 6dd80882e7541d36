//! Pages for people, made of the notes: a live page on this machine, and a static site of all versions.
//!
//! In: the options of a run, or a session. Out: HTML. Text from commits is escaped by `render`; pages load nothing from
//! other hosts.

mod serve;
pub mod site;

pub use serve::{ServeOptions, Served, serve};
