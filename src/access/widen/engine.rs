//! Both policies side by side: for a caller and an action, whether the new one allows a request that the old one does
//! not.

use super::super::request::CallerKind;
use super::super::words;
use super::bits::Bits;
use super::caller::{TIED, Who, callers, comparable};
use super::ground::Ground;
use super::line::{Line, Named, Reader};
use super::solve::{Goal, Ring, Space};
use super::test::{Row, Table, TestId};
use crate::policy::Document;
use crate::policy::facts::{self, Presence};
use rustc_hash::{FxHashMap, FxHashSet};

/// Whether a statement means a caller, and what must be true for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Cover {
    No,
    Yes,
    /// If this test, which stands for something that is not known, holds.
    If(TestId),
}

/// A line as one caller meets it.
#[derive(Clone, Debug)]
struct Met<'a> {
    line: &'a Line,
    direct: Cover,
    delegated: Cover,
    /// The tests that do not follow from the caller.
    tests: Vec<TestId>,
}

/// In what way access is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// By the key policy alone.
    Alone,
    /// With an identity policy that allows it.
    WithIdentity,
}

/// Two policies made ready.
#[derive(Debug)]
pub(super) struct Engine<'a> {
    pub(super) table: Table,
    pub(super) old: Vec<Line>,
    pub(super) new: Vec<Line>,
    pub(super) callers: Vec<Who>,
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
    pub(super) fn new(old: Option<&Document>, new: &Document, ground: Ground<'a>, asked: &[String]) -> Self {
        let mut table = Table::default();
        let mut reader = Reader { table: &mut table, ground: &ground };
        let old = old.map(|old| reader.lines(old)).unwrap_or_default();
        let new = reader.lines(new);
        let (callers, cut) = {
            let lines: Vec<&Line> = old.iter().chain(&new).collect();
            let (callers, cut) = callers(&lines, &table, &ground, asked);
            hide(&mut table, &lines, &callers);
            (distinct(callers, &lines, (&table, &ground), asked), cut)
        };
        let ring = Ring::new(&table, tied);
        let mut cut = cut.then(|| "more callers are told apart than are looked at".to_owned());
        for (column, classes) in table.keys.iter().zip(&ring.columns) {
            if classes.cut {
                cut = Some(format!("the values of `{}` cannot all be told apart", column.shown));
            }
        }
        for row in &table.rows {
            if let Row::Test(test) = row
                && let Some(column) = table.keys.get(test.key)
                && tied(&column.name)
                && !comparable(test)
            {
                cut = Some(format!("`{}` is compared as something that it is not", column.shown));
            }
        }
        let mut engine = Self { table, old, new, callers, ring, ground, cut, act_classes: Vec::new() };
        engine.act_classes = engine.classify_acts();
        engine
    }

    /// Actions that no statement and no condition key tells apart have one number.
    fn classify_acts(&self) -> Vec<usize> {
        let mut known: FxHashMap<Vec<bool>, usize> = FxHashMap::default();
        (0..words::acts().len())
            .map(|act| {
                let mut kind: Vec<bool> = self
                    .old
                    .iter()
                    .chain(&self.new)
                    .flat_map(|line| [line.acts.has(act), line.perhaps.has(act)])
                    .collect();
                kind.push(words::acts().get(act).is_some_and(|act| act.cross_account));
                kind.extend(self.table.keys.iter().map(|column| applies(&column.name, act)));
                let next = known.len();
                *known.entry(kind).or_insert(next)
            })
            .collect()
    }

    /// The class of an action.
    pub(super) fn act_class(&self, act: usize) -> usize {
        self.act_classes.get(act).copied().unwrap_or(act)
    }

    /// Whether a line of the old policy says the same and no Deny of the old policy is gone: then it gives nothing new.
    pub(super) fn is_covered(&self, line: &Line) -> bool {
        let denies = self.old.iter().filter(|line| line.denies);
        self.old.iter().any(|old| old.says(line))
            && denies.into_iter().all(|deny| self.new.iter().any(|new| new.says(deny)))
    }

    /// How one item of a line's principals means a caller: directly, by delegation.
    pub(super) fn item_covers(&self, item: &Named, who: &Who) -> (Cover, Cover) {
        cover(item, who, &self.table, &self.ground)
    }

    /// How all principals of a line mean a caller.
    pub(super) fn line_covers(&self, line: &Line, who: &Who) -> (Cover, Cover) {
        who_covers(line, who, &self.table, &self.ground)
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

    /// Whether `line` of the new policy lets the caller do the action in a request that the old policy does not allow.
    pub(super) fn search(&self, line: &Line, by: &Cover, who: &Who, (act, mode): (usize, Mode)) -> Found {
        let Some(tests) = self.left(line, who) else { return Found::Nothing };
        let mut hold = tests;
        hold.extend(gate(line, act));
        if let Cover::If(test) = by {
            hold.push(*test);
        }
        let mut keep_out: Vec<Vec<TestId>> = Vec::new();
        for met in self.met(&self.new, who, act, true) {
            keep_out.extend(clauses(&met, act, mode));
        }
        let space = self.space(who, act);
        let mut goals = Vec::new();
        let mut unmatched = keep_out.clone();
        for met in self.met(&self.old, who, act, false) {
            unmatched.extend(clauses(&met, act, mode_of(who, mode, &self.ground)));
        }
        goals.push((hold.clone(), unmatched));
        for met in self.met(&self.old, who, act, true) {
            for clause in clauses(&met, act, mode) {
                let mut hold = hold.clone();
                hold.extend(clause);
                goals.push((hold, keep_out.clone()));
            }
        }
        for free in [false, true] {
            for (hold, break_one) in &goals {
                let goal = Goal { hold: hold.clone(), break_one: break_one.clone(), free };
                if let Some(space) = self.ring.reach(&goal, &space) {
                    return if free { Found::Perhaps(space) } else { Found::Access(space) };
                }
            }
        }
        Found::Nothing
    }

    /// The lines that may mean the caller and the action, Deny or Allow.
    fn met<'b>(&'b self, lines: &'b [Line], who: &'b Who, act: usize, denies: bool) -> Vec<Met<'b>> {
        let speak = lines
            .iter()
            .filter(move |line| line.denies == denies && (line.acts.has(act) || line.perhaps.has(act)));
        speak
            .filter_map(|line| {
                let (direct, delegated) = who_covers(line, who, &self.table, &self.ground);
                if direct == Cover::No && delegated == Cover::No {
                    return None;
                }
                Some(Met { line, direct, delegated, tests: self.left(line, who)? })
            })
            .collect()
    }

    /// The tests of a line that do not follow from the caller; `None` when one that does fails.
    fn left(&self, line: &Line, who: &Who) -> Option<Vec<TestId>> {
        left(&line.tests, who, &self.table, &self.ground)
    }

    /// The classes that a request of this caller for this action may be in.
    fn space(&self, who: &Who, act: usize) -> Space {
        let mut space = self.ring.everything();
        for (column, left) in self.table.keys.iter().zip(&mut space) {
            if column.hidden || tied(&column.name) {
                continue;
            }
            let (missing, present) = carries(&column.name, who.caller.kind, act);
            if !present {
                let mut only = Bits::none(left.iter().count());
                only.add(0);
                left.keep(&only);
            } else if !missing {
                left.remove(0);
            }
        }
        space
    }
}

/// Whether the condition key follows from the caller, or from the key itself.
pub(super) fn tied(name: &str) -> bool {
    TIED.contains(&name) || name == "aws:resourceaccount"
}

/// The values of a tied key.
pub(super) fn tied_values(name: &str, who: &Who, ground: &Ground<'_>) -> Vec<String> {
    if name == "aws:resourceaccount" { vec![ground.own.clone()] } else { who.values(name) }
}

/// In the mode of an identity policy, what the old policy allows alone counts too; alone, only what it allows alone.
fn mode_of(who: &Who, mode: Mode, ground: &Ground<'_>) -> Mode {
    let own_root =
        who.caller.kind == CallerKind::Root && who.caller.account.as_deref() == Some(ground.own.as_str());
    if own_root { Mode::WithIdentity } else { mode }
}

/// What must hold for a line to apply to an action that it covers perhaps.
fn gate(line: &Line, act: usize) -> Option<TestId> {
    if line.acts.has(act) { None } else { line.act_test }
}

/// The tests that make a line apply, one list for each way; a Deny applies in every way.
fn clauses(met: &Met<'_>, act: usize, mode: Mode) -> Vec<Vec<TestId>> {
    let ways = [&met.direct, &met.delegated];
    let ways = ways.into_iter().take(if met.line.denies || mode == Mode::WithIdentity { 2 } else { 1 });
    let mut clauses = Vec::new();
    for way in ways {
        let mut tests = met.tests.clone();
        tests.extend(gate(met.line, act));
        match way {
            Cover::No => continue,
            Cover::Yes => {}
            Cover::If(test) => tests.push(*test),
        }
        clauses.push(tests);
    }
    clauses
}

/// Whether a request may lack the key, and whether it may carry it (facts on condition keys: availability).
pub(in crate::access) fn carries(name: &str, kind: CallerKind, act: usize) -> (bool, bool) {
    let Some(key) = facts::condition_key(name) else { return (true, true) };
    let service = kind == CallerKind::Service;
    let by_caller =
        if service { key.carried_by_services() != Some(false) } else { key.carried_by_identities() };
    let by_kind = key.presence != Presence::UserOnly || kind == CallerKind::User;
    (key.presence != Presence::Always || service, by_caller && by_kind && applies(name, act))
}

fn applies(name: &str, act: usize) -> bool {
    match (facts::condition_key(name), facts::actions().get(act)) {
        (Some(key), Some(action)) => key.applies_to(action),
        _ => true,
    }
}

fn left(tests: &[TestId], who: &Who, table: &Table, ground: &Ground<'_>) -> Option<Vec<TestId>> {
    let mut left = Vec::with_capacity(tests.len());
    for id in tests {
        let Some(Row::Test(test)) = table.rows.get(*id) else {
            left.push(*id);
            continue;
        };
        let name = table.keys.get(test.key).map_or("", |column| &column.name);
        if !tied(name) {
            left.push(*id);
        } else if let (Some(shown), "aws:principalarn") = (&who.hidden, name) {
            left.push(table.known_hidden(&of_hidden(shown, *id))?);
        } else if !test.holds(&tied_values(name, who, ground)) {
            return None;
        }
    }
    Some(left)
}

fn of_hidden(shown: &str, test: TestId) -> String {
    format!("{shown} meets test {test}")
}

fn is_one(shown: &str, named: &Named) -> String {
    format!("{shown} is {named:?}")
}

/// Names everything that is not known about callers that are not known themselves.
fn hide(table: &mut Table, lines: &[&Line], callers: &[Who]) {
    for who in callers {
        let Some(shown) = &who.hidden else { continue };
        let arn_tests: Vec<TestId> = table
            .keys
            .iter()
            .enumerate()
            .filter(|(_, column)| column.name == "aws:principalarn")
            .flat_map(|(key, _)| table.tests_of(key).map(|(id, _)| id).collect::<Vec<_>>())
            .collect();
        for id in arn_tests {
            table.of_hidden(&of_hidden(shown, id));
        }
        for (_, named) in lines.iter().flat_map(|line| &line.who.items) {
            table.of_hidden(&is_one(shown, named));
        }
        for line in lines.iter().filter(|line| line.who.negated) {
            table.of_hidden(&negated(line));
        }
    }
    for line in lines.iter().filter(|line| line.who.negated) {
        table.of_hidden(&negated(line));
    }
}

fn negated(line: &Line) -> String {
    format!("not {:?}", line.who.items.iter().map(|(_, named)| named).collect::<Vec<_>>())
}

/// How the principals of a line mean a caller: directly, by delegation.
fn who_covers(line: &Line, who: &Who, table: &Table, ground: &Ground<'_>) -> (Cover, Cover) {
    if line.who.negated {
        let related = line.who.items.iter().any(|(_, named)| is_related(named, who, ground));
        let test = table.known_hidden(&negated(line));
        return match (related, test) {
            (true, Some(test)) => (Cover::If(test), Cover::No),
            _ => (line.who.hidden.map_or(Cover::Yes, Cover::If), Cover::No),
        };
    }
    let mut found = (Cover::No, Cover::No);
    for (_, named) in &line.who.items {
        let (direct, delegated) = cover(named, who, table, ground);
        found = (wider(found.0, direct), wider(found.1, delegated));
    }
    if let Some(hidden) = line.who.hidden {
        found.0 = wider(found.0, Cover::If(hidden));
    }
    found
}

fn wider(one: Cover, two: Cover) -> Cover {
    match (one, two) {
        (Cover::Yes, _) | (_, Cover::Yes) => Cover::Yes,
        (Cover::If(test), _) | (_, Cover::If(test)) => Cover::If(test),
        _ => Cover::No,
    }
}

/// Whom a `NotPrincipal` spares is in doubt for everybody of an account that it names: the guide asks for account, role
/// and session together.
fn is_related(named: &Named, who: &Who, ground: &Ground<'_>) -> bool {
    match named {
        Named::Service(name) => *name == who.caller.name,
        Named::Account(account) | Named::Role(account, ..) | Named::Identity(account, ..) => {
            Some(account) == who.caller.account.as_ref() || (who.hidden.is_some() && *account == ground.own)
        }
        Named::Everyone | Named::Nobody | Named::Hidden(..) => true,
    }
}

fn cover(named: &Named, who: &Who, table: &Table, ground: &Ground<'_>) -> (Cover, Cover) {
    let yes = |yes: bool| if yes { Cover::Yes } else { Cover::No };
    let same = |account: &String| Some(account) == who.caller.account.as_ref();
    let resource = || who.caller.name.splitn(6, ':').nth(5).unwrap_or_default();
    if let Some(shown) = &who.hidden {
        let perhaps = |account: &String| {
            let test = table.known_hidden(&is_one(shown, named)).filter(|_| *account == ground.own);
            test.map_or(Cover::No, Cover::If)
        };
        return match named {
            Named::Everyone => (Cover::Yes, Cover::No),
            Named::Hidden(other, _, true) if other == shown => (Cover::Yes, Cover::No),
            Named::Hidden(_, test, _) => (Cover::If(*test), Cover::No),
            Named::Account(account) => (Cover::No, yes(*account == ground.own)),
            Named::Role(account, ..) | Named::Identity(account, ..) => (perhaps(account), Cover::No),
            Named::Service(_) | Named::Nobody => (Cover::No, Cover::No),
        };
    }
    match named {
        Named::Everyone => (Cover::Yes, Cover::No),
        Named::Account(account) => (Cover::No, yes(same(account))),
        Named::Role(account, name, _) => {
            (yes(who.caller.role() == Some(name.as_str()) && same(account)), Cover::No)
        }
        Named::Identity(account, of, _) => (yes(resource() == of && same(account)), Cover::No),
        Named::Service(name) => {
            (yes(who.caller.kind == CallerKind::Service && *name == who.caller.name), Cover::No)
        }
        Named::Nobody => (Cover::No, Cover::No),
        Named::Hidden(_, test, _) => (Cover::If(*test), Cover::No),
    }
}

/// One caller of each class: those that every line and every tied test treats alike are one.
fn distinct(
    callers: Vec<Who>,
    lines: &[&Line],
    (table, ground): (&Table, &Ground<'_>),
    asked: &[String],
) -> Vec<Who> {
    let mut seen: FxHashSet<(CallerKind, bool, Vec<u8>)> = FxHashSet::default();
    let tests: Vec<_> = table
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::Test(test) => {
                let name = &table.keys.get(test.key)?.name;
                tied(name).then_some((test, name))
            }
            Row::Hidden(_) => None,
        })
        .collect();
    let mut kept = Vec::new();
    for who in callers {
        let mut kind: Vec<u8> = Vec::with_capacity(lines.len() + tests.len());
        for line in lines {
            let (direct, delegated) = who_covers(line, &who, table, ground);
            let number = |cover: &Cover| match cover {
                Cover::No => 0,
                Cover::Yes => 1,
                Cover::If(_) => 2_u8,
            };
            kind.push(number(&direct) * 3 + number(&delegated));
        }
        kind.extend(tests.iter().map(|(test, name)| u8::from(test.holds(&tied_values(name, &who, ground)))));
        kind.extend(asked.iter().map(|pattern| u8::from(who.is_named(pattern))));
        let own = who.caller.account.as_deref() == Some(ground.own.as_str());
        if who.hidden.is_some() || seen.insert((who.caller.kind, own, kind)) {
            kept.push(who);
        }
    }
    kept
}
