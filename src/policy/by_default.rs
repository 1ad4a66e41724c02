//! Texts with what a default gave them taken out.
//!
//! A variable without a value has its default, and a default is often there only to be replaced: `""`, `"undefined"`.
//! What is wrong with a text is then the default's fault, if it is gone as soon as the default's characters are not
//! known. What is easy to get wrong: the empty text leaves no characters, only a seam between those around it.

use crate::source::Span;
use crate::value::{Default, Piece, Reason, Symbol, Text, Trail, Unknown};

/// The text, which stands at `whole`, with every part that came by a default of its trail as not known; `None` where
/// none did.
pub fn without_defaults(text: &Text, whole: Span, trail: &Trail) -> Option<Text> {
    let default = trail.by_default()?;
    if text.is_empty() {
        return Some(Text::unknown(open(default)));
    }
    let empty = trail.defaults().find(|default| default.empty);
    let mut parts = Vec::new();
    let mut changed = false;
    let mut at = 0;
    for piece in text.pieces() {
        let Piece::Known(known, places) = piece else {
            parts.push(text_of(piece));
            continue;
        };
        let ends = places.iter().skip(1).map(|place| place.at as usize).chain([known.len()]);
        for (index, (place, end)) in places.iter().zip(ends).enumerate() {
            let from = trail.defaults().find(|default| default.value.contains(place.span));
            // What a function has made of texts does not stand anywhere.
            let from = from.or_else(|| (!place.verbatim).then_some(default));
            if let Some(empty) = empty.filter(|_| index > 0) {
                parts.push(Text::unknown(open(empty)));
            }
            changed |= from.is_some() || (index > 0 && empty.is_some());
            let run = at + place.at as usize..at + end;
            parts.push(from.map_or_else(|| known_part(text, run), |from| Text::unknown(open(from))));
        }
        at += known.len();
    }
    // Longer than its characters with their quotes: something that is empty stands in it.
    if let Some(empty) = empty.filter(|_| whole.len() > text.known_len() + 2) {
        parts.push(Text::unknown(open(empty)));
        changed = true;
    }
    changed.then(|| Text::concat(&parts))
}

/// The known characters alone: [`Text::slice`] keeps unknown pieces at its borders.
fn known_part(text: &Text, run: std::ops::Range<usize>) -> Text {
    let sliced = text.slice(run);
    Text::concat(
        sliced
            .pieces()
            .iter()
            .filter(|piece| matches!(piece, Piece::Known(..)))
            .map(text_of)
            .collect::<Vec<_>>()
            .iter(),
    )
}

fn text_of(piece: &Piece) -> Text {
    match piece {
        Piece::Known(known, places) => Text::placed(known.clone(), places.clone()),
        Piece::Unknown(unknown) => Text::unknown(unknown.clone()),
    }
}

fn open(default: &Default) -> Unknown {
    Unknown {
        reason: Reason::NotSet,
        name: default.name.clone(),
        span: default.value,
        symbol: Symbol::AnyText,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::value::Place;

    fn without(default: &str, before: &str, after: &str) -> Option<String> {
        let map = SourceMap::default();
        let variables = map.add("variables.tf", default);
        let main = map.add("main.tf", format!("\"{before}${{var.x}}{after}\""));
        let value = Span::new(variables, 0..default.len());
        let end = before.len() + 9 + after.len();
        let at = |from: usize, len: usize| Span::new(main, from..from + len);
        let part = |text: &str, span| Text::verbatim(text, span);
        let text = Text::concat(&[
            part(before, at(1, before.len())),
            part(default, value),
            part(after, at(end - after.len(), after.len())),
        ]);
        let of = Default { name: "var.x".into(), value, empty: default.is_empty() };
        let trail = Trail::default().via_default(value, of);
        without_defaults(&text, Span::new(main, 0..end + 1), &trail).map(|text| text.shown())
    }

    #[test]
    fn characters_of_a_default_are_not_known() {
        assert_eq!(without("none", "arn:", ":root").unwrap(), "arn:${var.x}:root");
        assert_eq!(without("none", "", "").unwrap(), "${var.x}");
    }

    #[test]
    fn an_empty_default_leaves_seams() {
        assert!(without("", "arn:", ":root").unwrap().starts_with("arn:${var.x}:root"));
        assert_eq!(without("", "role/", "").unwrap(), "role/${var.x}");
        assert_eq!(without("", "", "").unwrap(), "${var.x}");
    }

    #[test]
    fn an_empty_default_may_stand_between_any_two_runs() {
        let map = SourceMap::default();
        let (here, there) = (map.add("a", "\"kms:${var.x}Sign\""), map.add("b", "\"\""));
        let runs = [(0, 1..5), (4, 13..17)];
        let places = runs.map(|(at, run)| Place { at, span: Span::new(here, run), verbatim: true });
        let of = Default { name: "var.x".into(), value: Span::new(there, 0..2), empty: true };
        let trail = Trail::default().via_default(of.value, of.clone());
        let without =
            |whole| without_defaults(&Text::placed("kms:Sign", places), Span::new(here, 0..whole), &trail);
        assert_eq!(without(10).unwrap().shown(), "kms:${var.x}Sign", "as long as its characters with quotes");
        assert_eq!(without(18).unwrap().shown(), "kms:${var.x}Sign${var.x}");
        let one = Text::placed("kms:Sign", [Place { at: 0, span: Span::new(here, 1..9), verbatim: true }]);
        assert_eq!(without_defaults(&one, Span::new(here, 0..10), &trail), None, "nothing stands between");
        let open = without_defaults(&one, Span::new(here, 0..11), &trail);
        assert_eq!(open.unwrap().shown(), "kms:Sign${var.x}");
    }

    #[test]
    fn what_is_written_beside_a_default_is_not_taken_out() {
        let map = SourceMap::default();
        let (here, there) = (map.add("a", "\"kms:Typo\""), map.add("b", "\"x\""));
        let text = Text::placed("kms:Typo", [Place { at: 0, span: Span::new(here, 1..9), verbatim: true }]);
        let of = Default { name: "var.x".into(), value: Span::new(there, 0..3), empty: false };
        let trail = Trail::default().via_default(of.value, of.clone());
        assert_eq!(without_defaults(&text, Span::new(here, 0..10), &trail), None);
        assert_eq!(without_defaults(&text, Span::new(here, 0..10), &Trail::default()), None);
    }
}
