# A key module as they are widely used: every statement is optional, the document is counted, the policy may be replaced.

variable "create" {
  description = "Whether anything is made"
  type        = bool
  default     = true
}

variable "policy" {
  description = "A policy to use instead of the one made here"
  type        = string
  default     = null
}

variable "enable_default_policy" {
  type    = bool
  default = true
}

variable "description" {
  type    = string
  default = null
}

variable "enable_key_rotation" {
  type    = bool
  default = true
}

variable "replica_regions" {
  type    = list(string)
  default = []
}

variable "source_documents" {
  type    = list(string)
  default = []
}

variable "override_documents" {
  type    = list(string)
  default = []
}

variable "enable_route53_dnssec" {
  type    = bool
  default = false
}

variable "dnssec_sources" {
  type = list(object({
    accounts    = optional(list(string))
    hosted_zone = optional(string)
  }))
  default = []
}

variable "statements" {
  description = "More statements"
  type        = any
  default     = {}
}

variable "key_owners" {
  type    = list(string)
  default = []
}

variable "key_administrators" {
  type    = list(string)
  default = []
}

variable "key_users" {
  type    = list(string)
  default = []
}

variable "key_service_users" {
  type    = list(string)
  default = []
}

variable "key_roles_for_autoscaling" {
  type    = list(string)
  default = []
}

variable "key_roles_for_autoscaling_grants" {
  type    = list(string)
  default = []
}

variable "key_symmetric_encryption_users" {
  type    = list(string)
  default = []
}

variable "key_hmac_users" {
  type    = list(string)
  default = []
}

variable "key_asymmetric_encryption_users" {
  type    = list(string)
  default = []
}

variable "key_asymmetric_sign_verify_users" {
  type    = list(string)
  default = []
}

variable "key_replicators" {
  type    = list(string)
  default = []
}

variable "key_readers" {
  type    = list(string)
  default = []
}

variable "key_grant_makers" {
  type    = list(string)
  default = []
}

variable "key_backup_roles" {
  type    = list(string)
  default = []
}

data "aws_partition" "here" {
  count = var.create ? 1 : 0
}

data "aws_caller_identity" "here" {
  count = var.create ? 1 : 0
}

locals {
  account    = try(data.aws_caller_identity.here[0].account_id, "")
  partition  = try(data.aws_partition.here[0].partition, "")
  dns_suffix = try(data.aws_partition.here[0].dns_suffix, "")
}

resource "aws_kms_key" "this" {
  count = var.create ? 1 : 0

  description         = var.description
  enable_key_rotation = var.enable_key_rotation
  policy              = coalesce(var.policy, data.aws_iam_policy_document.this[0].json)
}

data "aws_iam_policy_document" "this" {
  count = var.create ? 1 : 0

  source_policy_documents   = var.source_documents
  override_policy_documents = var.override_documents

  dynamic "statement" {
    for_each = var.enable_default_policy ? [1] : []

    content {
      sid       = "Default"
      actions   = ["kms:*"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_owners) > 0 ? [1] : []

    content {
      sid       = "KeyOwner"
      actions   = ["kms:*"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_owners
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_administrators) > 0 ? [1] : []

    content {
      sid       = "KeyAdministration"
      actions   = [
        "kms:Create*",
        "kms:Describe*",
        "kms:Enable*",
        "kms:List*",
        "kms:Put*",
        "kms:Update*",
        "kms:Revoke*",
        "kms:Disable*",
        "kms:Get*",
        "kms:Delete*",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:ScheduleKeyDeletion",
        "kms:CancelKeyDeletion",
        "kms:ReplicateKey",
        "kms:ImportKeyMaterial",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_administrators
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_users) > 0 ? [1] : []

    content {
      sid       = "KeyUsage"
      actions   = [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_service_users) > 0 ? [1] : []

    content {
      sid       = "KeyService"
      actions   = [
        "kms:CreateGrant",
        "kms:ListGrants",
        "kms:RevokeGrant",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_service_users
      }

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_roles_for_autoscaling) > 0 ? [1] : []

    content {
      sid       = "KeyAutoScaling"
      actions   = [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_roles_for_autoscaling
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_roles_for_autoscaling_grants) > 0 ? [1] : []

    content {
      sid       = "KeyAutoScalingGrants"
      actions   = [
        "kms:CreateGrant",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_roles_for_autoscaling_grants
      }

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_symmetric_encryption_users) > 0 ? [1] : []

    content {
      sid       = "KeySymmetric"
      actions   = [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_symmetric_encryption_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_hmac_users) > 0 ? [1] : []

    content {
      sid       = "KeyHmac"
      actions   = [
        "kms:DescribeKey",
        "kms:GenerateMac",
        "kms:VerifyMac",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_hmac_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_asymmetric_encryption_users) > 0 ? [1] : []

    content {
      sid       = "KeyPublicEncryption"
      actions   = [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:DescribeKey",
        "kms:GetPublicKey",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_asymmetric_encryption_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_asymmetric_sign_verify_users) > 0 ? [1] : []

    content {
      sid       = "KeySignVerify"
      actions   = [
        "kms:DescribeKey",
        "kms:GetPublicKey",
        "kms:Sign",
        "kms:Verify",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_asymmetric_sign_verify_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_replicators) > 0 ? [1] : []

    content {
      sid       = "KeyReplication"
      actions   = [
        "kms:ReplicateKey",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_replicators
      }

      condition {
        test     = "StringEquals"
        variable = "kms:ReplicaRegion"
        values   = var.replica_regions
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_readers) > 0 ? [1] : []

    content {
      sid       = "KeyReading"
      actions   = [
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:List*",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_readers
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_grant_makers) > 0 ? [1] : []

    content {
      sid       = "KeyGrants"
      actions   = [
        "kms:CreateGrant",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_grant_makers
      }

      condition {
        test     = "ForAllValues:StringEquals"
        variable = "kms:GrantOperations"
        values   = ["Decrypt", "Encrypt"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_backup_roles) > 0 ? [1] : []

    content {
      sid       = "KeyBackup"
      actions   = [
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:GenerateDataKey*",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_backup_roles
      }

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["backup.*.${data.aws_partition.here[0].dns_suffix}"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.enable_route53_dnssec ? [1] : []

    content {
      sid       = "Dnssec"
      actions   = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["dnssec-route53.${local.dns_suffix}"]
      }

      dynamic "condition" {
        for_each = { for i, s in var.dnssec_sources : i => s }
        iterator = origin

        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = try(origin.value.accounts, [local.account])
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.statements

    content {
      sid           = try(statement.value.sid, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      effect        = try(statement.value.effect, null)
      resources     = try(statement.value.resources, ["*"])
      not_resources = try(statement.value.not_resources, null)

      dynamic "principals" {
        for_each = try(statement.value.principals, [])

        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }

      dynamic "not_principals" {
        for_each = try(statement.value.not_principals, [])

        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }

      dynamic "condition" {
        for_each = try(statement.value.conditions, [])

        content {
          test     = condition.value.test
          values   = condition.value.values
          variable = condition.value.variable
        }
      }
    }
  }
}

output "key_arn" {
  value = try(aws_kms_key.this[0].arn, null)
}

output "key_policy" {
  value = try(aws_kms_key.this[0].policy, null)
}
