//! Draws messages for chat programs as these programs show them, from the payload that is sent.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

/// HTML of a text; the caller has not escaped it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Slack's mrkdwn: code blocks, code, links, bold and italic text (groups 1 to 6).
static MRKDWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?s)```\n?(.*?)```|`([^`\n]+)`|<(https?://[^|>]+)\|([^>]*)>|\*([^*\n]+)\*|\b_([^_\n]+)_\b")
        .ok()
});

/// A text in Slack's mrkdwn as HTML. `&`, `<` and `>` are escaped in mrkdwn as they are in HTML.
fn mrkdwn(text: &str) -> String {
    let quoted = |text: &str| text.replace('"', "&quot;");
    let Some(pattern) = &*MRKDWN else { return quoted(text).replace('\n', "<br>") };
    let draw = |found: &Captures<'_>| {
        let group = |at: usize| found.get(at).map(|group| quoted(group.as_str()));
        match (group(1), group(2), group(3), group(5), group(6)) {
            (Some(block), ..) => format!("<pre>{block}</pre>"),
            (_, Some(code), ..) => format!("<code>{code}</code>"),
            (_, _, Some(url), ..) => {
                format!(
                    "<a href=\"{url}\" target=\"_blank\" rel=\"noreferrer\">{}</a>",
                    group(4).unwrap_or_default()
                )
            }
            (_, _, _, Some(bold), _) => format!("<b>{bold}</b>"),
            (.., Some(italic)) => format!("<i>{italic}</i>"),
            _ => String::new(),
        }
    };
    let mut out = String::new();
    let mut from = 0;
    for found in pattern.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(&quoted(text.get(from..whole.start()).unwrap_or_default()).replace('\n', "<br>"));
        out.push_str(&draw(&found));
        from = whole.end();
    }
    out.push_str(&quoted(text.get(from..).unwrap_or_default()).replace('\n', "<br>"));
    out
}

/// Slack's blocks as HTML.
pub(super) fn slack(payload: &Value) -> String {
    let mut out = String::from(
        "<div class=\"slack\"><div class=\"avatar\">T</div><div><p class=\"from\"><b>Tidings</b> <span>APP</span></p>",
    );
    for block in array(payload, "blocks") {
        match block.get("type").and_then(Value::as_str) {
            Some("header") => out.push_str(&format!("<h1>{}</h1>", escaped(text(block)))),
            Some("divider") => out.push_str("<hr>"),
            _ => {
                let fields: String = array(block, "fields")
                    .map(|field| {
                        format!(
                            "<div>{}</div>",
                            mrkdwn(field.get("text").and_then(Value::as_str).unwrap_or_default())
                        )
                    })
                    .collect();
                if !fields.is_empty() {
                    out.push_str(&format!("<div class=\"fields\">{fields}</div>"));
                }
                let elements: String = array(block, "elements")
                    .map(|element| mrkdwn(element.get("text").and_then(Value::as_str).unwrap_or_default()))
                    .collect();
                if !elements.is_empty() {
                    out.push_str(&format!("<div class=\"context\">{elements}</div>"));
                }
                let own = text(block);
                if !own.is_empty() {
                    out.push_str(&format!("<div class=\"section\">{}</div>", mrkdwn(own)));
                }
            }
        }
    }
    out.push_str("</div></div>");
    out
}

/// An Adaptive Card as HTML. `markdown` draws the part of Markdown that its text blocks support.
pub(super) fn teams(payload: &Value, markdown: &dyn Fn(&str) -> String) -> String {
    let mut out = String::from("<div class=\"teams\">");
    let card = payload.pointer("/attachments/0/content").unwrap_or(&Value::Null);
    for block in array(card, "body") {
        match block.get("type").and_then(Value::as_str) {
            Some("FactSet") => {
                let of = |fact: &Value, key: &str| {
                    escaped(fact.get(key).and_then(Value::as_str).unwrap_or_default())
                };
                let facts: String = array(block, "facts")
                    .map(|fact| {
                        format!("<tr><th>{}</th><td>{}</td></tr>", of(fact, "title"), of(fact, "value"))
                    })
                    .collect();
                out.push_str(&format!("<table>{facts}</table>"));
            }
            _ => {
                let is = |key: &str, value: &str| block.get(key).and_then(Value::as_str) == Some(value);
                let class = match (is("size", "Large"), is("weight", "Bolder")) {
                    (true, _) => "title",
                    (false, true) => "heading",
                    (false, false) => "block",
                };
                let own = block.get("text").and_then(Value::as_str).unwrap_or_default();
                out.push_str(&format!("<div class=\"{class}\">{}</div>", markdown(own)));
            }
        }
    }
    out.push_str("</div>");
    out
}

fn array<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text(block: &Value) -> &str {
    block.pointer("/text/text").and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mrkdwn_is_drawn_and_html_stays_text() {
        assert_eq!(
            mrkdwn("*a* `b*c*` <https://x.example/?a=1|d> &lt;b&gt; \"_e_\"\n```\nf\n```"),
            "<b>a</b> <code>b*c*</code> <a href=\"https://x.example/?a=1\" target=\"_blank\" rel=\"noreferrer\">d</a> \
             &lt;b&gt; &quot;<i>e</i>&quot;<br><pre>f\n</pre>"
        );
        assert_eq!(
            mrkdwn("<https://x.example/\"onclick=|a>"),
            "<a href=\"https://x.example/&quot;onclick=\" target=\"_blank\" rel=\"noreferrer\">a</a>"
        );
    }

    #[test]
    fn titles_are_escaped() {
        let payload = json!({ "blocks": [{ "type": "header", "text": { "text": "<script>" } }] });
        assert!(slack(&payload).contains("<h1>&lt;script&gt;</h1>"));
    }
}
