# A key as people write them.
locals {
  admins = [for name in var.admins : "arn:aws:iam::${var.account}:role/${name}" if name != ""]
  labels = { for k, v in var.labels : lower(k) => v... if can(regex("^[a-z]+$", k)) }
  roots  = var.roots.*.arn
  all    = values(aws_kms_key.all)[*].arn
  old    = aws_kms_key.list.0.arn
  many   = (length(local.all) > 1 && !var.single) || var.force ? -1 + 2 * 3 : local.all[0]["x"].y
  named  = provider::aws::arn_parse(local.old).account_id
}

resource "aws_kms_key" "main" {
  description             = "quote \" tab \t é \u00e9 $${not} %%{not}"
  deletion_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    "Statement" : [
      {
        Sid       = "root", Effect = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
        Action    = "kms:*"
        (var.key) = merge({}, var.more...)
      },
    ]
  })

  lifecycle { prevent_destroy = true }
}

resource "aws_kms_key_policy" "main" {
  key_id = aws_kms_key.main.id /* the id,
  not the arn */
  policy = <<-POLICY
    {
      "Statement": [
        %{ for admin in local.admins ~}
        {"Principal": "${admin}"},
        %{ endfor ~}
      ]
    }
    POLICY
  other = <<EOT
plain
EOT
}
