//! `tidings` generates changelogs and release notes from git history.
//!
//! ```text
//! argv + env + tidings.toml ──► settings
//!                                  │
//! git ──► history ──► messages ──► changes ──► rules ──► releases ──► render ──► outputs
//! refs,   windows     one message  grouped     section,  put          a format   stdout · CHANGELOG.md · release on a
//! objects             parsed ▲     into        bump      together                forge · OCI registry · chat, email
//!                            │     changes
//!                 forge ─────┘ pull request data
//! ```
//!
//! A stage takes values and returns values, and does not call the next stage; [`notes`] calls them in order.

pub mod bump;
pub mod changelog;
pub mod changelog_update;
pub mod changes;
pub mod check;
pub mod cli;
pub mod comment;
pub mod compare;
pub mod config;
pub mod corrections;
pub mod deployment;
pub mod error;
pub mod explain;
pub mod files;
pub mod forge;
pub mod fragments;
pub mod git;
pub mod history;
pub mod http;
pub mod lint;
pub mod messages;
pub mod model;
pub mod next;
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
#[cfg(feature = "web")]
pub mod web;
