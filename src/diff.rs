//! What a change does to who can do what.
//!
//! Keys of the old and the new side are paired, and each pair's policies are compared both ways by
//! [`access::compare`](crate::access::compare), which proves or gives a request. What is easy to get wrong: a key that
//! was moved is the same key; a key that states no policy has the default one.

use crate::access::{Access, New, Setting, compare, deny_covers_managers, nobody_manages};
use crate::policy::Document;
use crate::source::Span;

/// Keys on a side beyond which none is recognised by its policy alone.
const MOST_ALIKE: usize = 40;

/// A key with the policy that holds for it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The root module, template or plan that declares it, by its path.
    pub unit: String,
    /// Its address in there.
    pub address: String,
    /// What else it is known by: its aliases, its description.
    pub names: Vec<String>,
    /// Addresses that it had before it was moved.
    pub formerly: Vec<String>,
    /// Its declaration's head.
    pub span: Span,
    /// The policy.
    pub document: Document,
    /// Whether no policy is stated, so that the default one holds (AWS KMS Developer Guide, "Default key policy").
    pub is_default: bool,
    /// Whether its policy may be stated out of sight.
    pub hidden: bool,
    /// Where it lives and whom its owner trusts.
    pub setting: Setting,
}

impl Held {
    /// A key declared at `span` of which nothing is said.
    pub fn of(span: Span) -> Self {
        Self {
            unit: String::new(),
            address: String::new(),
            names: Vec::new(),
            formerly: Vec::new(),
            span,
            document: crate::policy::default_key_policy(span),
            is_default: true,
            hidden: false,
            setting: Setting::default(),
        }
    }
}

/// What became of a key.
#[derive(Clone, Debug)]
pub struct Changed<'a> {
    /// As it was; `None` when it is new.
    pub old: Option<&'a Held>,
    /// As it will be; `None` when it is gone.
    pub new: Option<&'a Held>,
    /// What is newly allowed; for a new key beyond the default key policy.
    pub gained: Option<New>,
    /// What is allowed no more.
    pub lost: Option<New>,
    /// Whether nobody can manage the key any more, and somebody could before.
    pub lockout: Option<Access>,
}

impl Changed<'_> {
    /// The key as it will be, else as it was.
    pub fn held(&self) -> Option<&Held> {
        self.new.or(self.old)
    }

    /// Whether a side's policy is stated out of sight, so that nothing can be compared.
    pub fn is_hidden(&self) -> bool {
        self.old.is_some_and(|old| old.hidden) || self.new.is_some_and(|new| new.hidden)
    }

    /// Whether anything is different or may be.
    pub fn is_change(&self) -> bool {
        let told = |new: &Option<New>| new.as_ref().is_some_and(|new| !new.answer.is_no());
        self.old.is_none()
            || self.new.is_none()
            || told(&self.gained)
            || told(&self.lost)
            || self.lockout.is_some()
    }
}

/// Pairs the keys of two sides and compares their policies, in the order of the new side, then what is gone.
pub fn diff<'a>(old: &'a [Held], new: &'a [Held]) -> Vec<Changed<'a>> {
    let pairs = pair(old, new);
    let mut found: Vec<Changed<'_>> =
        new.iter().zip(&pairs).map(|(new, old_at)| changed(old_at.and_then(|at| old.get(at)), new)).collect();
    let gone = old.iter().enumerate().filter(|(at, _)| !pairs.contains(&Some(*at)));
    found.extend(gone.map(|(_, old)| Changed {
        old: Some(old),
        new: None,
        gained: None,
        lost: None,
        lockout: None,
    }));
    found
}

fn changed<'a>(old: Option<&'a Held>, new: &'a Held) -> Changed<'a> {
    let Some(before) = old else {
        // A new key is measured by what AWS would give it unasked.
        let default = crate::policy::default_key_policy(new.span);
        let gained = (!new.hidden).then(|| compare(&default, &new.document, &new.setting));
        return Changed { old: None, new: Some(new), gained, lost: None, lockout: lockout(None, new) };
    };
    if before.hidden || new.hidden {
        return Changed { old, new: Some(new), gained: None, lost: None, lockout: None };
    }
    Changed {
        old,
        new: Some(new),
        gained: Some(compare(&before.document, &new.document, &new.setting)),
        lost: Some(compare(&new.document, &before.document, &new.setting)),
        lockout: lockout(Some(before), new),
    }
}

fn lockout(old: Option<&Held>, new: &Held) -> Option<Access> {
    let locked = |held: &Held| {
        nobody_manages(&held.document, &held.setting).or(deny_covers_managers(&held.document, &held.setting))
    };
    let now = locked(new);
    let before = old.is_some_and(|old| locked(old).is_yes());
    (now.is_yes() && !before && !new.hidden).then_some(now)
}

/// For each new key the old one that it is: by unit and address, by what it was moved from, by address alone, by an alias,
/// by a description, by a policy that says the same, and at last the only one that is left on either side.
fn pair(old: &[Held], new: &[Held]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; new.len()];
    let tests: [fn(&Held, &Held) -> bool; 6] = [
        |old, new| old.unit == new.unit && old.address == new.address,
        |old, new| old.unit == new.unit && new.formerly.contains(&old.address),
        |old, new| old.address == new.address,
        |old, new| share(old, new, |name| name.starts_with("alias/")),
        |old, new| share(old, new, |_| true),
        |old, new| !old.is_default && !new.is_default && says_the_same(old, new),
    ];
    for (step, same) in tests.into_iter().enumerate() {
        // Policies are compared only where a few keys are left.
        if step == 5 && (new.len() > MOST_ALIKE || old.len() > MOST_ALIKE) {
            break;
        }
        for (at, key) in new.iter().enumerate() {
            if pairs.get(at).is_none_or(Option::is_some) {
                continue;
            }
            let mut free =
                old.iter().enumerate().filter(|(at, old)| !pairs.contains(&Some(*at)) && same(old, key));
            // Two that fit are as good as none.
            if let (Some((found, _)), None) = (free.next(), free.next())
                && let Some(slot) = pairs.get_mut(at)
            {
                *slot = Some(found);
            }
        }
    }
    if let ([_], [_], [None]) = (old, new, pairs.as_slice()) {
        return vec![Some(0)];
    }
    pairs
}

/// Whether two keys are known by the same name.
fn share(old: &Held, new: &Held, counts: impl Fn(&str) -> bool) -> bool {
    old.names.iter().any(|name| counts(name) && new.names.contains(name))
}

/// Whether two policies allow the same, so that one is the other under a new name.
fn says_the_same(old: &Held, new: &Held) -> bool {
    old.document.statements.len() == new.document.statements.len()
        && compare(&old.document, &new.document, &new.setting).answer.is_no()
        && compare(&new.document, &old.document, &new.setting).answer.is_no()
}
