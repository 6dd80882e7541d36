//! Explains how the base of a version was selected.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::{Value, json};

use crate::{
    error::Error,
    history::{CandidateStatus, Point, Versions, Window},
    model::{Version, plural},
    notes::{self, Line, Selector},
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
    let tag = tag_name(&window.target);
    let mut text = format!("{target} is the tag {tag} on commit {}\n", window.target.commit);
    let commits = plural(window.commits.len(), "commit", "commits");
    let command = rev_list(window);
    match &window.base {
        Some(base) => {
            let same = if base.commit == window.target.commit {
                let version = base.version.as_ref().map(ToString::to_string).unwrap_or_default();
                format!(" (same commit as {version})")
            } else {
                String::new()
            };
            let _ = writeln!(text, "Its base is {}{same}: {commits}, see `{command}`", tag_name(base));
        }
        None => {
            let _ = writeln!(text, "It has no base: it is the first version ({commits}, see `{command}`)");
        }
    }
    let versions = &data.versions;
    let candidates = notes::base_candidates(&session.repository, versions, &line.history, &window.target)?;
    let base = window.base.as_ref().and_then(|base| base.version.as_ref()).and_then(|it| versions.find(it));
    text.push_str(&list(&candidates, base, versions));
    let also_in = also_in(window);
    for (version, count) in &also_in {
        let commits = plural(*count, "commit is", "commits are");
        let _ = writeln!(text, "{commits} also in {version}, an older line whose changes it brings up");
    }
    let verdicts: Vec<Value> = candidates
        .iter()
        .filter_map(|(index, verdict)| {
            let entry = versions.get(*index)?;
            Some(json!({ "tag": entry.tag.name, "version": entry.version.to_string(), "verdict": verdict.reason() }))
        })
        .collect();
    let base = window.base.as_ref().map(tag_name);
    let also_in: Vec<Value> = also_in
        .iter()
        .map(|(version, count)| json!({ "version": version.to_string(), "commits": count }))
        .collect();
    let json = json!({ "version": target, "tag": tag, "commit": window.target.commit, "base": base,
        "commits": window.commits.len(), "rev_list": command, "also_in": also_in, "candidates": verdicts });
    Ok(Explanation { text, json })
}

fn tag_name(point: &Point) -> String {
    point.tag.as_ref().map(|tag| tag.name.clone()).unwrap_or_default()
}

/// The command that lists the commits of a window.
fn rev_list(window: &Window) -> String {
    let excluded: Vec<String> = window.base.iter().chain(&window.between).map(tag_name).collect();
    let target = tag_name(&window.target);
    if excluded.is_empty() {
        return format!("git rev-list {target}");
    }
    format!("git rev-list {target} --not {}", excluded.join(" "))
}

/// The versions before the base that contain commits of the window, lowest first, each with the number of these
/// commits.
fn also_in(window: &Window) -> BTreeMap<&Version, usize> {
    let mut counts = BTreeMap::new();
    for (_, version) in &window.also_in {
        *counts.entry(version).or_default() += 1;
    }
    counts
}

/// The candidates, highest first, down to the base; lower ones are only counted.
fn list(candidates: &[(usize, CandidateStatus)], base: Option<usize>, versions: &Versions) -> String {
    let mut text = String::new();
    let shown = candidates.iter().take_while(|(index, _)| base.is_none_or(|base| *index >= base));
    let mut count = 0;
    for (index, status) in shown {
        count += 1;
        if let Some(entry) = versions.get(*index) {
            let mark = if Some(*index) == base { "→" } else { " " };
            let _ = writeln!(text, "  {mark} {:<20} {}", entry.tag.name, status.reason());
        }
    }
    let rest = candidates.len().saturating_sub(count);
    if rest > 0 {
        let _ = writeln!(text, "    and {rest} lower");
    }
    text
}
