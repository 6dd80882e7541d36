//! A message in Slack's Block Kit: `{"text": …, "blocks": […]}`, as `chat.postMessage` and incoming webhooks take it.
//!
//! Slack refuses a message of more than 50 blocks, a section of more than 3,000 characters and a header of more than 150
//! (<https://docs.slack.dev/reference/block-kit/blocks/>), so what is too long ends after an entry and says how many more
//! there are. What operators must know and what breaks comes first and is the last to go.

use std::io;

use serde_json::{Value, json};

use crate::model::{Notes, Release};

use super::{
    Error, Options, attention, controls::pretty, entry, escape, format::Markup, frame, note, style::Style,
};

const BLOCKS: usize = 50;
const SECTION_CHARS: usize = 3_000;
const HEADER_CHARS: usize = 150;
/// An entry's share: a megabyte in one subject must not be all there is.
const ENTRY_CHARS: usize = 600;

/// Writes one message for all releases.
pub(super) fn write(notes: &Notes, options: &Options, out: &mut dyn io::Write) -> Result<(), Error> {
    let mut message = Message { options, blocks: Vec::new(), left_out: 0, full: false };
    for release in &notes.releases {
        message.release(release, notes);
    }
    message.close(notes);
    let title = notes.releases.first().map(|release| title(release, options)).unwrap_or_default();
    let value = json!({ "text": escaped(&cut(&title, HEADER_CHARS)), "blocks": message.blocks });
    Ok(out.write_all(pretty(&value).as_bytes())?)
}

struct Message<'a> {
    options: &'a Options,
    blocks: Vec<Value>,
    /// Entries that found no place.
    left_out: usize,
    full: bool,
}

impl Message<'_> {
    fn release(&mut self, release: &Release, notes: &Notes) {
        let words = &self.options.locale;
        let style = Style { markup: Markup::Slack, ..Style::new(self.options, &notes.repository) };
        let header = cut(&title(release, self.options), HEADER_CHARS);
        self.push(
            json!({ "type": "header", "text": { "type": "plain_text", "text": header, "emoji": false } }),
        );
        if let Some(line) = frame::notice(release, words) {
            self.push_text(&escaped(&line));
        }
        for attention in &release.attention {
            let (shown, more) = attention::shown(attention, words);
            let paths = shown.iter().map(|path| {
                let mut line = String::from("• ");
                escape::push_code(&mut line, &cut(&escape::clean(path), ENTRY_CHARS), Markup::Slack);
                line
            });
            let lines = paths.chain(more.map(|more| escaped(&more)));
            self.push_list(
                &words.heading_in(release.rollback, &attention.kind, attention.title.as_deref()),
                lines,
            );
        }
        for section in &release.sections {
            let entries = section.changes.iter().map(|change| {
                let mut line = format!("• {}", fitting(change, &style));
                if change.breaking
                    && let Some(text) = &change.breaking_note
                {
                    let below = note::below(text, change, &style);
                    if !below.is_empty() && below.chars().count() <= ENTRY_CHARS {
                        line.extend(["\n", &below]);
                    }
                }
                line
            });
            self.push_list(
                &words.heading_in(release.rollback, &section.id, section.title.as_deref()),
                entries,
            );
        }
        if release.sections.is_empty() {
            self.push_text(&escaped(words.word("no_changes")));
        }
    }

    /// A bold heading and its lines, in as many blocks as they need.
    fn push_list(&mut self, heading: &str, lines: impl Iterator<Item = String>) {
        let mut text = format!("*{}*", escaped(&cut(&escape::clean(heading), HEADER_CHARS)));
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
            self.left_out += entries;
        }
    }

    fn push_text(&mut self, text: &str) -> bool {
        self.push(json!({ "type": "section", "text": mrkdwn(text) }))
    }

    /// Keeps two blocks free for the end. Once one found no place no later one does: notes have no holes.
    fn push(&mut self, block: Value) -> bool {
        self.full |= self.blocks.len() >= BLOCKS - 2;
        if !self.full {
            self.blocks.push(block);
        }
        !self.full
    }

    fn close(&mut self, notes: &Notes) {
        let words = &self.options.locale;
        if self.left_out > 0 {
            let more = escaped(&words.word("more").replace("{count}", &self.left_out.to_string()));
            self.blocks.push(json!({ "type": "section", "text": mrkdwn(&more) }));
        }
        let mut elements = Vec::new();
        if let Some(url) = notes.releases.first().and_then(|release| release.compare_url.as_deref()) {
            let mut link = String::new();
            escape::push_link(&mut link, words.word("full_changes"), url, Markup::Slack);
            if link.chars().count() <= SECTION_CHARS {
                elements.push(mrkdwn(&link));
            }
        }
        if !notes.complete {
            elements.push(mrkdwn(&escaped(words.word("incomplete"))));
        }
        if !elements.is_empty() {
            self.blocks.push(json!({ "type": "context", "elements": elements }));
        }
    }
}

/// A text as it stands: without `verbatim`, Slack makes links of names, channels and addresses in it
/// (<https://docs.slack.dev/reference/block-kit/composition-objects/text-object>).
fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

fn title(release: &Release, options: &Options) -> String {
    let name = super::frame::name(release, &options.locale);
    let named = match &release.package {
        Some(package) => format!("{package} {name}"),
        None => name,
    };
    let mut title = escape::clean(&named).into_owned();
    if let Some(date) = release.date {
        title.push_str(&format!(" · {date}"));
    }
    title
}

/// The entry's line; the bare title, cut, where a long title or a long list of names makes it too much.
fn fitting(change: &crate::model::Change, style: &Style<'_>) -> String {
    let line = entry::head(change, style);
    if line.chars().count() <= ENTRY_CHARS { line } else { escaped(&cut(&change.title, ENTRY_CHARS / 5)) }
}

fn escaped(text: &str) -> String {
    escape::line(text, &[], Markup::Slack)
}

fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars - 1).chain(['…']).collect()
}
