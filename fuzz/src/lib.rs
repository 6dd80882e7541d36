//! What the fuzz targets do with their input: they call the code that the program runs on such input, and hold the
//! result to what must be so whatever the input is.
//!
//! `fuzz_targets/` gives these functions to libFuzzer. `tests/attack/corpus.rs` includes this file too and runs the
//! corpus through them with an ordinary compiler. A target panics where something is not as it should be; it never
//! writes outside a folder of its own, and speaks to no server but its own on loopback.

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

/// A target by its name, which is also that of its folder in `corpus/`.
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

/// Gives an input to a target.
///
/// # Panics
/// When there is no such target, or something is not as it should be.
pub fn run(target: &str, input: &[u8]) {
    match TARGETS.iter().find(|(name, _)| *name == target) {
        Some((_, body)) => body(input),
        None => panic!("there is no target `{target}`"),
    }
}
