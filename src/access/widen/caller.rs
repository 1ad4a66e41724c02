//! Who may call, in finite classes, with the condition keys that follow from who calls.
//!
//! IAM User Guide, "AWS global condition context keys", properties of the principal. What is easy to get wrong: the
//! `aws:PrincipalArn` of a session is the ARN of its role, path included, while the session's own ARN has no path.

use super::super::request::{Caller, CallerKind};
use super::ground::Ground;
use super::line::{Line, Named};
use super::test::{Table, Test};
use super::text_class::{Domain, Pattern, texts};
use super::value::shapes;
use crate::policy::condition::Comparison;
use crate::source::Limits;

/// The condition keys that follow from who calls.
pub(super) const TIED: [&str; 6] = [
    "aws:principalarn",
    "aws:principalaccount",
    "kms:calleraccount",
    "aws:principaltype",
    "aws:principalisawsservice",
    "aws:principalservicename",
];

/// A class of callers, by one of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Who {
    pub(super) caller: Caller,
    /// The value of `aws:PrincipalArn`; `None` for services.
    pub(super) arn: Option<String>,
    /// Set when the caller is not known: the test that says so, and what it is called.
    pub(super) hidden: Option<String>,
}

impl Who {
    /// Whether a pattern of ARNs, an account id or the name of a service names the caller.
    pub(super) fn is_named(&self, pattern: &str) -> bool {
        let names = [Some(&self.caller.name), self.arn.as_ref(), self.caller.account.as_ref()];
        names.into_iter().flatten().any(|name| super::super::words::glob(pattern, name))
    }

    /// The values of a condition key that follows from who calls.
    pub(super) fn values(&self, key: &str) -> Vec<String> {
        let service = self.caller.kind == CallerKind::Service;
        let one = |value: Option<String>| value.into_iter().collect();
        match key {
            "aws:principalarn" => one(self.arn.clone()),
            "aws:principalaccount" | "kms:calleraccount" => one(self.caller.account.clone()),
            "aws:principalisawsservice" => vec![service.to_string()],
            "aws:principalservicename" => one(service.then(|| self.caller.name.clone())),
            "aws:principaltype" => vec![
                match self.caller.kind {
                    CallerKind::Root => "Account",
                    CallerKind::User => "User",
                    CallerKind::Session => "AssumedRole",
                    CallerKind::FederatedUser => "FederatedUser",
                    CallerKind::Service => "Service",
                }
                .to_owned(),
            ],
            _ => Vec::new(),
        }
    }
}

/// The classes of callers, and whether there may be more.
pub(super) fn callers(
    lines: &[&Line],
    table: &Table,
    ground: &Ground<'_>,
    asked: &[String],
) -> (Vec<Who>, bool) {
    let mut maker = Maker { ground, lines, table, asked, found: Vec::new(), cut: false };
    maker.all();
    let cut = maker.cut || maker.found.len() > Limits::DEFAULT.callers;
    maker.found.truncate(Limits::DEFAULT.callers);
    (maker.found, cut)
}

struct Maker<'a> {
    ground: &'a Ground<'a>,
    lines: &'a [&'a Line],
    table: &'a Table,
    /// Principals that the question names: ARNs and patterns of them, accounts, services.
    asked: &'a [String],
    found: Vec<Who>,
    cut: bool,
}

impl<'a> Maker<'a> {
    fn named(&self) -> impl Iterator<Item = &'a Named> + use<'a> {
        self.lines.iter().flat_map(|line| &line.who.items).map(|(_, named)| named)
    }

    fn tests(&self, keys: &[&str]) -> Vec<&'a Test> {
        let columns = self.table.keys.iter().enumerate();
        let wanted = columns.filter(|(_, column)| keys.contains(&column.name.as_str()));
        wanted.flat_map(|(key, _)| self.table.tests_of(key)).map(|(_, test)| test).collect()
    }

    fn all(&mut self) {
        let arn_tests = self.tests(&["aws:principalarn"]);
        for account in self.accounts(&arn_tests) {
            self.of_account(&account, &arn_tests);
        }
        let mut services: Vec<&str> = self
            .named()
            .filter_map(|named| if let Named::Service(name) = named { Some(name.as_str()) } else { None })
            .collect();
        services.extend(
            self.asked
                .iter()
                .map(String::as_str)
                .filter(|name| !name.contains([':', '*', '?', '/']) && name.contains('.')),
        );
        services.push("service.amazonaws.com");
        services.sort_unstable();
        services.dedup();
        let (names, patterns) = shapes(&self.tests(&["aws:principalservicename"]));
        let more = if names.is_empty() && patterns.is_empty() {
            Vec::new()
        } else {
            texts("", &names, &patterns, Domain::PlainName).texts
        };
        for name in services.into_iter().map(str::to_owned).chain(more) {
            self.push(CallerKind::Service, None, name, None);
        }
        let mut hidden: Vec<&str> = self
            .named()
            .filter_map(
                |named| if let Named::Hidden(shown, ..) = named { Some(shown.as_str()) } else { None },
            )
            .collect();
        hidden.sort_unstable();
        hidden.dedup();
        for shown in hidden {
            let account = Some(self.ground.own.clone());
            let caller = Caller { kind: CallerKind::Session, name: shown.to_owned(), account };
            self.found.push(Who { caller, arn: None, hidden: Some(shown.to_owned()) });
        }
    }

    /// The accounts that the policies tell apart, the one that none mentions first and the own one last.
    fn accounts(&mut self, arn_tests: &[&Test]) -> Vec<String> {
        let mut literals: Vec<String> = self
            .named()
            .filter_map(|named| match named {
                Named::Account(account) | Named::Role(account, ..) | Named::Identity(account, ..) => {
                    Some(account.clone())
                }
                _ => None,
            })
            .collect();
        let account_tests = self.tests(&["aws:principalaccount", "kms:calleraccount"]);
        let (named, mut patterns) = shapes(&account_tests);
        literals.extend(named.into_iter().map(str::to_owned));
        for test in arn_tests {
            for value in &test.values {
                let wild = test.operator.wildcards() && value.contains(['*', '?']);
                match value.split(':').nth(4) {
                    Some(field) if Domain::Account.holds(field) => literals.push(field.to_owned()),
                    Some(field) if wild && field.contains(|c: char| c.is_ascii_digit()) => {
                        patterns.push(Pattern::like(field));
                    }
                    // Stars over several fields: what the digits in them are is told from the runs of twelve.
                    _ => {}
                }
                let runs = value.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 12);
                literals.extend(runs.map(str::to_owned));
            }
        }
        for asked in self.asked {
            let field = asked.split(':').nth(4).unwrap_or(asked);
            if field.contains(['*', '?']) && field.contains(|c: char| c.is_ascii_digit()) {
                patterns.push(Pattern::like(field));
            }
            literals.push(field.to_owned());
        }
        literals.push(self.ground.own.clone());
        literals.retain(|account| Domain::Account.holds(account));
        literals.sort();
        literals.dedup();
        let mut accounts = fresh_account(&literals).into_iter().collect::<Vec<_>>();
        if patterns.is_empty() {
            accounts.extend(literals.iter().cloned());
        } else {
            let borrowed: Vec<&str> = literals.iter().map(String::as_str).collect();
            let found = texts("", &borrowed, &patterns, Domain::Account);
            self.cut |= found.cut;
            accounts.extend(found.texts);
        }
        accounts.retain(|account| *account != self.ground.own);
        accounts.push(self.ground.own.clone());
        accounts
    }

    fn of_account(&mut self, account: &str, arn_tests: &[&Test]) {
        let partition = self.ground.partition();
        let head = format!("arn:{partition}:iam::{account}:");
        let (mut literals, mut patterns) = shapes(arn_tests);
        let mut resources: Vec<String> = Vec::new();
        let mut sessions: Vec<(&str, &str)> = Vec::new();
        for asked in self.asked.iter().filter(|asked| asked.starts_with("arn:")) {
            let of_session = asked.split_once(":assumed-role/").and_then(|(_, rest)| rest.split_once('/'));
            match of_session {
                Some((role, session))
                    if asked.split(':').nth(4) == Some(account) && !asked.contains(['*', '?']) =>
                {
                    sessions.push((role, session));
                    resources.push(format!("{head}role/{role}"));
                }
                _ if asked.contains(['*', '?']) => patterns.push(Pattern::like(asked)),
                _ => resources.push(asked.clone()),
            }
        }
        for named in self.named() {
            match named {
                Named::Role(of, _, resource) | Named::Identity(of, resource, false) if of == account => {
                    resources.push(format!("{head}{resource}"));
                }
                Named::Identity(of, resource, true) if of == account => {
                    let rest = resource.strip_prefix("assumed-role/").and_then(|rest| rest.split_once('/'));
                    match rest {
                        Some((role, session)) => {
                            sessions.push((role, session));
                            resources.push(format!("{head}role/{role}"));
                            if !arn_tests.is_empty() {
                                patterns.push(Pattern::like(&format!("*/{role}")));
                            }
                        }
                        None => resources.push(format!("arn:{partition}:sts::{account}:{resource}")),
                    }
                }
                _ => {}
            }
        }
        literals.extend(resources.iter().map(String::as_str));
        literals.sort_unstable();
        literals.dedup();
        sessions.sort_unstable();
        sessions.dedup();
        let of_kind = |kind: &str, domain| texts(&format!("{head}{kind}/"), &literals, &patterns, domain);
        let (roles, users) = (of_kind("role", Domain::Name), of_kind("user", Domain::Name));
        let federated_head = format!("arn:{partition}:sts::{account}:federated-user/");
        let federated = texts(&federated_head, &literals, &patterns, Domain::PlainName);
        self.cut |= roles.cut || users.cut || federated.cut;
        for role in roles.texts {
            self.sessions(account, &role, &sessions);
        }
        let root = format!("{head}root");
        self.push(CallerKind::Root, Some(account), root.clone(), Some(root));
        self.push_all(CallerKind::User, account, &format!("{head}user/"), &users.texts);
        self.push_all(CallerKind::FederatedUser, account, &federated_head, &federated.texts);
    }

    /// Callers that are their ARN, and nothing besides.
    fn push_all(&mut self, kind: CallerKind, account: &str, head: &str, names: &[String]) {
        for name in names {
            let arn = format!("{head}{name}");
            self.push(kind, Some(account), arn.clone(), Some(arn));
        }
    }

    /// The sessions of a role: those that are named, and another.
    fn sessions(&mut self, account: &str, role: &str, sessions: &[(&str, &str)]) {
        let partition = self.ground.partition();
        let name = role.rsplit('/').next().unwrap_or_default();
        let named = sessions.iter().filter(|(of, _)| *of == name).map(|(_, session)| *session);
        let other = ["session", "session-2", "another-session"].into_iter();
        let other = other.filter(|one| !sessions.iter().any(|(_, session)| session == one)).take(1);
        for session in other.chain(named).collect::<Vec<_>>() {
            let caller = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}");
            let arn = format!("arn:{partition}:iam::{account}:role/{role}");
            self.push(CallerKind::Session, Some(account), caller, Some(arn));
        }
    }

    fn push(&mut self, kind: CallerKind, account: Option<&str>, name: String, arn: Option<String>) {
        let caller = Caller { kind, name, account: account.map(str::to_owned) };
        self.found.push(Who { caller, arn, hidden: None });
    }
}

/// An account that nobody mentions.
fn fresh_account(mentioned: &[String]) -> Option<String> {
    let nice =
        ["999999999999", "888888888888", "777777777777", "666666666666"].map(str::to_owned).into_iter();
    let more = (0_u64..10_000).map(|number| format!("99999999{number:04}"));
    nice.chain(more).find(|account| !mentioned.contains(account))
}

/// Whether a test on a key that follows from the caller compares texts.
pub(super) fn comparable(test: &Test) -> bool {
    matches!(
        test.operator.comparison,
        Comparison::StringEquals
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringLike
            | Comparison::ArnLike
            | Comparison::Bool
            | Comparison::Null
    )
}
