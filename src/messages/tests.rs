//! Properties of parsed messages: no change that a message names is lost.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{Message, Options, SplitSquash, parse};

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
fn lists_without_a_title_are_split() {
    let all = [(Some("fix"), "A"), (Some("chore"), "B")];
    for message in [
        "Merged in topic (pull request #1)\n\n* fix: A\n* chore: B",
        "Merged in topic (pull request #1)\n\n  * fix: A\n  * chore: B",
        "Merge pull request #12 from u/b\n\n* fix: A\n\n* chore: B",
        "Merge branch 'b' into main\n\n* fix: A\n* chore: B\n\nSee merge request g/p!8",
        "Merge branch 'b'\n\n* b:\n  fix: A\n  chore: B",
        "Merge branch 'b'\n\nfix: A\nchore: B",
        "Merge develop into main (#3)\n\n* fix: A\n* chore: B",
        "* fix: A\n\n* chore: B",
        "- fix: A\n- chore: B",
        "• fix: A\n• chore: B",
        "1. fix: A\n2. chore: B",
        "  * fix: A\n    * chore: B",
        "fix: A\nchore: B",
        "fix: A\n\nchore: B\n\nFixes: #12\nTest: unit",
        "Squashed commit of the following:\n\ncommit aaaaaaa\nAuthor: A <a@x>\nDate:   Mon\n\n    fix: A\n\ncommit bbbbbbb\nAuthor: A <a@x>\n\n    chore: B\n",
    ] {
        assert_eq!(titles(&parsed(message)), all, "{message}");
    }
    let plain =
        parsed("Merged in topic (pull request #1)\n\n* fix: A\n  - a detail\n* Say more (#7)\n* fix: B (#8)");
    assert_eq!(titles(&plain), [(Some("fix"), "A"), (None, "Say more"), (Some("fix"), "B")]);
    assert_eq!(plain.changes[0].description.as_deref(), Some("  - a detail"));
    assert_eq!(plain.changes.iter().map(|it| it.pull_request).collect::<Vec<_>>(), [None, Some(7), Some(8)]);
    let promotion = parsed("develop -> main (#3)\n\n* fix: A (#1)\n* chore: B");
    assert_eq!(promotion.pull_request.as_deref().map(|it| it.number), Some(3));
    assert_eq!(promotion.changes[0].pull_request, Some(1));
    let log = "Squashed commit of the following:\n\ncommit aaaaaaa\nAuthor: A <a@x>\n\n    feat!: A\n\n    BREAKING CHANGE: why\n\ncommit bbbbbbb\n\n    Improve B\n\n    Closes #3\n\ncommit ccccccc\n\n    fixup! feat!: A";
    let log = parsed(log);
    assert_eq!(titles(&log), [(Some("feat"), "A"), (None, "Improve B")]);
    assert!(log.changes[0].breaking && log.is_list);
    assert_eq!((log.changes[0].breaking_note.as_deref(), log.changes[1].closes.len()), (Some("why"), 1));
}

#[test]
fn trailers_are_not_changes() {
    for last in [
        "Fixes: #12",
        "Security: none",
        "Test: unit",
        "Docs: n/a",
        "Feature: foo",
        "Fix: #9",
        "Perf: 20% faster",
        "perf: 20% faster",
        "Bug: 1234\nTest: unit\nChange-Id: I1",
        "Fixes: #12\nTest: unit\nDocs: n/a",
        "test: unit\nPR-URL: https://forge.example/o/r/pull/1",
    ] {
        for subject in ["Keep the parser from crashing", "fix: keep the parser from crashing"] {
            let message = parsed(&format!("{subject}\n\nSome text.\n\n{last}"));
            let title = subject.trim_start_matches("fix: ");
            assert_eq!(message.changes.len(), 1, "{last}: {:?}", titles(&message));
            assert_eq!((&*message.changes[0].title, message.changes[0].breaking), (title, false), "{last}");
            let keys: Vec<&str> = message.changes[0].trailers.iter().map(|it| it.key.as_str()).collect();
            let expected: Vec<&str> = last.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect();
            assert_eq!(keys, expected, "{last}");
        }
    }
    let alone = parsed("Keep the parser from crashing\n\nFixes: #12");
    assert_eq!(titles(&alone), [(None, "Keep the parser from crashing")]);
    assert_eq!(alone.changes[0].closes.len(), 1);
}

#[test]
fn subject_of_a_squash_is_listed() {
    let squash = split("Improve login (#12)\n\n* feat: a\n* chore: b\n\nfixes #3");
    assert_eq!(titles(&squash), [(None, "Improve login"), (Some("feat"), "a")]);
    let paragraphs = split("Improve login (#12)\n\nfeat: a\n\nBody.\n\nfix: b");
    assert_eq!(titles(&paragraphs), [(None, "Improve login"), (Some("feat"), "a"), (Some("fix"), "b")]);
    let prose = parsed("Add a mode\n\nBoth are merges:\n\n  - Pick: merge(a, b)\n  - Revert: merge(b, a)");
    assert_eq!(titles(&prose), [(None, "Add a mode")]);
    let scoped = split("feat: x (#12)\n\nfix(api): y");
    assert_eq!(titles(&scoped), [(Some("feat"), "x"), (Some("fix"), "y")]);
}

#[test]
fn text_directly_below_the_subject_is_the_body() {
    let breaking = parsed("feat(api): replace the client\nBREAKING CHANGE: the old client is gone");
    assert_eq!(titles(&breaking), [(Some("feat"), "replace the client")]);
    assert_eq!(breaking.changes[0].breaking_note.as_deref(), Some("the old client is gone"));
    let list = parsed("fix: adopt the new thing\n- use A\n- use B\nCloses #12");
    assert_eq!(titles(&list), [(Some("fix"), "adopt the new thing")]);
    assert_eq!(list.changes[0].closes[0].number, 12);
    assert_eq!(list.changes[0].description.as_deref(), Some("- use A\n- use B"));
    let signed = parsed("fix: x\nSigned-off-by: A <a@x>");
    assert_eq!(signed.changes[0].trailers.len(), 1);
    let gitee = parsed("!1279 修复登录\nMerge pull request !1279 from user/main");
    assert_eq!(titles(&gitee), [(None, "修复登录")]);
    let mention = gitee.pull_request.as_deref().unwrap();
    assert_eq!((mention.number, mention.source_branch.as_deref()), (1279, Some("main")));
    assert_eq!(gitee.changes[0].description, None);
}

#[test]
fn gitmoji_give_the_type_and_are_not_in_the_title() {
    let read = |subject: &str, breaking_gitmoji| {
        let options = Options { breaking_gitmoji, ..Options::default() };
        let change = parse(subject, false, &options).changes.remove(0);
        (change.kind.map(String::from), change.title.to_string(), change.breaking)
    };
    for (subject, kind, title) in [
        (":sparkles: add x", Some("feat"), "add x"),
        ("🐛 fix x", Some("fix"), "fix x"),
        ("⬆️ Bump x from 1 to 2", Some("deps"), "Bump x from 1 to 2"),
        ("✨ feat: x", Some("feat"), "x"),
        ("feat: ✨ x", Some("feat"), "x"),
        ("🐛 (api): x", Some("fix"), "x"),
        ("💥 drop x", None, "drop x"),
        ("🦄 add x", None, "🦄 add x"),
    ] {
        assert_eq!(read(subject, false), (kind.map(str::to_owned), title.to_owned(), false), "{subject}");
    }
    for subject in ["💥 drop x", ":boom: drop x", "💥 feat: drop x", "feat: 💥 drop x"] {
        let (_, title, breaking) = read(subject, true);
        assert!(breaking && title == "drop x", "{subject}: {title}");
    }
}

#[test]
fn merge_of_an_advisory_fork_is_a_security_fix() {
    let message = "Merge commit from fork\n\nfix(parser): limit the depth\n\nSee GHSA-c2qf-rxjj-qqgw.";
    let fix = parse(message, true, &Options::default());
    assert_eq!(titles(&fix), [(Some("security"), "limit the depth")]);
    assert!(fix.fixes_advisory);
    let other = parse("Merge commit from fork\n\nLimit the depth", false, &Options::default());
    assert_eq!(titles(&other), [(None, "Limit the depth")]);
}

#[test]
fn subject_may_say_that_it_breaks_something() {
    for message in
        ["Breaking: drop x", "BREAKING: drop x", "BREAKING CHANGE: drop x", "[#7] Breaking: drop x"]
    {
        let change = &parsed(message).changes[0];
        assert!(change.breaking && &*change.title == "drop x", "{message}");
    }
    for message in ["Breaking the build: a story", "breaking changes of x", "Breaking:"] {
        assert!(!parsed(message).changes[0].breaking, "{message}");
    }
}

#[test]
fn references_in_a_header_keep_its_type() {
    for (message, kind, title) in [
        ("feature: #12: add x", Some("feature"), "add x"),
        ("fix: #12 crash", Some("fix"), "crash"),
        ("fix!: #12: crash", Some("fix"), "crash"),
        ("fix #12: crash", Some("fix"), "crash"),
        ("[Fix #12] crash", Some("fix"), "crash"),
        ("[#12] feat(ui): add x", Some("feat"), "add x"),
        ("Closes #12: add x", None, "add x"),
        ("docs: fix #12", Some("docs"), "fix #12"),
    ] {
        let change = &parsed(message).changes[0];
        assert_eq!((change.kind.as_deref(), &*change.title), (kind, title), "{message}");
    }
}

#[test]
fn picked_merge_of_a_revert_is_a_revert() {
    let message = "Merge pull request #8 from o/topic\n\nRevert \"Add search\"\n\n(cherry picked from commit aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)";
    assert!(parsed(message).only_reverts);
    assert!(!parse(message, true, &Options::default()).only_reverts, "its commits say it");
}

#[test]
fn subject_closes_issues_too() {
    let closed =
        |message: &str| parsed(message).changes[0].closes.iter().map(|it| it.number).collect::<Vec<_>>();
    assert_eq!(closed("Fix a crash, closes #12 (#13)\n\nFixes #11"), [11, 12]);
    assert_eq!(closed("Revert \"Fix a crash, closes #12\" (#13)"), Vec::<u64>::new());
    assert_eq!(closed("fix: a crash (#13)"), Vec::<u64>::new());
}

const KINDS: [&str; 6] = ["feat", "fix", "chore", "docs(api)", "refactor!", "perf"];

proptest! {
    /// Every conventional line of a list without a title is an entry.
    #[test]
    fn every_line_of_a_list_is_an_entry(
        heading in select(vec![
            "", "Merged in topic (pull request #1)\n\n", "Merge branch 'topic' into main\n\n",
            "Merge pull request #12 from u/b\n\n", "Merge pull request #12 from u/b\n", "develop -> main (#3)\n\n",
        ]),
        marker in select(vec!["* ", "- ", "+ ", "• ", "#. ", "#) ", ""]),
        indent in select(vec!["", "  ", "    ", "\t"]),
        between in select(vec!["\n", "\n\n"]),
        kinds in vec(select(KINDS.to_vec()), 1..6),
        end in select(vec!["", "\n\nCo-authored-by: B <b@x>", "\n\nFixes: #12\nTest: unit", "\n\n---------\n\nRefs: #1"]),
    ) {
        // One line that is no item is a title, or a trailer.
        prop_assume!(!marker.is_empty() || kinds.len() > 1);
        let indent = if marker.is_empty() { "" } else { indent };
        let lines: Vec<String> = kinds.iter().zip(1..).map(|(kind, number)| {
            format!("{indent}{}{kind}: number {number}", marker.replace('#', &number.to_string()))
        }).collect();
        let message = format!("{heading}{}{end}", lines.join(between));
        let found = parsed(&message);
        for (kind, number) in kinds.iter().zip(1..) {
            let kind = kind.trim_end_matches(['!', '(', ')', 'a', 'p', 'i']);
            let title = format!("number {number}");
            prop_assert!(titles(&found).contains(&(Some(kind), title.as_str())), "{message}\n{:?}", titles(&found));
        }
        prop_assert_eq!(found.changes.len(), kinds.len(), "{}\n{:?}", message, titles(&found));
    }

    /// A subject is an entry, whatever is below it.
    #[test]
    fn subject_is_always_an_entry(
        kind in select(vec!["", "", "fix: ", "feat(api): ", "Fix: "]),
        title in "Keep [a-z]{2,8}( [a-z]{2,8}){1,4}",
        number in select(vec!["", " (#12)"]),
        gap in select(vec!["\n\n", "\n"]),
        body in vec(select(vec![
            "Fixes: #12", "Security: none", "Test: unit", "Docs: n/a", "Feature: foo", "fix: other", "perf(x): other",
            "* feat: one", "- fix: two", "• three", "Some prose.", "", "", "```", "BREAKING CHANGE: gone",
            "Closes #3", "Signed-off-by: A <a@x>", "1. docs: four", "---------", "Squashed commit of the following:",
            "commit aaaaaaa", "    feat: five", "> feat: six", "Merge branch 'x'",
        ]), 0..10),
    ) {
        let message = format!("{kind}{title}{number}{gap}{}", body.join("\n"));
        // A line that continues the subject is part of it.
        let found = parsed(&message);
        prop_assume!(found.subject.ends_with(&format!("{title}{number}")));
        let own = found.changes.iter().filter(|change| *change.title == *title).count();
        prop_assert_eq!(own, 1, "{}\n{:?}", message, titles(&found));
    }
}
