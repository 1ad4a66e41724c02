//! Items of an object that a later item of the same key replaces: Terraform drops them without a word.
//!
//! In a policy that is a statement, a principal or a condition that AWS never sees. What is easy to get wrong: an item
//! that is written twice with the same value loses nothing.

use super::Eval;
use crate::source::{Problem, ProblemKind};
use crate::value::{Entry, Name, Value};

impl Eval<'_> {
    /// Says that `entry` is replaced by `name` and `value`, where that makes a difference.
    pub(super) fn note_replaced(&self, entry: &Entry, name: &Name, value: &Value) {
        let text = crate::input::terraform::json_text;
        let known = |value: &Value| text(value).and_then(|text| text.known());
        let same = known(&entry.value).is_some_and(|before| known(value) == Some(before));
        if same || entry.name.span == name.span {
            return;
        }
        let key = self.source_text(entry.name.span);
        let message = format!("this `{key}` is dropped: the object has another one behind it, which holds");
        let problem = Problem::new(ProblemKind::Unread, entry.name.span, message);
        self.report(
            problem.label(name.span, "this one holds").help("make one item of the two, or remove one"),
        );
    }
}
