//! `tidings` turns the history between two versions into the text that travels with a version.
//!
//! ```text
//! argv + env + tidings.toml ──► settings
//!                                  │
//! git ──► history ──► messages ──► changes ──► rules ──► releases ──► render ──► outputs
//! refs,   windows     one message  grouped     section,  put          a format   stdout · CHANGELOG.md · release on a
//! objects             read ▲       into        bump      together                forge · OCI registry · chat, mail
//!                          │       changes
//!               forge ─────┘ what messages lack
//! ```
//!
//! A stage takes values and returns values, and does not call the next; the order is that of [`notes`].

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
