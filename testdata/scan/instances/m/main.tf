variable "days" {
  type = number
}

resource "aws_kms_key" "this" {
  count                   = 2
  enable_key_rotation     = false
  deletion_window_in_days = var.days
}
