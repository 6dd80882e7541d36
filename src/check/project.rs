//! Runs the checks: of a project, of a version to tag, and of one message.

use std::{borrow::Cow, slice};

use crate::{
    error::Error,
    messages::Message,
    model::{Commit, Version, plural},
    notes::{Line, Selector, WindowData},
    render,
    rules::{self, ClassifiedChange},
    session::Session,
};

use super::{
    changelog, corrections,
    finding::{Finding, Level},
    manifests, messages, version,
};

/// Checks every line of versions, or only the line of `version`, which is to be tagged. `allow` holds the names of
/// allowed findings. With `strict`, messages that cannot be read are findings too.
///
/// # Errors
/// If the repository cannot be read; that is an error, not a finding about the version.
pub fn project(
    session: &Session,
    version: Option<&str>,
    allow: &[String],
    strict: bool,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    check_configuration(session, &mut findings);
    findings.extend(corrections::of_file(session)?);
    let lines = match version {
        Some(version) => slice::from_ref(session.line_of(Some(version))?),
        None => session.lines(None),
    };
    for line in lines {
        let start = findings.len();
        check_line(session, line, version, (allow, strict), &mut findings)?;
        if lines.len() > 1 {
            findings.iter_mut().skip(start).for_each(|finding| finding.package.clone_from(&line.package));
        }
    }
    Ok(findings)
}

/// The errors that forbid tagging a version, except those in `allow`. Does not check the changelog.
///
/// # Errors
/// If the repository cannot be read.
pub fn refusals(
    session: &Session,
    line: &Line,
    version: &str,
    allow: &[String],
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    check_clone(session, line, Some(version), &mut findings);
    let data = session.read(line, &Selector::SinceFinal(session.new_version(line, version).ok()))?;
    check_window(session, line, data, (Some(version), false), &mut findings)?;
    findings
        .retain(|finding| finding.level == Level::Error && !allow.iter().any(|name| name == finding.name));
    Ok(findings)
}

/// Checks one message: the title of a pull request, or with `is_hook` the file that git passes to a `commit-msg` hook.
#[must_use]
pub fn message(session: &Session, bytes: &[u8], is_hook: bool) -> Vec<Finding> {
    let text = String::from_utf8_lossy(bytes);
    let mut findings = messages::of_text(&messages::without_comments(&text), session);
    // A fixup commit is squashed before it is pushed.
    findings.retain(|finding| finding.name != "fixup" || !is_hook || !session.settings.allows_fixup_in_hook);
    if text.contains('\u{fffd}') {
        findings.push(Finding::warning(
            "encoding",
            "the message is not valid UTF-8".to_owned(),
            "save it as UTF-8".to_owned(),
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok("message", "the message follows the rules".to_owned()));
    }
    findings
}

/// Checks the messages of these commits.
#[must_use]
pub fn commit_messages(session: &Session, commits: &[(&Commit, Cow<'_, Message>)]) -> Vec<Finding> {
    messages::commits(commits, session)
}

/// Makes errors of all warnings.
pub fn treat_warnings_as_errors(findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.level == Level::Warning) {
        finding.level = Level::Error;
    }
}

/// The names of all findings, for `--allow`.
const NAMES: [&str; 40] = [
    "body-line-length",
    "breaking-footer",
    "bump",
    "changelog",
    "configuration",
    "conventional",
    "corrections",
    "description-empty",
    "empty",
    "encoding",
    "fixup",
    "forbidden",
    "manifest",
    "merge",
    "message",
    "messages",
    "order",
    "rules",
    "scope",
    "scope-empty",
    "scope-required",
    "shallow",
    "skips",
    "spacing",
    "squashed-breaking",
    "subject-case",
    "subject-empty",
    "subject-length",
    "tagged",
    "tags",
    "template",
    "ticket",
    "trailer",
    "trailing-period",
    "type",
    "type-case",
    "unread",
    "unreleased",
    "untagged",
    "version",
];

/// Checks that findings with these names exist. Whether there is one in this run does not matter: a pipeline allows the
/// same findings each time.
///
/// # Errors
/// If a name is unknown; the hint is the nearest one.
pub fn check_names(names: &[String]) -> Result<(), Error> {
    let Some(unknown) = names.iter().find(|name| !NAMES.contains(&name.as_str())) else { return Ok(()) };
    let near = NAMES.iter().map(|&known| (strsim::damerau_levenshtein(unknown, known), known)).min();
    let hint = match near.filter(|(distance, _)| *distance <= 3) {
        Some((_, near)) => format!("did you mean `{near}`?"),
        None => format!("use one of: {}", NAMES.join(", ")),
    };
    Err(Error::usage(format!("`{unknown}` is not the name of a finding"), Some(&hint)))
}

/// Marks errors as allowed by their names.
pub fn allow(findings: &mut [Finding], names: &[String]) {
    for finding in findings.iter_mut() {
        if finding.level == Level::Error && names.iter().any(|name| name == finding.name) {
            finding.level = Level::Allowed;
        }
    }
}

/// Checks one line of versions.
fn check_line(
    session: &Session,
    line: &Line,
    version: Option<&str>,
    (allow, strict): (&[String], bool),
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    check_clone(session, line, version, findings);
    let named = version.and_then(|text| session.new_version(line, text).ok());
    let data = session.read(line, &Selector::SinceFinal(named))?;
    check_window(session, line, data, (version, strict), findings)?;
    if let (Some(version), Some(head)) =
        (version.and_then(|text| session.new_version(line, text).ok()), session.repository.head()?)
    {
        findings.extend(manifests::findings(session, line, &version, head.commit)?);
    }
    let is_rejected = findings.iter().any(|finding| rejects_version(finding, allow));
    findings.extend(changelog::findings(session, line, version, is_rejected)?);
    Ok(())
}

/// Whether a finding rejects the version itself. Another one will be tagged then, so a missing changelog section is not
/// an error.
fn rejects_version(finding: &Finding, allow: &[String]) -> bool {
    let allowed = allow.iter().any(|name| name == finding.name);
    finding.level == Level::Error && !allowed && ["version", "tagged", "order"].contains(&finding.name)
}

fn check_configuration(session: &Session, findings: &mut Vec<Finding>) {
    let settings = &session.settings;
    match &settings.config_path {
        Some(path) => {
            findings.push(Finding::ok("configuration", format!("{} is valid", session.display_path(path))))
        }
        None => findings.push(Finding::ok(
            "configuration",
            "there is no configuration file; the defaults apply".to_owned(),
        )),
    }
    let options = settings.rendering.options(render::Format::Markdown);
    for template in settings.rendering.template.iter().chain(&settings.changelog_template) {
        findings.push(match render::check(template, &settings.rendering.include, &options) {
            Ok(()) => Finding::ok("template", format!("{} renders", template.name)),
            Err(error) => Finding::error("template", error.to_string(), error.hint().unwrap_or_default()),
        });
    }
}

fn check_clone(session: &Session, line: &Line, version: Option<&str>, findings: &mut Vec<Finding>) {
    let versions = session.versions(line);
    for warning in &versions.warnings {
        findings.push(Finding::warning("tags", warning.clone(), String::new()));
    }
    if session.repository.is_shallow() {
        let fix = "run `tidings --deepen check …` or `git fetch --unshallow --tags`".to_owned();
        findings.push(Finding::warning("shallow", "the clone is shallow".to_owned(), fix));
    }
    match versions.all.last() {
        Some(last) => {
            let count = plural(versions.all.len(), "version is", "versions are");
            findings.push(Finding::ok("tags", format!("{count} tagged, the highest is {}", last.tag.name)));
        }
        None if line.package.is_some() && !session.tags.is_empty() => {
            let package = line.package.as_deref().unwrap_or_default();
            findings.push(match session.similar_tags_warning(line) {
                Some(warning) => Finding::warning("tags", warning, String::new()),
                None => Finding::ok(
                    "tags",
                    format!("no version of {package} is tagged yet: the next one is its first"),
                ),
            });
        }
        None => {
            let others = match versions.ignored.len() {
                0 => "the repository has no tags".to_owned(),
                count => plural(count, "other tag", "other tags"),
            };
            let message = format!("no version is tagged ({others})");
            let fix =
                "if the remote has tags, run `git fetch --tags`; for a first version, pass `--allow tags`";
            let fix = fix.to_owned();
            // Pipelines often clone without tags. A version would then be compared with the whole history.
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

/// The finding about a change whose message has no type and cannot be read with enough confidence.
fn unread(classified: ClassifiedChange<'_>) -> Option<Finding> {
    let reading = classified.change.reading.filter(|reading| !reading.placed)?;
    let sentence = format!(
        "`{}` has no type, and reads as {} with a confidence of only {:.2}",
        classified.change.title,
        reading.class.noun(),
        reading.confidence()
    );
    let fix = "label its pull request, or add a rule for it";
    Some(Finding::warning("unread", sentence, fix.to_owned()))
}

/// Checks the changes and messages since the last final version.
fn check_window(
    session: &Session,
    line: &Line,
    data: WindowData,
    (version, strict): (Option<&str>, bool),
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let options = &session.settings.options;
    let Some(window) = data.selected.windows.first() else { return Ok(()) };
    let judged = session.window_changes(line, &data, window)?;
    if let Some(text) = version {
        findings.extend(version::findings(session, line, &data.versions, window, &judged.classified, text)?);
    }
    for sentence in judged.classified.squashed_breaking() {
        let fix = "if it is, put `!` in the title of the pull request next time, and tag a major version now; \
                   `bump.squashed_breaking = true` counts all of them";
        findings.push(Finding::warning("squashed-breaking", sentence, fix.to_owned()));
    }
    findings.extend(corrections::of_window(session, &judged));
    if strict {
        findings.extend(judged.classified.changes().filter_map(unread));
    }
    for classified in judged.classified.changes() {
        let conflicts = rules::conflicts(classified.change, &options.rules);
        if let Some((winner, others)) = conflicts.split_first().filter(|(_, others)| !others.is_empty()) {
            let others: Vec<String> =
                others.iter().map(|it| format!("{} ({})", it.rule, it.section)).collect();
            findings.push(Finding::warning(
                "rules",
                format!(
                    "`{}` matches {} ({}) and also {}",
                    classified.change.title,
                    winner.rule,
                    winner.section,
                    others.join(", ")
                ),
                "the first rule applies; narrow one of them, or ignore this if the overlap is intended"
                    .to_owned(),
            ));
        }
    }
    let own = |commit: &Commit| line.includes(&commit.touches);
    let commits = data.commits(&options.messages).filter(|(commit, _)| own(commit));
    let commits: Vec<_> = commits.collect();
    findings.extend(messages::commits(&commits, session));
    Ok(())
}
