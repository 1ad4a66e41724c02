data "aws_iam_policy_document" "this" {
  source_policy_documents   = var.source_policy_documents
  override_policy_documents = var.override_policy_documents

  dynamic "statement" {
    for_each = var.enable_default_policy ? ["Default"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = ["kms:*"]
      resources = ["*"]
      principals {
        type = "AWS"
        identifiers = [
          "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root",
        ]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_owners) > 0 ? ["KeyOwner"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = ["kms:*"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = var.key_owners
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_administrators) > 0 ? ["KeyAdministration"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = [for verb in concat(local.admin_verbs, local.admin_more) : "kms:${verb}"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = var.key_administrators
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_users) > 0 ? ["KeyUsage"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = local.use_actions
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = var.key_users
      }
    }
  }

  # Services that act for these principals may make grants for themselves.
  dynamic "statement" {
    for_each = length(var.key_service_users) > 0 ? ["KeyServiceUsage"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = [for verb in ["Create", "List", "Revoke"] : verb == "List" ? "kms:ListGrants" : "kms:${verb}Grant"]
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

  # Service-linked roles of autoscaling use the key, and attach volumes through grants.
  dynamic "statement" {
    for_each = length(var.key_service_roles_for_autoscaling) > 0 ? ["KeyServiceRolesASG"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = local.use_actions
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = var.key_service_roles_for_autoscaling
      }
    }
  }
  dynamic "statement" {
    for_each = length(var.key_service_roles_for_autoscaling) > 0 ? ["KeyServiceRolesASGPersistentVol"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = ["kms:CreateGrant"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = var.key_service_roles_for_autoscaling
      }
      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_symmetric_encryption_users) > 0 ? ["KeySymmetricEncryption"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = local.use_actions
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = var.key_symmetric_encryption_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_hmac_users) > 0 ? ["KeyHMAC"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = ["kms:GenerateMac", "kms:VerifyMac", "kms:DescribeKey"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = var.key_hmac_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_asymmetric_public_encryption_users) > 0 ? ["KeyAsymmetricPublicEncryption"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = ["kms:GetPublicKey", "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:DescribeKey"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = var.key_asymmetric_public_encryption_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_asymmetric_sign_verify_users) > 0 ? ["KeyAsymmetricSignVerify"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = ["kms:GetPublicKey", "kms:Sign", "kms:Verify", "kms:DescribeKey"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = var.key_asymmetric_sign_verify_users
      }
    }
  }

  # Route 53 signs with the key and may make grants for itself, on behalf of the named zones where some are named.
  dynamic "statement" {
    for_each = var.enable_route53_dnssec ? ["Route53DnssecService"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = ["kms:GetPublicKey", "kms:Sign", "kms:DescribeKey"]
      resources = ["*"]
      principals {
        type        = "Service"
        identifiers = [local.dnssec]
      }
    }
  }
  dynamic "statement" {
    for_each = var.enable_route53_dnssec ? ["Route53DnssecGrant"] : []
    iterator = sid
    content {
      sid       = sid.value
      actions   = ["kms:CreateGrant"]
      resources = ["*"]
      principals {
        type        = "Service"
        identifiers = [local.dnssec]
      }
      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }
      dynamic "condition" {
        for_each = var.route53_dnssec_sources
        iterator = zone
        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = coalescelist(try(zone.value.account_ids, []), [data.aws_caller_identity.current.account_id])
        }
      }
      dynamic "condition" {
        for_each = var.route53_dnssec_sources
        iterator = zone
        content {
          test     = "ArnLike"
          variable = "aws:SourceArn"
          values = [coalesce(
            try(zone.value.hosted_zone_arn, null),
            "arn:${data.aws_partition.current.partition}:route53:::hostedzone/*",
          )]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.key_statements
    iterator = own
    content {
      sid           = try(own.value.sid, null)
      effect        = try(own.value.effect, null)
      actions       = try(own.value.actions, null)
      not_actions   = try(own.value.not_actions, null)
      resources     = try(own.value.resources, null)
      not_resources = try(own.value.not_resources, null)

      dynamic "principals" {
        for_each = try(own.value.principals, null) != null ? own.value.principals : []
        iterator = who
        content {
          type        = who.value.type
          identifiers = who.value.identifiers
        }
      }
      dynamic "not_principals" {
        for_each = try(own.value.not_principals, null) != null ? own.value.not_principals : []
        iterator = who
        content {
          type        = who.value.type
          identifiers = who.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = local.from_version_4 ? coalesce(try(own.value.condition, null), []) : try(own.value.conditions, [])
        iterator = when
        content {
          test     = when.value.test
          variable = when.value.variable
          values   = when.value.values
        }
      }
    }
  }
}

# What a call writes in vain: the module reads nothing of that name, and Terraform says nothing. Lengths, since `can` of
# conditions that name something unknown is itself unknown.
locals {
  module_unread = {
    "this version of the module reads `conditions`, not `condition`: the statement holds without any condition" = [
      for own in var.key_statements : own.condition if !local.from_version_4 && try(length(own.condition) > 0, false) && !try(length(own.conditions) > 0, false)
    ]
    "this version of the module reads `condition`, not `conditions`: the statement holds without any condition" = [
      for own in var.key_statements : own.conditions if local.from_version_4 && try(length(own.conditions) > 0, false) && !try(length(own.condition) > 0, false)
    ]
  }
}
