resource "aws_kms_key" "d" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Two", Effect = "Allow", Principal = { AWS = "*", AWS = "arn:aws:iam::111122223333:role/b" }, Action = "kms:Decrypt", Resource = "*" },
    ]
  })
}
