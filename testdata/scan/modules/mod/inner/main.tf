variable "name" {}
resource "aws_kms_key" "i" { 
  description = var.name
  deletion_window_in_days = 7
}
output "path" { value = path.module }
output "arn" { value = aws_kms_key.i.arn }
