# Public: `data["open"]`, and not the other one; the place is the entry of the map.
locals {
  readers = {
    closed = "arn:aws:iam::111122223333:role/reader"
    open   = "*"
  }
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  for_each            = local.readers
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Owner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Readers", Effect = "Allow", Principal = { AWS = each.value }, Action = "kms:Decrypt", Resource = "*" },
    ]
  })
}
