//! Attack tests: hostile repositories, pull requests, servers and files against the built program. `docs/security.md`
//! lists what is covered.

#[cfg(test)]
mod changelog;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod corrections;
#[cfg(test)]
mod cost;
// With `sh` and its limits.
#[cfg(test)]
#[cfg(unix)]
mod damage;
#[cfg(test)]
mod paths;
#[cfg(test)]
#[path = "../required/programs.rs"]
mod required;
#[cfg(test)]
mod secrets;
#[cfg(test)]
#[path = "../cli/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the end-to-end tests use the rest")]
mod support;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod text;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod untrusted;
