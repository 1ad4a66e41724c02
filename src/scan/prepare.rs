//! What comes before judging or answering: what there is, the settings that hold, and what is given from outside.

use super::settings::{self, Settled};
use super::unit::{House, Unit};
use super::{Request, gather, parameters};
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
    let mut settled = settings::settings(request, &gathered, map)?;
    let givens = gathered.givens(request, map)?;
    let sessions = gathered.sessions();
    let stacks = gathered.stacks();
    let units = gathered.units(&sessions, &stacks);
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
    };
    let answer = act(&house, &units, &settled);
    Ok((answer, settled))
}
