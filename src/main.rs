//! The program `tidings`.

use std::process::ExitCode;

/// A long history is made of millions of small texts, from several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tidings::cli::run(std::env::args_os())
}
