//! Texts that stand for all texts: one for every way in which a set of patterns can tell them apart.
//!
//! The patterns run side by side as automata over the characters that they mention and one that none mentions; the
//! shortest text of every combination of matches is kept. What is easy to get wrong: a text that equals a literal is a
//! class of its own, so the literals run along as a tree.

use crate::source::Limits;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a place of a pattern takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// This character.
    Char(char),
    /// This character in either case.
    Folded(char),
    /// One character.
    One,
    /// Any number of characters.
    Many,
    /// One character, not a colon.
    OneInField,
    /// Any number of characters, no colon.
    ManyInField,
}

impl Step {
    fn takes(self, c: char) -> bool {
        match self {
            Self::Char(own) => own == c,
            Self::Folded(own) => own.to_lowercase().eq(c.to_lowercase()),
            Self::One | Self::Many => true,
            Self::OneInField | Self::ManyInField => c != ':',
        }
    }

    fn repeats(self) -> bool {
        matches!(self, Self::Many | Self::ManyInField)
    }
}

/// A pattern as an automaton.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Vec<Step>);

impl Pattern {
    /// `StringLike`: a star runs across everything.
    pub(super) fn like(text: &str) -> Self {
        Self(text.chars().map(|c| wild(c, Step::One, Step::Many)).collect())
    }

    /// `ArnLike`: in the first five fields a star does not run across colons.
    pub(super) fn arn(text: &str) -> Self {
        let mut colons = 0;
        let steps = text.chars().map(|c| {
            colons += usize::from(c == ':');
            if colons < 5 {
                wild(c, Step::OneInField, Step::ManyInField)
            } else {
                wild(c, Step::One, Step::Many)
            }
        });
        Self(steps.collect())
    }

    /// `StringEqualsIgnoreCase`.
    pub(super) fn folded(text: &str) -> Self {
        Self(text.chars().map(Step::Folded).collect())
    }

    /// The text before the one star at its end, if that is all there is to it.
    fn prefix(&self) -> Option<String> {
        let (last, before) = self.0.split_last()?;
        let chars = before.iter().map(|step| if let Step::Char(c) = step { Some(*c) } else { None });
        (*last == Step::Many).then(|| chars.collect::<Option<String>>())?
    }
}

fn wild(c: char, one: Step, many: Step) -> Step {
    let [star, question] = super::super::compare::MARKS;
    match c {
        _ if c == star => Step::Char('*'),
        _ if c == question => Step::Char('?'),
        '*' => many,
        '?' => one,
        c => Step::Char(c),
    }
}

/// Which texts are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Domain {
    /// Any that is not empty.
    Text,
    /// Twelve digits.
    Account,
    /// The path and name of an IAM role or user: IAM User Guide, "IAM and AWS STS quotas", name requirements.
    Name,
    /// A name without path.
    PlainName,
}

impl Domain {
    fn allows(self, c: char, state: &State) -> bool {
        match self {
            Self::Text => !c.is_control(),
            Self::Account => c.is_ascii_digit() && state.length < 12,
            Self::Name if c == '/' => state.length > 0 && !state.after_slash,
            Self::Name | Self::PlainName => c.is_ascii_alphanumeric() || "+=,.@_-".contains(c),
        }
    }

    fn ends(self, state: &State) -> bool {
        match self {
            Self::Account => state.length == 12,
            Self::Text | Self::Name | Self::PlainName => state.length > 0 && !state.after_slash,
        }
    }

    /// Whether a whole text is one of them.
    pub(super) fn holds(self, text: &str) -> bool {
        let mut state = State::default();
        for c in text.chars() {
            if !self.allows(c, &state) {
                return false;
            }
            state.step(c, self);
        }
        self.ends(&state)
    }

    /// Characters to take where any will do, the nicest first.
    fn others(self) -> impl Iterator<Item = char> {
        let all = match self {
            Self::Account => "9876543210",
            Self::Text | Self::Name | Self::PlainName => {
                "xyzwvutsrqponmlkjihgfedcba0123456789_-XYZWVUTSRQPONMLKJIHGFEDCBA=+,.@"
            }
        };
        let more = if self == Self::Text {
            "~!#%&()<>[]^|{};\"' /$\\`\u{a1}\u{a2}\u{a3}\u{a4}\u{a5}\u{a6}\u{a7}\u{a8}\u{a9}"
        } else {
            ""
        };
        all.chars().chain(more.chars())
    }
}

/// How far a text has come.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct State {
    /// Places in the patterns, numbered through, in order.
    places: Vec<u32>,
    /// The node of the tree of literals; `None` when no literal begins so.
    node: Option<u32>,
    /// Characters so far, as far as the domain counts them.
    length: usize,
    after_slash: bool,
}

impl State {
    fn step(&mut self, c: char, domain: Domain) {
        let cap = if domain == Domain::Account { 12 } else { 1 };
        self.length = (self.length + 1).min(cap);
        self.after_slash = domain == Domain::Name && c == '/';
    }
}

/// The texts found, and whether they stand for all.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    /// One for every class, without the head.
    pub(super) texts: Vec<String>,
    /// Whether a bound was hit.
    pub(super) cut: bool,
}

/// One text behind `head` for every way in which literals and patterns can tell texts of the domain apart.
pub(super) fn texts(head: &str, literals: &[&str], patterns: &[Pattern], domain: Domain) -> Texts {
    let behind: Vec<&str> = literals.iter().filter_map(|literal| literal.strip_prefix(head)).collect();
    let prefixes: Option<Vec<String>> = patterns.iter().map(Pattern::prefix).collect();
    if let Some(prefixes) = prefixes.filter(|_| domain != Domain::Account)
        && let Some(texts) = chained(head, &behind, &prefixes, domain)
    {
        return Texts { texts, cut: false };
    }
    Walk::new(head, &behind, patterns, domain).run()
}

/// The classes of literals and of patterns that are a text and a star: the patterns that match a text are a chain, so
/// one text behind each is enough. `None` when no character is free.
fn chained(head: &str, literals: &[&str], prefixes: &[String], domain: Domain) -> Option<Vec<String>> {
    let mut found: Vec<String> = literals.iter().map(|text| (*text).to_owned()).collect();
    let stems = prefixes.iter().filter_map(|prefix| prefix.strip_prefix(head));
    for stem in std::iter::once("").chain(stems) {
        let taken = |c: char| {
            let goes_on = |text: &str| text.strip_prefix(stem).is_some_and(|rest| rest.starts_with(c));
            literals.iter().any(|text| goes_on(text))
                || prefixes.iter().filter_map(|p| p.strip_prefix(head)).any(goes_on)
        };
        let free = domain.others().find(|c| !taken(*c))?;
        let whole = format!("{stem}{free}");
        // A stem that ends within a name goes on with the name's own characters.
        found.push(whole);
    }
    found.retain(|text| domain.holds(text));
    found.sort();
    found.dedup();
    Some(found)
}

/// A breadth-first walk through all patterns at once.
struct Walk<'a> {
    steps: Vec<Option<Step>>,
    /// The place behind the last step of each pattern.
    ends: FxHashSet<u32>,
    tree: Tree,
    domain: Domain,
    start: State,
    literals: &'a [&'a str],
}

impl<'a> Walk<'a> {
    fn new(head: &str, literals: &'a [&'a str], patterns: &[Pattern], domain: Domain) -> Self {
        let mut steps: Vec<Option<Step>> = Vec::new();
        let mut ends = FxHashSet::default();
        let mut starts = Vec::new();
        for pattern in patterns {
            starts.push(index(steps.len()));
            steps.extend(pattern.0.iter().copied().map(Some));
            ends.insert(index(steps.len()));
            steps.push(None);
        }
        let mut walk =
            Self { steps, ends, tree: Tree::of(literals), domain, start: State::default(), literals };
        let mut places = Vec::new();
        for place in starts {
            walk.settle(place, &mut places);
        }
        places.sort_unstable();
        places.dedup();
        for c in head.chars() {
            places = walk.after(&places, c);
        }
        walk.start = State { places, node: Some(0), ..State::default() };
        walk
    }

    /// Adds a place and those behind repetitions that take nothing.
    fn settle(&self, mut place: u32, places: &mut Vec<u32>) {
        loop {
            places.push(place);
            match self.steps.get(place as usize) {
                Some(Some(step)) if step.repeats() => place += 1,
                _ => return,
            }
        }
    }

    fn after(&self, places: &[u32], c: char) -> Vec<u32> {
        let mut next = Vec::with_capacity(places.len());
        for place in places {
            if let Some(Some(step)) = self.steps.get(*place as usize)
                && step.takes(c)
            {
                self.settle(if step.repeats() { *place } else { place + 1 }, &mut next);
            }
        }
        next.sort_unstable();
        next.dedup();
        next
    }

    /// The characters that lead from a state to different states.
    fn alphabet(&self, state: &State) -> Vec<char> {
        let mut mentioned: Vec<char> = Vec::new();
        let mut fields = false;
        for place in &state.places {
            match self.steps.get(*place as usize) {
                Some(Some(Step::Char(c))) => mentioned.push(*c),
                Some(Some(Step::Folded(c))) => mentioned.extend(c.to_lowercase().chain(c.to_uppercase())),
                Some(Some(Step::OneInField | Step::ManyInField)) => fields = true,
                _ => {}
            }
        }
        mentioned.extend(self.tree.children(state.node));
        if fields {
            mentioned.push(':');
        }
        if self.domain == Domain::Name {
            mentioned.push('/');
        }
        mentioned.sort_unstable();
        mentioned.dedup();
        let other = self.domain.others().find(|c| mentioned.binary_search(c).is_err());
        // The free character first: it makes the shortest texts read better.
        other.into_iter().chain(mentioned).filter(|c| self.domain.allows(*c, state)).collect()
    }

    fn run(self) -> Texts {
        let mut seen: FxHashMap<State, usize> = FxHashMap::default();
        let mut made: Vec<(State, usize, char)> = vec![(self.start.clone(), 0, '\0')];
        let mut kinds: FxHashSet<(Vec<u32>, Option<u32>)> = FxHashSet::default();
        let mut texts: Vec<String> = self
            .literals
            .iter()
            .filter(|text| self.domain.holds(text))
            .map(|text| (*text).to_owned())
            .collect();
        seen.insert(self.start.clone(), 0);
        let mut at = 0;
        let mut cut = false;
        while let Some((state, ..)) = made.get(at).cloned() {
            if made.len() > Limits::DEFAULT.automaton_states {
                cut = true;
                break;
            }
            if self.domain.ends(&state) {
                let accepted = state.places.iter().copied().filter(|place| self.ends.contains(place));
                let kind = (accepted.collect(), state.node.filter(|node| self.tree.is_word(*node)));
                if kinds.insert(kind) {
                    texts.push(spell(&made, at));
                }
            }
            for c in self.alphabet(&state) {
                let mut next = State {
                    places: self.after(&state.places, c),
                    node: self.tree.child(state.node, c),
                    length: state.length,
                    after_slash: false,
                };
                next.step(c, self.domain);
                if !seen.contains_key(&next) {
                    seen.insert(next.clone(), made.len());
                    made.push((next, at, c));
                }
            }
            at += 1;
        }
        texts.sort();
        texts.dedup();
        Texts { texts, cut }
    }
}

/// The text that led to a state.
fn spell(made: &[(State, usize, char)], mut at: usize) -> String {
    let mut chars = Vec::new();
    while at != 0 {
        let Some((_, before, c)) = made.get(at) else { break };
        chars.push(*c);
        at = *before;
    }
    chars.iter().rev().collect()
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The literals as a tree of characters.
#[derive(Debug, Default)]
struct Tree {
    children: FxHashMap<(u32, char), u32>,
    of: FxHashMap<u32, Vec<char>>,
    words: FxHashSet<u32>,
}

impl Tree {
    fn of(literals: &[&str]) -> Self {
        let mut tree = Self::default();
        let mut made = 0;
        for literal in literals {
            let mut node = 0;
            for c in literal.chars() {
                node = if let Some(next) = tree.children.get(&(node, c)) {
                    *next
                } else {
                    made += 1;
                    tree.children.insert((node, c), made);
                    tree.of.entry(node).or_default().push(c);
                    made
                };
            }
            tree.words.insert(node);
        }
        tree
    }

    fn child(&self, node: Option<u32>, c: char) -> Option<u32> {
        self.children.get(&(node?, c)).copied()
    }

    fn children(&self, node: Option<u32>) -> impl Iterator<Item = char> + '_ {
        node.and_then(|node| self.of.get(&node)).into_iter().flatten().copied()
    }

    fn is_word(&self, node: u32) -> bool {
        self.words.contains(&node)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::words::glob;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_class_has_a_text() {
        let patterns = [Pattern::like("a*"), Pattern::like("*b")];
        let found = texts("", &["ab", "c"], &patterns, Domain::Text);
        assert!(!found.cut);
        let kinds: FxHashSet<(bool, bool, bool)> = found
            .texts
            .iter()
            .map(|text| (glob("a*", text), glob("*b", text), text == "ab" || text == "c"))
            .collect();
        assert_eq!(kinds.len(), 6, "{:?}", found.texts);
    }

    #[test]
    fn accounts_have_twelve_digits() {
        let found = texts("", &["111122223333"], &[Pattern::like("1111*")], Domain::Account);
        assert!(found.texts.iter().all(|text| Domain::Account.holds(text)));
        assert_eq!(found.texts.len(), 3);
    }

    #[test]
    fn fields_of_arns_hold_no_colon() {
        let found =
            texts("", &[], &[Pattern::arn("arn:*:s3:::b*"), Pattern::like("arn:*:s3:::b*")], Domain::Text);
        // Matched by both, by the second only (a colon under the first star), by none.
        assert_eq!(found.texts.len(), 3, "{:?}", found.texts);
    }

    #[test]
    fn names_are_names() {
        let found = texts(
            "arn:aws:iam::1:role/",
            &["arn:aws:iam::1:role/app"],
            &[Pattern::arn("arn:aws:iam::*:role/team/*"), Pattern::like("*/app")],
            Domain::Name,
        );
        assert!(found.texts.iter().all(|text| Domain::Name.holds(text)), "{:?}", found.texts);
        assert!(found.texts.contains(&"app".to_owned()));
        assert!(found.texts.iter().any(|text| text.starts_with("team/") && text.ends_with("/app")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_text_is_of_a_class_that_was_missed(
            globs in proptest::collection::vec("[ab*?]{0,4}", 0..3),
            literals in proptest::collection::vec("[ab]{1,3}", 0..3),
            text in "[abc]{1,6}",
        ) {
            let patterns: Vec<Pattern> = globs.iter().map(|text| Pattern::like(text)).collect();
            let words: Vec<&str> = literals.iter().map(String::as_str).collect();
            let kind = |text: &str| {
                let mut kind: Vec<bool> = globs.iter().map(|pattern| glob(pattern, text)).collect();
                kind.extend(words.iter().map(|word| *word == text));
                kind
            };
            let found = texts("", &words, &patterns, Domain::Text);
            prop_assert!(found.texts.iter().any(|one| kind(one) == kind(&text)), "{:?}", found.texts);
        }
    }
}
