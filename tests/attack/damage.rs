//! Damaged repositories: no hang, no crash, no other notes in silence.
//!
//! `mutation` damages small repositories at random, by a fixed seed, and compares what the program says with what it said
//! before and with what git says. More runs: `TIDINGS_DAMAGE_RUNS=5000 cargo nextest run --test attack mutation` (for each
//! repository; `TIDINGS_DAMAGE_SEED` gives other ones). The other modules hold what was found, by its kind.

mod mutation;
mod objects;
mod references;
mod sample;
