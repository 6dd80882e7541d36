//! Shows progress on stderr during long work.

use std::{sync::OnceLock, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ui;

impl Ui {
    /// A progress line that counts commits; it appears only for a long history.
    #[must_use]
    pub fn commit_counter(&self) -> CommitCounter {
        CommitCounter {
            shown: self.progress && !self.quiet,
            bar: OnceLock::new(),
            highest: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// A spinner for requests; it appears when its message is first set.
    #[must_use]
    pub fn spinner(&self) -> Spinner {
        let shown = self.progress && !self.quiet;
        Spinner {
            bar: shown.then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10))),
        }
    }
}

/// A spinner on stderr with a message.
#[derive(Clone)]
pub struct Spinner {
    bar: Option<ProgressBar>,
}

impl Spinner {
    /// Shows this message.
    pub fn set(&self, text: String) {
        if let Some(bar) = &self.bar {
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar.set_message(text);
        }
    }

    /// Removes the spinner.
    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A count of commits on stderr.
pub struct CommitCounter {
    shown: bool,
    bar: OnceLock<ProgressBar>,
    highest: std::sync::atomic::AtomicUsize,
}

/// The number of commits from which the count is shown: a shorter history is read before it would be seen.
const LONG: usize = 50_000;

impl CommitCounter {
    /// Sets how many commits have been read so far; a lower count from another thread is ignored.
    pub fn set(&self, commits: usize) {
        if !self.shown || commits < LONG {
            return;
        }
        self.highest.fetch_max(commits, std::sync::atomic::Ordering::Relaxed);
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("{spinner} reading history: {human_pos} commits")
            {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        bar.set_position(self.highest.load(std::sync::atomic::Ordering::Relaxed) as u64);
    }
}

impl Drop for CommitCounter {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
