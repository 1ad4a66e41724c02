//! The door: parse, run, print, exit.

// Trees of many small pieces are made on one thread and taken apart on another, which costs others twice the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    kmsguard::cli::run()
}
