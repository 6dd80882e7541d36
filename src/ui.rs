//! The only writer to the terminal: results, warnings, errors, progress, the pager.
//!
//! Results go to stdout and nothing else does; everything said about them goes to stderr. A reader that closes its end
//! of a pipe has seen enough: that is no error.

use std::{
    io::{self, IsTerminal, Write},
    process::{Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How the terminal is to be written to.
#[derive(Debug, Clone, Default)]
pub struct Ui {
    /// Whether results are coloured.
    pub colour: bool,
    /// Whether messages on stderr are coloured.
    pub colour_messages: bool,
    /// Whether warnings and progress are left out.
    pub quiet: bool,
    /// Whether more is told than is needed.
    pub verbose: bool,
    /// Whether progress is shown.
    pub progress: bool,
    /// The pager for long results; `None` where stdout is no terminal.
    pub pager: Option<String>,
    /// The height of the terminal in lines.
    pub height: usize,
}

const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const NOTE: Style = AnsiColor::BrightBlack.on_default();

impl Ui {
    /// Writes a result to stdout.
    ///
    /// # Errors
    /// When stdout cannot be written to, unless its reader has gone.
    pub fn print(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        unless_closed(out.write_all(bytes).and_then(|()| out.flush()))
    }

    /// Writes a result by a function that streams it.
    ///
    /// # Errors
    /// What `write` returns, unless the reader of stdout has gone.
    pub fn stream<E: From<io::Error>>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut out =
            Guarded { inner: io::BufWriter::with_capacity(1 << 16, io::stdout().lock()), closed: false };
        let done = write(&mut out);
        if out.closed {
            return Ok(());
        }
        done?;
        unless_closed(out.flush()).map_err(E::from)
    }

    /// Shows a result in the pager where it is longer than the terminal, else writes it to stdout.
    ///
    /// # Errors
    /// When stdout cannot be written to, unless its reader has gone.
    pub fn page(&self, text: &str) -> io::Result<()> {
        let fits = text.lines().count() < self.height;
        let Some(pager) = self.pager.as_deref().filter(|_| !fits) else { return self.print(text.as_bytes()) };
        let mut words = pager.split_whitespace();
        let Some(program) = words.next() else { return self.print(text.as_bytes()) };
        let mut command = Command::new(program);
        // The same that git sets: quit if it fits, keep colours, leave the screen as it is.
        command.args(words).env("LESS", "FRX").env("LV", "-c").stdin(Stdio::piped());
        let Ok(mut child) = command.spawn() else { return self.print(text.as_bytes()) };
        if let Some(mut stdin) = child.stdin.take() {
            unless_closed(stdin.write_all(text.as_bytes()))?;
        }
        child.wait().map(drop)
    }

    /// Warns.
    pub fn warn(&self, text: &str) {
        if !self.quiet {
            self.say(WARNING, "Warning:", text);
        }
    }

    /// Tells what was done, where nobody asked for silence.
    pub fn tell(&self, text: &str) {
        if !self.quiet {
            self.say(NOTE, "", text);
        }
    }

    /// Tells what only `--verbose` wants to know.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            self.say(NOTE, "", text);
        }
    }

    /// Tells an error, what caused it, and the way out.
    pub fn error(&self, error: &dyn std::error::Error, hint: Option<&str>) {
        self.say(ERROR, "Error:", &error.to_string());
        let mut last = error.to_string();
        let mut cause = error.source();
        while let Some(source) = cause {
            let text = source.to_string();
            if !last.contains(&text) {
                self.say(ERROR, "Caused by:", &text);
            }
            last = text;
            cause = source.source();
        }
        if let Some(hint) = hint {
            self.say(HINT, "Hint:", hint);
        }
    }

    fn say(&self, style: Style, word: &str, text: &str) {
        // A line of its own on stderr could be a workflow command: what is said may have lines, so each is indented.
        let clean: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        let clean = clean.replace('\n', "\n  ");
        let mut out = io::stderr().lock();
        let written = match (word, self.colour_messages) {
            ("", true) => writeln!(out, "{style}{clean}{style:#}"),
            ("", false) => writeln!(out, "{clean}"),
            (word, true) => writeln!(out, "{style}{word}{style:#} {clean}"),
            (word, false) => writeln!(out, "{word} {clean}"),
        };
        // Nobody is left to tell that stderr is gone.
        drop(written);
    }

    /// A bar that counts commits while a long history is read; it appears only when that takes a while.
    #[must_use]
    pub fn counter(&self) -> Counter {
        Counter {
            shown: self.progress && !self.quiet,
            bar: OnceLock::new(),
            started: std::sync::atomic::AtomicUsize::new(0),
        }
    }
}

impl Ui {
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

/// Whether stdout and stderr are terminals.
#[must_use]
pub fn terminals() -> (bool, bool) {
    (io::stdout().is_terminal(), io::stderr().is_terminal())
}

/// Whether stdout and stderr want colours, by the conventions of `NO_COLOR`, `CLICOLOR_FORCE` and `TERM`.
#[must_use]
pub fn colours() -> (bool, bool) {
    let wants = |choice: anstream::ColorChoice| choice != anstream::ColorChoice::Never;
    (wants(anstream::AutoStream::choice(&io::stdout())), wants(anstream::AutoStream::choice(&io::stderr())))
}

/// Remembers that the reader has gone, however the writer above wraps that.
struct Guarded<W: Write> {
    inner: W,
    closed: bool,
}

impl<W: Write> Guarded<W> {
    fn note<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done {
            self.closed |= error.kind() == io::ErrorKind::BrokenPipe;
        }
        done
    }
}

impl<W: Write> Write for Guarded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.inner.write(bytes);
        self.note(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.inner.flush();
        self.note(done)
    }
}

fn unless_closed(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
