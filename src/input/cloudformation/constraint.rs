//! What a parameter's declaration says about its values.
//!
//! `AllowedValues`, `AllowedPattern`, lengths and bounds (CloudFormation User Guide, "Parameters syntax"). Patterns are
//! Java's; one that cannot be read here forbids nothing. What is easy to get wrong: of a list, each element must do.

use super::{mistake, parameter, text};
use crate::source::Problem;
use crate::value::{Entry, Kind, Text, Value};
use regex::RegexBuilder;

/// Why a parameter may not have a value, if it may not.
pub(super) fn broken(parameter: &Entry, of: &str, value: &Value) -> Option<Problem> {
    let names_another = of.starts_with("AWS::SSM::Parameter::");
    let texts: Vec<Text> = match &value.kind {
        Kind::List(list) => list.items.iter().filter_map(text::of).collect(),
        _ => match text::of(value)? {
            whole if parameter::is_list(of) => {
                parameter::items(&whole, value.span).iter().filter_map(text::of).collect()
            }
            whole => vec![whole],
        },
    };
    let mut texts = texts.into_iter().filter(|text| text.is_known() && !names_another);
    let says = |member: &str| parameter.value.get(member);
    texts
        .find_map(|text| {
            let known = text.known()?;
            let (member, why) = member(&says, of, &known)?;
            Some((member, why, known))
        })
        .map(|(member, why, known)| told(parameter, value, (member, &why), &known))
}

/// The first member of a declaration that a text breaks, and how.
fn member<'a>(
    says: &dyn Fn(&str) -> Option<&'a Value>,
    of: &str,
    known: &str,
) -> Option<(&'a Value, String)> {
    let number = |member: &str| text::of(says(member)?)?.known()?.trim().parse::<f64>().ok();
    if let Some(allowed) = says("AllowedValues").filter(|allowed| !allows(allowed, of, known)) {
        return Some((allowed, "is not among its allowed values".to_owned()));
    }
    if let Some(pattern) = says("AllowedPattern").filter(|pattern| !matches(pattern, known)) {
        return Some((pattern, "does not match its allowed pattern".to_owned()));
    }
    let numeric = matches!(of, "Number" | "List<Number>");
    let measure = if numeric { known.trim().parse::<f64>().ok() } else { None };
    if numeric && measure.is_none() {
        return Some((says("Type")?, "is not a number".to_owned()));
    }
    #[expect(clippy::cast_precision_loss, reason = "a text is not 2^52 characters long")]
    let length = known.chars().count() as f64;
    let measure = measure.unwrap_or(length);
    let (least, most) = if numeric { ("MinValue", "MaxValue") } else { ("MinLength", "MaxLength") };
    let out = |member: &'static str, bad: &dyn Fn(f64) -> bool| {
        number(member).filter(|bound| bad(*bound)).and(says(member))
    };
    let low = out(least, &|bound| measure < bound).map(|member| (member, format!("is below its `{least}`")));
    low.or_else(|| {
        out(most, &|bound| measure > bound).map(|member| (member, format!("is above its `{most}`")))
    })
}

fn allows(allowed: &Value, of: &str, known: &str) -> bool {
    let Some(list) = allowed.as_list().filter(|list| list.open.is_none()) else { return true };
    let same = |text: &str| {
        text == known
            || (of.contains("Number")
                && matches!((text.trim().parse::<f64>(), known.trim().parse::<f64>()), (Ok(one), Ok(two)) if (one - two).abs() < f64::EPSILON))
    };
    list.items
        .iter()
        .any(|item| text::of(item).is_none_or(|text| text.known().is_none_or(|text| same(&text))))
}

/// Whether a text is one that a pattern describes: as a whole.
fn matches(pattern: &Value, known: &str) -> bool {
    let Some(pattern) = pattern.as_str().filter(|pattern| pattern.len() <= 4096) else { return true };
    let whole = format!("^(?:{pattern})$");
    let built = RegexBuilder::new(&whole).size_limit(1 << 20).build();
    built.map_or(true, |pattern| pattern.is_match(known))
}

fn told(parameter: &Entry, value: &Value, broken: (&Value, &str), known: &str) -> Problem {
    let (member, why) = broken;
    let name = parameter.name.text.shown();
    let secret = parameter.value.get("NoEcho").and_then(Value::as_bool) == Some(true);
    let problem = if secret {
        mistake(parameter.name.span, format!("the value of parameter `{name}` {why}"))
    } else {
        mistake(value.span, format!("the value `{known}` of parameter `{name}` {why}"))
            .label(member.span, "declared here")
    };
    match parameter.value.get("ConstraintDescription").and_then(Value::as_str) {
        Some(says) => problem.help(format!("its constraint says: `{says}`")),
        None => problem,
    }
}
