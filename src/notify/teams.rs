//! Messages for Microsoft Teams: an Adaptive Card in the envelope that webhooks expect.
//!
//! The size limit is 28 KB
//! (<https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>). Text blocks
//! support a part of Markdown: bold, links and lists, but no headings.

use serde_json::{Value, json};

use super::{
    announcement::Announcement,
    text::{cut, line},
};

/// Maximum size of the content, in bytes; the rest is for the envelope.
const BYTES: usize = 24 << 10;
const TITLE_CHARS: usize = 300;
const FACT_CHARS: usize = 1_000;

/// The payload for a webhook or workflow. `notes` are in Markdown, without the version heading.
#[must_use]
pub fn teams(announcement: &Announcement, notes: &str) -> Value {
    let mut body = vec![json!({ "type": "TextBlock", "size": "Large", "weight": "Bolder", "wrap": true,
        "text": escaped(&cut(&line(&announcement.title), TITLE_CHARS)) })];
    let facts: Vec<Value> = announcement
        .facts
        .iter()
        .map(|(name, value)| json!({ "title": line(name), "value": escaped(&cut(value.trim(), FACT_CHARS)) }))
        .collect();
    if !facts.is_empty() {
        body.push(json!({ "type": "FactSet", "facts": facts }));
    }
    let mut size: usize = body.iter().map(|block| block.to_string().len()).sum();
    let mut left = 0;
    for (is_heading, text) in parts(notes) {
        let block = if is_heading {
            json!({ "type": "TextBlock", "weight": "Bolder", "wrap": true, "spacing": "Medium", "text": text })
        } else {
            json!({ "type": "TextBlock", "wrap": true, "spacing": "None", "text": text })
        };
        size += block.to_string().len() + 1;
        // After the first omitted entry, omit all later ones.
        if left > 0 || size > BYTES {
            left += usize::from(!is_heading);
        } else {
            body.push(block);
        }
    }
    if left > 0 {
        let more = announcement.more.replace("{count}", &left.to_string());
        body.push(json!({ "type": "TextBlock", "wrap": true, "isSubtle": true, "text": more }));
    }
    let actions = announcement
        .link
        .iter()
        .map(|(name, url)| json!({ "type": "Action.OpenUrl", "title": line(name), "url": url }));
    json!({ "type": "message", "attachments": [{
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null,
        "content": {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
            "msteams": { "width": "Full" },
            "body": body, "actions": actions.collect::<Vec<_>>() } }] })
}

/// Headings (`true`) and entries (`false`), in order. Continuation lines of an entry are indented.
fn parts(notes: &str) -> Vec<(bool, String)> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for line in notes.lines() {
        if let Some(heading) = line.strip_prefix('#') {
            parts.push((true, heading.trim_start_matches('#').trim().to_owned()));
        } else if line.starts_with(' ')
            && let Some((false, entry)) = parts.last_mut()
        {
            entry.extend(["\n", line]);
        } else if !line.trim().is_empty() {
            parts.push((false, line.to_owned()));
        }
    }
    parts
}

/// Escapes Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '`' | '#' | '<' | '>' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::announcement::sample;

    #[test]
    fn card_has_the_notes_below_the_facts() {
        let message = teams(&sample(), "### Features\n\n- one\n  more\n- two\n");
        let card = &message["attachments"][0]["content"];
        assert_eq!((&message["type"], &card["version"]), (&json!("message"), &json!("1.4")));
        let texts: Vec<_> =
            card["body"].as_array().unwrap().iter().filter_map(|block| block["text"].as_str()).collect();
        assert_eq!(texts[1..], ["Features", "- one\n  more", "- two"]);
        assert_eq!(card["body"][1]["facts"][0]["value"], "promote \\<v1.1.0\\> & \\*wait\\*");
        assert_eq!(card["actions"][0]["url"], "https://example.com/r?a=1&b=2");
    }

    #[test]
    fn card_stays_within_the_size_limit() {
        let notes: String = (0..2_000).map(|number| format!("- entry 變更 {number}\n")).collect();
        let message = teams(&sample(), &notes);
        assert!(message.to_string().len() < 28 << 10);
        let body = message["attachments"][0]["content"]["body"].as_array().unwrap();
        let shown = body.len() - 3;
        assert_eq!(body.last().unwrap()["text"], format!("… and {} more", 2_000 - shown));
    }
}
