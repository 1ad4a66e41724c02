# module: cloudposse/kms-key/aws
# versions: 0.7 to 0.12
#
# What a call of the module declares, from its documented inputs and those of `cloudposse/label/null`, which every
# module of this publisher takes: names and tags made of labels, given one by one or as a `context`.

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
