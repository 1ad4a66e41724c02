variable "readers" {
  type = list(string)
}

resource "aws_kms_key" "renamed" {
  description = "data"
  policy      = data.aws_iam_policy_document.data.json
}

resource "aws_kms_key" "fresh" {
  description = "fresh"
}

data "aws_iam_policy_document" "data" {
  statement {
    sid       = "Owner"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }

  statement {
    sid       = "Readers"
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = concat(["arn:aws:iam::111122223333:role/reader"], var.readers)
    }
  }
}
