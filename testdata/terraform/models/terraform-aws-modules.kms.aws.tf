# Fifty calls, made by chance, and what they refer to.

variable "one" {}
variable "many" {}
variable "flag" {
  type = bool
}
variable "text" {
  type = string
}
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
locals {
  people = ["arn:aws:iam::111122223333:role/one", "arn:aws:iam::111122223333:role/two"]
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = "{}"
}
resource "aws_kms_key" "primary" {
  multi_region = true
}
data "aws_iam_policy_document" "own" {
  statement {
    sid       = "KeyUsage"
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::999988887777:root"]
    }
  }
}

module "c00" {
  source = "terraform-aws-modules/kms/aws"
  description = "key 0"
  key_administrators = concat(local.people, ["arn:aws:iam::111122223354:role/ops/deploy"])
  key_service_roles_for_autoscaling = var.many
  enable_key_rotation = var.flag
  rotation_period_in_days = 90
  deletion_window_in_days = 7
  bypass_policy_lockout_safety_check = true
  aliases = ["a0", "b/0"]
}

module "c01" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 4.0"
  description = "key 1"
  enable_default_policy = var.flag
  key_symmetric_encryption_users = local.people
  key_hmac_users = local.people
  enable_key_rotation = var.flag
}

module "c02" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 3.0"
  description = "key 2"
  key_users = local.people
  key_service_roles_for_autoscaling = var.many
  enable_key_rotation = false
  deletion_window_in_days = 30
  multi_region = false
}

module "c03" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 2.1"
  description = "key 3"
  key_service_users = var.many
  key_symmetric_encryption_users = [var.one]
  key_asymmetric_sign_verify_users = concat(local.people, ["arn:aws:iam::111122223354:role/ops/deploy"])
  enable_route53_dnssec = var.flag
  route53_dnssec_sources = [{ hosted_zone_arn = "arn:aws:route53:::hostedzone/Z2" }]
  enable_key_rotation = true
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  source_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c04" {
  source = "terraform-aws-modules/kms/aws"
  version = "1.5.0"
  description = "key 4"
  key_service_users = [aws_iam_role.app.arn]
  key_symmetric_encryption_users = concat(local.people, ["arn:aws:iam::111122223354:role/ops/deploy"])
  enable_key_rotation = true
  bypass_policy_lockout_safety_check = true
  aliases = ["a4", "b/4"]
  override_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c05" {
  source = "registry.terraform.io/terraform-aws-modules/kms/aws"
  version = ">= 3.0, < 4.0"
  description = "key 5"
  key_hmac_users = ["arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
  key_asymmetric_sign_verify_users = local.people
  key_statements = {
    s0 = { sid = "Own0", actions = ["kms:Decrypt", "kms:DescribeKey"], resources = ["*"], principals = [{ type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] }] }
  }
  enable_route53_dnssec = true
  route53_dnssec_sources = [{ hosted_zone_arn = "arn:aws:route53:::hostedzone/Z2" }]
  enable_key_rotation = true
  deletion_window_in_days = var.one
  is_enabled = false
  aliases = ["a5", "b/5"]
  policy = ""
}

module "c06" {
  source = "git::https://github.com/terraform-aws-modules/terraform-aws-kms.git?ref=v4.2.0"
  description = "key 6"
  key_hmac_users = []
  enable_route53_dnssec = true
  route53_dnssec_sources = [{ account_ids = ["222233334444"], hosted_zone_arn = "arn:aws:route53:::hostedzone/Z1" }]
  rotation_period_in_days = "365"
  multi_region = true
  is_enabled = false
  tags = { Team = "data", Key = "6" }
  create_external = true
  valid_to = "2030-01-01T00:00:00Z"
}

module "c07" {
  source = "github.com/terraform-aws-modules/terraform-aws-kms?ref=v2.2.1"
  description = "key 7"
  key_administrators = []
  key_asymmetric_public_encryption_users = [var.one]
  enable_key_rotation = true
  is_enabled = false
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  tags = { Team = "data", Key = "7" }
  create = false
}

module "c08" {
  source = "app.terraform.io/terraform-aws-modules/kms/aws"
  version = "4.2.0"
  description = "key 8"
  key_users = [aws_iam_role.app.arn]
  key_symmetric_encryption_users = var.flag ? local.people : []
  key_asymmetric_sign_verify_users = ["arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
  multi_region = false
  is_enabled = false
  bypass_policy_lockout_safety_check = false
  tags = { Team = "data", Key = "8" }
  create_external = var.flag
}

module "c09" {
  source = "terraform-aws-modules/kms/aws"
  for_each = toset(["x", "y"])
  description = "key ${each.key}"
  key_users = [var.one]
  enable_route53_dnssec = true
  is_enabled = false
}

module "c10" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 4.0"
  description = "key 10"
  key_service_users = ["*"]
  rotation_period_in_days = "365"
  deletion_window_in_days = 7
  tags = { Team = "data", Key = "10" }
  grants = {
    lambda = {
      grantee_principal = aws_iam_role.app.arn
      operations        = ["Encrypt", "Decrypt"]
    }
  }
}

module "c11" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 3.0"
  description = "key 11"
  enable_default_policy = false
  key_administrators = [for n in ["a", "b"] : "arn:aws:iam::111122223333:role/${n}"]
  key_statements = [
    { sid = "Own0", actions = ["kms:*"], resources = ["*"], principals = [{ type = "*", identifiers = ["*"] }] },
  ]
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
}

module "c12" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 2.1"
  description = "key 12"
  key_owners = var.flag ? local.people : []
  key_symmetric_encryption_users = var.many
  key_hmac_users = [aws_iam_role.app.arn]
  key_statements = {
    s0 = { sid = "Own0", actions = ["kms:GenerateDataKey*"], effect = "Deny", resources = ["*"], principals = [{ type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] }] }
  }
}

module "c13" {
  source = "terraform-aws-modules/kms/aws"
  version = "1.5.0"
  description = "key 13"
  key_owners = var.flag ? local.people : []
  key_users = ["arn:aws:iam::111122223452:root"]
  enable_key_rotation = var.flag
  multi_region = false
  is_enabled = false
  source_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c14" {
  source = "registry.terraform.io/terraform-aws-modules/kms/aws"
  version = ">= 3.0, < 4.0"
  description = "key 14"
  key_administrators = var.flag ? local.people : []
  key_users = ["arn:aws:iam::111122223431:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling", "arn:aws:iam::111122223354:role/ops/deploy", "arn:aws:iam::111122223382:root"]
  key_symmetric_encryption_users = [var.one]
  enable_route53_dnssec = true
  route53_dnssec_sources = [{ account_ids = ["222233334444"], hosted_zone_arn = "arn:aws:route53:::hostedzone/Z1" }]
  tags = { Team = "data", Key = "14" }
  aliases = ["a14", "b/14"]
  override_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c15" {
  source = "git::https://github.com/terraform-aws-modules/terraform-aws-kms.git?ref=v4.2.0"
  description = "key 15"
  key_symmetric_encryption_users = [var.one]
  bypass_policy_lockout_safety_check = true
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  tags = { Team = "data", Key = "15" }
  aliases = ["a15", "b/15"]
  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:Decrypt","Resource":"*"}]}
  JSON
}

module "c16" {
  source = "github.com/terraform-aws-modules/terraform-aws-kms?ref=v2.2.1"
  description = "key 16"
  key_service_roles_for_autoscaling = ["arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
  key_statements = [
    { sid = "Own0", actions = ["kms:*"], resources = ["*"], principals = [{ type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] }], conditions = [{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-a1b2c3d4e5"] }] },
    { sid = "KeyUsage", not_actions = ["kms:ScheduleKeyDeletion"], effect = "Deny", resources = ["*"], principals = [{ type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] }], conditions = [{ test = "StringEquals", variable = "kms:ViaService", values = ["s3.eu-west-1.amazonaws.com"] }] },
  ]
  multi_region = false
  bypass_policy_lockout_safety_check = true
  tags = { Team = "data", Key = "16" }
  aliases = ["a16", "b/16"]
  create_replica = true
  primary_key_arn = aws_kms_key.primary.arn
}

module "c17" {
  source = "app.terraform.io/terraform-aws-modules/kms/aws"
  version = "4.2.0"
  description = "key 17"
  key_symmetric_encryption_users = var.flag ? local.people : []
  key_asymmetric_sign_verify_users = concat(local.people, ["arn:aws:iam::111122223354:role/ops/deploy"])
  key_statements = [
    { sid = "Own0", actions = ["kms:*"], resources = ["*"], principals = [{ type = "AWS", identifiers = ["*"] }] },
    { sid = "Own1", not_actions = ["kms:ScheduleKeyDeletion"], resources = ["*"], principals = [{ type = "AWS", identifiers = ["*"] }] },
    { sid = "Own2", actions = ["kms:GenerateDataKey*"], effect = "Deny", resources = ["*"], principals = [{ type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] }], condition = [{ test = "StringEquals", variable = "kms:ViaService", values = ["s3.eu-west-1.amazonaws.com"] }] },
  ]
  deletion_window_in_days = var.one
  tags = { Team = "data", Key = "17" }
  enable_default_policy = false
  create = var.flag
}

module "c18" {
  source = "terraform-aws-modules/kms/aws"
  description = "key 18"
  key_asymmetric_sign_verify_users = [var.one]
  key_statements = [
    { sid = "Own0", actions = ["kms:GenerateDataKey*"], resources = ["*"], principals = [{ type = "*", identifiers = ["*"] }] },
  ]
  enable_route53_dnssec = true
  enable_key_rotation = false
  deletion_window_in_days = 30
  multi_region = true
}

module "c19" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 4.0"
  count = 2
  description = "key ${count.index}"
  key_asymmetric_public_encryption_users = ["arn:aws:iam::111122223354:role/ops/deploy", "arn:aws:iam::111122223382:root", "arn:aws:iam::111122223459:role/ops/deploy"]
  key_statements = [
    { sid = "Own0", actions = ["kms:GenerateDataKey*"], resources = ["*"], principals = [{ type = "AWS", identifiers = ["*"] }] },
    { sid = "Own1", actions = ["kms:*"], resources = ["*"], not_principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223347:root"] }], condition = [{ test = "StringEquals", variable = "kms:ViaService", values = ["s3.eu-west-1.amazonaws.com"] }] },
  ]
  bypass_policy_lockout_safety_check = false
}

module "c20" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 3.0"
  description = "key 20"
  key_service_users = local.people
  key_asymmetric_public_encryption_users = []
  key_statements = [
    { sid = "KeyUsage", not_actions = ["kms:ScheduleKeyDeletion"], resources = ["*"], not_principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223340:user/ann"] }], conditions = [{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-a1b2c3d4e5"] }] },
    { sid = "Own1", actions = ["kms:GenerateDataKey*"], resources = ["*"], principals = [{ type = "*", identifiers = ["*"] }] },
  ]
  enable_key_rotation = true
  rotation_period_in_days = 90
  multi_region = true
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
}

module "c21" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 2.1"
  description = "key 21"
  enable_default_policy = false
  key_users = [var.one]
  key_statements = [
    { sid = "Own0", actions = ["kms:Decrypt", "kms:DescribeKey"], resources = ["*"], principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223333:role/app"] }] },
  ]
  tags = { Team = "data", Key = "21" }
}

module "c22" {
  source = "terraform-aws-modules/kms/aws"
  version = "1.5.0"
  description = "key 22"
  key_service_users = []
  key_service_roles_for_autoscaling = ["*"]
  multi_region = false
}

module "c23" {
  source = "registry.terraform.io/terraform-aws-modules/kms/aws"
  version = ">= 3.0, < 4.0"
  description = "key 23"
  key_administrators = var.flag ? local.people : []
  key_symmetric_encryption_users = ["arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
  key_asymmetric_public_encryption_users = concat(local.people, ["arn:aws:iam::111122223354:role/ops/deploy"])
  key_statements = {
    s2 = { sid = "Own2", actions = ["kms:GenerateDataKey*"], effect = "Deny", resources = ["*"], not_principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223354:role/ops/deploy"] }], conditions = [{ test = "StringEquals", variable = "kms:ViaService", values = ["s3.eu-west-1.amazonaws.com"] }] }
    s1 = { sid = "Own1", actions = ["kms:*"], resources = ["*"], not_principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223347:root"] }], conditions = [{ test = "StringEquals", variable = "kms:CallerAccount", values = ["111122223333"] }] }
    s0 = { sid = "Own0", actions = ["kms:*"], resources = ["*"], principals = [{ type = "AWS", identifiers = ["*"] }], conditions = [{ test = "StringEquals", variable = "kms:CallerAccount", values = ["111122223333"] }] }
  }
  bypass_policy_lockout_safety_check = true
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  tags = { Team = "data", Key = "23" }
  source_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c24" {
  source = "git::https://github.com/terraform-aws-modules/terraform-aws-kms.git?ref=v4.2.0"
  description = "key 24"
  key_administrators = ["arn:aws:iam::111122223410:user/ann"]
  key_asymmetric_public_encryption_users = [aws_iam_role.app.arn]
  is_enabled = false
  bypass_policy_lockout_safety_check = true
  tags = { Team = "data", Key = "24" }
  aliases = ["a24", "b/24"]
  override_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c25" {
  source = "github.com/terraform-aws-modules/terraform-aws-kms?ref=v2.2.1"
  description = "key 25"
  key_asymmetric_sign_verify_users = [for n in ["a", "b"] : "arn:aws:iam::111122223333:role/${n}"]
  bypass_policy_lockout_safety_check = true
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  tags = { Team = "data", Key = "25" }
  policy = data.aws_iam_policy_document.own.json
}

module "c26" {
  source = "app.terraform.io/terraform-aws-modules/kms/aws"
  version = "4.2.0"
  description = "key 26"
  key_owners = var.many
  key_administrators = [aws_iam_role.app.arn]
  key_users = ["*"]
  key_service_users = [var.one]
  key_service_roles_for_autoscaling = var.flag ? local.people : []
  key_symmetric_encryption_users = var.flag ? local.people : []
  key_hmac_users = [var.one]
  key_asymmetric_public_encryption_users = [aws_iam_role.app.arn]
  key_asymmetric_sign_verify_users = [for n in ["a", "b"] : "arn:aws:iam::111122223333:role/${n}"]
  rotation_period_in_days = "365"
  deletion_window_in_days = 7
  aliases = ["a26", "b/26"]
  create_external = true
  valid_to = "2030-01-01T00:00:00Z"
}

module "c27" {
  source = "terraform-aws-modules/kms/aws"
  description = "key 27"
  key_statements = [
    { sid = "Own0", actions = ["kms:GenerateDataKey*"], resources = ["*"], principals = [{ type = "AWS", identifiers = ["*"] }] },
    { sid = "Own1", not_actions = ["kms:ScheduleKeyDeletion"], resources = ["*"], not_principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223347:root"] }] },
    { sid = "Own2", actions = ["kms:*"], effect = "Deny", resources = ["*"], principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223347:root"] }], condition = [{ test = "StringEquals", variable = "kms:CallerAccount", values = ["111122223333"] }] },
  ]
  enable_key_rotation = true
  is_enabled = false
  bypass_policy_lockout_safety_check = false
}

module "c28" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 4.0"
  description = "key 28"
  key_service_users = ["*"]
  multi_region = true
  is_enabled = false
  tags = { Team = "data", Key = "28" }
}

module "c29" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 3.0"
  for_each = { a = "arn:aws:iam::111122223333:role/a", b = var.one }
  key_users = [each.value]
}

module "c30" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 2.1"
  description = "key 30"
  key_service_users = ["arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
}

module "c31" {
  source = "terraform-aws-modules/kms/aws"
  version = "1.5.0"
  description = "key 31"
  enable_default_policy = null
  key_service_roles_for_autoscaling = []
  key_asymmetric_sign_verify_users = [var.one]
  enable_key_rotation = var.flag
}

module "c32" {
  source = "registry.terraform.io/terraform-aws-modules/kms/aws"
  version = ">= 3.0, < 4.0"
  description = "key 32"
  key_users = var.many
  bypass_policy_lockout_safety_check = false
  aliases = ["a32", "b/32"]
}

module "c33" {
  source = "git::https://github.com/terraform-aws-modules/terraform-aws-kms.git?ref=v4.2.0"
  description = "key 33"
  key_administrators = local.people
  key_asymmetric_public_encryption_users = var.many
  multi_region = false
  is_enabled = false
  source_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c34" {
  source = "github.com/terraform-aws-modules/terraform-aws-kms?ref=v2.2.1"
  description = "key 34"
  enable_route53_dnssec = var.flag
  route53_dnssec_sources = [{ account_ids = ["222233334444"] }]
  enable_key_rotation = var.flag
  bypass_policy_lockout_safety_check = true
  override_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c35" {
  source = "app.terraform.io/terraform-aws-modules/kms/aws"
  version = "4.2.0"
  description = "key 35"
  key_users = local.people
  key_hmac_users = ["arn:aws:iam::111122223347:root"]
  key_statements = [
    { sid = "Own0", actions = ["kms:*"], effect = "Deny", resources = ["*"], principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223333:role/app"] }], condition = [{ test = "StringEquals", variable = "kms:ViaService", values = ["s3.eu-west-1.amazonaws.com"] }] },
  ]
  enable_route53_dnssec = true
  tags = { Team = "data", Key = "35" }
  policy = ""
}

module "c36" {
  source = "terraform-aws-modules/kms/aws"
  description = "key 36"
  key_users = [var.one]
  rotation_period_in_days = "365"
  deletion_window_in_days = 7
  bypass_policy_lockout_safety_check = false
  create_replica = true
  primary_key_arn = aws_kms_key.primary.arn
}

module "c37" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 4.0"
  description = "key 37"
  key_service_roles_for_autoscaling = ["*"]
  key_hmac_users = [for n in ["a", "b"] : "arn:aws:iam::111122223333:role/${n}"]
  key_statements = [
    { sid = "Own0", actions = ["kms:*"], effect = "Deny", resources = ["*"], principals = [{ type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] }], condition = [{ test = "StringEquals", variable = "kms:ViaService", values = ["s3.eu-west-1.amazonaws.com"] }] },
  ]
  enable_key_rotation = var.flag
  tags = { Team = "data", Key = "37" }
  aliases = ["a37", "b/37"]
  enable_default_policy = false
  create = var.flag
}

module "c38" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 3.0"
  description = "key 38"
  key_users = var.many
  rotation_period_in_days = "365"
  tags = { Team = "data", Key = "38" }
}

module "c39" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 2.1"
  count = var.flag ? 1 : 0
  description = "key 39"
  key_administrators = [for n in ["a", "b"] : "arn:aws:iam::111122223333:role/${n}"]
  key_service_users = local.people
  key_asymmetric_public_encryption_users = ["arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
  key_statements = {
    s0 = { sid = "Own0", not_actions = ["kms:ScheduleKeyDeletion"], resources = ["*"], principals = [{ type = "AWS", identifiers = ["*"] }] }
  }
}

module "c40" {
  source = "terraform-aws-modules/kms/aws"
  version = "1.5.0"
  description = "key 40"
  key_users = ["*"]
  key_service_users = ["arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
  key_service_roles_for_autoscaling = [aws_iam_role.app.arn]
  deletion_window_in_days = 7
  multi_region = false
  grants = {
    lambda = {
      grantee_principal = aws_iam_role.app.arn
      operations        = ["Encrypt", "Decrypt"]
    }
  }
}

module "c41" {
  source = "registry.terraform.io/terraform-aws-modules/kms/aws"
  version = ">= 3.0, < 4.0"
  description = "key 41"
  enable_default_policy = false
  key_service_users = [aws_iam_role.app.arn]
  key_service_roles_for_autoscaling = local.people
  key_symmetric_encryption_users = ["arn:aws:iam::111122223389:role/ops/deploy"]
  key_statements = [
    { sid = "Own0", actions = ["kms:GenerateDataKey*"], resources = ["*"], principals = [{ type = "AWS", identifiers = ["*"] }], conditions = [{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-a1b2c3d4e5"] }] },
    { sid = "KeyUsage", actions = ["kms:GenerateDataKey*"], resources = ["*"], not_principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223347:root"] }] },
  ]
  enable_key_rotation = true
  rotation_period_in_days = "365"
  multi_region = true
  aliases = ["a41", "b/41"]
}

module "c42" {
  source = "git::https://github.com/terraform-aws-modules/terraform-aws-kms.git?ref=v4.2.0"
  description = "key 42"
  key_symmetric_encryption_users = [for n in ["a", "b"] : "arn:aws:iam::111122223333:role/${n}"]
  key_hmac_users = ["*"]
}

module "c43" {
  source = "github.com/terraform-aws-modules/terraform-aws-kms?ref=v2.2.1"
  description = "key 43"
  key_symmetric_encryption_users = [for n in ["a", "b"] : "arn:aws:iam::111122223333:role/${n}"]
  key_statements = {
    s1 = { sid = "Own1", actions = ["kms:GenerateDataKey*"], resources = ["*"], principals = [{ type = "*", identifiers = ["*"] }], conditions = [{ test = "StringEquals", variable = "kms:CallerAccount", values = ["111122223333"] }] }
    s0 = { sid = "Own0", actions = ["kms:Decrypt", "kms:DescribeKey"], resources = ["*"], principals = [{ type = "*", identifiers = ["*"] }], conditions = [{ test = "StringEquals", variable = "kms:ViaService", values = ["s3.eu-west-1.amazonaws.com"] }] }
  }
  multi_region = false
  bypass_policy_lockout_safety_check = false
  source_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c44" {
  source = "app.terraform.io/terraform-aws-modules/kms/aws"
  version = "4.2.0"
  description = "key 44"
  key_administrators = ["*"]
  override_policy_documents = [data.aws_iam_policy_document.own.json]
}

module "c45" {
  source = "terraform-aws-modules/kms/aws"
  description = "key 45"
  key_asymmetric_public_encryption_users = ["arn:aws:iam::111122223389:role/ops/deploy", "arn:aws:iam::111122223389:role/ops/deploy"]
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  aliases = ["a45", "b/45"]
  policy = var.text
}

module "c46" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 4.0"
  description = "key 46"
  key_asymmetric_public_encryption_users = var.flag ? local.people : []
  key_asymmetric_sign_verify_users = ["*"]
  deletion_window_in_days = 30
  multi_region = true
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  aliases = ["a46", "b/46"]
  create_replica_external = true
  primary_external_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1"
}

module "c47" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 3.0"
  description = "key 47"
  key_symmetric_encryption_users = [for n in ["a", "b"] : "arn:aws:iam::111122223333:role/${n}"]
  rotation_period_in_days = "365"
  deletion_window_in_days = 7
  multi_region = true
}

module "c48" {
  source = "terraform-aws-modules/kms/aws"
  version = "~> 2.1"
  description = "key 48"
  key_service_users = var.flag ? local.people : []
  key_symmetric_encryption_users = ["arn:aws:iam::111122223431:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"]
  deletion_window_in_days = 30
}

module "c49" {
  source = "terraform-aws-modules/kms/aws"
  version = "1.5.0"
  description = "key 49"
  key_hmac_users = [for n in ["a", "b"] : "arn:aws:iam::111122223333:role/${n}"]
  deletion_window_in_days = 7
  multi_region = false
}

resource "aws_iam_policy" "uses_c00" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = module.c00.key_arn }] })
}

resource "aws_iam_policy" "uses_c06" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = module.c06.key_arn }] })
}

resource "aws_iam_policy" "uses_c07" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = module.c07.key_arn }] })
}

resource "aws_iam_policy" "uses_c16" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = module.c16.key_arn }] })
}

resource "aws_iam_policy" "uses_c17" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = module.c17.key_arn }] })
}

resource "aws_iam_policy" "uses_c20" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = module.c20.key_arn }] })
}
