terraform { required_version = ">= 1.5" }
variable "cfg" { type = object({ name = string, days = optional(number, 10), tags = optional(map(string)) }) }
variable "nn" { 
  type = string
  nullable = false
  default = "dflt"
}
variable "v" {
  type = number
  default = 5
  validation { 
    condition = var.v > 6
    error_message = "must be more than six"
  }
}
variable "p1" { default = "default" }
variable "p2" { default = "default" }
variable "p3" { default = "default" }
variable "p4" { default = "default" }
variable "p5" { default = "default" }
variable "p6" { default = "default" }
locals { 
  a = local.b
  b = local.c
  c = local.a
}
moved { 
  from = aws_kms_key.old
  to = aws_kms_key.new
}
import { 
  to = aws_kms_key.imp
  id = "x"
}
removed {
  from = aws_kms_key.gone
  lifecycle { destroy = false }
}
check "c" { 
  data "http" "x" { url = "x" }
  assert { 
    condition = true
    error_message = "x"
  }
}
ephemeral "random_password" "p" { length = 3 }
module "m" {
  for_each = toset(["x", "y"])
  source = "./mod"
  name = "${each.key}-${var.nn}"
  providers = { aws = aws.west }
}
module "reg" { 
  source = "acme/kms/aws//sub"
  version = "1.0"
  days = 7
}
provider "aws" { 
  alias = "west"
  region = "eu-west-1"
}
provider "aws" { region = "us-east-1" }
resource "aws_kms_key" "k" { 
  description = "${var.cfg.name} ${var.cfg.days} ${var.v} ${module.m["x"].path}"
  deletion_window_in_days = var.v
}
resource "aws_kms_key" "cyc" { description = local.a }
output "o" { value = { p1=var.p1,p2=var.p2,p3=var.p3,p4=var.p4,p5=var.p5,p6=var.p6 } }
