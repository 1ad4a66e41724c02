# A lockout: nobody may change the policy, and the check that would refuse it is off.
resource "aws_kms_key" "data" {
  enable_key_rotation                = true
  deletion_window_in_days            = 7
  bypass_policy_lockout_safety_check = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Readers", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/reader" }, Action = "kms:Decrypt", Resource = "*" },
    ]
  })
}
