//! Whether messages are as the project wants them.

use std::borrow::Cow;

use crate::{
    lint::{self, Header},
    messages::{self, Message},
    model::Commit,
    session::Session,
};

use super::finding::{Finding, Level};

/// What a message says against the rules.
pub(super) fn of_text(text: &str, session: &Session) -> Vec<Finding> {
    let read = messages::parse(text, false, &session.settings.options.messages);
    findings(text, &read, session)
}

fn findings(text: &str, read: &Message, session: &Session) -> Vec<Finding> {
    let (subject, body) = text.trim_start().split_once('\n').unwrap_or((text.trim(), ""));
    let header =
        messages::parse_header(subject.trim_end(), &session.settings.options.messages).map(|header| Header {
            kind: header.kind,
            scope: header.scope,
            breaking: header.breaking,
            title: header.title,
        });
    let mut findings = Vec::new();
    if read.subject.is_empty() {
        findings.push(Finding::error(
            "empty",
            "the message is empty".to_owned(),
            "say what was done".to_owned(),
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

/// How many messages are named where they are only told of.
const NAMED: usize = 3;

/// What the messages of a window say against the rules. Where the project has set none, that is told in one line.
pub(super) fn commits(commits: &[(&Commit, Cow<'_, Message>)], session: &Session) -> Vec<Finding> {
    let (mut all, mut faulty) = (Vec::new(), Vec::new());
    let own: Vec<_> = commits.iter().filter(|(commit, _)| !commit.is_merge()).collect();
    for (commit, read) in &own {
        let name = format!("{} `{}`", commit.id.short(), read.subject);
        let found = findings(&commit.message, read, session);
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
            1 => "the one message is as it should be".to_owned(),
            count => format!("all {count} messages are as they should be"),
        };
        all.push(Finding::right("messages", message));
    }
    all
}

/// One line for all that are not conventional; with `--verbose` a line more for each.
fn summary(faulty: &[String], all: usize, verbose: bool) -> Option<Finding> {
    if faulty.is_empty() {
        return None;
    }
    let shown = if verbose { faulty.len() } else { NAMED };
    let names: Vec<_> = faulty.iter().take(shown).map(|name| format!("\n    {name}")).collect();
    let more = faulty.len().saturating_sub(shown);
    let more = if more > 0 { format!("\n    and {more} more (--verbose names them)") } else { String::new() };
    let message = format!("{} of {all} messages are not conventional:{}{more}", faulty.len(), names.concat());
    let fix = "set [lint] in tidings.toml to have each one refused".to_owned();
    Some(Finding::warning("messages", message, fix))
}

/// A message as git will take it: without the lines that git's template comments out, and nothing below its scissors.
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
    fn git_s_own_comments_are_no_part_of_a_message() {
        let text = "feat: x\n\nbody\n# Please enter\n# ------------------------ >8 ----\ndiff --git";
        assert_eq!(without_comments(text), "feat: x\n\nbody");
    }
}
