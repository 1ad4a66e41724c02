# Nothing is downloaded: two calls are judged by models, one cannot be.

module "logs_key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "~> 3.1"

  description         = "CloudWatch Logs"
  key_administrators  = ["arn:aws:iam::111122223333:role/admin"]
  key_users           = ["*"]
  enable_key_rotation = false

  key_statements = [
    {
      sid       = "Logs"
      actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"]
      resources = ["*"]
      principals = [
        { type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] },
      ]
      condition = [
        { test = "StringEquals", variable = "aws:SourceAccount", values = [data.aws_caller_identity.me.account_id] },
      ]
    },
  ]
}

module "secrets_key" {
  source  = "cloudposse/kms-key/aws"
  version = "0.12.2"

  namespace = "eg"
  name      = "secrets"
}

module "vault_kms" {
  source  = "acme/kms/aws"
  version = "1.0.0"
}

data "aws_caller_identity" "me" {}
