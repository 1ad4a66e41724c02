# Fifty calls, made by chance, and what they refer to.

variable "flag" {
  type = bool
}
variable "text" {
  type = string
}
variable "context" {
  default = {
    enabled             = true
    namespace           = "up"
    environment         = "UW2"
    stage               = "prod"
    name                = "all"
    delimiter           = null
    attributes          = ["one", "two"]
    tags                = { From = "context" }
    additional_tag_map  = {}
    regex_replace_chars = null
    label_order         = []
    id_length_limit     = null
    label_key_case      = null
    label_value_case    = null
    tenant              = "t1"
    descriptor_formats  = {}
    labels_as_tags      = ["unset"]
  }
}
variable "shut" {
  default = {
    enabled             = false
    namespace           = null
    environment         = null
    stage               = null
    name                = null
    delimiter           = "/"
    attributes          = []
    tags                = {}
    additional_tag_map  = {}
    regex_replace_chars = "/[^a-z]/"
    label_order         = ["name", "tenant"]
    id_length_limit     = 12
    label_key_case      = "upper"
    label_value_case    = "title"
    descriptor_formats  = {}
    labels_as_tags      = ["name", "stage"]
  }
}
data "aws_iam_policy_document" "own" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::999988887777:root"]
    }
  }
}

module "c00" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  namespace = "Acme Inc"
  environment = "uw2"
  name = "db"
  tags = { Name = "own", BusinessUnit = "XYZ" }
  enabled = true
  description = "k 0"
}

module "c01" {
  source = "cloudposse/kms-key/aws"
  context = var.context
  attributes = ["blue"]
  tags = { Team = "data" }
  enabled = false
  multi_region = true
}

module "c02" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  namespace = "Acme Inc"
  environment = "uw2"
  label_key_case = "lower"
  policy = data.aws_iam_policy_document.own.json
  enable_key_rotation = true
}

module "c03" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  namespace = "eg"
  stage = "Test"
  environment = "uw2"
  attributes = ["blue"]
  tags = { Name = "own", BusinessUnit = "XYZ" }
  deletion_window_in_days = 30
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "RSA_2048"
}

module "c04" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  context = var.shut
  name = "a very long name of a thing that is cut"
  label_key_case = "lower"
  description = "k 4"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }] })
  multi_region = true
}

module "c05" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  stage = ""
  name = "chamber-keys"
  label_order = ["stage", "name"]
  id_length_limit = 10
  description = "k 5"
}

module "c06" {
  source = "cloudposse/kms-key/aws"
  namespace = "eg"
  environment = "uw2"
  tenant = "Platform"
  name = "a very long name of a thing that is cut"
  description = "k 6"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }] })
  enable_key_rotation = true
  multi_region = true
}

module "c07" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  namespace = "x_y"
  environment = "uw2"
  tenant = "Platform"
  name = "db"
  tags = { Name = "own", BusinessUnit = "XYZ" }
  policy = ""
}

module "c08" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  context = var.context
  name = "a very long name of a thing that is cut"
  tags = { Team = "data" }
  enable_key_rotation = true
  deletion_window_in_days = 7
}

module "c09" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  for_each = toset(["x", "y"])
  namespace = "Acme Inc"
  stage = "prod"
  attributes = ["Kms_Key", ""]
  enable_key_rotation = false
  name = each.key
}

module "c10" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  namespace = "x_y"
  environment = "uw2"
  tenant = "Platform"
  name = "chamber-keys"
  label_value_case = "upper"
  description = "k 10"
  policy = var.text
}

module "c11" {
  source = "cloudposse/kms-key/aws"
  context = var.shut
  namespace = "eg"
  stage = "Test"
  attributes = ["Kms_Key", ""]
  tags = { Name = "own", BusinessUnit = "XYZ" }
  delimiter = ""
  id_length_limit = 20
  label_value_case = "title"
}

module "c12" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  context = var.context
  namespace = "x_y"
  stage = "Test"
  environment = "uw2"
  name = "chamber-keys"
  id_length_limit = 0
  enabled = true
  description = "k 12"
}

module "c13" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  namespace = "eg"
  environment = "uw2"
  labels_as_tags = []
  enabled = true
  description = "k 13"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }] })
}

module "c14" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  namespace = "x_y"
  stage = "Test"
  name = "db"
  tags = { Team = "data" }
  enable_key_rotation = false
  deletion_window_in_days = 30
  multi_region = true
}

module "c15" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  context = var.context
  stage = "Test"
  tenant = "Platform"
  name = "chamber-keys"
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "RSA_2048"
}

module "c16" {
  source = "cloudposse/kms-key/aws"
  namespace = "eg"
  name = "a very long name of a thing that is cut"
  label_key_case = "lower"
  enabled = true
  description = "k 16"
  enable_key_rotation = false
  deletion_window_in_days = 30
  multi_region = true
}

module "c17" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  namespace = "Acme Inc"
  environment = "uw2"
  name = "a very long name of a thing that is cut"
  attributes = ["blue"]
  delimiter = "_"
  description = "k 17"
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "RSA_2048"
}

module "c18" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  namespace = "eg"
  stage = "prod"
  environment = "uw2"
  tenant = "Platform"
  name = "db"
  attributes = ["b", "a", "b"]
  tags = { Name = "own", BusinessUnit = "XYZ" }
  enabled = false
  policy = data.aws_iam_policy_document.own.json
  enable_key_rotation = false
}

module "c19" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  namespace = "eg"
  name = "db"
  delimiter = ""
  labels_as_tags = ["name"]
  description = "k 19"
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "RSA_2048"
}

module "c20" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  name = "a very long name of a thing that is cut"
  label_key_case = "lower"
  enable_key_rotation = true
}

module "c21" {
  source = "cloudposse/kms-key/aws"
  context = var.context
  namespace = "x_y"
  stage = ""
  environment = "uw2"
  name = "a very long name of a thing that is cut"
  delimiter = ""
  id_length_limit = 10
  policy = data.aws_iam_policy_document.own.json
  enable_key_rotation = true
}

module "c22" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  context = var.context
  environment = "uw2"
  attributes = ["blue"]
  delimiter = "_"
  label_key_case = "upper"
}

module "c23" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  namespace = "Acme Inc"
  stage = "prod"
  environment = "uw2"
  tenant = "Platform"
  name = "chamber-keys"
  tags = { Name = "own", BusinessUnit = "XYZ" }
  description = "k 23"
  policy = null
  multi_region = true
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "RSA_2048"
}

module "c24" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  namespace = "Acme Inc"
  stage = "Test"
  environment = "uw2"
  name = "db"
  attributes = ["b", "a", "b"]
  delimiter = "_"
  id_length_limit = 10
  description = "k 24"
  deletion_window_in_days = 30
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "RSA_2048"
}

module "c25" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  namespace = "Acme Inc"
  name = "chamber-keys"
  id_length_limit = 20
  labels_as_tags = ["name"]
  enabled = false
  enable_key_rotation = false
}

module "c26" {
  source = "cloudposse/kms-key/aws"
  namespace = "eg"
  stage = "Test"
  name = "chamber-keys"
  attributes = ["b", "a", "b"]
  delimiter = ""
  id_length_limit = 0
  label_key_case = "upper"
  description = "k 26"
  enable_key_rotation = true
  multi_region = true
}

module "c27" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  context = var.context
  namespace = "eg"
  enable_key_rotation = false
  deletion_window_in_days = 7
  alias = "alias/own"
}

module "c28" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  context = var.context
  namespace = "eg"
  stage = "prod"
  name = "a very long name of a thing that is cut"
  attributes = ["blue"]
  description = "k 28"
}

module "c29" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  namespace = "eg"
  name = "db"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }] })
}

module "c30" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  stage = ""
  environment = "uw2"
  name = "a very long name of a thing that is cut"
  attributes = ["Kms_Key", ""]
  labels_as_tags = []
  description = "k 30"
  multi_region = true
}

module "c31" {
  source = "cloudposse/kms-key/aws"
  stage = "prod"
  environment = "uw2"
  tenant = "Platform"
  description = "k 31"
  policy = ""
}

module "c32" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  namespace = "Acme Inc"
  stage = ""
  tenant = "Platform"
  name = "db"
  attributes = ["b", "a", "b"]
  delimiter = "_"
  label_key_case = "upper"
  enabled = false
  description = "k 32"
  policy = null
  multi_region = true
}

module "c33" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  namespace = "Acme Inc"
  environment = "uw2"
  name = "chamber-keys"
  id_length_limit = 10
  enabled = false
  policy = ""
  deletion_window_in_days = 30
}

module "c34" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  name = "chamber-keys"
  tags = { Team = "data" }
  label_order = ["stage", "name"]
  description = "k 34"
  enable_key_rotation = false
  alias = "alias/own"
}

module "c35" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  namespace = "Acme Inc"
  stage = "prod"
  environment = "uw2"
  name = "a very long name of a thing that is cut"
  delimiter = "_"
  policy = null
  deletion_window_in_days = 7
}

module "c36" {
  source = "cloudposse/kms-key/aws"
  context = var.shut
  namespace = var.text
  stage = "prod"
  environment = "uw2"
  name = "a very long name of a thing that is cut"
  attributes = ["blue"]
  policy = data.aws_iam_policy_document.own.json
  multi_region = true
}

module "c37" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  context = var.context
  namespace = "x_y"
  stage = ""
  name = "db"
  tags = { Name = "own", BusinessUnit = "XYZ" }
  delimiter = "_"
  labels_as_tags = ["stage", "namespace"]
  description = "k 37"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }] })
  deletion_window_in_days = 7
  multi_region = true
}

module "c38" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  environment = "uw2"
  name = "a very long name of a thing that is cut"
  attributes = ["Kms_Key", ""]
  label_key_case = "lower"
  description = "k 38"
  policy = data.aws_iam_policy_document.own.json
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "RSA_2048"
}

module "c39" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  namespace = "eg"
  stage = ""
  environment = "uw2"
  tenant = "Platform"
  name = "a very long name of a thing that is cut"
  description = "k 39"
  policy = null
  deletion_window_in_days = 30
  multi_region = true
}

module "c40" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  context = var.context
  stage = "Test"
  name = "db"
  tags = { Name = "own", BusinessUnit = "XYZ" }
  id_length_limit = 0
  labels_as_tags = ["stage", "namespace"]
  enabled = false
  multi_region = true
}

module "c41" {
  source = "cloudposse/kms-key/aws"
  context = var.context
  namespace = "Acme Inc"
  environment = "uw2"
  name = "db"
  label_order = ["name", "namespace", "tenant", "attributes"]
}

module "c42" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  environment = "uw2"
  tags = { Name = "own", BusinessUnit = "XYZ" }
  label_order = ["name", "namespace", "tenant", "attributes"]
  description = "k 42"
}

module "c43" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  namespace = "Acme Inc"
  stage = "prod"
  tags = { Name = "own", BusinessUnit = "XYZ" }
  label_value_case = "none"
  enabled = false
  description = "k 43"
  alias = "alias/own"
}

module "c44" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  environment = "uw2"
  tags = { Name = "own", BusinessUnit = "XYZ" }
  description = "k 44"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }] })
  enable_key_rotation = false
  deletion_window_in_days = 30
}

module "c45" {
  source = "cloudposse/kms-key/aws"
  version = "0.12.2"
  context = var.context
  namespace = var.text
  environment = "uw2"
  name = "a very long name of a thing that is cut"
  delimiter = "_"
  label_value_case = "none"
  enabled = false
  multi_region = true
  key_usage = "SIGN_VERIFY"
  customer_master_key_spec = "RSA_2048"
}

module "c46" {
  source = "cloudposse/kms-key/aws"
  name = "db"
  description = "k 46"
  alias = "alias/own"
}

module "c47" {
  source = "cloudposse/kms-key/aws"
  version = "~> 0.12"
  context = var.shut
  namespace = "Acme Inc"
  stage = ""
  name = "db"
  attributes = ["b", "a", "b"]
  labels_as_tags = ["stage", "namespace"]
  deletion_window_in_days = 30
}

module "c48" {
  source = "git::https://github.com/cloudposse/terraform-aws-kms-key.git?ref=tags/0.12.2"
  context = var.context
  name = "a very long name of a thing that is cut"
}

module "c49" {
  source = "git@github.com:cloudposse/terraform-aws-kms-key.git?ref=0.12.2"
  context = var.context
  namespace = "eg"
  stage = "Test"
  tenant = "Platform"
  name = "db"
  delimiter = "_"
  enabled = false
}

resource "aws_iam_policy" "uses_c00" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = module.c00.key_arn }] })
}

resource "aws_iam_policy" "uses_c01" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = module.c01.key_arn }] })
}
