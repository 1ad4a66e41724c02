//! Did you mean …?

/// The candidate that was probably meant by `name`: equal but for case, or a few typos away. Of equals, one with
/// the same first letter wins, then the first.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let most = (wanted.chars().count() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let lower = candidate.to_lowercase();
        let distance = strsim::damerau_levenshtein(&wanted, &lower);
        let rank = 2 * distance + usize::from(wanted.chars().next() != lower.chars().next());
        if distance <= most && best.is_none_or(|(least, _)| rank < least) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_first_letter_is_seldom_wrong() {
        assert_eq!(nearest("efect", ["defect", "effect"]), Some("effect"));
    }

    #[test]
    fn a_typo_is_near_and_another_word_is_not() {
        let words = ["Action", "NotAction", "Effect"];
        assert_eq!(nearest("Actoin", words), Some("Action"));
        assert_eq!(nearest("effect", words), Some("Effect"));
        assert_eq!(nearest("Principal", words), None);
    }
}
