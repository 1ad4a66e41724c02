variable "admins" {
  type = list(string)
}

resource "aws_kms_key" "data" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.admins }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
