# module: cloudposse/kms-key/aws
# versions: 0.7 to 0.12
#
# What a call of the module declares, from its documented inputs and those of `cloudposse/label/null`, which every
# module of this publisher takes: names and tags made of labels, given one by one or as a `context`.
#
# Calls are often pinned to a commit. These have the texts of a released version:
# commit: 276b43e82312cdbe33c6aeeea5b302ac5f79b8bb 0.9.0
# commit: 3b9e46f63c71bfb6f9da7fee448c662d2ecd9e26 0.9.0
# commit: 5c5f343ac3a6c256c6f77d1cf1c0bc6da76106e7 0.9.0
# commit: 6c84cb40d1ff93329a73c5ad94b8ef0b6e0ded0a 0.9.0
# commit: 6dd1ce325be9889e181ee23198aee6b85d3f6925 0.9.0
# commit: 7d682a3188d49e510ac77aa158ef435c36993234 0.9.0
# commit: 8ebdc5b6ee9e96be8906051a2cb3a8d872a9106b 0.9.0
# commit: 93b475a242083753943347ae9969523caddddf1f 0.9.0
# commit: 9cf316be1b14fc90c195ba460234c43d321902aa 0.9.0
# commit: a41af53081765b1437f97cc8b3c563815c2dfdcc 0.9.0
# commit: afe11e50e9567b465eda50b29792c99c7f3ad78e 0.9.0
# commit: b11bff796b80f724ba85fb3d790763073463dc7c 0.9.0
# commit: cba9c89800f9a30ad1fbae2837ec2857a6990a54 0.9.0
# commit: f7a97412dafb78b588ebb556e01fafb5e2dd44ad 0.9.0
# commit: f8fb8065cc0612a2877284f61db7c9082a1400e7 0.9.0
# commit: faca184648bca2cf4793c9e09b3dd2cb2768d25c 0.9.0
# commit: 460ef431efb4f789c3910ec403ac50ee2ea2ecc0 0.9.1
# commit: 5ea789f0ed7b84d115621035e89def3607d6bced 0.9.1
# commit: d76c7c49fb47ed9c9e8d1ac5024244f2359e4a7f 0.9.1
# commit: 0c12ffdd11e81fc84e40fc097e3f1752cd8aa9a8 0.11.0
# commit: 38aaed50c618a7939c3f4f91ec547586f4631e4a 0.11.0
# commit: 3a09d1cbc63117999a022481115f7cf5f57cb265 0.11.0
# commit: 762d096ed2894920fc2ef7e9e2f4d0ee3ee73fed 0.11.0
# commit: 9d7e983f266f30421c94d505080ef10f902a79aa 0.11.0
# commit: afe940087b3e4e45369bc1d758fdaad1011340ad 0.11.0
# commit: bee7ce01054471d689e934a1ac94885bfd00f210 0.11.0
# commit: e67584f174f0d2a05eaa9998ce154e625f5add34 0.11.0
# commit: eb49a282daa79557b2c8f19f9144edc59366b07a 0.11.0
# commit: fc83b222c360d53745086323f980824d8d0b9b4b 0.11.0
# commit: 0021649bf0d0d4da140a62aec32b530bc4a67688 0.12.2
# commit: 07f735cd8fb0b05fe47868c145f4f793d7cd9777 0.12.2
# commit: 0ac32347c39d1727b16410534f0a56ab9458505d 0.12.2
# commit: 0d6131a3c32b36e64f69c4dd6e43acbe398537f9 0.12.2
# commit: 0de0b81b77b20b9397b27c26cb51bcdbae1d3098 0.12.2
# commit: 191b5da175d1a9db6c90014ff45da708ceda5254 0.12.2
# commit: 1edb823c210fff7830bfe6156469b1b7191a6b7d 0.12.2
# commit: 2472dea4d359ea8d8f0763ba49a0a3daf556a96e 0.12.2
# commit: 2ea55441f23c555bc369961fe4f6703235abb758 0.12.2
# commit: 30fac0f1da29c70164d03a8628d8a87295c6f072 0.12.2
# commit: 31b6b18452f738f40afb23887a8f6d23a8e7217a 0.12.2
# commit: 3d16f17c06a3024b7f00ccec8da70d695f8e28be 0.12.2
# commit: 4015088999ad42fd434dfac237c525c7fcdc03ce 0.12.2
# commit: 45a28a376c0ff5ba59ee5e477f4de8151decac3c 0.12.2
# commit: 4fa43ae7ab75cfef394953567a9e3ce5726ad685 0.12.2
# commit: 5382839d1a78547d4793c18155ae29c335c0132d 0.12.2
# commit: 5a0aca516443509a1b584527a1bb2318099ff2a0 0.12.2
# commit: 63ffd6c24a88cc088b18fabe21e1613ddf2cb3f3 0.12.2
# commit: 741da198eeaa189bfb8d1656953bb3fc74cd0e0c 0.12.2
# commit: 7bba0865b5d39bb6ca27635b326f5550e0ad106c 0.12.2
# commit: 7cbdda68a183c4a786228a008cc86c568bd648f1 0.12.2
# commit: 8aca626991ff61be7cd5bd61b2acb840c9052c75 0.12.2
# commit: 8b82c434d5a5882419686b75f7ce3a515fbc93ca 0.12.2
# commit: 8bde58d974efe3b4d8e6b152d3cdbfcba858fa40 0.12.2
# commit: 9005cef1511529b7c773a2eeb2e673e8d00f86e8 0.12.2
# commit: 97685214d6ee1f850206e2e81891cb8e34e72df7 0.12.2
# commit: 98e993ddcefb508533ef09f886ae545617c902eb 0.12.2
# commit: 9b6f72c2c739c9e38b55c35315c08781de1ba864 0.12.2
# commit: 9d0b946ebb03dec161f8efc465ab02021983b9da 0.12.2
# commit: a231e099e7a5e3f89899f122499e049f1e30fa3e 0.12.2
# commit: a3a1c1c0fb9380b14b5058416a3030d83b99b0a2 0.12.2
# commit: a8e10ef5b6dd7718406cea8a156bb9a17d988fe0 0.12.2
# commit: ac3588210567f49daaa569272d1c63db950b9793 0.12.2
# commit: b256ecbfc0a956514691c82b8e227f1a634d8c22 0.12.2
# commit: b2bc9c3db059c6a27691c029f5396273d24124be 0.12.2
# commit: b5205a4a2a41a2cadb1916cee9ef0bf45dedbd7a 0.12.2
# commit: b66e2551f2f775a859e4131296b392752434c5dd 0.12.2
# commit: b71e189c1e44a6933c46e33c0bd0084504d75ec1 0.12.2
# commit: b8207409f223acd8c4eb693d877568033114fe35 0.12.2
# commit: b97e12a3c3254f4a05e38559ed01d324b4f60eec 0.12.2
# commit: bc21e3beec1ec22c96993f17078547887c3107d5 0.12.2
# commit: bfb0c83c5a0ced7f22f06ed8a82267d194d50f7f 0.12.2
# commit: c2fc7cb116a459d95abfc03d43328d5de18d399c 0.12.2
# commit: ca1f1b03503d72ba8d0e8fb7a923eff71dfa8b66 0.12.2
# commit: cb417a0e2ee4662ae2f6e472ef07dce8303b79d0 0.12.2
# commit: e1c8c8a8555ff371d186a30d76cf69a32eec430d 0.12.2
# commit: e2982a2d37b8a85142d7a257fe7176bc2ee9f934 0.12.2
# commit: e6beff16f0dd8fb7c2065345bcd6731399114c3d 0.12.2
# commit: ec4afd3e1c0d7d0fc4561e326584ae4ff64c2e02 0.12.2
# commit: ece5972b7c706eb63fb269271467c9fff6020d20 0.12.2
# commit: f6f4142fbbe874cd5a5e66fa3979a24c5a7b0952 0.12.2
# commit: f7dbfc4250a66738accf2f0f3129f6613870c301 0.12.2
# commit: f94d287bc8f2d2d0249253e95291a79b590bf112 0.12.2
# commit: fd3bc1d966dde72e674776b87e80a91b84ec4167 0.12.2
# commit: fe9f64d12457b05ee0a549612cd6a018df469e3b 0.12.2
# commit: fef6fe30932e91e51e61deaea9bcacc1853b83a7 0.12.2

# The key

variable "description" {
  type    = string
  default = "Parameter Store KMS master key"
}
variable "deletion_window_in_days" {
  type    = number
  default = 10
}
variable "enable_key_rotation" {
  type    = bool
  default = true
}
variable "alias" {
  type    = string
  default = ""
}
variable "policy" {
  type    = string
  default = ""
}
variable "key_usage" {
  type    = string
  default = "ENCRYPT_DECRYPT"
}
variable "customer_master_key_spec" {
  type    = string
  default = "SYMMETRIC_DEFAULT"
}
variable "multi_region" {
  type    = bool
  default = false
}

# The labels

variable "context" {
  type    = any
  default = {}
}
variable "enabled" {
  type    = bool
  default = null
}
variable "namespace" {
  type    = string
  default = null
}
variable "tenant" {
  type    = string
  default = null
}
variable "environment" {
  type    = string
  default = null
}
variable "stage" {
  type    = string
  default = null
}
variable "name" {
  type    = string
  default = null
}
variable "delimiter" {
  type    = string
  default = null
}
variable "attributes" {
  type    = list(string)
  default = []
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "labels_as_tags" {
  type    = set(string)
  default = ["default"]
}
variable "additional_tag_map" {
  type    = map(string)
  default = {}
}
variable "label_order" {
  type    = list(string)
  default = null
}
variable "regex_replace_chars" {
  type    = string
  default = null
}
variable "id_length_limit" {
  type    = number
  default = null
}
variable "label_key_case" {
  type    = string
  default = null
}
variable "label_value_case" {
  type    = string
  default = null
}
variable "descriptor_formats" {
  type    = any
  default = {}
}

locals {
  # An input of the call, else that of the context, else the documented default.
  on         = try(coalesce(var.enabled, try(var.context.enabled, null)), true)
  separator  = var.delimiter != null ? var.delimiter : try(var.context.delimiter, null) != null ? var.context.delimiter : "-"
  order      = try(coalescelist(var.label_order, []), coalescelist(var.context.label_order, []), local.usual_order)
  unwanted   = try(coalesce(var.regex_replace_chars, try(var.context.regex_replace_chars, null)), "/[^-a-zA-Z0-9]/")
  limit      = try(coalesce(var.id_length_limit, try(var.context.id_length_limit, null)), 0)
  key_case   = try(coalesce(var.label_key_case, try(var.context.label_key_case, null)), "title")
  value_case = try(coalesce(var.label_value_case, try(var.context.label_value_case, null)), "lower")

  usual_order = ["namespace", "environment", "stage", "name", "attributes"]

  given = {
    namespace   = var.namespace != null ? var.namespace : try(var.context.namespace, null)
    tenant      = var.tenant != null ? var.tenant : try(var.context.tenant, null)
    environment = var.environment != null ? var.environment : try(var.context.environment, null)
    stage       = var.stage != null ? var.stage : try(var.context.stage, null)
    name        = var.name != null ? var.name : try(var.context.name, null)
  }
  attached = concat(try(coalescelist(var.context.attributes, []), []), coalesce(var.attributes, []))

  plain = {
    for label, text in merge({ for label, text in local.given : label => [text == null ? "" : text] }, {
      attributes = compact(distinct(local.attached))
    }) : label => compact(distinct([for part in text : replace(part, local.unwanted, "")]))
  }
  cased = {
    for label, parts in local.plain : label => join(local.separator, distinct([
      for part in parts : {
        none  = part
        title = title(lower(part))
        upper = upper(part)
        lower = lower(part)
      }[local.value_case]
    ]))
  }

  whole = join(local.separator, compact([for label in local.order : local.cased[label]]))
  # A name that is too long ends in the beginning of its hash.
  room = local.limit - 5 - length(local.separator)
  head = local.room <= 0 ? "" : "${trimsuffix(substr(local.whole, 0, local.room), local.separator)}${local.separator}"
  hash = {
    none  = "${md5(local.whole)}qrstuvwxyz"
    title = title("${md5(local.whole)}qrstuvwxyz")
    upper = upper("${md5(local.whole)}qrstuvwxyz")
    lower = "${md5(local.whole)}qrstuvwxyz"
  }[local.value_case]
  short = substr("${local.head}${replace(local.hash, local.unwanted, "")}", 0, local.limit)
  id    = local.limit != 0 && length(local.whole) > local.limit ? local.short : local.whole

  # Labels become tags, `Name` being the whole name. The first module that is given a context decides which.
  decided = try(contains(var.context.labels_as_tags, "unset"), true) ? var.labels_as_tags : var.context.labels_as_tags
  shown   = contains(local.decided, "default") ? keys(local.cased) : local.decided
  labels  = merge(local.cased, { name = local.id })
  tags = merge(
    {
      for label, text in local.labels :
      local.key_case == "upper" ? upper(label) : local.key_case == "lower" ? label : title(label) => text
      if text != "" && contains(local.shown, label)
    },
    try(var.context.tags, {}),
    var.tags,
  )
}

resource "aws_kms_key" "default" {
  count                    = local.on ? 1 : 0
  description              = var.description
  deletion_window_in_days  = var.deletion_window_in_days
  enable_key_rotation      = var.enable_key_rotation
  key_usage                = var.key_usage
  customer_master_key_spec = var.customer_master_key_spec
  multi_region             = var.multi_region
  policy                   = var.policy
  tags                     = local.tags
}

resource "aws_kms_alias" "default" {
  count         = local.on ? 1 : 0
  name          = coalesce(var.alias, "alias/${local.id}")
  target_key_id = one(aws_kms_key.default[*].id)
}

output "key_arn" {
  value = join("", aws_kms_key.default[*].arn)
}
output "key_id" {
  value = join("", aws_kms_key.default[*].key_id)
}
output "alias_arn" {
  value = join("", aws_kms_alias.default[*].arn)
}
output "alias_name" {
  value = join("", aws_kms_alias.default[*].name)
}
