//! `tidings` turns the history between two versions into the text that travels with a version.
//!
//! ```text
//! argv + env + tidings.toml ──► settings
//!                                  │
//! git ──► history ──► changes ──► enrich ──► classify ──► release ──► render ──► outputs
//! tags,    windows     messages    pull       sections,    put         notes in   stdout · CHANGELOG.md ·
//! commits              read        requests   outcomes     together    a format   releases on a forge
//! ```
//!
//! A stage takes values and gives values; none calls the next; [`pipeline`] names them in order.

pub mod bump;
pub mod changelog;
pub mod changes;
pub mod check;
pub mod cli;
pub mod compare;
pub mod config;
pub mod error;
pub mod files;
pub mod forge;
pub mod git;
pub mod history;
pub mod http;
pub mod lint;
pub mod messages;
pub mod model;
pub mod notes;
pub mod notify;
pub mod promote;
pub mod publish;
pub mod redact;
pub mod registry;
pub mod render;
pub mod rules;
pub mod session;
pub mod settings;
pub mod ui;
