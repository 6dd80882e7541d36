//! What the forges refuse where they are asked by REST, and what becomes of the rest then.

use super::*;
use crate::support::forge::Answer;

const KINDS: [ForgeKind; 4] = [ForgeKind::GitHub, ForgeKind::GitLab, ForgeKind::Gitea, ForgeKind::Bitbucket];

fn fake(kind: ForgeKind) -> Fake {
    let fake = match kind {
        ForgeKind::GitHub => Fake::github("o", "r"),
        ForgeKind::GitLab => Fake::gitlab("o", "r"),
        ForgeKind::Gitea => Fake::gitea("o", "r"),
        _ => Fake::bitbucket("o", "r"),
    };
    fill(&fake);
    for (number, sha) in [(12, A), (13, B), (14, C)] {
        fake.pull(number).merged_as(sha);
    }
    fake
}

/// Who tries once.
fn hasty(fake: &Fake, kind: ForgeKind) -> Reader {
    let client = Client::new(Options { tries: 1, ..Options::default() }).unwrap();
    Reader { client, ..Reader::new(fake, kind, None) }
}

/// A reader that asks by REST: with a token, but of GitHub, which is asked by GraphQL then.
fn reader(fake: &Fake, kind: ForgeKind) -> Reader {
    Reader::new(fake, kind, (kind != ForgeKind::GitHub).then_some("hidden"))
}

/// Asks for three commits: one request each on all three forges, before any other.
fn commits(fake: &Fake, kind: ForgeKind) -> Found {
    reader(fake, kind).commits(&[A, B, C])
}

#[test]
fn pitfall_28_one_failure_loses_only_itself() {
    for kind in KINDS {
        let fake = fake(kind);
        // Tried twice by the client.
        fake.fail_at(B, 500, 2);
        let found = commits(&fake, kind);
        assert_eq!(
            (numbers(&found), found.missing.len()),
            (vec![12, 14], 1),
            "{kind:?}: {:?}",
            found.missing
        );
        let said = "bbbbbbb: 500 the fake was told to answer 500";
        assert!(found.missing[0].ends_with(said), "{kind:?}: {:?}", found.missing);
    }
}

#[test]
fn pitfall_28_an_answer_that_cannot_be_read_loses_only_itself() {
    for kind in KINDS {
        for body in ["<html>", "{\"number\": \"x\"}", "[{}]", "\"", "{\"values\": 1}"] {
            let fake = fake(kind);
            fake.answer_at(B, 1, Answer::text(200, body));
            let found = commits(&fake, kind);
            assert_eq!((numbers(&found), found.missing.len()), (vec![12, 14], 1), "{kind:?} {body}");
            assert!(found.missing[0].contains("in a form that cannot be read"), "{:?}", found.missing);
        }
    }
}

#[test]
fn pitfall_28_what_all_would_be_refused_is_told_once() {
    for kind in KINDS {
        for status in [401, 403] {
            let fake = fake(kind);
            fake.fail_next(status, 100);
            let commits: Vec<String> = (10..40).map(|at| format!("{at:040}")).collect();
            let commits: Vec<&str> = commits.iter().map(String::as_str).collect();
            let found = reader(&fake, kind).commits(&commits);
            assert_eq!(found.missing.len(), 1, "{kind:?}: {:?}", found.missing);
            assert!(found.missing[0].contains(&format!(": {status} ")), "{:?}", found.missing);
            assert!(found.missing[0].ends_with("; 29 more not asked for"), "{:?}", found.missing);
            assert!(fake.log().len() <= 4 && !format!("{found:?}").contains("hidden"), "{:?}", fake.lines());
        }
    }
}

#[test]
fn pitfall_28_a_limit_that_is_used_up_stops_the_asking() {
    for kind in KINDS {
        let fake = fake(kind);
        fake.limit(0, 3_600);
        let found = Reader::new(&fake, kind, None).commits(&[A, B, C, D, A, B, C, D]);
        assert_eq!(found.missing.len(), 1, "{kind:?}: {:?}", found.missing);
        assert!(found.missing[0].contains("asks to wait"), "{:?}", found.missing);
        assert!(fake.log().len() <= 4, "{:?}", fake.lines());
    }
}

#[test]
fn pitfall_28_a_repository_that_may_not_be_seen_is_not_taken_for_one_without_pull_requests() {
    for kind in KINDS {
        let fake = fake(kind);
        fake.private();
        let anyone = Reader::new(&fake, kind, None);
        for found in [anyone.commits(&[A, B]), anyone.pulls(&[12, 13])] {
            assert_eq!(found.missing.len(), 1, "{kind:?}: {:?}", found.missing);
            assert!(found.missing[0].contains("404"), "{kind:?}: {:?}", found.missing);
            assert!(found.absent.is_empty() && found.pull_requests.is_empty());
        }
        assert_eq!(numbers(&Reader::new(&fake, kind, Some("t")).pulls(&[12, 99])), [12]);
    }
}

#[test]
fn pitfall_28_a_server_that_is_gone_is_not_asked_for_ever() {
    for kind in KINDS {
        let mut reader = Reader::new(&fake(kind), kind, None);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        reader.access.api = format!("http://{}/api", listener.local_addr().unwrap());
        drop(listener);
        let found = reader.commits(&[A, B, C, D, A, B, C, D]);
        assert_eq!(found.missing.len(), 3, "{:?}", found.missing);
        assert!(found.missing[2].ends_with("; 5 more not asked for"), "{:?}", found.missing);
    }
}

#[test]
fn a_second_run_asks_nothing() {
    for kind in KINDS {
        let (fake, folder) = (fake(kind), tempfile::tempdir().unwrap());
        let mut reader = Reader::new(&fake, kind, Some("t"));
        let cache = Cache::new(folder.path().to_owned(), 1_000, 60);
        reader.client = Client::new(Options { cache: Some(cache), ..Options::default() }).unwrap();
        let first = (reader.pulls(&[12, 13]).pull_requests, reader.commits(&[A, C]).of_commits);
        fake.forget();
        let second = (reader.pulls(&[12, 13]).pull_requests, reader.commits(&[A, C]).of_commits);
        assert_eq!((first, fake.lines()), (second, vec![]), "{kind:?}");
    }
}

#[test]
fn pitfall_30_what_a_token_was_shown_is_not_shown_without_it() {
    for kind in KINDS {
        let (fake, folder) = (fake(kind), tempfile::tempdir().unwrap());
        fake.private();
        let reader = |token: Option<&str>| {
            let cache = Some(Cache::new(folder.path().to_owned(), 1_000, 60));
            let client = Client::new(Options { cache, ..Options::default() }).unwrap();
            Reader { client, ..Reader::new(&fake, kind, token) }
        };
        assert_eq!(numbers(&reader(Some("t")).pulls(&[12])), [12], "{kind:?}");
        assert!(!reader(Some("t")).commits(&[A]).of_commits.is_empty(), "{kind:?}");
        assert_eq!(numbers(&reader(None).pulls(&[12])), [0; 0], "{kind:?}");
        assert!(reader(None).commits(&[A]).of_commits.is_empty(), "{kind:?}");
    }
}

#[test]
fn nothing_is_asked_for_nothing() {
    for kind in KINDS {
        let fake = fake(kind);
        let reader = Reader::new(&fake, kind, None);
        let (pulls, commits) = (reader.pulls(&[]), reader.commits(&[]));
        assert_eq!((pulls.missing, commits.missing, fake.lines()), (vec![], vec![], vec![]), "{kind:?}");
    }
}

#[test]
fn pitfall_28_one_of_a_batch_that_fails_or_cannot_be_read_loses_only_itself() {
    for kind in [ForgeKind::GitLab, ForgeKind::Bitbucket] {
        let fake = fake(kind);
        let all: Vec<u64> = (1..=50).collect();
        for number in &all {
            fake.pull(*number);
        }
        fake.pull(17).broken();
        let found = hasty(&fake, kind).pulls(&all);
        assert_eq!((found.pull_requests.len(), found.absent.len()), (49, 0), "{kind:?}");
        assert_eq!(found.missing.len(), 1, "{:?}", found.missing);
        assert!(found.missing[0].contains("17: 500"), "{:?}", found.missing);

        let one = json!({ "iid": 1, "id": 1, "title": "x", "state": "opened" });
        let values = json!([one, { "iid": 2, "id": 2, "title": 7 }, { "iid": 99, "id": 99 }, "x"]);
        let body = if kind == ForgeKind::GitLab { values } else { json!({ "values": values }) };
        fake.answer_at("", 1, Answer::json(200, &body));
        let found = Reader::new(&fake, kind, None).pulls(&[1, 2, 3]);
        assert_eq!((numbers(&found), found.absent, found.missing.len()), (vec![1], [3].into(), 1));
        assert!(
            found.missing[0].contains(" answers number 2 in a form that cannot be read"),
            "{:?}",
            found.missing
        );
    }
}

#[test]
fn pitfall_28_a_server_that_fails_always_is_given_up() {
    for kind in [ForgeKind::GitLab, ForgeKind::Bitbucket] {
        let fake = fake(kind);
        fake.fail_next(500, 1_000);
        let all: Vec<u64> = (1..=100).collect();
        let found = hasty(&fake, kind).pulls(&all);
        assert!((1..=2).contains(&found.missing.len()) && found.absent.is_empty(), "{:?}", found.missing);
        assert!(fake.log().len() <= 16, "{}", fake.log().len());
    }
}
