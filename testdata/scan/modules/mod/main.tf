variable "name" { type = string }
module "inner" {
  count = 2
  source = "./inner"
  name = "${var.name}-${count.index}"
}
output "path" { value = "${path.module}|${module.inner[1].path}|${module.inner[0].arn}" }
