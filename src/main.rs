//! The door: parse, run, print, exit.

fn main() -> std::process::ExitCode {
    kmsguard::cli::run()
}
