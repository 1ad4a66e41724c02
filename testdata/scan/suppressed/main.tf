# Accepted where it is written, with a reason.
resource "aws_kms_key" "scratch" { # kmsguard: allow[rotation-disabled] lives for one test run
  description = "Integration tests"
}

resource "aws_kms_key" "kept" {
  description = "Not accepted"
}
