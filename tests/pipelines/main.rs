//! The four pipelines of `docs/pipelines.md`, run step by step on loopback: with a registry, a fake forge and a
//! webhook, and with stubs for what builds and deploys. The action, hooks, component and pipe of this repository too.
#![cfg(unix)]

#[cfg(test)]
mod action;
#[cfg(test)]
mod by_commit;
#[cfg(test)]
mod comment;
#[cfg(test)]
mod composite;
#[cfg(test)]
mod elsewhere;
#[cfg(test)]
#[expect(dead_code, unused_imports, reason = "the suite `cli` uses all of it")]
#[path = "../cli/support/forge/mod.rs"]
mod forge;
#[cfg(test)]
mod hooks;
#[cfg(test)]
#[expect(dead_code, reason = "the suite `cli` uses all of it")]
#[path = "../cli/mail/server.rs"]
mod mail;
#[cfg(test)]
mod mailbox;
#[cfg(test)]
mod on_release;
#[cfg(test)]
mod page;
#[cfg(test)]
#[expect(dead_code, reason = "the suite `registry` uses all of it")]
#[path = "../registry/support/server.rs"]
mod registry;
#[cfg(test)]
mod release;
#[cfg(test)]
#[path = "../required/programs.rs"]
mod required;
#[cfg(test)]
mod runner;
#[cfg(test)]
mod several_images;
#[cfg(test)]
mod typed_version;
#[cfg(test)]
mod world;
