variable "readers" {
  type = list(string)
}

resource "aws_kms_key" "data" {
  description = "data"
  policy      = data.aws_iam_policy_document.data.json
}

resource "aws_kms_key" "gone" {
  description = "gone"
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
}
