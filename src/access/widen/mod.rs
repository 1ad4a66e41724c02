//! Whether one policy allows anything that another one does not.
//!
//! Decided over all requests, not statement by statement: actions, callers and the values of every condition key fall
//! into the finitely many classes that the two policies tell apart, and a search looks for a class that the new policy
//! lets in and the old one does not. What is easy to get wrong: access by delegation to the account is less than access
//! by name, since an IAM policy has to allow it too; so naming a role that the account could let in anyway is new.

mod act;
mod bits;
mod caller;
mod cover;
mod covered;
mod engine;
mod ground;
mod line;
mod solve;
mod test;
#[cfg(test)]
mod tests;
mod text_class;
mod value;
mod witness;

use super::own::Own;
use super::words;
use super::{Access, Request, Setting, Witness};
use crate::logic::{Answer, Verdict};
use crate::policy::Document;
use crate::value::Trail;
use bits::Bits;
use caller::Who;
use cover::Cover;
use engine::{Engine, Facing, Found, Lead, Mode};
use ground::Ground;
use line::Prepared;
use std::borrow::Cow;
use std::cell::OnceCell;

#[cfg(test)]
pub(super) use engine::carries;

/// Accounts that are tried as the key's own where it is not known.
const MOST_OWN: usize = 6;

/// A way in that one policy has and another one lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewAccess {
    /// A request that is let in. For a caller that is not known its name is what stands in the policy.
    pub request: Request,
    /// Whether an IAM policy of the caller's account has to allow it too: the key policy delegates to the caller's
    /// account, or the caller is of another account (AWS KMS Developer Guide, "Key policies").
    pub needs_identity_policy: bool,
    /// All actions that are let in for such a request.
    pub actions: Vec<&'static str>,
    /// The statement that lets it in, by its place among the document's statements; `None` for one that is not known.
    pub statement: Option<usize>,
    /// The principal that lets it in, by its place in that statement.
    pub principal: Option<usize>,
    /// What lets it in, and for an undecided one what it depends on.
    pub because: Vec<Witness>,
}

/// What a policy allows that another one does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct New {
    /// Yes: there is new access. No: proof that there is none. Cannot tell: it depends on what is not known, or a bound
    /// was hit.
    pub answer: Access,
    /// One witness for each principal of each statement that lets something new in.
    pub found: Vec<NewAccess>,
    /// The same for what may be new, depending on values that are not known.
    pub undecided: Vec<NewAccess>,
    /// The bounds that were hit: beyond them there may be more than was found.
    pub bounds: Vec<Witness>,
}

/// Whether `new` allows a request that `old` does not, over all requests: callers of any account, actions on the key,
/// values of all condition keys (IAM User Guide, "Policy evaluation logic"; AWS KMS Developer Guide, "Key policies").
/// Both policies are taken to belong to one key, and values that are not known to be the same in both where they have
/// the same name.
pub fn compare(old: &Document, new: &Document, setting: &Setting) -> New {
    ask(&Question { old: Some(old), new, setting, actions: &[], principals: &[] })
}

/// Whether `document` allows any of the actions (patterns; none: all) to any of the principals (ARNs, patterns of them,
/// account ids or services; none: all). For each principal of each statement all such actions are listed, whoever of
/// those that the principal means has them.
pub fn not_granted(document: &Document, actions: &[String], principals: &[String], setting: &Setting) -> New {
    ask(&Question { old: None, new: document, setting, actions, principals })
}

/// What is asked.
struct Question<'a> {
    old: Option<&'a Document>,
    new: &'a Document,
    setting: &'a Setting,
    actions: &'a [String],
    principals: &'a [String],
}

/// One policy, of which is asked again and again whom it lets call what: it is made ready once.
#[derive(Debug, Default)]
pub struct Granted(OnceCell<Vec<Ready>>);

/// A policy made ready for an account that may be the key's own; nothing where it lets nobody in.
#[derive(Debug)]
struct Ready {
    own: String,
    engine: OnceCell<Option<Engine<'static>>>,
}

impl Granted {
    /// As [`not_granted`] to anyone; to be asked with the same document and setting each time.
    pub fn of(&self, document: &Document, actions: &[String], setting: &Setting) -> New {
        let question = Question { old: None, new: document, setting, actions, principals: &[] };
        let ready = |own| Ready { own, engine: OnceCell::new() };
        let accounts = self.0.get_or_init(|| own_accounts(&question).into_iter().map(ready).collect());
        for_every(accounts.iter().map(|Ready { own, engine }| {
            let engine = engine.get_or_init(|| {
                let ground = Ground { own: own.clone(), setting: Cow::Owned(setting.clone()) };
                Engine::new(None, &Prepared::of(document), ground, &[])
            });
            engine.as_ref().map_or_else(New::nothing, |engine| answer(&question, engine))
        }))
    }
}

/// Asks for every account that may be the key's own.
fn ask(question: &Question<'_>) -> New {
    let (old, new) = (question.old.map(Prepared::of), Prepared::of(question.new));
    for_every(own_accounts(question).into_iter().map(|own| {
        let ground = Ground { own, setting: Cow::Borrowed(question.setting) };
        let engine = Engine::new(old.as_ref(), &new, ground, question.principals);
        engine.map_or_else(New::nothing, |engine| answer(question, &engine))
    }))
}

/// One answer from those for every account, until it is plain that it depends on the account.
fn for_every(answers: impl Iterator<Item = New>) -> New {
    let mut known: Option<New> = None;
    for answer in answers {
        let joined = match known.take() {
            Some(known) => known.either(answer),
            None => answer,
        };
        if joined.answer.is_open() {
            return joined;
        }
        known = Some(joined);
    }
    known.unwrap_or_else(New::nothing)
}

/// The accounts that may be the key's own: the one that is known or told by the policies, or those that they mention
/// and another.
fn own_accounts(question: &Question<'_>) -> Vec<String> {
    let documents = || std::iter::once(question.new).chain(question.old);
    let inferred = documents().find_map(|one| Own::of(one, question.setting).account().map(str::to_owned));
    if let Some(own) = inferred {
        return vec![own];
    }
    let mut mentioned: Vec<String> = documents().flat_map(witness::accounts).collect();
    mentioned.sort();
    mentioned.dedup();
    let nobody = ["123456789012", "210987654321", "111222333444"].into_iter();
    let other = nobody.map(str::to_owned).find(|account| !mentioned.contains(account));
    mentioned.truncate(MOST_OWN);
    other.into_iter().chain(mentioned).collect()
}

fn answer(question: &Question<'_>, engine: &Engine<'_>) -> New {
    engine.ring.start();
    let mut found = New::nothing();
    let acts = act::asked(question.actions);
    for (at, lead) in engine.leads.iter().enumerate().filter(|(_, lead)| lead.acts.meets(&acts)) {
        Search { engine, question, lead, at, acts: &acts }.run(&mut found);
    }
    found.conclude(engine, question.new)
}

/// One principal of one statement.
struct Search<'a> {
    engine: &'a Engine<'a>,
    question: &'a Question<'a>,
    lead: &'a Lead,
    /// The lead's place.
    at: usize,
    /// The actions that are asked about.
    acts: &'a Bits,
}

impl Search<'_> {
    /// Looks at every class of callers until one is let in.
    fn run(&self, out: &mut New) {
        let (mut certain, mut perhaps): (Option<NewAccess>, Option<NewAccess>) = (None, None);
        for caller in &self.engine.callers {
            let Some(covers) = caller.by(self.at).filter(|_| self.is_asked_for(&caller.who)) else {
                continue;
            };
            for (by, direct) in [(covers.direct, true), (covers.delegated, false)] {
                if by == Cover::No {
                    continue;
                }
                match self.caller(caller, by, direct) {
                    Some((true, access)) => match &mut certain {
                        Some(known) => known.add(&access),
                        None => certain = Some(access),
                    },
                    Some((false, access)) if perhaps.is_none() => perhaps = Some(access),
                    _ => {}
                }
                // One witness will do for a comparison; a list of who has what wants all actions.
                if certain.is_some() && self.question.old.is_some() {
                    out.found.extend(certain);
                    return;
                }
            }
        }
        match certain {
            Some(certain) => out.found.push(certain),
            None => out.undecided.extend(perhaps),
        }
    }

    fn is_asked_for(&self, who: &Who) -> bool {
        let patterns = self.question.principals;
        patterns.is_empty() || patterns.iter().any(|pattern| who.is_named(pattern))
    }

    /// The access of one class of callers, and whether it is certain.
    fn caller(&self, caller: &Facing, by: Cover, direct: bool) -> Option<(bool, NewAccess)> {
        let mut known: Vec<Option<(bool, bool)>> = vec![None; words::acts().len()];
        let mut best: Option<(bool, NewAccess)> = None;
        for at in self.lead.acts.iter().filter(|at| self.acts.has(*at)) {
            let Some(act) = words::acts().get(at) else { continue };
            let class = self.engine.act_class(at);
            let Some(mode) = self.engine.mode(&caller.who, direct, at) else { continue };
            let (new, certain) = if let Some(known) = known.get(class).copied().flatten() {
                known
            } else {
                let found = self.engine.search(self.lead.line, by, caller, (at, mode));
                let judged = match &found {
                    Found::Nothing => (false, false),
                    Found::Access(_) => (true, true),
                    Found::Perhaps(_) => (true, false),
                };
                if let Some(slot) = known.get_mut(class) {
                    *slot = Some(judged);
                }
                let better = best.as_ref().is_none_or(|(certain, _)| judged.1 && !certain);
                if let (true, Found::Access(space) | Found::Perhaps(space)) = (better && judged.0, &found) {
                    best = Some((judged.1, self.witness((&caller.who, by), &act.name, mode, space)));
                }
                judged
            };
            if let (true, Some((sure, access))) = (new, best.as_mut())
                && certain == *sure
            {
                access.actions.push(&act.name);
            }
        }
        best
    }

    fn witness(&self, (who, by): (&Who, Cover), act: &str, mode: Mode, space: &solve::Space) -> NewAccess {
        let request = witness::request(self.engine, who, act, space);
        let statement = self.engine.new.get(self.lead.line).and_then(|line| line.statement);
        let mut because = witness::places(self.question.new, statement, self.lead.at, act);
        let open = witness::open(self.engine, by, space);
        let span = because.first().map_or(self.question.new.span, |first| first.span);
        because.extend(open.into_iter().map(|what| {
            let fact = format!("it depends on: {what}");
            Witness::new(span, fact, &Trail::default())
        }));
        NewAccess {
            request,
            needs_identity_policy: mode == Mode::WithIdentity,
            actions: Vec::new(),
            statement,
            principal: self.lead.at,
            because,
        }
    }
}

impl NewAccess {
    /// Adds the actions of another class of callers of the same principal. Of two the one that needs no identity policy is
    /// shown.
    fn add(&mut self, other: &Self) {
        if self.needs_identity_policy && !other.needs_identity_policy {
            self.needs_identity_policy = false;
            self.request = other.request.clone();
            self.because.clone_from(&other.because);
        }
        let all = words::acts().iter().map(|act| act.name.as_str());
        let either = all.filter(|act| self.actions.contains(act) || other.actions.contains(act));
        self.actions = either.collect();
    }
}

impl New {
    fn nothing() -> Self {
        Self { answer: Answer::no([]), found: Vec::new(), undecided: Vec::new(), bounds: Vec::new() }
    }

    /// The answer for what was found, with the bounds that were hit.
    fn conclude(mut self, engine: &Engine<'_>, new: &Document) -> Self {
        let exhausted = engine.ring.is_exhausted().then(|| "the search was ended at its bound".to_owned());
        let reasons = engine.cut.iter().cloned().chain(exhausted);
        self.bounds = reasons.map(|why| Witness::new(new.span, why, &Trail::default())).collect();
        self.answer = if self.found.is_empty() {
            let open = self.undecided.iter().flat_map(|access| access.because.clone());
            let reasons: Vec<Witness> = open.chain(self.bounds.iter().cloned()).collect();
            if reasons.is_empty() { Answer::no([]) } else { Answer::cannot_tell(reasons) }
        } else {
            Answer::yes(self.found.iter().flat_map(|access| access.because.clone()))
        };
        self
    }

    /// One answer from those for two accounts of which either may be the key's own.
    fn either(self, other: Self) -> Self {
        match (self.answer.verdict, other.answer.verdict) {
            (one, two) if one == two => self,
            (Verdict::Yes, _) => self.doubted(),
            (_, Verdict::Yes) => other.doubted(),
            (Verdict::CannotTell, _) => self,
            _ => other,
        }
    }

    /// What holds for some accounts only.
    fn doubted(mut self) -> Self {
        for access in &mut self.found {
            let span = access.because.first().map(|first| first.span);
            let fact = "it depends on which account the key belongs to";
            access.because.extend(span.map(|span| Witness::new(span, fact, &Trail::default())));
        }
        self.undecided = std::mem::take(&mut self.found).into_iter().chain(self.undecided).collect();
        self.answer = Answer::cannot_tell(self.undecided.iter().flat_map(|access| access.because.clone()));
        self
    }
}
