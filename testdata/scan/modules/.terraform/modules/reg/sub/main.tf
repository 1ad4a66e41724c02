variable "days" {}
resource "aws_kms_key" "r" { deletion_window_in_days = var.days }
