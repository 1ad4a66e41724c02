# Invalid, each statement: a key policy speaks of its own key alone.
resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Owner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Objects", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/reader" }, Action = "s3:GetObject", Resource = "*" },
      { Sid = "OtherKey", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/reader" }, Action = "kms:Decrypt", Resource = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" },
      { Sid = "Alias", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/reader" }, Action = "kms:Decrypt", Resource = "arn:aws:kms:us-east-1:111122223333:alias/data" },
    ]
  })
}
