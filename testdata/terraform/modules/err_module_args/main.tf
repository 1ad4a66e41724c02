module "kms" {
  source = "./kms"

  nmae = "main"
  tags = {}
}
