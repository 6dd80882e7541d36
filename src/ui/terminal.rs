//! What is written, and where.

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
    watch::Watched,
};

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
    /// The values that are never shown.
    pub secrets: Redactor,
    /// The names of the secrets that were warned of: each is told once.
    pub warned: Arc<Mutex<BTreeSet<String>>>,
}

const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const NOTE: Style = AnsiColor::BrightBlack.on_default();

impl Ui {
    /// Writes a document to stdout, as it is.
    ///
    /// # Errors
    /// When stdout cannot be written to, unless its reader has gone.
    pub fn print(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let done = unless_closed(out.write_all(bytes).and_then(|()| out.flush()));
        drop(out);
        self.warn_of_secrets(bytes);
        done
    }

    /// Writes notes for people to stdout, fit for a terminal.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn show(&self, text: &str) -> io::Result<()> {
        self.print(clean::without_commands(&clean(text)).as_bytes())
    }

    /// The same, with our colours where they are wanted: of others, the text holds nothing that was not cleaned.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn show_styled(&self, text: &str) -> io::Result<()> {
        self.print(clean::without_commands(&self.fit(text)).as_bytes())
    }

    /// Writes an answer for people to stdout: fit for a terminal, and without secret values.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn report(&self, text: &str) -> io::Result<()> {
        self.print(clean::without_commands(&clean(&self.secrets.redact(text))).as_bytes())
    }

    /// The same, with our colours.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn report_styled(&self, text: &str) -> io::Result<()> {
        self.print(clean::without_commands(&self.fit(&self.secrets.redact(text))).as_bytes())
    }

    /// The same, for commands to a pipeline's log, one a line, whose values are escaped.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn commands(&self, text: &str) -> io::Result<()> {
        self.print(clean(&self.secrets.redact(text)).as_bytes())
    }

    /// The same, as JSON.
    ///
    /// # Errors
    /// As [`Ui::print`].
    pub fn report_json(&self, text: &str) -> io::Result<()> {
        self.print(json(&self.secrets.redact(text)).as_bytes())
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
        let mut watched = Watched::new(&mut out, &self.secrets);
        let done = write(&mut watched);
        let names = watched.finish();
        if out.closed {
            return Ok(());
        }
        done?;
        let done = unless_closed(out.flush()).map_err(E::from);
        drop(out);
        self.warn_of(names);
        done
    }

    /// Hands a writer of notes to `write`, and warns of the secrets that were written.
    pub fn watch<T>(&self, out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> T) -> T {
        let mut watched = Watched::new(out, &self.secrets);
        let done = write(&mut watched);
        self.warn_of(watched.finish());
        done
    }

    /// Warns of secrets in notes that are written or sent.
    pub fn warn_of_secrets(&self, notes: &[u8]) {
        self.warn_of(self.secrets.names_in(notes));
    }

    fn warn_of(&self, names: BTreeSet<String>) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            if !warned.contains(&name) {
                self.warn(&format!(
                    "the notes contain the value of {name}: remove it from where it comes from, and replace it by a new one"
                ));
                warned.insert(name);
            }
        }
    }

    /// Fit for a terminal, with our colours where they are wanted.
    fn fit<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.colour { clean::styled(text) } else { clean(text) }
    }

    /// Shows a result in the pager where it is longer than the terminal, else writes it to stdout.
    ///
    /// # Errors
    /// When stdout cannot be written to, unless its reader has gone.
    pub fn page(&self, text: &str) -> io::Result<()> {
        let fits = text.lines().count() < self.height;
        let Some(pager) = self.pager.as_deref().filter(|_| !fits) else { return self.show_styled(text) };
        let mut words = pager.split_whitespace();
        let Some(program) = words.next() else { return self.show_styled(text) };
        let mut command = Command::new(program);
        // The same that git sets: quit if it fits, keep colours, leave the screen as it is.
        command.args(words).env("LESS", "FRX").env("LV", "-c").stdin(Stdio::piped());
        let Ok(mut child) = command.spawn() else { return self.show_styled(text) };
        if let Some(mut stdin) = child.stdin.take() {
            unless_closed(stdin.write_all(self.fit(text).as_bytes()))?;
        }
        let done = child.wait().map(drop);
        self.warn_of_secrets(text.as_bytes());
        done
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

    /// Writes a message that has its form and colours already, as one about the command line.
    pub fn complain(&self, text: &str) {
        let redacted = self.secrets.redact(text);
        let fit = if self.colour_messages { clean::styled(&redacted) } else { clean(&redacted) };
        // Nobody is left to tell that stderr is gone.
        drop(io::stderr().lock().write_all(clean::without_commands(&fit).as_bytes()));
    }

    fn say(&self, style: Style, word: &str, text: &str) {
        let redacted = self.secrets.redact(text);
        let clean = clean::without_commands(&clean(&redacted)).replace('\n', "\n  ");
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
