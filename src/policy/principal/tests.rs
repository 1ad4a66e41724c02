use super::*;
use crate::policy::testing::{known, mixed};

fn aws(text: &str) -> (Principal, Option<Fault>) {
    classify(&known(text), PrincipalType::Aws)
}

fn fact(text: &str) -> String {
    aws(text).1.map_or_else(|| panic!("{text} is accepted"), |fault| fault.fact)
}

fn service(text: &str) -> Option<Fault> {
    classify(&known(text), PrincipalType::Service).1
}

#[test]
fn legal_forms() {
    let id = "111122223333";
    assert_eq!(aws("*"), (Principal::Everyone, None));
    for account in [id, "arn:aws:iam::111122223333:root", "arn:aws-eusc:iam::111122223333:root"] {
        assert_eq!(aws(account), (Principal::Account(AccountRef::Id(id.into())), None));
    }
    assert!(matches!(aws("arn:aws:iam::111122223333:role/a/b").0, Principal::Role(_)));
    assert!(matches!(aws("arn:aws-cn:iam::111122223333:user/alice").0, Principal::User(_)));
    assert!(matches!(aws("arn:aws:sts::111122223333:assumed-role/App/s").0, Principal::Session(_)));
    assert!(matches!(aws("arn:aws:sts::111122223333:federated-user/x").0, Principal::FederatedUser(_)));
    assert!(matches!(aws("AROAEXAMPLEID1234567").0, Principal::UniqueId(_)));
    assert!(aws("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1").1.is_none());
}

#[test]
fn malformed_forms_say_what_is_wrong() {
    assert_eq!(fact("arn:aws:iam::123:root"), "the account id has 3 digits, not 12");
    assert_eq!(fact("11112222333"), "the account id has 11 digits, not 12");
    for wild in ["arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:root", "arn:aws:sts::1:assumed-role/a/*"]
    {
        assert!(fact(wild).starts_with("a wildcard cannot stand inside"), "{wild}");
    }
    assert!(fact("arn:aws:iam::111122223333:group/g").contains("group"));
    assert!(fact("arn:aws:iam::111122223333:policy/p").contains("policy"));
    assert!(fact("sns.amazonaws.com").contains("`Service`"));
    assert!(fact("arn:aws:s3:::bucket").contains("`s3`"));
    for (text, expected) in [
        ("arn:aws:iam::1:root", "the account id has 1 digit, not 12"),
        ("arn:aws:iam::1111 2222 3333:root", "twelve digits, with nothing between"),
        ("arn:aws:iam::111122223333x:root", "is not an id of 12 digits"),
        ("arn:aws:iam::1111-22:root", "is not an id of 12 digits"),
        ("arn:aws:iam:::root", "the account id is missing"),
        ("arn:aws:::111122223333:root", "names no service"),
        ("arn:aws:iam::111122223333:", "names no identity"),
        ("arn:aws:iam::111122223333:role", "names no role"),
        ("arn:aws:iam::111122223333:user", "names no user"),
        ("arn:aws:iam::111122223333:role/", "names no role"),
        ("arn:aws:iam::111122223333:user/path/", "names no user"),
        ("arn:aws:iam::111122223333:saml-provider/x", "identity provider"),
        ("arn:aws:iam::111122223333:oidc-provider/x", "identity provider"),
        ("arn:aws:iam::111122223333:mfa/x", "not the ARN of an identity"),
        ("arn:aws:iam::111122223333:u2f/x", "not the ARN of an identity"),
        ("arn:aws:iam::111122223333:assumed-role/a/b", "belongs to the service `sts`"),
        ("arn:aws:sts::111122223333:role/a", "belongs to the service `iam`"),
        ("arn:aws:sts::111122223333:user/a", "belongs to the service `iam`"),
        ("arn:aws:sts::111122223333:federated-user/", "names no federated user"),
        ("arn:aws:sts::111122223333:assumed-role", "names no session"),
        ("arn:aws:sts::111122223333:assumed-role/", "names one session"),
        ("arn:aws:sts::111122223333:assumed-role/a/", "names one session"),
        ("arn:aws:sts::111122223333:assumed-role//b", "names one session"),
        ("arn:aws:sts::111122223333:session/a", "is no kind of identity"),
    ] {
        assert!(fact(text).contains(expected), "{text}: {}", fact(text));
    }
    assert!(fact("arn:aws:sts::111122223333:assumed-role/a/b/c").contains("path"));
    assert!(fact("arn:amazon:iam::111122223333:root").contains("partition"));
    assert!(fact("arn:aws:iam:eu-west-1:111122223333:root").contains("Region"));
    for text in
        ["", " * ", "alice", "app*", "arn:aws:iam::111122223333", "arn:aws:iam::111122223333:", "ARN:x"]
    {
        assert!(aws(text).1.is_some(), "{text}");
    }
}

#[test]
fn malformed_forms_have_a_better_one() {
    let better = |text: &str| aws(text).1.and_then(|fault| fault.suggestion).unwrap();
    assert_eq!(better("arn:aws:iam::1111-2222-3333:root"), "arn:aws:iam::111122223333:root");
    assert_eq!(better("arn:aws:iam::111122223333:Root"), "arn:aws:iam::111122223333:root");
    assert_eq!(better("arn:aws:iam::111122223333:roles/a"), "arn:aws:iam::111122223333:role/a");
    assert_eq!(better("arn:aws:sts::111122223333:assumed-role/App"), "arn:aws:iam::111122223333:role/App");
    assert_eq!(better("arn:aws:iam::111122223333:instance-profile/p"), "arn:aws:iam::111122223333:role/p");
    assert_eq!(better("arn:awscn:iam::111122223333:root"), "aws-cn");
    assert_eq!(
        better("arn:aws:iam::111122223333:assumed-role/a/b"),
        "arn:aws:sts::111122223333:assumed-role/a/b"
    );
    assert_eq!(better("arn:aws:sts::111122223333:role/a"), "arn:aws:iam::111122223333:role/a");
    assert_eq!(better("arn:aws:iam::1111 2222 3333:root"), "arn:aws:iam::111122223333:root");
    assert_eq!(
        better("arn:aws:sts::111122223333:assumed-roles/a/b"),
        "arn:aws:sts::111122223333:assumed-role/a/b"
    );
    assert_eq!(aws("arn:aws:sts::111122223333:assumed-role/").1.unwrap().suggestion, None);
}

#[test]
fn services() {
    for legal in ["sns.amazonaws.com", "logs.eu-west-1.amazonaws.com", "ec2.amazonaws.com.cn", "x.c2s.ic.gov"]
    {
        assert_eq!(service(legal), None);
    }
    for wrong in
        ["*", "*.amazonaws.com", "arn:aws:iam::111122223333:root", "", "a b.amazonaws.com", "lambda.com"]
    {
        assert!(service(wrong).is_some(), "{wrong}");
    }
    assert_eq!(service("SNS.amazonaws.com").unwrap().suggestion.as_deref(), Some("sns.amazonaws.com"));
    assert_eq!(service("lambda").unwrap().suggestion.as_deref(), Some("lambda.amazonaws.com"));
    assert_eq!(service("lambda.amazon.com").unwrap().suggestion.as_deref(), Some("lambda.amazonaws.com"));
}

#[test]
fn what_is_not_known_is_never_guessed() {
    let of = |pieces: &[&str]| classify(&mixed(pieces), PrincipalType::Aws);
    assert_eq!(of(&["arn:", "?partition", ":iam::", "?own", ":root"]).0, Principal::Account(AccountRef::Own));
    let account = of(&["arn:aws:iam::", "?text", ":root"]).0;
    assert!(matches!(account, Principal::Account(AccountRef::Unknown(_))));
    assert!(matches!(of(&["arn:aws:iam::111122223333:role/", "?text"]).0, Principal::Role(_)));
    assert!(matches!(of(&["arn:aws:iam::111122223333:", "?text"]).0, Principal::Someone(_)));
    assert!(matches!(of(&["?text", ":root"]).0, Principal::Someone(_)));
    assert!(matches!(of(&["arn:aws:iam::", "?text"]).0, Principal::Someone(_)));
    assert_eq!(of(&["?own"]).0, Principal::Account(AccountRef::Own));
    assert!(matches!(of(&["?attribute"]).0, Principal::Someone(_)));
    assert!(matches!(of(&["?name"]).0, Principal::Someone(_)));
    for open in [&["?text"][..], &["?any"], &["?text", "?any"], &["*", "?text"]] {
        assert!(matches!(of(open), (Principal::Unknown(_), None)), "{open:?}");
    }
    assert!(matches!(of(&["*", "?name"]).0, Principal::Someone(_)));
}

#[test]
fn what_is_known_may_be_wrong_whatever_the_rest() {
    let of = |pieces: &[&str]| classify(&mixed(pieces), PrincipalType::Aws).1;
    assert!(of(&["arn:aws:iam::", "?account", ":role/*"]).is_some());
    assert!(of(&["arn:aws:iam::", "?account", ":group/x"]).is_some());
    assert!(of(&["arn:aws:iam::", "?account", ":root"]).is_none());
    let services = |pieces: &[&str]| classify(&mixed(pieces), PrincipalType::Service).1;
    assert!(services(&["logs.", "?region", ".amazonaws.com"]).is_none());
    assert!(services(&["*.", "?region", ".amazonaws.com"]).is_some());
}

const LEGAL: [&str; 9] = [
    "*",
    "111122223333",
    "arn:aws:iam::111122223333:root",
    "arn:aws-cn:iam::111122223333:role/path/app",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/App/session",
    "arn:aws:sts::111122223333:federated-user/bob",
    "AROAEXAMPLEID1234567",
    "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
];

#[test]
fn an_unknown_part_never_makes_a_legal_principal_wrong() {
    for legal in LEGAL {
        for start in 0..legal.len() {
            for end in start..=legal.len() {
                let text = mixed(&[legal.get(..start).unwrap(), "?text", legal.get(end..).unwrap()]);
                let (principal, fault) = classify(&text, PrincipalType::Aws);
                assert_eq!(fault, None, "{}", text.shown());
                assert!(!matches!(principal, Principal::Everyone));
                if legal == "*" {
                    assert!(matches!(principal, Principal::Unknown(_)), "{}", text.shown());
                }
            }
        }
    }
    let host = "logs.eu-west-1.amazonaws.com";
    for start in 0..host.len() {
        for end in start..=host.len() {
            let text = mixed(&[host.get(..start).unwrap(), "?text", host.get(end..).unwrap()]);
            assert_eq!(classify(&text, PrincipalType::Service).1, None, "{}", text.shown());
        }
    }
}

#[test]
fn unique_ids_have_a_shape() {
    let is_one = |text: &str| matches!(aws(text).0, Principal::UniqueId(_));
    for id in ["AROAEXAMPLEID123", "AIDAEXAMPLEID1234567", "AGPAEXAMPLEID1234567", "AIPAEXAMPLEID1234567"] {
        assert!(is_one(id), "{id}");
    }
    for other in [
        "AROAEXAMPLEID12",
        "ABCDEXAMPLEID1234567",
        "AROAexampleid1234567",
        "AROAEXAMPLE-ID123456",
        "AROA",
        "",
    ] {
        assert!(!is_one(other), "{other}");
    }
}

#[test]
fn what_is_no_identity_says_what_it_is() {
    for (text, expected) in [
        ("arn:aws:iam::111122223333:group/g", "a group is no principal, name its users or a role"),
        ("arn:aws:iam::111122223333:policy/p", "a policy is no principal, name a role or user"),
        (
            "arn:aws:iam::111122223333:instance-profile/p",
            "an instance profile is no principal, name its role",
        ),
        ("arn:aws:iam::111122223333:server-certificate/c", "not the ARN of an identity"),
        ("arn:aws:iam::111122223333:sms-mfa/c", "not the ARN of an identity"),
    ] {
        assert_eq!(fact(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_service_says_what_it_is() {
    let name = "not the name of a service, such as `logs.amazonaws.com`";
    let suffix = "the name of a service ends with a DNS suffix of AWS, such as `amazonaws.com`";
    let identity = "identities stand under `AWS`, not under `Service`";
    for (text, expected) in [
        ("*.amazonaws.com", "a wildcard is no service, each service is named"),
        ("s?s.amazonaws.com", "a wildcard is no service, each service is named"),
        ("arn:aws:iam::111122223333:root", identity),
        ("111122223333", identity),
        ("11112222333", suffix),
        ("a b.amazonaws.com", name),
        ("https://logs.amazonaws.com", name),
        ("logs.amazonaws.com/", name),
        ("logs:amazonaws.com", name),
        ("", "an empty text"),
        ("Logs.amazonaws.com", "the names of services are in lower case"),
        ("lambda.com", suffix),
    ] {
        assert_eq!(service(text).unwrap().fact, expected, "{text}");
    }
    assert_eq!(service("lambda.com").unwrap().suggestion, None);
    let open = mixed(&["arn:aws:iam::", "?account", ":root"]);
    assert!(classify(&open, PrincipalType::Service).1.is_some());
    for open in [&["logs.", "?region", ".amazonaws.com"][..], &["1111", "?text"], &["?text"]] {
        assert_eq!(classify(&mixed(open), PrincipalType::Service).1, None, "{open:?}");
    }
}
