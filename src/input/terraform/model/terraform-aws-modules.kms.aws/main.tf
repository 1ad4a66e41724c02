# module: terraform-aws-modules/kms/aws
# versions: 1.0.1 to 4
#
# What a call of the module declares, from its documented inputs. Up to version 3 the inputs that hold objects are
# untyped and a statement's conditions are called `conditions`; from version 4 on they are typed and it is `condition`.
#
# Calls are often pinned to a commit. These have the texts of a released version:
# commit: 693ec0295f4faa1430d7b039ba30ad89363a7b5c 1.0.1
# commit: 74eb41109df8ac7c2461155a65c05021a0c0f32e 1.0.1
# commit: 8335fc5eb0bf20d123dd399490617123e5910038 1.0.1
# commit: b647e81358a460be5aa6cebdd272b529e8c7f98e 1.0.1
# commit: d401b7fcb01c95b48e8d5036896e036df4941e0f 1.0.1
# commit: f80bc665e11d7aabacc8be397e782a1dcc1e1148 1.0.1
# commit: 37b47fbde419db13bc64fb148ff485fc24c1714d 1.0.2
# commit: 944ea72ac38f85af0a58f10650285958e78cac0c 1.0.2
# commit: dd55854fce97a15e9ae390b28bc15ba2ff95891e 1.0.2
# commit: 1021ef992cef978189d83407b2c6b74fd705ba3f 1.0.3
# commit: 8049df9f694bb8b0e00839b42810f9a1cb3de5e4 1.0.3
# commit: beea8d64e3680978785b1b0a93911c5d602f98fe 1.0.3
# commit: 81508121e16b9da133259763cca1fe98485a38b7 1.1.0
# commit: 8cf6da0c142790660a21c6cd086f0c91efcd74d2 1.1.0
# commit: b026981f6b80240f8d22ca7ebcee61d67d1e9256 1.1.0
# commit: 4841f28bc1366a789df97f022b42881d5d73421d 1.2.0
# commit: ab09fa1d617a8b7caa5f951d785f49805b60b088 1.2.0
# commit: fd5f0534370aacd27efcd01cc15a66ea5c8f0f4d 1.2.0
# commit: 01bd36b2a07830fe91184c69f3e70c975a1fdd62 1.2.2
# commit: 4771d1ccc8f5151077c4c1f3399d8e5a44c8dfe1 1.2.2
# commit: 52c40bf2db0c54155a76d9b293adfc53eed1e72e 1.2.2
# commit: 7b85239466b365c31d7e976f82964789d4215c0e 1.2.2
# commit: 8a5900df1e51033a6b7c7e2042a966ef4e02d8ca 1.2.2
# commit: c5b5d2014c456a6252ddef2327ada27619c61b43 1.2.2
# commit: e79b8ca54c36ada037cdc3a7bcc8bc3a4b67878d 1.2.2
# commit: 040736eca2e82f27ac1219dcf4f10ee0eb24ff6d 1.3.1
# commit: 0683219298e15fcf94b51141f08d8cac3168c215 1.3.1
# commit: 7bc12934090c1a0b58d4244812bfe61a5bdbeb73 1.3.1
# commit: 8faa362a8917ab1e4fd3699c3e1ed164d9dcd5fd 1.3.1
# commit: 935082d64fcea20f274b2cd235b216f07f635eb5 1.3.1
# commit: 9b1cd4304d2db26ed372e06a77c830d914d35119 1.3.1
# commit: 9b8f6e8a25f942062f8b014b2f15e84b4fb3aff7 1.3.1
# commit: 9e1d7e12f8426e12bdcd5da007cf1d15eb043535 1.3.1
# commit: d6944500aa33aafa19027facb1828ed3cf837196 1.3.1
# commit: e97a93e749ee661c18cfcaea9e9fd7c6558828b4 1.3.1
# commit: 0167f616f3faf41eae3343ee32c694c8f36a7446 1.4.0
# commit: 231ce5772fdfc49f56611ed55f625cc8567d3ed4 1.4.0
# commit: 50174a308af3264f143c11d03c32aafeb5bc5f11 1.4.0
# commit: 9a7080bb00c468a55a85a0584648b51a68807024 1.4.0
# commit: cec9457f799d7ce5f7427d1252a9c0d4993ab03d 1.4.0
# commit: f6d3c99c433f819ec2bbaf1d8900586fad98f895 1.4.0
# commit: 217ac76868ac3624bb89e183372d25d2da67bd8b 1.5.0
# commit: 87be9ccb61f073b58ed56de0456214c34d793841 1.5.0
# commit: b16edc83635353a7295fd05382e8fe502eb6087f 1.5.0
# commit: a84cb7030ec31f3504f1d0bb175d11a4922e781a 2.0.0
# commit: beb56674a6e5db7dfa6cf70c9e953183d6574472 2.0.0
# commit: c60160d9c8005ec256bffb24de7d64810c707cc9 2.0.0
# commit: 21bd8b28521014d673c3116c9f4a6c107274b6e4 2.0.1
# commit: 8a5c8d31f5d81cd813c816889dfa6d7df1466c35 2.0.1
# commit: c975efda5686fd7c9fb98518332617e4876e5317 2.0.1
# commit: 03b3986e6c1df723f7491094672e2e9fbd653200 2.2.1
# commit: 22226b6b6841a26e99c5e122ba947d10a43c8321 2.2.1
# commit: 4951c38f3cd569411eb53476ac8502981083f5d2 2.2.1
# commit: 5508c9cdd6fdb0ed4dcf399f54ba02fb8c31bd4b 2.2.1
# commit: 5e322b3c8979c2a3b687dabca3d39f0080edf691 2.2.1
# commit: 6d15cf7045cdf0763d027f1a1d4f63b3b7bd6836 2.2.1
# commit: 866950f91b3bc4411fa14d1f5c2c304145540d7f 2.2.1
# commit: d51081713b186693612aa6c7fae50f5e07324f24 2.2.1
# commit: d7bc69f5cc816a2778afd00ded0ac4877decd56d 2.2.1
# commit: e6eba07467818a27670db60b3eb46f98dff19ef9 2.2.1
# commit: e7f50b90bc525ac5bf62423fb45b8bdf6f02ae2a 2.2.1
# commit: 44669532ffa088f484039f30fdea5bd2652e1631 3.1.1
# commit: 8478d2dcaa81d60e6a21adeee4bc428290244f11 3.1.1
# commit: 965a52d6686898897bce31d2f409e2ff9e8d5268 3.1.1
# commit: bdf47598bb8ddf834b38297dd047f893d838b573 3.1.1
# commit: c20bffd41ce9716140cb9938faf0aa147b38ca2a 3.1.1
# commit: c2480502618251c45ab8bcf6c57ec37bd08a8370 3.1.1
# commit: cfcfe42cc5121ba01239df8b5df7ddcf61259e66 3.1.1
# commit: ec9d86b11b889d175ed32d3fc24e3ef0eda42f5b 3.1.1
# commit: f61961269754cb0c2815ba6cc39fc5617c29a47a 3.1.1
# commit: f8c96ce4bfc45fa2cb2e2cfa346d0d1930cdfce3 3.1.1
# commit: fe1beca2118c0cb528526e022a53381535bb93cd 3.1.1
# commit: 210736c7aaf2394a68e5f85de4e29169ac126363 4.0.0
# commit: 28846a0d9ba83629f006847f25f0e69bd05116b1 4.0.0
# commit: 4d85ad84ab0e35353153242d3b1402dd7e33243f 4.0.0
# commit: 05954d74b57e7fda76e92aea55a513bfe7dfba60 4.2.0
# commit: 167a7904ddf02117bcfc1810a1ab69f34c1b230b 4.2.0
# commit: 2dc2c871c42a514a3485624cdd41ff251f04832c 4.2.0
# commit: 407e3db34a65b384c20ef718f55d9ceacb97a846 4.2.0
# commit: 45cd43ffa304061511850ec0c85622d8d8b97cfb 4.2.0
# commit: 491bc13e0c552110649ea3e94c4ed76b0393fe97 4.2.0
# commit: 496d8bd559afebb43b78af0034ec74d8b32378ca 4.2.0
# commit: 740a94094e9395527bb0310c49f9c787c4f79ee2 4.2.0
# commit: 77fa3a333ceb50a35ec473c787fa5d716db47585 4.2.0
# commit: 83e5418372a0716f6dae00ef04eaf42110f9f072 4.2.0
# commit: 842ef5a4a715c45ec526bc9ae8bf6fbd7d83a4e6 4.2.0
# commit: 874eecf9eab7aefa9b39e703e34157632b9e019a 4.2.0
# commit: 8d20b26b497731172e9281bb7ff282c082462350 4.2.0
# commit: 926e8c8aac77189686262b6f95e8e6bedcc9acfa 4.2.0
# commit: e0171db13c467d93e79e2bd82981ba3b207dfe6d 4.2.0
# commit: e77256d6d845e7a614afb017f6f357658bf65131 4.2.0

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  from_version_4 = local.module_major >= 4
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
