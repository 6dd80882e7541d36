//! The `tidings` binary.

use std::process::ExitCode;

/// Several threads allocate millions of small strings for a long history.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tidings::cli::run(std::env::args_os())
}
