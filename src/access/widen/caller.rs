//! Who may call, in finite classes, with the condition keys that follow from who calls.
//!
//! IAM User Guide, "AWS global condition context keys", properties of the principal. What is easy to get wrong: the
//! `aws:PrincipalArn` of a session is the ARN of its role, path included, while the session's own ARN has no path.

use super::super::request::{Caller, CallerKind};
use super::super::words::glob;
use super::engine::Lead;
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
        names.into_iter().flatten().any(|name| glob(pattern, name))
    }

    /// The values of a condition key that follows from who calls, or from the key that is used.
    pub(super) fn values(&self, key: &str, ground: &Ground<'_>) -> Vec<String> {
        let service = self.caller.kind == CallerKind::Service;
        let one = |value: Option<String>| value.into_iter().collect();
        match key {
            "aws:principalarn" => one(self.arn.clone()),
            "aws:principalaccount" | "kms:calleraccount" => one(self.caller.account.clone()),
            "aws:resourceaccount" => vec![ground.own.clone()],
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

/// The classes of callers that the leads may mean, and whether there may be more.
pub(super) fn callers(
    (old, new, leads): (&[Line], &[Line], &[Lead]),
    table: &Table,
    ground: &Ground<'_>,
    asked: &[String],
) -> (Vec<Who>, bool) {
    let lines: Vec<&Line> = old.iter().chain(new).collect();
    let wanted = Wanted::of(leads, ground);
    let mut maker = Maker { ground, lines: &lines, table, asked, wanted, found: Vec::new(), cut: false };
    maker.all();
    let cut = maker.cut || maker.found.len() > Limits::DEFAULT.callers;
    maker.found.truncate(Limits::DEFAULT.callers);
    (maker.found, cut)
}

/// The callers whom a question is about.
#[derive(Debug, Default)]
struct Wanted {
    everyone: bool,
    /// An account, and whether only the sessions of its roles are meant.
    accounts: Vec<(String, bool)>,
    services: Vec<String>,
    /// Callers that are not known.
    hidden: bool,
}

impl Wanted {
    fn of(leads: &[Lead], ground: &Ground<'_>) -> Self {
        let mut wanted = Self::default();
        for lead in leads {
            let account = match &lead.named {
                None | Some(Named::Everyone | Named::Hidden(_, _, false)) => {
                    wanted.everyone = true;
                    continue;
                }
                Some(Named::Service(name)) => {
                    wanted.services.push(name.clone());
                    continue;
                }
                Some(Named::Nobody) => continue,
                Some(Named::Hidden(_, _, true)) => (ground.own.clone(), false),
                Some(Named::Account(account) | Named::Identity(account, ..)) => (account.clone(), false),
                Some(Named::Role(account, ..)) => (account.clone(), true),
            };
            if !wanted.accounts.contains(&account) {
                wanted.accounts.push(account);
            }
        }
        wanted.hidden = wanted.everyone || wanted.accounts.iter().any(|(account, _)| *account == ground.own);
        wanted
    }

    /// Whether any caller of an account is meant, and whether only sessions of its roles are.
    fn account(&self, account: &str) -> Option<bool> {
        let mut of = self.accounts.iter().filter(|(own, _)| own == account).map(|(_, roles)| *roles);
        if self.everyone { Some(false) } else { of.next().map(|first| first && of.all(|other| other)) }
    }
}

struct Maker<'a> {
    ground: &'a Ground<'a>,
    lines: &'a [&'a Line],
    table: &'a Table,
    /// Principals that the question names: ARNs and patterns of them, accounts, services.
    asked: &'a [String],
    wanted: Wanted,
    found: Vec<Who>,
    cut: bool,
}

impl<'a> Maker<'a> {
    fn named(&self) -> impl Iterator<Item = &'a Named> + use<'a> {
        self.lines.iter().flat_map(|line| &line.who.items).map(|(_, named)| named)
    }

    /// The tests of some keys that any line asks for.
    fn tests(&self, keys: &[&str]) -> Vec<&'a Test> {
        let mut ids: Vec<_> = self.lines.iter().flat_map(|line| &line.tied).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let tests = ids.into_iter().filter_map(|id| self.table.test(id));
        tests.filter(|(_, column)| keys.contains(&column.name.as_str())).map(|(test, _)| test).collect()
    }

    fn all(&mut self) {
        let arn_tests = self.tests(&["aws:principalarn"]);
        for account in self.accounts(&arn_tests) {
            if let Some(only_roles) = self.wanted.account(&account) {
                self.of_account(&account, &arn_tests, only_roles);
            }
        }
        let services = if self.wanted.everyone { self.services() } else { self.wanted.services.clone() };
        for name in services {
            self.push(CallerKind::Service, None, name, None);
        }
        if self.wanted.hidden {
            self.hidden();
        }
    }

    fn services(&mut self) -> Vec<String> {
        let mut services: Vec<&str> = self
            .named()
            .filter_map(|named| if let Named::Service(name) = named { Some(name.as_str()) } else { None })
            .collect();
        let asked = self.asked.iter().map(String::as_str);
        services.extend(asked.filter(|name| !name.contains([':', '*', '?', '/']) && name.contains('.')));
        services.push("service.amazonaws.com");
        services.sort_unstable();
        services.dedup();
        let (names, patterns) = shapes(&self.tests(&["aws:principalservicename"]));
        let mut all: Vec<String> = services.into_iter().map(str::to_owned).collect();
        if !names.is_empty() || !patterns.is_empty() {
            let found = texts("", &names, &patterns, Domain::PlainName);
            self.cut |= found.cut;
            all.extend(found.texts);
        }
        all
    }

    /// Callers that are not known, each by what it is called.
    fn hidden(&mut self) {
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
        if !self.wanted.everyone {
            let mut accounts: Vec<String> =
                self.wanted.accounts.iter().map(|(account, _)| account.clone()).collect();
            accounts.sort_unstable();
            accounts.dedup();
            return accounts;
        }
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
        for value in arn_tests.iter().flat_map(|test| &test.values) {
            patterns.extend(of_accounts(value).iter().map(|text| Pattern::like(text)));
            let runs = value.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 12);
            literals.extend(runs.map(str::to_owned));
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

    fn of_account(&mut self, account: &str, arn_tests: &[&Test], only_roles: bool) {
        let partition = self.ground.partition();
        let head = format!("arn:{partition}:iam::{account}:");
        let (mut literals, mut patterns) = shapes(arn_tests);
        let mut resources: Vec<String> = Vec::new();
        let mut sessions: Vec<(&str, &str)> = Vec::new();
        for asked in self.asked.iter().filter(|asked| asked.contains([':', '/'])) {
            match session_of(asked) {
                Some((of, session)) if glob(of_field(asked), account) => sessions.push((of, session)),
                Some(_) => {}
                None if asked.contains(['*', '?']) => patterns.push(Pattern::like(asked)),
                None => resources.push(asked.clone()),
            }
        }
        for named in self.named() {
            match named {
                Named::Role(of, _, resource) | Named::Identity(of, resource, false) if of == account => {
                    resources.push(format!("{head}{resource}"));
                }
                Named::Identity(of, resource, true) if of == account => match session_of(resource) {
                    Some(session) => sessions.push(session),
                    None => resources.push(format!("arn:{partition}:sts::{account}:{resource}")),
                },
                _ => {}
            }
        }
        sessions.sort_unstable();
        sessions.dedup();
        for (role, _) in &sessions {
            if role.contains(['*', '?']) {
                patterns.push(Pattern::like(&format!("{head}role/{role}")));
            } else {
                resources.push(format!("{head}role/{role}"));
            }
            // The ARN of a session tells no path of its role, and the tests of `aws:PrincipalArn` see it.
            if !arn_tests.is_empty() {
                patterns.push(Pattern::like(&format!("*/{role}")));
            }
        }
        literals.extend(resources.iter().map(String::as_str));
        literals.sort_unstable();
        literals.dedup();
        let of_kind = |kind: &str, domain| texts(&format!("{head}{kind}/"), &literals, &patterns, domain);
        let roles = of_kind("role", Domain::Name);
        self.cut |= roles.cut;
        for role in roles.texts {
            self.sessions(account, &role, &sessions);
        }
        if !only_roles {
            let users = of_kind("user", Domain::Name);
            self.cut |= users.cut;
            self.push(CallerKind::Root, Some(account), format!("{head}root"), Some(format!("{head}root")));
            self.push_all(CallerKind::User, account, &format!("{head}user/"), &users.texts);
            let head = format!("arn:{partition}:sts::{account}:federated-user/");
            let federated = texts(&head, &literals, &patterns, Domain::PlainName);
            self.cut |= federated.cut;
            self.push_all(CallerKind::FederatedUser, account, &head, &federated.texts);
        }
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
        let named = sessions.iter().filter(|(of, _)| glob(of, name)).map(|(_, session)| *session);
        // One of those that a pattern means.
        let named = named.filter(|session| *session != "*").map(|it| it.replace(['*', '?'], "x"));
        let other = ["session", "session-2", "another-session"].into_iter();
        let other = other.filter(|one| !sessions.iter().any(|(_, session)| session == one)).take(1);
        for session in other.map(str::to_owned).chain(named).collect::<Vec<_>>() {
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

/// The role and the session that an ARN of a session, a pattern of such ARNs or the resource of one names.
fn session_of(arn: &str) -> Option<(&str, &str)> {
    let (before, rest) = arn.split_once("assumed-role/")?;
    let begins = before.is_empty() || before.ends_with([':', '*']);
    begins.then(|| rest.split_once('/').unwrap_or((rest, "*")))
}

/// The account of an ARN or of a pattern of ARNs.
fn of_field(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or("*")
}

/// What a pattern of ARNs may ask of the account in them, where it asks for some of its digits. An ARN of an identity has
/// five colons: with as many in the pattern each field has its own part. With fewer a star runs across fields, and the
/// account may be what any part of the pattern from one star to another matches.
fn of_accounts(pattern: &str) -> Vec<String> {
    let asks = |part: &str| part.contains(['*', '?']) && part.contains(|c: char| c.is_ascii_digit());
    if pattern.matches(':').count() >= 5 {
        let field = pattern.split(':').nth(4).unwrap_or_default();
        return if asks(field) { vec![field.to_owned()] } else { Vec::new() };
    }
    let mut found: Vec<String> = Vec::new();
    for run in pattern.split(|c: char| !c.is_ascii_digit() && !matches!(c, '*' | '?')) {
        let stars: Vec<usize> = run.match_indices('*').map(|(at, _)| at).collect();
        let begins = std::iter::once(0).chain(stars.iter().copied());
        for begin in begins {
            let ends = stars.iter().map(|at| at + 1).chain([run.len()]);
            let parts = ends.filter_map(|end| run.get(begin..end)).filter(|part| asks(part));
            found.extend(parts.map(str::to_owned));
        }
    }
    found.sort();
    found.dedup();
    found
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
