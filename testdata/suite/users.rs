//! What uses keys, and what sends to it: every notation gives the same users.

use crate::command::{Ran, kmsguard, place};
use std::path::Path;

/// `kind as address -> key; source -> target` of what `inventory` lists besides keys, aliases and policies.
fn users(ran: &Ran) -> Vec<String> {
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let json = ran.json();
    let used = |entry: &&serde_json::Value| entry["kind"] == "key user" || entry["kind"] == "sender";
    let row = |entry: &serde_json::Value| {
        let text = |value: &serde_json::Value| value.as_str().map_or_else(|| "-".to_owned(), str::to_owned);
        let facts = &entry["facts"];
        let ends = [text(&entry["key"]), text(&facts["source"]), text(&facts["target"])].join(" ");
        format!("{} {} {ends}", text(&facts["as"]), text(&entry["address"]))
    };
    json["entries"].as_array().unwrap().iter().filter(used).map(row).collect()
}

fn inventory(directory: &Path) -> Vec<String> {
    users(&kmsguard(directory, &["inventory", "--format", "json"]))
}

const SOURCE: &str = r#"
module "key" { source = "./key" }
locals {
  topic_key = aws_kms_alias.main.arn
  bucket    = aws_s3_bucket.b.id
}
resource "aws_kms_alias" "main" {
  name          = "alias/main"
  target_key_id = module.key.id
}
resource "aws_sns_topic" "t" {
  name              = "alarms"
  kms_master_key_id = local.topic_key
}
resource "aws_sqs_queue" "by_name" { kms_master_key_id = "alias/main" }
resource "aws_sqs_queue" "managed" { kms_master_key_id = "alias/aws/sqs" }
resource "aws_sqs_queue" "plain" {}
resource "aws_sqs_queue" "foreign" {
  count             = 2
  kms_master_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}
resource "aws_sns_topic_subscription" "s" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.foreign[1].arn
}
resource "aws_s3_bucket" "b" { bucket = "books" }
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = local.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "${module.key.arn}"
    }
  }
}
resource "aws_s3_bucket_notification" "n" {
  bucket = local.bucket
  queue { queue_arn = aws_sqs_queue.by_name.arn }
}
resource "aws_instance" "i" {
  dynamic "ebs_block_device" {
    for_each = ["a"]
    content { kms_key_id = module.key.arn }
  }
}
resource "awscc_logs_log_group" "g" { kms_key_id = module.key.arn }
resource "awscc_s3_bucket" "c" {
  bucket_encryption = { server_side_encryption_configuration = [
    { server_side_encryption_by_default = { sse_algorithm = "aws:kms", kms_master_key_id = module.key.arn } }
  ] }
}
resource "aws_secretsmanager_secret" "s" {}
"#;

const KEY: &str = "resource \"aws_kms_key\" \"this\" {}\noutput \"arn\" { value = aws_kms_key.this.arn }\noutput \"id\" { value = aws_kms_key.this.key_id }\n";

#[test]
fn users_of_keys_are_followed_through_locals_outputs_and_aliases() {
    let place = place(&[("main.tf", SOURCE), ("key/main.tf", KEY)]);
    let foreign = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let found = inventory(place.path());
    let expected = [
        "topic aws_sns_topic.t module.key.aws_kms_key.this - -",
        "queue aws_sqs_queue.by_name module.key.aws_kms_key.this - -",
        "queue aws_sqs_queue.managed alias/aws/sqs - -",
        &format!("queue aws_sqs_queue.foreign[0] {foreign} - -"),
        &format!("queue aws_sqs_queue.foreign[1] {foreign} - -"),
        "subscription aws_sns_topic_subscription.s - aws_sns_topic.t aws_sqs_queue.foreign[1]",
        "bucket aws_s3_bucket_server_side_encryption_configuration.b module.key.aws_kms_key.this - -",
        "bucket-notification aws_s3_bucket_notification.n - aws_s3_bucket.b aws_sqs_queue.by_name",
        "instance aws_instance.i module.key.aws_kms_key.this - -",
        "log-group awscc_logs_log_group.g module.key.aws_kms_key.this - -",
        "bucket awscc_s3_bucket.c module.key.aws_kms_key.this - -",
        "secret aws_secretsmanager_secret.s alias/aws/secretsmanager - -",
    ];
    assert_eq!(found, expected);
}

const TEMPLATE: &str = r#"
Conditions:
  Never: !Equals [a, b]
Resources:
  K: {Type: AWS::KMS::Key}
  A: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/z, TargetKeyId: !Ref K}}
  T: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: !Ref A, Subscription: [{Protocol: sqs, Endpoint: !GetAtt Q.Arn}]}}
  Q: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !If [Never, alias/aws/sqs, !GetAtt K.Arn]}}
  Gone: {Type: AWS::SQS::Queue, Condition: Never, Properties: {KmsMasterKeyId: !Ref K}}
  B:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault:
              SSEAlgorithm: aws:kms
              KMSMasterKeyID: !Sub "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${K}"
      NotificationConfiguration:
        TopicConfigurations: [{Event: "s3:ObjectCreated:*", Topic: !Ref T}]
"#;

#[test]
fn users_in_templates_are_followed_through_functions_and_aliases() {
    let place = place(&[("t.yaml", TEMPLATE)]);
    let expected = [
        "topic T K - -",
        "subscription T - - Q",
        "queue Q K - -",
        "bucket B K - -",
        "bucket-notification B - - T",
    ];
    assert_eq!(inventory(place.path()), expected);
}

/// A planned resource, `unknown` after the apply, with what its arguments refer to.
fn planned(address: &str, unknown: &str, written: &str) -> (String, String) {
    let type_name = address.split('.').next().unwrap();
    let head = format!(r#""address":"{address}","mode":"managed","type":"{type_name}","name":"x""#);
    let change = format!(r#"{{"actions":["create"],"before":null,"after":{{}},"after_unknown":{unknown}}}"#);
    (format!(r#"{{{head},"change":{change}}}"#), format!(r#"{{{head},"expressions":{written}}}"#))
}

#[test]
fn users_in_plans_are_followed_by_the_configuration() {
    let refer = |to: &str| {
        let owner = to.rsplit_once('.').unwrap().0;
        format!(r#"{{"references":["{to}","{owner}"]}}"#)
    };
    let key = refer("aws_kms_key.x.arn");
    let block = format!(
        r#"{{"rule":[{{"apply_server_side_encryption_by_default":[{{"kms_master_key_id":{key}}}]}}]}}"#
    );
    let resources = [
        planned("aws_kms_key.x", r#"{"arn":true}"#, "{}"),
        planned(
            "aws_sqs_queue.x",
            r#"{"kms_master_key_id":true}"#,
            &format!(r#"{{"kms_master_key_id":{key}}}"#),
        ),
        planned(
            "aws_s3_bucket_server_side_encryption_configuration.x",
            r#"{"rule":[{"apply_server_side_encryption_by_default":[{"kms_master_key_id":true}]}]}"#,
            &block,
        ),
        planned(
            "aws_cloudwatch_event_target.x",
            r#"{"arn":true}"#,
            &format!(r#"{{"arn":{}}}"#, refer("aws_sqs_queue.x.arn")),
        ),
    ];
    let (changes, written): (Vec<String>, Vec<String>) = resources.into_iter().unzip();
    let plan = format!(
        r#"{{"format_version":"1.2","resource_changes":[{}],"configuration":{{"root_module":{{"resources":[{}]}}}}}}"#,
        changes.join(","),
        written.join(",")
    );
    let place = place(&[("plan.json", &plan)]);
    let expected = [
        "queue aws_sqs_queue.x aws_kms_key.x - -",
        "bucket aws_s3_bucket_server_side_encryption_configuration.x aws_kms_key.x - -",
        "event-target aws_cloudwatch_event_target.x - - aws_sqs_queue.x",
    ];
    assert_eq!(inventory(place.path()), expected);
}
