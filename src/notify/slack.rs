//! Messages for Slack: a header and facts above the blocks of the notes.
//!
//! The limits are those of Block Kit: 50 blocks, 150 characters in a header, ten fields of 2,000 in a section
//! (<https://docs.slack.dev/reference/block-kit/blocks/>).

use serde_json::{Value, json};

use super::{
    announcement::Announcement,
    text::{cut, line},
};

const BLOCKS: usize = 50;
const HEADER_CHARS: usize = 150;
const FIELDS: usize = 10;
/// Leaves room for escaping: one character becomes up to five.
const FIELD_CHARS: usize = 350;

/// The payload for an incoming webhook. `notes` are in Slack's format.
#[must_use]
pub fn slack(announcement: &Announcement, notes: &Value) -> Value {
    let title = cut(&line(&announcement.title), HEADER_CHARS);
    let mut blocks =
        vec![json!({ "type": "header", "text": { "type": "plain_text", "text": title, "emoji": false } })];
    let fields: Vec<Value> = announcement
        .facts
        .iter()
        .take(FIELDS)
        .map(|(name, value)| {
            let text = format!("*{}*\n{}", escaped(name), escaped(&cut(value.trim(), FIELD_CHARS)));
            mrkdwn(&text)
        })
        .collect();
    if !fields.is_empty() {
        blocks.push(json!({ "type": "section", "fields": fields }));
    }
    if let Some((name, url)) = &announcement.link {
        let text = format!("<{}|{}>", escaped(url).replace('|', "%7C"), escaped(name).replace('|', " "));
        blocks.push(json!({ "type": "section", "text": mrkdwn(&text) }));
    }
    blocks.push(json!({ "type": "divider" }));
    let own = notes.get("blocks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    // Drop the first block, a header with the version, which is in the title.
    let own = own.get(1..).unwrap_or_default();
    let room = BLOCKS - blocks.len();
    if own.len() <= room {
        blocks.extend_from_slice(own);
    } else {
        let (kept, rest) = own.split_at_checked(room - 1).unwrap_or((own, &[]));
        blocks.extend_from_slice(kept);
        let text = |block: &Value| {
            block.pointer("/text/text").and_then(Value::as_str).map_or(0, |text| text.matches('•').count())
        };
        let left: usize = rest.iter().map(text).sum();
        let more = escaped(&announcement.more.replace("{count}", &left.max(1).to_string()));
        blocks.push(json!({ "type": "section", "text": mrkdwn(&more) }));
    }
    json!({ "text": escaped(&title), "blocks": blocks })
}

/// A text object. Without `verbatim`, Slack turns names, channels and URLs into links
/// (<https://docs.slack.dev/reference/block-kit/composition-objects/text-object>).
fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

/// Escapes markup: <https://docs.slack.dev/messaging/formatting-message-text/#escaping>.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::announcement::sample;

    #[test]
    fn mentions_are_escaped() {
        let message = slack(&sample(), &json!({ "blocks": [{ "type": "header" }, { "type": "section" }] }));
        let text = message.to_string();
        assert!(!text.contains("<!channel>\"") || message["blocks"][0]["text"]["type"] == "plain_text");
        assert_eq!(message["text"], "shop 1.2.0 &lt;!channel&gt;  Bcc: eve@example.com");
        assert_eq!(
            message["blocks"][1]["fields"][0]["text"],
            "*Rollback plan*\npromote &lt;v1.1.0&gt; &amp; *wait*"
        );
        assert_eq!(message["blocks"][2]["text"]["text"], "<https://example.com/r?a=1&amp;b=2|Details>");
        assert_eq!(message["blocks"].as_array().unwrap().len(), 5);
    }

    #[test]
    fn message_stays_within_the_limits() {
        let one = json!({ "type": "section", "text": { "type": "mrkdwn", "text": "• a\n• b" } });
        let announcement = Announcement {
            title: "x".repeat(1_000),
            facts: (0..30).map(|number| (number.to_string(), "<".repeat(9_000))).collect(),
            ..sample()
        };
        let message = slack(&announcement, &json!({ "blocks": vec![one; 50] }));
        let blocks = message["blocks"].as_array().unwrap();
        assert_eq!(blocks.len(), 50);
        assert_eq!(blocks[49]["text"]["text"], "… and 8 more");
        assert_eq!(blocks[0]["text"]["text"].as_str().unwrap().chars().count(), 150);
        let fields = blocks[1]["fields"].as_array().unwrap();
        assert_eq!(fields.len(), 10);
        assert!(fields.iter().all(|field| field["text"].as_str().unwrap().chars().count() <= 2_000));
    }
}
