//! Rules of the house, for the commands that speak about rules.

use super::place;
use super::{Code, output};
use crate::report::safe;
use crate::rule::Catalogue;
use crate::scan::{self, Request, Settled};
use crate::source::{Problem, SourceMap};
use std::path::PathBuf;
use std::sync::Arc;

/// Where rules of the house are.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct House {
    /// A directory or file with rules of your own, beside the built-in ones. May be given several times
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
}

/// What holds in the working directory.
pub(super) struct Held {
    /// The rules.
    pub(super) rules: Arc<Catalogue>,
    settled: Settled,
    map: Arc<SourceMap>,
}

impl House {
    /// The rules that hold in the working directory, by its settings and what was typed.
    pub(super) fn settled(&self) -> Result<Held, String> {
        let map = Arc::new(SourceMap::default());
        let request = Request { rules: self.rules.clone(), ..Request::default() };
        let settled = scan::settled_here(&request, &map)?;
        Ok(Held { rules: Arc::clone(&settled.rules), settled, map })
    }
}

/// Tells of mistakes in settings and rule files; the exit code that they make.
pub(super) fn tell(held: &Held) -> Code {
    tell_all(&held.settled.problems, &held.map);
    if held.settled.problems.is_empty() { Code::Clean } else { Code::Failed }
}

/// Tells of problems on standard error, each on a line with its place.
pub(super) fn tell_all(problems: &[Problem], map: &SourceMap) {
    for problem in problems {
        let help = problem.help.as_ref().map(|help| format!(", {}", safe::line(help))).unwrap_or_default();
        output::tell(&format!("{}: {}{help}", place::at(map, problem.span), safe::line(&problem.message)));
    }
}
