//! ARNs of resources and data sources, as far as source tells them: the provider's partition, Region and account, and the
//! name that is written (Service Authorization Reference, "Resource types defined by" each service).
//!
//! What is easy to get wrong: the ARN of a KMS key ends in an id that AWS makes, and policies ask whose ARN it is, so it
//! stays that key's attribute and has no row here.

use super::eval::{Eval, Resource};
use super::provider;
use super::symbol::{account, outside, own_name, partition};
use crate::source::Span;
use crate::value::{Kind, Reason, Symbol, Text, Unknown, Value};

/// Type, the attributes that are its ARN, the argument that names it (of the data source too), and the shape.
type Row = (&'static str, &'static [&'static str], &'static str, &'static str);

const ROWS: [Row; 24] = [
    ("aws_s3_bucket", &["arn"], "bucket", "arn:{partition}:s3:::{name}"),
    ("aws_sns_topic", &["arn", "id"], "name", "arn:{partition}:sns:{region}:{account}:{name}"),
    ("aws_sqs_queue", &["arn"], "name", "arn:{partition}:sqs:{region}:{account}:{name}"),
    (
        "aws_cloudwatch_log_group",
        &["arn"],
        "name",
        "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    ),
    (
        "aws_lambda_function",
        &["arn"],
        "function_name",
        "arn:{partition}:lambda:{region}:{account}:function:{name}",
    ),
    (
        "aws_cloudfront_distribution",
        &["arn"],
        "id",
        "arn:{partition}:cloudfront::{account}:distribution/{name}",
    ),
    (
        "aws_cloudfront_origin_access_identity",
        &["iam_arn"],
        "id",
        "arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity {name}",
    ),
    ("aws_dynamodb_table", &["arn"], "name", "arn:{partition}:dynamodb:{region}:{account}:table/{name}"),
    ("aws_cloudtrail", &["arn"], "name", "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"),
    (
        "aws_secretsmanager_secret",
        &["arn", "id"],
        "name",
        "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{made}",
    ),
    ("aws_ecr_repository", &["arn"], "name", "arn:{partition}:ecr:{region}:{account}:repository/{name}"),
    ("aws_eks_cluster", &["arn"], "name", "arn:{partition}:eks:{region}:{account}:cluster/{name}"),
    ("aws_kinesis_stream", &["arn"], "name", "arn:{partition}:kinesis:{region}:{account}:stream/{name}"),
    (
        "aws_kinesis_firehose_delivery_stream",
        &["arn"],
        "name",
        "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
    ),
    (
        "aws_sfn_state_machine",
        &["arn", "id"],
        "name",
        "arn:{partition}:states:{region}:{account}:stateMachine:{name}",
    ),
    (
        "aws_codebuild_project",
        &["arn", "id"],
        "name",
        "arn:{partition}:codebuild:{region}:{account}:project/{name}",
    ),
    ("aws_codepipeline", &["arn"], "name", "arn:{partition}:codepipeline:{region}:{account}:{name}"),
    ("aws_backup_vault", &["arn"], "name", "arn:{partition}:backup:{region}:{account}:backup-vault:{name}"),
    (
        "aws_cloudwatch_metric_alarm",
        &["arn"],
        "alarm_name",
        "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
    ),
    ("aws_db_instance", &["arn"], "identifier", "arn:{partition}:rds:{region}:{account}:db:{name}"),
    (
        "aws_rds_cluster",
        &["arn"],
        "cluster_identifier",
        "arn:{partition}:rds:{region}:{account}:cluster:{name}",
    ),
    ("aws_opensearch_domain", &["arn"], "domain_name", "arn:{partition}:es:{region}:{account}:domain/{name}"),
    ("aws_iam_saml_provider", &["arn", "id"], "name", "arn:{partition}:iam::{account}:saml-provider/{name}"),
    (
        "aws_iam_service_linked_role",
        &["arn", "id"],
        "aws_service_name",
        "arn:{partition}:iam::{account}:role/aws-service-role/{name}/{made}",
    ),
];

/// The ARN that an attribute of a resource or data source is; `None`: it is none, or nothing is known of its shape.
pub(super) fn of(eval: &Eval<'_>, resource: &Resource<'_>, attribute: &str, span: Span) -> Option<Text> {
    let (_, _, argument, shape) = ROWS.iter().find(|(type_name, attributes, ..)| {
        *type_name == resource.type_name() && attributes.contains(&attribute)
    })?;
    let name = named(eval, resource, argument, span)?;
    let mut parts = Vec::new();
    let mut rest = *shape;
    while let Some((before, (slot, after))) =
        rest.split_once('{').and_then(|(before, behind)| Some((before, behind.split_once('}')?)))
    {
        parts.push(Text::made(before, span));
        parts.push(match slot {
            "partition" => partition(span),
            "region" => region(eval, resource, span),
            "account" => account(eval, resource, span),
            "made" => Text::unknown(not_known(resource, attribute, Symbol::Name, span)),
            _ => name.clone(),
        });
        rest = after;
    }
    parts.push(Text::made(rest, span));
    Some(Text::concat(&parts))
}

/// Its name. A data source may be asked by an ARN instead, of which the shape tells nothing.
fn named(eval: &Eval<'_>, resource: &Resource<'_>, argument: &str, span: Span) -> Option<Text> {
    if let Some(written) = eval.configured(resource, argument).filter(|written| !written.is_null()) {
        return match &written.kind {
            // Names of log groups and repositories hold slashes.
            Kind::Unknown(unknown) => {
                let symbol = match &unknown.symbol {
                    Symbol::Anything => Symbol::AnyText,
                    known => known.clone(),
                };
                Some(Text::unknown(Unknown { symbol, ..unknown.clone() }))
            }
            Kind::Text(text) if !text.known_parts().contains(':') => Some(text.clone()),
            _ => None,
        };
    }
    Some(own_name(eval, resource, argument, reason(resource), span))
}

fn reason(resource: &Resource<'_>) -> Reason {
    if &*resource.block.kind.text == "data" { Reason::ReadOutside } else { Reason::AfterApply }
}

fn not_known(resource: &Resource<'_>, attribute: &str, symbol: Symbol, span: Span) -> Unknown {
    let name = format!("{}.{attribute}", resource.address).into();
    Unknown { reason: reason(resource), name, span, symbol }
}

/// The Region of a resource: its own, or its provider's. Where only the default provider could tell and does not, it is
/// the Region that is deployed to.
fn region(eval: &Eval<'_>, resource: &Resource<'_>, span: Span) -> Text {
    let own = eval.configured(resource, "region").and_then(|region| region.as_text().cloned());
    let apart = resource.block.body.attribute("provider").is_some();
    let provided = || provider::of(resource).region(eval).filter(|region| apart || region.is_known());
    own.or_else(provided).unwrap_or_else(|| outside("region", Symbol::Region, span))
}

/// The ARN of a policy that is looked up: AWS's own or the account's, under any path.
pub(super) fn of_policy(eval: &Eval<'_>, resource: &Resource<'_>, span: Span) -> Text {
    let open = |name: &str| Text::unknown(not_known(resource, name, Symbol::AnyText, span));
    Text::concat(&[
        Text::made("arn:", span),
        partition(span),
        Text::made(":iam::", span),
        open("account"),
        Text::made(":policy/", span),
        open("path"),
        own_name(eval, resource, "name", Reason::ReadOutside, span),
    ])
}

/// `aws_iam_session_context.issuer_arn`: the role behind a session, or the identity itself. The provider looks the role up,
/// since a session's ARN leaves its path out.
pub(super) fn of_issuer(eval: &Eval<'_>, resource: &Resource<'_>, span: Span) -> Option<Text> {
    let given = eval.configured(resource, "arn")?;
    let given = given.as_text()?;
    let fields = fields(given, span)?;
    let [_, partition, service, _, account, identity] = fields.as_slice() else { return None };
    let behind = |identity: Text| {
        let made = |text| Text::made(text, span);
        Text::concat(&[made("arn:"), partition.clone(), made(":iam::"), account.clone(), made(":"), identity])
    };
    let open = |name: &str, symbol| Text::unknown(not_known(resource, name, symbol, span));
    match (service.known().as_deref(), identity.known()) {
        (Some("sts"), Some(session)) => {
            let name = session.strip_prefix("assumed-role/")?.split('/').next()?.to_owned();
            let role = [Text::made("role/", span), open("path", Symbol::AnyText), Text::made(name, span)];
            Some(behind(Text::concat(&role)))
        }
        (Some("iam"), Some(_)) => Some(given.clone()),
        _ => Some(behind(open("issuer_arn", Symbol::AnyText))),
    }
}

/// An attribute of `aws_arn`: a field of the ARN that it is given.
pub(super) fn field(eval: &Eval<'_>, resource: &Resource<'_>, name: &str, span: Span) -> Option<Value> {
    let at =
        ["arn", "partition", "service", "region", "account", "resource"].iter().position(|of| *of == name)?;
    let given = eval.configured(resource, "arn")?;
    let field = fields(given.as_text()?, span)?.into_iter().nth(at)?;
    Some(Value { trail: given.trail.clone(), ..Value::text(field, span) })
}

/// The six fields of an ARN; `None` where something that is not known may hold a colon before the last one.
fn fields(arn: &Text, span: Span) -> Option<Vec<Text>> {
    let mut fields = vec![Vec::new()];
    for piece in arn.pieces() {
        match piece {
            crate::value::Piece::Known(known, _) => {
                let left = 6usize.checked_sub(fields.len())? + 1;
                for (at, part) in known.splitn(left.max(1), ':').enumerate() {
                    if at > 0 {
                        fields.push(Vec::new());
                    }
                    fields.last_mut()?.push(Text::made(part, span));
                }
            }
            crate::value::Piece::Unknown(unknown) => {
                let whole = matches!(unknown.symbol, Symbol::Anything | Symbol::Attribute { .. });
                if whole && fields.len() < 6 {
                    return None;
                }
                fields.last_mut()?.push(Text::unknown(unknown.clone()));
            }
        }
    }
    let starts = fields.first()?.first()?.known().as_deref() == Some("arn");
    (starts && fields.len() == 6).then(|| fields.iter().map(Text::concat).collect())
}

#[cfg(test)]
mod tests {
    use crate::input::terraform::{Answer, Given, Session, console};
    use crate::source::Disk;
    use crate::value::{Kind, Value};
    use std::sync::Arc;

    const FILE: &str = r#"
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias = "us"
  region = var.there
  allowed_account_ids = ["111122223333"]
}
variable "there" {}
variable "name" {}
resource "aws_secretsmanager_secret" "s" {
  name_prefix = "in-"
  provider = aws.us
}
resource "aws_cloudwatch_log_group" "g" { name = "/app/${var.name}" }
resource "aws_cloudfront_distribution" "d" {}
resource "aws_s3_bucket" "b" { bucket = "files" }
resource "aws_organizations_account" "a" {}
data "aws_lambda_function" "f" { function_name = "arn:aws:lambda:eu-west-1:111122223333:function:f" }
data "aws_sns_topic" "t" { name = "old" }
data "aws_caller_identity" "me" {}
data "aws_iam_session_context" "me" { arn = data.aws_caller_identity.me.arn }
data "aws_iam_session_context" "known" { arn = "arn:aws:sts::111122223333:assumed-role/Deploy/ci" }
data "aws_iam_policy" "p" { name = "Boundary" }
data "aws_arn" "a" { arn = aws_iam_role.r.arn }
resource "aws_iam_role" "r" { name = "app" }
data "aws_service_principal" "logs" { service_name = "logs" }
data "aws_organizations_organization" "o" {}
"#;

    fn shown(value: &Value) -> String {
        match &value.kind {
            Kind::Text(text) => text.shown(),
            Kind::List(list) => list.items.iter().map(shown).collect::<Vec<_>>().join(", "),
            Kind::Bool(value) => value.to_string(),
            Kind::Unknown(unknown) => format!("${{{:?}}}", unknown.symbol),
            other => format!("{other:?}"),
        }
    }

    fn values(exprs: &[&str]) -> Vec<String> {
        let disk = Disk::memory([("main.tf", FILE)], Arc::default());
        let session = Session::new(&disk);
        let told = |answer| match answer {
            Answer::Value(value) => shown(&value),
            other => format!("{other:?}"),
        };
        console(&session, "", &Given::default(), |console| {
            exprs.iter().map(|expr| told(console.evaluate(expr))).collect()
        })
        .unwrap()
    }

    #[test]
    fn arns_have_what_source_tells_of_them() {
        let cases = [
            (
                "aws_secretsmanager_secret.s.arn",
                "arn:${partition}:secretsmanager:${var.there}:111122223333:secret:\
                 in-${aws_secretsmanager_secret.s.name}-${aws_secretsmanager_secret.s.arn}",
            ),
            (
                "aws_cloudwatch_log_group.g.arn",
                "arn:${partition}:logs:eu-west-1:${account}:log-group:/app/${var.name}",
            ),
            (
                "aws_cloudfront_distribution.d.arn",
                "arn:${partition}:cloudfront::${account}:distribution/${aws_cloudfront_distribution.d.id}",
            ),
            ("aws_s3_bucket.b.arn", "arn:${partition}:s3:::files"),
            ("aws_organizations_account.a.id", "${SomeAccount}"),
            ("data.aws_lambda_function.f.arn", "${Anything}"),
            ("data.aws_sns_topic.t.arn", "arn:${partition}:sns:eu-west-1:${account}:old"),
            (
                "data.aws_iam_session_context.me.issuer_arn",
                "arn:${partition}:iam::${account}:${data.aws_iam_session_context.me.issuer_arn}",
            ),
            (
                "data.aws_iam_session_context.known.issuer_arn",
                "arn:aws:iam::111122223333:role/${data.aws_iam_session_context.known.path}Deploy",
            ),
            (
                "data.aws_iam_policy.p.arn",
                "arn:${partition}:iam::${data.aws_iam_policy.p.account}:policy/${data.aws_iam_policy.p.path}Boundary",
            ),
            ("data.aws_arn.a.resource", "role/app"),
            ("data.aws_arn.a.account", "${account}"),
            ("data.aws_service_principal.logs.name", "logs.${dns_suffix}"),
            ("[for a in data.aws_organizations_organization.o.accounts : a.id]", "${SomeAccount}"),
            ("length(data.aws_organizations_organization.o.accounts) > 0", "true"),
        ];
        let exprs = cases.map(|(expr, _)| expr);
        for ((expr, expected), found) in cases.iter().zip(values(&exprs)) {
            assert_eq!(found, *expected, "{expr}");
        }
    }

    #[test]
    fn what_cannot_be_null_or_empty_is_decided_as_terraform_does() {
        let cases = [
            ("upper(var.name) != null", "true"),
            ("jsonencode([var.name]) != null", "true"),
            ("length(toset([var.name, \"x\"])) > 0", "true"),
            ("length(toset([var.name, \"x\"])) == 0", "false"),
            ("0 < length(concat([\"x\"], var.name[*]))", "true"),
            ("toset([var.name]) == toset([])", "false"),
            ("var.name != null", "${Anything}"),
        ];
        let exprs = cases.map(|(expr, _)| expr);
        for ((expr, expected), found) in cases.iter().zip(values(&exprs)) {
            assert_eq!(found, *expected, "{expr}");
        }
    }
}
