//! `tidings explain`: what became of a commit or a pull request, and how a version's base was found.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    error::Error,
    git,
    history::{Choice, Versions},
    messages::Message,
    model::{Change, Commit, MESSAGE_BYTES, ObjectId, Outcome},
    notes::{self, Judged, Line, Wanted, WindowData},
    render,
    rules::{self, RuleResult},
    session::Session,
};

use super::values::AnswerFormat;

/// `tidings explain`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A commit, a pull request (#12), or a version
    #[arg(value_name = "WHAT")]
    pub what: String,
    /// The form of the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: AnswerFormat,
}

/// Runs the command.
///
/// # Errors
/// When the repository cannot answer, or knows nothing of what was named.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let line = session.line_of(Some(&args.what))?;
    let versions = Versions::new(&session.tags, &line.history);
    let is_version = versions.find_tag(&args.what).is_some()
        || session.version(line, &args.what).is_ok_and(|version| versions.find(&version).is_some());
    let is_number = (1..7).contains(&args.what.len()) && args.what.bytes().all(|byte| byte.is_ascii_digit());
    let bare = args.what.strip_prefix('#').or(is_number.then_some(args.what.as_str()));
    let answer = if let Some(number) = bare.filter(|_| !is_version) {
        let number = number
            .parse()
            .map_err(|_| Error::usage(format!("`{}` is no pull request", args.what), Some("write #12")))?;
        pull_request(session, line, number)?
    } else if is_version {
        version(session, line, &args.what)?
    } else {
        commits(session, line, &[commit(session, &args.what)?])?
    };
    match args.format {
        AnswerFormat::Json => session.ui().report_json(&render::pretty(&answer.json))?,
        AnswerFormat::Text => session.ui().report(&answer.text)?,
    }
    Ok(())
}

/// The same answer for people and for programs.
struct Answer {
    text: String,
    json: Value,
}

fn commit(session: &Session, name: &str) -> Result<ObjectId, Error> {
    let found = session.repository.resolve(name);
    Ok(match (found, name.strip_prefix("sha-")) {
        (Err(git::Error::NoSuchRevision { .. }), Some(sha)) => session.repository.resolve(sha)?,
        (found, _) => found?,
    })
}

/// How a version's base was found, and why the others were not.
fn version(session: &Session, line: &Line, name: &str) -> Result<Answer, Error> {
    let data = session.read(line, &Wanted::parse(name))?;
    let Some(window) = data.selected.windows.first() else {
        return Ok(Answer { text: String::new(), json: Value::Null });
    };
    let target = window.target.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let tag = window.target.tag.as_ref().map(|tag| tag.name.clone()).unwrap_or_default();
    let mut text = format!("{target} is the tag {tag} on {}\n", window.target.commit);
    match &window.base {
        Some(base) => {
            let base = base.tag.as_ref().map(|tag| tag.name.clone()).unwrap_or_default();
            let count = window.commits.len();
            let _ = writeln!(
                text,
                "Its base is {base}: {count} commits, as `git rev-list {base}..{tag}` lists them"
            );
        }
        None => text.push_str(
            "It has no base: it is the first version, and its window is all of history before it\n",
        ),
    }
    let choice = data.selected.choice.clone().unwrap_or_default();
    text.push_str(&candidates(&choice, &data));
    let verdicts: Vec<Value> = choice
        .verdicts
        .iter()
        .filter_map(|(index, verdict)| {
            let entry = data.versions.get(*index)?;
            Some(json!({ "tag": entry.tag.name, "version": entry.version.to_string(), "verdict": verdict.reason() }))
        })
        .collect();
    let base = window.base.as_ref().and_then(|base| base.tag.as_ref()).map(|tag| tag.name.clone());
    let json = json!({ "version": target, "tag": tag, "commit": window.target.commit, "base": base,
        "commits": window.commits.len(), "candidates": verdicts });
    Ok(Answer { text, json })
}

/// The candidates that were looked at, highest first; those below the base only by their number.
fn candidates(choice: &Choice, data: &WindowData) -> String {
    let mut text = String::new();
    let shown = choice.verdicts.iter().take_while(|(index, _)| choice.base.is_none_or(|base| *index >= base));
    let mut count = 0;
    for (index, verdict) in shown {
        count += 1;
        if let Some(entry) = data.versions.get(*index) {
            let mark = if Some(*index) == choice.base { "→" } else { " " };
            let _ = writeln!(text, "  {mark} {:<20} {}", entry.tag.name, verdict.reason());
        }
    }
    let rest = choice.verdicts.len().saturating_sub(count);
    if rest > 0 {
        let _ = writeln!(text, "    and {rest} lower");
    }
    text
}

fn pull_request(session: &Session, line: &Line, number: u64) -> Result<Answer, Error> {
    let mut data = session.read(line, &Wanted::All(None))?;
    let reading = &session.settings.options.messages;
    data.read_messages(reading);
    let names = |message: &Message| {
        message.pull_request.as_ref().is_some_and(|mention| mention.number == number)
            || message.entries.iter().any(|entry| entry.pull_request == Some(number))
    };
    let named = data.commits(reading).filter(|(_, message)| names(message));
    let found: Vec<ObjectId> = named.map(|(commit, _)| commit.id).collect();
    if found.is_empty() {
        let hint = "a pull request that was merged by rebasing leaves no number in its commits: name a commit instead";
        return Err(Error::usage(format!("no commit mentions the pull request #{number}"), Some(hint)));
    }
    let mut all = found.clone();
    for id in brought_in(session, line, &data, &found, number)? {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    judged(session, line, data, &all)
}

/// The commits of the changes that a pull request brought in, whose own messages may not name it.
fn brought_in(
    session: &Session,
    line: &Line,
    data: &WindowData,
    found: &[ObjectId],
    number: u64,
) -> Result<Vec<ObjectId>, Error> {
    let is_found = |index: &u32| {
        data.selected.commits.get(*index as usize).is_some_and(|commit| found.contains(&commit.id))
    };
    let mut commits = Vec::new();
    for window in data.selected.windows.iter().filter(|window| window.commits.iter().any(is_found)) {
        let judged = notes::judge(&session.repository, line, data, &session.settings.options, window)?;
        let own = |change: &Change| change.pull_request.as_ref().is_some_and(|it| it.number == number);
        commits.extend(
            judged
                .classified
                .changes()
                .filter(|place| own(place.change))
                .flat_map(|place| place.change.commits.clone()),
        );
    }
    Ok(commits)
}

fn commits(session: &Session, line: &Line, ids: &[ObjectId]) -> Result<Answer, Error> {
    let data = session.read(line, &Wanted::All(None))?;
    judged(session, line, data, ids)
}

fn judged(session: &Session, line: &Line, data: WindowData, ids: &[ObjectId]) -> Result<Answer, Error> {
    let options = &session.settings.options;
    let (mut texts, mut values) = (Vec::new(), Vec::new());
    for id in ids {
        let position = data.selected.commits.iter().position(|commit| commit.id == *id);
        let window = position.and_then(|at| {
            data.selected
                .windows
                .iter()
                .find(|window| window.commits.iter().any(|index| *index as usize == at))
        });
        let (Some(at), Some(window)) = (position, window) else {
            let hint = "it lies on a branch that neither a version nor HEAD contains";
            return Err(Error::usage(format!("the commit {id} is in no window"), Some(hint)));
        };
        let judged = notes::judge(&session.repository, line, &data, options, window)?;
        let version =
            window.target.version.as_ref().map_or_else(|| "unreleased".to_owned(), ToString::to_string);
        let inside = window.commits.iter().position(|index| *index as usize == at);
        let (Some(commit), Some(inside)) = (data.commit(at, &options.messages), inside) else {
            continue;
        };
        let answer = one(session, (commit.0, &commit.1), inside, &judged, &version);
        texts.push(answer.text);
        values.push(answer.json);
    }
    let json = if values.len() == 1 { values.pop().unwrap_or_default() } else { Value::Array(values) };
    Ok(Answer { text: texts.join("\n"), json })
}

fn one(
    session: &Session,
    (commit, message): (&Commit, &Message),
    inside: usize,
    judged: &Judged,
    version: &str,
) -> Answer {
    let subject = &message.subject;
    let mut text = format!("{} {subject}\n", commit.id.short());
    let window =
        if version == "unreleased" { "what is unreleased".to_owned() } else { format!("version {version}") };
    let _ = writeln!(text, "  window   {window}: the first to contain it");
    let unlisted = judged.grouped.outcomes.get(inside);
    let places: Vec<_> =
        judged.classified.changes().filter(|place| place.change.commits.contains(&commit.id)).collect();
    let (outcome, section, reason) = match (unlisted, places.first()) {
        (Some(unlisted), _) => (unlisted.outcome, None, unlisted.reason.to_string()),
        (None, Some(place)) => (place.outcome(), place.section, place.reason.to_string()),
        (None, None) => (Outcome::Hidden, None, "left out by a path filter".to_owned()),
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
    for (number, place) in places.iter().enumerate() {
        let (lines, rules) = if number < TRACED { rules(place.change, session) } else { Default::default() };
        let _ = writeln!(text, "  change   {}", place.change.title);
        text.push_str(&lines);
        changes.push(json!({ "title": place.change.title, "section": place.section, "reason": place.reason.as_ref(), "rules": rules }));
    }
    let json = json!({ "id": commit.id, "subject": subject.as_ref(), "version": (version != "unreleased").then_some(version),
        "outcome": outcome.name(), "section": section, "reason": reason, "changes": changes });
    Answer { text, json }
}

/// Of so many changes of one commit it is told which rules were tried: a message may be a list of tens of thousands.
const TRACED: usize = 100;

/// Each rule that was tried, and what became of it.
fn rules(change: &Change, session: &Session) -> (String, Vec<Value>) {
    let (mut text, mut values) = (String::new(), Vec::new());
    for tried in rules::trace(change, &session.settings.options.rules) {
        let (mark, said) = match &tried.result {
            RuleResult::Failed { condition, found } if session.ui().verbose => {
                ("·", format!("no: {found}; it would if {condition}"))
            }
            RuleResult::Failed { found, .. } => ("·", format!("no: {found}")),
            RuleResult::Marked { effect } => ("+", effect.clone()),
            RuleResult::Decided { effect } => ("→", effect.clone()),
        };
        let width = textwrap::Options::new(session.settings.rendering.width()).subsequent_indent("        ");
        let line = format!("    {mark} {}: {said}", tried.rule);
        let _ = writeln!(text, "{}", textwrap::fill(&line, width));
        values.push(json!({ "rule": tried.rule.to_string(), "matched": mark != "·", "step": said }));
    }
    (text, values)
}
