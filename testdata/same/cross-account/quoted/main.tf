resource "aws_kms_key" "this" {
  enable_key_rotation = true
  policy              = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"Owner\", \"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}, \"Action\": \"kms:*\", \"Resource\": \"*\"}, {\"Sid\": \"Partner\", \"Effect\": \"Allow\", \"Principal\": {\"AWS\": [\"arn:aws:iam::777788889999:role/backup\", \"arn:aws:iam::444455556666:root\"]}, \"Action\": [\"kms:PutKeyPolicy\", \"kms:Decrypt\"], \"Resource\": \"*\"}]}"
}
