# module: terraform-aws-modules/kms/aws
# versions: 1.0.1 to 4
#
# What a call of the module declares, from its documented inputs. Up to version 3 the inputs that hold objects are
# untyped and a statement's conditions are called `conditions`; from version 4 on they are typed and it is `condition`.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  typed  = local.module_major >= 4
  dnssec = "dnssec-route53.${data.aws_partition.current.dns_suffix}"

  # The one kind of key that is made, if any.
  standard  = var.create && !var.create_external && !var.create_replica && !var.create_replica_external
  external  = var.create && var.create_external && !var.create_replica && !var.create_replica_external
  replica   = var.create && var.create_replica && !var.create_external && !var.create_replica_external
  imitation = var.create && var.create_replica_external && !var.create_replica && !var.create_external

  # The service's and the documentation's sets of actions.
  use_actions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
  admin_verbs = ["Create*", "Describe*", "Enable*", "List*", "Put*", "Update*", "Revoke*", "Disable*", "Get*", "Delete*"]
  admin_more = [
    "TagResource", "UntagResource", "ScheduleKeyDeletion", "CancelKeyDeletion", "ReplicateKey", "ImportKeyMaterial",
  ]
}

locals {
  key_policy = coalesce(var.policy, data.aws_iam_policy_document.this.json)
}

resource "aws_kms_key" "this" {
  count                              = local.standard ? 1 : 0
  region                             = var.region
  description                        = var.description
  is_enabled                         = var.is_enabled
  key_usage                          = var.key_usage
  customer_master_key_spec           = var.customer_master_key_spec
  custom_key_store_id                = var.custom_key_store_id
  multi_region                       = var.multi_region
  enable_key_rotation                = var.enable_key_rotation
  rotation_period_in_days            = var.rotation_period_in_days
  deletion_window_in_days            = var.deletion_window_in_days
  bypass_policy_lockout_safety_check = var.bypass_policy_lockout_safety_check
  policy                             = local.key_policy
  tags                               = var.tags
}

resource "aws_kms_external_key" "this" {
  count                              = local.external ? 1 : 0
  region                             = var.region
  description                        = var.description
  enabled                            = var.is_enabled
  key_usage                          = var.key_usage
  key_spec                           = var.key_spec
  multi_region                       = var.multi_region
  key_material_base64                = var.key_material_base64
  valid_to                           = var.valid_to
  deletion_window_in_days            = var.deletion_window_in_days
  bypass_policy_lockout_safety_check = var.bypass_policy_lockout_safety_check
  policy                             = local.key_policy
  tags                               = var.tags
}

resource "aws_kms_replica_key" "this" {
  count                              = local.replica ? 1 : 0
  region                             = var.region
  description                        = var.description
  enabled                            = var.is_enabled
  primary_key_arn                    = var.primary_key_arn
  deletion_window_in_days            = var.deletion_window_in_days
  bypass_policy_lockout_safety_check = var.bypass_policy_lockout_safety_check
  policy                             = local.key_policy
  tags                               = var.tags
}

resource "aws_kms_replica_external_key" "this" {
  count                              = local.imitation ? 1 : 0
  region                             = var.region
  description                        = var.description
  enabled                            = var.is_enabled
  primary_key_arn                    = var.primary_external_key_arn
  key_material_base64                = var.key_material_base64
  valid_to                           = var.valid_to
  deletion_window_in_days            = var.deletion_window_in_days
  bypass_policy_lockout_safety_check = var.bypass_policy_lockout_safety_check
  policy                             = local.key_policy
  tags                               = var.tags
}

locals {
  made = concat(
    aws_kms_key.this[*], aws_kms_external_key.this[*], aws_kms_replica_key.this[*], aws_kms_replica_external_key.this[*],
  )
  imported = concat(aws_kms_external_key.this[*], aws_kms_replica_external_key.this[*])
}

resource "aws_kms_alias" "this" {
  for_each      = var.create ? merge({ for name in toset(var.aliases) : name => { name = name } }, var.computed_aliases) : {}
  name          = var.aliases_use_name_prefix ? null : "alias/${each.value.name}"
  name_prefix   = var.aliases_use_name_prefix ? "alias/${each.value.name}-" : null
  target_key_id = one(local.made).id
}

resource "aws_kms_grant" "this" {
  for_each              = { for name, grant in var.grants : name => grant if var.create }
  name                  = coalesce(try(each.value.name, null), each.key)
  key_id                = one(local.made).id
  grantee_principal     = each.value.grantee_principal
  operations            = each.value.operations
  retiring_principal    = try(each.value.retiring_principal, null)
  grant_creation_tokens = try(each.value.grant_creation_tokens, null)
  retire_on_delete      = try(each.value.retire_on_delete, null)
}

output "key_arn" {
  value = try(
    aws_kms_key.this[0].arn,
    aws_kms_external_key.this[0].arn,
    aws_kms_replica_key.this[0].arn,
    aws_kms_replica_external_key.this[0].arn,
    null,
  )
}
output "key_id" {
  value = try(
    aws_kms_key.this[0].key_id,
    aws_kms_external_key.this[0].id,
    aws_kms_replica_key.this[0].key_id,
    aws_kms_replica_external_key.this[0].id,
    null,
  )
}
output "key_region" {
  value = try(
    aws_kms_key.this[0].region,
    aws_kms_external_key.this[0].region,
    aws_kms_replica_key.this[0].region,
    aws_kms_replica_external_key.this[0].region,
    null,
  )
}
output "key_policy" {
  value = try(
    aws_kms_key.this[0].policy,
    aws_kms_external_key.this[0].policy,
    aws_kms_replica_key.this[0].policy,
    aws_kms_replica_external_key.this[0].policy,
    null,
  )
}
output "external_key_expiration_model" {
  value = try(one(local.imported).expiration_model, null)
}
output "external_key_state" {
  value = try(one(local.imported).key_state, null)
}
output "external_key_usage" {
  value = try(one(local.imported).key_usage, null)
}
output "aliases" {
  value = aws_kms_alias.this
}
output "grants" {
  value     = aws_kms_grant.this
  sensitive = true
}
