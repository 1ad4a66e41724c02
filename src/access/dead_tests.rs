//! Tables of what can have no effect where it stands: conditions that nobody meets, actions that do nothing.

use super::testing::{policy, setting, statement};
use super::*;
use crate::logic::Verdict::{self, CannotTell, No, Yes};

const ROLE: &str = r#"{"AWS":"arn:aws:iam::%O:role/app"}"#;
const GRANTEE: &str = r#"{"StringEquals":{"kms:GranteePrincipal":"a"}}"#;

/// What is said of the first condition of a statement.
fn of_first(
    statement: &str,
    ask: fn(&crate::policy::Condition, &crate::policy::Statement) -> Access,
) -> Access {
    let document = policy(statement);
    let statement = &document.statements[0];
    ask(&statement.conditions[0], statement)
}

#[test]
fn a_test_needs_an_action_that_sends_its_key() {
    let ask = |action: &str, condition: &str| {
        let none = of_first(&statement("Allow", ROLE, action, condition), |condition, statement| {
            carried_by_no_action(condition, statement, &setting())
        });
        none.verdict
    };
    for (action, expected) in [
        (r#""kms:Decrypt""#, Yes),
        (r#""kms:CreateGrant""#, No),
        (r#"["kms:Decrypt","kms:CreateGrant"]"#, No),
        (r#""kms:*""#, No),
        (r#""kms:D*""#, Yes),
        (r#"["kms:Decrypt","?act"]"#, No),
        (r#""s3:GetObject""#, No),
    ] {
        assert_eq!(ask(action, GRANTEE), expected, "{action}");
    }
    for (condition, expected) in [
        (r#"{"StringNotEquals":{"kms:GranteePrincipal":"a"}}"#, No),
        (r#"{"StringEqualsIfExists":{"kms:GranteePrincipal":"a"}}"#, No),
        (r#"{"ForAllValues:StringEquals":{"kms:GrantOperations":"Decrypt"}}"#, No),
        (r#"{"ForAnyValue:StringEquals":{"kms:GrantOperations":"Decrypt"}}"#, Yes),
        (r#"{"Bool":{"kms:BypassPolicyLockoutSafetyCheck":"true"}}"#, Yes),
        (r#"{"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#, No),
        (r#"{"StringEquals":{"aws:Unheard":"a"}}"#, No),
        (r#"{"?operator":{"kms:GranteePrincipal":"a"}}"#, No),
        (r#"{"Null":{"kms:GranteePrincipal":"false"}}"#, Yes),
        (r#"{"Null":{"kms:GranteePrincipal":"False"}}"#, Yes),
        (r#"{"Null":{"kms:GranteePrincipal":["false","false"]}}"#, Yes),
        (r#"{"Null":{"kms:GranteePrincipal":"true"}}"#, No),
        (r#"{"Null":{"kms:GranteePrincipal":["false","true"]}}"#, No),
        (r#"{"Null":{"kms:GranteePrincipal":[]}}"#, No),
        (r#"{"Null":{"kms:GranteePrincipal":"?word"}}"#, No),
        (r#"{"Null":{"kms:GranteePrincipal":["false","?word"]}}"#, No),
        (r#"{"Null":{"kms:GranteePrincipal":["false","<?word>"]}}"#, No),
        (r#"{"StringNotEquals":{"kms:GranteePrincipal":"false"}}"#, No),
        (r#"{"StringEqualsIfExists":{"kms:GranteePrincipal":"false"}}"#, No),
    ] {
        assert_eq!(ask(r#""kms:Decrypt""#, condition), expected, "{condition}");
    }
}

#[test]
fn of_several_actions_some_send_no_such_key() {
    let ask = |action: &str, condition: &str| {
        let some = of_first(&statement("Allow", ROLE, action, condition), |condition, statement| {
            not_carried_by_some_action(condition, statement, &setting())
        });
        some.because.into_iter().map(|it| it.fact.to_string()).collect::<Vec<_>>()
    };
    let told = |action: &str| format!("`kms:{action}` does not send `kms:GranteePrincipal`");
    for (action, expected) in [
        (r#"["kms:Decrypt","kms:CreateGrant"]"#, vec![told("Decrypt")]),
        (r#"["kms:Decrypt","kms:CreateGrant","kms:Sign"]"#, vec![told("Decrypt"), told("Sign")]),
        (r#"["kms:De*","kms:CreateGrant"]"#, vec![]),
        (r#"["kms:CreateKey","kms:CreateGrant"]"#, vec![]),
        (r#"["s3:GetObject","kms:CreateGrant"]"#, vec![]),
        (r#"["<?act>","kms:CreateGrant"]"#, vec![]),
        (r#"["kms:CreateGrant",{"?if":"c","then":"kms:Sign","else":"kms:Verify"}]"#, vec![]),
        (r#"["kms:Decrypt","kms:Sign"]"#, vec![]),
        (r#""kms:CreateGrant""#, vec![]),
    ] {
        assert_eq!(ask(action, GRANTEE), expected, "{action}");
    }
    let both = r#"["kms:Decrypt","kms:CreateGrant"]"#;
    assert_eq!(ask(both, r#"{"StringNotEquals":{"kms:GranteePrincipal":"a"}}"#), [""; 0]);
    let others = statement("Allow", ROLE, r#""kms:Decrypt""#, GRANTEE).replace("Action", "NotAction");
    let of_others = of_first(&others, |it, statement| not_carried_by_some_action(it, statement, &setting()));
    assert_eq!(of_others.verdict, No);
}

#[test]
fn a_test_needs_a_principal_whose_requests_have_its_key() {
    let service = r#"{"Service":"sns.amazonaws.com"}"#;
    let ask = |principal: &str, condition: &str| {
        of_first(&statement("Allow", principal, r#""kms:Decrypt""#, condition), carried_for_no_principal)
            .verdict
    };
    let equals = |key: &str| format!(r#"{{"StringEquals":{{"{key}":"a"}}}}"#);
    for (key, service_has_it, identity_has_it) in [
        ("kms:ViaService", false, true),
        ("aws:PrincipalOrgID", false, true),
        ("aws:PrincipalTag/team", false, true),
        ("aws:SourceArn", true, false),
        ("aws:SourceAccount", true, false),
        ("aws:SourceOrgID", true, false),
        ("aws:SourceVpce", true, true),
        ("aws:Unheard", true, true),
    ] {
        let never = |has: bool| if has { No } else { Yes };
        assert_eq!(ask(service, &equals(key)), never(service_has_it), "{key}");
        for identity in [ROLE, r#"{"AWS":"%F"}"#, r#"{"AWS":["%O","arn:aws:iam::%O:user/ann"]}"#] {
            assert_eq!(ask(identity, &equals(key)), never(identity_has_it), "{key} {identity}");
        }
        for both in [
            r#"{"Service":"sns.amazonaws.com","AWS":"%O"}"#,
            r#""*""#,
            r#"{"AWS":[]}"#,
            r#"{"AWS":["%O","<?who>"]}"#,
            r#"{"AWS":["%O","?who"]}"#,
            r#""?principals""#,
        ] {
            assert_eq!(ask(both, &equals(key)), No, "{key} {both}");
        }
        let negated = equals(key).replace("StringEquals", "StringNotEquals");
        assert_eq!((ask(service, &negated), ask(ROLE, &negated)), (No, No), "{key}");
        for principal in [service, ROLE] {
            let others = statement("Allow", principal, r#""kms:Decrypt""#, &equals(key));
            let others = others.replace("Principal\":", "NotPrincipal\":");
            assert_eq!(of_first(&others, carried_for_no_principal).verdict, No, "{others}");
        }
    }
}

#[test]
fn a_key_has_one_value_or_several() {
    let of = |key: &str| {
        let own = statement("Allow", ROLE, r#""kms:*""#, &format!(r#"{{"StringEquals":{{"{key}":"a"}}}}"#));
        of_first(&own, |condition, _| has_one_value(condition))
    };
    for (key, expected) in [
        ("aws:SourceIp", Yes),
        ("kms:EncryptionContext:app", Yes),
        ("kms:EncryptionContextKeys", No),
        ("aws:TagKeys", No),
        ("aws:Unheard", No),
    ] {
        assert_eq!(of(key).verdict, expected, "{key}");
    }
}

#[test]
fn some_actions_work_in_their_own_account_only() {
    let ask = |principal: &str, action: &str| {
        let document = policy(&statement("Allow", principal, action, ""));
        let statement = &document.statements[0];
        let action = &statement.actions.as_ref().unwrap().items[0];
        not_across_accounts(action, statement, &document, &setting()).verdict
    };
    let foreign = r#"{"AWS":"%F"}"#;
    for (action, expected) in [
        (r#""kms:PutKeyPolicy""#, Yes),
        (r#""KMS:putkeypolicy""#, Yes),
        (r#""kms:Decrypt""#, No),
        (r#""kms:Put*""#, No),
        (r#""kms:CreateKey""#, No),
        (r#""s3:PutObject""#, No),
        (r#""PutKeyPolicy""#, No),
        (r#""s3:PutKeyPolicy""#, No),
        (r#""<?act>""#, CannotTell),
    ] {
        assert_eq!(ask(foreign, action), expected, "{action}");
    }
    for (principal, expected) in [
        (r#"{"AWS":"arn:aws:iam::%F:role/a"}"#, Yes),
        (r#"{"AWS":["%F","777788889999"]}"#, Yes),
        (r#"{"AWS":["%F","%O"]}"#, No),
        (r#"{"AWS":["%F","?account"]}"#, CannotTell),
        (r#"{"AWS":"%F","Service":"sns.amazonaws.com"}"#, No),
        (r#"{"AWS":["%F","?who"]}"#, No),
        (r#""*""#, No),
        (r#"{"AWS":[]}"#, No),
    ] {
        assert_eq!(ask(principal, r#""kms:PutKeyPolicy""#), expected, "{principal}");
    }
    let others =
        statement("Allow", foreign, r#""kms:PutKeyPolicy""#, "").replace("Principal", "NotPrincipal");
    let document = policy(&others);
    let statement = &document.statements[0];
    let action = &statement.actions.as_ref().unwrap().items[0];
    let verdict: Verdict = not_across_accounts(action, statement, &document, &setting()).verdict;
    assert_eq!(verdict, No);
}

#[test]
fn what_is_dead_is_told_with_its_reason() {
    let facts = |statement: &str, ask: fn(&crate::policy::Condition, &crate::policy::Statement) -> Access| {
        of_first(statement, ask).because.into_iter().map(|it| it.fact.to_string()).collect::<Vec<_>>()
    };
    let none = statement("Allow", ROLE, r#""kms:Decrypt""#, GRANTEE);
    let of_none = facts(&none, |condition, statement| carried_by_no_action(condition, statement, &setting()));
    assert_eq!(of_none, ["`kms:GranteePrincipal` is sent with none of these actions"]);
    let source = r#"{"StringEquals":{"aws:SourceAccount":"%O"}}"#;
    let identity = facts(&statement("Allow", ROLE, r#""kms:Decrypt""#, source), carried_for_no_principal);
    assert_eq!(identity, ["`aws:SourceAccount` is set only when a service calls for itself"]);
    let via = r#"{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}"#;
    let service = statement("Allow", r#"{"Service":"sns.amazonaws.com"}"#, r#""kms:Decrypt""#, via);
    let told = facts(&service, carried_for_no_principal);
    assert_eq!(told, ["`kms:ViaService` is not set when a service calls for itself"]);
}
