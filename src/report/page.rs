//! The lines of one file that a finding needs, made safe, short, and known by their own offsets.
//!
//! A [`Page`] holds copies of the labelled lines and their neighbours. Hostile characters are replaced, and of a long
//! line (a plan is one line of megabytes) only the surroundings of its labels are kept. What is easy to get wrong:
//! offsets in a page are not offsets in the file; [`Page::place`] goes from one to the other.

use super::safe;
use crate::source::{SourceFile, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// Labels over more lines than this are drawn on their first line alone.
const TALLEST: usize = 12;
/// Bytes kept on each side of a label in a line that is cut.
const AROUND: usize = 40;

/// One line of a page.
#[derive(Debug)]
struct Line {
    /// Its number in the file, from 1.
    number: usize,
    /// Where it starts in the page.
    start: usize,
    /// The parts of the file's line that are kept: the range in the file, and where it starts in the page.
    kept: Vec<(Range<usize>, usize)>,
}

/// Lines of one file, with the labels on them.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
    lines: Vec<Line>,
}

/// Lines to be shown, with what of each must be visible.
type Wanted = BTreeMap<usize, Vec<Range<usize>>>;

impl Page {
    /// The lines of `file` that `spans` need, none much longer than `longest` bytes.
    pub(super) fn new(file: &SourceFile, spans: &[Span], longest: usize) -> Self {
        let mut page = Self { text: String::new(), lines: Vec::new() };
        for (number, visible) in wanted(file, spans, longest) {
            page.add(file, number, &visible, longest);
        }
        page
    }

    fn add(&mut self, file: &SourceFile, number: usize, visible: &[Range<usize>], longest: usize) {
        let whole = file.line_range(number);
        let mut line = Line { number, start: self.text.len(), kept: Vec::new() };
        let parts =
            if whole.len() <= longest { vec![whole.clone()] } else { cut(file, &whole, visible, longest) };
        let mut at = whole.start;
        for part in parts {
            if part.start > at {
                self.text.push_str("... ");
            }
            line.kept.push((part.clone(), self.text.len()));
            self.text.push_str(&safe::code(&file.shown(part.clone())));
            at = part.end;
        }
        if at < whole.end {
            self.text.push_str(" ...");
        }
        self.text.push('\n');
        self.lines.push(line);
    }

    /// The text with its line breaks.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The place of `span` in the page; a span over many lines is drawn on its first line alone.
    pub(super) fn place(&self, file: &SourceFile, span: Span) -> Range<usize> {
        let shown = shown(file, span);
        let start = self.at(file, shown.start);
        start..self.at(file, shown.end).max(start)
    }

    fn at(&self, file: &SourceFile, offset: usize) -> usize {
        let number = file.line_of(offset);
        let Some(line) = self.lines.iter().find(|line| line.number == number) else { return 0 };
        let mut best = line.start;
        for (part, start) in &line.kept {
            if offset >= part.start {
                best = start + offset.min(part.end) - part.start;
            }
        }
        best
    }

    /// The whole lines that `range` touches, with neighbours where those were neighbours in the file: their range,
    /// the number of the first and how many they are.
    pub(super) fn window(
        &self,
        range: Range<usize>,
        before: usize,
        after: usize,
    ) -> (Range<usize>, usize, usize) {
        let last_index = self.lines.len().saturating_sub(1);
        let holds = |offset: usize| self.lines.partition_point(|line| line.start <= offset).saturating_sub(1);
        let mut first = holds(range.start);
        let mut last = holds(range.end.max(range.start)).max(first);
        for _ in 0..before {
            first = if self.neighbours(first.wrapping_sub(1)) { first - 1 } else { first };
        }
        for _ in 0..after {
            last = if self.neighbours(last) { last + 1 } else { last };
        }
        let start = self.lines.get(first).map_or(0, |line| line.start);
        let end = self.lines.get(last.min(last_index) + 1).map_or(self.text.len(), |line| line.start);
        (start..end, self.lines.get(first).map_or(1, |line| line.number), last + 1 - first)
    }

    /// Whether the line at `index` and the next one of the page are neighbours in the file.
    fn neighbours(&self, index: usize) -> bool {
        match (self.lines.get(index), self.lines.get(index.wrapping_add(1))) {
            (Some(one), Some(two)) => one.number + 1 == two.number,
            _ => false,
        }
    }
}

/// The part of a span that is drawn.
fn shown(file: &SourceFile, span: Span) -> Range<usize> {
    let len = file.text().len();
    let (start, end) = (span.range().start.min(len), span.range().end.min(len));
    let (start, end) =
        (file.text().floor_char_boundary(start), file.text().ceil_char_boundary(end.max(start)));
    let (top, bottom) = (file.line_of(start), file.line_of(end));
    if bottom - top >= TALLEST {
        let line = file.line_range(top);
        return start..line.end.max(start);
    }
    start..end
}

/// The lines that the spans need, with one neighbour above and below.
fn wanted(file: &SourceFile, spans: &[Span], longest: usize) -> Wanted {
    let mut lines = Wanted::new();
    for span in spans {
        let shown = shown(file, *span);
        let (top, bottom) = (file.line_of(shown.start), file.line_of(shown.end));
        for number in top.saturating_sub(1).max(1)..=(bottom + 1).min(file.line_starts().len()) {
            let whole = file.line_range(number);
            let visible = lines.entry(number).or_default();
            let (start, end) = (shown.start.max(whole.start), shown.end.min(whole.end));
            if (top..=bottom).contains(&number) && start <= end {
                visible.push(start..end.min(start + longest));
            }
        }
    }
    // An empty last line after the final line break says nothing.
    if let Some(mut last) = lines.last_entry().filter(|entry| *entry.key() > 1)
        && last.get_mut().is_empty()
        && file.line_range(*last.key()).is_empty()
    {
        last.remove();
    }
    lines
}

/// The parts of a long line that stay: the surroundings of what must be visible.
fn cut(
    file: &SourceFile,
    whole: &Range<usize>,
    visible: &[Range<usize>],
    longest: usize,
) -> Vec<Range<usize>> {
    let text = file.text();
    let mut around: Vec<Range<usize>> = visible
        .iter()
        .map(|range| {
            let start = text.floor_char_boundary(range.start.saturating_sub(AROUND)).max(whole.start);
            start..text.ceil_char_boundary(range.end + AROUND).min(whole.end)
        })
        .collect();
    around.sort_by_key(|range| range.start);
    let mut parts: Vec<Range<usize>> = Vec::new();
    for range in around {
        match parts.last_mut() {
            Some(last) if range.start <= last.end + 4 => last.end = last.end.max(range.end),
            _ => parts.push(range),
        }
    }
    if parts.is_empty() {
        parts.push(whole.start..text.floor_char_boundary(whole.start + longest).min(whole.end));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn long_lines_are_cut_around_their_labels() {
        let map = SourceMap::default();
        let text = format!("{}NEEDLE{}", "x".repeat(5000), "y".repeat(5000));
        let id = map.add("p.json", text);
        let file = map.file(id);
        let span = Span::new(id, 5000..5006);
        let page = Page::new(&file, &[span], 120);
        assert!(page.text().len() < 120, "{}", page.text().len());
        assert_eq!(page.text().get(page.place(&file, span)), Some("NEEDLE"));
    }

    #[test]
    fn windows_stop_at_gaps() {
        let map = SourceMap::default();
        let text = (1..=40).map(|line| format!("line {line}\n")).collect::<Vec<_>>().concat();
        let id = map.add("a", text.as_str());
        let file = map.file(id);
        let at = |word: &str| {
            let start = text.find(word).unwrap();
            Span::new(id, start..start + word.len())
        };
        let page = Page::new(&file, &[at("line 10"), at("line 30")], 200);
        assert_eq!(page.text(), "line 9\nline 10\nline 11\nline 29\nline 30\nline 31\n");
        let (range, number, count) = page.window(page.place(&file, at("line 10")), 1, 1);
        assert_eq!((page.text().get(range).unwrap(), number, count), ("line 9\nline 10\nline 11\n", 9, 3));
        let (range, number, count) = page.window(page.place(&file, at("line 30")), 3, 3);
        assert_eq!((page.text().get(range).unwrap(), number, count), ("line 29\nline 30\nline 31\n", 29, 3));
    }
}
