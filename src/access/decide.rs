//! One request against all policies.
//!
//! IAM User Guide, "Policy evaluation logic"; AWS KMS Developer Guide, "Troubleshooting key access". What is easy to
//! get wrong: there is no implicit trust in the key's account; its account principal lets identity policies decide,
//! nothing else does.

use super::compare::{Against, holds};
use super::own::Own;
use super::reach::allows;
use super::request::CallerKind;
use super::view::View;
use super::words::glob_text;
use super::world::{World, across, assumptions, joined, worlds};
use super::{Access, Request, Setting, Witness};
use crate::logic::{Answer, Verdict};
use crate::policy::{AccountRef, Arn, Document, Principal, Statement, facts};
use crate::value::Trail;

/// The policies that take part.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'a> {
    /// The key policy.
    pub key: &'a Document,
    /// The caller's identity policies; all that there are.
    pub identity: &'a [Document],
    /// The caller's permissions boundary; empty: none.
    pub boundary: &'a [Document],
    /// The session policies that were passed when the caller's session began; empty: none.
    pub session: &'a [Document],
}

impl Policies<'_> {
    /// The policies that limit and never give.
    fn caps(&self) -> impl Iterator<Item = &Document> {
        self.boundary.iter().chain(self.session)
    }
}

/// What comes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// It is allowed.
    Allowed,
    /// No policy allows it.
    ImplicitlyDenied,
    /// A policy denies it.
    ExplicitlyDenied,
    /// It depends on what is not known.
    Undecided,
}

/// An outcome and what makes it so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// What comes of it.
    pub outcome: Outcome,
    /// The statements, conditions and unknowns that decide.
    pub because: Vec<Witness>,
}

/// What comes of `request` (IAM User Guide, "Policy evaluation logic"; AWS KMS Developer Guide, "Troubleshooting
/// key access"): Deny first, then the key policy, directly or by delegation; another account's caller needs its
/// own identity policy as well. Permissions boundary and session policies cap what a role is
/// given (IAM User Guide, "Session policies"). Service control policies and grants are not looked at.
pub fn decide(request: &Request, policies: &Policies<'_>) -> Decision {
    let setting = Setting { account: Some(request.key_account.clone()), ..Setting::default() };
    let all = || std::iter::once(policies.key).chain(policies.identity).chain(policies.caps());
    let worlds = worlds(all().flat_map(|document| document.statements.iter().flat_map(assumptions)));
    let bench = |world: &World| Bench { request, policies, setting: &setting, world: world.clone() };
    let denied = across(&worlds, |world| bench(world).denied());
    let allowed = across(&worlds, |world| bench(world).allowed());
    let (outcome, because) = match (denied.verdict, allowed.verdict) {
        (Verdict::Yes, _) => (Outcome::ExplicitlyDenied, denied.because),
        (Verdict::No, Verdict::Yes) => (Outcome::Allowed, allowed.because),
        (Verdict::No, Verdict::No) => (Outcome::ImplicitlyDenied, allowed.because),
        (Verdict::CannotTell, _) => (Outcome::Undecided, denied.because),
        (Verdict::No, Verdict::CannotTell) => (Outcome::Undecided, allowed.because),
    };
    Decision { outcome, because: joined(because.iter()) }
}

/// One request in one world.
pub(super) struct Bench<'a> {
    pub(super) request: &'a Request,
    pub(super) policies: &'a Policies<'a>,
    pub(super) setting: &'a Setting,
    pub(super) world: World,
}

/// In what way a key policy's Allow lets a caller in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By naming the user, the session or the service.
    Direct,
    /// By naming the role: capped by a permissions boundary and by session policies.
    Role,
    /// By naming everyone.
    Everyone,
    /// By naming the account: identity policies decide.
    Delegated,
}

impl Bench<'_> {
    pub(super) fn view<'b>(&'b self, document: &'b Document) -> View<'b> {
        View {
            document,
            setting: self.setting,
            own: Own::of(document, self.setting),
            world: self.world.clone(),
            duty: super::Duty::ChangePolicy,
        }
    }

    /// Whether any policy denies the request.
    fn denied(&self) -> Access {
        let view = self.view(self.policies.key);
        let by_key = self.policies.key.statements.iter().map(|statement| {
            let speaks = self.speaks(&view, statement, &super::deny::denies(statement));
            let on_key = if speaks.is_no() { speaks } else { speaks.and(view.acts_on_key(statement)) };
            let who = if on_key.is_no() { on_key } else { on_key.and(self.denies_caller(&view, statement)) };
            if who.is_no() { who } else { who.and(self.met(&view, statement)) }
        });
        let open = self.policies.key.open.iter().map(|u| Answer::cannot_tell([Witness::of_unknown(u)]));
        let others = self.policies.identity.iter().chain(self.policies.caps());
        let by_others = others.map(|document| self.by_identity(document, super::deny::denies));
        Answer::any(by_key.chain(open).chain(by_others))
    }

    /// Whether the policies together allow the request, Deny statements aside.
    fn allowed(&self) -> Access {
        let by_key = |way| self.by_key(way);
        let identity = || Answer::any(self.policies.identity.iter().map(|d| self.by_identity(d, allows)));
        let capped = |by: &[Document]| {
            if by.is_empty() {
                return Answer::yes([]);
            }
            Answer::any(by.iter().map(|d| self.by_identity(d, allows)))
        };
        let capped = || capped(self.policies.boundary).and(capped(self.policies.session));
        let caller = &self.request.caller;
        if caller.kind == CallerKind::Service {
            return by_key(Way::Direct).or(by_key(Way::Everyone));
        }
        if caller.account.as_deref() != Some(self.request.key_account.as_str()) {
            let named = [Way::Direct, Way::Role, Way::Everyone, Way::Delegated].map(by_key);
            return self.works_across_accounts().and(Answer::any(named)).and(identity()).and(capped());
        }
        // The account's root user has no identity policy and needs none.
        let identity = if caller.kind == CallerKind::Root { Answer::yes([]) } else { identity() };
        let everyone = match (caller.kind, capped().verdict) {
            (CallerKind::Session, verdict) if verdict != Verdict::Yes => {
                let fact = "whether a permissions boundary or session policy limits what is allowed to everyone cannot be told";
                let doubt = Witness::new(self.policies.key.span, fact, &Trail::default());
                by_key(Way::Everyone).and(Answer::cannot_tell([doubt]))
            }
            _ => by_key(Way::Everyone),
        };
        by_key(Way::Direct)
            .or(by_key(Way::Role).and(capped()))
            .or(everyone)
            .or(by_key(Way::Delegated).and(identity).and(capped()))
    }

    fn works_across_accounts(&self) -> Access {
        match facts::action(&self.request.action) {
            Some(action) if action.cross_account => Answer::yes([]),
            Some(_) => {
                let fact = format!("`{}` does not work across accounts", self.request.action);
                Answer::no([Witness::new(self.policies.key.span, fact, &Trail::default())])
            }
            None => Answer::cannot_tell([]),
        }
    }

    /// Whether the key policy allows the request in this way.
    fn by_key(&self, way: Way) -> Access {
        let view = self.view(self.policies.key);
        let each = self.policies.key.statements.iter().map(|statement| {
            let speaks = self.speaks(&view, statement, &allows(statement));
            let on_key = if speaks.is_no() { speaks } else { speaks.and(view.acts_on_key(statement)) };
            let who = if on_key.is_no() { on_key } else { on_key.and(self.admits(&view, statement, way)) };
            if who.is_no() { who } else { who.and(self.met(&view, statement)) }
        });
        let open = self.policies.key.open.iter().map(|u| Answer::cannot_tell([Witness::of_unknown(u)]));
        Answer::any(each.chain(open))
    }

    /// Whether an identity policy or boundary has a statement of this effect about the request.
    fn by_identity(&self, document: &Document, effect: impl Fn(&Statement) -> Access) -> Access {
        let view = self.view(document);
        let each = document.statements.iter().map(|statement| {
            let speaks = self.speaks(&view, statement, &effect(statement));
            let on_key = if speaks.is_no() { speaks } else { speaks.and(self.on_key(&view, statement)) };
            if on_key.is_no() { on_key } else { on_key.and(self.met(&view, statement)) }
        });
        Answer::any(each.chain(document.open.iter().map(|u| Answer::cannot_tell([Witness::of_unknown(u)]))))
    }

    /// Whether a statement stands, has the effect and names the action.
    fn speaks(&self, view: &View<'_>, statement: &Statement, effect: &Access) -> Access {
        let stands = self.world.gate(&statement.when).and(effect.clone());
        if stands.is_no() { stands } else { stands.and(view.names_action(statement, &self.request.action)) }
    }

    /// Whether the `Resource` of an identity policy covers the key: its ARN; aliases never match.
    pub(super) fn on_key(&self, view: &View<'_>, statement: &Statement) -> Access {
        let Some(resources) = &statement.resources else { return Answer::no([]) };
        let covered = view.any_item(resources, |text, _, _| match glob_text(text, &self.request.key_arn) {
            Verdict::Yes => Answer::yes([]),
            Verdict::No => Answer::no([]),
            Verdict::CannotTell => Answer::cannot_tell(super::view::unknowns(text)),
        });
        if resources.negated { !covered } else { covered }
    }

    /// Whether all conditions of a statement hold.
    fn met(&self, view: &View<'_>, statement: &Statement) -> Access {
        let against = Against { request: self.request, variables: view.variables(), world: &self.world };
        let each = statement
            .conditions
            .iter()
            .map(|condition| holds(condition, against).or(!self.world.gate(&condition.when)));
        let open = statement.open_conditions.iter();
        Answer::all(each.chain(open.map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]))))
    }

    /// Whether the principals of an Allow admit the caller in this way.
    fn admits(&self, view: &View<'_>, statement: &Statement, way: Way) -> Access {
        let Some(principals) = &statement.principals else { return Answer::no([]) };
        if principals.negated {
            return if way == Way::Everyone { self.not_principal(view, statement) } else { Answer::no([]) };
        }
        view.any_item(principals, |principal, span, trail| {
            let (named, by) = self.names(principal);
            match named {
                Verdict::Yes if by == way => {
                    Answer::yes([Witness::new(span, super::reach::fact_of(principal), trail)])
                }
                Verdict::CannotTell => {
                    Answer::cannot_tell([Witness::new(span, super::reach::fact_of(principal), trail)])
                }
                _ => Answer::no([]),
            }
        })
    }

    /// Whether a Deny is about the caller: by name, by its role, by its account, as everyone.
    pub(super) fn denies_caller(&self, view: &View<'_>, statement: &Statement) -> Access {
        let Some(principals) = &statement.principals else { return Answer::no([]) };
        if principals.negated {
            return self.not_principal(view, statement);
        }
        view.any_item(principals, |principal, span, trail| {
            let (verdict, _) = self.names(principal);
            let witness = Witness::new(span, super::reach::fact_of(principal), trail);
            Answer { verdict, because: vec![witness] }
        })
    }

    /// `NotPrincipal` means everyone whom it does not list. Whom a list spares that names anybody of the caller's
    /// account is in doubt: the guide asks for account, role and session together.
    fn not_principal(&self, view: &View<'_>, statement: &Statement) -> Access {
        let Some(principals) = &statement.principals else { return Answer::no([]) };
        let related = view.any_item(principals, |principal, _, _| match principal {
            Principal::Service(name) => {
                if name.is(&self.request.caller.name) {
                    Answer::yes([])
                } else {
                    Answer::no([])
                }
            }
            principal => match principal.account() {
                Some(AccountRef::Id(id)) if Some(id) != self.request.caller.account.as_ref() => {
                    Answer::no([])
                }
                _ => Answer::yes([]),
            },
        });
        if related.is_no() {
            return Answer::yes([]);
        }
        let fact = "whom `NotPrincipal` means cannot be told";
        Answer::cannot_tell([Witness::new(principals.name_span, fact, &Trail::default())])
    }

    /// Whether a principal means the caller, and in what way.
    fn names(&self, principal: &Principal) -> (Verdict, Way) {
        let caller = &self.request.caller;
        let own_account = |account: &AccountRef| match account {
            AccountRef::Id(id) => told(Some(id) == caller.account.as_ref()),
            AccountRef::Own => told(caller.account.as_ref() == Some(&self.request.key_account)),
            AccountRef::Unknown(_) if caller.account.is_none() => Verdict::No,
            AccountRef::Unknown(_) => Verdict::CannotTell,
        };
        let exact = |arn: &Arn| glob_free(arn, &caller.name, own_account(&arn.account));
        match principal {
            Principal::Everyone => (Verdict::Yes, Way::Everyone),
            Principal::Account(account) => (own_account(account), Way::Delegated),
            Principal::User(arn) | Principal::Session(arn) | Principal::FederatedUser(arn) => {
                (exact(arn), Way::Direct)
            }
            Principal::Role(arn) => (self.has_role(arn, own_account(&arn.account)), Way::Role),
            Principal::Service(name) => match name.known() {
                Some(name) => (told(caller.kind == CallerKind::Service && name == caller.name), Way::Direct),
                None => (Verdict::CannotTell, Way::Direct),
            },
            Principal::UniqueId(_) | Principal::Malformed(_) => (Verdict::No, Way::Direct),
            Principal::Someone(_) | Principal::Unknown(_) => (Verdict::CannotTell, Way::Direct),
        }
    }

    fn has_role(&self, arn: &Arn, account: Verdict) -> Verdict {
        let Some(role) = self.request.caller.role() else { return Verdict::No };
        let name = match arn.resource.known() {
            Some(resource) => told(resource.rsplit('/').next() == Some(role)),
            None => Verdict::CannotTell,
        };
        both(account, name)
    }
}

/// Whether the resource of an ARN is that of the caller, and its account too.
fn glob_free(arn: &Arn, caller: &str, account: Verdict) -> Verdict {
    let resource = caller.splitn(6, ':').nth(5).unwrap_or_default();
    let same = match arn.resource.known() {
        Some(known) => told(known == resource),
        None => glob_text(&arn.resource, resource),
    };
    both(account, same)
}

fn told(yes: bool) -> Verdict {
    if yes { Verdict::Yes } else { Verdict::No }
}

fn both(one: Verdict, two: Verdict) -> Verdict {
    match (one, two) {
        (Verdict::No, _) | (_, Verdict::No) => Verdict::No,
        (Verdict::Yes, Verdict::Yes) => Verdict::Yes,
        _ => Verdict::CannotTell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Caller;
    use crate::policy::{PolicyKind, read};

    fn documents(json: &serde_json::Value, kind: PolicyKind) -> Vec<Document> {
        let one = |json| read(&crate::policy::testing::from_json(json), kind).unwrap();
        json.as_array().into_iter().flatten().map(one).collect()
    }

    /// Decision vectors: recorded judgements with the reason in each note.
    #[test]
    fn vectors() {
        judge(include_str!("../../testdata/access/vectors.json"));
    }

    /// One request for each feature of the policy language, with the rule in its note.
    #[test]
    fn features() {
        judge(include_str!("../../testdata/access/features.json"));
    }

    fn judge(text: &str) {
        let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut faults = Vec::new();
        for vector in vectors.as_array().unwrap() {
            let field = |name: &str| vector[name].as_str().unwrap();
            let key =
                read(&crate::policy::testing::from_json(&vector["key_policy"]), PolicyKind::Key).unwrap();
            let context = vector["context"].as_object().unwrap().iter().map(|(key, value)| {
                let values = match value.as_array() {
                    Some(values) => values.iter().map(|v| v.as_str().unwrap().to_owned()).collect(),
                    None => vec![value.as_str().unwrap().to_owned()],
                };
                (key.clone(), values)
            });
            let account = field("key_account");
            let request = Request {
                caller: Caller::of_arn(field("principal")).unwrap(),
                action: field("action").to_owned(),
                key_arn: format!("arn:aws:kms:us-east-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
                key_account: account.to_owned(),
                context: context.collect(),
            };
            let policies = Policies {
                key: &key,
                identity: &documents(&vector["identity_policies"], PolicyKind::Identity),
                boundary: &documents(&vector["permissions_boundary"], PolicyKind::Identity),
                session: &documents(&vector["session_policies"], PolicyKind::Identity),
            };
            let expected = match field("expected") {
                "Allowed" => Outcome::Allowed,
                "ImplicitlyDenied" => Outcome::ImplicitlyDenied,
                "ExplicitlyDenied" => Outcome::ExplicitlyDenied,
                _ => Outcome::Undecided,
            };
            let decision = decide(&request, &policies);
            if decision.outcome != expected {
                faults.push(format!("{}: expected {expected:?}: {decision:?}", field("id")));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
