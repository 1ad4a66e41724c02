# A foreign account decrypts, and passes that on: no context, nobody who retires it.
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_grant" "partner" {
  key_id            = aws_kms_key.data.key_id
  grantee_principal = "arn:aws:iam::444455556666:root"
  operations        = ["Decrypt", "CreateGrant"]
}
