//! Damaged repositories: no hang, no crash, and no wrong notes without an error.
//!
//! `mutation` damages small repositories at random, with a fixed seed, and compares the program's output with its
//! output before and with git's. More runs: `TIDINGS_DAMAGE_RUNS=5000 cargo nextest run --test attack mutation` (per
//! repository; `TIDINGS_DAMAGE_SEED` changes the seed). The other modules have regression tests, by kind of damage.

mod mutation;
mod objects;
mod references;
mod sample;
