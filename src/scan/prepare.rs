//! What comes before judging or answering: what there is, the settings that hold, and what is given from outside.

use super::guard::guarded;
use super::settings::{self, Settled};
use super::unit::{House, Unit};
use super::{Request, gather, parameters};
use crate::input::cloudformation;
use crate::source::SourceMap;
use std::sync::Arc;

/// Gathers and settles what a request asks for, and lends it to `act`; with its answer come the settings.
///
/// # Errors
/// A sentence for the user when the request makes no sense: an invalid glob, a source directory that is not there.
pub(super) fn prepared<T>(
    request: &Request,
    map: &Arc<SourceMap>,
    act: impl FnOnce(&House<'_>, &[Unit], &Settled) -> T,
) -> Result<(T, Settled), String> {
    let gathered = gather::gather(request, map)?;
    let sessions = gathered.sessions();
    let stacks = gathered.stacks();
    let units = gathered.units(&sessions, &stacks);
    // Reading the rules takes as long as parsing a template of some size.
    let (settled, ()) =
        rayon::join(|| settings::settings(request, &gathered, map), || read_ahead(&units, &stacks));
    let mut settled = settled?;
    let givens = gathered.givens(request, map)?;
    let (parameters, mistakes) = parameters::parameters(request, &units, map)?;
    settled.problems.extend(mistakes);
    gathered.exchange(&stacks, &units, &parameters);
    let house = House {
        gathered: &gathered,
        sessions: &sessions,
        stacks: &stacks,
        givens: &givens,
        parameters: &parameters,
        config: &settled.config,
        rules: &settled.rules,
        map,
        alone: units.len() == 1,
    };
    let answer = act(&house, &units, &settled);
    // Nobody waits for it: the report is written meanwhile.
    let trees: Vec<_> = stacks.into_iter().map(cloudformation::Session::into_trees).collect();
    rayon::spawn(move || drop(trees));
    Ok((answer, settled))
}

/// Parses a template that is all there is to judge. What goes wrong goes wrong again where it is loaded, and is told.
fn read_ahead(units: &[Unit], stacks: &[cloudformation::Session<'_>]) {
    if let [Unit::Template { tree, path, .. }] = units {
        let _ = guarded(|| stacks.get(*tree).map(|session| session.read_ahead(path)));
    }
}
