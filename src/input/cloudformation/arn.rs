//! Names and ARNs that follow from what is written, of resources other than identities.
//!
//! Only a written name counts: what CloudFormation names itself stays an attribute of that one resource, which is told
//! apart from all others. Shapes are those of the Service Authorization Reference, "Resource types defined by" each
//! service; which attribute gives what stands under "Return values" of each resource type.

use super::reference::{named, written};
use super::scope::Evaluator;
use super::{alternative, text};
use crate::source::Span;
use crate::value::{Entry, Text, Trail, Value};

/// A resource type, its name's property, what else gives the name and the ARN, and the ARN.
type Row = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static str);

const ROWS: &[Row] = &[
    ("AWS::S3::Bucket", "BucketName", &["Ref"], &["Arn"], "arn:{AWS::Partition}:s3:::{}"),
    (
        "AWS::SNS::Topic",
        "TopicName",
        &["TopicName"],
        &["Ref", "TopicArn"],
        "arn:{AWS::Partition}:sns:{AWS::Region}:{AWS::AccountId}:{}",
    ),
    (
        "AWS::SQS::Queue",
        "QueueName",
        &["QueueName"],
        &["Arn"],
        "arn:{AWS::Partition}:sqs:{AWS::Region}:{AWS::AccountId}:{}",
    ),
    (
        "AWS::Lambda::Function",
        "FunctionName",
        &["Ref"],
        &["Arn"],
        "arn:{AWS::Partition}:lambda:{AWS::Region}:{AWS::AccountId}:function:{}",
    ),
    (
        "AWS::Logs::LogGroup",
        "LogGroupName",
        &["Ref"],
        &["Arn"],
        "arn:{AWS::Partition}:logs:{AWS::Region}:{AWS::AccountId}:log-group:{}:*",
    ),
    (
        "AWS::DynamoDB::Table",
        "TableName",
        &["Ref"],
        &["Arn"],
        "arn:{AWS::Partition}:dynamodb:{AWS::Region}:{AWS::AccountId}:table/{}",
    ),
    (
        "AWS::CloudTrail::Trail",
        "TrailName",
        &["Ref"],
        &["Arn"],
        "arn:{AWS::Partition}:cloudtrail:{AWS::Region}:{AWS::AccountId}:trail/{}",
    ),
];

/// What an attribute (or `Ref`) of a resource gives, when it is made of a name that is written.
pub(super) fn of(
    evaluator: &mut Evaluator<'_>,
    resource: &Entry,
    attribute: &str,
    at: Span,
) -> Option<Value> {
    let of = resource.value.get("Type")?.as_str()?;
    let (_, property, names, arns, shape) = ROWS.iter().find(|(row, ..)| *row == of)?;
    let is_name = names.contains(&attribute);
    if !is_name && !arns.contains(&attribute) {
        return None;
    }
    let name = written(evaluator, resource, property).filter(|name| !name.is_null())?;
    let name = name.via(at, format!("through resource `{}`", resource.name.text.shown()));
    if is_name {
        return Some(name);
    }
    let facts = evaluator.facts.clone();
    Some(alternative::each(&facts, vec![name], at, |name| {
        name.first().map_or_else(|| Value::null(at), |name| shaped(evaluator, shape, name, at))
    }))
}

/// An ARN of this shape: pseudo parameters by name, the name where nothing stands between braces.
fn shaped(evaluator: &mut Evaluator<'_>, shape: &str, name: &Value, at: Span) -> Value {
    let mut parts = Vec::new();
    for (place, part) in shape.split(['{', '}']).enumerate() {
        if place % 2 == 0 {
            parts.push(Text::made(part, at));
            continue;
        }
        let value = if part.is_empty() { name.clone() } else { named(evaluator, part, at) };
        parts.extend(text::of(&value).map(|part| text::replaced(&part, at)));
    }
    let mut made = Value::text(Text::concat(&parts), at);
    made.secret = name.secret;
    made.trail = Trail::of_all([&name.trail]);
    made
}
