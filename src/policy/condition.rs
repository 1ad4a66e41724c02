//! Condition operators, taken apart.
//!
//! IAM User Guide, "IAM JSON policy elements: Condition operators", and "Multivalued context keys" for the set
//! qualifiers. What is easy to get wrong: `ArnEquals` and `ArnLike` are one operator, and what a missing key means
//! depends on qualifier and suffix before it depends on the operator.

use super::name_like;
use super::principal::Fault;
use crate::value::Text;

/// The type of the values that an operator compares.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ValueType {
    /// Characters.
    String,
    /// Numbers.
    Numeric,
    /// Points in time, ISO 8601 or seconds since 1970.
    Date,
    /// `true` or `false`.
    Bool,
    /// Base64.
    Binary,
    /// Addresses and CIDR ranges.
    Ip,
    /// ARNs, compared field by field.
    Arn,
}

/// How an operator compares; the negated twin has `negated` set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Comparison {
    /// `StringEquals`.
    StringEquals,
    /// `StringEqualsIgnoreCase`.
    StringEqualsIgnoreCase,
    /// `StringLike`: `*` and `?` are wildcards.
    StringLike,
    /// `NumericEquals`.
    NumericEquals,
    /// `NumericLessThan`.
    NumericLessThan,
    /// `NumericLessThanEquals`.
    NumericLessThanEquals,
    /// `NumericGreaterThan`.
    NumericGreaterThan,
    /// `NumericGreaterThanEquals`.
    NumericGreaterThanEquals,
    /// `DateEquals`.
    DateEquals,
    /// `DateLessThan`.
    DateLessThan,
    /// `DateLessThanEquals`.
    DateLessThanEquals,
    /// `DateGreaterThan`.
    DateGreaterThan,
    /// `DateGreaterThanEquals`.
    DateGreaterThanEquals,
    /// `Bool`.
    Bool,
    /// `BinaryEquals`.
    BinaryEquals,
    /// `IpAddress`.
    IpAddress,
    /// `ArnEquals` and `ArnLike`, which are the same.
    ArnLike,
    /// `Null`: whether the key is absent.
    Null,
}

/// How the values of a key with several values are tested.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SetQualifier {
    /// `ForAllValues:`: every value in the request matches one of the policy's; true when there is none.
    ForAllValues,
    /// `ForAnyValue:`: at least one value in the request matches.
    ForAnyValue,
}

/// A condition operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Operator {
    /// The set qualifier, if one is written.
    pub set: Option<SetQualifier>,
    /// How it compares.
    pub comparison: Comparison,
    /// Whether it is the negated twin (`StringNotEquals`): no value may match.
    pub negated: bool,
    /// Whether it ends in `IfExists`.
    pub if_exists: bool,
}

const NAMES: [(&str, Comparison, bool); 27] = [
    ("StringEquals", Comparison::StringEquals, false),
    ("StringNotEquals", Comparison::StringEquals, true),
    ("StringEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, true),
    ("StringLike", Comparison::StringLike, false),
    ("StringNotLike", Comparison::StringLike, true),
    ("NumericEquals", Comparison::NumericEquals, false),
    ("NumericNotEquals", Comparison::NumericEquals, true),
    ("NumericLessThan", Comparison::NumericLessThan, false),
    ("NumericLessThanEquals", Comparison::NumericLessThanEquals, false),
    ("NumericGreaterThan", Comparison::NumericGreaterThan, false),
    ("NumericGreaterThanEquals", Comparison::NumericGreaterThanEquals, false),
    ("DateEquals", Comparison::DateEquals, false),
    ("DateNotEquals", Comparison::DateEquals, true),
    ("DateLessThan", Comparison::DateLessThan, false),
    ("DateLessThanEquals", Comparison::DateLessThanEquals, false),
    ("DateGreaterThan", Comparison::DateGreaterThan, false),
    ("DateGreaterThanEquals", Comparison::DateGreaterThanEquals, false),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::BinaryEquals, false),
    ("IpAddress", Comparison::IpAddress, false),
    ("NotIpAddress", Comparison::IpAddress, true),
    ("ArnEquals", Comparison::ArnLike, false),
    ("ArnLike", Comparison::ArnLike, false),
    ("ArnNotEquals", Comparison::ArnLike, true),
    ("ArnNotLike", Comparison::ArnLike, true),
    ("Null", Comparison::Null, false),
];

impl Operator {
    /// Takes an operator apart.
    ///
    /// # Errors
    /// Says what is wrong with it, and what was probably meant.
    pub fn parse(written: &str) -> Result<Self, Fault> {
        let (set, rest) = match written.split_once(':') {
            None => (None, written),
            Some(("ForAllValues", rest)) => (Some(SetQualifier::ForAllValues), rest),
            Some(("ForAnyValue", rest)) => (Some(SetQualifier::ForAnyValue), rest),
            Some((other, rest)) => return Err(no_qualifier(other, rest)),
        };
        let (base, if_exists) = match rest.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let Some((_, comparison, negated)) = NAMES.iter().find(|(name, ..)| *name == base) else {
            return Err(no_operator(written, base));
        };
        if *comparison == Comparison::Null && (if_exists || set.is_some()) {
            let what = if if_exists { "suffix `IfExists`" } else { "set qualifier" };
            return Err(Fault::new(format!("`Null` asks whether a key is there, so it takes no {what}"))
                .or_else("Null"));
        }
        Ok(Self { set, comparison: *comparison, negated: *negated, if_exists })
    }

    /// The operator of a text; `None` when it is not fully known or does not exist.
    pub fn of(text: &Text) -> Option<Self> {
        Self::parse(&text.known()?).ok()
    }

    /// Its verdict when the request does not carry the key; `None` for `Null`, where the value decides.
    pub fn when_missing(self) -> Option<bool> {
        match (self.comparison, self.if_exists, self.set) {
            (Comparison::Null, ..) => None,
            (_, true, _) | (_, _, Some(SetQualifier::ForAllValues)) => Some(true),
            (_, _, Some(SetQualifier::ForAnyValue)) => Some(false),
            _ => Some(self.negated),
        }
    }

    /// Whether `*` and `?` in values are wildcards.
    pub fn wildcards(self) -> bool {
        matches!(self.comparison, Comparison::StringLike | Comparison::ArnLike)
    }

    /// Whether `${…}` in values are policy variables (under version 2012-10-17).
    pub fn variables(self) -> bool {
        matches!(self.value_type(), ValueType::String | ValueType::Arn)
            || (self.value_type() == ValueType::Bool && self.comparison == Comparison::Bool)
    }

    /// The type of the values that it compares.
    pub fn value_type(self) -> ValueType {
        match self.comparison {
            Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike => {
                ValueType::String
            }
            Comparison::NumericEquals
            | Comparison::NumericLessThan
            | Comparison::NumericLessThanEquals
            | Comparison::NumericGreaterThan
            | Comparison::NumericGreaterThanEquals => ValueType::Numeric,
            Comparison::DateEquals
            | Comparison::DateLessThan
            | Comparison::DateLessThanEquals
            | Comparison::DateGreaterThan
            | Comparison::DateGreaterThanEquals => ValueType::Date,
            Comparison::Bool | Comparison::Null => ValueType::Bool,
            Comparison::BinaryEquals => ValueType::Binary,
            Comparison::IpAddress => ValueType::Ip,
            Comparison::ArnLike => ValueType::Arn,
        }
    }
}

fn no_qualifier(found: &str, rest: &str) -> Fault {
    let fault = Fault::new(format!(
        "no set qualifier is called `{found}`, there are `ForAllValues` and `ForAnyValue`"
    ));
    match name_like(found, ["ForAllValues", "ForAnyValue"]) {
        Some(near) => fault.or_else(format!("{near}:{rest}")),
        None => fault,
    }
}

fn no_operator(written: &str, base: &str) -> Fault {
    let names = NAMES.iter().map(|(name, ..)| *name);
    let near = name_like(base, names).map(|near| written.replacen(base, near, 1));
    let case = near.as_ref().is_some_and(|near| near.eq_ignore_ascii_case(written));
    let fact =
        if case { "not a condition operator, in which case counts" } else { "not a condition operator" };
    Fault { suggestion: near, ..Fault::new(fact) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator(written: &str) -> Operator {
        Operator::parse(written).unwrap()
    }

    #[test]
    fn operators_are_taken_apart() {
        let full = operator("ForAnyValue:StringNotLikeIfExists");
        assert_eq!(full.set, Some(SetQualifier::ForAnyValue));
        assert!(full.negated && full.if_exists && full.wildcards());
        assert_eq!(operator("ArnEquals"), operator("ArnLike"));
        assert_eq!(operator("NotIpAddress").value_type(), ValueType::Ip);
        assert!(!operator("StringEquals").wildcards());
        assert!(NAMES.iter().all(|(name, ..)| Operator::parse(name).is_ok()));
    }

    #[test]
    fn a_missing_key_decides() {
        for (written, verdict) in [
            ("StringEquals", Some(false)),
            ("StringNotEquals", Some(true)),
            ("StringEqualsIfExists", Some(true)),
            ("StringNotEqualsIfExists", Some(true)),
            ("ForAllValues:StringEquals", Some(true)),
            ("ForAnyValue:StringEquals", Some(false)),
            ("ForAnyValue:StringNotEquals", Some(false)),
            ("Null", None),
        ] {
            assert_eq!(operator(written).when_missing(), verdict, "{written}");
        }
    }

    #[test]
    fn mistakes_have_a_suggestion() {
        let suggestion = |written: &str| Operator::parse(written).unwrap_err().suggestion;
        assert_eq!(suggestion("stringEquals").as_deref(), Some("StringEquals"));
        assert_eq!(suggestion("StringEqualIfExists").as_deref(), Some("StringEqualsIfExists"));
        assert_eq!(suggestion("forAnyValue:StringLike").as_deref(), Some("ForAnyValue:StringLike"));
        assert_eq!(suggestion("NullIfExists").as_deref(), Some("Null"));
        assert_eq!(suggestion("Frobnicate"), None);
    }
}
