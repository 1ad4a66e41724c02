# The call site looks harmless, the module looks harmless; together they open the key to everyone.

module "uploads_key" {
  source = "./modules/kms"

  description = "Uploads of our customers"
  key_users   = ["*"]
}

module "backups_key" {
  source = "./modules/kms"

  description = "Backups"
  key_users   = ["arn:aws:iam::111122223333:role/backup"]
}
