# Nothing is wrong: AWS attaches the default key policy.
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}
