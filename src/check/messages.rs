//! Lints commit messages and turns the results into findings.

use std::borrow::Cow;

use crate::{
    lint::{self, Header},
    messages::{self, Message},
    model::{Commit, plural},
    session::Session,
};

use super::finding::{Finding, Level};

/// The findings about one message.
pub(super) fn of_text(text: &str, session: &Session) -> Vec<Finding> {
    let parsed = messages::parse(text, false, &session.settings.options.messages);
    findings(text, &parsed, session)
}

fn findings(text: &str, parsed: &Message, session: &Session) -> Vec<Finding> {
    let (subject, body) = text.trim_start().split_once('\n').unwrap_or((text.trim(), ""));
    let header =
        messages::parse_header(subject.trim_end(), &session.settings.options.messages).map(|header| Header {
            kind: header.kind,
            scope: header.scope,
            breaking: header.breaking,
            title: header.title,
        });
    let mut findings = Vec::new();
    if parsed.subject.is_empty() {
        findings.push(Finding::error(
            "empty",
            "the message is empty".to_owned(),
            "describe the change".to_owned(),
        ));
        return findings;
    }
    for finding in lint::lint(subject.trim_end(), body, header.as_ref(), &session.settings.lint) {
        let level = match finding.level {
            lint::Level::Warning => Level::Warning,
            lint::Level::Error => Level::Error,
        };
        findings.push(Finding {
            package: None,
            name: finding.rule,
            level,
            message: finding.message,
            fix: finding.fix,
        });
    }
    findings
}

/// How many messages a summary lists without `--verbose`.
const LISTED: usize = 3;

/// The findings about the messages of a window. If the project has configured no message rules, one finding summarizes
/// them.
pub(super) fn commits(commits: &[(&Commit, Cow<'_, Message>)], session: &Session) -> Vec<Finding> {
    let (mut all, mut faulty) = (Vec::new(), Vec::new());
    let own: Vec<_> = commits.iter().filter(|(commit, _)| !commit.is_merge()).collect();
    for (commit, parsed) in &own {
        let name = format!("{} `{}`", commit.id.short(), parsed.subject);
        let found = findings(&commit.message, parsed, session);
        let named = |finding: Finding| Finding { message: format!("{name}: {}", finding.message), ..finding };
        let is_faulty = found.iter().any(|finding| finding.level == Level::Error);
        all.extend(found.into_iter().map(named));
        faulty.extend(is_faulty.then_some(name));
    }
    if !session.settings.lint_is_set {
        all = summary(&faulty, own.len(), session.ui().verbose).into_iter().collect();
    }
    if all.is_empty() && !own.is_empty() {
        let message = match own.len() {
            1 => "the only message follows the rules".to_owned(),
            count => format!("all {count} messages follow the rules"),
        };
        all.push(Finding::ok("messages", message));
    }
    all
}

/// One finding for all messages that are not conventional. It lists the first of them, with `--verbose` all.
fn summary(faulty: &[String], all: usize, verbose: bool) -> Option<Finding> {
    if faulty.is_empty() {
        return None;
    }
    let shown = if verbose { faulty.len() } else { LISTED };
    let names: Vec<_> = faulty.iter().take(shown).map(|name| format!("\n    {name}")).collect();
    let more = faulty.len().saturating_sub(shown);
    let more = if more > 0 { format!("\n    and {more} more (--verbose lists them)") } else { String::new() };
    let of_all = plural(all, "message", "messages");
    let verb = if faulty.len() == 1 { "is" } else { "are" };
    let message = format!("{} of {of_all} {verb} not conventional:{}{more}", faulty.len(), names.concat());
    let fix = "configure [lint] in tidings.toml to report each one as an error".to_owned();
    Some(Finding::warning("messages", message, fix))
}

/// The message that git will record: without comment lines, and without anything below the scissors line.
pub(super) fn without_comments(text: &str) -> String {
    let kept = text
        .lines()
        .take_while(|line| !line.starts_with("# ------------------------ >8"))
        .filter(|line| !line.starts_with('#'));
    kept.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_comments_are_not_part_of_a_message() {
        let text = "feat: x\n\nbody\n# Please enter\n# ------------------------ >8 ----\ndiff --git";
        assert_eq!(without_comments(text), "feat: x\n\nbody");
    }
}
