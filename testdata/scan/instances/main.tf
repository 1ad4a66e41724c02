resource "aws_kms_key" "counted" {
  count = 30
}

module "m" {
  source   = "./m"
  for_each = toset(["a", "b"])
  days     = each.key == "a" ? 7 : 30
}
