//! What may be typed, and what it means: one file per command.
//!
//! Commands return a `Code` or a sentence about what kept them from looking; this file alone turns both into what
//! the shell sees. What is easy to get wrong: a reader that closes the pipe early (`| head`) is not an error.

mod baseline;
mod can;
mod check;
mod console;
mod diff;
mod explain;
mod git;
mod house;
mod inventory;
mod keys;
mod nothing;
mod output;
mod page;
mod place;
mod policy_file;
mod rules;
mod scanned;
mod schema;
mod settle;
mod shown;
mod variable;
mod who_can;
mod words;

use clap::{Parser, Subcommand};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// The plan-time policy guard for AWS KMS.
///
/// Reads Terraform, OpenTofu, plans and CloudFormation, offline, and says which keys anyone can use, which nobody can
/// manage any more, and which policies AWS will reject, with the very characters underlined.
#[derive(Debug, Parser)]
#[command(name = "kmsguard", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Typed {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes:\n  \
    0  nothing at or above --fail-on\n  \
    1  findings at or above --fail-on\n  \
    2  could not look: wrong usage, nothing to scan, unreadable or unparsable input, bad settings or rule";

#[derive(Debug, Subcommand)]
enum Command {
    /// Look for problems
    Check(check::Args),
    /// Accept what is found now: write it to a file that `check` takes with `--baseline`
    Baseline(baseline::Args),
    /// Decide one request, and say why
    Can(can::Args),
    /// Say what a change lets in, shuts out or locks
    Diff(diff::Args),
    /// Evaluate expressions in a directory's scope, as `terraform console` does
    Console(console::Args),
    /// Print a rule's page
    Explain(explain::Args),
    /// List keys, replicas, aliases, grants and policies, with their texts as far as they are known
    Inventory(inventory::Args),
    /// List the rules, or try those of your own
    Rules(rules::Args),
    /// List who can do what with each key
    WhoCan(who_can::Args),
    /// Print the JSON Schema of the output, of a rule file or of the settings
    Schema(schema::Args),
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Code {
    /// Nothing to report.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// Could not look.
    Failed = 2,
}

/// Why a command could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The reader of standard output has gone.
    #[error("the reader of the output has gone")]
    ReaderGone,
    /// Anything else, as a sentence.
    #[error("{0}")]
    Told(String),
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self::Told(sentence)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Told(format!("cannot write the output: {error}")),
        }
    }
}

/// The reference: the id of every rule and reserved finding that comes with kmsguard, and what `kmsguard explain` prints
/// for it.
pub fn reference() -> Vec<(String, String)> {
    let rules =
        crate::rule::Catalogue::built_in().rules().iter().map(|rule| (rule.id.clone(), page::page(rule)));
    let reserved = page::RESERVED.iter().map(|(id, ..)| (*id).to_owned());
    rules.chain(reserved.filter_map(|id| page::reserved_page(&id).map(|text| (id, text)))).collect()
}

/// Reads the command line, runs the command and gives the exit code.
pub fn run() -> ExitCode {
    let typed = match Typed::try_parse() {
        Ok(typed) => typed,
        Err(error) => {
            // A help text that nobody reads is no failure.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let run = || match typed.command {
        Command::Check(args) => check::run(&args),
        Command::Baseline(args) => baseline::run(&args),
        Command::Can(args) => can::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Console(args) => console::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Inventory(args) => inventory::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::WhoCan(args) => who_can::run(args),
        Command::Schema(args) => schema::run(args),
    };
    // A mistake of our own is never taken for "clean" or "findings": the shell's 101 for it would be.
    let ended = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Err(Failure::Told(format!("kmsguard made a mistake and stopped, please report it: {text}")))
    });
    let code = match ended {
        Ok(code) => code,
        Err(Failure::ReaderGone) => Code::Clean,
        Err(Failure::Told(sentence)) => {
            output::tell(&format!("error: {sentence}"));
            Code::Failed
        }
    };
    ExitCode::from(code as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Typed::command().debug_assert();
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let gone = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert!(matches!(Failure::from(gone), Failure::ReaderGone));
    }
}
