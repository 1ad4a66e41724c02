//! Is this a template? Asked of every YAML and JSON file, so by a few searches.

use memchr::memmem;

/// Whether a text looks like a CloudFormation template: it names the format version, or has a `Type` that is a
/// resource type of AWS (or of a vendor or custom resource besides those) under `Resources`.
///
/// Both CloudFormation's loaders decode escapes, so `"\u0054ype"` counts. A list of resource types without resources
/// (a Config rule, a test's input) is none.
pub fn recognises(text: &str) -> bool {
    let escaped = ["\\u00", "\\x", "\\U00"].into_iter().any(|escape| text.contains(escape));
    if escaped { reads_as_template(&unescaped(text)) } else { reads_as_template(text) }
}

/// The text with its escapes of ASCII characters undone.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        let digits = match escape.as_bytes().first() {
            Some(b'x') => 1..3,
            Some(b'u') => 1..5,
            Some(b'U') => 1..9,
            _ => 0..0,
        };
        let end = digits.end;
        let code = escape.get(digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let found = code.and_then(char::from_u32).filter(char::is_ascii).zip(escape.get(end..));
        let (character, behind) = found.unwrap_or(('\\', escape));
        plain.push(character);
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

fn reads_as_template(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    // A plan that creates stacks holds whole templates as texts.
    if has("\"terraform_version\"") && has("\"format_version\"") {
        return false;
    }
    if has("AWSTemplateFormatVersion") {
        return true;
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

/// Whether a template says KMS in any case, or hides what it says behind escapes (`"AWS::\x4bMS::Key"`), transforms
/// or inclusions.
pub fn speaks_of_kms(bytes: &[u8]) -> bool {
    let named = memchr::memchr2_iter(b'k', b'K', bytes)
        .any(|at| bytes.get(at..at + 3).is_some_and(|word| word.eq_ignore_ascii_case(b"kms")));
    named
        || ["\\u", "\\x", "\\U"].into_iter().any(|escape| memmem::find(bytes, escape.as_bytes()).is_some())
        || !bytes.is_ascii() && utf16(bytes)
}

fn utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

#[cfg(test)]
mod tests {
    use super::{recognises, speaks_of_kms};

    #[test]
    fn words_are_found_in_any_case() {
        assert!(speaks_of_kms(b"Type: aws::kMs::key"));
        assert!(speaks_of_kms(br#""AWS::\x4bMS::Key""#));
        assert!(!speaks_of_kms(b"Type: AWS::S3::Bucket, k, km"));
    }

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
            // A log, a line an object, of whatever the world has sent.
            "{\"body\": \"\\u003cAWS\", \"kms\": \"{{\"}\n{\"title\": \"Resources\"}\n",
            "",
        ] {
            assert!(!recognises(text), "{text}");
        }
    }
}
