# Nothing is wrong: a key for encapsulation.
resource "aws_kms_key" "data" {
  customer_master_key_spec = "ML_KEM_768"
  key_usage                = "ENCAPSULATE_DECAPSULATE"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Owner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "App", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/app" }, Action = ["kms:Decapsulate", "kms:GetPublicKey"], Resource = "*" },
    ]
  })
}
