# Nothing is wrong: none of these keys can rotate automatically.
resource "aws_kms_key" "hmac" {
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
}

resource "aws_kms_key" "ecc" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_key" "rsa" {
  customer_master_key_spec = "RSA_4096"
}

resource "aws_kms_key" "ml_dsa" {
  customer_master_key_spec = "ML_DSA_65"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_key" "store" {
  custom_key_store_id = "cks-1234567890abcdef0"
}

resource "aws_kms_external_key" "imported" {
  description = "The material is imported by hand"
}
