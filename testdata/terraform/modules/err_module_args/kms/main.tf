variable "name" {
  type = string
}

variable "users" {}

variable "tags" {
  default = {}
}

output "name" {
  value = "alias/${var.name}"
}
