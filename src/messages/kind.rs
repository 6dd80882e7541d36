//! Determines the kind of a message: a merge, a release, a fixup, or an ordinary commit.

use super::{
    merge_subject,
    message::{Branches, MessageKind},
    text, title_references,
};

/// The kind of a message with this subject. `branches` are the source and target that a merge names.
pub(super) fn kind(
    subject: &str,
    is_branch_merge: bool,
    branches: Option<(Option<String>, Option<String>)>,
    is_pull_request_merge: bool,
) -> MessageKind {
    if is_pull_request_merge {
        return MessageKind::PullRequestMerge;
    }
    match branches.filter(|_| is_branch_merge) {
        Some((source, target)) => MessageKind::BranchMerge(Box::new(Branches { source, target })),
        None if ["fixup! ", "squash! ", "amend! "].iter().any(|prefix| subject.starts_with(prefix)) => {
            MessageKind::Fixup
        }
        None if is_release(subject) => MessageKind::Release,
        None => MessageKind::Commit,
    }
}

/// Whether the title of a pull request says that it brings others to another branch: `develop -> staging`, `Release
/// 1.2.0`.
pub(crate) fn is_promotion_title(title: &str) -> bool {
    merge_subject::is_promotion(title) || is_release(title)
}

/// Whether a subject only records a version: `chore(release): 1.2.3`, `Release v1.2.3`, `v1.2.3`, `Bump version to
/// 1.2.3`.
fn is_release(subject: &str) -> bool {
    // Nearly all subjects lack the dot of a version: reject them first.
    if !subject.starts_with('[') && !text::has(subject, b'.') {
        return false;
    }
    let lower = subject.to_ascii_lowercase();
    if lower.starts_with("[maven-release-plugin]") || lower.starts_with("[release] ") {
        return true;
    }
    let mut rest = title_references::trailing(&lower, None).title;
    rest = rest.trim_end_matches("[skip ci]").trim_end_matches("[ci skip]").trim();
    for start in [
        "chore(release):",
        "chore(main): release",
        "chore: release",
        "release:",
        "release",
        "build(release):",
        "ci(release):",
        "publish",
        "version",
        "prepare release",
        "prepare for release",
        "bump version to",
        "bump version",
        "chore: bump version to",
        "set version to",
    ] {
        if let Some(after) = rest.strip_prefix(start) {
            rest = after.trim_start_matches([':', ' ']);
            break;
        }
    }
    let rest = rest.strip_prefix("release").unwrap_or(rest).trim_start();
    let version = rest.strip_prefix('v').unwrap_or(rest);
    let numbers = version.split(['-', '+']).next().unwrap_or(version);
    let parts: Vec<&str> = numbers.split('.').collect();
    (2..=4).contains(&parts.len())
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        && !version.contains(' ')
}
