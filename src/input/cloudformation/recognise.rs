//! Is this a template? Asked of every YAML and JSON file, so by a few searches.

use memchr::memmem;

/// Whether a text looks like a CloudFormation template: it names the format version, or has a `Type` that is a
/// resource type of AWS (or of a vendor or custom resource besides those) under `Resources`.
///
/// Both CloudFormation's loaders decode escapes, so `"\u0054ype"` counts. A list of resource types without resources
/// (a Config rule, a test's input) is none.
pub fn recognises(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    // A plan that creates stacks holds whole templates as texts.
    if has("\"terraform_version\"") && has("\"format_version\"") {
        return false;
    }
    if has("AWSTemplateFormatVersion") {
        return true;
    }
    if has("\\u00") || has("\\x") {
        return has("AWS") || has("KMS") || has("\\u0041") || has("\\x41");
    }
    has("Resources")
        && memmem::find_iter(bytes, "Type").any(|at| is_aws_type(bytes.get(at + 4..).unwrap_or_default()))
}

/// Whether `: AWS::…`, with or without quotes, follows the word `Type`.
fn is_aws_type(rest: &[u8]) -> bool {
    let rest =
        rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest).trim_ascii_start();
    let Some(rest) = rest.strip_prefix(b":") else { return false };
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    rest.starts_with(b"AWS::")
}

#[cfg(test)]
mod tests {
    use super::recognises;

    #[test]
    fn templates_are_told_by_content() {
        for text in [
            "AWSTemplateFormatVersion: '2010-09-09'\n",
            "Resources:\n  K:\n    Type: AWS::KMS::Key\n",
            "Resources: {K: {Type : 'AWS::KMS::Key'}}",
            "{\"Resources\": {\"K\": {\"Type\":\n \"AWS::KMS::Key\"}}}",
            "{\"\\u0052esources\": {\"K\": {\"Type\": \"AWS::\\u004bMS::Key\"}}}",
            "\"Resources\": {\"K\": {\"Type\": \"\\x41WS::KMS::Key\"}}",
        ] {
            assert!(recognises(text), "{text}");
        }
        for text in [
            "Resources:\n  - a\n",
            "Source:\n  SourceDetails:\n  Scope:\n    ComplianceResourceTypes: [AWS::KMS::Key]\n",
            "{\"format_version\": \"1.2\", \"terraform_version\": \"1.9\", \"x\": \"AWSTemplateFormatVersion\"}",
            "Type: AWS::KMS::Key\n",
            "",
        ] {
            assert!(!recognises(text), "{text}");
        }
    }
}
