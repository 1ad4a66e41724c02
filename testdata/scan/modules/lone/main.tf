variable "days" {}
resource "aws_kms_key" "l" { deletion_window_in_days = var.days }
