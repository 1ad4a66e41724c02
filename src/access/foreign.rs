//! Which other accounts a statement admits.

use super::breadth::{Breadth, ForeignAccount};
use super::limit::{Kind, Limit};
use super::range::Range;
use super::reach::{Who, allows};
use super::view::View;
use super::words::Act;
use super::{Access, Missing, Setting, Witness};
use crate::logic::{Answer, Verdict};
use crate::policy::{AccountRef, Document, Statement};
use crate::value::Trail;

/// The accounts other than the key's that `statement` admits, by principal or by condition, each once. Whoever names
/// everyone without naming accounts is not here (see [`is_public`](super::is_public)), nor are organisations.
pub fn foreign_accounts(
    statement: &Statement,
    document: &Document,
    setting: &Setting,
) -> Vec<ForeignAccount> {
    let view = View::new(document, setting);
    let stands = view.world.gate(&statement.when).and(allows(statement));
    if stands.is_no() {
        return Vec::new();
    }
    let limits = view.limits(statement);
    let acts = view.acts(statement);
    let mut found: Vec<ForeignAccount> = Vec::new();
    for (who, why) in view.admitted(statement) {
        found.extend(view.perhaps_foreign(&who, &why, &limits, &acts));
        for (who, why) in view.by_account(who, why, &limits) {
            let range = view.reach_of(&who, &limits, &acts).if_so(stands.verdict);
            if let Some(foreign) = view.foreign(&who, range, why) {
                match found
                    .iter_mut()
                    .find(|known| known.account == foreign.account && foreign.account.is_some())
                {
                    Some(known) => known.merge(foreign),
                    None => found.push(foreign),
                }
            }
        }
    }
    found
}

/// Whether `statement` admits an account that is neither the key's nor trusted.
pub fn admits_untrusted_account(statement: &Statement, document: &Document, setting: &Setting) -> Access {
    let foreign = foreign_accounts(statement, document, setting).into_iter();
    Answer::any(foreign.filter(|account| !account.trusted).map(|account| account.answer))
}

impl ForeignAccount {
    fn merge(&mut self, other: Self) {
        self.whole |= other.whole;
        let mine = std::mem::replace(&mut self.answer, Answer::no([]));
        self.answer = mine.or(other.answer);
    }
}

impl View<'_> {
    /// Everyone, limited to accounts by a condition, is each of those accounts.
    fn by_account(&self, who: Who, why: Witness, limits: &[Limit]) -> Vec<(Who, Witness)> {
        if who.account.is_some() {
            return vec![(who, why)];
        }
        let named = limits.iter().filter(|limit| limit.holds == Verdict::Yes);
        let named = named.filter_map(|limit| match &limit.kind {
            Kind::Accounts(accounts) => Some((accounts, limit.because.first())),
            _ => None,
        });
        let each = named.flat_map(|(accounts, because)| {
            let why = because.cloned().unwrap_or_else(|| why.clone());
            accounts.iter().map(move |(account, whole)| (account.clone(), *whole, why.clone()))
        });
        each.map(|(account, whole, why)| {
            let breadth = self.breadth(&account, whole, true);
            let range =
                if who.range.least == Breadth::Nobody { breadth.if_so(Verdict::CannotTell) } else { breadth };
            (Who { range, account: Some(account), whole, span: who.span }, why)
        })
        .collect()
    }

    /// Nobody knows whom an unknown principal, or everyone under an unknown condition, is.
    fn perhaps_foreign(
        &self,
        who: &Who,
        why: &Witness,
        limits: &[Limit],
        acts: &[(&'static Act, Access)],
    ) -> Option<ForeignAccount> {
        let open = |limit: &&Limit| {
            let unknown = matches!(limit.kind, Kind::Within(range) if range.least == Breadth::Nobody);
            limit.holds != Verdict::Yes || unknown
        };
        let mut because: Vec<Witness> =
            limits.iter().filter(open).flat_map(|limit| limit.because.iter().cloned()).collect();
        if who.range.least == Breadth::Nobody {
            because.insert(0, why.clone());
        }
        let may = who.account.is_none()
            && !because.is_empty()
            && self.reach_of(who, limits, acts).most >= Breadth::TrustedAccount;
        let answer = Answer::cannot_tell(because);
        may.then_some(ForeignAccount { account: None, trusted: false, whole: true, answer })
    }

    fn foreign(&self, who: &Who, range: Range, why: Witness) -> Option<ForeignAccount> {
        let account = who.account.as_ref()?;
        let own = self.own.is(account);
        if own.is_yes() || range.most < Breadth::TrustedAccount {
            return None;
        }
        let digits = match account {
            AccountRef::Id(id) => Some(id.clone()),
            AccountRef::Own | AccountRef::Unknown(_) => None,
        };
        let mut because = vec![why];
        let answer = if own.is_no() && range.least >= Breadth::TrustedAccount {
            because.extend(self.own.witness());
            Answer::yes(because)
        } else {
            because.extend(own.because);
            if let (Some(id), None) = (&digits, self.own.account()) {
                let fact = format!("the key's account is not known, and `{id}` may be it");
                because.push(Witness::new(who.span, fact, &Trail::default()).misses(Missing::Account));
            }
            Answer::cannot_tell(because)
        };
        let trusted = self.trusts(account).is_yes();
        Some(ForeignAccount { account: digits, trusted, whole: who.whole, answer })
    }
}
