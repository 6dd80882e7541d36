//! Renders a message in Slack's Block Kit: `{"text": …, "blocks": […]}`, as for `chat.postMessage` and incoming
//! webhooks.
//!
//! Slack rejects messages with more than 50 blocks, a section of more than 3,000 characters or a header of more than
//! 150 (<https://docs.slack.dev/reference/block-kit/blocks/>). A longer message is cut after an entry and ends with the
//! number of omitted ones. Attention items and breaking changes come first, so they are cut last.

use std::io;

use serde_json::{Value, json};

use crate::model::{Change, Notes, Release};

use super::{
    Error, Options, attention,
    below::{self, Below},
    controls::pretty,
    entry, escape,
    format::Markup,
    frame, groups, own_text,
    style::Style,
};

const BLOCKS: usize = 50;
const SECTION_CHARS: usize = 3_000;
const HEADER_CHARS: usize = 150;
/// The maximum length of an entry, so that one long subject does not fill the message.
const ENTRY_CHARS: usize = 600;

/// Writes one message for all releases.
pub(super) fn write(notes: &Notes, options: &Options, out: &mut dyn io::Write) -> Result<(), Error> {
    let mut message = Message { options, blocks: Vec::new(), omitted: 0, full: false };
    for release in &notes.releases {
        message.release(release, notes);
    }
    message.close(notes);
    let title = notes.releases.first().map(|release| title(release, options)).unwrap_or_default();
    let value = json!({ "text": escaped(&truncated(&title, HEADER_CHARS)), "blocks": message.blocks });
    Ok(out.write_all(pretty(&value).as_bytes())?)
}

struct Message<'a> {
    options: &'a Options,
    blocks: Vec<Value>,
    /// The number of entries that did not fit.
    omitted: usize,
    full: bool,
}

impl Message<'_> {
    fn release(&mut self, release: &Release, notes: &Notes) {
        let locale = &self.options.locale;
        let style = Style { markup: Markup::Slack, ..Style::new(self.options, &notes.repository) };
        let header = truncated(&title(release, self.options), HEADER_CHARS);
        self.push(
            json!({ "type": "header", "text": { "type": "plain_text", "text": header, "emoji": false } }),
        );
        if let Some(line) = frame::notice(release, locale) {
            self.push_text(&escaped(&line));
        }
        if let Some(text) = own_text::summary(release, &style) {
            // A block has few characters: each paragraph of a longer text is one, and a longer paragraph is cut.
            let is_short = text.chars().count() <= SECTION_CHARS;
            for part in if is_short { vec![text.as_str()] } else { text.split("\n\n").collect() } {
                self.push_text(&truncated(part, SECTION_CHARS));
            }
        }
        if !release.highlights.is_empty() {
            let lines = release.highlights.iter();
            let lines = lines.map(|line| format!("• {}", escaped(&truncated(line, ENTRY_CHARS))));
            self.push_list(locale.text("highlights"), lines);
        }
        for attention in attention::visible(release, self.options) {
            let (shown, more) = attention::shown(attention, locale);
            let paths = shown.iter().map(|path| {
                let mut line = String::from("• ");
                escape::push_code(&mut line, &truncated(&escape::clean(path), ENTRY_CHARS), Markup::Slack);
                line
            });
            let lines = paths.chain(more.map(|more| escaped(&more)));
            self.push_list(
                &locale.heading_in(release.rollback, &attention.kind, attention.title.as_deref()),
                lines,
            );
        }
        for section in &release.sections {
            let own = locale.section_heading(section, release.rollback, release.sections.len() == 1);
            for group in groups::groups(section.changes.iter().collect(), |change| change, self.options) {
                let heading = match &group.title {
                    Some(title) => &format!("{own} · {title}"),
                    None => &own,
                };
                self.push_list(heading, group.entries.into_iter().map(|change| entry_text(change, &style)));
            }
        }
        if release.sections.is_empty() {
            self.push_text(&escaped(locale.text("no_changes")));
        }
    }

    /// A bold heading and its lines, in as many blocks as needed.
    fn push_list(&mut self, heading: &str, lines: impl Iterator<Item = String>) {
        let mut text = format!("*{}*", escaped(&truncated(&escape::clean(heading), HEADER_CHARS)));
        let (mut chars, mut pending) = (text.chars().count(), 0);
        for line in lines {
            let more = line.chars().count() + 1;
            if chars + more > SECTION_CHARS {
                self.push_entries(&text, pending);
                text.clear();
                (chars, pending) = (0, 0);
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line);
            chars += more;
            pending += 1;
        }
        self.push_entries(&text, pending);
    }

    fn push_entries(&mut self, text: &str, entries: usize) {
        if !self.push_text(text) {
            self.omitted += entries;
        }
    }

    fn push_text(&mut self, text: &str) -> bool {
        self.push(json!({ "type": "section", "text": mrkdwn(text) }))
    }

    /// Appends a block and returns whether it fit. Two blocks are reserved for the end. After the first block that does
    /// not fit, none is appended, so that the notes are cut at one point.
    fn push(&mut self, block: Value) -> bool {
        self.full |= self.blocks.len() >= BLOCKS - 2;
        if !self.full {
            self.blocks.push(block);
        }
        !self.full
    }

    fn close(&mut self, notes: &Notes) {
        let locale = &self.options.locale;
        if self.omitted > 0 {
            let more = escaped(&locale.text("more").replace("{count}", &self.omitted.to_string()));
            self.blocks.push(json!({ "type": "section", "text": mrkdwn(&more) }));
        }
        let mut elements = Vec::new();
        if let Some(url) = notes.releases.first().and_then(|release| release.compare_url.as_deref()) {
            let mut link = String::new();
            escape::push_link(&mut link, locale.text("full_changes"), url, Markup::Slack);
            if link.chars().count() <= SECTION_CHARS {
                elements.push(mrkdwn(&link));
            }
        }
        if !notes.complete {
            elements.push(mrkdwn(&escaped(locale.text("incomplete"))));
        }
        if !elements.is_empty() {
            self.blocks.push(json!({ "type": "context", "elements": elements }));
        }
    }
}

/// A text object. Without `verbatim`, Slack turns names, channels and URLs in it into links
/// (<https://docs.slack.dev/reference/block-kit/composition-objects/text-object>).
fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

fn title(release: &Release, options: &Options) -> String {
    let name = frame::name(release, &options.locale);
    let name = match &release.package {
        Some(package) => format!("{package} {name}"),
        None => name,
    };
    let mut title = escape::clean(&name).into_owned();
    if let Some(date) = release.date.filter(|_| !frame::is_comparison(release)) {
        title.push_str(&format!(" · {date}"));
    }
    title
}

/// The first line of the entry, or the truncated title if the line is too long.
fn entry_line(change: &Change, style: &Style<'_>) -> String {
    let line = entry::head(change, style);
    if line.chars().count() <= ENTRY_CHARS {
        line
    } else {
        escaped(&truncated(&change.title, ENTRY_CHARS / 5))
    }
}

/// The entry with what stands below it, as far as it is short; a reason is quoted, which Slack shows indented.
fn entry_text(change: &Change, style: &Style<'_>) -> String {
    let mut out = format!("• {}", entry_line(change, style));
    for below in below::below(change, style) {
        let (mark, text) = match below {
            Below::Line(text) => ("\n> ", text),
            Below::Note(text) => ("\n", text),
        };
        if text.chars().count() <= ENTRY_CHARS {
            out.extend([mark, &text]);
        }
    }
    out
}

fn escaped(text: &str) -> String {
    escape::line(text, &[], Markup::Slack)
}

fn truncated(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars - 1).chain(['…']).collect()
}
