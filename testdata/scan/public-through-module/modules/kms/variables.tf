variable "description" {
  type = string
}

variable "key_users" {
  description = "ARNs of those who may use the key"
  type        = list(string)
  default     = []
}
