//! One condition as a limit on callers.

use super::narrow::{Narrows, narrows};
use super::pinned::{Pinned, pinned_account, pinned_text};
use super::range::Range;
use super::view::{View, open_test, unknowns};
use super::words::{Form, KeyKnown, Test, key_known};
use super::{Breadth, Witness};
use crate::logic::Verdict;
use crate::policy::{AccountRef, Condition, Element};
use crate::value::Text;

/// What is left of the callers that a condition is asked about.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// All of them.
    Everyone,
    /// Those of these accounts; `whole`: all identities of it.
    Accounts(Vec<(AccountRef, bool)>),
    /// No farther than this.
    Within(Range),
    /// Services for some resource: no identity.
    Services,
    /// Nobody: it can never hold.
    Nobody,
}

/// A limit, and why it is what it is.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    /// Who is left.
    pub(super) kind: Kind,
    /// Whether the limit holds: cannot tell for what may not stand.
    pub(super) holds: Verdict,
    /// Why: for `Everyone` the reason that it does not restrict.
    pub(super) because: Vec<Witness>,
}

impl Limit {
    pub(super) fn new(kind: Kind, because: Vec<Witness>) -> Self {
        Self { kind, holds: Verdict::Yes, because }
    }

    /// Whether it leaves everyone: yes, no, or cannot tell.
    pub(super) fn leaves_everyone(&self, view: &View<'_>) -> Verdict {
        let left = self.apply(view, Range::exactly(Breadth::World), None);
        match (left.least, left.most) {
            (Breadth::World, _) => Verdict::Yes,
            (_, Breadth::World) => Verdict::CannotTell,
            _ => Verdict::No,
        }
    }

    /// What is left of `range`; `account` is set when it is all of one account.
    pub(super) fn apply(&self, view: &View<'_>, range: Range, account: Option<&AccountRef>) -> Range {
        let left = match &self.kind {
            Kind::Everyone => range,
            Kind::Within(within) => range.meet(*within),
            Kind::Services | Kind::Nobody => Range::NOBODY,
            Kind::Accounts(accounts) => {
                if let Some(account) = account {
                    range.if_so(among(view, account, accounts))
                } else {
                    let each = accounts.iter().map(|(account, whole)| view.breadth(account, *whole, true));
                    range.meet(each.fold(Range::NOBODY, Range::join))
                }
            }
        };
        match self.holds {
            Verdict::Yes => left,
            Verdict::No => range,
            Verdict::CannotTell => Range { least: left.least.min(range.least), most: range.most },
        }
    }
}

/// Whether an account is one of a list.
fn among(view: &View<'_>, account: &AccountRef, list: &[(AccountRef, bool)]) -> Verdict {
    let mut found = Verdict::No;
    for (other, _) in list {
        match view.same_account(account, other) {
            Verdict::Yes => return Verdict::Yes,
            Verdict::CannotTell => found = Verdict::CannotTell,
            Verdict::No => {}
        }
    }
    found
}

impl View<'_> {
    /// How far a grant to an account reaches. `direct`: its identities are admitted without IAM policies.
    pub(super) fn breadth(&self, account: &AccountRef, whole: bool, direct: bool) -> Range {
        let own = match (whole, direct) {
            (false, _) => Breadth::NamedOwn,
            (true, false) => Breadth::OwnAccount,
            (true, true) => Breadth::DirectOwnAccount,
        };
        match self.own.is(account).verdict {
            Verdict::Yes => Range::exactly(own),
            is_own => {
                let foreign = match self.trusts(account).verdict {
                    Verdict::Yes => Range::exactly(Breadth::TrustedAccount),
                    Verdict::No => Range::exactly(Breadth::ForeignAccount),
                    Verdict::CannotTell => {
                        Range { least: Breadth::TrustedAccount, most: Breadth::ForeignAccount }
                    }
                };
                if is_own == Verdict::No { foreign } else { Range { least: own, most: foreign.most } }
            }
        }
    }

    /// Whether two accounts are one.
    pub(super) fn same_account(&self, one: &AccountRef, two: &AccountRef) -> Verdict {
        match (one, two) {
            (AccountRef::Id(a), AccountRef::Id(b)) => {
                if a == b {
                    Verdict::Yes
                } else {
                    Verdict::No
                }
            }
            (AccountRef::Own, other) | (other, AccountRef::Own) => self.own.is(other).verdict,
            _ => Verdict::CannotTell,
        }
    }

    /// A condition of an Allow statement as a limit on callers.
    pub(super) fn limit(&self, condition: &Condition) -> Limit {
        let mut limit = self.limit_of_test(condition, Test::of(&condition.operator), false);
        limit.holds = self.world.gate(&condition.when).verdict;
        if limit.holds == Verdict::CannotTell {
            limit.because.extend(self.world.gate(&condition.when).because);
        }
        limit
    }

    /// Whom a Deny under this condition leaves alone: the callers for whom the condition does not hold. `None` when
    /// the condition holds for every outsider anyway, so that it leaves nobody.
    pub(super) fn left_alone(&self, condition: &Condition) -> Limit {
        let gate = self.world.gate(&condition.when);
        if gate.is_no() {
            return Limit::new(Kind::Nobody, Vec::new());
        }
        let mut limit = match Test::of(&condition.operator) {
            Some(test) if test.negated && test.any_value() => {
                everyone(condition, "does not hold without the key")
            }
            Some(test) if test.negated => {
                let positive = Test { negated: false, if_exists: false, set: None, ..test };
                self.limit_of_test(condition, Some(positive), true)
            }
            Some(test) if condition.key.is_known() => match always_holds(condition, test) {
                Verdict::Yes => Limit::new(Kind::Nobody, Vec::new()),
                Verdict::No => everyone(condition, "does not hold for every caller"),
                Verdict::CannotTell => {
                    let values = condition.values.iter().flat_map(|value| unknowns(&value.value));
                    let because = values.chain(condition.open.iter().map(Witness::of_unknown));
                    Limit::new(Kind::Within(Range::ANYONE), because.collect())
                }
            },
            _ => Limit::new(Kind::Within(Range::ANYONE), open_test(condition)),
        };
        if gate.is_open() {
            limit = Limit { kind: Kind::Within(Range::ANYONE), ..limit };
        }
        limit
    }

    /// `complement`: the test is the opposite of a Deny's, so values that match nobody leave nobody.
    fn limit_of_test(&self, condition: &Condition, test: Option<Test>, complement: bool) -> Limit {
        let Some(key) = condition.key.known() else {
            return Limit::new(Kind::Within(Range::ANYONE), open_test(condition));
        };
        let Some(test) = test else {
            return Limit::new(Kind::Within(Range::ANYONE), open_test(condition));
        };
        if let Some(reason) = test.unsound() {
            return everyone(condition, reason);
        }
        match key_known(&key) {
            KeyKnown::Misspelt(meant) => {
                let fact = format!("`{key}` is never in a request; `{meant}` is probably meant");
                return Limit::new(Kind::Nobody, vec![at(condition, fact)]);
            }
            KeyKnown::No => {
                let fact = format!("`{key}` is not a condition key that is known here");
                return Limit::new(Kind::Within(Range::ANYONE), vec![at(condition, fact)]);
            }
            KeyKnown::Yes => {}
        }
        match narrows(&key) {
            Some(Narrows::Nothing(reason)) => everyone(condition, reason),
            Some(narrows) => self.limit_of_values(condition, test, narrows, complement),
            None => {
                Limit::new(Kind::Within(Range::ANYONE), vec![at(condition, "is not known here".to_owned())])
            }
        }
    }

    fn limit_of_values(
        &self,
        condition: &Condition,
        test: Test,
        narrows: Narrows,
        complement: bool,
    ) -> Limit {
        let values: Vec<_> =
            condition.values.iter().filter(|value| !self.world.excludes(&value.when)).collect();
        let variables = self.variables();
        let wild = test.wild || test.form == Form::Arn;
        let mut kinds = Vec::new();
        let mut because = Vec::new();
        for value in values {
            match self.value_limit(&value.value, narrows, wild, variables) {
                Ok(kind) => kinds.push(kind),
                Err(reason) if complement => return everyone(condition, reason),
                Err(reason) => {
                    let fact = format!(
                        "`{}` {reason}, so `{}` does not restrict",
                        value.value.shown(),
                        key_shown(condition)
                    );
                    return Limit::new(Kind::Everyone, vec![at_value(value, fact)]);
                }
            }
        }
        because.push(at(condition, format!("`{}` restricts callers", key_shown(condition))));
        if let Some(unknown) = &condition.open {
            because.push(Witness::of_unknown(unknown));
            kinds.push(Kind::Within(Range::ANYONE));
        }
        let fits =
            matches!((test.form, narrows), (Form::String | Form::Arn, _) | (Form::Ip, Narrows::Addresses));
        if !fits {
            let fact = format!("`{}` is no test for `{}`", condition.operator.shown(), key_shown(condition));
            return Limit::new(Kind::Within(Range::ANYONE), vec![at(condition, fact)]);
        }
        for value in &condition.values {
            because.extend(unknowns(&value.value));
        }
        Limit::new(either(self, kinds), because)
    }

    /// What one value narrows to; an error says why it does not.
    fn value_limit(
        &self,
        value: &Text,
        narrows: Narrows,
        wild: bool,
        variables: bool,
    ) -> Result<Kind, &'static str> {
        let within = |breadth| Kind::Within(Range::exactly(breadth));
        match narrows {
            Narrows::Accounts => match pinned_account(value, wild, variables) {
                Pinned::To(account) => Ok(Kind::Accounts(vec![(account, true)])),
                other => other.otherwise(wild),
            },
            Narrows::Principals => match super::pinned::pinned_arn_account(value, wild, variables) {
                Pinned::To((account, whole)) => Ok(Kind::Accounts(vec![(account, whole)])),
                other => other.otherwise(wild),
            },
            Narrows::Orgs | Narrows::OrgPaths => {
                match super::pinned::pinned_org(value, wild, variables, narrows == Narrows::OrgPaths) {
                    Pinned::To(org) => Ok(Kind::Within(self.org(org.as_deref()))),
                    other => other.otherwise(wild),
                }
            }
            Narrows::UserId => match super::pinned::pinned_user_id(value, wild, variables) {
                Pinned::To(()) => {
                    Ok(Kind::Within(Range { least: Breadth::NamedOwn, most: Breadth::ForeignAccount }))
                }
                other => other.otherwise(wild),
            },
            Narrows::Source => match pinned_text(value, wild, variables) {
                Pinned::To(()) => Ok(Kind::Services),
                other => other.otherwise(wild),
            },
            Narrows::SourceArn => match super::pinned::pinned_source(value, wild, variables) {
                Pinned::To(()) => Ok(Kind::Services),
                other => other.otherwise(wild),
            },
            Narrows::Network => match pinned_text(value, wild, variables) {
                Pinned::To(()) => Ok(within(Breadth::WorldByNetwork)),
                other => other.otherwise(wild),
            },
            Narrows::Addresses => super::pinned::pinned_addresses(value).map(Kind::Within),
            Narrows::Nothing(reason) => Err(reason),
        }
    }

    /// How far an organisation reaches; `None`: the deploying account's own. Without trusted organisations in the
    /// settings, it may be the own one.
    pub(super) fn org(&self, id: Option<&str>) -> Range {
        let Some(id) = id else { return Range::exactly(Breadth::TrustedOrg) };
        if self.setting.trusted_orgs.iter().any(|known| known == id) {
            Range::exactly(Breadth::TrustedOrg)
        } else if self.setting.trusted_orgs.is_empty() {
            Range { least: Breadth::TrustedOrg, most: Breadth::ForeignOrg }
        } else {
            Range::exactly(Breadth::ForeignOrg)
        }
    }
}

/// Whether a test that is not negated holds for every identity that calls KMS itself or through a service.
fn always_holds(condition: &Condition, test: Test) -> Verdict {
    let Some(key) = condition.key.known() else { return Verdict::CannotTell };
    let some = |word: &str| {
        let is = |known: String| known.eq_ignore_ascii_case(word);
        let certain = |value: &&Element<Text>| value.when.is_empty() && value.value.known().is_some_and(is);
        let certain = condition.values.iter().any(|value| certain(&value));
        let loose = |value: &Element<Text>| !value.when.is_empty() || !value.value.is_known();
        if certain {
            Verdict::Yes
        } else if condition.open.is_some() || condition.values.iter().any(loose) {
            Verdict::CannotTell
        } else {
            Verdict::No
        }
    };
    match test.form {
        Form::Bool if key.eq_ignore_ascii_case("aws:PrincipalIsAWSService") => some("false"),
        Form::Bool if key.eq_ignore_ascii_case("aws:SecureTransport") => some("true"),
        Form::String | Form::Arn if test.wild => {
            let always = ["aws:PrincipalArn", "aws:PrincipalAccount", "kms:CallerAccount"];
            if always.iter().any(|name| key.eq_ignore_ascii_case(name)) { some("*") } else { Verdict::No }
        }
        _ => Verdict::No,
    }
}

/// Any of several: as wide as the widest.
fn either(view: &View<'_>, kinds: Vec<Kind>) -> Kind {
    if kinds.iter().all(|kind| matches!(kind, Kind::Services | Kind::Nobody)) {
        let services = kinds.iter().any(|kind| matches!(kind, Kind::Services));
        return if services { Kind::Services } else { Kind::Nobody };
    }
    if kinds.iter().all(|kind| matches!(kind, Kind::Accounts(_) | Kind::Nobody)) {
        let accounts = kinds.into_iter().flat_map(|kind| match kind {
            Kind::Accounts(accounts) => accounts,
            _ => Vec::new(),
        });
        return Kind::Accounts(accounts.collect());
    }
    let world = Range::exactly(Breadth::World);
    let each = kinds.into_iter().map(|kind| Limit::new(kind, Vec::new()).apply(view, world, None));
    Kind::Within(each.fold(Range::NOBODY, Range::join))
}

pub(super) fn key_shown(condition: &Condition) -> String {
    condition.key.shown()
}

fn everyone(condition: &Condition, reason: &str) -> Limit {
    Limit::new(Kind::Everyone, vec![at(condition, format!("`{}` {reason}", key_shown(condition)))])
}

fn at(condition: &Condition, fact: String) -> Witness {
    Witness::new(condition.key_span, fact, &crate::value::Trail::default())
}

fn at_value(value: &Element<Text>, fact: String) -> Witness {
    Witness::new(value.span, fact, &value.trail)
}
