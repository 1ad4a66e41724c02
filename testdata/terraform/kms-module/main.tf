module "open" {
  source = "./key"

  description = "anyone may do anything with it"
  key_owners  = ["*"]
}

module "several" {
  source   = "./key"
  for_each = { prod = ["arn:aws:iam::111122223333:role/prod"], dev = [] }

  key_users = each.value
  statements = {
    logs = {
      sid     = "Logs"
      actions = ["kms:Encrypt*", "kms:Decrypt*"]
      principals = [
        { type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] }
      ]
      conditions = [
        { test = "ArnLike", variable = "kms:EncryptionContext:aws:logs:arn", values = ["arn:aws:logs:eu-west-1:111122223333:log-group:${each.key}"] }
      ]
    }
  }
}

module "off" {
  source = "./key"
  create = false
}
