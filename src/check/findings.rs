//! What there is to say about the project, about a version that is to be tagged, and about one message.

use std::slice;

use crate::{
    changelog,
    error::Error,
    history::Versions,
    model::{Commit, Version},
    notes::{self, Line, Wanted, WindowData},
    render, rules,
    session::{Session, read_changelog},
};

use super::{
    finding::{Finding, Level},
    messages, version,
};

/// What there is to say about every line of versions, or about the line of `version`, which is to be tagged. `allow` names what is
/// let pass.
///
/// # Errors
/// When the repository cannot be read: what it cannot answer is no finding about the version.
pub fn project(session: &Session, version: Option<&str>, allow: &[String]) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    templates(session, &mut findings);
    let lines = match version {
        Some(version) => slice::from_ref(session.line_of(Some(version))?),
        None => session.settings.lines.as_slice(),
    };
    for line in lines {
        let start = findings.len();
        of_line(session, line, version, allow, &mut findings)?;
        if lines.len() > 1 {
            findings.iter_mut().skip(start).for_each(|finding| finding.package.clone_from(&line.package));
        }
    }
    Ok(findings)
}

/// What forbids tagging a version, but for what is let pass. The changelog is not looked at.
///
/// # Errors
/// When the repository cannot be read.
pub fn refusals(
    session: &Session,
    line: &Line,
    version: &str,
    allow: &[String],
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    clone(session, line, Some(version), &mut findings);
    let data = session.read(line, &Wanted::SinceFinal)?;
    window(session, line, data, Some(version), &mut findings)?;
    findings
        .retain(|finding| finding.level == Level::Error && !allow.iter().any(|name| name == finding.name));
    Ok(findings)
}

/// What there is to say about one message, as `git commit` writes it: of a `commit-msg` hook, or a pull request's title.
#[must_use]
pub fn message(session: &Session, bytes: &[u8]) -> Vec<Finding> {
    let text = String::from_utf8_lossy(bytes);
    let mut findings = messages::of_text(&messages::without_comments(&text), session);
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
    findings
}

/// Lets errors pass by their names, and gives the names that are no finding's.
pub fn allow<'a>(findings: &mut [Finding], names: &'a [String]) -> Vec<&'a str> {
    for finding in findings.iter_mut() {
        if finding.level == Level::Error && names.iter().any(|name| name == finding.name) {
            finding.level = Level::Allowed;
        }
    }
    let unused = names.iter().filter(|name| !findings.iter().any(|finding| finding.name == **name));
    unused.map(String::as_str).collect()
}

/// What there is to say about one line of versions.
fn of_line(
    session: &Session,
    line: &Line,
    version: Option<&str>,
    allow: &[String],
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    clone(session, line, version, findings);
    let data = session.read(line, &Wanted::SinceFinal)?;
    window(session, line, data, version, findings)?;
    if let Some(version) = version
        && !findings.iter().any(|finding| is_another_version(finding, allow))
    {
        changelog_has(session, line, version, findings)?;
    }
    Ok(())
}

/// Whether a finding says that there will be another version: that this one has no section in the changelog is then no
/// fault.
fn is_another_version(finding: &Finding, allow: &[String]) -> bool {
    let allowed = allow.iter().any(|name| name == finding.name);
    finding.level == Level::Error && !allowed && ["version", "tagged", "order"].contains(&finding.name)
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
    data: WindowData,
    version: Option<&str>,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let options = &session.settings.options;
    let Some(window) = data.selected.windows.first() else { return Ok(()) };
    let judged = notes::judge(&session.repository, line, &data, options, window)?;
    if let Some(text) = version {
        findings.extend(version::findings(session, line, &data.versions, window, &judged.classified, text));
    }
    for classified in judged.classified.changes() {
        let conflicts = rules::conflicts(classified.change, &options.rules);
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
    let own = |commit: &Commit| line.takes(&commit.touches);
    let commits = data.commits(&options.messages).filter(|(commit, _)| own(commit));
    let commits: Vec<_> = commits.collect();
    findings.extend(messages::commits(&commits, session));
    Ok(())
}

fn changelog_has(
    session: &Session,
    line: &Line,
    text: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let (Ok(version), Some(file)) =
        (session.version(line, text), read_changelog(&session.settings.changelog(line)?)?)
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
