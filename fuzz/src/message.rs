//! Fuzzes commit messages, from their text to the notes in every format.
//!
//! The first byte chooses the options, the second the shape of the history; the rest is up to sixteen messages, newest
//! first, separated by the record separator (0x1E), which is removed from messages.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use tidings::{
    changes::{Lookups, Released, ReleasedIndex, Unit, group},
    messages::{self, Message, PullRequestBody},
    model::{Commit, ForgeKind, Notes, ObjectId, Person, RepositoryInfo, Statistics, Time, Version},
    render::Format,
    rules::{self, classify},
};

/// Cached, since compiling the built-in rules takes longer than parsing a message.
static RULES: LazyLock<rules::Options> = LazyLock::new(rules::Options::default);

/// The maximum number of messages per input.
const MESSAGES: usize = 16;

pub(super) fn target(data: &[u8]) {
    let [choice, shape, texts @ ..] = data else { return };
    let options = options(*choice);
    let texts: Vec<String> = texts
        .split(|byte| *byte == 0x1e)
        .take(MESSAGES)
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect();
    let commits = commits(&texts, *shape);
    let messages = messages::parse_commits(&commits, &options);
    for ((text, commit), message) in texts.iter().zip(&commits).zip(&messages) {
        assert_eq!(**message, messages::parse_commit(commit, &options), "a message is read in two ways");
        assert_invariants(text, message);
        drop(PullRequestBody::parse(text));
        drop(messages::closed_issues(&message.subject, text, &options));
        drop(messages::parse_header(&message.subject, &options));
    }
    notes(&commits, &messages, *choice);
}

fn options(choice: u8) -> messages::Options {
    messages::Options {
        repository: (choice & 4 != 0).then(|| "o/r".to_owned()),
        url: (choice & 1 != 0).then(|| "https://forge.example/o/r".to_owned()),
        split_squash: if choice & 8 == 0 {
            messages::SplitSquash::Always
        } else {
            messages::SplitSquash::Auto
        },
        squashed_breaking: choice & 2 != 0,
        types: if choice & 16 != 0 { vec!["wip".to_owned()] } else { Vec::new() },
        breaking_gitmoji: choice & 32 == 0,
    }
}

fn unit(choice: u8) -> Unit {
    [Unit::Auto, Unit::PullRequest, Unit::Commit]
        .into_iter()
        .nth(usize::from(choice >> 6))
        .unwrap_or_default()
}

/// A commit of the generated history, by its index.
fn id(place: usize) -> ObjectId {
    let mut bytes = [0x11; 20];
    bytes[19] = u8::try_from(place).unwrap_or(u8::MAX);
    ObjectId::from_bytes(bytes)
}

/// Creates a commit for each text, each the child of the next one. Commits whose bit is set in `shape` also merge the
/// commit after that.
fn commits(texts: &[String], shape: u8) -> Vec<Commit> {
    let author = Arc::new(Person { name: "Ann".to_owned(), email: "ann@example.org".to_owned() });
    let commit = |(place, text): (usize, &String)| {
        let merges = shape >> (place % 8) & 1 != 0;
        let parents = (place + 1..place + if merges { 3 } else { 2 }).filter(|parent| *parent < texts.len());
        let time = Time { seconds: 1_700_000_000 - i64::try_from(place).unwrap_or(0), offset: 0 };
        Commit {
            id: id(place),
            tree: id(0xff),
            parents: parents.map(id).collect(),
            author: Arc::clone(&author),
            author_time: time,
            committer_time: time,
            message: text.as_str().into(),
            undecodable: false,
            touches: Default::default(),
        }
    };
    texts.iter().enumerate().map(commit).collect()
}

/// Invariants of every message.
fn assert_invariants(text: &str, message: &Message) {
    assert!(!message.changes.is_empty(), "a message describes no change");
    let all = letters(text);
    for change in &message.changes {
        is_line(&change.title);
        change.kind.iter().for_each(|kind| is_line(kind));
        change.scope.iter().for_each(|scope| is_line(scope));
        for (letter, count) in letters(&change.title) {
            assert!(
                all.get(&letter) >= Some(&count),
                "{letter:?} in {:?} is not from the message",
                change.title
            );
        }
        for part in change.description.iter().map(|text| &**text).chain(change.breaking_note.as_deref()) {
            is_clean(part);
        }
    }
    is_line(&message.subject);
    for person in &message.co_authors {
        is_line(&person.name);
    }
}

/// Counts each letter and digit of a text: cleaning may remove characters, and may reorder parts of a title, but adds
/// none.
fn letters(text: &str) -> BTreeMap<char, usize> {
    text.chars().filter(|c| c.is_alphanumeric()).fold(BTreeMap::new(), |mut all, letter| {
        *all.entry(letter).or_default() += 1;
        all
    })
}

pub(super) fn is_line(text: &str) {
    is_clean(text);
    assert!(!text.contains(['\n', '\t']), "{text:?} is not one line");
}

/// Asserts that no character moves the cursor, is invisible, or changes the text direction.
pub(super) fn is_clean(text: &str) {
    let bad = |c: char| {
        c.is_control() && c != '\n' && c != '\t'
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(bad), "{text:?} holds a control character");
}

/// Groups, judges and renders, in one format per input; each commit has one outcome.
fn notes(commits: &[Commit], messages: &[Box<Message>], choice: u8) {
    let all: Vec<&Commit> = commits.iter().collect();
    let read: Vec<&Message> = messages.iter().map(|message| &**message).collect();
    let grouped = group(
        &all,
        &read,
        unit(choice),
        Released { index: &ReleasedIndex::default(), after: None, before: 0 },
        &BTreeMap::new(),
        Lookups {
            commit: &|name| {
                all.iter().find(|commit| commit.id.to_string().starts_with(name)).map(|it| (*it).clone())
            },
            ..Lookups::none()
        },
    );
    for (commit, unlisted) in all.iter().zip(grouped.outcomes.iter()) {
        let listed = grouped.changes.iter().any(|change| change.commits.contains(&commit.id));
        assert_eq!(listed, unlisted.is_none(), "{} has no outcome, or two", commit.id);
    }
    // Changes may be joined, but keep their commits.
    let grouped_commits: Vec<ObjectId> =
        grouped.changes.iter().flat_map(|change| &change.commits).copied().collect();
    let classified = classify(grouped.changes, &RULES, true);
    let changes = classified.changes().count();
    for commit in grouped_commits {
        let is_kept = classified.changes().any(|it| it.change.commits.contains(&commit));
        assert!(is_kept, "the change of {commit} is lost");
    }
    let release = tidings::model::Release {
        tag: Some("v1.2.3".to_owned()),
        bump: classified.bump(),
        sections: classified.sections,
        statistics: Statistics { commits: commits.len(), changes, contributors: 0, days_since_base: None },
        ..tidings::model::Release::new(Some(Version::new(1, 2, 3)), id(0))
    };
    let repository = RepositoryInfo {
        forge: Some(ForgeKind::GitHub),
        owner: Some("o".to_owned()),
        name: Some("r".to_owned()),
        url: Some("https://github.com/o/r".to_owned()),
    };
    let format = Format::ALL.iter().copied().cycle().nth(usize::from(choice));
    let notes = Notes { complete: true, warnings: Vec::new(), repository, releases: vec![release] };
    super::notes::rendered(&notes, format);
}
