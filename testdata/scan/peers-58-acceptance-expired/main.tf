# It is told again, with a note that its acceptance ended.
# kmsguard: allow[rotation-disabled] until the ticket is done until=2020-01-01
resource "aws_kms_key" "ended" {
  description = "a"
}

# kmsguard: allow[rotation-disabled] rotated by hand until=2999-01-01
resource "aws_kms_key" "accepted" {
  description = "b"
}
