//! The options of every command that reads infrastructure code: what is read, and with which values.

use super::variable::Variables;
use crate::scan::Request;
use std::path::PathBuf;

/// How what is read is found and evaluated.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Scanned {
    /// The directory with the source of a plan
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    /// A directory with copies of the Terraform modules that are called from registries or git
    #[arg(long, value_name = "DIR")]
    modules: Option<PathBuf>,
    #[command(flatten)]
    variables: Variables,
    /// A file with values of CloudFormation parameters: as `aws cloudformation` takes it, a template configuration, a
    /// deployment file, or samconfig.toml
    #[arg(long, value_name = "FILE")]
    parameters: Vec<PathBuf>,
    /// The settings file [default: the nearest kmsguard.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Look at files that .gitignore and the like leave out
    #[arg(long)]
    no_ignore: bool,
    /// Leave out paths that match the glob
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
}

impl Scanned {
    /// What is asked for, of these paths.
    pub(super) fn request(&self, paths: &[String]) -> Request {
        Request {
            paths: paths.to_vec(),
            source: self.source.clone(),
            modules: self.modules.clone(),
            no_ignore: self.no_ignore,
            exclude: self.exclude.clone(),
            settings: self.config.clone(),
            parameters: self.parameters.clone(),
            ..self.variables.request()
        }
    }
}
