//! Explains the outcome of a commit, with the rules that were tried.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    error::Error,
    history::Window,
    messages::Message,
    model::{Change, Commit, MESSAGE_BYTES, ObjectId, Outcome},
    notes::{Line, Selector, WindowChanges, WindowData},
    rules::{self, RuleResult},
    session::Session,
};

use super::Explanation;

/// The outcomes of commits.
pub(super) fn explain(session: &Session, line: &Line, ids: &[ObjectId]) -> Result<Explanation, Error> {
    let data = session.read(line, &Selector::All(None))?;
    explain_in(session, line, data, ids)
}

/// The outcomes of commits, in windows that were read before.
pub(super) fn explain_in(
    session: &Session,
    line: &Line,
    data: WindowData,
    ids: &[ObjectId],
) -> Result<Explanation, Error> {
    let options = &session.settings.options;
    let (mut texts, mut values) = (Vec::new(), Vec::new());
    for id in ids {
        let position = data.selected.commits.iter().position(|commit| commit.id == *id);
        let position_is_in = |window: &&Window| {
            position.is_some_and(|at| window.commits.iter().any(|index| *index as usize == at))
        };
        let containing: Vec<&Window> = data.selected.windows.iter().filter(position_is_in).collect();
        let is_brought_up =
            |window: &&&Window| !window.also_in.iter().any(|(index, _)| Some(*index as usize) == position);
        let window = containing.iter().find(is_brought_up).copied();
        let (Some(at), Some(window)) = (position, window) else {
            let hint =
                "check out a branch that contains it, or name a commit that HEAD or a version contains";
            return Err(Error::usage(
                format!("no window contains commit {id}: neither HEAD nor a version contains it"),
                Some(hint),
            ));
        };
        let judged = session.window_changes(line, &data, window)?;
        let others = containing.iter().filter(|other| !std::ptr::eq(**other, window)).copied();
        let others: Vec<String> = others.rev().map(window_name).collect();
        let inside = window.commits.iter().position(|index| *index as usize == at);
        let (Some(commit), Some(inside)) = (data.commit(at, &options.messages), inside) else {
            continue;
        };
        let names = (window_name(window), others.as_slice());
        let reason = exclusion_reason(session, line, commit.0)?;
        let explanation = explain_commit(session, (commit.0, &commit.1), (inside, reason), &judged, names);
        texts.push(explanation.text);
        values.push(explanation.json);
    }
    let json = if values.len() == 1 { values.pop().unwrap_or_default() } else { Value::Array(values) };
    Ok(Explanation { text: texts.join("\n"), json })
}

const UNRELEASED: &str = "unreleased";

/// The version of a window.
fn window_name(window: &Window) -> String {
    window.target.version.as_ref().map_or_else(|| UNRELEASED.to_owned(), ToString::to_string)
}

/// Why a line has no change of a commit.
fn exclusion_reason(session: &Session, line: &Line, commit: &Commit) -> Result<String, Error> {
    let options = &session.settings.options;
    if line.package.is_some() && session.repository.is_empty_commit(commit)? {
        return Ok(options.empty_commits.reason(&commit.subject(), &options.messages));
    }
    Ok("excluded by a path filter".to_owned())
}

fn explain_commit(
    session: &Session,
    (commit, message): (&Commit, &Message),
    (inside, excluded): (usize, String),
    judged: &WindowChanges,
    (version, others): (String, &[String]),
) -> Explanation {
    let subject = &message.subject;
    let mut text = format!("{} {subject}\n", commit.id.short());
    let window =
        if version == UNRELEASED { "unreleased changes".to_owned() } else { format!("version {version}") };
    let also = if others.is_empty() { String::new() } else { format!("; also in {}", others.join(", ")) };
    let _ = writeln!(text, "  window   {window} (the first to contain it){also}");
    let unlisted = judged.grouped.outcomes.get(inside);
    let entries: Vec<_> =
        judged.classified.changes().filter(|entry| entry.change.commits.contains(&commit.id)).collect();
    let (outcome, section, reason) = match (unlisted, entries.first()) {
        (Some(unlisted), _) => (unlisted.outcome, None, unlisted.reason.to_string()),
        (None, Some(entry)) => {
            let (outcome, reason) = entry.outcome_of(commit.id);
            (outcome, entry.section.filter(|_| outcome == Outcome::Listed), reason.to_string())
        }
        (None, None) => (Outcome::Hidden, None, excluded),
    };
    let _ = writeln!(text, "  outcome  {}", outcome.name());
    if let Some(section) = section {
        let _ = writeln!(text, "  section  {section}");
    }
    let _ = writeln!(text, "  reason   {reason}");
    if commit.is_cut() {
        let _ = writeln!(text, "  message  only its first {} MiB is read", MESSAGE_BYTES >> 20);
    }
    let mut changes = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        // Where a fragment decides, no rule is evaluated.
        let has_fragment = entry.change.fragment.is_some();
        let (lines, rules) =
            if number < TRACED && !has_fragment { rules(entry.change, session) } else { Default::default() };
        let _ = writeln!(text, "  change   {}", entry.change.title);
        for note in entry.squashed_breaking() {
            let _ = writeln!(text, "  note     {note}");
        }
        let fragment = entry.change.fragment.as_deref().map(|fragment| &*fragment.path);
        if let Some(path) = fragment {
            let _ = writeln!(text, "  text     from the fragment {path}");
        }
        let corrected: Vec<&str> = entry.change.corrected.iter().map(|field| field.name()).collect();
        if !corrected.is_empty() {
            let file = &session.settings.options.corrections.file;
            let _ = writeln!(text, "  note     corrected by {file}: {}", corrected.join(", "));
        }
        if let Some(written) = entry.change.written.as_ref().filter(|it| it.title != entry.change.title) {
            let _ = writeln!(text, "  written  {}", written.title);
        }
        let (line, reading) = reading(entry.change);
        text.extend([line, lines]);
        changes.push(
            json!({ "title": entry.change.title, "section": entry.section, "reason": entry.reason.as_ref(),
            "squashed_breaking": entry.change.squashed_breaking, "reading": reading, "rules": rules, "fragment": fragment,
            "corrected": corrected }),
        );
    }
    let json = json!({ "id": commit.id, "subject": subject.as_ref(), "version": (version != UNRELEASED).then_some(&version), "also_in": others,
        "outcome": outcome.name(), "section": section, "reason": reason, "changes": changes });
    Explanation { text, json }
}

/// What a message without a type was read as, as text and JSON; empty and `null` if it was not read.
fn reading(change: &Change) -> (String, Value) {
    let Some(reading) = change.reading else { return (String::new(), Value::Null) };
    let all = rules::evidence(change);
    let placed = match reading.class.commit_type() {
        Some(kind) if reading.placed => format!(": the rules take it as type `{kind}`"),
        _ => ", which decides nothing".to_owned(),
    };
    let text = format!("  reading  {} ({:.2}){placed}\n", reading.class.noun(), reading.confidence());
    let evidence = |sign: i32| -> Vec<Value> {
        let of_sign = all.iter().filter(|it| it.weight.signum() == sign);
        let mut values: Vec<Value> =
            of_sign.map(|it| json!({ "feature": it.feature, "weight": it.weight })).collect();
        if sign < 0 {
            values.reverse();
        }
        values
    };
    let value = json!({ "type": reading.class.commit_type(), "confidence": reading.confidence(),
        "placed": reading.placed, "for": evidence(1), "against": evidence(-1) });
    (text, value)
}

/// The number of changes of one commit whose rules are traced: a message may list tens of thousands of changes.
const TRACED: usize = 100;

/// Each rule that was evaluated, and its result, as text and JSON.
fn rules(change: &Change, session: &Session) -> (String, Vec<Value>) {
    let (mut text, mut values) = (String::new(), Vec::new());
    for tried in rules::trace(change, &session.settings.options.rules) {
        let (mark, result) = match &tried.result {
            RuleResult::Failed { condition, actual } if session.ui().verbose => {
                ("·", format!("no match: {actual}; matches if {condition}"))
            }
            RuleResult::Failed { actual, .. } => ("·", format!("no match: {actual}")),
            RuleResult::Marked { effect } => ("+", effect.clone()),
            RuleResult::Decided { effect } => ("→", effect.clone()),
        };
        let width = textwrap::Options::new(session.settings.rendering.width()).subsequent_indent("        ");
        let line = format!("    {mark} {}: {result}", tried.rule);
        let _ = writeln!(text, "{}", textwrap::fill(&line, width));
        values.push(json!({ "rule": tried.rule.to_string(), "matched": mark != "·", "step": result }));
    }
    (text, values)
}
