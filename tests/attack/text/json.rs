//! JSON and Slack messages: control characters are escaped, and the text is preserved.

use serde_json::Value;
use tidings::render::{self, Format, Options};

use crate::support::{Commit, Repo};

use super::markdown::{Hostile, notes};

/// ESC, BEL, DEL, two C1 controls, and bidirectional overrides.
const CONTROLS: &str = "\u{1b}\u{7}\u{7f}\u{85}\u{9b}\u{202a}\u{202e}\u{2066}\u{2069}";

fn has_control(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// All strings in a value, in order.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(texts).collect(),
        Value::Object(map) => map.values().map(texts).collect(),
        _ => String::new(),
    }
}

#[test]
fn json_of_every_command_has_no_raw_control_character() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0");
    let path = format!("db/migrate/{}.rb", CONTROLS.replace('\u{7}', ""));
    let name = format!("A{}", "\u{202e}\u{2066}");
    repo.commit(
        Commit::new(format!("feat: two{CONTROLS}end\n\nbody {CONTROLS}"))
            .file(&path, "x")
            .author(&name, "a@b.c"),
    );
    repo.commit("fix: three");
    let message = format!("feat:  x{CONTROLS}y");
    for args in [
        vec!["notes", "--format", "json"],
        vec!["notes", "--all", "--format", "json"],
        vec!["context"],
        vec!["next", "--format", "json"],
        vec!["explain", "HEAD~1", "--format", "json"],
        vec!["explain", "v1.0.0", "--format", "json"],
        vec!["check", "v1.1.0", "--format", "json"],
        vec!["check", "--message", "-", "--format", "json"],
        vec!["compare", "v1.0.0", "HEAD", "--format", "json"],
        vec!["notes", "--format", "slack"],
    ] {
        let ran = repo.run_with_input(&args, &message);
        let at = ran.stdout.find(has_control);
        assert_eq!(at, None, "{args:?}: {}", ran.snapshot());
        assert!(serde_json::from_str::<Value>(&ran.stdout).is_ok(), "{args:?}: {}", ran.snapshot());
    }
    let strings = texts(&repo.run_json(&["notes", "--format", "json"]));
    assert!(strings.contains(&path) && strings.contains(&name), "{strings:?}");
}

#[test]
fn slack_text_is_literal() {
    fn objects<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
        match value {
            Value::Object(map)
                if map.get("text").is_some_and(Value::is_string) && map.contains_key("type") =>
            {
                found.push(value)
            }
            Value::Object(map) => map.values().for_each(|value| objects(value, found)),
            Value::Array(list) => list.iter().for_each(|value| objects(value, found)),
            _ => {}
        }
    }
    let text = "#general @here <!channel> www.e.org a@b.c";
    let hostile = Hostile {
        section: text.into(),
        title: text.into(),
        note: Some(text.into()),
        path: text.into(),
        ..Hostile::default()
    };
    let mut notes = notes(&hostile);
    notes.complete = false;
    let mut out = Vec::new();
    render::render(&notes, &Options::new(Format::Slack), &mut out).unwrap();
    let message: Value = serde_json::from_slice(&out).unwrap();
    let mut found = Vec::new();
    objects(&message["blocks"], &mut found);
    assert!(found.len() >= 4, "{message:#}");
    for object in found {
        let is_marked = object["type"] == "mrkdwn";
        assert_eq!(object.get("verbatim"), is_marked.then_some(&Value::Bool(true)), "{object}");
        assert!(!is_marked || !object["text"].as_str().unwrap().contains("<!"), "{object}");
    }
}
