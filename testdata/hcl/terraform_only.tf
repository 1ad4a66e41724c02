# Terraform accepts these; stricter parsers refuse them.
locals {
  twice = { a = 1, a = 2 }
  formatted = { for k in var.names : k => length(k) > 3 ? upper(k) :
  lower(k) }
}
