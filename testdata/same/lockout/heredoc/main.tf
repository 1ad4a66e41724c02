resource "aws_kms_key" "this" {
  enable_key_rotation = true
  policy              = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "App",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111122223333:role/app"
          },
          "Action": [
            "kms:Encrypt",
            "kms:DescribeKey",
            "kms:Decrypt"
          ],
          "Resource": "*"
        }
      ]
    }
  POLICY
}
