//! `kmsguard can`: one request, decided and explained.

use super::place::{self, Place};
use super::{Code, Failure, output, policy_file};
use crate::access::{
    self, Caller, CallerKind, Considered, Decision, Outcome, Policies, Request, Setting, consider, decide,
};
use crate::policy::{AccountRef, Document, Effect, PolicyKind, action, facts};
use crate::report::safe;
use crate::source::{SourceMap, Span};
use std::io::{self, Write};

mod lines;

/// Statements that nearly matched, at most so many.
const MOST_NEAR: usize = 5;

/// What `kmsguard can` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Who asks: the ARN of a user, role, session or root user, or the name of a service
    #[arg(long, value_name = "ARN", required_unless_present = "json")]
    principal: Option<String>,
    /// What it asks for: kms:Decrypt
    #[arg(long, value_name = "ACTION", required_unless_present = "json")]
    action: Option<String>,
    /// The key policy, as JSON; `-` reads standard input
    #[arg(long, value_name = "FILE", required_unless_present = "json")]
    key_policy: Option<String>,
    /// An IAM policy of the principal, as JSON. May be given several times; no other ones are assumed
    #[arg(long, value_name = "FILE")]
    identity_policy: Vec<String>,
    /// The principal's permissions boundary, as JSON
    #[arg(long, value_name = "FILE")]
    boundary: Vec<String>,
    /// A session policy that was passed when the session began, as JSON
    #[arg(long, value_name = "FILE")]
    session_policy: Vec<String>,
    /// A condition key of the request. May be given several times, also for several values of one key
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    context: Vec<(String, String)>,
    /// The account that the key belongs to [default: what the key policy tells, else the principal's]
    #[arg(long, value_name = "ID", value_parser = account)]
    key_account: Option<String>,
    /// The key's ARN, which IAM policies name
    #[arg(long, value_name = "ARN")]
    key_arn: Option<String>,
    /// Read requests from FILE, one JSON object a line, and answer each with one
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-",
        conflicts_with_all = ["principal", "action", "key_policy", "identity_policy", "boundary", "session_policy", "context", "key_account", "key_arn"])]
    json: Option<String>,
}

fn key_and_value(typed: &str) -> Result<(String, String), String> {
    let (key, value) = typed.split_once('=').ok_or("it has the form KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// An account id, as typed.
pub(super) fn account(typed: &str) -> Result<String, String> {
    if AccountRef::is_id(typed) {
        Ok(typed.to_owned())
    } else {
        Err("an account id has 12 digits".to_owned())
    }
}

/// Decides one request, or one per line.
pub(super) fn run(args: &Args) -> Result<Code, Failure> {
    if let Some(file) = &args.json {
        return lines::run(file);
    }
    let map = SourceMap::default();
    let read = |path: &String, kind| policy_file::read(path, kind, &map);
    let key = read(
        args.key_policy.as_ref().ok_or_else(|| "the key policy is missing".to_owned())?,
        PolicyKind::Key,
    )?;
    let all = |paths: &[String]| {
        paths.iter().map(|path| read(path, PolicyKind::Identity)).collect::<Result<Vec<_>, _>>()
    };
    let (identity, boundary) = (all(&args.identity_policy)?, all(&args.boundary)?);
    let session = all(&args.session_policy)?;
    let typed = args.principal.as_deref().unwrap_or_default();
    let (request, guessed) = request(args, typed, &key)?;
    let policies = Policies { key: &key, identity: &identity, boundary: &boundary, session: &session };
    let decision = decide(&request, &policies);
    let page =
        Page { guessed, typed, request: &request, decision: &decision, policies: &policies, map: &map };
    output::print(|out| page.write(out))?;
    Ok(if decision.outcome == Outcome::Allowed { Code::Clean } else { Code::Findings })
}

/// The request that was typed, and whether the key's account is taken to be the caller's.
fn request(args: &Args, typed: &str, key: &Document) -> Result<(Request, bool), String> {
    let (caller, role) = caller(typed)?;
    let mut context: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in &args.context {
        match context.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, values)) => values.push(value.clone()),
            None => context.push((name.clone(), vec![value.clone()])),
        }
    }
    if let Some(role) = role
        && !context.iter().any(|(name, _)| name.eq_ignore_ascii_case("aws:PrincipalArn"))
    {
        context.push(("aws:PrincipalArn".to_owned(), vec![role]));
    }
    let in_arn =
        args.key_arn.as_ref().and_then(|arn| arn.split(':').nth(4)).filter(|id| AccountRef::is_id(id));
    let told = || access::own_account(key, &Setting::default());
    let told = args.key_account.clone().or_else(|| in_arn.map(str::to_owned)).or_else(told);
    let guessed = told.is_none();
    let key_account = told
        .or_else(|| caller.account.clone())
        .ok_or("the key's account is not known, give it with `--key-account`")?;
    let key_arn = args.key_arn.clone().unwrap_or_else(|| lines::any_key(&key_account));
    let request = Request {
        caller,
        action: known_action(args.action.as_deref().unwrap_or_default())?,
        key_arn,
        key_account,
        context,
    };
    Ok((request, guessed))
}

/// The caller that an ARN names, and for a role its ARN: roles call through sessions.
pub(super) fn caller(typed: &str) -> Result<(Caller, Option<String>), String> {
    if let Some(caller) = Caller::of_arn(typed) {
        return Ok((caller, None));
    }
    let fields: Vec<&str> = typed.splitn(6, ':').collect();
    if let [_, partition, "iam", _, account, resource] = fields.as_slice()
        && let Some(path) = resource.strip_prefix("role/")
    {
        let name = path.rsplit('/').next().unwrap_or(path);
        let session = format!("arn:{partition}:sts::{account}:assumed-role/{name}/any-session");
        if let Some(caller) = Caller::of_arn(&session) {
            return Ok((caller, Some(typed.to_owned())));
        }
    }
    Err(format!(
        "`{typed}` cannot call: give the ARN of a user, a role, a session or a root user, or a service's name"
    ))
}

/// The full name of an action that exists.
pub(super) fn known_action(typed: &str) -> Result<String, String> {
    if let Some(fact) = facts::action(typed) {
        return Ok(fact.full_name().to_owned());
    }
    let meant = action::meant(typed).map(|meant| format!(", did you mean `{meant}`?")).unwrap_or_default();
    Err(format!("`{typed}` is not an action of KMS{meant}"))
}

/// A decision as it is printed.
struct Page<'a> {
    guessed: bool,
    typed: &'a str,
    request: &'a Request,
    decision: &'a Decision,
    policies: &'a Policies<'a>,
    map: &'a SourceMap,
}

impl Page<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let (word, sentence) = match self.decision.outcome {
            Outcome::Allowed => ("allowed", "may call"),
            Outcome::ImplicitlyDenied => ("denied", "may not call"),
            Outcome::ExplicitlyDenied => ("denied", "is denied"),
            Outcome::Undecided => ("cannot tell", "may or may not be able to call"),
        };
        let who = safe::line(self.typed);
        writeln!(out, "{word}: `{who}` {sentence} `{}`", self.request.action)?;
        if self.request.caller.kind == CallerKind::Session && self.request.caller.name != self.typed {
            writeln!(out, "  asked as a session of the role, `{}`", safe::line(&self.request.caller.name))?;
        }
        let guessed = if self.guessed { ", which is a guess: give it with `--key-account`" } else { "" };
        writeln!(out, "  the key belongs to account `{}`{guessed}", self.request.key_account)?;
        self.write_reasons(out)?;
        self.write_near(out)
    }

    fn write_reasons(&self, out: &mut dyn Write) -> io::Result<()> {
        let applying = self.considered().filter(|(_, one)| one.applies().is_yes());
        let decides: Vec<(PolicyKind, Considered<'_>)> = applying
            .filter(|(_, one)| match self.decision.outcome {
                Outcome::ExplicitlyDenied => one.statement.effect == Effect::Deny,
                Outcome::Allowed => one.statement.effect == Effect::Allow && self.tells(one.statement.span),
                Outcome::ImplicitlyDenied | Outcome::Undecided => true,
            })
            .collect();
        let head = match (self.decision.outcome, decides.is_empty()) {
            (Outcome::ImplicitlyDenied, true) => "because no statement applies",
            (Outcome::ImplicitlyDenied, false) => "because what applies is not enough",
            (Outcome::Undecided, _) => "because it depends on",
            _ => "because",
        };
        writeln!(out, "\n{head}")?;
        for (kind, one) in &decides {
            writeln!(
                out,
                "  {} applies, {}",
                Self::name(*kind, one),
                place::at(self.map, one.statement.span)
            )?;
        }
        for witness in &self.decision.because {
            writeln!(out, "    {}", Place::of(self.map, witness).shown())?;
        }
        for sentence in self.hints(&decides) {
            writeln!(out, "  {sentence}")?;
        }
        Ok(())
    }

    /// Whether one of the deciding places lies in a span.
    fn tells(&self, span: Span) -> bool {
        let within =
            |place: Span| place.file == span.file && span.start <= place.start && place.end <= span.end;
        self.decision.because.iter().any(|witness| within(witness.span))
    }

    /// What the outcome means where that is not obvious.
    fn hints(&self, applying: &[(PolicyKind, Considered<'_>)]) -> Vec<String> {
        if self.decision.outcome != Outcome::ImplicitlyDenied {
            return Vec::new();
        }
        let caller = &self.request.caller;
        let foreign = caller.account.as_ref().is_some_and(|account| *account != self.request.key_account);
        let by_key = applying
            .iter()
            .any(|(kind, one)| *kind == PolicyKind::Key && one.statement.effect == Effect::Allow);
        let by_identity = applying.iter().any(|(kind, _)| *kind == PolicyKind::Identity);
        if by_key && !foreign && self.is_capped() {
            let sentence = "the permissions boundary or the session policy does not allow it, and limits what a role is given";
            return vec![sentence.to_owned()];
        }
        let works = facts::action(&self.request.action).is_none_or(|act| act.cross_account);
        let sentence = match (by_key, by_identity) {
            (true, _) if foreign && !works => {
                "this action does not work across accounts, whatever the policies say"
            }
            (true, false) if foreign => {
                "the caller is of another account, so an IAM policy there has to allow it too: give it with `--identity-policy`"
            }
            (true, false) => {
                "the key policy leaves it to IAM policies of the account: give the caller's with `--identity-policy`"
            }
            (false, true) => {
                "an IAM policy allows it, but the key policy lets no IAM policy of this account decide"
            }
            _ => return Vec::new(),
        };
        vec![sentence.to_owned()]
    }

    /// Whether a permissions boundary or the session policies do not allow the request.
    fn is_capped(&self) -> bool {
        let allows = |document: &Document| {
            let mut considered = consider(self.request, document, PolicyKind::Identity).into_iter();
            considered.any(|one| one.statement.effect == Effect::Allow && one.applies().is_yes())
        };
        let caps = [self.policies.boundary, self.policies.session];
        caps.iter().any(|cap| !cap.is_empty() && !cap.iter().any(allows))
    }

    /// Statements that would have decided otherwise and miss by little.
    fn write_near(&self, out: &mut dyn Write) -> io::Result<()> {
        let wanted = if self.decision.outcome == Outcome::Allowed { Effect::Deny } else { Effect::Allow };
        let mut near: Vec<(PolicyKind, Considered<'_>)> = self
            .considered()
            .filter(|(_, one)| one.statement.effect == wanted && (1..=2).contains(&one.misses()))
            // A Deny of something else is of no interest to whom is let in.
            .filter(|(_, one)| wanted == Effect::Allow || !(one.action.is_no() || one.principal.is_no()))
            .collect();
        near.sort_by_key(|(_, one)| one.misses());
        if near.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nnearly, but not")?;
        for (kind, one) in near.iter().take(MOST_NEAR) {
            writeln!(out, "  {}, {}", Self::name(*kind, one), place::at(self.map, one.statement.span))?;
            for sentence in self.missed(one) {
                writeln!(out, "    {sentence}")?;
            }
        }
        Ok(())
    }

    fn missed(&self, one: &Considered<'_>) -> Vec<String> {
        let mut told = Vec::new();
        if one.principal.is_no() {
            told.push("its principals do not name the caller".to_owned());
        }
        if one.action.is_no() {
            told.push(format!("its actions do not cover `{}`", self.request.action));
        }
        if one.resource.is_no() {
            told.push("its resources are not this key".to_owned());
        }
        for (condition, answer) in one.conditions.iter().filter(|(_, answer)| answer.is_no()) {
            let wanted: Vec<String> = condition.values.iter().map(|value| value.value.shown()).collect();
            let (operator, key) = (condition.operator.shown(), condition.key.shown());
            let fact =
                answer.because.first().map_or(String::new(), |witness| format!(", but {}", witness.fact));
            let sentence =
                format!("its condition asks `{key}` for {operator} `{}`{fact}", wanted.join("`, `"));
            told.push(safe::line(&sentence).into_owned());
        }
        told
    }

    fn considered(&self) -> impl Iterator<Item = (PolicyKind, Considered<'_>)> {
        let key = consider(self.request, self.policies.key, PolicyKind::Key);
        let identity =
            self.policies.identity.iter().flat_map(|one| consider(self.request, one, PolicyKind::Identity));
        // Boundaries and session policies give nothing, but their Denies count.
        let caps = self.policies.boundary.iter().chain(self.policies.session);
        let caps = caps.flat_map(|one| consider(self.request, one, PolicyKind::Identity));
        let identity = identity.chain(caps.filter(|one| one.statement.effect == Effect::Deny));
        key.into_iter()
            .map(|one| (PolicyKind::Key, one))
            .chain(identity.map(|one| (PolicyKind::Identity, one)))
    }

    fn name(kind: PolicyKind, one: &Considered<'_>) -> String {
        let effect = match one.statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
            Effect::Invalid | Effect::Unknown(_) => "effect not known",
        };
        let of = if kind == PolicyKind::Key { "the key policy" } else { "the IAM policy" };
        format!("{} of {of} ({effect})", place::statement(one.statement))
    }
}
