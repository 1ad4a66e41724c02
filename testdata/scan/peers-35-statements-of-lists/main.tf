# Public, both: one of the principals is everyone.
variable "principals" {
  type    = list(string)
  default = ["arn:aws:iam::111122223333:root", "*"]
}

locals {
  owners  = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" }]
  readers = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:Decrypt", Resource = "*" }]
}

resource "aws_kms_key" "comprehension" {
  enable_key_rotation = true
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for who in var.principals : { Effect = "Allow", Principal = { AWS = who }, Action = "kms:*", Resource = "*" }]
  })
}

resource "aws_kms_key" "joined" {
  enable_key_rotation = true
  policy              = jsonencode({ Version = "2012-10-17", Statement = concat(local.owners, local.readers) })
}
