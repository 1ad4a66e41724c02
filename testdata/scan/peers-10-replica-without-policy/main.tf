# Risk: the replica has the default policy, which every IAM policy of the account can use; the primary is strict.
provider "aws" {
  alias  = "primary"
  region = "eu-west-1"
}

resource "aws_kms_key" "primary" {
  provider            = aws.primary
  multi_region        = true
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Admins", Effect = "Allow", Principal = { AWS = ["arn:aws:iam::111122223333:role/key-admin", "arn:aws:iam::111122223333:role/break-glass"] }, Action = ["kms:PutKeyPolicy", "kms:Describe*", "kms:Get*", "kms:List*", "kms:ReplicateKey"], Resource = "*" },
      { Sid = "App", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/app" }, Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = "*" },
    ]
  })
}

resource "aws_kms_replica_key" "data" {
  primary_key_arn = aws_kms_key.primary.arn
}
