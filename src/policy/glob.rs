//! Wildcard patterns: `*` is any run of characters, `?` is one.
//!
//! IAM User Guide, "IAM JSON policy elements: Resource", using wildcards; the same matching serves actions (without
//! regard to case) and `StringLike`. Questions are answered yes, no, or cannot tell, the latter for patterns with
//! unknown pieces and for hostile sizes. What is easy to get wrong: an unknown piece may itself hold wildcards, so a
//! pattern with one never matches for certain.

use crate::logic::Verdict;
use crate::value::{Piece, Symbol, Text};
use rustc_hash::FxHashSet;

/// Steps that one question may take; then the answer is: cannot tell.
const MOST_STEPS: usize = 1 << 22;

/// Whether upper and lower case are the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Case {
    /// They differ.
    Counts,
    /// They are the same, as in names of actions.
    Ignored,
}

/// A pattern, ready to be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Glob {
    tokens: Vec<Token>,
    case: Case,
    /// Whether it has no unknown piece, so that it is exactly what it says.
    known: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token {
    /// This character.
    Char(char),
    /// One character of a class.
    One(Class),
    /// Any number of characters of a class.
    Many(Class),
}

/// Characters that a token may stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Any,
    /// All but `:`, `*` and `?`: what a name may hold.
    Name,
    Digit,
}

impl Class {
    fn holds(self, character: char) -> bool {
        match self {
            Self::Any => true,
            Self::Name => !matches!(character, ':' | '*' | '?'),
            Self::Digit => character.is_ascii_digit(),
        }
    }
}

impl Token {
    /// The characters that it takes, if they may include one that `other` takes.
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Char(one), Self::Char(two)) => one == two,
            (Self::Char(one), Self::One(class) | Self::Many(class))
            | (Self::One(class) | Self::Many(class), Self::Char(one)) => class.holds(one),
            _ => true,
        }
    }

    /// Whether it takes every character that `other` takes.
    fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Char(one), Self::Char(two)) => one == two,
            (Self::Char(_), _) => false,
            (Self::One(class) | Self::Many(class), Self::Char(one)) => class.holds(one),
            // Asked of known patterns alone, whose wildcards take every character.
            (Self::One(class) | Self::Many(class), Self::One(_) | Self::Many(_)) => class == Class::Any,
        }
    }

    fn repeats(self) -> bool {
        matches!(self, Self::Many(_))
    }
}

impl Glob {
    /// A pattern with wildcards.
    pub fn pattern(text: &Text, case: Case) -> Self {
        Self::build(text, case, true)
    }

    /// A text in which `*` and `?` are themselves.
    pub fn literal(text: &Text, case: Case) -> Self {
        Self::build(text, case, false)
    }

    /// A known pattern with wildcards.
    pub fn of(pattern: &str, case: Case) -> Self {
        let mut tokens = Vec::with_capacity(pattern.len());
        spell(pattern, case, true, &mut tokens);
        Self { tokens, case, known: true }
    }

    fn build(text: &Text, case: Case, wildcards: bool) -> Self {
        let mut tokens = Vec::with_capacity(text.known_len());
        for piece in text.pieces() {
            match piece {
                Piece::Known(text, _) => spell(text, case, wildcards, &mut tokens),
                Piece::Unknown(unknown) => hole(&unknown.symbol, &mut tokens),
            }
        }
        Self { tokens, case, known: text.is_known() }
    }

    /// Whether it matches a known text.
    pub fn matches(&self, literal: &str) -> Verdict {
        if self.tokens.len().saturating_mul(literal.len()) > MOST_STEPS {
            return Verdict::CannotTell;
        }
        // What stands before the first wildcard is compared at once: there most patterns of actions part ways.
        let plain = self.tokens.iter().take_while(|token| matches!(token, Token::Char(_)));
        let mut characters = literal.chars().map(|character| Token::Char(fold(character, self.case)));
        let mut before = 0;
        for token in plain {
            if characters.next() != Some(*token) {
                return Verdict::No;
            }
            before += 1;
        }
        let mut states = Vec::new();
        self.settle(before, &mut states);
        for character in characters {
            states = self.after(&states, character);
            if states.is_empty() {
                return Verdict::No;
            }
        }
        if !self.accepts(&states) {
            return Verdict::No;
        }
        if self.known { Verdict::Yes } else { Verdict::CannotTell }
    }

    /// Whether some text is matched by both.
    pub fn meets(&self, other: &Self) -> Verdict {
        if self.tokens.len().saturating_mul(other.tokens.len()) > MOST_STEPS {
            return Verdict::CannotTell;
        }
        if !self.overlaps(other) {
            return Verdict::No;
        }
        if self.known && other.known { Verdict::Yes } else { Verdict::CannotTell }
    }

    /// Whether every text that it matches is matched by `other`.
    pub fn within(&self, other: &Self) -> Verdict {
        if other.known {
            match self.covered_by(other) {
                Some(true) => return Verdict::Yes,
                Some(false) if self.known => return Verdict::No,
                _ => {}
            }
        }
        if self.meets(other) == Verdict::No { Verdict::No } else { Verdict::CannotTell }
    }

    /// The states before the first character: places between tokens, those behind skipped repetitions included.
    fn start(&self) -> Vec<usize> {
        let mut states = Vec::new();
        self.settle(0, &mut states);
        states
    }

    /// Adds a state and those that can be reached from it without a character. States stay in order.
    fn settle(&self, mut state: usize, states: &mut Vec<usize>) {
        loop {
            if states.last().is_none_or(|last| *last < state) {
                states.push(state);
            }
            match self.tokens.get(state) {
                Some(token) if token.repeats() => state += 1,
                _ => return,
            }
        }
    }

    /// The states after a character, or after any one of those that `read` stands for.
    fn after(&self, states: &[usize], read: Token) -> Vec<usize> {
        let mut next = Vec::with_capacity(states.len() + 1);
        for state in states {
            let Some(token) = self.tokens.get(*state).filter(|token| token.covers(read)) else { continue };
            self.settle(if token.repeats() { *state } else { *state + 1 }, &mut next);
        }
        next
    }

    fn accepts(&self, states: &[usize]) -> bool {
        states.last() == Some(&self.tokens.len())
    }

    /// Walks both patterns at once over every pair of places.
    fn overlaps(&self, other: &Self) -> bool {
        let width = other.tokens.len() + 1;
        let mut seen = vec![false; (self.tokens.len() + 1) * width];
        let mut left = vec![(0, 0)];
        while let Some((here, there)) = left.pop() {
            match seen.get_mut(here * width + there) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            let (mine, theirs) = (self.tokens.get(here).copied(), other.tokens.get(there).copied());
            if mine.is_none() && theirs.is_none() {
                return true;
            }
            if mine.is_some_and(Token::repeats) {
                left.push((here + 1, there));
            }
            if theirs.is_some_and(Token::repeats) {
                left.push((here, there + 1));
            }
            if let (Some(mine), Some(theirs)) = (mine, theirs)
                && mine.meets(theirs)
            {
                left.push((here + usize::from(!mine.repeats()), there + usize::from(!theirs.repeats())));
            }
        }
        false
    }

    /// Walks this pattern together with all places that `other` may be at. `None` when that takes too long.
    ///
    /// A token of several characters is read as a character that `other` mentions nowhere: one pattern can take all
    /// characters of a class only by a token of a class.
    fn covered_by(&self, other: &Self) -> Option<bool> {
        let mut seen = FxHashSet::default();
        let mut left = vec![(0, other.start())];
        let mut steps = 0_usize;
        while let Some((here, states)) = left.pop() {
            steps = steps.saturating_add(states.len() + 1);
            if steps > MOST_STEPS {
                return None;
            }
            let Some(token) = self.tokens.get(here).copied() else {
                if other.accepts(&states) {
                    continue;
                }
                return Some(false);
            };
            let next = other.after(&states, token);
            if token.repeats() {
                left.push((here + 1, states));
                if seen.insert((here, next.clone())) {
                    left.push((here, next));
                }
            } else if next.is_empty() {
                return Some(false);
            } else if seen.insert((here + 1, next.clone())) {
                left.push((here + 1, next));
            }
        }
        Some(true)
    }
}

fn fold(character: char, case: Case) -> char {
    if case == Case::Ignored { character.to_ascii_lowercase() } else { character }
}

/// Adds the tokens of known characters.
fn spell(text: &str, case: Case, wildcards: bool, tokens: &mut Vec<Token>) {
    for character in text.chars() {
        push(tokens, token(character, case, wildcards));
    }
}

fn token(character: char, case: Case, wildcards: bool) -> Token {
    match character {
        '*' if wildcards => Token::Many(Class::Any),
        '?' if wildcards => Token::One(Class::Any),
        other => Token::Char(fold(other, case)),
    }
}

/// Adds a token; a run of stars is one star.
fn push(tokens: &mut Vec<Token>, token: Token) {
    if !(token.repeats() && tokens.last() == Some(&token)) {
        tokens.push(token);
    }
}

/// What is known of an unknown piece, as tokens.
fn hole(symbol: &Symbol, tokens: &mut Vec<Token>) {
    match symbol {
        Symbol::OwnAccount | Symbol::SomeAccount | Symbol::AccountOf(_) => {
            tokens.extend(std::iter::repeat_n(Token::One(Class::Digit), 12));
        }
        Symbol::Name | Symbol::Region | Symbol::Partition | Symbol::UrlSuffix | Symbol::OwnOrganization => {
            tokens.push(Token::One(Class::Name));
            push(tokens, Token::Many(Class::Name));
        }
        Symbol::Anything | Symbol::AnyText | Symbol::Attribute { .. } => {
            push(tokens, Token::Many(Class::Any));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{known, mixed};
    use proptest::prelude::*;

    fn glob(pattern: &str) -> Glob {
        Glob::pattern(&known(pattern), Case::Counts)
    }

    /// Matching as it is defined.
    fn brute(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some('*'), _) => brute(&pattern[1..], text) || (!text.is_empty() && brute(pattern, &text[1..])),
            (Some('?'), Some(_)) => brute(&pattern[1..], &text[1..]),
            (Some(one), Some(two)) => one == two && brute(&pattern[1..], &text[1..]),
            _ => false,
        }
    }

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    /// Every text of at most `length` characters; `z` stands in no pattern.
    fn texts(length: usize) -> Vec<Vec<char>> {
        let mut all = vec![Vec::new()];
        let mut last = all.clone();
        for _ in 0..length {
            last = last
                .iter()
                .flat_map(|text: &Vec<char>| ['a', 'b', 'z'].map(|next| [text.as_slice(), &[next]].concat()))
                .collect();
            all.extend(last.clone());
        }
        all
    }

    #[test]
    fn actions() {
        let action = |pattern: &str, name: &str| Glob::pattern(&known(pattern), Case::Ignored).matches(name);
        assert_eq!(action("KMS:re*", "kms:ReEncryptFrom"), Verdict::Yes);
        assert_eq!(action("kms:ReEncrypt", "kms:ReEncryptFrom"), Verdict::No);
        assert_eq!(action("kms:??Encrypt*", "kms:ReEncryptTo"), Verdict::Yes);
        assert_eq!(action("*", "kms:Sign"), Verdict::Yes);
    }

    #[test]
    fn unknown_pieces_leave_no_certain_match() {
        let of = |pieces: &[&str], text: &str| Glob::pattern(&mixed(pieces), Case::Counts).matches(text);
        assert_eq!(of(&["kms:", "?text"], "kms:Sign"), Verdict::CannotTell);
        assert_eq!(of(&["s3:", "?text"], "kms:Sign"), Verdict::No);
        assert_eq!(
            of(&["arn:aws:iam::", "?account", ":root"], "arn:aws:iam::111122223333:root"),
            Verdict::CannotTell
        );
        assert_eq!(of(&["arn:aws:iam::", "?account", ":root"], "arn:aws:iam::12:root"), Verdict::No);
        assert_eq!(of(&["role/", "?name"], "role/a:b"), Verdict::No);
    }

    #[test]
    fn unknown_subjects_are_within_wide_patterns() {
        let role = Glob::literal(&mixed(&["arn:aws:iam::111122223333:role/", "?name"]), Case::Counts);
        assert_eq!(role.within(&glob("arn:aws:iam::111122223333:role/*")), Verdict::Yes);
        assert_eq!(role.within(&glob("arn:aws:iam::444455556666:*")), Verdict::No);
        assert_eq!(role.within(&glob("*role/app")), Verdict::CannotTell);
        let account = Glob::literal(&mixed(&["?own"]), Case::Counts);
        assert_eq!(account.within(&glob("????????????")), Verdict::Yes);
        assert_eq!(account.within(&glob("*-*")), Verdict::No);
    }

    #[test]
    fn wildcards_in_other_order_are_equal() {
        assert_eq!(glob("?*").within(&glob("*?")), Verdict::Yes);
        assert_eq!(glob("*?").within(&glob("?*?")), Verdict::No);
        assert_eq!(glob("*").within(&glob("**")), Verdict::Yes);
    }

    #[test]
    fn hostile_sizes_end() {
        let long = "a*".repeat(20_000);
        assert_eq!(glob(&long).matches(&"a".repeat(20_000)), Verdict::CannotTell);
        assert_eq!(glob(&long).meets(&glob(&long)), Verdict::CannotTell);
        let _ = glob(&long).within(&glob(&long));
        let _ = glob(&"*?".repeat(300)).within(&glob(&"?*a".repeat(300)));
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(one in "[ab*?]{0,5}", two in "[ab*?]{0,5}") {
            let yes = |answer: bool| if answer { Verdict::Yes } else { Verdict::No };
            let (first, second) = (chars(&one), chars(&two));
            let all = texts(6);
            for text in &all {
                let literal: String = text.iter().collect();
                prop_assert_eq!(glob(&one).matches(&literal), yes(brute(&first, text)));
            }
            let meets = all.iter().any(|text| brute(&first, text) && brute(&second, text));
            let within = all.iter().all(|text| !brute(&first, text) || brute(&second, text));
            // Texts of ten characters tell any two patterns of five apart; six do when both are shorter.
            if one.len() + two.len() <= 6 {
                prop_assert_eq!(glob(&one).meets(&glob(&two)), yes(meets));
                prop_assert_eq!(glob(&one).within(&glob(&two)), yes(within), "{} within {}", one, two);
            }
        }
    }
}
