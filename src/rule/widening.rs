//! What a plan newly allows: the policy before against the policy after, by proof or by a request.
//!
//! A key that is new has nothing before it and is not asked. What is easy to get wrong: a key's own plan entry may say
//! that nothing is done to it, while the policy that is stated for it apart changes.

use super::subject::{Scene, document};
use crate::access::{Breadth, CallerKind, NewAccess, Witness, compare, own_account};
use crate::key::Action;
use crate::policy::PolicyKind;

/// Access that the policy after the plan has and the one before it lacks.
#[derive(Debug)]
pub(super) struct Widening {
    /// The access.
    pub(super) access: NewAccess,
    /// Whether it is certain.
    pub(super) certain: bool,
    /// How far it reaches; `None` when that is not known.
    pub(super) breadth: Option<Breadth>,
    /// Where the policy before does not allow it.
    pub(super) refused: Witness,
    /// The key's account, where it is known.
    pub(super) own: Option<String>,
}

impl Widening {
    /// Whether it is a service's.
    pub(super) fn is_service(&self) -> bool {
        self.access.request.caller.kind == CallerKind::Service
    }
}

/// What the plan newly allows on a scene's key; nothing where it has no policy before, or several after.
pub(super) fn widenings(scene: &Scene<'_>) -> Vec<Widening> {
    let change = scene.key.and_then(|key| key.change.as_ref());
    let lives = |action: Action| matches!(action, Action::None | Action::Update | Action::Replace);
    let before =
        change.filter(|change| lives(change.action)).and_then(|change| change.policy_before.as_ref());
    let Some(before) = before.and_then(|value| document(value, PolicyKind::Key)) else { return Vec::new() };
    let [held] = &*scene.policies else { return Vec::new() };
    let new = compare(&before, &held.document, &scene.setting);
    let own = own_account(&held.document, &scene.setting);
    let certain = new.found.into_iter().map(|access| (access, true));
    let all = certain.chain(new.undecided.into_iter().map(|access| (access, false)));
    all.map(|(access, certain)| Widening {
        breadth: access.breadth(&held.document, &scene.setting),
        refused: access.refused_by(&before, &held.document, "before this plan, "),
        own: own.clone(),
        access,
        certain,
    })
    .collect()
}
