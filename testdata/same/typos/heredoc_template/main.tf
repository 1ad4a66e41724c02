locals {
  owner = "Owner"
}

resource "aws_kms_key" "this" {
  enable_key_rotation = true
  policy              = <<-POLICY
    {
      %{ if true ~}
    "Version": "2008-10-17",
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
          "Sid": "App",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111122223333:role/app"
          },
          "Action": [
            "kms:Decrpyt",
            "kms:DescribeKey"
          ],
          "Resource": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        }
      ]
    }
  POLICY
}
