//! Both policies side by side: for a caller and an action, whether the new one allows a request that the old one does
//! not.

use super::super::request::CallerKind;
use super::super::words;
use super::act;
use super::bits::Bits;
use super::caller::{Who, callers, comparable};
use super::cover::{Cover, Covers, Matcher, Met};
use super::covered::{lifted, may_be_new};
use super::ground::Ground;
use super::line::{Line, Named, Prepared, Reader};
use super::solve::{Clause, Goal, Ring, Space};
use super::test::Table;
use crate::policy::facts::{self, ConditionKey, Presence};
use rustc_hash::{FxHashMap, FxHashSet};

/// In what way access is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// By the key policy alone.
    Alone,
    /// With an identity policy that allows it.
    WithIdentity,
}

/// A principal of a statement that may let something new in.
#[derive(Debug)]
pub(super) struct Lead {
    /// The line, by its place among those of the new policy.
    pub(super) line: usize,
    /// The principal's place in the statement's list.
    pub(super) at: Option<usize>,
    /// `None`: whoever a negated list means.
    pub(super) named: Option<Named>,
    /// The actions that may be new.
    pub(super) acts: Bits,
}

/// A class of callers, with all that the policies say about it.
#[derive(Debug)]
pub(super) struct Facing {
    pub(super) who: Who,
    old: Vec<Met>,
    new: Vec<Met>,
    /// How each lead means it.
    leads: Vec<Covers>,
}

/// Two policies made ready.
#[derive(Debug)]
pub(super) struct Engine<'a> {
    pub(super) table: Table,
    old: Vec<Line>,
    pub(super) new: Vec<Line>,
    pub(super) leads: Vec<Lead>,
    pub(super) callers: Vec<Facing>,
    pub(super) ring: Ring,
    pub(super) ground: Ground<'a>,
    /// A reason why the classes may not be all.
    pub(super) cut: Option<String>,
    /// For each action the number of its class.
    act_classes: Vec<usize>,
}

/// What one search found.
#[derive(Clone, Debug)]
pub(super) enum Found {
    Nothing,
    /// For certain; the classes left.
    Access(Space),
    /// Perhaps; what it depends on.
    Perhaps(Space),
}

impl<'a> Engine<'a> {
    /// `None` when the new policy plainly lets nothing new in.
    pub(super) fn new(
        old: Option<&Prepared<'_>>,
        new: &Prepared<'_>,
        ground: Ground<'a>,
        asked: &[String],
    ) -> Option<Self> {
        let mut table = Table::default();
        let mut reader = Reader { table: &mut table, ground: &ground };
        let mut old = old.map(|old| reader.lines(old)).unwrap_or_default();
        let mut new = reader.lines(new);
        let mut leads = leads(&old, &new);
        let mut acts = act::none();
        for lead in &leads {
            acts.take(&lead.acts);
        }
        if acts.is_empty() {
            return None;
        }
        // What says nothing about those actions, or only allows again, has no part in it.
        old.retain(|line| line.speaks_of(&acts));
        let with_leads: Vec<usize> = leads.iter().map(|lead| lead.line).collect();
        let kept: Vec<usize> = (0..new.len())
            .filter(|at| {
                let denies = new.get(*at).is_some_and(|line| line.denies && line.speaks_of(&acts));
                denies || with_leads.contains(at)
            })
            .collect();
        for lead in &mut leads {
            lead.line = kept.binary_search(&lead.line).unwrap_or_default();
        }
        let mut at = 0..;
        new.retain(|_| at.next().is_some_and(|at: usize| kept.binary_search(&at).is_ok()));
        let (callers, cut) = faced(&mut table, (&old, &new, &leads), &ground, asked);
        let used = used(&table, (&old, &new), &callers);
        let ring = Ring::new(&table, &used);
        let cut = cut.then(|| "more callers are told apart than are looked at".to_owned());
        let cut = cut.or_else(|| uncertain(&table, &ring, &used));
        let act_classes = classify_acts((&old, &new), &table, &ring, &acts);
        Some(Self { table, old, new, leads, callers, ring, ground, cut, act_classes })
    }

    /// The class of an action.
    pub(super) fn act_class(&self, act: usize) -> usize {
        self.act_classes.get(act).copied().unwrap_or(act)
    }

    /// The modes in which access of this sort is asked for; none when the caller cannot use the action at all.
    pub(super) fn mode(&self, who: &Who, direct: bool, act: usize) -> Option<Mode> {
        if who.caller.kind == CallerKind::Service {
            return direct.then_some(Mode::Alone);
        }
        if who.caller.account.as_deref() == Some(self.ground.own.as_str()) {
            // The account's root user needs no identity policy.
            let alone = direct || who.caller.kind == CallerKind::Root;
            return Some(if alone { Mode::Alone } else { Mode::WithIdentity });
        }
        let crosses = words::acts().get(act).is_some_and(|act| act.cross_account);
        crosses.then_some(Mode::WithIdentity)
    }

    /// Whether a line of the new policy lets the caller do the action in a request that the old policy does not allow.
    pub(super) fn search(
        &self,
        line: usize,
        by: Cover,
        caller: &Facing,
        (act, mode): (usize, Mode),
    ) -> Found {
        let Some(met) = caller.new.iter().find(|met| met.line == line) else { return Found::Nothing };
        let Some(hold) = self.new.get(line).and_then(|line| clause(line, met, by, act)) else {
            return Found::Nothing;
        };
        let allowed = mode_of(&caller.who, mode, &self.ground);
        let mut keep_out: Vec<Clause<'_>> = Vec::new();
        clauses(&self.new, &caller.new, (true, Mode::WithIdentity, act), &mut keep_out);
        let mut unmatched = keep_out.clone();
        clauses(&self.old, &caller.old, (false, allowed, act), &mut unmatched);
        let mut denied = Vec::new();
        clauses(&self.old, &caller.old, (true, Mode::WithIdentity, act), &mut denied);
        let space = self.space(&caller.who, act);
        for free in [false, true] {
            let goal = Goal { hold: [Some(hold), None], break_one: &unmatched, free };
            let found = self.ring.reach(&goal, &space).or_else(|| {
                denied.iter().find_map(|denied| {
                    let goal = Goal { hold: [Some(hold), Some(*denied)], break_one: &keep_out, free };
                    self.ring.reach(&goal, &space)
                })
            });
            if let Some(space) = found {
                return if free { Found::Perhaps(space) } else { Found::Access(space) };
            }
        }
        Found::Nothing
    }

    /// The classes that a request of this caller for this action may be in.
    fn space(&self, who: &Who, act: usize) -> Space {
        let mut space = self.ring.everything();
        for ((column, classes), left) in self.table.keys.iter().zip(&self.ring.columns).zip(&mut space) {
            if column.hidden || classes.classes.is_empty() {
                continue;
            }
            let (missing, present) = carries_key(column.fact, who.caller.kind, act);
            if !present {
                let mut only = Bits::none(classes.classes.len());
                only.add(0);
                left.keep(&only);
            } else if !missing {
                left.remove(0);
            }
        }
        space
    }
}

impl Facing {
    /// How a lead means it, by the lead's place.
    pub(super) fn by(&self, lead: usize) -> Option<Covers> {
        self.leads.get(lead).copied()
    }
}

/// The principals that may let something new in, with the actions that may be new.
fn leads(old: &[Line], new: &[Line]) -> Vec<Lead> {
    let lifted = lifted(old, new);
    let mut leads = Vec::new();
    for (line, one) in new.iter().enumerate().filter(|(_, line)| !line.denies) {
        for (at, named) in one.principals() {
            let acts = may_be_new(one, named.as_ref(), old, &lifted);
            if !acts.is_empty() {
                leads.push(Lead { line, at, named, acts });
            }
        }
    }
    leads
}

/// One of each class of callers whom a lead means, and whether there may be more. Those whom all lines and leads treat
/// alike are one class.
fn faced(
    table: &mut Table,
    (old, new, leads): (&[Line], &[Line], &[Lead]),
    ground: &Ground<'_>,
    asked: &[String],
) -> (Vec<Facing>, bool) {
    let (made, cut) = callers((old, new, leads), table, ground, asked);
    let mut matcher = Matcher { table, ground };
    let mut seen = FxHashSet::default();
    let mut kept = Vec::new();
    for who in made {
        let by: Vec<Covers> = leads
            .iter()
            .map(|lead| match &lead.named {
                Some(named) => matcher.item(named, &who),
                None => new.get(lead.line).map_or(Covers::NO, |line| matcher.line(line, &who)),
            })
            .collect();
        if by.iter().all(|by| by.is_no()) {
            continue;
        }
        let (old, new) = (matcher.met(old, &who), matcher.met(new, &who));
        let own = who.caller.account.as_deref() == Some(ground.own.as_str());
        let named: Vec<bool> = asked.iter().map(|pattern| who.is_named(pattern)).collect();
        let kind = (who.caller.kind, own, by.clone(), old.clone(), new.clone(), named);
        if who.hidden.is_some() || seen.insert(kind) {
            kept.push(Facing { who, old, new, leads: by });
        }
    }
    (kept, cut)
}

/// The tests that any line asks for.
fn used(table: &Table, (old, new): (&[Line], &[Line]), callers: &[Facing]) -> Bits {
    let mut used = Bits::none(table.rows.len());
    for line in old.iter().chain(new) {
        line.tests.iter().chain(&line.tied).for_each(|test| used.add(*test));
    }
    for met in callers.iter().flat_map(|caller| caller.old.iter().chain(&caller.new)) {
        met.hidden.iter().for_each(|test| used.add(*test));
    }
    used
}

/// Why the classes may not be all.
fn uncertain(table: &Table, ring: &Ring, used: &Bits) -> Option<String> {
    let mut columns = table.keys.iter().zip(&ring.columns);
    if let Some((column, _)) = columns.find(|(_, classes)| classes.cut) {
        return Some(format!("the values of `{}` cannot all be told apart", column.shown));
    }
    let mut tests = used.iter().filter_map(|id| table.test(id));
    let (_, column) = tests.find(|(test, column)| column.tied && !comparable(test))?;
    Some(format!("`{}` is compared as something that it is not", column.shown))
}

/// Actions that no statement and no condition key tells apart have one number.
fn classify_acts((old, new): (&[Line], &[Line]), table: &Table, ring: &Ring, acts: &Bits) -> Vec<usize> {
    let columns = || table.keys.iter().zip(&ring.columns);
    let facts: Vec<&ConditionKey> = columns()
        .filter(|(_, classes)| !classes.classes.is_empty())
        .filter_map(|(column, _)| column.fact)
        .collect();
    let mut known: FxHashMap<(Vec<Cover>, bool, Vec<bool>), usize> = FxHashMap::default();
    let mut classes: Vec<usize> = (0..words::acts().len()).collect();
    for (at, class) in classes.iter_mut().enumerate().filter(|(at, _)| acts.has(*at)) {
        let said: Vec<Cover> = old.iter().chain(new).map(|line| line.covers(at)).collect();
        let crosses = words::acts().get(at).is_some_and(|act| act.cross_account);
        let keys: Vec<bool> = facts.iter().map(|key| applies(Some(key), at)).collect();
        let kind = (said, crosses, keys);
        *class = *known.entry(kind).or_insert(at);
    }
    classes
}

/// In the mode of an identity policy, what the old policy allows alone counts too; alone, only what it allows alone.
fn mode_of(who: &Who, mode: Mode, ground: &Ground<'_>) -> Mode {
    let own_root =
        who.caller.kind == CallerKind::Root && who.caller.account.as_deref() == Some(ground.own.as_str());
    if own_root { Mode::WithIdentity } else { mode }
}

/// The tests that make lines apply, one clause for each way; a Deny applies in every way.
fn clauses<'a>(
    lines: &'a [Line],
    met: &'a [Met],
    (denies, mode, act): (bool, Mode, usize),
    into: &mut Vec<Clause<'a>>,
) {
    for met in met {
        let Some(line) = lines.get(met.line).filter(|line| line.denies == denies) else { continue };
        into.extend(clause(line, met, met.by.direct, act));
        if mode == Mode::WithIdentity {
            into.extend(clause(line, met, met.by.delegated, act));
        }
    }
}

/// What must hold for a line to apply to a caller and an action in one way.
fn clause<'a>(line: &'a Line, met: &'a Met, by: Cover, act: usize) -> Option<Clause<'a>> {
    let covers = line.covers(act);
    let gates = [covers.test(), by.test()];
    let applies = covers != Cover::No && by != Cover::No;
    applies.then_some(Clause { tests: &line.tests, hidden: &met.hidden, gates })
}

/// Whether a request may lack the key, and whether it may carry it (facts on condition keys: availability).
#[cfg(test)]
pub(in crate::access) fn carries(name: &str, kind: CallerKind, act: usize) -> (bool, bool) {
    carries_key(facts::condition_key(name), kind, act)
}

fn carries_key(key: Option<&ConditionKey>, kind: CallerKind, act: usize) -> (bool, bool) {
    let Some(known) = key else { return (true, true) };
    let service = kind == CallerKind::Service;
    let by_caller =
        if service { known.carried_by_services() != Some(false) } else { known.carried_by_identities() };
    let by_kind = known.presence != Presence::UserOnly || kind == CallerKind::User;
    (known.presence != Presence::Always || service, by_caller && by_kind && applies(key, act))
}

fn applies(key: Option<&ConditionKey>, act: usize) -> bool {
    match (key, facts::actions().get(act)) {
        (Some(key), Some(action)) => key.applies_to(action),
        _ => true,
    }
}
