moved {
  from = aws_kms_key.one
  to   = module.inner.aws_kms_key.this
}

module "inner" {
  source = "./inner"
}

resource "aws_kms_key" "renamed" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Read", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/reader" }, Action = ["kms:Decrypt", "kms:Encrypt"], Resource = "*" },
    ]
  })
}

resource "aws_kms_alias" "renamed" {
  name          = "alias/two"
  target_key_id = aws_kms_key.renamed.key_id
}
