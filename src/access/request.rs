//! One request: who asks for what, in which circumstances.

/// Who calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// What sort of identity.
    pub kind: CallerKind,
    /// Its ARN; for a service the service principal (`sns.amazonaws.com`).
    pub name: String,
    /// Its account's 12 digits; `None` for services.
    pub account: Option<String>,
}

/// What sort of identity calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CallerKind {
    /// The account's root user.
    Root,
    /// An IAM user.
    User,
    /// A session of a role.
    Session,
    /// A session of `GetFederationToken`.
    FederatedUser,
    /// An AWS service with its own principal.
    Service,
}

/// One request for one action on one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Who calls.
    pub caller: Caller,
    /// The action: `kms:Decrypt`.
    pub action: String,
    /// The ARN of the key; identity policies are matched against it.
    pub key_arn: String,
    /// The key's account's 12 digits.
    pub key_account: String,
    /// Condition keys and their values; names are compared without regard to case. What is not here is missing
    /// from the request.
    pub context: Vec<(String, Vec<String>)>,
}
