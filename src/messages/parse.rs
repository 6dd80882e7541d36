//! Parses one message.
//!
//! A message that has none of the known forms describes one change, with the subject as its title.

use std::sync::{Arc, LazyLock};

use memchr::memmem::Finder;

use crate::model::Commit;

use super::{
    advisory,
    body::{self, BodyLine},
    cherry_picks,
    co_authors::co_authors,
    conventional::{self, Header},
    described_changes::{described_changes, listed_changes},
    kind::kind,
    merge_subject,
    message::{DescribedChange, Message, PullRequestMention},
    options::{Options, SplitSquash},
    revert,
    squash::{self, UntitledList},
    subject::{self, SubjectKey},
    text, title_references, truncated_title,
};

/// Substrings without which a parser finds nothing in a message, so that it can be skipped.
struct Needles {
    reverts: Finder<'static>,
    numbers: Finder<'static>,
    authors: Finder<'static>,
    requests: Finder<'static>,
}

static NEEDLES: LazyLock<Needles> = LazyLock::new(|| Needles {
    reverts: Finder::new("evert"),
    numbers: Finder::new("#"),
    authors: Finder::new("uthored-"),
    requests: Finder::new("See merge request "),
});

/// Parses a message.
#[must_use]
pub fn parse(message: &str, is_merge: bool, options: &Options) -> Message {
    let clean = text::clean(message);
    let (subject, rest) = subject::split(&clean);
    let lines = body::lines(rest);
    let repository = options.repository.as_deref();
    let merge = merge_subject::merge(&subject, repository);
    // One search of the whole text is cheaper than one for each line.
    let has = |needle: &Finder<'_>| needle.find(rest.as_bytes()).is_some();
    let may_revert = revert::may_be_revert(&subject) || has(&NEEDLES.reverts);
    // Reverts and cherry-picks of squashed commits are not those of the squash.
    let own = squash::own(&lines);
    let own_if = |may_match: bool| if may_match { &*own } else { &[] };
    let lines_if = |may_match: bool| if may_match { lines.as_slice() } else { &[] };
    let request_lines = lines_if(has(&NEEDLES.requests));
    let is_branch_merge = merge.branches.is_some() && is_merge;
    let is_of_request = find_request(request_lines, None).is_some();
    let is_title_below = merge.title_in_body || (is_of_request && is_branch_merge);
    let below = if is_title_below { first_paragraph(&lines) } else { None };
    // A merge that was picked as an ordinary commit is what its title says. Of a merge, the commits say it.
    let written = below.as_ref().filter(|_| !is_merge).map_or(&subject, |(title, _)| title);
    let revert = revert::parse(written, lines_if(may_revert), own_if(may_revert), repository);
    let mut parsed = Message {
        reverts: revert.targets,
        only_reverts: revert.only_reverts,
        cherry_picked_from: cherry_picks::sources(own_if(cherry_picks::may_name_source(rest))),
        backport_of: cherry_picks::backports(&subject, own_if(has(&NEEDLES.numbers))),
        co_authors: co_authors(lines_if(has(&NEEDLES.authors))),
        ..Message::default()
    };
    parsed.pull_request = pull_request(&merge, find_request(request_lines, repository), &lines, repository);
    let is_merge_of_fork = merge.of_advisory_fork && below.is_some();
    let is_merge_text = (merge.branches.is_some() || merge.title_in_body) && below.is_none();
    let (title, below) = below.unwrap_or_else(|| {
        let named = parsed.pull_request.as_deref().and_then(|mention| mention.title.clone());
        let branch = || title_of_branch(parsed.pull_request.as_deref()).filter(|_| !is_merge);
        (named.or_else(branch).unwrap_or_else(|| subject.clone()), &lines)
    });
    parsed.kind = kind(
        &subject,
        is_branch_merge,
        merge.branches,
        (parsed.pull_request.is_some() || is_merge_of_fork) && is_merge,
    );
    (parsed.subject_key, parsed.subject) = (SubjectKey::of(&subject), subject.as_str().into());
    add_changes(&mut parsed, &title, below, is_merge_text, options);
    if is_merge_of_fork && advisory::is_named_in(&clean) {
        parsed.fixes_advisory = true;
        parsed.changes.iter_mut().for_each(advisory::mark_fix);
    }
    parsed
}

/// What the branch of a pull request says, if it is more than a name: a merge that was picked as an ordinary commit is
/// a change, also if it says nothing else.
fn title_of_branch(mention: Option<&PullRequestMention>) -> Option<String> {
    /// Fewer words are a name, as in `patch-1`.
    const MIN_WORDS: usize = 3;
    let branch = mention.filter(|mention| mention.title.is_none())?.source_branch.as_deref()?;
    let last = branch.rsplit('/').next()?;
    let words: Vec<&str> = last.split(['-', '_', '.']).filter(|word| !word.is_empty()).collect();
    (words.len() >= MIN_WORDS).then(|| words.join(" "))
}

/// Adds the changes: those of an untitled list, else that of the title and those of its squash.
fn add_changes(
    message: &mut Message,
    title: &str,
    lines: &[BodyLine<'_>],
    is_merge_text: bool,
    options: &Options,
) {
    let list = if options.split_squash == SplitSquash::Never {
        None
    } else {
        UntitledList::of(title, lines, is_merge_text, options)
    };
    let listed = list.and_then(|list| Some((list.has_title, listed_changes(&list.lines, options)?)));
    if let Some((has_title, changes)) = listed {
        if !has_title {
            take_references(message, title, options);
        }
        (message.is_list, message.changes) = (true, changes);
        return;
    }
    if let Some(mention) = message.pull_request.as_mut().filter(|_| title != &*message.subject) {
        mention.title.get_or_insert_with(|| title.to_owned());
    }
    let written = shared(title, message);
    let (title, issues) = take_references(message, title, options);
    let (whole, below) = truncated_title::complete(title, lines).unzip();
    let title = whole.as_deref().unwrap_or(title);
    let title = shared(title, message);
    message.changes = described_changes(&title, &written, below.unwrap_or(lines), options);
    if let Some(change) = message.changes.first_mut().filter(|_| !issues.is_empty()) {
        change.add_issues(issues);
    }
}

/// A title on one line. Most equal the subject and share its string.
fn shared(title: &str, message: &Message) -> Arc<str> {
    if title == &*message.subject { Arc::clone(&message.subject) } else { text::line(title).into() }
}

/// The number of a merge request that GitLab names below the message.
fn find_request(lines: &[BodyLine<'_>], repository: Option<&str>) -> Option<u64> {
    let mut own = lines.iter().filter(|line| !line.quoted);
    own.find_map(|line| merge_subject::merge_request(line.text, repository))
}

/// The pull request that the subject of a merge names, or that GitLab names below it.
fn pull_request(
    merge: &merge_subject::Merge,
    request: Option<u64>,
    lines: &[BodyLine<'_>],
    repository: Option<&str>,
) -> Option<Box<PullRequestMention>> {
    if let Some(mut mention) = merge.mention.clone() {
        let first = lines.iter().find(|line| !line.blank && !line.quoted);
        if let (None, Some(line)) = (&mention.source_branch, first) {
            merge_subject::add_gitee_source(&mut mention, line.text, repository);
        }
        return Some(Box::new(mention));
    }
    let (source_branch, target_branch) = merge.branches.clone().unwrap_or_default();
    // A branch is merged into itself only from a fork.
    let from_fork = source_branch.is_some() && source_branch == target_branch;
    let mention =
        PullRequestMention { source_branch, target_branch, from_fork, ..PullRequestMention::default() };
    request.map(|number| Box::new(PullRequestMention { number, ..mention }))
}

/// Parses the message of a commit.
#[must_use]
pub fn parse_commit(commit: &Commit, options: &Options) -> Message {
    parse(&commit.message, commit.is_merge(), options)
}

/// Parses the changes that a text in the form of a message describes; its first paragraph is the title.
#[must_use]
pub fn parse_changes(text: &str, options: &Options) -> Vec<DescribedChange> {
    let mut parsed = parse(text, false, options);
    for change in &mut parsed.changes {
        change.pull_request = None;
    }
    parsed.changes
}

/// Parses a subject as a conventional header, strictly or leniently; `None` if it is not conventional.
#[must_use]
pub fn parse_header(subject: &str, options: &Options) -> Option<Header> {
    conventional::header(subject, &options.types)
}

/// Takes the references off the end of the title; returns the title and the issues. The last number is that of the pull
/// request, unless the message already has one.
fn take_references<'t>(message: &mut Message, title: &'t str, options: &Options) -> (&'t str, Vec<u64>) {
    let found = title_references::trailing(title, options.repository.as_deref());
    let mut numbers = found.pull_requests;
    if message.pull_request.is_none() {
        message.pull_request = numbers.pop().map(PullRequestMention::numbered);
    }
    let own = message.pull_request.as_ref().map(|mention| mention.number);
    message.other_references = numbers.into_iter().filter(|number| Some(*number) != own).collect();
    (found.title, found.issues)
}

fn first_paragraph<'l, 'a>(lines: &'l [BodyLine<'a>]) -> Option<(String, &'l [BodyLine<'a>])> {
    let start = lines.iter().position(|line| !line.blank)?;
    // A line that is only a reference is not a title.
    let first = lines.get(start).filter(|line| merge_subject::merge_request(line.text, None).is_none())?;
    let title = text::line(first.text);
    let after = lines.get(start + 1..).unwrap_or_default();
    (!title.is_empty()).then_some((title, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{message::MessageKind, outline::Outline},
        *,
    };

    fn parsed(message: &str) -> Message {
        parse(message, false, &Options::default())
    }

    fn split(message: &str) -> Message {
        parse(message, false, &Options { split_squash: SplitSquash::Always, ..Options::default() })
    }

    fn titles(message: &Message) -> Vec<(Option<&str>, &str)> {
        message.changes.iter().map(|change| (change.kind.as_deref(), &*change.title)).collect()
    }

    #[test]
    fn conventional_squash_bullets_become_changes() {
        let message = split(
            "feat: login (#12)\n\n* feat: login\n\n* fix: typo\n\n* feat(api)!: drop v1\n\nBREAKING CHANGE: v1 is gone\n\n* chore: lint\n\n* fix review\n\n---------\n\nCo-authored-by: B <b@x>",
        );
        assert_eq!(
            titles(&message),
            [(Some("feat"), "login"), (Some("fix"), "typo"), (Some("feat"), "drop v1")]
        );
        assert_eq!(message.changes[2].breaking_note.as_deref(), Some("v1 is gone"));
        assert!(!message.changes[0].breaking);
        assert_eq!(message.pull_request.as_deref().map(|mention| mention.number), Some(12));
        assert_eq!(message.co_authors.len(), 1);
        let plain = split("Improve login (#12)\n\n* feat: a\n* chore: b");
        assert_eq!(titles(&plain), [(None, "Improve login"), (Some("feat"), "a")]);
    }

    #[test]
    fn subject_of_a_squash_is_its_entry() {
        let body = "* feat: login\n\nCloses #4\n\n* feat(api)!: drop v1\n\n* fix: typo\n\nBREAKING CHANGE: v1 is gone\n\n* chore: lint";
        let message = parsed(&format!("fix: login (#12)\n\n{body}"));
        assert_eq!(titles(&message), [(Some("fix"), "login")]);
        let change = &message.changes[0];
        assert_eq!(change.breaking_note.as_deref(), Some("v1 is gone"));
        assert_eq!((change.closes[0].number, change.description.as_deref()), (4, None));
        assert!(change.breaking && change.squashed_breaking.is_empty(), "the footer counts");
        let private = "Improve login (#12)\n\n* fix: a\n\n* feat(api)!: drop v1";
        let change = &parsed(private).changes[0];
        assert!(!change.breaking);
        assert_eq!(
            (change.kind.as_deref(), &*change.squashed_breaking),
            (Some("feat"), &["feat(api)!: drop v1".to_owned()][..])
        );
        let counted = parse(private, false, &Options { squashed_breaking: true, ..Options::default() });
        assert!(counted.changes[0].breaking && counted.changes[0].squashed_breaking.is_empty());
        assert_eq!(parsed("Upgrade x (#12)\n\n* Upgrade x\n\n* chore: lint").changes[0].kind, None);
        let own = parsed("feat!: x (#12)\n\n* feat!: x\n\n* fix: y");
        assert!(own.changes[0].breaking && own.changes[0].squashed_breaking.is_empty());
    }

    #[test]
    fn areas_with_the_name_of_a_type_are_no_commits() {
        for message in
            ["config: read the file once\n\nui: the menu is unchanged", "ui: x\n\n- config: y\n- db: z"]
        {
            assert_eq!(parsed(message).changes.len(), 1, "{message}");
        }
        assert_eq!(titles(&parsed("fix: a\n\nconfig: b")).len(), 2);
    }

    #[test]
    fn quoted_bullets_do_not_become_changes() {
        let message = parsed(
            "chore(deps): bump x from 1 to 2 (#9)\n\nBumps x.\n\n<details>\n<summary>Release notes</summary>\n\n* feat: theirs\n* fix: theirs\n\n</details>\n\n```\n* feat: fenced\n```\n\n### Release Notes\n\n* feat!: theirs\n\nBREAKING CHANGE: theirs",
        );
        assert_eq!(titles(&message), [(Some("chore"), "bump x from 1 to 2")]);
        assert!(!message.changes[0].breaking);
    }

    #[test]
    fn footers_of_squashed_commits_are_merged_into_the_changes() {
        let squash = "* feat: x\n\nCloses #1\nRefs: #8\n\n* feat(api): y\n\n* address review\n\nBREAKING CHANGE: `z` is gone\n\nFixes #2\n\n* chore: lint\n\nTicket: 7\n\n---------\n\nSigned-off-by: A <a@x>\nCo-authored-by: B <b@x>";
        for (subject, own) in [("feat: x (#9)", vec![1, 2]), ("A new x (#9)", vec![2])] {
            let message = split(&format!("{subject}\n\n{squash}"));
            let first = message.changes.first().unwrap();
            assert_eq!(first.breaking_note.as_deref(), Some("`z` is gone"), "{subject}");
            let closed: Vec<u64> = first.closes.iter().map(|issue| issue.number).collect();
            assert_eq!(closed, own, "{subject}");
            let keys: Vec<&str> = message
                .changes
                .iter()
                .flat_map(|change| &change.trailers)
                .map(|trailer| trailer.key.as_str())
                .collect();
            for key in ["Refs", "Ticket", "Signed-off-by", "Co-authored-by"] {
                assert_eq!(keys.iter().filter(|found| **found == key).count(), 1, "{subject}: {keys:?}");
            }
            let last = message.changes.last().unwrap();
            assert_eq!(&*last.title, "y");
            assert!(!last.breaking && last.trailers.is_empty(), "{last:?}");
        }
        let log = "Squash\n\nSquashed commit of the following:\n\ncommit aaaa\nAuthor: A <a@x>\nDate:   Mon\n\n    feat: one\n\n    BREAKING CHANGE: a\n\n    b\n\ncommit bbbb\nAuthor: A <a@x>\n\n    wip\n\n    Closes #3\n\nSigned-off-by: C <c@x>";
        let message = split(log);
        assert_eq!(titles(&message), [(None, "Squash"), (Some("feat"), "one")]);
        assert_eq!(message.changes[1].breaking_note.as_deref(), Some("a\n\nb"));
        let squash = &message.changes[0];
        assert_eq!((squash.closes.len(), squash.trailers.len()), (1, 1));
    }

    #[test]
    fn reverts_and_cherry_picks_of_squashed_commits_are_not_those_of_the_squash() {
        let picked = "(cherry picked from commit aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)";
        let message = parsed(&format!(
            "feat: x (#9)\n\n* feat: x\n\n{picked}\n\nBackport of #4\n\n* Revert \"feat: y\"\n\nThis reverts commit a1aaaaa.\n\nReverts #7\n\n---------\n\nCo-authored-by: B <b@x>"
        ));
        assert!(message.reverts.is_empty() && !message.only_reverts);
        assert!(message.cherry_picked_from.is_empty() && message.backport_of.is_empty());
        assert_eq!(message.co_authors.len(), 1);
        // A subject that is a revert covers the whole body, and a list in prose is not a squash.
        let all = "* Revert \"a\"\n\nThis reverts commit a1aaaaa.\n\n* Revert \"b\"\n\nThis reverts commit b2bbbbb.";
        assert_eq!(parsed(&format!("Revert a and b (#9)\n\n{all}")).reverts.len(), 2);
        let list = parsed(&format!("Other\n\n* one\n* two\n\nThis reverts commit a1aaaaa.\n\n{picked}"));
        assert_eq!((list.reverts.len(), list.cherry_picked_from.len()), (1, 1));
    }

    #[test]
    fn git_merge_squash_log_is_split() {
        let message = split(
            "Squash branch\n\nSquashed commit of the following:\n\ncommit aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nAuthor: A <a@x>\nDate:   Mon\n\n    feat: one\n\ncommit bbbb\nAuthor: A <a@x>\n\n    wip\n",
        );
        assert_eq!(titles(&message), [(None, "Squash branch"), (Some("feat"), "one")]);
    }

    #[test]
    fn pull_request_merges_of_every_forge_are_parsed() {
        let merge = |message: &str| parse(message, true, &Options::default());
        for (message, number, title, kind) in [
            ("Merge pull request #12 from u/b\n\nfeat: add x", 12, "add x", Some("feat")),
            ("Merge branch 'b' into 'main'\n\nAdd x\n\nSee merge request g/p!8", 8, "Add x", None),
            ("Merged in b (pull request #5)\n\nAdd x\n\n* one\n* two", 5, "Add x", None),
            ("Merged PR 6: fix: x", 6, "x", Some("fix")),
            ("Merge pull request 'feat: y' (#4) from b into main", 4, "y", Some("feat")),
        ] {
            let parsed = merge(message);
            assert_eq!(parsed.kind, MessageKind::PullRequestMerge, "{message}");
            assert_eq!(
                parsed.pull_request.as_deref().map(|mention| mention.number),
                Some(number),
                "{message}"
            );
            assert_eq!(titles(&parsed), [(kind, title)], "{message}");
        }
        let squash = parsed("Add x\n\nSee merge request g/p!8");
        assert_eq!(squash.pull_request.map(|mention| mention.number), Some(8));
        assert!(matches!(merge("Merge branch 'main' into x").kind, MessageKind::BranchMerge { .. }));
    }

    #[test]
    fn release_commits_are_recognised() {
        for subject in [
            "chore(release): 1.2.3",
            "Release v1.2.3",
            "v1.2.3",
            "1.2.3",
            "Bump version to 1.2.3",
            "chore(main): release 1.2.3 (#12)",
            "chore(release): 1.2.3 [skip ci]",
        ] {
            assert_eq!(parsed(subject).kind, MessageKind::Release, "{subject}");
        }
        for subject in [
            "fix: release the lock",
            "Release the lock",
            "Add 1.2.3 support",
            "feat: v2.0 api",
            "Python 3.13 support",
        ] {
            assert_eq!(parsed(subject).kind, MessageKind::Commit, "{subject}");
        }
        assert_eq!(parsed("fixup! feat: x").kind, MessageKind::Fixup);
    }

    #[test]
    fn unusual_messages_are_parsed() {
        assert_eq!(parsed("").changes.len(), 1);
        assert_eq!(parsed("\r\n\r\nfeat: x\r\n\r\nbody\r\n").changes[0].description.as_deref(), Some("body"));
        assert_eq!(&*parsed("feat: x\0y").changes[0].title, "xy");
        assert_eq!(&*parsed("BREAKING CHANGE: all new").changes[0].title, "all new");
        assert!(parsed("BREAKING CHANGE: all new").changes[0].breaking);
        let blank = parsed("feat: x\n \nbody\n\nmore");
        assert_eq!((&*blank.subject, titles(&blank)), ("feat: x", vec![(Some("feat"), "x")]));
        let big = format!("feat: x\n\n{}", "word (( [[ ** __ Closes\n".repeat(300_000));
        assert_eq!(parsed(&big).changes.len(), 1);
    }

    /// In quadratic time, this test would hang.
    #[test]
    fn megabytes_are_parsed_in_linear_time() {
        let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
        let bullets = split(&format!("feat: x\n\n{}", many(250_000, &|at| format!("* feat: number {at}\n"))));
        assert_eq!(bullets.changes.len(), 250_001);
        let people = parsed(&format!(
            "feat: x\n\n{}",
            many(150_000, &|at| format!("Co-authored-by: P{at} <p{at}@x>\n"))
        ));
        assert_eq!(people.co_authors.len(), 150_000);
        let references = parsed(&format!("feat: x{}", many(700_000, &|at| format!(" (#{at})"))));
        assert_eq!(references.other_references.len(), 699_999);
        let folded = parsed(&format!("feat: x\n\nRefs-to: a\n{}", " continued\n".repeat(450_000)));
        assert_eq!(folded.changes[0].trailers[0].value.lines().count(), 450_001);
    }

    proptest! {
        #[test]
        fn any_text_is_parsed(message in "(?s).{0,400}", is_merge in any::<bool>()) {
            let parsed = parse(&message, is_merge, &Options::default());
            prop_assert!(!parsed.changes.is_empty());
            for change in &parsed.changes {
                prop_assert!(!change.title.chars().any(char::is_control), "{:?}", change.title);
            }
            prop_assert!(!parsed.subject.chars().any(char::is_control));
            let outline = Outline::of(&message);
            prop_assert_eq!(outline.digest(), parsed.outline().digest());
            prop_assert!(outline.may_be_cherry_pick() || parsed.cherry_picked_from.is_empty());
        }

        #[test]
        fn any_conventional_text_is_parsed(message in "((feat|fix|Merge pull request #1 from a/b|Revert \"x\"|\\* fix|- feat|BREAKING CHANGE|Closes #1|>|```|    |<details>|\\(#12\\)|\\(cherry picked from commit a{40}\\)|commit|\n\n|\n|:|!|\\(|\\)| |：|x|é){0,30})") {
            let parsed = parse(&message, false, &Options::default());
            prop_assert!(!parsed.changes.is_empty());
            let outline = Outline::of(&message);
            prop_assert_eq!(outline.digest(), parsed.outline().digest());
            prop_assert!(outline.may_be_cherry_pick() || parsed.cherry_picked_from.is_empty());
        }
    }
}
