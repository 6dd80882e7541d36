//! Explains how the base of a version was selected.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    error::Error,
    history::BaseChoice,
    model::plural,
    notes::{Line, Selector, WindowData},
    session::Session,
};

use super::Explanation;

/// How a version's base was selected, and why other versions were not.
pub(super) fn explain(session: &Session, line: &Line, name: &str) -> Result<Explanation, Error> {
    let data = session.read(line, &Selector::parse(name))?;
    let Some(window) = data.selected.windows.first() else {
        return Ok(Explanation { text: String::new(), json: Value::Null });
    };
    let target = window.target.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let tag = window.target.tag.as_ref().map(|tag| tag.name.clone()).unwrap_or_default();
    let mut text = format!("{target} is the tag {tag} on commit {}\n", window.target.commit);
    match &window.base {
        Some(base) => {
            let base = base.tag.as_ref().map(|tag| tag.name.clone()).unwrap_or_default();
            let commits = plural(window.commits.len(), "commit", "commits");
            let _ = writeln!(text, "Its base is {base}: {commits}, see `git rev-list {base}..{tag}`");
        }
        None => {
            text.push_str("It has no base: it is the first version, and contains all of history up to it\n")
        }
    }
    let choice = data.selected.choice.clone().unwrap_or_default();
    text.push_str(&candidates(&choice, &data));
    let verdicts: Vec<Value> = choice
        .candidates
        .iter()
        .filter_map(|(index, verdict)| {
            let entry = data.versions.get(*index)?;
            Some(json!({ "tag": entry.tag.name, "version": entry.version.to_string(), "verdict": verdict.reason() }))
        })
        .collect();
    let base = window.base.as_ref().and_then(|base| base.tag.as_ref()).map(|tag| tag.name.clone());
    let json = json!({ "version": target, "tag": tag, "commit": window.target.commit, "base": base,
        "commits": window.commits.len(), "candidates": verdicts });
    Ok(Explanation { text, json })
}

/// The candidates, highest first, down to the base; lower ones are only counted.
fn candidates(choice: &BaseChoice, data: &WindowData) -> String {
    let mut text = String::new();
    let shown =
        choice.candidates.iter().take_while(|(index, _)| choice.base.is_none_or(|base| *index >= base));
    let mut count = 0;
    for (index, verdict) in shown {
        count += 1;
        if let Some(entry) = data.versions.get(*index) {
            let mark = if Some(*index) == choice.base { "→" } else { " " };
            let _ = writeln!(text, "  {mark} {:<20} {}", entry.tag.name, verdict.reason());
        }
    }
    let rest = choice.candidates.len().saturating_sub(count);
    if rest > 0 {
        let _ = writeln!(text, "    and {rest} lower");
    }
    text
}
