//! Whether messages are as the project wants them.

use crate::{
    changes::message::{self, Message},
    classify::{self, Header},
    model::Commit,
};

use super::{
    super::session::Session,
    report::{Finding, Level},
};

/// What a message says against the rules.
pub(super) fn lint(text: &str, session: &Session) -> Vec<Finding> {
    let read = message::parse(text, false, &session.settings.options.messages);
    findings(text, &read, session)
}

fn findings(text: &str, read: &Message, session: &Session) -> Vec<Finding> {
    let (subject, body) = text.trim_start().split_once('\n').unwrap_or((text.trim(), ""));
    let header = message::header(subject.trim_end(), &session.settings.options.messages).map(|header| {
        Header { kind: header.kind, scope: header.scope, breaking: header.breaking, title: header.title }
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
    for finding in classify::lint(subject.trim_end(), body, header.as_ref(), &session.settings.lint) {
        let level = match finding.level {
            classify::Level::Warning => Level::Warning,
            classify::Level::Error => Level::Error,
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

/// What the messages of a window say against the rules. Where the project has set none, that is only told in one line.
pub(super) fn commits(commits: &[(&Commit, &Message)], session: &Session) -> Vec<Finding> {
    let (mut all, mut faulty) = (Vec::new(), 0usize);
    let own: Vec<_> = commits.iter().filter(|(commit, _)| !commit.is_merge()).collect();
    for (commit, read) in &own {
        let found = findings(&commit.message, read, session);
        faulty += usize::from(found.iter().any(|finding| finding.level == Level::Error));
        all.extend(found.into_iter().map(|finding| Finding {
            message: format!("{} `{}`: {}", commit.id.short(), read.subject, finding.message),
            ..finding
        }));
    }
    if !session.settings.lint_is_set {
        all.clear();
        if faulty > 0 {
            let message = format!("{faulty} of {} messages are not conventional", own.len());
            let fix = "set [lint] in tidings.toml to have each one told and refused".to_owned();
            all.push(Finding::warning("messages", message, fix));
        }
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
