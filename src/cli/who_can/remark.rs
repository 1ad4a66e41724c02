//! What keeping a key hangs on: whom it needs, and what nobody can do with it.

use super::super::place::Place;
use crate::access::{Access, Duty, nobody_may, sole_keepers};
use crate::diff::Held;
use crate::report::safe;
use crate::source::SourceMap;
use serde::Serialize;
use std::io::{self, Write};

/// A sentence, and where it comes from.
#[derive(Debug, Serialize)]
pub(super) struct Remark {
    says: String,
    place: Place,
}

impl Remark {
    fn new(held: &Held, map: &SourceMap, answer: &Access, says: String) -> Self {
        let place = answer.because.first().map_or_else(
            || Place::new(map, held.document.span, "this policy"),
            |witness| Place::of(map, witness),
        );
        Self { says, place }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n  mind: {}, {}", safe::line(&self.says), self.place.short())
    }
}

/// What is worth knowing of who keeps the key; nothing where somebody durable can do all that is needed.
pub(super) fn remarks(held: &Held, map: &SourceMap) -> Vec<Remark> {
    let mut found = Vec::new();
    let nobody = |duty: Duty| nobody_may(&held.document, &held.setting, duty);
    let lost = nobody(Duty::ChangePolicy);
    if lost.is_yes() {
        let says = "nobody can change this policy: only AWS Support can help".to_owned();
        found.push(Remark::new(held, map, &lost, says));
        return found;
    }
    for keeper in sole_keepers(&held.document, &held.setting) {
        if keeper.answer.is_yes() {
            let says = format!("once `{}` is deleted, nobody can change this policy", keeper.principal);
            found.push(Remark { says, place: Place::new(map, keeper.span, "named here") });
        }
    }
    let told = [
        (Duty::ReadPolicy, "nobody of the key's account can read this policy"),
        (Duty::ScheduleDeletion, "nobody can schedule the key for deletion"),
    ];
    for (duty, says) in told {
        let answer = nobody(duty);
        if answer.is_yes() {
            found.push(Remark::new(held, map, &answer, says.to_owned()));
        }
    }
    found
}
