//! End-to-end tests: the built program on real repositories.

#[cfg(test)]
mod attention;
#[cfg(test)]
mod base;
#[cfg(test)]
#[path = "../deployment/cells.rs"]
mod cells;
#[cfg(test)]
mod changelog;
#[cfg(test)]
mod clones;
#[cfg(test)]
mod comment;
#[cfg(test)]
mod commits;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod completions;
#[cfg(test)]
mod corrections;
#[cfg(test)]
mod deployments;
#[cfg(test)]
mod detail;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod emulator;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod forges;
#[cfg(test)]
mod fragments;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod github_deployments;
#[cfg(test)]
mod headings;
#[cfg(test)]
mod help;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod init;
mod internal_changes;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod next_version;
#[cfg(test)]
mod notify;
#[cfg(test)]
mod packages;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod people;
#[cfg(test)]
mod publish;
#[cfg(test)]
mod pull_requests;
#[cfg(test)]
mod reading;
#[cfg(test)]
#[path = "../required/programs.rs"]
mod required;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod schemes;
#[cfg(test)]
mod sessions;
#[cfg(feature = "web")]
#[cfg(test)]
mod site;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tag;
#[cfg(test)]
mod tag_names;
#[cfg(test)]
mod windows;
#[cfg(test)]
mod writing;
