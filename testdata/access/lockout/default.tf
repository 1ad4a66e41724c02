resource "aws_kms_key" "data" {
  description = "rows of the orders table"
}
