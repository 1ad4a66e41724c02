//! Which legal name was probably meant.

/// The name among `names` that `written` probably stands for: equal but for case, a plural or singular, or a typing
/// mistake away.
pub(super) fn name_like<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const LONGEST: usize = 128;
    if written.len() > LONGEST {
        return None;
    }
    let lower = written.to_lowercase();
    let singular = lower.trim_end_matches('s');
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        let other = name.to_lowercase();
        if other == lower || other.trim_end_matches('s') == singular {
            return Some(name);
        }
        let distance = strsim::damerau_levenshtein(&lower, &other);
        let near = distance <= (other.chars().count() / 4).clamp(1, 3);
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::name_like;

    #[test]
    fn case_plural_and_typing_mistakes_are_seen() {
        let names = ["Action", "NotAction", "Resource", "AWS"];
        assert_eq!(name_like("action", names), Some("Action"));
        assert_eq!(name_like("Actions", names), Some("Action"));
        assert_eq!(name_like("Resuorce", names), Some("Resource"));
        assert_eq!(name_like("aws", names), Some("AWS"));
        assert_eq!(name_like("Comment", names), None);
    }

    #[test]
    fn the_nearest_is_taken_and_of_equals_the_first() {
        assert_eq!(name_like("abcdefgx", ["abcdefyy", "abcdefgh"]), Some("abcdefgh"));
        assert_eq!(name_like("abcdefgx", ["abcdefgh", "abcdefyy"]), Some("abcdefgh"));
        assert_eq!(name_like("abcdefgx", ["abcdefgi", "abcdefgh"]), Some("abcdefgi"));
        assert_eq!(name_like(&"x".repeat(129), [format!("{}s", "x".repeat(129)).as_str()]), None);
    }
}
