# Invalid: never in a request, so that the statement never matches.
resource "aws_kms_key" "allow" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Owner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Readers", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/reader" }, Action = "kms:Decrypt", Resource = "*", Condition = { StringEquals = { "kms:ViaServce" = "s3.us-east-1.amazonaws.com" } } },
    ]
  })
}

# A lockout: never in a request, so that the statement always matches.
resource "aws_kms_key" "deny" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Owner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "OnlyS3", Effect = "Deny", Principal = "*", Action = "kms:*", Resource = "*", Condition = { StringNotEquals = { "kms:ViaServce" = "s3.us-east-1.amazonaws.com" } } },
    ]
  })
}
