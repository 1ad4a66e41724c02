//! `kmsguard schema`: print a JSON Schema.

use super::{Code, Failure, output};
use crate::{config, report, rule};

/// What `kmsguard schema` takes.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Args {
    /// Of what
    #[arg(value_enum)]
    of: Of,
}

/// What has a schema.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Of {
    /// What `kmsguard check --format json` prints
    Output,
    /// A rule file
    Rule,
    /// The settings file, kmsguard.yaml
    Config,
}

/// Prints it.
pub(super) fn run(args: Args) -> Result<Code, Failure> {
    let schema = match args.of {
        Of::Output => report::schema(),
        Of::Rule => rule::schema(),
        Of::Config => config::schema(),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| error.to_string())?;
    output::print(|out| writeln!(out, "{text}"))?;
    Ok(Code::Clean)
}
