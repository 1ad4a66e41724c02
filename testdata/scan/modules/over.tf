resource "aws_kms_key" "ov" { deletion_window_in_days = 7 }
