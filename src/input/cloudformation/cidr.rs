//! `Fn::Cidr`: blocks of addresses cut out of one.

use super::intrinsics::Call;
use super::scope::Evaluator;
use super::{alternative, text};
use crate::value::{Text, Value};
use ipnet::IpNet;

/// `Fn::Cidr: [block, count, bits]` (CloudFormation User Guide, "`Fn::Cidr`"): the first `count` (1 to 256) blocks with
/// `bits` bits for hosts; without `bits` 8 for IPv4 and 64 for IPv6.
pub(super) fn cidr(evaluator: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    const TAKES: &str = "a block of addresses, a count from 1 to 256 and a number of bits";
    let parts: Vec<Value> = call.args().iter().map(|part| evaluator.present(part)).collect();
    alternative::each(&evaluator.facts.clone(), parts, call.span, |parts| {
        let texts: Option<Vec<Text>> = parts.iter().map(text::of).collect();
        let Some(texts) = texts.filter(|texts| (2..=3).contains(&texts.len())) else {
            return call.malformed(evaluator, TAKES);
        };
        let Some(known) = texts.iter().map(Text::known).collect::<Option<Vec<String>>>() else {
            return call.unknown_of(&parts);
        };
        match blocks(&known) {
            Some(blocks) => {
                let item = |block: IpNet| Value::text(Text::made(block.to_string(), call.span), call.span);
                text::list(blocks.into_iter().map(item).collect(), None, call.span)
            }
            None => call.malformed(evaluator, TAKES),
        }
    })
}

fn blocks(known: &[String]) -> Option<Vec<IpNet>> {
    let block: IpNet = known.first()?.trim().parse().ok()?;
    let count: usize = known.get(1)?.trim().parse().ok().filter(|count| (1..=256).contains(count))?;
    let width = block.max_prefix_len();
    let default = if width == 32 { 8 } else { 64 };
    let bits: u8 = known.get(2).map_or(Some(default), |bits| bits.trim().parse().ok())?;
    let found: Vec<IpNet> = block.trunc().subnets(width.checked_sub(bits)?).ok()?.take(count).collect();
    (found.len() == count).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn blocks_are_cut_as_the_user_guide_shows() {
        let of = |parts: &[&str]| {
            let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            blocks(&parts).map(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let six = of(&["192.168.0.0/24", "6", "5"]).unwrap();
        assert_eq!((six.len(), six[1].as_str()), (6, "192.168.0.32/27"));
        assert_eq!(of(&["10.0.0.0/16", "2"]).unwrap(), ["10.0.0.0/24", "10.0.1.0/24"]);
        assert_eq!(of(&["2001:db8::/56", "2", "64"]).unwrap(), ["2001:db8::/64", "2001:db8:0:1::/64"]);
        for wrong in [
            &["x", "1", "8"] as &[&str],
            &["10.0.0.0/24", "3", "7"],
            &["10.0.0.0/24", "0", "7"],
            &["10.0.0.0/8", "257", "8"],
            &["10.0.0.0/8", "1", "99"],
        ] {
            assert_eq!(of(wrong), None, "{wrong:?}");
        }
    }
}
