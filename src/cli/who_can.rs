//! `kmsguard who-can`: who can do what with each key, by which statement, under which conditions.

use super::keys::{self, Keys};
use super::place::{self, Place};
use super::scanned::Scanned;
use super::{Code, Failure, output, policy_file, words};
use crate::access::{NewAccess, effective_actions, effective_actions_on, not_granted, own_account};
use crate::diff::Held;
use crate::policy::{Effect, Principal, Statement, facts};
use crate::report::safe;
use crate::source::SourceMap;
use remark::Remark;
use serde::Serialize;
use std::io::{self, Write};
use std::sync::Arc;

mod remark;

/// Actions that are listed by name.
const MOST_ACTIONS: usize = 12;

/// What `kmsguard who-can` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Actions that are asked about, `*` allowed: kms:Decrypt. Without any, all. Words that are paths are taken as --path
    #[arg(value_name = "ACTION")]
    actions: Vec<String>,
    /// Where the keys are declared: directories, Terraform files, plans, templates, policy documents as JSON
    #[arg(short, long, value_name = "PATH", default_value = ".")]
    path: Vec<String>,
    /// Only the key with this address; `*` allowed
    #[arg(long, value_name = "ADDRESS")]
    key: Option<String>,
    /// What this principal can do: the ARN of a user, role or session, an account id, or a service
    #[arg(long, value_name = "ARN")]
    principal: Option<String>,
    /// This must be allowed to nobody: the exit code is 1 where it is
    #[arg(long)]
    forbid: bool,
    /// The account that the keys belong to, where their source does not tell it
    #[arg(long, value_name = "ID", value_parser = super::can::account)]
    key_account: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Print,
    #[command(flatten)]
    scanned: Scanned,
}

/// How it is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(super) enum Print {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// Everything, as JSON.
#[derive(Debug, Serialize)]
struct Told {
    version: u8,
    keys: Vec<KeyTold>,
}

/// One key.
#[derive(Debug, Serialize)]
struct KeyTold {
    resource: String,
    place: Place,
    account: Option<String>,
    default_policy: bool,
    /// Whether its policy may be stated out of sight, so that nothing here is certain.
    policy_elsewhere: bool,
    access: Vec<Row>,
    denied: Vec<Row>,
    /// What keeping the key hangs on.
    remarks: Vec<Remark>,
}

/// What one principal of one statement has.
#[derive(Debug, Serialize)]
struct Row {
    /// Whom it means, in words.
    who: String,
    /// Whether it is certain.
    certain: bool,
    needs_identity_policy: bool,
    /// As written.
    written: String,
    actions: Vec<&'static str>,
    conditions: Vec<String>,
    statement: String,
    place: Place,
    /// Policies of identities found here that allow some of it.
    identity_policies: Vec<Place>,
    /// Actions that the statement covers and that a Deny takes away.
    except: Vec<&'static str>,
    /// Whether all that is written is meant.
    #[serde(skip)]
    whole: bool,
}

/// Answers for every key.
pub(super) fn run(args: Args) -> Result<Code, Failure> {
    let map = Arc::new(SourceMap::default());
    let (actions, paths) = split(args.actions, args.path);
    for action in actions.iter().filter(|action| !action.contains(['*', '?'])) {
        super::can::known_action(action)?;
    }
    let actions: Vec<String> =
        actions.into_iter().map(|one| if one.contains(':') { one } else { format!("kms:{one}") }).collect();
    let read = keys::read(&args.scanned.request(&paths), &map)?;
    let read = read.of_account(args.key_account.as_ref());
    let wanted = |held: &&Held| args.key.as_ref().is_none_or(|pattern| is_like(pattern, &held.address));
    let asked = Asked { keys: &read, actions: &actions, principal: args.principal.as_ref(), map: &map };
    let told = read.now.iter().filter(wanted).map(|held| asked.key(held).discreet(&map));
    let told: Vec<KeyTold> = told.collect();
    for problem in &read.problems {
        output::tell(&format!("warning: {}", policy_file::told(problem, &map)));
    }
    if told.is_empty() {
        return Err(Failure::Told(format!("no key is declared in `{}`", paths.join("`, `"))));
    }
    let any = |certain: bool| told.iter().flat_map(|key| &key.access).any(|row| row.certain == certain);
    let (allowed, perhaps) = (any(true), any(false));
    match args.format {
        Print::Text => output::print(|out| write(&told, args.principal.as_ref(), out))?,
        Print::Json => {
            let text = serde_json::to_string_pretty(&Told { version: 1, keys: told })
                .map_err(|error| error.to_string())?;
            output::print(|out| writeln!(out, "{}", safe::json(&text)))?;
        }
    }
    if read.is_incomplete() {
        return Ok(Code::Failed);
    }
    if args.forbid && perhaps {
        output::tell("note: some of this cannot be told, and does not make the exit code 1");
    }
    Ok(if args.forbid && allowed { Code::Findings } else { Code::Clean })
}

impl KeyTold {
    /// The same without sensitive texts.
    fn discreet(mut self, map: &SourceMap) -> Self {
        let hide = |text: &mut String| map.make_discreet(text);
        self.account.iter_mut().for_each(hide);
        for row in self.access.iter_mut().chain(&mut self.denied) {
            let facts = row.identity_policies.iter_mut().chain([&mut row.place]).map(Place::fact_mut);
            let own = [&mut row.who, &mut row.written, &mut row.statement].into_iter();
            own.chain(&mut row.conditions).chain(facts).for_each(hide);
        }
        self
    }
}

/// Words that are no actions but paths that exist are paths: `who-can kms:Decrypt infra`.
fn split(typed: Vec<String>, paths: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (actions, more): (Vec<String>, Vec<String>) = typed.into_iter().partition(|word| {
        word.contains(':') || facts::action(word).is_some() || !std::path::Path::new(word).exists()
    });
    let paths = if more.is_empty() {
        paths
    } else {
        paths.into_iter().filter(|path| path != ".").chain(more).collect()
    };
    (actions, paths)
}

fn is_like(pattern: &str, address: &str) -> bool {
    let glob = crate::policy::glob::Glob::of(pattern, crate::policy::glob::Case::Counts);
    pattern == address || glob.matches(address) == crate::logic::Verdict::Yes
}

/// What is asked, of which keys.
struct Asked<'a> {
    keys: &'a Keys,
    actions: &'a [String],
    principal: Option<&'a String>,
    map: &'a SourceMap,
}

impl Asked<'_> {
    fn key(&self, held: &Held) -> KeyTold {
        let own = own_account(&held.document, &held.setting);
        let principals: Vec<String> = self.principal.into_iter().cloned().collect();
        let found = not_granted(&held.document, self.actions, &principals, &held.setting);
        let certain = found.found.iter().filter_map(|access| self.row(held, access, true, own.as_deref()));
        let perhaps =
            found.undecided.iter().filter_map(|access| self.row(held, access, false, own.as_deref()));
        KeyTold {
            resource: held.address.clone(),
            place: Place::new(self.map, held.span, "declared here"),
            access: certain.chain(perhaps).collect(),
            denied: self.denied(held, own.as_deref()),
            remarks: self.remarks(held),
            account: own,
            default_policy: held.is_default && !held.hidden,
            policy_elsewhere: held.hidden,
        }
    }

    fn row(&self, held: &Held, access: &NewAccess, certain: bool, own: Option<&str>) -> Option<Row> {
        let statement = access.statement_of(&held.document)?;
        let covered = effective_actions(statement);
        let mut row = self.of_statement(statement, own);
        if let Some(item) = access.principal_of(&held.document) {
            row.who = words::principal(&item.value, own);
            let delegates = matches!(item.value, Principal::Account(_));
            row.needs_identity_policy = delegates || access.needs_identity_policy;
        } else {
            row.needs_identity_policy = access.needs_identity_policy;
        }
        row.certain = certain && !held.hidden;
        // Outsiders can use a few actions only; what is left out for that reason is not denied.
        let own_caller =
            access.request.caller.account.as_deref() == Some(access.request.key_account.as_str());
        if own_caller && self.actions.is_empty() {
            row.except =
                covered.certain.iter().copied().filter(|act| !access.actions.contains(act)).collect();
        }
        row.actions.clone_from(&access.actions);
        row.whole = covered.possible.is_empty() && covered.certain == access.actions;
        if row.needs_identity_policy && own_caller {
            row.identity_policies = self.identities(&access.actions, held);
        }
        Some(row)
    }

    /// Asked of particular actions or principals only, nobody wants to hear of others.
    fn remarks(&self, held: &Held) -> Vec<Remark> {
        let all = self.actions.is_empty() && self.principal.is_none() && !held.is_default;
        if all { remark::remarks(held, self.map) } else { Vec::new() }
    }

    fn of_statement(&self, statement: &Statement, own: Option<&str>) -> Row {
        let who = statement.principals.as_ref().map_or_else(String::new, |principals| {
            if principals.negated {
                words::everyone_but(principals, own)
            } else {
                let all: Vec<String> =
                    principals.items.iter().map(|item| words::principal(&item.value, own)).collect();
                all.join(", ")
            }
        });
        let mut conditions: Vec<String> = statement.conditions.iter().map(words::condition).collect();
        conditions.extend(
            statement.open_conditions.iter().map(|unknown| format!("`{}` (not known)", unknown.name)),
        );
        Row {
            who,
            certain: true,
            needs_identity_policy: false,
            written: words::actions(statement),
            actions: Vec::new(),
            conditions,
            statement: place::statement(statement),
            place: Place::new(self.map, statement.span, place::statement(statement)),
            identity_policies: Vec::new(),
            except: Vec::new(),
            whole: false,
        }
    }

    fn denied(&self, held: &Held, own: Option<&str>) -> Vec<Row> {
        let denies = held.document.statements.iter().filter(|one| one.effect == Effect::Deny);
        denies
            .filter_map(|statement| {
                let covered = effective_actions(statement);
                let mut row = self.of_statement(statement, own);
                let asks = |act: &&str| {
                    self.actions.is_empty() || self.actions.iter().any(|pattern| acts_alike(pattern, act))
                };
                row.actions = covered.certain.into_iter().filter(asks).collect();
                (!row.actions.is_empty()).then_some(row)
            })
            .collect()
    }

    /// The policies of identities here that speak of some of these actions.
    fn identities(&self, actions: &[&str], held: &Held) -> Vec<Place> {
        let speaks = |statement: &Statement| {
            let covered = effective_actions_on(statement, &held.setting);
            statement.effect == Effect::Allow
                && covered.certain.iter().chain(&covered.possible).any(|act| actions.contains(act))
        };
        let found =
            self.keys.identities.iter().filter(|(_, _, document)| document.statements.iter().any(speaks));
        found.map(|(address, span, _)| Place::new(self.map, *span, address.as_str())).collect()
    }
}

fn acts_alike(pattern: &str, act: &str) -> bool {
    let glob =
        crate::policy::glob::Glob::of(&pattern.to_ascii_lowercase(), crate::policy::glob::Case::Ignored);
    glob.matches(act) == crate::logic::Verdict::Yes
}

fn write(told: &[KeyTold], principal: Option<&String>, out: &mut dyn Write) -> io::Result<()> {
    for (at, key) in told.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let account = key.account.as_ref().map_or_else(String::new, |id| format!(", account {id}"));
        writeln!(out, "{}{account}  ({})", safe::line(&key.resource), key.place.short())?;
        if key.policy_elsewhere {
            writeln!(out, "  its policy may be stated elsewhere, out of sight: without one, this holds")?;
        }
        if key.default_policy {
            writeln!(out, "  no policy is stated, so AWS gives it the default one")?;
        }
        if key.access.is_empty() {
            match principal {
                Some(principal) => writeln!(
                    out,
                    "\n  `{}` can do nothing of this, whatever its IAM policies say",
                    safe::line(principal)
                )?,
                None => writeln!(out, "\n  nobody")?,
            }
        }
        for row in &key.access {
            write_row(row, out)?;
        }
        for row in key.denied.iter().filter(|_| principal.is_none() || !key.access.is_empty()) {
            write_denied(row, out)?;
        }
        for remark in &key.remarks {
            remark.write(out)?;
        }
    }
    Ok(())
}

fn write_row(row: &Row, out: &mut dyn Write) -> io::Result<()> {
    let doubt = if row.certain { "" } else { " (perhaps: it depends on values that are not known)" };
    writeln!(out, "\n  {}{doubt}", row.who)?;
    writeln!(out, "    can   {}", row.can())?;
    if row.needs_identity_policy {
        let such: Vec<String> = row
            .identity_policies
            .iter()
            .map(|policy| format!("{} ({})", policy.fact(), policy.short()))
            .collect();
        let such = if such.is_empty() { String::new() } else { format!(", such as {}", such.join(", ")) };
        writeln!(out, "    if    an IAM policy of the account allows it too{such}")?;
    }
    for condition in &row.conditions {
        writeln!(out, "    when  {condition}")?;
    }
    writeln!(out, "    by    {}, {}", row.statement, row.place.short())?;
    Ok(())
}

fn write_denied(row: &Row, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n  denied to {}", row.who)?;
    writeln!(out, "    what  {}", row.can())?;
    for condition in &row.conditions {
        writeln!(out, "    when  {condition}")?;
    }
    writeln!(out, "    by    {}, {}", row.statement, row.place.short())
}

impl Row {
    /// The actions: as written, or by name where only some of them are meant.
    fn can(&self) -> String {
        let all = facts::actions().iter().filter(|act| act.in_key_policy.unwrap_or(true)).count();
        if self.actions.len() == all {
            return format!("everything ({})", self.written);
        }
        if !self.except.is_empty() && self.except.len() <= MOST_ACTIONS {
            return format!("{}, but not {}", self.written, words::short(&self.except, MOST_ACTIONS));
        }
        if self.whole {
            return self.written.clone();
        }
        if self.actions.len() <= MOST_ACTIONS {
            return words::short(&self.actions, MOST_ACTIONS);
        }
        format!("{} ({} actions)", self.written, self.actions.len())
    }
}
