//! What a message says that it reverts.
//!
//! Only what a message says of itself counts: its subject, and sentences of the forms `This reverts commit <name>.` and
//! `Reverts owner/name#12` at the start of a line. A partial revert undoes nothing as a whole, and so is none.

use std::sync::LazyLock;

use regex::Regex;
use thin_vec::ThinVec;

use super::{body::Line, conventional, message::Reverted, references};

/// What a message reverts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Claim {
    /// What it names.
    pub(super) reverted: ThinVec<Reverted>,
    /// Whether it does nothing else, by what it says.
    pub(super) alone: bool,
}

/// Reads the claim. `all` are the lines of the body, `own` those that no squashed commit has brought along; a subject
/// that says it is a revert speaks for all of them. References to another repository than `repository` are not ours.
pub(super) fn read(subject: &str, all: &[Line<'_>], own: &[Line<'_>], repository: Option<&str>) -> Claim {
    let claimed = subject_claim(subject, repository);
    if claimed.partial {
        return Claim::default();
    }
    let mut claim = Claim { reverted: claimed.reverted, alone: claimed.first_word };
    let lines = if claimed.first_word { all } else { own };
    let (mut starts, mut open, mut above) = (true, false, true);
    for line in lines {
        let text = line.text.trim();
        if line.quoted || text.is_empty() {
            (starts, open) = (true, false);
            continue;
        }
        let words = if open { Some(text) } else { predicate(line.text, starts) };
        let objects = words.map(|words| objects(words, repository));
        if let Some(found) = &objects {
            claim.reverted.extend(found.names.iter().cloned());
            claim.alone |= above && found.complete && !found.names.is_empty();
        }
        open = objects.is_some_and(|found| found.open);
        // git's own line may stand below the subject that was replaced.
        above &= text.starts_with("Revert \"");
        starts = false;
    }
    claim.reverted.dedup();
    claim
}

/// Is part of every subject that says something is reverted. One expression finds all of it in one pass.
static SIGNS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("evert|EVERT|eapply|eland|e-land|回滚|還原|ack out").ok());

#[derive(Default)]
struct SubjectClaim {
    reverted: ThinVec<Reverted>,
    first_word: bool,
    partial: bool,
}

/// What a subject says: `Revert "x"`, `fix: revert "x"`, `Reapply "x"`, `revert: x`, `Revert #12`.
fn subject_claim(subject: &str, repository: Option<&str>) -> SubjectClaim {
    let mut claimed = SubjectClaim::default();
    if SIGNS.as_ref().is_some_and(|signs| !signs.is_match(subject)) {
        return claimed;
    }
    let header = conventional::header(subject, &[]);
    let is_revert = header.as_ref().is_some_and(|header| header.kind == "revert");
    let title = header.map_or_else(|| subject.to_owned(), |header| header.title);
    let (title, _) = references::trailing(&title, repository);
    if is_revert {
        claimed.first_word = true;
        claimed.reverted.push(Reverted::Subject(title.trim_matches('"').to_owned()));
        return claimed;
    }
    let (word, rest) = title.split_once(' ').unwrap_or((title, ""));
    let word = word.to_ascii_lowercase();
    claimed.partial = is_partial(title.split('"').next().unwrap_or_default());
    claimed.first_word = is_verb(&word)
        || matches!(word.as_str(), "reverted" | "reverting" | "reapply" | "reland" | "re-land" | "re-revert")
        || (word == "back" && rest.starts_with("out "));
    let quoted = rest.strip_prefix('"').and_then(|open| open.rsplit_once('"')).map(|(inner, _)| inner);
    match (word.as_str(), quoted) {
        ("revert" | "reverts", Some(inner)) => claimed.reverted.push(Reverted::Subject(inner.to_owned())),
        ("reapply" | "reland" | "re-land", Some(inner)) => {
            claimed.reverted.push(Reverted::Subject(format!("Revert \"{inner}\"")));
        }
        _ => {
            let found = predicate(title, true).map(|words| objects(words, repository));
            claimed
                .reverted
                .extend(found.filter(|found| found.complete).into_iter().flat_map(|found| found.names));
        }
    }
    claimed
}

fn is_verb(word: &str) -> bool {
    ["revert", "reverts"].iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

fn is_partial(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["partial", "partly", " in part", "some of", "part of", "except"].iter().any(|word| lower.contains(word))
}

/// What follows the verb where a line says that something is reverted. A line inside a paragraph starts no sentence
/// unless it starts with a capital.
fn predicate(line: &str, starts_paragraph: bool) -> Option<&str> {
    const LEAD: [&str; 9] = ["this", "it", "that", "commit", "change", "patch", "pr", "also", "refs"];
    if !starts_paragraph && !line.trim_start().starts_with(char::is_uppercase) {
        return None;
    }
    // `git merge --log` sets the subjects of what it merges two spaces in; they are no sentences about this commit.
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

struct Objects {
    names: ThinVec<Reverted>,
    /// Whether the sentence says no more than that.
    complete: bool,
    /// Whether the next line goes on with them.
    open: bool,
}

/// The commits and pull requests that stand at the front: `commit a1b2c3d, reversing`, `#12 and #13.`
fn objects(text: &str, repository: Option<&str>) -> Objects {
    const NOUNS: [&str; 10] =
        ["commit", "commits", "pr", "prs", "pull", "merge", "request", "requests", "and", "the"];
    let (mut found, mut open) = (Objects { names: ThinVec::new(), complete: true, open: false }, false);
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| c != '#' && c != '!' && !c.is_alphanumeric());
        open = word.ends_with(',') || NOUNS.iter().any(|noun| bare.eq_ignore_ascii_case(noun));
        if open && !word.ends_with(',') {
            continue;
        }
        match object(bare, repository) {
            Some(name) => found.names.push(name),
            None => {
                found.complete = bare.is_empty() || bare == "reversing";
                open = false;
                break;
            }
        }
        if word.ends_with('.') {
            break;
        }
    }
    found.open = open;
    found
}

fn object(word: &str, repository: Option<&str>) -> Option<Reverted> {
    if let Some((owner, number)) = word.split_once(['#', '!']) {
        let ours = owner.is_empty() || repository.is_none_or(|own| own.eq_ignore_ascii_case(owner));
        return number.parse().ok().filter(|_| ours).map(Reverted::PullRequest);
    }
    // `defaced` is a word.
    let is_name = (7..=40).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit() || word.len() == 40);
    is_name.then(|| Reverted::Commit(word.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use thin_vec::thin_vec;

    use super::{super::body, *};

    fn claim(subject: &str, body: &str) -> Claim {
        let lines = body::lines(body);
        read(subject, &lines, &lines, Some("o/r"))
    }

    fn names(subject: &str, body: &str) -> ThinVec<Reverted> {
        claim(subject, body).reverted
    }

    fn commit(name: &str) -> Reverted {
        Reverted::Commit(name.to_owned())
    }

    fn subject(text: &str) -> Reverted {
        Reverted::Subject(text.to_owned())
    }

    const FULL: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    #[test]
    fn pitfall_16_reverts() {
        let git = claim("Revert \"feat: x\"", &format!("This reverts commit {FULL}."));
        assert_eq!(git, Claim { reverted: thin_vec![subject("feat: x"), commit(FULL)], alone: true });
        for (title, reverted) in [
            ("Revert \"Revert \"feat: x\"\"", "Revert \"feat: x\""),
            ("Reapply \"feat: x\"", "Revert \"feat: x\""),
            ("Reland \"feat: x\" (#9)", "Revert \"feat: x\""),
            ("revert: feat: x", "feat: x"),
            ("revert(api): \"feat: x\" (#9)", "feat: x"),
            ("chore: Revert \"feat: x (#7)\" (#9)", "feat: x (#7)"),
        ] {
            assert_eq!(
                claim(title, ""),
                Claim { reverted: thin_vec![subject(reverted)], alone: true },
                "{title}"
            );
        }
        assert_eq!(names("fix: revert #12 and #13 (#14)", ""), [12, 13].map(Reverted::PullRequest));
        for body in [
            "Reverts o/r#12",
            "Reverts #12",
            "This reverts PR #12.",
            "This also reverts pull request #12 for now",
            "This reverts merge request !12",
        ] {
            assert_eq!(names("x", body), [Reverted::PullRequest(12)], "{body}");
        }
        let two = "This reverts commits a1aaaaa and b2bbbbb,\nc3ccccc.\nThis reverts commit d4ddddd, reversing\nchanges made to e5eeeee.";
        assert_eq!(names("x", two), ["a1aaaaa", "b2bbbbb", "c3ccccc", "d4ddddd"].map(commit));
        assert_eq!(names("x", "This reverts commit\na1aaaaa."), [commit("a1aaaaa")]);
        assert_eq!(names("x", "* Revert \"y\"\n  This reverts commit a1aaaaa"), [commit("a1aaaaa")]);
    }

    #[test]
    fn pitfall_16_prose_about_reverts_is_no_revert() {
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
            assert_eq!(claim("feat: x", body), Claim::default(), "{body}");
        }
        for title in [
            "revert to the old behaviour of x",
            "Reverts are now shown",
            "Reverting twice no longer fails",
            "Revert #12 and add documentation",
            "feat: a button to revert \"x\"",
            "Partially revert \"feat: x\"",
        ] {
            assert_eq!(names(title, ""), [], "{title}");
        }
        assert_eq!(names("Partly revert the filters", "This reverts commit a1aaaaa."), []);
    }

    #[test]
    fn pitfall_16_a_revert_that_does_more_is_not_alone() {
        let alone = |title: &str, body: &str| claim(title, body).alone;
        assert!(alone("CI breakage", "This reverts commit a1aaaaa.\n\nIt was red."));
        assert!(alone("CI breakage", "Revert \"x\"\n\nThis reverts commit a1aaaaa, reversing\nchanges"));
        assert!(!alone("Use counts", "For speed.\n\nThis also reverts #12 in favor of it."));
        assert!(!alone("Timestamps are there", "This reverts commit a1aaaaa and add a\nregression test."));
    }
}
