//! Values of Terraform variables, as typed and as the environment gives them.
//!
//! What is easy to get wrong: of `--var` and `--var-file` the one that is typed last holds, so their order counts.

use crate::scan::{Request, Typed};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where values of variables come from.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Variables {
    /// The value of a Terraform variable
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    var: Vec<Placed>,
    /// A file with values of Terraform variables
    #[arg(long, value_name = "FILE", value_parser = file)]
    var_file: Vec<Placed>,
}

/// An argument and its place among the others.
#[derive(Clone, Debug)]
struct Placed(usize, Typed);

impl Variables {
    /// A request that has them, besides those of the environment (`TF_VAR_…`), and the workspace (`TF_WORKSPACE`).
    pub(super) fn request(&self) -> Request {
        let mut environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter_map(|(name, value)| Some((name.strip_prefix("TF_VAR_")?.to_owned(), value)))
            .collect();
        environment.sort();
        let mut typed: Vec<&Placed> = self.var.iter().chain(&self.var_file).collect();
        typed.sort_by_key(|placed| placed.0);
        let typed = typed.into_iter().map(|placed| placed.1.clone()).collect();
        let workspace = std::env::var("TF_WORKSPACE").ok().filter(|name| !name.is_empty());
        Request { environment, typed, workspace, ..Request::default() }
    }
}

/// Arguments are parsed in the order in which they are typed.
fn placed(typed: Typed) -> Placed {
    static PARSED: AtomicUsize = AtomicUsize::new(0);
    Placed(PARSED.fetch_add(1, Ordering::Relaxed), typed)
}

#[expect(clippy::unnecessary_wraps, reason = "a value parser of clap may fail")]
fn file(typed: &str) -> Result<Placed, String> {
    Ok(placed(Typed::File(PathBuf::from(typed))))
}

fn name_and_value(typed: &str) -> Result<Placed, String> {
    let (name, value) = typed.split_once('=').ok_or("it has the form NAME=VALUE")?;
    Ok(placed(Typed::Var(name.trim().to_owned(), value.to_owned())))
}
