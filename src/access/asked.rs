//! Requests of which not all is known: does the policy let this service do this for that resource?
//!
//! A service's request is full of what only the deployment tells: account, Region, names. Something is put in for each, in
//! the request and in the policy alike, and the question is asked of one request at a time ([`decide`]). Yes: whatever is
//! put in, the same thing on both sides lets it in. No: nothing does, be the account or Region one that the policy names
//! or none of them, and be the rest of the request whatever it takes. What is easy to get wrong: a condition on something
//! that the service is not known to send leaves it open.

use super::compare::{Against, holds};
use super::decide::{Outcome, Policies, decide};
use super::near::{Near, near};
use super::own::own_account;
use super::request::Caller;
use super::{Access, Request, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{Condition, Document, Effect, Statement, allows_everything, default_key_policy, facts};
use crate::source::Span;
use crate::value::{Put, Reason, Symbol, Text, Trail, Unknown};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The service principal, or the ARN of a session or of a role, which stands for its sessions.
    pub caller: &'a Text,
    /// Whether identity policies are taken to allow the caller everything; otherwise nothing.
    pub trusted: bool,
    /// The actions; all must be allowed.
    pub actions: &'a [String],
    /// What the request says of itself. Of other condition keys it is not known whether it has them.
    pub context: &'a [(String, Text)],
}

/// A key policy that something is put into for what is not known in it.
#[derive(Clone, Copy)]
pub struct OpenPolicy<'p> {
    /// Reads it with something put in; `None` where none is stated then.
    pub with: &'p dyn Fn(Put<'_>) -> Option<Document>,
    /// The place that the default policy has, which then holds.
    pub place: Span,
    /// What came of it so far.
    pub read: &'p Filled,
}

/// A key policy as it reads with what was put in so far: many ask, of few worlds.
#[derive(Debug, Default)]
pub struct Filled(Mutex<FxHashMap<Fill, Option<Arc<Document>>>>);

impl OpenPolicy<'_> {
    fn filled(&self, fill: &Fill) -> Arc<Document> {
        let read = || self.read.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = read().get(fill).cloned();
        let found = known.unwrap_or_else(|| {
            let found = (self.with)(&|unknown| fill.put(unknown)).map(Arc::new);
            read().insert(fill.clone(), found.clone());
            found
        });
        found.unwrap_or_else(|| Arc::new(default_key_policy(self.place)))
    }
}

/// What is put in.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Fill {
    /// Nothing: it stays as written.
    Nothing,
    /// Account, Region and partition.
    Place(World),
    /// Something for everything that is not known.
    Everything(World),
}

impl Fill {
    fn put(&self, unknown: &Unknown) -> Option<Text> {
        match self {
            Self::Nothing => None,
            Self::Place(world) => world.place(unknown),
            Self::Everything(world) => Some(world.anything(unknown)),
        }
    }
}

/// More combinations of accounts, Regions and partitions are not tried.
const MOST_WORLDS: usize = 48;

/// Whether the key policy allows all actions of what is asked.
pub fn lets_in(asked: Asked<'_>, policy: OpenPolicy<'_>, setting: &Setting) -> Access {
    let written = policy.filled(&Fill::Nothing);
    let worlds = World::all(asked, &written, setting);
    let Some(first) = worlds.first() else { return Answer::cannot_tell([]) };
    if first.outcome(asked, policy, &Fill::Everything(first.clone())).0 == Outcome::Allowed {
        return Answer::yes([]);
    }
    let mut near = Vec::new();
    for world in &worlds {
        let (outcome, found) = world.outcome(asked, policy, &Fill::Place(world.clone()));
        if matches!(outcome, Outcome::Allowed | Outcome::Undecided) {
            return Answer::cannot_tell([]);
        }
        if near.is_empty() {
            near = found;
        }
    }
    Answer::no(near.into_iter().map(|near| near.witness(&written)))
}

/// Whether a statement that allows something does so for one value of a condition key and not for another: yes, with its
/// condition, where no other statement with a condition on that key lets the other value through.
pub fn only_one_of(
    key: &str,
    [admitted, refused]: &[Text; 2],
    policy: OpenPolicy<'_>,
    setting: &Setting,
) -> Access {
    let written = policy.filled(&Fill::Nothing);
    let asked = Asked { caller: admitted, trusted: false, actions: &[], context: &[] };
    let worlds = World::all(asked, &written, setting);
    let Some(world) = worlds.first() else { return Answer::cannot_tell([]) };
    let fill = Fill::Everything(world.clone());
    let document = policy.filled(&fill);
    let request = |value: &Text| Request {
        caller: Caller { kind: super::request::CallerKind::Service, name: String::new(), account: None },
        action: String::new(),
        key_arn: String::new(),
        key_account: world.account.clone(),
        context: vec![(key.to_owned(), value.put_in(&|it| fill.put(it)).known().into_iter().collect())],
    };
    let of_key =
        |condition: &&Condition| condition.key.known().is_some_and(|name| name.eq_ignore_ascii_case(key));
    let holds = |condition: &Condition, value: &Text| {
        holds(
            condition,
            Against { request: &request(value), variables: true, world: &super::world::World::default() },
        )
    };
    let allowing = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let conditions: Vec<&Condition> =
        allowing.flat_map(|statement| statement.conditions.iter().filter(of_key)).collect();
    let through = conditions.iter().any(|condition| !holds(condition, refused).is_no());
    let mut split = conditions.iter().filter(|condition| holds(condition, admitted).is_yes());
    match split.next() {
        Some(condition) if !through => {
            let fact = format!("lets `{}` through and not `{}`", admitted.shown(), refused.shown());
            Answer::yes([Witness::new(condition.key_span, fact, &Trail::default())])
        }
        _ => Answer::no([]),
    }
}

/// What is put in for account, Region and partition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct World {
    account: String,
    region: String,
    partition: String,
}

impl World {
    /// Everything that may be put in: what the setting says, else each that the policy names, and one that it does not.
    fn all(asked: Asked<'_>, written: &Document, setting: &Setting) -> Vec<Self> {
        let texts: Vec<String> = written.statements.iter().flat_map(texts).collect();
        let named: BTreeSet<&str> = texts.iter().flat_map(|text| words(text)).collect();
        let context = asked.context.iter().map(|(_, text)| text).chain([asked.caller]);
        let asks = |symbol: &Symbol| {
            context.clone().flat_map(Text::unknowns).any(|unknown| unknown.symbol == *symbol)
        };
        let accounts = match own_account(written, setting) {
            Some(account) => vec![account],
            None => open(asks(&Symbol::OwnAccount), &named, is_account, "999999999990"),
        };
        let regions = match &setting.region {
            Some(region) => vec![region.clone()],
            None => open(true, &named, facts::is_region, "eu-north-1"),
        };
        let mut worlds = Vec::new();
        for account in &accounts {
            for region in &regions {
                let of_region = facts::partition_of_region(region).map_or("aws", |partition| partition.name);
                let partition = setting.partition.as_deref().unwrap_or(of_region);
                let (account, region, partition) = (account.clone(), region.clone(), partition.to_owned());
                worlds.push(Self { account, region, partition });
            }
        }
        if worlds.len() > MOST_WORLDS { Vec::new() } else { worlds }
    }

    /// What is put in for the place of deployment.
    fn place(&self, unknown: &Unknown) -> Option<Text> {
        let text = match unknown.symbol {
            Symbol::OwnAccount => self.account.clone(),
            Symbol::Region => self.region.clone(),
            Symbol::Partition => self.partition.clone(),
            Symbol::UrlSuffix => {
                let partition = facts::partition(&self.partition);
                partition.map_or("amazonaws.com", |partition| partition.suffix).to_owned()
            }
            _ => return None,
        };
        Some(Text::made(text, unknown.span))
    }

    /// The same for everything: what is called the same is the same.
    fn anything(&self, unknown: &Unknown) -> Text {
        let named = || {
            let letters = unknown.name.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '-' });
            Text::made(format!("unknown-{}", letters.collect::<String>()), unknown.span)
        };
        self.place(unknown).unwrap_or_else(named)
    }

    /// The worst outcome of the actions, and the statements that are nearest to an action that is not allowed.
    fn outcome(&self, asked: Asked<'_>, policy: OpenPolicy<'_>, fill: &Fill) -> (Outcome, Vec<Near>) {
        let told = |text: &Text| text.put_in(&|unknown| fill.put(unknown)).known();
        let context: Vec<(String, Vec<String>)> =
            asked.context.iter().filter_map(|(key, value)| Some((key.clone(), vec![told(value)?]))).collect();
        // A role that is named by nobody has a name that nobody wrote.
        let named = |unknown: &Unknown| match unknown.symbol {
            Symbol::Name => Some(self.anything(unknown)),
            _ => fill.put(unknown),
        };
        let Some(caller) = asked.caller.put_in(&named).known().as_deref().and_then(Caller::standing_for)
        else {
            return (Outcome::Undecided, Vec::new());
        };
        let document = left_open(policy.filled(fill), &context);
        let identity = if asked.trusted { vec![allows_everything(document.span)] } else { Vec::new() };
        let mut worst = Outcome::Allowed;
        for action in asked.actions {
            let request = Request {
                caller: caller.clone(),
                action: action.clone(),
                key_arn: format!("arn:{}:kms:{}:{}:key/unknown", self.partition, self.region, self.account),
                key_account: self.account.clone(),
                context: context.clone(),
            };
            let policies = Policies { key: &document, identity: &identity, boundary: &[], session: &[] };
            match decide(&request, &policies).outcome {
                Outcome::Allowed => {}
                Outcome::Undecided => worst = Outcome::Undecided,
                denied => return (denied, near(&request, &document)),
            }
        }
        (worst, Vec::new())
    }
}

/// Those words that may be one of what is asked for, and one that none of them is; that one alone where it does not
/// matter.
fn open(matters: bool, words: &BTreeSet<&str>, is: impl Fn(&str) -> bool, otherwise: &str) -> Vec<String> {
    let mut all = vec![otherwise.to_owned()];
    all.extend(
        words.iter().filter(|word| matters && is(word) && **word != otherwise).map(|word| (*word).to_owned()),
    );
    all
}

fn is_account(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of a text as ARNs and host names are made of them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([':', '/', '.', '*', '?', '{', '}', '$'])
}

/// Everything in a statement that may name an account or a Region.
fn texts(statement: &Statement) -> Vec<String> {
    let principals = statement.principals.iter().flat_map(|elements| &elements.items);
    let resources = statement.resources.iter().flat_map(|elements| &elements.items);
    let values = statement.conditions.iter().flat_map(|condition| &condition.values);
    let mut texts: Vec<String> = principals.map(|item| item.value.shown("")).collect();
    texts.extend(resources.chain(values).map(|item| item.value.shown()));
    texts
}

/// The policy without the conditions on keys of which it is not known what the request says, which leaves their
/// statements open.
fn left_open(mut policy: Arc<Document>, context: &[(String, Vec<String>)]) -> Arc<Document> {
    let is_told = |condition: &Condition| {
        let key = condition.key.known();
        key.is_some_and(|key| context.iter().any(|(name, _)| name.eq_ignore_ascii_case(&key)))
    };
    let all_told = |statement: &Statement| statement.conditions.iter().all(is_told);
    if policy.statements.iter().all(all_told) {
        return policy;
    }
    for statement in &mut Arc::make_mut(&mut policy).statements {
        let Some(span) = statement.conditions.first().map(|condition| condition.key_span) else { continue };
        if !all_told(statement) {
            statement.conditions.retain(is_told);
            statement.open_conditions.get_or_insert_with(|| Unknown {
                reason: Reason::NotEvaluated,
                name: "the request".into(),
                span,
                symbol: Symbol::Anything,
            });
        }
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::Verdict;
    use crate::policy::testing::{from_json, here};
    use crate::policy::{PolicyKind, read};
    use crate::value::{Entry, Kind, List, Map, Value};
    use serde_json::json;
    use std::sync::Arc;

    fn open_text(name: &str, symbol: Symbol) -> Text {
        Text::unknown(Unknown { reason: Reason::NotSet, name: name.into(), span: here(), symbol })
    }

    /// `<name>` in texts is not known; `<region>` and `<account>` are the place of deployment.
    fn open_parts(text: &str) -> Text {
        let mut parts = Vec::new();
        for (at, part) in text.split(['<', '>']).enumerate() {
            parts.push(match part {
                _ if at % 2 == 0 => Text::made(part, here()),
                "region" => open_text(part, Symbol::Region),
                "account" => open_text(part, Symbol::OwnAccount),
                _ => open_text(part, Symbol::Anything),
            });
        }
        Text::concat(&parts)
    }

    fn opened(value: &Value) -> Value {
        let kind = match &value.kind {
            Kind::Text(text) => Kind::Text(open_parts(&text.known().unwrap())),
            Kind::List(list) => Kind::List(Arc::new(List {
                items: list.items.iter().map(opened).collect(),
                ..List::clone(list)
            })),
            Kind::Map(map) => {
                let entry = |entry: &Entry| Entry { name: entry.name.clone(), value: opened(&entry.value) };
                Kind::Map(Arc::new(Map {
                    entries: map.entries.iter().map(entry).collect(),
                    ..Map::clone(map)
                }))
            }
            other => other.clone(),
        };
        Value { kind, ..value.clone() }
    }

    /// Whether a statement lets `logs.<region>` in for the log group `<name>`.
    fn asked(principal: &str, conditions: &serde_json::Value) -> Verdict {
        asked_for("<name>", principal, conditions)
    }

    fn asked_for(name: &str, principal: &str, conditions: &serde_json::Value) -> Verdict {
        answer_for(name, principal, conditions).verdict
    }

    fn answer_for(name: &str, principal: &str, conditions: &serde_json::Value) -> Access {
        let arn = format!("arn:aws:logs:<region>:<account>:log-group:{name}");
        answer(&arn, &[(principal, conditions.clone())], &Setting::default())
    }

    /// The answer for a request with this source, of statements for these services under conditions.
    fn answer(source: &str, services: &[(&str, serde_json::Value)], setting: &Setting) -> Access {
        let statements: Vec<serde_json::Value> = services
            .iter()
            .map(|(principal, conditions)| {
                let of = if principal.contains(".amazonaws.") || principal.contains('<') {
                    "Service"
                } else {
                    "AWS"
                };
                json!({"Effect": "Allow", "Principal": {of: principal}, "Action": "kms:*",
                    "Resource": "*", "Condition": conditions})
            })
            .collect();
        let value = opened(&from_json(&json!({"Version": "2012-10-17", "Statement": statements})));
        let read = |put: Put<'_>| read(&value.put_in(put), PolicyKind::Key);
        let policy = OpenPolicy { with: &read, place: here(), read: &Filled::default() };
        let context = [("aws:SourceArn".to_owned(), open_parts(source))];
        let caller = open_parts("logs.<region>.amazonaws.com");
        let actions = ["kms:Decrypt".to_owned()];
        let asked = Asked { caller: &caller, trusted: false, actions: &actions, context: &context };
        lets_in(asked, policy, setting)
    }

    fn source(arn: &str) -> serde_json::Value {
        json!({"ArnLike": {"aws:SourceArn": arn}})
    }

    #[test]
    fn the_same_unknown_on_both_sides_lets_in_whatever_it_is() {
        assert_eq!(asked("logs.<region>.amazonaws.com", &json!({})), Verdict::Yes);
        assert_eq!(
            asked("logs.<region>.amazonaws.com", &source("arn:aws:logs:<region>:<account>:*")),
            Verdict::Yes
        );
        let exact = source("arn:aws:logs:<region>:<account>:log-group:<name>");
        assert_eq!(asked("logs.<region>.amazonaws.com", &exact), Verdict::Yes);
    }

    #[test]
    fn what_may_be_the_place_of_deployment_is_left_open() {
        assert_eq!(asked("logs.eu-west-1.amazonaws.com", &json!({})), Verdict::CannotTell);
        let account = source("arn:aws:logs:*:111122223333:*");
        assert_eq!(asked("logs.<region>.amazonaws.com", &account), Verdict::CannotTell);
        assert_eq!(asked("<service>", &json!({})), Verdict::CannotTell);
        let name = source("arn:aws:logs:<region>:<account>:log-group:/app");
        assert_eq!(asked("logs.<region>.amazonaws.com", &name), Verdict::CannotTell);
        let other_key = json!({"StringEquals": {"aws:SourceOrgID": "o-1"}});
        assert_eq!(asked("logs.<region>.amazonaws.com", &other_key), Verdict::CannotTell);
    }

    #[test]
    fn what_nothing_can_make_fit_is_refused() {
        assert_eq!(asked("events.amazonaws.com", &json!({})), Verdict::No);
        let other = source("arn:aws:logs:<region>:<account>:log-group:/other");
        assert_eq!(asked_for("/app", "logs.<region>.amazonaws.com", &other), Verdict::No);
        let refused = answer_for("/app", "logs.<region>.amazonaws.com", &other);
        let facts: Vec<&str> = refused.because.iter().map(|it| &*it.fact).collect();
        assert!(
            matches!(facts[..], [fact] if fact.ends_with("`aws:SourceArn` is something else in its requests"))
        );
        assert!(answer_for("/app", "events.amazonaws.com", &json!({})).because.is_empty(), "nothing is near");
    }
    #[test]
    fn an_account_that_is_not_known_is_none_that_there_cannot_be() {
        let of = |account: &str| {
            let only = source(&format!("arn:aws:logs:<region>:{account}:*"));
            asked_for("/app", "logs.<region>.amazonaws.com", &only)
        };
        assert_eq!(of("111122223333"), Verdict::CannotTell);
        for nobody in ["11112222333", "1111222233334", "11112222333a", "aaaabbbbcccc"] {
            assert_eq!(of(nobody), Verdict::No, "{nobody}");
        }
    }

    #[test]
    fn the_place_of_deployment_is_what_the_setting_or_the_policy_tells() {
        let logs = "logs.<region>.amazonaws.com";
        let from = "arn:aws:logs:<region>:<account>:log-group:/app";
        let known = Setting {
            account: Some("111122223333".to_owned()),
            region: Some("eu-west-1".to_owned()),
            ..Setting::default()
        };
        let of = |principal: &str, arn: &str, setting: &Setting| {
            answer(from, &[(principal, source(arn))], setting).verdict
        };
        assert_eq!(of(logs, "arn:aws:logs:*:111122223333:*", &known), Verdict::Yes);
        assert_eq!(of(logs, "arn:aws:logs:eu-west-1:<account>:*", &known), Verdict::Yes);
        assert_eq!(of(logs, "arn:aws:logs:*:444455556666:*", &known), Verdict::No);
        assert_eq!(of(logs, "arn:aws:logs:us-east-1:*:*", &known), Verdict::No);
        assert_eq!(of("logs.eu-west-1.amazonaws.com", "arn:aws:logs:*:*:*", &known), Verdict::Yes);
        // The account that alone is given everything is the key's own.
        let told = |account: &str| {
            let root = ("arn:aws:iam::111122223333:root", json!({}));
            let only = source(&format!("arn:aws:logs:*:{account}:*"));
            answer(from, &[root, (logs, only)], &Setting::default()).verdict
        };
        assert_eq!((told("111122223333"), told("444455556666")), (Verdict::Yes, Verdict::No));
    }

    #[test]
    fn a_service_of_another_region_is_near() {
        let here = Setting { region: Some("eu-west-1".to_owned()), ..Setting::default() };
        let of = |principal: &str| {
            let from = "arn:aws:logs:<region>:<account>:log-group:/app";
            let answer = answer(from, &[(principal, json!({}))], &here);
            assert_eq!(answer.verdict, Verdict::No, "{principal}");
            answer.because.iter().map(|it| it.fact.to_string()).collect::<Vec<_>>()
        };
        let told = "`logs.us-east-1.amazonaws.com` is another principal";
        assert_eq!(of("logs.us-east-1.amazonaws.com"), [told]);
        for other in ["sns.us-east-1.amazonaws.com", "sns.eu-west-1.amazonaws.com", "111122223333"] {
            assert_eq!(of(other), [""; 0], "{other}");
        }
    }

    #[test]
    fn accounts_matter_where_the_request_tells_its_own() {
        // Ten accounts and six Regions are more than is tried, unless the account does not matter.
        let accounts: Vec<String> = (0..10).map(|at| format!("arn:aws:logs:*:11112222333{at}:*")).collect();
        let regions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2"];
        let regions = regions.map(|region| format!("arn:aws:logs:{region}:<account>:*"));
        let all: Vec<&String> = accounts.iter().chain(&regions).collect();
        let of = |from: &str| {
            let services = [("sns.amazonaws.com", json!({"ArnLike": {"aws:SourceArn": all}}))];
            answer(from, &services, &Setting::default()).verdict
        };
        assert_eq!(of("arn:aws:logs:<region>:<account>:log-group:/app"), Verdict::CannotTell);
        assert_eq!(of("arn:aws:logs:<region>:999988887777:log-group:/app"), Verdict::No);
    }
}
