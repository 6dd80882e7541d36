//! Pages for people, made of the notes: a live page on this machine.
//!
//! In: the options of a run. Out: HTML. Text from commits is escaped by `render`; pages load nothing from other hosts.

mod serve;

pub use serve::{ServeOptions, Served, serve};
