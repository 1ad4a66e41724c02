//! Predicates on the use of a key by a service, and on what sends to it.
//!
//! Texts in them have slots for what the configuration tells of the resources: `{arn}` of what uses the key, `{name}`,
//! `{source}` (the ARN of what sends), `{account}`, `{region}`, `{partition}`, `{suffix}`; `{any}` is something that
//! is not known. What is easy to get wrong: a condition key that a test does not name may be in the request or not.

use super::key::{AttributeTest, stated};
use super::{NOTHING_ASKED, Test};
use crate::access::{Access, Asked, Filled, OpenPolicy, Setting, Witness, only_one_of};
use crate::key::{Attribute, Key, KeyUser, Lead, Part, Role, StatedPolicy, user_sorts};
use crate::logic::Verdict;
use crate::policy::{Document, PolicyKind, read_with};
use crate::rule::subject::{Case, Held, Subject, document, under};
use crate::rule::usage::{Sender, Usage};
use crate::syntax::json::parse_text;
use crate::value::{Put, Reason, Symbol, Text, Unknown};
use std::collections::BTreeMap;

/// Which key is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyWord {
    /// One that is declared here.
    Declared,
    /// An AWS managed key.
    Managed,
    /// One that is declared elsewhere.
    Elsewhere,
}

/// Who does what; all of it must be allowed.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LetsInTest {
    /// The service principal: `logs.{region}.amazonaws.com`.
    #[serde(default)]
    pub service: Option<String>,
    /// The name of a role of the key's account, without its path; its identity policies allow nothing.
    #[serde(default)]
    pub role: Option<String>,
    /// The role that is written here, whose identity policies are taken to allow everything.
    #[serde(default)]
    pub role_of: Option<Part>,
    /// The actions.
    pub actions: Vec<String>,
    /// What its requests say, by condition key.
    #[serde(default)]
    pub context: BTreeMap<String, String>,
}

/// Two values of a condition key, of which one alone is let through.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ContextTest {
    /// The condition key.
    pub key: String,
    /// The value that a statement lets through.
    pub admits: String,
    /// The value that it does not.
    pub refuses: String,
}

/// Slots in the texts of these tests.
const SLOTS: [&str; 8] = ["arn", "name", "source", "account", "region", "partition", "suffix", "any"];

/// The word that has no meaning for a subject, or names something that there is not.
pub(super) fn misfit(test: &Test, subject: Subject) -> Option<(&'static str, &'static str)> {
    const USERS: &str = "use the subject `key-user` or `delivery`";
    const SENDERS: &str = "use the subject `delivery`";
    const SORTS: &str = "the table of key users has no such word";
    const UNKNOWN_SLOT: &str = "there are `{arn}`, `{name}`, `{source}`, `{account}`, `{region}`, `{partition}`, `{suffix}`, `{any}`";
    let unknown = |sorts: &[String]| !sorts.iter().all(|sort| user_sorts().any(|known| known == sort));
    match test {
        Test::KeyUsedBy(test) => return unknown(&test.any_of).then_some(("key-used-by", SORTS)),
        Test::ForKey(test) if unknown(&test.used_by) => return Some(("for-key", SORTS)),
        _ => {}
    }
    let word = match test {
        Test::Use(_) => "use",
        Test::From(_) => "from",
        Test::Part(_) => "part",
        Test::SenderPart(_) => "sender-part",
        Test::KeyIs(_) => "key-is",
        Test::OtherRegion(_) => "other-region",
        Test::LetsIn(_) => "lets-in",
        Test::Context(_) => "context",
        Test::OwnPolicy(_) => "own-policy",
        Test::ForKey(_) if subject != Subject::Statement => {
            return Some(("for-key", "use the subject `statement` and `policies: [identity]`"));
        }
        _ => return None,
    };
    let of_sender = matches!(test, Test::From(_) | Test::SenderPart(_));
    match test {
        _ if of_sender && subject != Subject::Delivery => Some((word, SENDERS)),
        _ if !matches!(subject, Subject::KeyUser | Subject::Delivery) => Some((word, USERS)),
        Test::OwnPolicy(tests) => tests.iter().find_map(|test| test.misfit(Subject::Statement)),
        Test::Use(sorts) | Test::From(sorts) if unknown(sorts) => Some((word, SORTS)),
        Test::Part(test) | Test::SenderPart(test) if test.says_nothing() => Some((word, NOTHING_ASKED)),
        Test::LetsIn(test) if test.callers() != 1 => {
            Some((word, "name one caller: a `service`, a `role` or the role of a part, `role-of`"))
        }
        Test::LetsIn(test) if test.texts().any(|text| !is_filled(text)) => Some((word, UNKNOWN_SLOT)),
        Test::Context(test) if !is_filled(&test.admits) || !is_filled(&test.refuses) => {
            Some((word, UNKNOWN_SLOT))
        }
        _ => None,
    }
}

impl LetsInTest {
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.context.values().chain(&self.service).chain(&self.role).map(String::as_str)
    }

    /// How many callers it names.
    fn callers(&self) -> usize {
        [self.service.is_some(), self.role.is_some(), self.role_of.is_some()].iter().filter(|it| **it).count()
    }

    /// The caller, as requests name it: a service, or a role; `None` where the role is not written.
    fn caller(&self, filling: Filling<'_>) -> Option<Text> {
        if let Some(service) = &self.service {
            return Some(filling.filled(service));
        }
        if let Some(role) = &self.role {
            return Some(filling.filled(&format!("arn:{{partition}}:iam::{{account}}:role/{role}")));
        }
        let owner = filling.sender.unwrap_or(filling.usage.user);
        owner.part(self.role_of?)?.value.value.as_text().cloned()
    }
}

/// Whether every slot of a text exists.
fn is_filled(text: &str) -> bool {
    let names = text.split('{').skip(1).map(|behind| behind.split('}').next().unwrap_or_default());
    names.into_iter().all(|name| SLOTS.contains(&name))
}

fn usage<'a>(case: &Case<'a>) -> Option<&'a Usage<'a>> {
    case.scene.usage()
}

fn is_one(user: Option<&KeyUser>, sorts: &[String]) -> Access {
    let one = user.is_some_and(|user| sorts.iter().any(|sort| sort == user.sort));
    if one { Access::yes([]) } else { Access::no([]) }
}

/// Whether what uses the key is one of these. A guard: no witness.
pub(super) fn used_by(sorts: &[String], case: &Case<'_>) -> Access {
    is_one(usage(case).map(|usage| usage.user), sorts)
}

/// Whether what sends is one of these.
pub(super) fn sent_by(sorts: &[String], case: &Case<'_>) -> Access {
    let Some(usage) = usage(case) else { return Access::no([]) };
    let first = usage.senders.first().map(|(sender, _)| *sender);
    let sent = |(sender, target): &Sender<'_>| {
        let fact = format!("`{}` sends from here", sender.address);
        Witness::new(target.span, fact, &sender.trail)
    };
    match is_one(first, sorts).verdict {
        Verdict::Yes => Access::yes(usage.senders.iter().map(sent)),
        _ => Access::no([]),
    }
}

/// Whether something written of what uses the key is as wanted.
pub(super) fn part(test: &AttributeTest<Part>, case: &Case<'_>) -> Access {
    usage(case).map_or(Access::no([]), |usage| part_of(test, usage.user))
}

/// The same of what sends.
pub(super) fn sender_part(test: &AttributeTest<Part>, case: &Case<'_>) -> Access {
    let senders = usage(case).map_or(&[][..], |usage| usage.senders);
    Access::any(senders.iter().map(|(sender, _)| part_of(test, sender)))
}

fn part_of(test: &AttributeTest<Part>, user: &KeyUser) -> Access {
    let called = format!("`{}`", test.name.name());
    let head = || Witness::new(user.span, "", &user.trail);
    let each = user.all(test.name).map(|of| stated(test, Some(&of.value.value), &called, head()));
    let each: Vec<Access> = each.collect();
    if each.is_empty() { stated(test, None, &called, head()) } else { Access::any(each) }
}

/// Which key is used. A guard: no witness.
pub(super) fn key_is(words: &[KeyWord], case: &Case<'_>) -> Access {
    let Some(usage) = usage(case) else { return Access::no([]) };
    let word = match usage.lead {
        Lead::Key(_) => KeyWord::Declared,
        Lead::Managed => KeyWord::Managed,
        Lead::Elsewhere => KeyWord::Elsewhere,
        Lead::CannotTell => return Access::cannot_tell([]),
    };
    if words.contains(&word) { Access::yes([]) } else { Access::no([]) }
}

/// Whether the Regions of the key and of what uses it are known to differ. The id of a multi-Region key names its replica
/// in the Region where it is used; only its ARN names it in one (AWS KMS Developer Guide, "How multi-Region keys work").
pub(super) fn other_region(wanted: bool, case: &Case<'_>) -> Access {
    let Some(usage) = usage(case) else { return Access::no([]) };
    let known = |text: Option<&Text>| text.and_then(Text::known);
    let key = usage.declared_key();
    let regions = (known(usage.user.region.as_ref()), known(key.and_then(|key| key.region.as_ref())));
    match (regions, key) {
        ((Some(own), Some(other)), Some(key)) if own != other && named_in_all_regions(usage, key) => {
            let replica = |other: &Key| {
                other.role == Role::Replica
                    && known(other.region.as_ref()).is_some_and(|region| region == own)
            };
            let here = case.scene.leads.declared.keys.iter().any(replica);
            if here { Access::no([]) } else { Access::cannot_tell([]) }
        }
        ((Some(own), Some(other)), Some(key)) if (own != other) == wanted => {
            Access::yes([Witness::new(key.span, format!("this key is in `{other}`"), &key.trail)])
        }
        ((Some(_), Some(_)), _) => Access::no([]),
        _ => Access::cannot_tell([]),
    }
}

/// Whether a multi-Region key is named by its id.
fn named_in_all_regions(usage: &Usage<'_>, key: &Key) -> bool {
    let of_one =
        key.attributes.get(&Attribute::MultiRegion).is_none_or(|value| value.as_bool() == Some(false));
    let attribute = usage.key.and_then(|of| of.value.value.attribute());
    !of_one && matches!(attribute, Some((_, "key_id" | "id")))
}

/// Whether all of it holds of one statement of the policy that the user has of its own, or that is sent to it.
pub(super) fn own_policy(tests: &[Test], case: &Case<'_>) -> Access {
    let Some(usage) = usage(case) else { return Access::no([]) };
    let senders = usage.senders.iter().map(|(sender, _)| *sender);
    let owners = senders.chain(std::iter::once(usage.user).filter(|_| usage.senders.is_empty()));
    let each = owners.flat_map(|owner| owner.all(Part::Policy)).map(|of| {
        let value = &of.value.value;
        let Some(document) = document(value, PolicyKind::Key) else { return Access::no([]) };
        let held = Held::new(None, of.name_span, document);
        let open =
            held.document.open.iter().map(|unknown| Access::cannot_tell([Witness::of_unknown(unknown)]));
        let statements = held.document.statements.iter().map(|statement| {
            let inner = Case { policy: Some(&held), statement: Some(statement), ..*case };
            under(&statement.when).and(Access::all(tests.iter().map(|test| test.ask(&inner))))
        });
        Access::any(statements.chain(open))
    });
    Access::any(each)
}

/// The key's policy, and where it is stated; `None` where it is not one policy that is in sight.
fn policy<'a>(case: &Case<'a>) -> Option<(Policy<'a>, Witness)> {
    let usage = usage(case)?;
    let key = usage.declared_key()?;
    let (stated, witness) = match key.policies.as_slice() {
        [] if !key.policy_elsewhere => {
            (None, Witness::new(key.span, "the default key policy, which lets no service in", &key.trail))
        }
        [only] => (Some(only), Witness::new(only.name_span, "nothing here lets it in", &only.value.trail)),
        _ => return None,
    };
    let held = stated.and_then(|_| case.scene.policies.first());
    Some((Policy { usage, key, stated, held, unasked: Filled::default() }, witness))
}

struct Policy<'a> {
    usage: &'a Usage<'a>,
    key: &'a Key,
    stated: Option<&'a StatedPolicy>,
    held: Option<&'a Held<'a>>,
    /// For a policy that nobody holds.
    unasked: Filled,
}

impl Policy<'_> {
    /// The policy with something put in, besides the ARNs of the key itself and of what is declared here.
    fn with(&self, put: Put<'_>) -> Option<Document> {
        let (address, stated) = (self.key.address.as_str(), self.stated?);
        let own = stated.value.put_in(&|it| own_key(address, it).or_else(|| self.usage.arn_of(it)));
        let value = own.put_in(put);
        read_with(&value, PolicyKind::Key, &|text| parse_text(text, value.span))
    }

    /// Does something with the policy as one that something is put into.
    fn open<T>(&self, ask: impl FnOnce(OpenPolicy<'_>) -> T) -> T {
        let read = self.held.map_or(&self.unasked, |held| &held.filled);
        ask(OpenPolicy { with: &|put| self.with(put), place: self.usage.user.span, read })
    }
}

/// The ARN of the key itself, as what matches every key: in its own policy it can mean no other.
fn own_key(address: &str, unknown: &Unknown) -> Option<Text> {
    let (resource, attribute) = unknown.attribute()?;
    let is_own = resource == address && attribute.eq_ignore_ascii_case("arn");
    is_own.then(|| Text::made("arn:aws:kms:*:*:key/*", unknown.span))
}

/// Whether the key's policy lets a service do all of it, for each of the senders.
pub(super) fn lets_in(test: &LetsInTest, case: &Case<'_>) -> Access {
    let Some(usage) = usage(case) else { return Access::no([]) };
    let Some((policy, stated)) = policy(case) else { return Access::cannot_tell([]) };
    let setting = &case.scene.setting;
    let ask = |sender: Option<&KeyUser>| {
        let filling = Filling { usage, sender, setting };
        let Some(caller) = test.caller(filling) else { return Access::cannot_tell([]) };
        let context: Vec<(String, Text)> =
            test.context.iter().map(|(key, value)| (key.clone(), filling.filled(value))).collect();
        let trusted = test.role_of.is_some();
        let asked = Asked { caller: &caller, trusted, actions: &test.actions, context: &context };
        policy.open(|policy| crate::access::lets_in(asked, policy, setting))
    };
    let answer = match usage.senders {
        [] => ask(None),
        senders => {
            let mut each = senders.iter().map(|(sender, _)| ask(Some(sender)));
            let first = each.next().unwrap_or_else(|| Access::no([]));
            each.fold(first, |so_far, next| if so_far.is_no() { so_far } else { so_far.and(next) })
        }
    };
    match (answer.verdict, answer.because.is_empty()) {
        // A grant may give a role what the policy does not.
        (Verdict::No, _) if test.service.is_none() && usage.granted => Access::cannot_tell([]),
        (Verdict::No, true) => Access::no([stated]),
        _ => answer,
    }
}

/// Whether a statement of the key's policy lets one value of a condition key through and not the other.
pub(super) fn context(test: &ContextTest, case: &Case<'_>) -> Access {
    let Some(usage) = usage(case) else { return Access::no([]) };
    let Some((policy, _)) = policy(case) else { return Access::cannot_tell([]) };
    let setting = &case.scene.setting;
    let texts =
        [&test.admits, &test.refuses].map(|text| Filling { usage, sender: None, setting }.filled(text));
    policy.open(|policy| only_one_of(&test.key, &texts, policy, setting))
}

/// What slots are filled from.
#[derive(Clone, Copy)]
struct Filling<'a> {
    usage: &'a Usage<'a>,
    sender: Option<&'a KeyUser>,
    setting: &'a Setting,
}

impl Filling<'_> {
    /// A text with its slots filled.
    fn filled(self, text: &str) -> Text {
        let span = self.usage.user.span;
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, (slot, after))) =
            rest.split_once('{').and_then(|(before, behind)| Some((before, behind.split_once('}')?)))
        {
            parts.push(Text::made(before, span));
            parts.push(self.slot(slot));
            rest = after;
        }
        parts.push(Text::made(rest, span));
        Text::concat(&parts)
    }

    fn slot(self, slot: &str) -> Text {
        let Self { usage, sender, setting } = self;
        let user = usage.user;
        let symbol = match slot {
            "account" => Symbol::OwnAccount,
            "region" => Symbol::Region,
            "partition" => Symbol::Partition,
            "suffix" => Symbol::UrlSuffix,
            _ => Symbol::Anything,
        };
        let known = |text: &Option<String>| text.as_ref().map(|text| Text::made(text.as_str(), user.span));
        let found = match slot {
            "arn" => user.arn(),
            "name" => Some(user.name()),
            "source" => sender.and_then(|sender| usage.source_arn(sender)),
            "account" => {
                let own = sender.and_then(|sender| sender.account.clone());
                own.or_else(|| user.account.clone()).or_else(|| known(&setting.account))
            }
            "region" => user.region.clone().or_else(|| known(&setting.region)),
            "partition" => known(&setting.partition),
            _ => None,
        };
        let name = format!("{}.{slot}", user.address);
        let unknown = Unknown { reason: Reason::AfterApply, name: name.into(), span: user.span, symbol };
        found.unwrap_or_else(|| Text::unknown(unknown))
    }
}
