//! `tidings check`: the gate before tagging, and the lint of one message.

mod message;
mod report;
mod version;

use std::io::Read as _;

use crate::{
    changelog,
    error::Error,
    history::Versions,
    model::{Commit, Version},
    notes::{
        releases::{self, Line, Read},
        select::Wanted,
    },
    render, rules,
};

use super::{args, session::Session};
use report::{Finding, Level};

/// Runs the command.
///
/// # Errors
/// When a finding says no, or the repository cannot be opened.
pub(super) fn run(session: &Session, args: &args::Check) -> Result<(), Error> {
    let mut findings = Vec::new();
    templates(session, &mut findings);
    let lines = match &args.version {
        Some(version) => std::slice::from_ref(session.line_of(Some(version))?),
        None => session.settings.lines.as_slice(),
    };
    for line in lines {
        let start = findings.len();
        of_line(session, args, line, &mut findings)?;
        if lines.len() > 1 {
            findings.iter_mut().skip(start).for_each(|finding| finding.package.clone_from(&line.package));
        }
    }
    finish(session, args, findings)
}

/// The rules for a version before it is tagged; what they say is printed only where it is no.
///
/// # Errors
/// When a finding says no and is not allowed, or the repository cannot answer.
pub(super) fn gate(session: &Session, line: &Line, version: &str, allow: &[String]) -> Result<(), Error> {
    let args = args::Check {
        version: Some(version.to_owned()),
        message: None,
        allow: Vec::new(),
        format: "text".to_owned(),
    };
    let mut findings = Vec::new();
    clone(session, line, Some(version), &mut findings);
    let read = session.read(line, &Wanted::SinceFinal)?;
    window(session, line, read, Some(version), &mut findings)?;
    findings
        .retain(|finding| finding.level == Level::Error && !allow.iter().any(|name| name == finding.name));
    if findings.is_empty() { Ok(()) } else { finish(session, &args, findings) }
}

/// What there is to say about one line of versions.
fn of_line(
    session: &Session,
    args: &args::Check,
    line: &Line,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    clone(session, line, args.version.as_deref(), findings);
    // What the repository cannot answer is no finding about the version: a gate must not take one for the other.
    let read = session.read(line, &Wanted::SinceFinal)?;
    window(session, line, read, args.version.as_deref(), findings)?;
    if let Some(version) = &args.version
        && !findings.iter().any(|finding| is_another_version(finding, args))
    {
        changelog_has(session, line, version, findings)?;
    }
    Ok(())
}

/// Whether a finding says that there will be another version: that this one has no section in the changelog is then no
/// fault.
fn is_another_version(finding: &Finding, args: &args::Check) -> bool {
    let allowed = args.allow.iter().any(|name| name == finding.name);
    finding.level == Level::Error && !allowed && ["version", "tagged", "order"].contains(&finding.name)
}

/// Lints one message: of a `commit-msg` hook, or a pull request's title.
///
/// # Errors
/// When a finding says no, or the message cannot be read.
pub(super) fn message(session: &Session, args: &args::Check, path: &str) -> Result<(), Error> {
    let bytes = if path == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        bytes
    } else {
        session.settings.files.read_named(path.as_ref())?
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut findings = message::of_text(&message::without_comments(&text), session);
    if text.contains('\u{fffd}') {
        findings.push(Finding::warning(
            "encoding",
            "the message is not valid UTF-8".to_owned(),
            "save it as UTF-8".to_owned(),
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::right("message", "the message is as it should be".to_owned()));
    }
    finish(session, args, findings)
}

fn finish(session: &Session, args: &args::Check, mut findings: Vec<Finding>) -> Result<(), Error> {
    for finding in &mut findings {
        if finding.level == Level::Error && args.allow.iter().any(|name| name == finding.name) {
            finding.level = Level::Allowed;
        }
    }
    let unused = args.allow.iter().filter(|name| !findings.iter().any(|finding| finding.name == **name));
    for name in unused {
        session.ui().warn(&format!("--allow {name}: there is no such finding"));
    }
    let (ui, text) = (session.ui(), report::write(&findings, &args.format, session.ui().colour));
    match args.format.as_str() {
        "json" => ui.report_json(&text)?,
        "github" => ui.commands(&text)?,
        _ => ui.report_styled(&text)?,
    }
    if findings.iter().any(|finding| finding.level == Level::Error) {
        Err(Error::CheckFailed)
    } else {
        Ok(())
    }
}

fn templates(session: &Session, findings: &mut Vec<Finding>) {
    let settings = &session.settings;
    match &settings.config_path {
        Some(path) => {
            findings.push(Finding::right("configuration", format!("{} is valid", session.shown(path))))
        }
        None => findings.push(Finding::right(
            "configuration",
            "there is no configuration, and none is needed".to_owned(),
        )),
    }
    let options = settings.rendering.options(render::Format::Markdown);
    for template in settings.rendering.template.iter().chain(&settings.changelog_template) {
        findings.push(match render::check(template, &settings.rendering.include, &options) {
            Ok(()) => Finding::right("template", format!("{} renders", template.name)),
            Err(error) => Finding::error("template", error.to_string(), error.hint().unwrap_or_default()),
        });
    }
}

fn clone(session: &Session, line: &Line, version: Option<&str>, findings: &mut Vec<Finding>) {
    let versions = Versions::new(&session.tags, &line.history);
    for warning in &versions.warnings {
        findings.push(Finding::warning("tags", warning.clone(), String::new()));
    }
    if session.repository.is_shallow() {
        let fix = "tidings --deepen check …, or: git fetch --unshallow --tags".to_owned();
        findings.push(Finding::warning("shallow", "the clone is shallow".to_owned(), fix));
    }
    match versions.all.last() {
        Some(last) => {
            let count = match versions.all.len() {
                1 => "one version is".to_owned(),
                count => format!("{count} versions are"),
            };
            findings
                .push(Finding::right("tags", format!("{count} tagged, the highest is {}", last.tag.name)));
        }
        None => {
            let message = format!("no version is tagged ({} other tags)", versions.passed_over.len());
            let fix =
                "if the remote has tags: git fetch --tags; for a first version: --allow tags".to_owned();
            // A pipeline's clone without tags would judge any version by all of history.
            let may_be_first = version
                .is_none_or(|text| session.version(line, text).is_ok_and(|it| it <= Version::new(1, 0, 0)));
            findings.push(if may_be_first {
                Finding::warning("tags", message, fix)
            } else {
                Finding::error("tags", message, fix)
            });
        }
    }
}

/// What the changes since the last final version say.
fn window(
    session: &Session,
    line: &Line,
    read: Read,
    version: Option<&str>,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let options = &session.settings.options;
    let Some(window) = read.selected.windows.first() else { return Ok(()) };
    let judged = releases::judge(&session.repository, line, &read, options, window)?;
    if let Some(text) = version {
        findings.extend(version::findings(session, line, &read.versions, window, &judged.classified, text));
    }
    for classified in judged.classified.changes() {
        let conflicts = rules::conflicts(classified.change, &options.classify);
        if let Some((winner, others)) = conflicts.split_first().filter(|(_, others)| !others.is_empty()) {
            let others: Vec<String> =
                others.iter().map(|it| format!("{} ({})", it.rule, it.section)).collect();
            findings.push(Finding::warning(
                "rules",
                format!(
                    "`{}` is claimed by {} ({}) and by {}",
                    classified.change.title,
                    winner.rule,
                    winner.section,
                    others.join(", ")
                ),
                "the first rule wins; make the later one narrower, or leave it".to_owned(),
            ));
        }
    }
    let own = |commit: &Commit| line.filters.iter().all(|filter| commit.touches.contains(filter));
    let commits = read.commits(&options.messages).filter(|(commit, _)| own(commit));
    let commits: Vec<_> = commits.collect();
    findings.extend(message::commits(&commits, session));
    Ok(())
}

fn changelog_has(
    session: &Session,
    line: &Line,
    text: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let (Ok(version), Some(file)) =
        (session.version(line, text), super::changelog::read(&session.settings.changelog(line)?)?)
    else {
        return Ok(());
    };
    let name = line.changelog.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let options = changelog::Options { scheme: line.history.scheme.clone(), ..changelog::Options::default() };
    let there = changelog::versions(&file, &options);
    let count = there.iter().filter(|heading| heading.version.as_ref() == Some(&version)).count();
    findings.push(match count {
        0 => Finding::error(
            "changelog",
            format!("{name} has no section for {version}"),
            format!("tidings changelog --as {version} --write"),
        ),
        1 => Finding::right("changelog", format!("{name} has {version}")),
        _ => Finding::error(
            "changelog",
            format!("{name} has {count} sections for {version}"),
            "keep one of them".to_owned(),
        ),
    });
    Ok(())
}
