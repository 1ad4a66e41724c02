resource "aws_kms_key" "plain" {
  description = "AWS gives it the default policy"
}

resource "aws_kms_key" "default" {
  description = "the default policy written out"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Enable IAM User Permissions"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
