# Public, but for the last, which is no JSON; the places are in the files.
resource "aws_kms_key" "json" {
  enable_key_rotation = true
  policy              = file("${path.module}/open.json")
}

resource "aws_kms_key" "template" {
  enable_key_rotation = true
  policy              = templatefile("${path.module}/open.tftpl", { who = "*" })
}

resource "aws_kms_key" "decoded" {
  enable_key_rotation = true
  policy              = jsonencode(jsondecode(file("${path.module}/decoded.json")))
}

resource "aws_kms_key" "yaml" {
  enable_key_rotation = true
  policy              = jsonencode(yamldecode(file("${path.module}/open.yml")))
}

resource "aws_kms_key" "bad" {
  enable_key_rotation = true
  policy              = file("${path.module}/bad.json")
}
