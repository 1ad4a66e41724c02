resource "aws_kms_key" "left_open" {
  description = "the brace is missing"
  policy      = jsonencode({ Version = "2012-10-17"
}

resource "aws_kms_key" "fine" {
  enable_key_rotation = false
}
