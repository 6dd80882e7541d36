//! Writes results to stdout and messages to stderr.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::{self, IsTerminal, Write},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use anstyle::{AnsiColor, Style};

use crate::redact::Redactor;

use super::{
    clean::{self, clean, json},
    secret_scanner::SecretScanner,
};

/// The settings of the output, and the secrets to redact.
#[derive(Debug, Clone, Default)]
pub struct Ui {
    /// Whether results are colored.
    pub colour: bool,
    /// Whether messages on stderr are colored.
    pub colour_messages: bool,
    /// Whether to omit warnings, messages and progress.
    pub quiet: bool,
    /// Whether to print details.
    pub verbose: bool,
    /// Whether to show progress.
    pub progress: bool,
    /// The pager for long results; `None` if stdout is not a terminal.
    pub pager: Option<String>,
    /// The height of the terminal in lines.
    pub height: usize,
    /// The secrets to redact.
    pub secrets: Redactor,
    /// The names of the secrets already warned of: each is reported once.
    pub warned: Arc<Mutex<BTreeSet<String>>>,
}

const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const NOTE: Style = AnsiColor::BrightBlack.on_default();

impl Ui {
    /// Writes a document to stdout, unchanged.
    ///
    /// # Errors
    /// If stdout cannot be written to, unless the pipe is closed.
    pub fn print(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let done = unless_closed(out.write_all(bytes).and_then(|()| out.flush()));
        drop(out);
        self.warn_of_secrets(bytes);
        done
    }

    /// Writes notes to stdout, escaped for a terminal.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn show(&self, text: &str) -> io::Result<()> {
        self.print(clean::without_commands(&clean(text)).as_bytes())
    }

    /// As [`Ui::show`], with the colors in the text if colors are enabled. The caller has escaped untrusted text.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn show_styled(&self, text: &str) -> io::Result<()> {
        self.print(clean::without_commands(&self.escape(text)).as_bytes())
    }

    /// Writes a result to stdout, escaped for a terminal, with secrets redacted.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn report(&self, text: &str) -> io::Result<()> {
        self.print(clean::without_commands(&clean(&self.secrets.redact(text))).as_bytes())
    }

    /// As [`Ui::report`], with the colors in the text.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn report_styled(&self, text: &str) -> io::Result<()> {
        self.print(clean::without_commands(&self.escape(&self.secrets.redact(text))).as_bytes())
    }

    /// As [`Ui::report`], for workflow commands, one per line. The caller has escaped their values.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn commands(&self, text: &str) -> io::Result<()> {
        self.print(clean(&self.secrets.redact(text)).as_bytes())
    }

    /// As [`Ui::report`], for JSON.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn report_json(&self, text: &str) -> io::Result<()> {
        self.print(json(&self.secrets.redact(text)).as_bytes())
    }

    /// Streams a result to stdout through `write`.
    ///
    /// # Errors
    /// The error of `write`, unless the pipe is closed.
    pub fn stream<E: From<io::Error>>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut out =
            PipeWriter { inner: io::BufWriter::with_capacity(1 << 16, io::stdout().lock()), closed: false };
        let mut scanner = SecretScanner::new(&mut out, &self.secrets);
        let done = write(&mut scanner);
        let names = scanner.finish();
        if out.closed {
            return Ok(());
        }
        done?;
        let done = unless_closed(out.flush()).map_err(E::from);
        drop(out);
        self.warn_of(names);
        done
    }

    /// Calls `write` with a writer to `out`, then warns of secrets in what it wrote.
    pub fn scan_secrets<T>(&self, out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> T) -> T {
        let mut scanner = SecretScanner::new(out, &self.secrets);
        let done = write(&mut scanner);
        self.warn_of(scanner.finish());
        done
    }

    /// Warns of secrets in notes that are written or sent.
    ///
    /// They are not redacted: notes keep every byte.
    pub fn warn_of_secrets(&self, notes: &[u8]) {
        self.warn_of(self.secrets.names_in(notes));
    }

    fn warn_of(&self, names: BTreeSet<String>) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            if !warned.contains(&name) {
                self.warn(&format!(
                    "the notes contain the value of {name}: remove it from its source, and revoke the secret"
                ));
                warned.insert(name);
            }
        }
    }

    /// Escapes text for a terminal; keeps its colors if colors are enabled.
    fn escape<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.colour { clean::styled(text) } else { clean(text) }
    }

    /// Shows a result in the pager if it is longer than the terminal, else writes it to stdout.
    ///
    /// # Errors
    /// If stdout cannot be written to, unless the pipe is closed.
    pub fn page(&self, text: &str) -> io::Result<()> {
        let fits = text.lines().count() < self.height;
        let Some(pager) = self.pager.as_deref().filter(|_| !fits) else { return self.show_styled(text) };
        let mut words = pager.split_whitespace();
        let Some(program) = words.next() else { return self.show_styled(text) };
        let mut command = Command::new(program);
        // As git does: quit if the text fits, keep colors, do not clear the screen.
        command.args(words).env("LESS", "FRX").env("LV", "-c").stdin(Stdio::piped());
        let Ok(mut child) = command.spawn() else { return self.show_styled(text) };
        if let Some(mut stdin) = child.stdin.take() {
            unless_closed(stdin.write_all(self.escape(text).as_bytes()))?;
        }
        let done = child.wait().map(drop);
        self.warn_of_secrets(text.as_bytes());
        done
    }

    /// Prints a warning, unless quiet.
    pub fn warn(&self, text: &str) {
        if !self.quiet {
            self.message(WARNING, "Warning:", text);
        }
    }

    /// Prints what was done, unless quiet.
    pub fn info(&self, text: &str) {
        if !self.quiet {
            self.message(NOTE, "", text);
        }
    }

    /// Prints a detail, only with `--verbose`.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            self.message(NOTE, "", text);
        }
    }

    /// Prints an error, its causes and a hint.
    pub fn error(&self, error: &dyn std::error::Error, hint: Option<&str>) {
        self.message(ERROR, "Error:", &error.to_string());
        let mut last = error.to_string();
        let mut cause = error.source();
        while let Some(source) = cause {
            let text = source.to_string();
            if !last.contains(&text) {
                self.message(ERROR, "Caused by:", &text);
            }
            last = text;
            cause = source.source();
        }
        if let Some(hint) = hint {
            self.message(HINT, "Hint:", hint);
        }
    }

    /// Prints an error about the command line, which is already formatted and colored.
    pub fn usage_error(&self, text: &str) {
        let redacted = self.secrets.redact(text);
        let escaped = if self.colour_messages { clean::styled(&redacted) } else { clean(&redacted) };
        // A failure of stderr cannot be reported.
        drop(io::stderr().lock().write_all(clean::without_commands(&escaped).as_bytes()));
    }

    fn message(&self, style: Style, label: &str, text: &str) {
        let redacted = self.secrets.redact(text);
        let clean = clean::without_commands(&clean(&redacted)).replace('\n', "\n  ");
        let mut out = io::stderr().lock();
        let written = match (label, self.colour_messages) {
            ("", true) => writeln!(out, "{style}{clean}{style:#}"),
            ("", false) => writeln!(out, "{clean}"),
            (label, true) => writeln!(out, "{style}{label}{style:#} {clean}"),
            (label, false) => writeln!(out, "{label} {clean}"),
        };
        // A failure of stderr cannot be reported.
        drop(written);
    }
}

/// Whether stdout and stderr are terminals.
#[must_use]
pub fn terminals() -> (bool, bool) {
    (io::stdout().is_terminal(), io::stderr().is_terminal())
}

/// Whether to color stdout and stderr, by the conventions of `NO_COLOR`, `CLICOLOR_FORCE` and `TERM`.
#[must_use]
pub fn colours() -> (bool, bool) {
    let wants = |choice: anstream::ColorChoice| choice != anstream::ColorChoice::Never;
    (wants(anstream::AutoStream::choice(&io::stdout())), wants(anstream::AutoStream::choice(&io::stderr())))
}

/// Records a closed pipe: the writers around it may hide the kind of the error.
struct PipeWriter<W: Write> {
    inner: W,
    closed: bool,
}

impl<W: Write> PipeWriter<W> {
    fn check<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done {
            self.closed |= error.kind() == io::ErrorKind::BrokenPipe;
        }
        done
    }
}

impl<W: Write> Write for PipeWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.inner.write(bytes);
        self.check(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.inner.flush();
        self.check(done)
    }
}

fn unless_closed(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
