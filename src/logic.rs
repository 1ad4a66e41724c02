//! Yes, no, cannot tell.
//!
//! Kleene's three values, with the witnesses that prove them. `W` is whatever the asking room holds as proof; this
//! room knows nothing of it. What is easy to get wrong: the witnesses of an answer are those of *its* verdict: a
//! yes keeps what made it yes, a no what denied it, a cannot-tell the unknowns.

/// One of Kleene's three truth values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// It holds, whatever the unknown values turn out to be.
    Yes,
    /// It does not hold, whatever the unknown values turn out to be.
    No,
    /// It depends on values that are not known here.
    CannotTell,
}

/// A verdict and what proves it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub struct Answer<W> {
    /// The verdict.
    pub verdict: Verdict,
    /// What proves it, in the order found.
    pub because: Vec<W>,
}

impl<W> Answer<W> {
    /// Yes, because of these.
    pub fn yes(because: impl IntoIterator<Item = W>) -> Self {
        Self { verdict: Verdict::Yes, because: because.into_iter().collect() }
    }

    /// No, because of these.
    pub fn no(because: impl IntoIterator<Item = W>) -> Self {
        Self { verdict: Verdict::No, because: because.into_iter().collect() }
    }

    /// Cannot tell, because of these unknowns.
    pub fn cannot_tell(because: impl IntoIterator<Item = W>) -> Self {
        Self { verdict: Verdict::CannotTell, because: because.into_iter().collect() }
    }

    /// Whether the verdict is yes.
    pub fn is_yes(&self) -> bool {
        self.verdict == Verdict::Yes
    }

    /// Whether the verdict is no.
    pub fn is_no(&self) -> bool {
        self.verdict == Verdict::No
    }

    /// Whether the verdict is cannot tell.
    pub fn is_open(&self) -> bool {
        self.verdict == Verdict::CannotTell
    }

    /// Both. No when either is no, yes when both are, otherwise cannot tell.
    pub fn and(self, other: Self) -> Self {
        self.join(other, Verdict::No, Verdict::Yes)
    }

    /// Either. Yes when either is yes, no when both are no, otherwise cannot tell.
    pub fn or(self, other: Self) -> Self {
        self.join(other, Verdict::Yes, Verdict::No)
    }

    /// `strong` on either side decides; `weak` needs both sides.
    fn join(mut self, other: Self, strong: Verdict, weak: Verdict) -> Self {
        match (self.verdict, other.verdict) {
            (a, b) if a == b => {
                self.because.extend(other.because);
                self
            }
            (a, _) if a == strong => self,
            (_, b) if b == strong => other,
            (a, _) if a == weak => other,
            _ => self,
        }
    }

    /// All of them; yes for none.
    pub fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        answers.into_iter().fold(Self::yes([]), Self::and)
    }

    /// Any of them; no for none.
    pub fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        answers.into_iter().fold(Self::no([]), Self::or)
    }

    /// The same answer with other witnesses.
    pub fn map<V>(self, change: impl FnMut(W) -> V) -> Answer<V> {
        Answer { verdict: self.verdict, because: self.because.into_iter().map(change).collect() }
    }
}

impl<W> std::ops::Not for Answer<W> {
    type Output = Self;

    /// Yes becomes no and no becomes yes; cannot tell stays.
    fn not(mut self) -> Self {
        self.verdict = match self.verdict {
            Verdict::Yes => Verdict::No,
            Verdict::No => Verdict::Yes,
            Verdict::CannotTell => Verdict::CannotTell,
        };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Verdict; 3] = [Verdict::Yes, Verdict::No, Verdict::CannotTell];

    fn answer(verdict: Verdict, witness: &'static str) -> Answer<&'static str> {
        Answer { verdict, because: vec![witness] }
    }

    #[test]
    fn and_is_the_minimum_and_or_the_maximum() {
        let rank = |verdict| match verdict {
            Verdict::No => 0,
            Verdict::CannotTell => 1,
            Verdict::Yes => 2,
        };
        for a in ALL {
            for b in ALL {
                assert_eq!(rank(answer(a, "a").and(answer(b, "b")).verdict), rank(a).min(rank(b)));
                assert_eq!(rank(answer(a, "a").or(answer(b, "b")).verdict), rank(a).max(rank(b)));
            }
        }
    }

    #[test]
    fn witnesses_are_those_of_the_verdict() {
        let no = answer(Verdict::Yes, "a").and(answer(Verdict::No, "b"));
        assert_eq!(no.because, ["b"]);
        let open = answer(Verdict::No, "a").or(answer(Verdict::CannotTell, "b"));
        assert_eq!((open.verdict, open.because), (Verdict::CannotTell, vec!["b"]));
        let yes = answer(Verdict::Yes, "a").and(answer(Verdict::Yes, "b"));
        assert_eq!(yes.because, ["a", "b"]);
    }

    #[test]
    fn not_keeps_cannot_tell() {
        assert!((!answer(Verdict::CannotTell, "a")).is_open());
        assert!((!answer(Verdict::Yes, "a")).is_no());
    }
}
