# Public: the module makes a statement of `key_owners`; the place is the argument.
module "key" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  description = "Customer data"
  key_owners  = ["*"]
}
