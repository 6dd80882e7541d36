//! Decides whether a number in a message is that of a pull request that made the change.
//!
//! A number is a claim: that of a commit picked from another repository has nothing to do with the pull request that
//! has this number here. It is believed if the forge merged the pull request as this commit or as the one that it was
//! picked from, if the titles agree, or if the forge does not know the merge commit.

use std::collections::BTreeSet;

use crate::{
    forge::LookupResult,
    messages::{Message, PullRequestMention, letters},
    model::{Commit, ObjectId, PullRequest, PullRequestState},
};

/// Corrects the pull requests of a message: drops a number that is an issue, a pull request that is still open, or one
/// that another change has; and of several numbers prefers the pull request that was merged as this commit.
pub(super) fn verify(commit: &Commit, message: &mut Message, found: &LookupResult) {
    for change in &mut message.changes {
        let Some(number) = change.pull_request else { continue };
        let claimed = found.pull_requests.get(&number);
        let is_other = |it: &PullRequest| !it.is_merged_as(commit.id) && !agrees(it, &change.title);
        if found.absent.contains(&number) || claimed.is_some_and(is_other) {
            change.pull_request = None;
            change.title = format!("{} (#{number})", change.title).into();
        }
    }
    let Some(mention) = &message.pull_request else { return };
    let own = mention.number;
    let claimed = found.pull_requests.get(&own);
    let merged_as_this =
        |number: &u64| found.pull_requests.get(number).is_some_and(|it| it.is_merged_as(commit.id));
    let mut others = message.other_references.iter().copied();
    if let Some(better) = others.find(|number| !merged_as_this(&own) && merged_as_this(number)) {
        message.other_references.retain(|number| *number != better);
        message.pull_request = Some(PullRequestMention::numbered(better));
        message.other_references.push(own);
    } else if found.absent.contains(&own)
        || claimed.is_some_and(|it| it.state == Some(PullRequestState::Open))
    {
        message.pull_request = None;
        message.other_references.push(own);
    } else if claimed.is_some_and(|it| !is_of(it, commit, message, mention)) {
        message.pull_request = None;
        keep_as_text(own, message);
    }
}

/// Whether the claim that a pull request made this commit is believed.
fn is_of(
    pull_request: &PullRequest,
    commit: &Commit,
    message: &Message,
    mention: &PullRequestMention,
) -> bool {
    let sources = message.cherry_picked_from.iter().filter_map(|id| id.parse::<ObjectId>().ok());
    let branch = mention.source_branch.as_deref();
    let title = message.changes.first().map_or(&*message.subject, |change| &change.title);
    pull_request.merge_commits.is_empty()
        || sources.chain([commit.id]).any(|commit| pull_request.is_merged_as(commit))
        || agrees(pull_request, mention.title.as_deref().unwrap_or(title))
        || branch.is_some_and(|branch| pull_request.source_branch.as_deref() == Some(branch))
}

/// Writes a number back into the title from which it was taken.
fn keep_as_text(number: u64, message: &mut Message) {
    let texts = [format!("(#{number})"), format!("(!{number})"), format!("（#{number}）")];
    let text = texts.iter().find(|text| message.subject.contains(*text));
    if let (Some(text), Some(change)) = (text, message.changes.first_mut()) {
        change.title = format!("{} {text}", change.title).into();
    }
}

/// Whether the title of a pull request is that of a change: forges shorten titles, and people edit them.
fn agrees(pull_request: &PullRequest, title: &str) -> bool {
    /// At least this many letters at the start make a shortened title the same.
    const MIN_START: usize = 12;
    let Some(own) = pull_request.title.as_deref() else { return false };
    let (own_letters, letters) = (letters(own), letters(title));
    let (shorter, longer) = match own_letters.len() <= letters.len() {
        true => (&own_letters, &letters),
        false => (&letters, &own_letters),
    };
    if shorter == longer || (shorter.len() >= MIN_START && longer.starts_with(shorter.as_str())) {
        return true;
    }
    let (own, other) = (words(own), words(title));
    let common = own.intersection(&other).count();
    common > 1 && common * 2 >= own.union(&other).count()
}

/// The words of a title in lower case; of scripts without spaces, the characters.
fn words(title: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for word in title.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let is_spaced = |c: char| c < '\u{2e80}';
        if word.chars().all(is_spaced) {
            words.insert(word.to_owned());
        } else {
            words.extend(word.chars().map(String::from));
        }
    }
    // Numbers at the end refer to issues and pull requests.
    words.retain(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_agree_if_shortened_or_edited_slightly() {
        let of = |title: &str| PullRequest { title: Some(title.into()), ..PullRequest::default() };
        for (own, title) in [
            ("Fix crash on resume", "Fix crash on resume (#12)"),
            ("fix: Crash on resume", "Fix crash on resume"),
            (
                "Fix the crash that happens when a session is resumed",
                "Fix the crash that happens when a ses…",
            ),
            ("Fix crash when resuming a session", "Fix a crash when resuming the session"),
            ("修复恢复会话时的崩溃", "修复了恢复会话时的崩溃"),
        ] {
            assert!(agrees(&of(own), title), "{own} / {title}");
        }
        for (own, title) in [
            ("Add dark mode", "Fix crash on resume (#12)"),
            ("Fix typo", "Fix crash on resume"),
            ("Fix", "Fix crash on resume"),
            ("新增深色模式", "修复恢复会话时的崩溃"),
            ("", "Fix crash on resume"),
        ] {
            assert!(!agrees(&of(own), title), "{own} / {title}");
        }
    }
}
