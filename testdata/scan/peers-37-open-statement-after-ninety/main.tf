# Public: the last of many statements, in a policy of more than 10,000 characters and fewer than 32,768 bytes.
locals {
  harmless = [for i in range(90) : {
    Sid       = "Application${i}"
    Effect    = "Allow"
    Principal = { AWS = "arn:aws:iam::111122223333:role/application-${i}" }
    Action    = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"]
    Resource  = "*"
  }]
}

resource "aws_kms_key" "json" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.harmless, [
      { Sid = "Owner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Last", Effect = "Allow", Principal = "*", Action = "kms:Decrypt", Resource = "*" },
    ])
  })
}

resource "aws_kms_key" "heredoc" {
  enable_key_rotation = true
  policy              = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Sid": "Owner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
        %{for i in range(90)}
        {"Sid": "Application${i}", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/application-${i}"}, "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"},
        %{endfor}
        {"Sid": "Last", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
      ]
    }
  EOT
}
