//! A mistake of our own costs one piece of work, not the run.
//!
//! A panic inside [`guarded`] becomes a sentence. The panic hook of the process stays as it is for every thread but
//! ours ([`THREADS`]), where it prints nothing and remembers where the panic arose. What is easy to get wrong: a unit
//! may evaluate on a thread of its own, so places are remembered by message and not by thread.

use std::any::Any;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, Once, PoisonError};

/// How the names of our threads begin.
pub(super) const THREADS: &str = "kmsguard";

/// Places kept; the first ones tell most.
const MOST: usize = 256;

/// Characters kept of a message.
const LENGTH: usize = 300;

/// Message and place of each panic on our threads.
static PLACES: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Keeps the panics of our threads off the terminal. Once per process, whoever asks.
pub(super) fn silence() {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name().is_some_and(|name| name.starts_with(THREADS)) {
                remember(info);
            } else {
                before(info);
            }
        }));
    });
}

/// Does a piece of work; what went wrong with it, as text for people, when it panicked.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What is shared between pieces of work is behind locks that outlive a panic, or is filled once.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| told(&*payload))
}

fn remember(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
    let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    if places.len() < MOST {
        places.push((message(info.payload()), place));
    }
}

fn told(payload: &(dyn Any + Send)) -> String {
    let message = message(payload);
    let places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    match places.iter().find(|(known, _)| *known == message) {
        Some((_, place)) => format!("{message} ({place})"),
        None => message,
    }
}

/// What a panic says: on one line, cut, without backticks that would end the quotation.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
    line.chars().take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_sentence() {
        assert_eq!(guarded(|| 1), Ok(1));
        let told = guarded(|| panic!("first `line`\nsecond")).unwrap_err();
        assert_eq!(told, "first 'line' second");
        let long = guarded(|| panic!("{}", "é".repeat(9_999))).unwrap_err();
        assert_eq!(long.chars().count(), LENGTH);
        let mute = guarded(|| std::panic::panic_any(7)).unwrap_err();
        assert_eq!(mute, "no message");
    }

    #[test]
    fn the_place_is_told_from_our_threads() {
        silence();
        let name = format!("{THREADS} test");
        let thread = std::thread::Builder::new().name(name);
        let told = thread.spawn(|| guarded(|| panic!("on our thread"))).unwrap().join().unwrap().unwrap_err();
        assert!(told.starts_with("on our thread (src/scan/guard.rs:"), "{told}");
    }
}
