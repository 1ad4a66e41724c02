//! What a condition narrows callers to.
//!
//! The table is data: which key narrows to what, and why the others do not. Sources: S3 User Guide, "The meaning of
//! public" (only fixed values count: no wildcard, no policy variable); IAM Access Analyzer (only keys that the caller
//! cannot influence); IAM User Guide, "AWS global condition context keys". What is easy to get wrong: `kms:ViaService`
//! says how a key is used, not by whom; a negated test of an Allow admits everyone else.

/// What a sound test of a key narrows to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Narrows {
    /// The accounts given by 12 digits.
    Accounts,
    /// The principals given by ARN; the account must be literal.
    Principals,
    /// The organisations given by id.
    Orgs,
    /// The organisations given before the first slash.
    OrgPaths,
    /// Identities given by unique id.
    UserId,
    /// Calls of services for resources of the accounts or organisations given; never true for plain users.
    Source,
    /// Calls of services for the resources given by ARN; the account must be literal.
    SourceArn,
    /// The networks given by id.
    Network,
    /// The networks given by address.
    Addresses,
    /// Nobody in particular, for the reason given.
    Nothing(&'static str),
}

/// Keys in lower case; one that ends in `/` or `:` stands for all names that begin so.
pub(super) const TABLE: &[(&str, Narrows)] = &[
    ("kms:calleraccount", Narrows::Accounts),
    ("aws:principalaccount", Narrows::Accounts),
    ("aws:principalarn", Narrows::Principals),
    ("aws:principalorgid", Narrows::Orgs),
    ("aws:principalorgpaths", Narrows::OrgPaths),
    ("aws:userid", Narrows::UserId),
    ("aws:sourceaccount", Narrows::Source),
    ("aws:sourceorgid", Narrows::Source),
    ("aws:sourceorgpaths", Narrows::Source),
    ("aws:sourcearn", Narrows::SourceArn),
    ("aws:sourcevpc", Narrows::Network),
    ("aws:sourcevpce", Narrows::Network),
    ("aws:vpceaccount", Narrows::Network),
    ("aws:vpceorgid", Narrows::Network),
    ("aws:vpceorgpaths", Narrows::Network),
    ("aws:sourceip", Narrows::Addresses),
    ("aws:sourcevpcarn", Narrows::Network),
    (
        "kms:viaservice",
        Narrows::Nothing("says through which service, not who: any account can come through it"),
    ),
    ("aws:resourceaccount", Narrows::Nothing("describes the key itself, so it holds for every caller")),
    ("aws:resourceorgid", Narrows::Nothing("describes the key itself, so it holds for every caller")),
    ("aws:resourceorgpaths", Narrows::Nothing("describes the key itself, so it holds for every caller")),
    ("aws:resourcetag/", Narrows::Nothing("describes the key itself, so it holds for every caller")),
    ("kms:resourcealiases", Narrows::Nothing("describes the key itself, so it holds for every caller")),
    (
        "kms:requestalias",
        Narrows::Nothing("says by which alias the key is called, and the caller chooses that"),
    ),
    ("aws:principaltag/", Narrows::Nothing("is a tag that any account can give to its own identities")),
    ("aws:username", Narrows::Nothing("is a name that any account can give to its own users")),
    ("aws:useragent", Narrows::Nothing("is whatever the caller sends")),
    ("aws:referer", Narrows::Nothing("is whatever the caller sends")),
    ("aws:securetransport", Narrows::Nothing("holds for every call: AWS KMS takes TLS only")),
    ("aws:multifactorauthpresent", Narrows::Nothing("can be true for any account's identities")),
    ("aws:multifactorauthage", Narrows::Nothing("can be met by any account's identities")),
    ("aws:principaltype", Narrows::Nothing("is a sort of identity that every account has")),
    ("aws:requestedregion", Narrows::Nothing("is the key's Region for every caller")),
    ("aws:viaawsservice", Narrows::Nothing("can be met by any account's identities")),
    ("aws:calledvia", Narrows::Nothing("says through which service, not who")),
    ("aws:calledviafirst", Narrows::Nothing("says through which service, not who")),
    ("aws:calledvialast", Narrows::Nothing("says through which service, not who")),
    ("aws:principalisawsservice", Narrows::Nothing("can be met by any account's identities")),
    ("aws:currenttime", Narrows::Nothing("is a time, the same for every caller")),
    ("aws:epochtime", Narrows::Nothing("is a time, the same for every caller")),
    ("aws:tokenissuetime", Narrows::Nothing("is a time that any caller can meet")),
    ("aws:requesttag/", Narrows::Nothing("is whatever the caller sends")),
    ("aws:tagkeys", Narrows::Nothing("is whatever the caller sends")),
    ("aws:vpcsourceip", Narrows::Nothing("is an address inside the caller's own network")),
    ("aws:federatedprovider", Narrows::Nothing("is a name in the caller's own account")),
    ("aws:sourceidentity", Narrows::Nothing("is whatever the caller's own account sets")),
    ("kms:encryptioncontext:", Narrows::Nothing("is an encryption context that any caller can send")),
    ("kms:encryptioncontextkeys", Narrows::Nothing("is an encryption context that any caller can send")),
    ("kms:", Narrows::Nothing("is a parameter of the request or the key, not of the caller")),
];

/// What the key narrows to; `None` for keys that are not in the table.
pub(super) fn narrows(key: &str) -> Option<Narrows> {
    let key = key.to_ascii_lowercase();
    let meant = |name: &str| if name.ends_with(['/', ':']) { key.starts_with(name) } else { key == name };
    TABLE.iter().find(|(name, _)| meant(name)).map(|(_, narrows)| *narrows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_without_regard_to_case_and_prefixes_take_free_text() {
        assert_eq!(narrows("KMS:callerAccount"), Some(Narrows::Accounts));
        assert!(matches!(narrows("kms:EncryptionContext:aws:s3:arn"), Some(Narrows::Nothing(_))));
        assert!(matches!(narrows("aws:PrincipalTag/team"), Some(Narrows::Nothing(_))));
        assert_eq!(narrows("saml:sub"), None);
    }
}
