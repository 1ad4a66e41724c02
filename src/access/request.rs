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
    /// from the request, but for `aws:PrincipalArn`, `aws:PrincipalAccount` and `kms:CallerAccount`, which are in
    /// every request of an identity and follow from the caller.
    pub context: Vec<(String, Vec<String>)>,
}

impl Caller {
    /// The caller with this ARN, or the service with this name; `None` for what cannot call (a group, a role that
    /// nobody has assumed: IAM User Guide, "Principal").
    pub fn of_arn(name: &str) -> Option<Self> {
        let fields: Vec<&str> = name.splitn(6, ':').collect();
        let [_, _, service, _, account, resource] = fields.as_slice() else {
            let service = name.contains('.') && !name.contains([':', '/']);
            let kind = CallerKind::Service;
            return service.then(|| Self { kind, name: name.to_owned(), account: None });
        };
        let kind = match (*service, resource.split('/').next().unwrap_or_default()) {
            ("iam", "root") => CallerKind::Root,
            ("iam", "user") => CallerKind::User,
            ("sts", "assumed-role") => CallerKind::Session,
            ("sts", "federated-user") => CallerKind::FederatedUser,
            _ => return None,
        };
        Some(Self { kind, name: name.to_owned(), account: Some((*account).to_owned()) })
    }

    /// The same; the ARN of a role stands for a session of it.
    pub fn standing_for(name: &str) -> Option<Self> {
        let Some((before, role)) = name.split_once(":role/") else { return Self::of_arn(name) };
        let before = before.replacen(":iam:", ":sts:", 1);
        Self::of_arn(&format!("{before}:assumed-role/{}/session", role.rsplit('/').next()?))
    }

    /// The value of `aws:PrincipalArn`: for a session the ARN of its role, without the role's path, which a session
    /// does not tell.
    fn principal_arn(&self) -> String {
        match (self.kind, self.role()) {
            (CallerKind::Session, Some(role)) => {
                let partition = self.name.split(':').nth(1).unwrap_or("aws");
                format!("arn:{partition}:iam::{}:role/{role}", self.account.as_deref().unwrap_or_default())
            }
            _ => self.name.clone(),
        }
    }

    /// The name of a session's role; names are unique in an account whatever their path.
    pub(super) fn role(&self) -> Option<&str> {
        let (_, rest) = self.name.split_once(":assumed-role/")?;
        rest.split('/').next()
    }
}

impl Request {
    /// The values of a condition key; none when it is missing.
    pub(super) fn values(&self, key: &str) -> Vec<String> {
        let given = self.context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        if let Some((_, values)) = given {
            return values.clone();
        }
        let Some(account) = &self.caller.account else { return Vec::new() };
        match key.to_ascii_lowercase().as_str() {
            "aws:principalarn" => vec![self.caller.principal_arn()],
            "aws:principalaccount" | "kms:calleraccount" => vec![account.clone()],
            _ => Vec::new(),
        }
    }
}
