# Invalid: names of elements have their case, and statements stand in `Statement`.
resource "aws_kms_key" "lower_case" {
  enable_key_rotation = true
  policy = jsonencode({
    Version   = "2012-10-17"
    statement = [{ effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }]
  })
}

resource "aws_kms_key" "bare_statement" {
  enable_key_rotation = true
  policy              = jsonencode({ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" })
}
