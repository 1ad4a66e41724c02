//! Principals, classified.
//!
//! IAM User Guide, "AWS JSON policy elements: Principal", and "IAM identifiers" for unique ids. A form that the API
//! rejects is [`Principal::Malformed`] with a [`Fault`] that says why. What is easy to get wrong: a wildcard is a
//! principal only when it stands alone, and a text with one known character beside it is certainly not everyone.

use super::facts;
use super::{AccountRef, Arn, Principal, name_like};
use crate::value::{Piece, Symbol, Text, Unknown};

/// The types of principals that KMS takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrincipalType {
    /// `AWS`: identities and accounts.
    Aws,
    /// `Service`: AWS services.
    Service,
}

impl PrincipalType {
    /// Its name in a policy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Service => "Service",
        }
    }
}

/// Why a form is rejected, and what was probably meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// One lower-case clause.
    pub fact: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl Fault {
    pub(super) fn new(fact: impl Into<String>) -> Self {
        Self { fact: fact.into(), suggestion: None }
    }

    pub(super) fn or_else(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

/// Classifies a text that stands under a type of `Principal`.
pub fn classify(text: &Text, of: PrincipalType) -> (Principal, Option<Fault>) {
    let judged = match of {
        PrincipalType::Aws => identity(text),
        PrincipalType::Service => service(text),
    };
    match judged {
        Ok(principal) => (principal, None),
        Err(fault) => (Principal::Malformed(text.clone()), Some(fault)),
    }
}

/// What an unknown value stands for as a principal.
pub(super) fn of_symbol(unknown: &Unknown) -> Principal {
    match unknown.symbol {
        Symbol::OwnAccount => Principal::Account(AccountRef::Own),
        Symbol::SomeAccount | Symbol::AccountOf(_) => {
            Principal::Account(AccountRef::Unknown(unknown.clone()))
        }
        Symbol::Anything | Symbol::AnyText => Principal::Unknown(unknown.clone()),
        _ => Principal::Someone(Text::unknown(unknown.clone())),
    }
}

/// Tells that a number has lost its leading zeros, which is what an account id that is written as a number does.
pub(super) fn from_number(number: &str, fault: &mut Fault) {
    if (9..12).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) {
        let lost = if number.len() == 11 { "a leading zero" } else { "leading zeros" };
        fault.fact = format!(
            "an account id written as a number has lost {lost} and has {} digits, not 12",
            number.len()
        );
        fault.suggestion = Some(format!("\"{number:0>12}\""));
    }
}

/// A text under `AWS`.
fn identity(text: &Text) -> Result<Principal, Fault> {
    if text.is("*") {
        return Ok(Principal::Everyone);
    }
    if let [Piece::Unknown(unknown)] = text.pieces() {
        return Ok(of_symbol(unknown));
    }
    if let Some(arn) = Arn::parse(text) {
        return of_arn(arn);
    }
    match text.known() {
        Some(known) => plain(&known, text),
        None => partial(text),
    }
}

/// A text under `AWS` with unknown pieces that is no ARN as far as it is known.
fn partial(text: &Text) -> Result<Principal, Fault> {
    let known = text.known_parts();
    let free = |unknown: &Unknown| matches!(unknown.symbol, Symbol::Anything | Symbol::AnyText);
    if known.starts_with("arn:") && known.contains(['*', '?']) {
        return Err(wildcard());
    }
    match text.unknowns().next() {
        Some(first) if matches!(known.as_str(), "" | "*") && text.unknowns().all(free) => {
            Ok(Principal::Unknown(first.clone()))
        }
        _ => Ok(Principal::Someone(text.clone())),
    }
}

/// A known text under `AWS` that is no ARN.
fn plain(known: &str, text: &Text) -> Result<Principal, Fault> {
    if known.is_empty() {
        return Err(Fault::new("an empty text"));
    }
    if AccountRef::is_id(known) {
        return Ok(Principal::Account(AccountRef::Id(known.to_owned())));
    }
    if is_unique_id(known) {
        return Ok(Principal::UniqueId(text.clone()));
    }
    if known.trim() != known {
        return Err(Fault::new("blanks around a principal count").or_else(known.trim()));
    }
    if known.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Err(bad_account(known).unwrap_or_else(|| Fault::new("not an account id")));
    }
    if facts::partition_of_host(known).is_some() {
        return Err(Fault::new("services stand under `Service`, not under `AWS`")
            .or_else(format!("{{\"Service\": \"{known}\"}}")));
    }
    if known.to_ascii_lowercase().starts_with("arn:") {
        return Err(no_arn(known));
    }
    if known.contains(['*', '?']) {
        return Err(Fault::new("a wildcard is a principal only when it stands alone").or_else("*"));
    }
    Err(Fault::new("neither an ARN, nor an account id, nor `*`"))
}

/// What is wrong with a text that begins as an ARN and is none.
fn no_arn(known: &str) -> Fault {
    match known.strip_prefix("arn:") {
        Some(_) => Fault::new("an ARN has six fields with colons between, this one has fewer"),
        None => Fault::new("an ARN begins with `arn:` in lower case")
            .or_else(format!("arn:{}", known.get(4..).unwrap_or_default())),
    }
}

/// IAM User Guide, "IAM identifiers", unique identifiers: four letters that tell the type, then letters and digits.
fn is_unique_id(known: &str) -> bool {
    const TYPES: [&str; 6] = ["AROA", "AIDA", "AGPA", "AIPA", "ANPA", "ANVA"];
    let shape = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    known.len() >= 16 && TYPES.iter().any(|kind| known.starts_with(kind)) && known.bytes().all(shape)
}

fn wildcard() -> Fault {
    Fault::new(
        "a wildcard cannot stand inside the ARN of a principal, match `aws:PrincipalArn` in a condition instead",
    )
}

/// What is wrong with a known account id, if anything is.
fn bad_account(account: &str) -> Option<Fault> {
    if AccountRef::is_id(account) {
        return None;
    }
    let digits: String = account.chars().filter(char::is_ascii_digit).collect();
    Some(if account.is_empty() {
        Fault::new("the account id is missing")
    } else if digits.len() == account.len() {
        let count = digits.len();
        Fault::new(format!("the account id has {count} digit{}, not 12", if count == 1 { "" } else { "s" }))
    } else if digits.len() == 12 && account.chars().all(|c| c.is_ascii_digit() || c == '-' || c == ' ') {
        Fault::new("an account id is twelve digits, with nothing between them")
    } else {
        Fault::new("the account is not an id of 12 digits")
    })
}

/// An ARN under `AWS`.
fn of_arn(arn: Arn) -> Result<Principal, Fault> {
    if arn.text.known_parts().contains(['*', '?']) {
        return Err(wildcard());
    }
    if arn.partition.known().is_some_and(|name| !facts::is_partition_name(&name)) {
        let near = arn.partition.known().and_then(|name| name_like(&name, facts::partition_names()));
        let fault = Fault::new("the partition of the ARN does not exist");
        return Err(Fault { suggestion: near.map(str::to_owned), ..fault });
    }
    if !arn.region.is_empty() && arn.region.known().is_some() {
        return Err(Fault::new("the ARN of an identity has no Region"));
    }
    let Some(service) = arn.service.known() else {
        return Ok(Principal::Someone(arn.text));
    };
    match service.as_str() {
        "iam" => of_iam(arn),
        "sts" => of_sts(arn),
        "" => Err(Fault::new("the ARN names no service, where identities have `iam` or `sts`")),
        other => Err(Fault::new(format!(
            "the ARN of something in `{other}`, but a principal is an identity of `iam` or `sts`"
        ))),
    }
}

fn of_iam(arn: Arn) -> Result<Principal, Fault> {
    if arn.resource.is("root") {
        return account_of(&arn).map(|()| Principal::Account(arn.account));
    }
    let Some((kind, rest)) = arn.resource_parts() else {
        return without_slash(arn);
    };
    let Some(kind) = kind.known() else {
        return Ok(Principal::Someone(arn.text));
    };
    match kind.as_str() {
        "role" | "user" if rest.is_empty() || ends_in_slash(&rest) => {
            Err(Fault::new(format!("the ARN names no {kind}")))
        }
        // Origin access identities of CloudFront are users of an account that is called so.
        "user" if matches!(&arn.account, AccountRef::Id(account) if account == "cloudfront") => {
            Ok(Principal::Someone(arn.text))
        }
        "role" => account_of(&arn).map(|()| Principal::Role(arn)),
        "user" => account_of(&arn).map(|()| Principal::User(arn)),
        "group" => Err(Fault::new("a group is no principal, name its users or a role")),
        "instance-profile" => {
            let fault = Fault::new("an instance profile is no principal, name its role");
            Err(fault.or_else(arn.text.shown().replacen(":instance-profile/", ":role/", 1)))
        }
        "policy" => Err(Fault::new("a policy is no principal, name a role or user")),
        "saml-provider" | "oidc-provider" => Err(Fault::new(
            "an identity provider is no principal of a key, name the role that it federates to",
        )),
        "mfa" | "server-certificate" | "sms-mfa" | "u2f" => Err(Fault::new("not the ARN of an identity")),
        "assumed-role" | "federated-user" => {
            let fault = Fault::new(format!("`{kind}` belongs to the service `sts`, not `iam`"));
            Err(fault.or_else(arn.text.shown().replacen(":iam:", ":sts:", 1)))
        }
        other => Err(no_such_kind(other, &["role", "user"], &arn)),
    }
}

/// An `iam` resource without slash that is not `root`.
fn without_slash(arn: Arn) -> Result<Principal, Fault> {
    match arn.resource.known() {
        None => Ok(Principal::Someone(arn.text)),
        Some(empty) if empty.is_empty() => Err(Fault::new("the ARN names no identity")),
        Some(word) if matches!(word.as_str(), "role" | "user") => {
            Err(Fault::new(format!("the ARN names no {word}")))
        }
        Some(word) => Err(no_such_kind(&word, &["root"], &arn)),
    }
}

fn of_sts(arn: Arn) -> Result<Principal, Fault> {
    let Some((kind, rest)) = arn.resource_parts() else {
        return match arn.resource.known() {
            None => Ok(Principal::Someone(arn.text)),
            Some(_) => Err(Fault::new("the ARN names no session, as `assumed-role/ROLE/SESSION` does")),
        };
    };
    let Some(kind) = kind.known() else {
        return Ok(Principal::Someone(arn.text));
    };
    match kind.as_str() {
        "assumed-role" => session(arn, &rest),
        "federated-user" if rest.is_empty() => Err(Fault::new("the ARN names no federated user")),
        "federated-user" => account_of(&arn).map(|()| Principal::FederatedUser(arn)),
        "role" | "user" => {
            let fault = Fault::new(format!("`{kind}` belongs to the service `iam`, not `sts`"));
            Err(fault.or_else(arn.text.shown().replacen(":sts:", ":iam:", 1)))
        }
        other => Err(no_such_kind(other, &["assumed-role", "federated-user"], &arn)),
    }
}

/// `assumed-role/ROLE/SESSION`: one session of a role, named without the role's path.
fn session(arn: Arn, rest: &Text) -> Result<Principal, Fault> {
    let known = rest.known_parts();
    let slashes = known.matches('/').count();
    if slashes > 1 {
        return Err(Fault::new(
            "an assumed-role ARN has the role's name without its path, then the session's",
        ));
    }
    if rest.is_known() && (slashes == 0 || known.starts_with('/') || known.ends_with('/')) {
        let role = known.trim_matches('/');
        let fault = Fault::new("an assumed-role ARN names one session, as `assumed-role/ROLE/SESSION` does");
        let role_arn =
            arn.text.shown().replacen(":sts:", ":iam:", 1).replace(&format!("assumed-role/{known}"), "role/");
        return Err(if role.is_empty() { fault } else { fault.or_else(format!("{role_arn}{role}")) });
    }
    account_of(&arn).map(|()| Principal::Session(arn))
}

/// Whether the account field may stand in the ARN of an identity.
fn account_of(arn: &Arn) -> Result<(), Fault> {
    let AccountRef::Id(account) = &arn.account else { return Ok(()) };
    match bad_account(account) {
        None => Ok(()),
        Some(fault) if account.is_empty() => Err(fault),
        Some(fault) => {
            let digits: String = account.chars().filter(char::is_ascii_digit).collect();
            let whole = (digits.len() == 12 && digits != *account)
                .then(|| arn.text.shown().replacen(account.as_str(), &digits, 1));
            Err(Fault { suggestion: whole, ..fault })
        }
    }
}

fn no_such_kind(found: &str, legal: &[&'static str], arn: &Arn) -> Fault {
    let fault = Fault::new(format!("`{found}` is no kind of identity"));
    match name_like(found, legal.iter().copied()) {
        Some(near) => fault.or_else(arn.text.shown().replacen(&format!(":{found}"), &format!(":{near}"), 1)),
        None => fault,
    }
}

fn ends_in_slash(rest: &Text) -> bool {
    matches!(rest.pieces().last(), Some(Piece::Known(text, _)) if text.ends_with('/'))
}

/// A text under `Service`: a host name below the DNS suffix of a partition, perhaps with a Region in it.
fn service(text: &Text) -> Result<Principal, Fault> {
    let known = text.known_parts();
    let whole = text.is_known();
    if known.contains(['*', '?']) {
        return Err(Fault::new("a wildcard is no service, each service is named"));
    }
    if known.starts_with("arn:") || (whole && AccountRef::is_id(&known)) {
        return Err(Fault::new("identities stand under `AWS`, not under `Service`")
            .or_else(format!("{{\"AWS\": \"{}\"}}", text.shown())));
    }
    if known.contains(char::is_whitespace) || known.contains(['/', ':']) {
        return Err(Fault::new("not the name of a service, such as `logs.amazonaws.com`"));
    }
    if !whole {
        return Ok(Principal::Service(text.clone()));
    }
    if known.is_empty() {
        return Err(Fault::new("an empty text"));
    }
    let lower = known.to_ascii_lowercase();
    if lower != known {
        return Err(Fault::new("the names of services are in lower case").or_else(lower));
    }
    if facts::partition_of_host(&known).is_some() {
        return Ok(Principal::Service(text.clone()));
    }
    let label = known.split('.').next().unwrap_or_default();
    let fault = Fault::new("the name of a service ends with a DNS suffix of AWS, such as `amazonaws.com`");
    let near = !label.is_empty() && (!known.contains('.') || known.contains("amazon"));
    Err(if near { fault.or_else(format!("{label}.amazonaws.com")) } else { fault })
}

#[cfg(test)]
mod tests;
