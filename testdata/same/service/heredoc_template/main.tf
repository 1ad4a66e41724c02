locals {
  owner = "Owner"
}

resource "aws_kms_key" "this" {
  enable_key_rotation = true
  policy              = <<-POLICY
    {
      %{ if true ~}
    "Version": "2012-10-17",
      %{ endif ~}
      "Statement": [
        {
          "Sid": "${local.owner}",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111122223333:root"
          },
          "Action": "kms:*",
          "Resource": "*"
        },
        {
          "Sid": "Logs",
          "Effect": "Allow",
          "Principal": {
            "Service": "cloudtrail.amazonaws.com"
          },
          "Action": "kms:GenerateDataKey*",
          "Resource": "*"
        },
        {
          "Sid": "Grants",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::444455556666:role/peer"
          },
          "Action": "kms:CreateGrant",
          "Resource": "*"
        }
      ]
    }
  POLICY
}
