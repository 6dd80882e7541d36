//! Checks that each correction matches something in the repository.

use std::collections::BTreeSet;

use crate::{
    error::Error,
    messages::Message,
    model::CorrectedField,
    notes::{Selector, WindowChanges, named_version},
    session::Session,
};

use super::finding::Finding;

/// The name of the findings.
const NAME: &str = "corrections";

/// The findings about the entries that match nothing in the whole repository.
pub(super) fn of_file(session: &Session) -> Result<Vec<Finding>, Error> {
    if session.settings.corrections.text.is_none() {
        return Ok(Vec::new());
    }
    let corrections = &session.settings.options.corrections;
    let file = &corrections.file;
    let fix = "correct or remove it";
    let warning = |text: String| Finding::warning(NAME, text, fix.to_owned());
    let mut findings = Vec::new();
    let commits = if session.repository.is_shallow() { "this shallow clone" } else { "the repository" };
    for entry in corrections.unknown() {
        findings.push(warning(format!("{file}: {entry} names no commit of {commits}")));
    }
    let has_numbers = corrections.pull_requests().chain(corrections.issues()).next().is_some()
        || corrections.merge_numbers().next().is_some();
    if has_numbers {
        let (pull_requests, issues) = numbers(session)?;
        let missing = |(number, entry): (u64, &str), known: &BTreeSet<u64>| {
            (!known.contains(&number)).then(|| warning(format!("{file}: {entry} matches no change")))
        };
        findings.extend(corrections.pull_requests().filter_map(|entry| missing(entry, &pull_requests)));
        findings.extend(corrections.issues().filter_map(|entry| missing(entry, &issues)));
        let of_merges = corrections.merge_numbers();
        let unknown = of_merges
            .filter(|(number, _)| !pull_requests.contains(number) && !issues.contains(number))
            .map(|(number, entry)| {
                warning(format!("{file}: `merge_into` of {entry} names #{number}, which matches no change"))
            });
        findings.extend(unknown);
    }
    for (name, _) in corrections.versions().filter(|(name, _)| !is_version(session, name)) {
        findings.push(warning(format!("{file}: version {name} matches no version")));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(NAME, format!("each entry of {file} matches a change or a version")));
    }
    Ok(findings)
}

/// The numbers of all pull requests and issues that the commits name.
fn numbers(session: &Session) -> Result<(BTreeSet<u64>, BTreeSet<u64>), Error> {
    let (mut pull_requests, mut issues) = (BTreeSet::new(), BTreeSet::new());
    let Some(line) = session.settings.lines.first() else { return Ok((pull_requests, issues)) };
    let data = session.read(line, &Selector::All(None))?;
    let mut add = |message: &Message| {
        pull_requests.extend(message.pull_request.as_ref().map(|mention| mention.number));
        for change in &message.changes {
            pull_requests.extend(change.pull_request);
            issues.extend(change.issues.iter().copied());
            issues.extend(change.closes.iter().map(|issue| issue.number));
        }
    };
    data.commits(&session.settings.options.messages).for_each(|(_, message)| add(&message));
    for (number, pull_request) in &data.forge.pull_requests {
        pull_requests.insert(*number);
        issues.extend(pull_request.closes.iter().map(|issue| issue.number));
    }
    Ok((pull_requests, issues))
}

/// Whether a name means a version that is tagged, or that may come.
fn is_version(session: &Session, name: &str) -> bool {
    session.settings.lines.iter().any(|line| {
        let Some(version) = named_version(line, name) else { return false };
        let versions = session.versions(line);
        let highest = versions.all.iter().rev().map(|entry| &entry.version).find(|it| !it.is_prerelease());
        versions.find(&version).is_some() || highest.is_none_or(|highest| version > *highest)
    })
}

/// The findings about the corrections of a window: what they hide, and what they do not merge.
pub(super) fn of_window(session: &Session, judged: &WindowChanges) -> Vec<Finding> {
    let file = &session.settings.options.corrections.file;
    let is_hidden = |fields: &[CorrectedField]| fields.contains(&CorrectedField::Hide);
    let hidden = judged.classified.hidden.iter().map(|hidden| &hidden.change);
    let breaking = hidden.filter(|change| change.breaking && is_hidden(&change.corrected)).map(|change| {
        let text = format!("{file} hides a breaking change: `{}`", change.title);
        Finding::warning(NAME, text, "list it, or ignore this if no user notices it".to_owned())
    });
    let unmerged = judged.unmerged.iter().map(|entry| {
        let text =
            format!("{file}: {entry} is not merged, because `merge_into` names no change of this version");
        Finding::warning(NAME, text, "name a change of the same version".to_owned())
    });
    breaking.chain(unmerged).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_the_findings_can_be_allowed() {
        assert!(super::super::check_names(&[NAME.to_owned()]).is_ok());
    }
}
