//! Parses one message.
//!
//! A message that fits no form is data: it makes one entry, with the subject as its title.

use std::sync::{Arc, LazyLock};

use memchr::memmem::Finder;

use crate::model::Commit;

use super::{
    body::{self, Line},
    cherry_picks,
    co_authors::co_authors,
    conventional::{self, Header},
    entries::entries,
    kind::kind,
    merge_subject,
    message::{Entry, Message, PullRequestMention},
    options::Options,
    references, revert, squash,
    subject::{self, SubjectKey},
    text,
};

/// Strings that are part of every message that says certain things.
struct Signs {
    reverts: Finder<'static>,
    numbers: Finder<'static>,
    authors: Finder<'static>,
    requests: Finder<'static>,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| Signs {
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
    let merge = merge_subject::merge(&subject);
    // A search of the whole text spares one of each line.
    let has = |sign: &Finder<'_>| sign.find(rest.as_bytes()).is_some();
    let reverts = has(&SIGNS.reverts);
    // What squashed commits reverted or were picked from, the squash as a whole does not.
    let own = squash::own(&lines);
    let own_with = |is_there: bool| if is_there { &*own } else { &[] };
    let lines_with = |is_there: bool| if is_there { lines.as_slice() } else { &[] };
    let claim = revert::read(&subject, lines_with(reverts), own_with(reverts), options.repository.as_deref());
    let mut read = Message {
        reverts: claim.reverted,
        only_reverts: claim.alone,
        cherry_picked_from: cherry_picks::sources(own_with(cherry_picks::may_name_source(rest))),
        backport_of: cherry_picks::backports(&subject, own_with(has(&SIGNS.numbers))),
        co_authors: co_authors(lines_with(has(&SIGNS.authors))),
        ..Message::default()
    };
    let (mut title, mut below) = (subject.clone(), lines.as_slice());
    read.pull_request = merge.mention.map(Box::new);
    let mut own_lines = lines_with(has(&SIGNS.requests)).iter().filter(|line| !line.quoted);
    let request = own_lines.find_map(|line| merge_subject::merge_request(line.text));
    let is_branch_merge = merge.branches.is_some() && is_merge;
    if let (None, Some(number)) = (&read.pull_request, request) {
        let (source_branch, target_branch) = merge.branches.clone().unwrap_or_default();
        let mention = PullRequestMention { number, title: None, source_branch, target_branch, details: None };
        read.pull_request = Some(Box::new(mention));
    }
    if merge.title_in_body || (request.is_some() && is_branch_merge) {
        if let Some((first, after)) = first_paragraph(&lines) {
            (title, below) = (first, after);
        }
        if let Some(mention) = read.pull_request.as_mut().filter(|_| title != subject) {
            mention.title.get_or_insert_with(|| title.clone());
        }
    } else if let Some(found) = read.pull_request.as_deref().and_then(|mention| mention.title.clone()) {
        title = found;
    }
    read.kind = kind(&subject, is_branch_merge, merge.branches, read.pull_request.is_some() && is_merge);
    (read.subject_key, read.subject) = (SubjectKey::of(&subject), subject.into());
    let title = take_references(&mut read, &title, options);
    // Most titles are the subject: then one text is kept.
    let title = if title == &*read.subject { Arc::clone(&read.subject) } else { text::line(title).into() };
    read.entries = entries(&title, below, options);
    read
}

/// Parses the message of a commit.
#[must_use]
pub fn parse_commit(commit: &Commit, options: &Options) -> Message {
    parse(&commit.message, commit.is_merge(), options)
}

/// The entries of a text that has the form of a message: the first paragraph is the title.
#[must_use]
pub fn parse_entries(text: &str, options: &Options) -> Vec<Entry> {
    let mut read = parse(text, false, options);
    for entry in &mut read.entries {
        entry.pull_request = None;
    }
    read.entries
}

/// Parses a subject as a conventional header, strict or as it was meant; `None` where it is none.
#[must_use]
pub fn parse_header(subject: &str, options: &Options) -> Option<Header> {
    conventional::header(subject, &options.types)
}

/// Takes the numbers from the end of the title; the last is the pull request's, unless that is known already.
fn take_references<'t>(message: &mut Message, title: &'t str, options: &Options) -> &'t str {
    let (rest, mut numbers) = references::trailing(title, options.repository.as_deref());
    if message.pull_request.is_none() {
        message.pull_request = numbers.pop().map(PullRequestMention::numbered);
    }
    let own = message.pull_request.as_ref().map(|mention| mention.number);
    message.other_references = numbers.into_iter().filter(|number| Some(*number) != own).collect();
    rest
}

fn first_paragraph<'l, 'a>(lines: &'l [Line<'a>]) -> Option<(String, &'l [Line<'a>])> {
    let start = lines.iter().position(|line| !line.blank)?;
    // A reference alone is no title.
    let first = lines.get(start).filter(|line| merge_subject::merge_request(line.text).is_none())?;
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

    fn read(message: &str) -> Message {
        parse(message, false, &Options::default())
    }

    fn titles(message: &Message) -> Vec<(Option<&str>, &str)> {
        message.entries.iter().map(|entry| (entry.kind.as_deref(), &*entry.title)).collect()
    }

    #[test]
    fn pitfall_13_squash_bodies() {
        let message = read(
            "feat: login (#12)\n\n* feat: login\n\n* fix: typo\n\n* feat(api)!: drop v1\n\nBREAKING CHANGE: v1 is gone\n\n* chore: lint\n\n* fix review\n\n---------\n\nCo-authored-by: B <b@x>",
        );
        assert_eq!(
            titles(&message),
            [(Some("feat"), "login"), (Some("fix"), "typo"), (Some("feat"), "drop v1")]
        );
        assert_eq!(message.entries[2].breaking_note.as_deref(), Some("v1 is gone"));
        assert!(!message.entries[0].breaking);
        assert_eq!(message.pull_request.as_deref().map(|mention| mention.number), Some(12));
        assert_eq!(message.co_authors.len(), 1);
        let plain = read("Improve login (#12)\n\n* feat: a\n* chore: b");
        assert_eq!(titles(&plain), [(Some("feat"), "a"), (Some("chore"), "b")]);
    }

    #[test]
    fn pitfall_13_quoted_text_makes_no_entries() {
        let message = read(
            "chore(deps): bump x from 1 to 2 (#9)\n\nBumps x.\n\n<details>\n<summary>Release notes</summary>\n\n* feat: theirs\n* fix: theirs\n\n</details>\n\n```\n* feat: fenced\n```\n\n### Release Notes\n\n* feat!: theirs\n\nBREAKING CHANGE: theirs",
        );
        assert_eq!(titles(&message), [(Some("chore"), "bump x from 1 to 2")]);
        assert!(!message.entries[0].breaking);
    }

    #[test]
    fn pitfall_13_nothing_of_a_squashed_commit_is_lost() {
        let squash = "* feat: x\n\nCloses #1\nRefs: #8\n\n* feat(api): y\n\n* address review\n\nBREAKING CHANGE: `z` is gone\n\nFixes #2\n\n* chore: lint\n\nTicket: 7\n\n---------\n\nSigned-off-by: A <a@x>\nCo-authored-by: B <b@x>";
        for subject in ["feat: x (#9)", "A new x (#9)"] {
            let read = read(&format!("{subject}\n\n{squash}"));
            let [first, second, ..] = read.entries.as_slice() else { panic!("{read:?}") };
            assert_eq!(first.breaking_note.as_deref(), Some("`z` is gone"), "{subject}");
            let closed: Vec<u64> = first.closes.iter().map(|issue| issue.number).collect();
            assert_eq!(closed, [1, 2], "{subject}");
            let keys: Vec<&str> = read
                .entries
                .iter()
                .flat_map(|entry| &entry.trailers)
                .map(|trailer| trailer.key.as_str())
                .collect();
            for key in ["Refs", "Ticket", "Signed-off-by", "Co-authored-by"] {
                assert_eq!(keys.iter().filter(|found| **found == key).count(), 1, "{subject}: {keys:?}");
            }
            assert!(!second.breaking && second.trailers.is_empty(), "{second:?}");
        }
        let log = "Squash\n\nSquashed commit of the following:\n\ncommit aaaa\nAuthor: A <a@x>\nDate:   Mon\n\n    feat: one\n\n    BREAKING CHANGE: a\n\n    b\n\ncommit bbbb\nAuthor: A <a@x>\n\n    wip\n\n    Closes #3\n\nSigned-off-by: C <c@x>";
        let entry = &read(log).entries[0];
        assert_eq!((&*entry.title, entry.breaking_note.as_deref()), ("one", Some("a\n\nb")));
        assert_eq!((entry.closes.len(), entry.trailers.len()), (1, 1));
    }

    #[test]
    fn pitfall_16_a_squash_does_not_revert_or_pick_what_its_commits_did() {
        let picked = "(cherry picked from commit aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)";
        let message = read(&format!(
            "feat: x (#9)\n\n* feat: x\n\n{picked}\n\nBackport of #4\n\n* Revert \"feat: y\"\n\nThis reverts commit a1aaaaa.\n\nReverts #7\n\n---------\n\nCo-authored-by: B <b@x>"
        ));
        assert!(message.reverts.is_empty() && !message.only_reverts);
        assert!(message.cherry_picked_from.is_empty() && message.backport_of.is_empty());
        assert_eq!(message.co_authors.len(), 1);
        // One that says it is a revert is one, and prose may hold a list.
        let all = "* Revert \"a\"\n\nThis reverts commit a1aaaaa.\n\n* Revert \"b\"\n\nThis reverts commit b2bbbbb.";
        assert_eq!(read(&format!("Revert a and b (#9)\n\n{all}")).reverts.len(), 2);
        let list = read(&format!("Other\n\n* one\n* two\n\nThis reverts commit a1aaaaa.\n\n{picked}"));
        assert_eq!((list.reverts.len(), list.cherry_picked_from.len()), (1, 1));
    }

    #[test]
    fn git_squashes_are_split() {
        let message = read(
            "Squash branch\n\nSquashed commit of the following:\n\ncommit aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nAuthor: A <a@x>\nDate:   Mon\n\n    feat: one\n\ncommit bbbb\nAuthor: A <a@x>\n\n    wip\n",
        );
        assert_eq!(titles(&message), [(Some("feat"), "one")]);
    }

    #[test]
    fn pull_requests_of_every_form() {
        let merge = |message: &str| parse(message, true, &Options::default());
        for (message, number, title, kind) in [
            ("Merge pull request #12 from u/b\n\nfeat: add x", 12, "add x", Some("feat")),
            ("Merge branch 'b' into 'main'\n\nAdd x\n\nSee merge request g/p!8", 8, "Add x", None),
            ("Merged in b (pull request #5)\n\nAdd x\n\n* one\n* two", 5, "Add x", None),
            ("Merged PR 6: fix: x", 6, "x", Some("fix")),
            ("Merge pull request 'feat: y' (#4) from b into main", 4, "y", Some("feat")),
        ] {
            let read = merge(message);
            assert_eq!(read.kind, MessageKind::PullRequestMerge, "{message}");
            assert_eq!(read.pull_request.as_deref().map(|mention| mention.number), Some(number), "{message}");
            assert_eq!(titles(&read), [(kind, title)], "{message}");
        }
        let squash = read("Add x\n\nSee merge request g/p!8");
        assert_eq!(squash.pull_request.map(|mention| mention.number), Some(8));
        assert!(matches!(merge("Merge branch 'main' into x").kind, MessageKind::BranchMerge { .. }));
    }

    #[test]
    fn pitfall_20_release_commits() {
        for subject in [
            "chore(release): 1.2.3",
            "Release v1.2.3",
            "v1.2.3",
            "1.2.3",
            "Bump version to 1.2.3",
            "chore(main): release 1.2.3 (#12)",
            "chore(release): 1.2.3 [skip ci]",
        ] {
            assert_eq!(read(subject).kind, MessageKind::Release, "{subject}");
        }
        for subject in [
            "fix: release the lock",
            "Release the lock",
            "Add 1.2.3 support",
            "feat: v2.0 api",
            "Python 3.13 support",
        ] {
            assert_eq!(read(subject).kind, MessageKind::Commit, "{subject}");
        }
        assert_eq!(read("fixup! feat: x").kind, MessageKind::Fixup);
    }

    #[test]
    fn pitfall_18_odd_messages() {
        assert_eq!(read("").entries.len(), 1);
        assert_eq!(read("\r\n\r\nfeat: x\r\n\r\nbody\r\n").entries[0].description.as_deref(), Some("body"));
        assert_eq!(&*read("feat: x\0y").entries[0].title, "xy");
        assert_eq!(&*read("BREAKING CHANGE: all new").entries[0].title, "all new");
        assert!(read("BREAKING CHANGE: all new").entries[0].breaking);
        let blank = read("feat: x\n \nbody\n\nmore");
        assert_eq!((&*blank.subject, titles(&blank)), ("feat: x", vec![(Some("feat"), "x")]));
        let big = format!("feat: x\n\n{}", "word (( [[ ** __ Closes\n".repeat(300_000));
        assert_eq!(read(&big).entries.len(), 1);
    }

    /// Read in quadratic time, these would be seen to hang.
    #[test]
    fn pitfall_18_megabytes_are_read_in_linear_time() {
        let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
        let bullets = read(&format!("feat: x\n\n{}", many(250_000, &|at| format!("* feat: number {at}\n"))));
        assert_eq!(bullets.entries.len(), 250_001);
        let people = read(&format!(
            "feat: x\n\n{}",
            many(150_000, &|at| format!("Co-authored-by: P{at} <p{at}@x>\n"))
        ));
        assert_eq!(people.co_authors.len(), 150_000);
        let references = read(&format!("feat: x{}", many(700_000, &|at| format!(" (#{at})"))));
        assert_eq!(references.other_references.len(), 699_999);
        let folded = read(&format!("feat: x\n\nRefs-to: a\n{}", " continued\n".repeat(450_000)));
        assert_eq!(folded.entries[0].trailers[0].value.lines().count(), 450_001);
    }

    proptest! {
        #[test]
        fn any_text_is_read(message in "(?s).{0,400}", is_merge in any::<bool>()) {
            let read = parse(&message, is_merge, &Options::default());
            prop_assert!(!read.entries.is_empty());
            for entry in &read.entries {
                prop_assert!(!entry.title.chars().any(char::is_control), "{:?}", entry.title);
            }
            prop_assert!(!read.subject.chars().any(char::is_control));
            let outline = Outline::of(&message);
            prop_assert_eq!(outline.digest(), read.outline().digest());
            prop_assert!(outline.may_be_cherry_pick() || read.cherry_picked_from.is_empty());
        }

        #[test]
        fn any_conventional_text_is_read(message in "((feat|fix|Merge pull request #1 from a/b|Revert \"x\"|\\* fix|- feat|BREAKING CHANGE|Closes #1|>|```|    |<details>|\\(#12\\)|\\(cherry picked from commit a{40}\\)|commit|\n\n|\n|:|!|\\(|\\)| |：|x|é){0,30})") {
            let read = parse(&message, false, &Options::default());
            prop_assert!(!read.entries.is_empty());
            let outline = Outline::of(&message);
            prop_assert_eq!(outline.digest(), read.outline().digest());
            prop_assert!(outline.may_be_cherry_pick() || read.cherry_picked_from.is_empty());
        }
    }
}
