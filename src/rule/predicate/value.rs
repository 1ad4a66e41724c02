//! What can be asked of one value of a condition.

use super::condition::ViaWord;
use super::element::{decided, of_text, unknown};
use crate::access::{Access, Witness};
use crate::policy::Condition;
use crate::policy::condition::{Operator, ValueType};
use crate::policy::facts;
use crate::rule::subject::Case;
use crate::value::Text;
use std::net::IpAddr;

/// Whether a value can be of the type that the operator compares (IAM User Guide, "IAM JSON policy elements: Condition
/// operators"). Policy variables stand for any value.
pub(super) fn fits(condition: &Condition, value: &Text) -> Access {
    let Some(operator) = Operator::of(&condition.operator) else { return Access::yes([]) };
    let kind = operator.value_type();
    of_text(value, |text| text.contains("${") || is_of(kind, text))
}

fn is_of(kind: ValueType, text: &str) -> bool {
    match kind {
        ValueType::Bool => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        ValueType::Numeric => text.parse::<f64>().is_ok_and(f64::is_finite),
        ValueType::Date => is_date(text),
        ValueType::Ip => text.parse::<IpAddr>().is_ok() || text.parse::<ipnet::IpNet>().is_ok(),
        ValueType::String | ValueType::Binary | ValueType::Arn => true,
    }
}

/// Seconds since 1970, or a date of ISO 8601, with or without a time.
fn is_date(text: &str) -> bool {
    let day = text.split(['T', 't']).next().unwrap_or_default();
    text.parse::<f64>().is_ok() || day.parse::<jiff::civil::Date>().is_ok()
}

/// Whether a value of `kms:ViaService` is one of these (KMS Developer Guide, "kms:ViaService"). Beside a value of the
/// key's own Region those of others do no harm: one policy serves the replicas of a key.
pub(super) fn via_service(value: &Text, words: &[ViaWord], condition: &Condition, case: &Case<'_>) -> Access {
    let Some(known) = value.known() else {
        return Access::cannot_tell(value.unknowns().map(Witness::of_unknown));
    };
    let region = case.scene.setting.region.as_deref();
    let fault = via_fault(&known, region).filter(|it| words.contains(it));
    if fault != Some(ViaWord::OtherRegion) {
        return decided(fault.is_some());
    }
    let others = condition
        .values
        .iter()
        .map(|other| of_text(&other.value, |text| via_fault(text, region) != Some(ViaWord::OtherRegion)));
    !Access::any(others.chain(condition.open.iter().map(unknown)))
}

fn via_fault(written: &str, region: Option<&str>) -> Option<ViaWord> {
    if written.contains("${") {
        return None;
    }
    let Some((service, place)) =
        written.strip_suffix(".amazonaws.com").and_then(|rest| rest.rsplit_once('.'))
    else {
        // A pattern may cover the end: `s3.*`.
        return (!written.contains(['*', '?'])).then_some(ViaWord::Malformed);
    };
    if written.chars().any(char::is_uppercase) {
        return Some(ViaWord::Malformed);
    }
    if written.contains(['*', '?']) {
        return None;
    }
    if !looks_like_region(place) {
        return Some(ViaWord::Malformed);
    }
    if region.is_some_and(|own| own != place) {
        return Some(ViaWord::OtherRegion);
    }
    (!facts::is_known_via_service(service)).then_some(ViaWord::UnknownService)
}

/// `eu-central-1`, also of a Region that is newer than the table.
fn looks_like_region(text: &str) -> bool {
    text.split('-').count() >= 3 && text.ends_with(|last: char| last.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_type_of_their_operator() {
        assert!(is_of(ValueType::Bool, "True") && !is_of(ValueType::Bool, "yes"));
        assert!(is_of(ValueType::Numeric, "7") && !is_of(ValueType::Numeric, "seven"));
        assert!(is_of(ValueType::Date, "2026-01-31T00:00:00Z") && is_of(ValueType::Date, "1700000000"));
        assert!(!is_of(ValueType::Date, "tomorrow"));
        assert!(
            is_of(ValueType::Ip, "10.0.0.0/8") && is_of(ValueType::Ip, "::1") && !is_of(ValueType::Ip, "*")
        );
    }

    #[test]
    fn what_is_wrong_with_a_service_is_told() {
        let fault = |text: &str| via_fault(text, Some("eu-central-1"));
        assert_eq!(fault("s3.eu-central-1.amazonaws.com"), None);
        assert_eq!(fault("s3.*.amazonaws.com"), None);
        assert_eq!(fault("s3.amazonaws.com"), Some(ViaWord::Malformed));
        assert_eq!(fault("S3.eu-central-1.amazonaws.com"), Some(ViaWord::Malformed));
        assert_eq!(fault("s3.eu-central-1.amazonaws.com.cn"), Some(ViaWord::Malformed));
        assert_eq!(fault("s3.eu-west-1.amazonaws.com"), Some(ViaWord::OtherRegion));
        assert_eq!(fault("sss.eu-central-1.amazonaws.com"), Some(ViaWord::UnknownService));
    }
}
