//! Who may write through the key but not read back.
//!
//! S3 User Guide, "Multipart upload and permissions", with AWS KMS: completing a multipart upload decrypts its parts,
//! so the writer needs `kms:Decrypt` beside `kms:GenerateDataKey`. Small uploads work without, which is why it is
//! found late. What is easy to get wrong: nearly every key policy delegates to the account, so an identity policy may give
//! what the key policy leaves out. A policy that names a principal and spells out its actions is judged as it reads,
//! unless an identity policy that is in sight allows `kms:Decrypt`.

use super::candidate::arn_of;
use super::deny::denies;
use super::reach::{allows, fact_of};
use super::same::{Sameness, matches_arn};
use super::view::{View, unknowns};
use super::words::{Test, glob};
use super::{Access, Setting, Witness};
use crate::logic::{Answer, Verdict};
use crate::policy::{Condition, Document, Element, Principal, Statement};
use crate::source::Span;
use crate::value::{Piece, Text, Trail};

const WRITE: &str = "kms:GenerateDataKey";
const READ: &str = "kms:Decrypt";

/// A principal with `kms:GenerateDataKey` but without `kms:Decrypt`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LacksDecrypt {
    /// The principal as written; `None` for whoever an identity policy is attached to.
    pub principal: Option<String>,
    /// Where `kms:GenerateDataKey` is allowed: the action.
    pub span: Span,
    /// Yes: it lacks `kms:Decrypt`. Cannot tell: perhaps. Never no.
    pub answer: Access,
}

/// The identities and foreign accounts that `document` names for `kms:GenerateDataKey` and that have `kms:Decrypt`
/// nowhere in it. S3 decrypts the parts of a multipart upload (S3 User Guide, "Protecting data using server-side
/// encryption with AWS KMS", multipart uploads), so large uploads of such a principal fail. Where the document
/// delegates `kms:Decrypt` to the account and identity policies in sight may allow it (see [`may_decrypt`]), they may give it: cannot
/// tell. Services are left out: AWS documents `GenerateDataKey` alone for several of them. So are statements limited to
/// another service than S3.
pub fn lacks_decrypt(document: &Document, setting: &Setting, identities_decrypt: bool) -> Vec<LacksDecrypt> {
    let view = View::new(document, setting);
    let readers: Vec<(&Statement, Access)> = document
        .statements
        .iter()
        .map(|statement| (statement, view.allows_on_key(statement, READ)))
        .filter(|(_, reads)| !reads.is_no())
        .take(MOST_READERS)
        .collect();
    let denies: Vec<(&Statement, Access)> = view
        .denies()
        .map(|deny| (deny, view.world.gate(&deny.when).and(denies(deny)).and(view.covers(deny, READ))))
        .filter(|(_, stands)| !stands.is_no())
        .collect();
    let mut found: Vec<LacksDecrypt> = Vec::new();
    for statement in &document.statements {
        let writes = view.allows_on_key(statement, WRITE);
        let both = denies.is_empty() && view.covers(statement, READ).is_yes();
        if writes.is_no() || both || !for_s3(statement) {
            continue;
        }
        let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.negated) else {
            continue;
        };
        for item in &principals.items {
            let writes = writes.clone().and(view.world.gate(&item.when)).and(view.is_writer(item));
            if writes.is_no() {
                continue;
            }
            let reads = Answer::any(readers.iter().map(|(reader, reads)| {
                reads.clone().and(view.reads(reader, &item.value, identities_decrypt))
            }));
            let taken =
                denies.iter().map(|(deny, stands)| stands.clone().and(view.denies_all_to(deny, &item.value)));
            let answer = writes.and(!reads.and(!Answer::any(taken)));
            let principal = written(&item.value);
            let known = found.iter().any(|other| other.principal.as_ref() == Some(&principal));
            if !answer.is_no() && !known {
                let span = action_span(statement);
                found.push(LacksDecrypt { principal: Some(principal), span, answer });
            }
        }
    }
    found
}

/// Whether an identity policy allows, or perhaps allows, `kms:Decrypt` on anything.
pub fn may_decrypt(identity: &Document) -> bool {
    let setting = Setting::default();
    let view = View::new(identity, &setting);
    !identity.open.is_empty() || identity.statements.iter().any(|it| !view.allows(it, READ).is_no())
}

/// Statements beyond this many are not compared: a policy of 32 KiB cannot hold them.
const MOST_READERS: usize = 500;

/// The statements of an identity policy that allow `kms:GenerateDataKey` on a key on which no statement of the
/// same policy allows `kms:Decrypt` (both may stand in one statement, or in two for the same resource). A policy that
/// is about other services, and not about S3, is none of a writer to S3; one that speaks of keys alone may be. Where one
/// of the `others` that the same principal may have allows `kms:Decrypt` on those keys: cannot tell.
pub fn identity_lacks_decrypt<'a>(
    identity: &Document,
    others: impl Fn() -> Vec<&'a Document>,
) -> Vec<LacksDecrypt> {
    let setting = Setting::default();
    let view = View::new(identity, &setting);
    let for_writers = view.may_be_for_s3();
    if for_writers.is_no() {
        return Vec::new();
    }
    let readers: Vec<(&Statement, Access)> = identity
        .statements
        .iter()
        .map(|statement| (statement, view.allows(statement, READ)))
        .filter(|(_, reads)| !reads.is_no())
        .take(MOST_READERS)
        .collect();
    let open = || identity.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
    let mut found = Vec::new();
    for statement in &identity.statements {
        let writes = view.allows(statement, WRITE);
        let reads_too = view.names_action(statement, READ).is_yes();
        if writes.is_no() || reads_too || !for_s3(statement) || !may_name_key(statement) {
            continue;
        }
        let reads =
            readers.iter().map(|(reader, reads)| reads.clone().and(view.same_keys(reader, statement)));
        let answer = writes.and(!Answer::any(reads.chain(open()))).and(for_writers.clone());
        if answer.is_no() {
            continue;
        }
        let answer = answer.and(!read_beside(&others(), statement));
        found.push(LacksDecrypt { principal: None, span: action_span(statement), answer });
    }
    found
}

/// Whether another identity policy may give `kms:Decrypt` on the keys of `writer`: never yes, since nothing says that one
/// principal has both.
fn read_beside(others: &[&Document], writer: &Statement) -> Access {
    let setting = Setting::default();
    let reads = |document: &&Document| {
        let view = View::new(document, &setting);
        let reads = |reader: &Statement| {
            let reads = view.allows(reader, READ);
            let reads = if reads.is_no() { reads } else { reads.and(view.same_keys(reader, writer)) };
            (!reads.is_no()).then_some(reader.span)
        };
        document.statements.iter().find_map(reads)
    };
    match others.iter().take(MOST_READERS).find_map(reads) {
        Some(span) => Answer::cannot_tell([Witness::new(
            span,
            format!("the same principal may have `{READ}` from here"),
            &Trail::default(),
        )]),
        None => Answer::no([]),
    }
}

impl View<'_> {
    /// Whether the statement is an Allow of the action, on whatever resource.
    fn allows(&self, statement: &Statement, act: &str) -> Access {
        self.world.gate(&statement.when).and(allows(statement)).and(self.names_action(statement, act))
    }

    fn allows_on_key(&self, statement: &Statement, act: &str) -> Access {
        let allows = self.allows(statement, act);
        if allows.is_no() { allows } else { allows.and(self.acts_on_key(statement)) }
    }

    /// Whether a principal is one of whom it can be asked: an identity, or a whole foreign account.
    fn is_writer(&self, item: &Element<Principal>) -> Access {
        let fact = || {
            [Witness::new(item.span, format!("{} may not call `{READ}`", fact_of(&item.value)), &item.trail)]
        };
        match &item.value {
            Principal::Account(account) => match !self.own.is(account) {
                open if open.is_open() => Answer::no([]),
                answer => answer.and(Answer::yes(fact())),
            },
            Principal::Role(_) | Principal::User(_) | Principal::Session(_) | Principal::FederatedUser(_) => {
                Answer::yes(fact())
            }
            Principal::Someone(_) => Answer::yes(fact()),
            Principal::Everyone
            | Principal::Unknown(_)
            | Principal::Service(_)
            | Principal::UniqueId(_)
            | Principal::Malformed(_) => Answer::no([]),
        }
    }

    /// Whether a statement that allows `kms:Decrypt` allows it to this principal.
    fn reads(&self, reader: &Statement, writer: &Principal, identities_decrypt: bool) -> Access {
        let Some(principals) = &reader.principals else { return Answer::no([]) };
        if principals.negated {
            return Answer::cannot_tell([]);
        }
        self.any_item(principals, |principal, span, trail| match principal {
            Principal::Everyone => Answer::yes([]),
            Principal::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
            Principal::Account(account) => {
                let of = writer.account().map_or(Verdict::CannotTell, |of| self.same_account(account, of));
                match (of, writer) {
                    (Verdict::No, _) => Answer::no([]),
                    (Verdict::Yes, Principal::Account(_)) => Answer::yes([]),
                    (Verdict::Yes, _) if !identities_decrypt => Answer::no([]),
                    _ => {
                        let fact = format!("identity policies may give `{READ}` by this delegation");
                        Answer::cannot_tell([Witness::new(span, fact, trail)])
                    }
                }
            }
            other => self.same_identity(other, writer),
        })
    }

    /// Whether a Deny without any condition means this principal. One with conditions may spare the uploads in question.
    fn denies_all_to(&self, deny: &Statement, writer: &Principal) -> Access {
        let Some(principals) = deny.principals.as_ref().filter(|principals| !principals.negated) else {
            return Answer::no([]);
        };
        if !deny.conditions.is_empty() {
            return Answer::no([]);
        }
        let open = deny.open_conditions.iter();
        let whole = Answer::all(open.map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)])));
        whole.and(self.any_item(principals, |principal, _, _| match principal {
            Principal::Everyone => Answer::yes([]),
            Principal::Unknown(unknown) => Answer::cannot_tell([Witness::of_unknown(unknown)]),
            Principal::Account(account) => {
                match writer.account().map_or(Verdict::CannotTell, |of| self.same_account(account, of)) {
                    Verdict::Yes => Answer::yes([]),
                    Verdict::No => Answer::no([]),
                    Verdict::CannotTell => Answer::cannot_tell([]),
                }
            }
            other => self.same_identity(other, writer),
        }))
    }

    fn same_identity(&self, one: &Principal, two: &Principal) -> Access {
        let (Some(one), Some(two)) = (arn_of(one), arn_of(two)) else { return Answer::no([]) };
        if one == two {
            return Answer::yes([]);
        }
        match matches_arn(self, one, two, false) {
            Sameness::Yes => Answer::yes([]),
            Sameness::No => Answer::no([]),
            Sameness::CannotTell if one.shown() == two.shown() => Answer::yes([]),
            Sameness::CannotTell => Answer::cannot_tell(unknowns(one)),
        }
    }

    /// Whether an identity policy is for somebody who writes to S3: it allows something there. One that says nothing of any
    /// other service than KMS may be for anything: cannot tell.
    fn may_be_for_s3(&self) -> Access {
        let unseen =
            || self.document.open.iter().map(|unknown| Answer::cannot_tell([Witness::of_unknown(unknown)]));
        let (mut s3, mut others) = (Answer::any(unseen()), Answer::any(unseen()));
        for statement in &self.document.statements {
            let stands = self.world.gate(&statement.when).and(allows(statement));
            let Some(actions) = statement.actions.as_ref().filter(|_| !stands.is_no()) else { continue };
            let some_of = |wanted: Service| {
                let any = self.any_item(actions, |action, _, _| match service_of(action) {
                    Some(service) if service == wanted => Answer::yes([]),
                    Some(_) => Answer::no([]),
                    None => Answer::cannot_tell(unknowns(action)),
                });
                // `NotAction` leaves S3 and all the rest.
                stands.clone().and(if actions.negated { Answer::yes([]) } else { any })
            };
            s3 = s3.or(some_of(Service::S3));
            others = others.or(some_of(Service::Other));
        }
        match s3.verdict {
            Verdict::Yes => s3,
            _ => s3.or((!others).and(Answer::cannot_tell([]))),
        }
    }

    /// Whether `reader` speaks of every key that `writer` speaks of.
    fn same_keys(&self, reader: &Statement, writer: &Statement) -> Access {
        let (Some(read), Some(written)) = (&reader.resources, &writer.resources) else {
            return Answer::no([]);
        };
        if read.negated || written.negated || written.open.is_some() {
            return Answer::cannot_tell([Witness::new(
                writer.span,
                "which keys are meant is not known",
                &Trail::default(),
            )]);
        }
        Answer::all(written.items.iter().filter(|item| may_be_key(&item.value)).map(|item| {
            self.any_item(read, |pattern, _, _| match (pattern.known(), item.value.known()) {
                (Some(pattern), Some(key)) if glob(&pattern, &key) => Answer::yes([]),
                (Some(pattern), _) if pattern == "*" => Answer::yes([]),
                (Some(_), Some(_)) => Answer::no([]),
                _ if pattern.shown() == item.value.shown() => Answer::yes([]),
                _ => Answer::cannot_tell(unknowns(pattern).into_iter().chain(unknowns(&item.value))),
            })
        }))
    }
}

/// What an action of an identity policy belongs to; `*` belongs to S3 as well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Service {
    S3,
    Kms,
    Other,
}

/// The service of an action; `None` when it is not known.
fn service_of(action: &Text) -> Option<Service> {
    let known = match action.pieces() {
        [] => "",
        [Piece::Known(known, _), ..] => known,
        _ => return None,
    };
    let prefix = match known.split_once(':') {
        Some((prefix, _)) => prefix,
        None if action.is_known() => known,
        None => return None,
    };
    let prefix = prefix.to_ascii_lowercase();
    Some(if glob(&prefix, "s3") {
        Service::S3
    } else if glob(&prefix, "kms") {
        Service::Kms
    } else {
        Service::Other
    })
}

/// Whether any resource of a statement of an identity policy can be a key.
fn may_name_key(statement: &Statement) -> bool {
    statement.resources.as_ref().is_none_or(|resources| {
        resources.negated
            || resources.open.is_some()
            || resources.items.iter().any(|item| may_be_key(&item.value))
    })
}

/// Whether a resource of an identity policy can be a key: `*`, or an ARN of `kms` that is no alias.
fn may_be_key(resource: &Text) -> bool {
    match resource.known() {
        Some(known) => {
            known.contains('*') && !known.starts_with("arn:") || {
                let mut fields = known.splitn(6, ':').skip(2);
                let service = fields.next().unwrap_or_default();
                glob(service, "kms") && !fields.nth(2).unwrap_or_default().starts_with("alias/")
            }
        }
        None => true,
    }
}

/// Whether the statement is not limited to another service than S3.
fn for_s3(statement: &Statement) -> bool {
    !statement.conditions.iter().any(limits_to_another)
}

fn limits_to_another(condition: &Condition) -> bool {
    let (Some(key), Some(test)) = (condition.key.known(), Test::of(&condition.operator)) else {
        return false;
    };
    let key = key.to_ascii_lowercase();
    if test.negated || test.is_null() {
        return false;
    }
    if key.starts_with("kms:encryptioncontext:aws:") {
        return key != "kms:encryptioncontext:aws:s3:arn";
    }
    let s3 = |value: &Text| {
        let known = value.known_parts();
        !value.is_known()
            || known.starts_with("s3.")
            || (test.wild && glob(&known, "s3.us-east-1.amazonaws.com"))
    };
    matches!(
        key.as_str(),
        "kms:viaservice" | "aws:sourcearn" | "aws:sourceaccount" | "kms:grantisforawsresource"
    ) && (key != "kms:viaservice"
        || (condition.open.is_none() && !condition.values.iter().any(|value| s3(&value.value))))
}

/// The action that covers `kms:GenerateDataKey`, as narrow as is certain.
fn action_span(statement: &Statement) -> Span {
    let Some(actions) = &statement.actions else { return statement.span };
    let covers = |text: &Text| super::words::action_covers(text, WRITE) != Verdict::No;
    let action = actions.items.iter().find(|item| !actions.negated && covers(&item.value));
    action.map_or(actions.span, |item| item.span)
}

fn written(principal: &Principal) -> String {
    match principal {
        Principal::Account(crate::policy::AccountRef::Id(id)) => id.clone(),
        other => arn_of(other).map_or_else(|| fact_of(other), Text::shown),
    }
}
