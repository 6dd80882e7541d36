//! What a waiting user sees on stderr.

use std::{sync::OnceLock, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ui;

impl Ui {
    /// A bar that counts commits while a long history is read; it appears only when that takes a while.
    #[must_use]
    pub fn counter(&self) -> Counter {
        Counter {
            shown: self.progress && !self.quiet,
            bar: OnceLock::new(),
            started: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// A line on stderr that tells what is waited for; it appears only when that takes a while.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        let shown = self.progress && !self.quiet;
        Waiting {
            bar: shown.then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10))),
        }
    }
}

/// Tells on stderr what is waited for.
#[derive(Clone)]
pub struct Waiting {
    bar: Option<ProgressBar>,
}

impl Waiting {
    /// What is waited for now.
    pub fn set(&self, text: String) {
        if let Some(bar) = &self.bar {
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar.set_message(text);
        }
    }

    /// The wait is over.
    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Counts commits on stderr.
pub struct Counter {
    shown: bool,
    bar: OnceLock<ProgressBar>,
    started: std::sync::atomic::AtomicUsize,
}

/// A history shorter than this is read before a bar could be seen.
const LONG: usize = 50_000;

impl Counter {
    /// Tells how many commits have been read so far.
    pub fn set(&self, commits: usize) {
        if !self.shown || commits < LONG {
            return;
        }
        self.started.fetch_max(commits, std::sync::atomic::Ordering::Relaxed);
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("{spinner} reading history: {human_pos} commits")
            {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        bar.set_position(self.started.load(std::sync::atomic::Ordering::Relaxed) as u64);
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
