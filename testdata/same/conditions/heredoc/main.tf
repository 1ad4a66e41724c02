resource "aws_kms_key" "this" {
  enable_key_rotation = true
  policy              = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Owner",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111122223333:root"
          },
          "Action": "kms:*",
          "Resource": "*"
        },
        {
          "Sid": "Store",
          "Effect": "Allow",
          "Principal": {
            "AWS": "*"
          },
          "Action": [
            "kms:Decrypt",
            "kms:GenerateDataKey"
          ],
          "Resource": "*",
          "Condition": {
            "StringEqual": {
              "kms:ViaService": "s3.eu-west-1.amazonaws.com"
            },
            "StringEquals": {
              "kms:CalerAccount": "111122223333"
            }
          }
        }
      ]
    }
  POLICY
}
