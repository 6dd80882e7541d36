//! Images and their referrers, tested on registries: Debian's `docker-registry` (without the referrers API) and
//! `ferro-oci-server` (with it), started on loopback if installed, and a fake that misbehaves.

#[cfg(test)]
mod bad;
#[cfg(test)]
#[path = "../deployment/cells.rs"]
mod cells;
#[cfg(test)]
mod client;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod components;
#[cfg(test)]
mod disagreement;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod matrix;
#[cfg(test)]
#[cfg(unix)]
mod notes;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod promotion;
#[cfg(test)]
#[path = "../required/programs.rs"]
mod required;
#[cfg(test)]
#[path = "../cli/support/schema.rs"]
mod schema;
#[cfg(test)]
mod support;
