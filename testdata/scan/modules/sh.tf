resource "aws_kms_key" "sh" { deletion_window_in_days = 7 }
