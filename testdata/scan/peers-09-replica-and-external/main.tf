# Public, each of them: replicas and keys with imported material have policies too.
locals {
  open = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }]
  })
}

resource "aws_kms_replica_key" "data" {
  primary_key_arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
  policy          = local.open
}

resource "aws_kms_external_key" "data" {
  policy = local.open
}
