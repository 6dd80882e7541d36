//! The fuzz targets: they call the same code as the program, and assert invariants that hold for every input.
//!
//! `fuzz_targets/` passes these functions to libFuzzer. `tests/attack/corpus.rs` includes this file too and replays the
//! corpus on stable Rust. A target panics if an invariant is violated; it writes only to its own folder, and connects
//! only to its own server on loopback.

mod changelog;
mod configuration;
mod forge;
mod message;
mod notes;
mod packs;
mod refs;
mod registry;
mod repository;
mod scratch;
mod server;

/// A target's name, which is also that of its folder in `corpus/`.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 8] = [
    ("changelog", changelog::target),
    ("configuration", configuration::target),
    ("forge", forge::target),
    ("message", message::target),
    ("notes", notes::target),
    ("packs", packs::target),
    ("refs", refs::target),
    ("registry", registry::target),
];

/// Runs a target on an input.
///
/// # Panics
/// If there is no such target, or if an invariant is violated.
pub fn run(target: &str, input: &[u8]) {
    match TARGETS.iter().find(|(name, _)| *name == target) {
        Some((_, body)) => body(input),
        None => panic!("there is no target `{target}`"),
    }
}
