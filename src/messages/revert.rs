//! Parses the targets of a revert.
//!
//! Only statements about the commit itself count: its subject, and sentences of the forms `This reverts commit <ID>.`
//! and `Reverts owner/name#12` at the start of a line. If the subject is a revert, the commits of `Refs: <ID>` count
//! too (the form that the specification of conventional commits shows). A partial revert cancels no commit as a whole,
//! and is not a revert here.

use std::sync::LazyLock;

use regex::Regex;
use thin_vec::ThinVec;

use super::{
    body::{self, BodyLine},
    conventional, gitmoji,
    message::RevertTarget,
    title_references,
};

/// The reverts of a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ParsedRevert {
    /// The targets that it names.
    pub(super) targets: ThinVec<RevertTarget>,
    /// Whether the message describes nothing but the revert.
    pub(super) only_reverts: bool,
}

/// Parses the reverts of a message. `all` are the lines of the body, `own` those that do not come from a squashed
/// commit; if the subject is a revert, all lines count. References to a repository other than `repository` are ignored.
pub(super) fn parse(
    subject: &str,
    all: &[BodyLine<'_>],
    own: &[BodyLine<'_>],
    repository: Option<&str>,
) -> ParsedRevert {
    let by_subject = subject_revert(subject, repository);
    if by_subject.partial {
        return ParsedRevert::default();
    }
    let mut revert = ParsedRevert { targets: by_subject.targets, only_reverts: by_subject.is_revert };
    let lines = if by_subject.is_revert { all } else { own };
    let (mut starts, mut open, mut is_first) = (true, false, true);
    for line in lines {
        let text = line.text.trim();
        if line.quoted || text.is_empty() {
            (starts, open) = (true, false);
            continue;
        }
        if let Some(commits) = by_subject.is_revert.then(|| referenced_commits(text)).flatten() {
            revert.targets.extend(commits);
            (starts, open, is_first) = (false, false, false);
            continue;
        }
        let objects = if open { Some(text) } else { predicate(line.text, starts) };
        let objects = objects.map(|text| parse_objects(text, repository));
        if let Some(objects) = &objects {
            revert.targets.extend(objects.targets.iter().cloned());
            revert.only_reverts |= is_first && objects.complete && !objects.targets.is_empty();
        }
        open = objects.is_some_and(|objects| objects.open);
        // git's sentence may follow git's own subject, if that was replaced by another one and moved into the body.
        is_first &= text.starts_with("Revert \"");
        starts = false;
    }
    revert.targets.dedup();
    revert
}

/// Matches every subject that may be a revert, in one pass.
static PREFILTER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("evert|EVERT|eapply|eland|e-land|回滚|還原|ack out").ok());

/// Whether a subject may be that of a revert; if not, it is none.
pub(super) fn may_be_revert(subject: &str) -> bool {
    PREFILTER.as_ref().is_none_or(|prefilter| prefilter.is_match(subject))
}

/// The commits in `Refs: 676104e, a215868`; `None` if the line is none, or has no commit. Issues are not reverted.
fn referenced_commits(line: &str) -> Option<Vec<RevertTarget>> {
    let (key, value) = body::trailer(line)?;
    if !["refs", "ref"].iter().any(|known| key.eq_ignore_ascii_case(known)) {
        return None;
    }
    let commits =
        value.split([' ', ',', ';', '\t']).filter_map(|word| target(word.trim_end_matches('.'), None));
    let commits: Vec<_> = commits.filter(|target| matches!(target, RevertTarget::Commit(_))).collect();
    (!commits.is_empty()).then_some(commits)
}

#[derive(Default)]
struct SubjectRevert {
    targets: ThinVec<RevertTarget>,
    /// Whether the type or the first word says that the commit is a revert.
    is_revert: bool,
    partial: bool,
}

/// Parses a subject: `Revert "x"`, `fix: revert "x"`, `Reapply "x"`, `revert: x`, `Revert #12`.
fn subject_revert(subject: &str, repository: Option<&str>) -> SubjectRevert {
    let mut revert = SubjectRevert::default();
    if !may_be_revert(subject) {
        return revert;
    }
    let subject = title_references::leading(subject).title;
    let subject = gitmoji::marked(subject).map_or(subject, |marked| marked.rest);
    let header = conventional::header(subject, &[]);
    let is_revert = header.as_ref().is_some_and(|header| header.kind == "revert");
    let title = header.map_or_else(|| subject.to_owned(), |header| header.title);
    let title = title_references::trailing(&title, repository).title;
    if is_revert {
        revert.is_revert = true;
        revert.targets.push(RevertTarget::Subject(title.trim_matches('"').to_owned()));
        return revert;
    }
    let (word, rest) = title.split_once(' ').unwrap_or((title, ""));
    let word = word.to_ascii_lowercase();
    revert.partial = is_partial(title.split('"').next().unwrap_or_default());
    revert.is_revert = is_verb(&word)
        || matches!(word.as_str(), "reverted" | "reverting" | "reapply" | "reland" | "re-land" | "re-revert")
        || (word == "back" && rest.starts_with("out "));
    let quoted = rest.strip_prefix('"').and_then(|open| open.rsplit_once('"')).map(|(inner, _)| inner);
    match (word.as_str(), quoted) {
        ("revert" | "reverts", Some(inner)) => revert.targets.push(RevertTarget::Subject(inner.to_owned())),
        ("reapply" | "reland" | "re-land", Some(inner)) => {
            revert.targets.push(RevertTarget::Subject(format!("Revert \"{inner}\"")));
        }
        _ => {
            let objects = predicate(title, true).map(|text| parse_objects(text, repository));
            let complete = objects.filter(|objects| objects.complete);
            revert.targets.extend(complete.into_iter().flat_map(|objects| objects.targets));
        }
    }
    revert
}

fn is_verb(word: &str) -> bool {
    ["revert", "reverts"].iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

fn is_partial(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["partial", "partly", " in part", "some of", "part of", "except"].iter().any(|word| lower.contains(word))
}

/// The text after the verb, if the line is a sentence such as `This reverts …`. Inside a paragraph, only a line that
/// starts with a capital letter starts a sentence.
fn predicate(line: &str, starts_paragraph: bool) -> Option<&str> {
    const LEAD: [&str; 9] = ["this", "it", "that", "commit", "change", "patch", "pr", "also", "refs"];
    if !starts_paragraph && !line.trim_start().starts_with(char::is_uppercase) {
        return None;
    }
    // `git merge --log` indents the subjects of merged commits by two spaces; they do not describe this commit.
    let is_subject = line.starts_with([' ', '\t']);
    let mut rest = line.trim();
    for nth in 0..5 {
        let (word, after) = rest.split_once([' ', '\t'])?;
        rest = after.trim_start();
        if is_verb(word.trim_end_matches(':')) {
            return (!is_partial(line) && (nth > 0 || !is_subject)).then_some(rest);
        }
        if !LEAD.iter().any(|lead| word.eq_ignore_ascii_case(lead)) {
            return None;
        }
    }
    None
}

/// The objects of a sentence `This reverts …`.
struct Objects {
    targets: ThinVec<RevertTarget>,
    /// Whether the sentence has nothing but these objects.
    complete: bool,
    /// Whether the list continues on the next line.
    open: bool,
}

/// Parses the commits and pull requests at the start of a text: `commit a1b2c3d, reversing`, `#12 and #13.`
fn parse_objects(text: &str, repository: Option<&str>) -> Objects {
    const NOUNS: [&str; 10] =
        ["commit", "commits", "pr", "prs", "pull", "merge", "request", "requests", "and", "the"];
    let mut objects = Objects { targets: ThinVec::new(), complete: true, open: false };
    let mut open = false;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| c != '#' && c != '!' && !c.is_alphanumeric());
        open = word.ends_with(',') || NOUNS.iter().any(|noun| bare.eq_ignore_ascii_case(noun));
        if open && !word.ends_with(',') {
            continue;
        }
        match target(bare, repository) {
            Some(target) => objects.targets.push(target),
            None => {
                objects.complete = bare.is_empty() || bare == "reversing";
                open = false;
                break;
            }
        }
        if word.ends_with('.') {
            break;
        }
    }
    objects.open = open;
    objects
}

fn target(word: &str, repository: Option<&str>) -> Option<RevertTarget> {
    if let Some((owner, number)) = word.split_once(['#', '!']) {
        let is_own = owner.is_empty() || repository.is_none_or(|own| own.eq_ignore_ascii_case(owner));
        return number.parse().ok().filter(|_| is_own).map(RevertTarget::PullRequest);
    }
    // `defaced` has only hex digits, but is a word: require a decimal digit in an abbreviated ID.
    let is_id = (7..=40).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit() || word.len() == 40);
    is_id.then(|| RevertTarget::Commit(word.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use thin_vec::thin_vec;

    use super::{super::body, *};

    fn revert(subject: &str, body: &str) -> ParsedRevert {
        let lines = body::lines(body);
        parse(subject, &lines, &lines, Some("o/r"))
    }

    fn targets(subject: &str, body: &str) -> ThinVec<RevertTarget> {
        revert(subject, body).targets
    }

    fn commit(id: &str) -> RevertTarget {
        RevertTarget::Commit(id.to_owned())
    }

    fn subject(text: &str) -> RevertTarget {
        RevertTarget::Subject(text.to_owned())
    }

    const FULL: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    #[test]
    fn reverts_of_every_form_are_parsed() {
        let git = revert("Revert \"feat: x\"", &format!("This reverts commit {FULL}."));
        let expected = thin_vec![subject("feat: x"), commit(FULL)];
        assert_eq!(git, ParsedRevert { targets: expected, only_reverts: true });
        for (title, reverted) in [
            ("Revert \"Revert \"feat: x\"\"", "Revert \"feat: x\""),
            ("Reapply \"feat: x\"", "Revert \"feat: x\""),
            ("Reland \"feat: x\" (#9)", "Revert \"feat: x\""),
            ("revert: feat: x", "feat: x"),
            ("revert(api): \"feat: x\" (#9)", "feat: x"),
            ("chore: Revert \"feat: x (#7)\" (#9)", "feat: x (#7)"),
        ] {
            let expected = ParsedRevert { targets: thin_vec![subject(reverted)], only_reverts: true };
            assert_eq!(revert(title, ""), expected, "{title}");
        }
        assert_eq!(targets("fix: revert #12 and #13 (#14)", ""), [12, 13].map(RevertTarget::PullRequest));
        for body in [
            "Reverts o/r#12",
            "Reverts #12",
            "This reverts PR #12.",
            "This also reverts pull request #12 for now",
            "This reverts merge request !12",
        ] {
            assert_eq!(targets("x", body), [RevertTarget::PullRequest(12)], "{body}");
        }
        let refs = revert("revert: the incident", "Refs: 676104e, a215868\nRefs: #7");
        let expected = thin_vec![subject("the incident"), commit("676104e"), commit("a215868")];
        assert_eq!(refs, ParsedRevert { targets: expected, only_reverts: true });
        let words = revert("Revert \"feat: x\"", "It broke.\n\nrefs a1aaaaa\nRefs: a1aaaaa");
        assert_eq!(words.targets, [subject("feat: x"), commit("a1aaaaa")]);
        assert_eq!(targets("feat: x", "Refs: a1aaaaa"), []);
        let two = "This reverts commits a1aaaaa and b2bbbbb,\nc3ccccc.\nThis reverts commit d4ddddd, reversing\nchanges made to e5eeeee.";
        assert_eq!(targets("x", two), ["a1aaaaa", "b2bbbbb", "c3ccccc", "d4ddddd"].map(commit));
        assert_eq!(targets("x", "This reverts commit\na1aaaaa."), [commit("a1aaaaa")]);
        assert_eq!(targets("x", "* Revert \"y\"\n  This reverts commit a1aaaaa"), [commit("a1aaaaa")]);
    }

    #[test]
    fn prose_about_reverts_is_not_a_revert() {
        for body in [
            "> This reverts commit a1aaaaa.",
            "```\nThis reverts commit a1aaaaa.\n```",
            "    This reverts commit a1aaaaa.",
            "### Release Notes\n\nThis reverts commit a1aaaaa.",
            "<details>\nThis reverts commit a1aaaaa.\n</details>",
            "The next patch\nreverts commit a1aaaaa again.",
            "So let's just revert commit a1aaaaa.",
            "As `This reverts commit a1aaaaa` says",
            "This partially reverts commit a1aaaaa.",
            "This reverts commit a1aaaaa partially.",
            "Reverts some of the changes from #12.",
            "Reverts changes to the version made in #12",
            "Reverts other/repository#12",
            "* topic:\n  Revert a1aaaaa\n  Reverts #7",
            "* Revert \"y\"\n* This reverts commit a1aaaaa.",
            "This reverts defaced walls",
        ] {
            assert_eq!(revert("feat: x", body), ParsedRevert::default(), "{body}");
        }
        for title in [
            "revert to the old behaviour of x",
            "Reverts are now shown",
            "Reverting twice no longer fails",
            "Revert #12 and add documentation",
            "feat: a button to revert \"x\"",
            "Partially revert \"feat: x\"",
        ] {
            assert_eq!(targets(title, ""), [], "{title}");
        }
        assert_eq!(targets("Partly revert the filters", "This reverts commit a1aaaaa."), []);
    }

    #[test]
    fn revert_that_does_more_is_not_only_a_revert() {
        let only_reverts = |title: &str, body: &str| revert(title, body).only_reverts;
        assert!(only_reverts("CI breakage", "This reverts commit a1aaaaa.\n\nIt was red."));
        assert!(only_reverts(
            "CI breakage",
            "Revert \"x\"\n\nThis reverts commit a1aaaaa, reversing\nchanges"
        ));
        assert!(!only_reverts("Use counts", "For speed.\n\nThis also reverts #12 in favor of it."));
        assert!(!only_reverts("Timestamps exist", "This reverts commit a1aaaaa and add a\nregression test."));
    }
}
