//! Whom an Allow statement admits.
//!
//! Each principal is a range of breadths; each condition and each Deny statement of everyone narrows it. What is easy
//! to get wrong: outsiders can use a handful of actions only; the rest of a `kms:*` for them is dead text.

use super::breadth::{Breadth, Reach};
use super::limit::Limit;
use super::range::Range;
use super::view::View;
use super::words::Act;
use super::world::{joined, worlds};
use super::{Access, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{AccountRef, Document, Effect, Element, Principal, Statement};
use crate::source::Span;
use crate::value::{Symbol, Trail};

/// How far `statement` of `document` reaches, after its conditions and the document's Deny statements.
pub fn reach(statement: &Statement, document: &Document, setting: &Setting) -> Reach {
    let view = View::new(document, setting);
    let mut because = Vec::new();
    let whens = super::world::assumptions(statement).chain(view.denies().flat_map(super::world::assumptions));
    let mut found: Option<Range> = None;
    for world in worlds(whens) {
        let view = View { world, ..view.clone() };
        let (range, why) = view.reach(statement);
        because.extend(why);
        found = Some(found.map_or(range, |known| Range {
            least: known.least.min(range.least),
            most: known.most.max(range.most),
        }));
    }
    let range = found.unwrap_or(Range::NOBODY);
    Reach { at_least: range.least, at_most: range.most, because: joined(because.iter()) }
}

impl super::NewAccess {
    /// How far at most the principal reaches that lets this in, of `document`, whose access it is; `None` when the
    /// statement is not known. A service has its own sort of reach and counts as nobody.
    pub fn breadth(&self, document: &Document, setting: &Setting) -> Option<Breadth> {
        let statement = self.statement_of(document)?;
        if self.request.caller.kind == super::CallerKind::Service {
            return Some(Breadth::Nobody);
        }
        let mut alone = statement.clone();
        if let (Some(principals), Some(at)) = (alone.principals.as_mut(), self.principal) {
            principals.items = principals.items.get(at).cloned().into_iter().collect();
            principals.open = None;
        }
        let most = reach(&alone, document, setting).at_most;
        let own = self.request.caller.account.as_ref() == Some(&self.request.key_account);
        Some(if own { most.min(Breadth::DirectOwnAccount) } else { most })
    }
}

/// Whether `statement` admits any AWS account and has no condition at all (KMS has no anonymous calls: public is
/// every account with an IAM policy of its own). Actions that are not usable across accounts do not count.
pub fn is_public(statement: &Statement, document: &Document, setting: &Setting) -> Access {
    View::new(document, setting).ask_statement(statement, |view, statement| {
        let exposed = view.names_everyone(statement);
        if exposed.is_no() {
            return exposed;
        }
        exposed.and(!view.has_conditions(statement)).and(view.open_to_outsiders(statement))
    })
}

/// Whether `statement` names everyone, has conditions, and none of them restricts it to accounts, organisations or
/// networks. Yes names every condition key and why it does not restrict.
pub fn is_public_despite_conditions(statement: &Statement, document: &Document, setting: &Setting) -> Access {
    View::new(document, setting).ask_statement(statement, |view, statement| {
        let exposed = view.names_everyone(statement);
        if exposed.is_no() {
            return exposed;
        }
        let conditions = view.has_conditions(statement);
        exposed
            .and(Answer { because: Vec::new(), ..conditions })
            .and(view.no_condition_restricts(statement))
            .and(view.open_to_outsiders(statement))
    })
}

impl View<'_> {
    /// Whether the statement is an Allow whose principals hold everyone.
    pub(super) fn names_everyone(&self, statement: &Statement) -> Access {
        let Some(principals) = &statement.principals else { return Answer::no([]) };
        let allows = allows(statement);
        if allows.is_no() {
            return allows;
        }
        if principals.negated {
            let fact = "`NotPrincipal` with `Allow` is everyone else, in every account";
            return allows.and(Answer::yes([Witness::new(principals.name_span, fact, &Trail::default())]));
        }
        let everyone = self.any_item(principals, |principal, span, trail| match principal {
            Principal::Everyone => {
                Answer::yes([Witness::new(span, "`*` is everyone, in every account", trail)])
            }
            Principal::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
            _ => Answer::no([]),
        });
        allows.and(everyone)
    }

    pub(super) fn has_conditions(&self, statement: &Statement) -> Access {
        let standing = statement.conditions.iter().map(|condition| {
            let fact = format!("only where `{}` holds", condition.key.shown());
            let witness = Witness::new(condition.key_span, fact, &Trail::default());
            self.world.gate(&condition.when).and(Answer::yes([witness]))
        });
        let more = statement.open_conditions.iter();
        let more = more.map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
        Answer::any(standing.chain(more))
    }

    /// Whether every condition leaves everyone; yes with the reasons.
    fn no_condition_restricts(&self, statement: &Statement) -> Access {
        let each = statement.conditions.iter().filter(|c| !self.world.excludes(&c.when)).map(|condition| {
            let limit = self.limit(condition);
            Answer { verdict: limit.leaves_everyone(self), because: limit.because }
        });
        let more = statement.open_conditions.iter();
        let more = more.map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
        Answer::all(each.chain(more))
    }

    /// Whether an action that works across accounts is covered and not denied to outsiders.
    fn open_to_outsiders(&self, statement: &Statement) -> Access {
        let world = Range::exactly(Breadth::World);
        let mut open = Answer::no([]);
        for (act, covered) in self.acts(statement).into_iter().filter(|(act, _)| act.cross_account) {
            let denied = self.denied(&act.name, None);
            let left = denied.iter().fold(world, |left, deny| deny.apply(self, left, None));
            let because: Vec<Witness> = denied.iter().flat_map(super::deny::Leaves::witnesses).collect();
            let undenied = left.reaches(Breadth::World, &[], &because);
            open = open.or(covered.and(undenied));
            if open.is_yes() {
                break;
            }
        }
        open
    }

    /// The breadth of a statement in this world, with what makes it so.
    pub(super) fn reach(&self, statement: &Statement) -> (Range, Vec<Witness>) {
        let stands = self.world.gate(&statement.when).and(allows(statement));
        if stands.is_no() {
            return (Range::NOBODY, Vec::new());
        }
        let mut because = if stands.is_open() { stands.because } else { Vec::new() };
        let limits = self.limits(statement);
        let acts = self.acts(statement);
        let mut range = Range::NOBODY;
        for (who, why) in self.admitted(statement) {
            let reached = self.reach_of(&who, &limits, &acts);
            if reached.most > Breadth::Nobody {
                because.push(why);
            }
            range = range.join(reached);
        }
        because.extend(limits.into_iter().flat_map(|limit| limit.because));
        (range.if_so(stands.verdict), because)
    }

    pub(super) fn limits(&self, statement: &Statement) -> Vec<Limit> {
        let standing = statement.conditions.iter().filter(|c| !self.world.excludes(&c.when));
        let mut limits: Vec<Limit> = standing.map(|condition| self.limit(condition)).collect();
        limits.extend(statement.open_conditions.iter().map(|unknown| {
            Limit::new(super::limit::Kind::Within(Range::ANYONE), vec![Witness::of_unknown(unknown)])
        }));
        limits
    }

    /// How far one principal reaches with any of the actions.
    pub(super) fn reach_of(&self, who: &Who, limits: &[Limit], acts: &[(&'static Act, Access)]) -> Range {
        let account = who.account.as_ref();
        let limited = limits.iter().fold(who.range, |range, limit| limit.apply(self, range, account));
        if limited.most == Breadth::Nobody {
            return Range::NOBODY;
        }
        let mut widest = Range::NOBODY;
        for (act, covered) in acts {
            let mut range = limited;
            if !act.cross_account {
                range = range.meet(self.insiders(account));
            }
            for deny in self.denied(&act.name, account) {
                range = deny.apply(self, range, account);
            }
            widest = widest.join(range.if_so(covered.verdict));
            if widest.least == limited.least && widest.most == limited.most {
                break;
            }
        }
        widest
    }

    /// Who is left for actions that do not work across accounts.
    fn insiders(&self, account: Option<&AccountRef>) -> Range {
        let inside = Range::exactly(Breadth::DirectOwnAccount);
        account.map_or(inside, |account| inside.if_so(self.own.is(account).verdict))
    }

    /// The principals of a statement, each with its breadth and a witness.
    pub(super) fn admitted(&self, statement: &Statement) -> Vec<(Who, Witness)> {
        let Some(principals) = &statement.principals else { return Vec::new() };
        if principals.negated {
            let fact = "`NotPrincipal` with `Allow` is everyone else, in every account";
            let why = Witness::new(principals.name_span, fact, &Trail::default());
            return vec![(Who::everyone(principals.span), why)];
        }
        let items = principals.items.iter().filter_map(|item| {
            let who = self.who(item)?;
            let range = who.range.if_so(self.world.gate(&item.when).verdict);
            let why = match &item.value {
                Principal::Unknown(unknown) => Witness::of_unknown(unknown),
                value => Witness::new(item.span, fact_of(value), &item.trail),
            };
            Some((Who { range, ..who }, why))
        });
        let more = principals.open.iter().map(|unknown| {
            (Who { range: Range::ANYONE, ..Who::everyone(unknown.span) }, Witness::of_unknown(unknown))
        });
        items.chain(more).collect()
    }

    fn who(&self, item: &Element<Principal>) -> Option<Who> {
        let span = item.span;
        let one = |account: &AccountRef, whole| Who {
            range: self.breadth(account, whole, false),
            account: Some(account.clone()),
            whole,
            span,
        };
        Some(match &item.value {
            Principal::Everyone => Who::everyone(span),
            Principal::Unknown(_) => Who { range: Range::ANYONE, ..Who::everyone(span) },
            Principal::Account(account) => one(account, true),
            Principal::Role(arn)
            | Principal::User(arn)
            | Principal::Session(arn)
            | Principal::FederatedUser(arn) => one(&arn.account, false),
            Principal::Someone(text) if declared_here(text) => one(&AccountRef::Own, false),
            Principal::Someone(text) => {
                let unknown = text.unknowns().next()?.clone();
                one(&AccountRef::Unknown(unknown), false)
            }
            Principal::Service(_) | Principal::UniqueId(_) | Principal::Malformed(_) => return None,
        })
    }
}

/// Whether a principal is the ARN of a resource that this configuration declares: it is taken to be of the account
/// that the configuration deploys to.
pub(super) fn declared_here(text: &crate::value::Text) -> bool {
    text.pieces().len() == 1
        && text.unknowns().any(|unknown| {
            matches!(&unknown.symbol, Symbol::Attribute { attribute, .. } if attribute.eq_ignore_ascii_case("arn"))
        })
}

/// One principal, or the possibility of one.
#[derive(Clone, Debug)]
pub(super) struct Who {
    pub(super) range: Range,
    pub(super) account: Option<AccountRef>,
    pub(super) whole: bool,
    pub(super) span: Span,
}

impl Who {
    fn everyone(span: Span) -> Self {
        Self { range: Range::exactly(Breadth::World), account: None, whole: true, span }
    }
}

/// Whether the statement is an Allow.
pub(super) fn allows(statement: &Statement) -> Access {
    match &statement.effect {
        Effect::Allow => Answer::yes([]),
        Effect::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
        Effect::Deny | Effect::Invalid => Answer::no([]),
    }
}

pub(super) fn unknown_fact(unknown: &crate::value::Unknown) -> String {
    format!("`{}` {}", unknown.name, unknown.reason)
}

/// What a principal is, as a fact.
pub(super) fn fact_of(principal: &Principal) -> String {
    match principal {
        Principal::Everyone => "`*` is everyone, in every account".to_owned(),
        Principal::Account(AccountRef::Own) => "the key's own account".to_owned(),
        Principal::Account(AccountRef::Id(id)) => {
            format!("every identity of account `{id}` that its IAM policies let")
        }
        Principal::Unknown(unknown) | Principal::Account(AccountRef::Unknown(unknown)) => {
            unknown_fact(unknown)
        }
        Principal::Role(arn)
        | Principal::User(arn)
        | Principal::Session(arn)
        | Principal::FederatedUser(arn) => {
            let of = principal.account().map_or_else(String::new, |account| match account {
                AccountRef::Id(id) => format!(" of account `{id}`"),
                _ => String::new(),
            });
            format!("`{}`{of}", arn.text.shown())
        }
        Principal::Someone(text)
        | Principal::Service(text)
        | Principal::UniqueId(text)
        | Principal::Malformed(text) => format!("`{}`", text.shown()),
    }
}
