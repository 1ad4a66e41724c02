//! `kmsguard explain`: print a rule's page.

use super::house::{self, House};
use super::page::{page, reserved_page};
use super::{Code, Failure, output};
use crate::source::nearest;

/// What `kmsguard explain` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The id of the rule
    rule: String,
    #[command(flatten)]
    house: House,
}

/// Prints the page, or says what was probably meant.
pub(super) fn run(args: &Args) -> Result<Code, Failure> {
    let settled = args.house.settled()?;
    let text = settled.rules.get(&args.rule).map(page).or_else(|| reserved_page(&args.rule));
    let text = text.ok_or_else(|| unknown(&args.rule, &settled.rules.known_ids()))?;
    output::print(|out| out.write_all(text.as_bytes()))?;
    Ok(house::tell(&settled))
}

fn unknown(rule: &str, known: &[&str]) -> String {
    let meant = nearest(rule, known.iter().copied()).map(|meant| format!(", did you mean `{meant}`?"));
    let list = || ", `kmsguard rules` lists them".to_owned();
    format!("there is no rule `{rule}`{}", meant.unwrap_or_else(list))
}

#[cfg(test)]
mod tests {
    use super::unknown;

    #[test]
    fn a_typo_is_pointed_out() {
        let known = ["public-access", "policy-size"];
        assert_eq!(
            unknown("public-acess", &known),
            "there is no rule `public-acess`, did you mean `public-access`?"
        );
        assert!(unknown("x", &known).ends_with("lists them"));
    }
}
