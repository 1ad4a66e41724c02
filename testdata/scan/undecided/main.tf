# Whether this key is open cannot be known from here: the variable has no default.
variable "principals" {
  type = list(string)
}

resource "aws_kms_key" "shared" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Effect = "Allow", Principal = { AWS = var.principals }, Action = "kms:Decrypt", Resource = "*" },
    ]
  })
}
