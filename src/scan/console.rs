//! One directory's scope, for looking in.

use super::Request;
use super::gather::Gathered;
use crate::input::terraform::{Console, console};
use crate::source::SourceMap;
use std::path::Path;
use std::sync::Arc;

/// Runs `work` with the scope of the root module in the directory `dir`; variables are given as for a scan.
///
/// # Errors
/// A sentence for the user when `dir` is not a directory or a file with values is not there.
pub fn with_console<T: Send>(
    dir: &str,
    request: &Request,
    work: impl FnOnce(&Console<'_>, &SourceMap) -> T + Send,
) -> Result<T, String> {
    let typed = Path::new(dir);
    let place = typed.canonicalize().map_err(|error| format!("`{dir}` cannot be read: {error}"))?;
    if !place.is_dir() {
        return Err(format!("`{dir}` is not a directory"));
    }
    let map = Arc::new(SourceMap::default());
    let mut gathered = Gathered::default();
    let (tree, path) = gathered.locate(&place, typed.is_absolute(), &map)?;
    if let Some(modules) = &request.modules {
        gathered.lend(modules)?;
    }
    let givens = gathered.givens(request, &map)?;
    let sessions = gathered.sessions();
    let (Some(session), Some(given)) = (sessions.get(tree), givens.get(tree)) else {
        return Err(format!("`{dir}` cannot be read"));
    };
    console(session, &path, given, |console| work(console, &map))
}
