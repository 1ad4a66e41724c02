//! Whether one resource of a key policy covers the key that the policy belongs to.
//!
//! AWS KMS Developer Guide, "Key policies in AWS KMS": the resource of a key policy is its own key. `*` covers it, its own
//! ARN does, and so does every pattern that matches this ARN. What is easy to get wrong: a policy that stands alone may
//! name its key by a literal id, one that is declared with its key cannot know the id.

use super::view::View;
use super::{Access, Setting, Witness};
use crate::logic::Answer;
use crate::policy::{Arn, Document, Element};
use crate::value::{Piece, Text};

/// Whether `resource` covers the key that `document` belongs to. No: the statement does nothing with it.
pub fn covers_key(resource: &Element<Text>, document: &Document, setting: &Setting) -> Access {
    let fact = |fact: &str| {
        let fact = format!("`{}` {fact}", resource.value.shown());
        [Witness::new(resource.span, fact, &resource.trail)]
    };
    if let [Piece::Unknown(unknown)] = resource.value.pieces()
        && let Some((of, attribute)) = unknown.attribute()
    {
        return match attribute_covers(of, attribute, setting) {
            Some(true) => Answer::yes([]),
            Some(false) => Answer::no(fact("is not this key")),
            None => Answer::cannot_tell([Witness::of_unknown(unknown)]),
        };
    }
    let view = View::new(document, setting);
    let answer = view.is_this_key(&resource.value, resource.span, &resource.trail);
    if answer.is_open() && setting.key.is_some() && names_one_key(&resource.value) {
        return Answer::no(fact("is another key"));
    }
    answer
}

/// What an attribute of a resource says of the key; `None`: nothing.
fn attribute_covers(of: &str, attribute: &str, setting: &Setting) -> Option<bool> {
    let key = setting.key.as_deref()?;
    let arn = attribute.eq_ignore_ascii_case("arn");
    let id = ["id", "key_id", "keyid"].iter().any(|name| attribute.eq_ignore_ascii_case(name));
    if of == key {
        return if arn { Some(true) } else { id.then_some(false) };
    }
    // `aws_kms_key.k` and `aws_kms_key.k[0]` may be one key.
    let base = |address: &str| address.split('[').next().unwrap_or_default().to_owned();
    ((arn || id) && base(of) != base(key)).then_some(false)
}

/// Whether a text is the ARN of one key, by its literal id.
fn names_one_key(text: &Text) -> bool {
    let resource = Arn::parse(text).and_then(|arn| arn.resource.known());
    let id = resource.as_deref().and_then(|resource| resource.strip_prefix("key/"));
    id.is_some_and(|id| !id.is_empty() && !id.contains(['*', '?']))
}
