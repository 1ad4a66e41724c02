variable "key_id" {}

resource "aws_kms_key" "data" {}

resource "aws_kms_key_policy" "other" {
  key_id = var.key_id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/app" }, Action = "kms:Decrypt", Resource = "*" }]
  })
}
