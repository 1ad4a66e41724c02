//! The events of a long text, parsed on a thread of their own while the tree is made of them.
//!
//! Parsing and building take about as long as each other. What is easy to get wrong: where the builder refuses to go on,
//! the parser must skip the rest of the document, and it may be far ahead by then; such a text is read from the start
//! again, one event at a time.

use granit_parser::{Event, Parser, ScanError, Span, StrInput};
use std::panic::resume_unwind;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

/// An event and its place, or a mistake that ends its document.
pub(super) type Parsed<'t> = Result<(Event<'t>, Span), ScanError>;

/// Texts shorter than this are read before a thread has started.
pub(super) const LONG: usize = 256 << 10;

/// Events that are handed over at once.
const BATCH: usize = 512;

/// Batches that wait at most.
const WAITING: usize = 8;

/// Hands every event of the text to `take`; false when that refused one, or no thread could be had.
pub(super) fn each<'t>(parser: Parser<'t, StrInput<'t>>, mut take: impl FnMut(Parsed<'t>) -> bool) -> bool {
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(WAITING);
        let name = thread::current().name().unwrap_or_default().to_owned();
        let thread = thread::Builder::new().name(name).spawn_scoped(scope, move || parse(parser, &sender));
        let Ok(thread) = thread else { return false };
        let whole = receiver.into_iter().flatten().all(&mut take);
        if let Err(panic) = thread.join() {
            resume_unwind(panic);
        }
        whole
    })
}

/// Parses until the end, or until nobody listens.
fn parse<'t>(mut parser: Parser<'t, StrInput<'t>>, sender: &SyncSender<Vec<Parsed<'t>>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(parsed) = parser.next_event() {
        let failed = parsed.is_err();
        batch.push(parsed);
        if failed && !matches!(parser.proceed_next_document(), Ok(true)) {
            break;
        }
        if batch.len() == BATCH
            && sender.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err()
        {
            return;
        }
    }
    // Whoever does not listen any more needs no rest.
    sender.send(batch).ok();
}
