//! A bar on the terminal for scans that take their time.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A scan shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts units done; shows itself when that takes longer than a second.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    since: Instant,
    wanted: bool,
    shown: AtomicBool,
}

impl Progress {
    /// For `total` units; never shown unless `wanted`.
    pub(super) fn new(total: usize, wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} judged, {eta} left") {
            bar.set_style(style);
        }
        Self { bar, since: Instant::now(), wanted, shown: AtomicBool::new(false) }
    }

    /// One unit is done.
    pub(super) fn advance(&self) {
        if self.wanted && self.since.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }

    /// All are done: nothing of the bar stays.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
