variable "name" {
  default = "kms"
}

locals {
  names = [for name in [var.name] : try(local.prefix, name)]
}

output "kms" {
  value = [
    module.key.arn,
    aws_kms_key.main.arn,
    data.aws_kms_key.main[0].arn,
    { for aws_kms_key, value in {} : aws_kms_key => value },
  ]
}

output "alias" {
  value = can(var.nmae) ? "alias/${var.nmae}" : null
}
