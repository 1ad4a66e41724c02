//! Small sets of numbers.

/// A set of numbers below a bound that every set of one question shares. The first 64 need no room of their own, which
/// is all that most questions have.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Bits {
    first: u64,
    more: Vec<u64>,
}

impl Bits {
    /// No number below `bound`.
    pub(super) fn none(bound: usize) -> Self {
        Self { first: 0, more: vec![0; bound.div_ceil(64).saturating_sub(1)] }
    }

    /// Every number below `bound`.
    pub(super) fn all(bound: usize) -> Self {
        let mut all = Self::none(bound);
        (0..bound).for_each(|number| all.add(number));
        all
    }

    fn word(&mut self, number: usize) -> Option<&mut u64> {
        match number / 64 {
            0 => Some(&mut self.first),
            at => self.more.get_mut(at - 1),
        }
    }

    fn words(&self) -> impl Iterator<Item = u64> + '_ {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }

    /// Each word with the same word of `other`, put in its place.
    fn merge(&mut self, other: &Self, join: impl Fn(u64, u64) -> u64) {
        self.first = join(self.first, other.first);
        for (mine, theirs) in self.more.iter_mut().zip(&other.more) {
            *mine = join(*mine, *theirs);
        }
    }

    pub(super) fn add(&mut self, number: usize) {
        if let Some(word) = self.word(number) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn remove(&mut self, number: usize) {
        if let Some(word) = self.word(number) {
            *word &= !(1 << (number % 64));
        }
    }

    pub(super) fn has(&self, number: usize) -> bool {
        let word = match number / 64 {
            0 => Some(&self.first),
            at => self.more.get(at - 1),
        };
        word.is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words().all(|word| word == 0)
    }

    /// Keeps what `other` has too.
    pub(super) fn keep(&mut self, other: &Self) {
        self.merge(other, |mine, theirs| mine & theirs);
    }

    /// Drops what `other` has.
    pub(super) fn drop(&mut self, other: &Self) {
        self.merge(other, |mine, theirs| mine & !theirs);
    }

    /// Takes what `other` has.
    pub(super) fn take(&mut self, other: &Self) {
        self.merge(other, |mine, theirs| mine | theirs);
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.words().zip(other.words()).any(|(mine, theirs)| mine & theirs != 0)
    }

    pub(super) fn within(&self, other: &Self) -> bool {
        self.words().zip(other.words()).all(|(mine, theirs)| mine & !theirs == 0)
    }

    /// How many numbers it has.
    pub(super) fn count(&self) -> u32 {
        self.words().map(u64::count_ones).sum()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words().enumerate().flat_map(|(at, word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                left &= left.checked_sub(1)?;
                Some(at * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_behave() {
        let mut some = Bits::none(130);
        some.add(1);
        some.add(129);
        assert_eq!(some.iter().collect::<Vec<_>>(), [1, 129]);
        assert!(some.within(&Bits::all(130)) && !Bits::all(130).within(&some));
        let mut rest = Bits::all(130);
        rest.drop(&some);
        assert!(!rest.meets(&some) && rest.count() == 128);
        rest.take(&some);
        assert_eq!(rest, Bits::all(130));
        some.remove(1);
        assert!(some.has(129) && !some.has(1) && !some.is_empty());
    }
}
