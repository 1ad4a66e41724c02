# Invalid: more than 32,768 bytes.
resource "aws_kms_key" "long" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Sid = "Owner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" }],
      [for i in range(270) : {
        Sid       = "Application${i}"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:role/application-${i}" }
        Action    = ["kms:Decrypt"]
        Resource  = "*"
      }],
    )
  })
}

# Invalid: an en dash is outside the characters of a key policy.
resource "aws_kms_key" "dash" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Owner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Readers – reports", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/reader" }, Action = "kms:Decrypt", Resource = "*" },
    ]
  })
}
