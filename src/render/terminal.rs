//! Renders notes for a terminal, with headings, hanging bullets and colours. Without colours the text is the same.

use std::io;

use anstyle::{AnsiColor, Style as Paint};

use crate::model::{Change, CommitOutcome, Contributor, Notes, Outcome, Release};

use super::{
    Error, Options, attention,
    below::{self, Below},
    entry, escape, filters,
    format::Markup,
    groups, own_text,
    style::Style,
};

const TITLE: Paint = Paint::new().bold().underline();
const HEADING: Paint = AnsiColor::Cyan.on_default().bold();
const WARNING: Paint = AnsiColor::Yellow.on_default().bold();
const DANGER: Paint = AnsiColor::Red.on_default().bold();
const SCOPE: Paint = Paint::new().bold();
const DIMMED: Paint = Paint::new().dimmed();

/// Writes the notes, one release at a time.
pub(super) fn write(notes: &Notes, options: &Options, out: &mut dyn io::Write) -> Result<(), Error> {
    let writer = TerminalNotes {
        options,
        style: Style { markup: Markup::Plain, ..Style::new(options, &notes.repository) },
    };
    for (number, release) in notes.releases.iter().enumerate() {
        let text = writer.release(release);
        if number > 0 {
            out.write_all(b"\n\n")?;
        }
        out.write_all(text.as_bytes())?;
    }
    if !notes.complete {
        let line = writer.paint(WARNING, options.locale.text("incomplete"));
        writeln!(out, "\n{line}")?;
    }
    Ok(())
}

/// Whether reading its message placed a change: it is marked, since that is a guess.
fn is_read(change: &Change) -> bool {
    change.reading.is_some_and(|reading| reading.placed)
}

struct TerminalNotes<'a> {
    options: &'a Options,
    style: Style<'a>,
}

impl TerminalNotes<'_> {
    fn release(&self, release: &Release) -> String {
        let mut out = self.title(release);
        let locale = &self.options.locale;
        if let Some(line) = super::frame::notice(release, locale) {
            let line = escape::clean(&line);
            out.push('\n');
            let line = if release.rollback { self.paint(DANGER, &line) } else { line.into_owned() };
            self.push_wrapped(&mut out, &line, "", "");
        }
        self.push_texts(&mut out, release);
        for attention in attention::visible(release, self.options) {
            self.push_heading(
                &mut out,
                WARNING,
                &locale.heading_in(release.rollback, &attention.kind, attention.title.as_deref()),
            );
            let (shown, more) = attention::shown(attention, locale);
            for path in shown {
                self.push_wrapped(&mut out, &escape::clean(path), "  ! ", "    ");
            }
            if let Some(more) = more {
                self.push_wrapped(&mut out, &more, "    ", "    ");
            }
        }
        for section in &release.sections {
            let paint = if section.id == "breaking" { DANGER } else { HEADING };
            self.push_heading(
                &mut out,
                paint,
                &locale.section_heading(section, release.rollback, release.sections.len() == 1),
            );
            for group in groups::groups(section.changes.iter().collect(), |change| change, self.options) {
                if let Some(title) = &group.title {
                    let title = escape::clean(title);
                    out.extend([" ", &*self.paint(SCOPE, &title), "\n"]);
                }
                for change in group.entries {
                    self.push_change(&mut out, change);
                }
            }
        }
        if release.sections.is_empty() {
            out.push('\n');
            out.push_str(locale.text("no_changes"));
            out.push('\n');
        }
        if release.sections.iter().flat_map(|section| &section.changes).any(is_read) {
            out.push('\n');
            self.push_dimmed(&mut out, locale.text("read_mark"), "");
        }
        self.push_contributors(&mut out, &release.contributors);
        self.push_not_shown(&mut out, &release.commits);
        if let Some(url) = &release.compare_url {
            let url = escape::clean(url);
            out.push('\n');
            out.push_str(&self.paint(DIMMED, &url));
            out.push('\n');
        }
        out
    }

    /// Appends what people wrote about the version.
    fn push_texts(&self, out: &mut String, release: &Release) {
        if let Some(text) = own_text::summary(release, &self.style) {
            out.push('\n');
            self.push_wrapped(out, &text, "", "");
        }
        if !release.highlights.is_empty() {
            self.push_heading(out, HEADING, self.options.locale.text("highlights"));
            for line in &release.highlights {
                self.push_wrapped(out, &escape::clean(line), "  • ", "    ");
            }
        }
    }

    fn title(&self, release: &Release) -> String {
        let locale = &self.options.locale;
        let name = super::frame::name(release, locale);
        let name = match &release.package {
            Some(package) => format!("{package} {name}"),
            None => name,
        };
        let name = escape::clean(&name);
        // The ends of a comparison have their own dates.
        let is_comparison = super::frame::is_comparison(release);
        let mut facts: Vec<String> =
            release.date.iter().filter(|_| !is_comparison).map(ToString::to_string).collect();
        if let Some(base) = release.base.as_ref().filter(|_| !is_comparison) {
            let name = base.tag.clone().unwrap_or_else(|| base.commit.short());
            facts.push(locale.text("since").replace("{base}", &escape::clean(&name)));
        }
        facts.push(locale.counted("one_commit", "commit_count", release.statistics.commits));
        if release.prerelease {
            facts.push(locale.text("prerelease").to_owned());
        }
        if !is_comparison {
            facts.extend(release.environments.iter().map(|name| escape::clean(name).into_owned()));
        }
        let mut out = self.paint(TITLE, &name);
        if !facts.is_empty() {
            out.push_str("  ");
            out.push_str(&self.paint(DIMMED, &facts.join(" · ")));
        }
        out.push('\n');
        out
    }

    fn push_heading(&self, out: &mut String, paint: Paint, title: &str) {
        out.push('\n');
        out.push_str(&self.paint(paint, &escape::clean(title)));
        out.push('\n');
    }

    fn push_change(&self, out: &mut String, change: &Change) {
        let mut head = entry::head(change, &self.style);
        let mark = entry::mark(change, &self.style).map(|mark| format!("{mark} ")).unwrap_or_default();
        if let Some(scope) = change.scope.as_deref()
            && let Some(rest) = head.strip_prefix(&*format!("{mark}{}:", escape::clean(scope).trim()))
        {
            head = format!("{mark}{}{rest}", self.paint(SCOPE, &format!("{}:", escape::clean(scope).trim())));
        }
        self.push_wrapped(out, &head, if is_read(change) { "  ~ " } else { "  • " }, "    ");
        for below in below::below(change, &self.style) {
            match below {
                Below::Note(text) => self.push_wrapped(out, &text, "    ", "    "),
                Below::Line(text) => self.push_dimmed(out, &text, "    "),
            }
        }
    }

    /// Appends the number of commits that are not listed, by outcome.
    fn push_not_shown(&self, out: &mut String, commits: &[CommitOutcome]) {
        let kinds = [Outcome::Hidden, Outcome::Merged, Outcome::Reverted, Outcome::Duplicate];
        let counted = kinds.into_iter().filter_map(|kind| {
            let count = commits.iter().filter(|commit| commit.outcome == kind).count();
            let key = format!("count_{}", kind.name());
            (count > 0).then(|| self.options.locale.text(&key).replace("{count}", &count.to_string()))
        });
        let list: Vec<String> = counted.collect();
        if !list.is_empty() {
            let text = self.options.locale.text("not_shown").replace("{list}", &list.join(", "));
            out.push('\n');
            self.push_dimmed(out, &text, "");
        }
    }

    fn push_dimmed(&self, out: &mut String, text: &str, indent: &str) {
        let wrapped = filters::wrapped(text, self.options.width, indent, indent);
        for line in wrapped.lines() {
            out.push_str(&self.paint(DIMMED, line));
            out.push('\n');
        }
    }

    fn push_contributors(&self, out: &mut String, contributors: &[Contributor]) {
        if contributors.is_empty() || !self.options.contributors {
            return;
        }
        let locale = &self.options.locale;
        self.push_heading(out, HEADING, locale.text("contributors"));
        for who in contributors {
            let name = escape::clean(&who.person.name).into_owned();
            let line = match who.first_time {
                Some(true) => format!("{name} ({})", locale.text("first_contribution")),
                Some(false) | None => name,
            };
            self.push_wrapped(out, &line, "  ", "    ");
        }
    }

    fn push_wrapped(&self, out: &mut String, text: &str, first: &str, rest: &str) {
        out.push_str(&filters::wrapped(text, self.options.width, first, rest));
        out.push('\n');
    }

    fn paint(&self, paint: Paint, text: &str) -> String {
        if self.options.colour { format!("{paint}{text}{paint:#}") } else { text.to_owned() }
    }
}
