//! Refusals of the forges' REST APIs: each affects only its own item.

use super::*;
use crate::support::forge::Response;

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

/// Options without retries.
fn hasty(fake: &Fake, kind: ForgeKind) -> Reader {
    let client = Client::new(Options { tries: 1, ..Options::default() }).unwrap();
    Reader { client, ..Reader::new(fake, kind, None) }
}

/// A client that uses REST: with a token, except for GitHub, which would be queried with GraphQL.
fn reader(fake: &Fake, kind: ForgeKind) -> Reader {
    Reader::new(fake, kind, (kind != ForgeKind::GitHub).then_some("hidden"))
}

/// Queries three commits: one request each on all three forges, before any other.
fn commits(fake: &Fake, kind: ForgeKind) -> LookupResult {
    reader(fake, kind).commits(&[A, B, C])
}

#[test]
fn failure_affects_only_its_item() {
    for kind in KINDS {
        let fake = fake(kind);
        // One retry by the client.
        fake.fail_at(B, 500, 2);
        let found = commits(&fake, kind);
        assert_eq!(
            (numbers(&found), found.missing.len()),
            (vec![12, 14], 1),
            "{kind:?}: {:?}",
            found.missing
        );
        let expected = "bbbbbbb): 500 the fake was set to respond with 500";
        assert!(found.missing[0].ends_with(expected), "{kind:?}: {:?}", found.missing);
    }
}

#[test]
fn unparsable_response_affects_only_its_item() {
    for kind in KINDS {
        for body in ["<html>", "{\"number\": \"x\"}", "[{}]", "\"", "{\"values\": 1}"] {
            let fake = fake(kind);
            fake.respond_at(B, 1, Response::text(200, body));
            let found = commits(&fake, kind);
            assert_eq!((numbers(&found), found.missing.len()), (vec![12, 14], 1), "{kind:?} {body}");
            assert!(found.missing[0].contains("cannot parse the response from"), "{:?}", found.missing);
        }
    }
}

#[test]
fn repeated_refusal_is_reported_once() {
    for kind in KINDS {
        for status in [401, 403] {
            let fake = fake(kind);
            fake.fail_next(status, 100);
            let commits: Vec<String> = (10..40).map(|at| format!("{at:040}")).collect();
            let commits: Vec<&str> = commits.iter().map(String::as_str).collect();
            let found = reader(&fake, kind).commits(&commits);
            assert_eq!(found.missing.len(), 1, "{kind:?}: {:?}", found.missing);
            assert!(found.missing[0].contains(&format!(": {status} ")), "{:?}", found.missing);
            assert!(found.missing[0].ends_with("; 29 more not requested"), "{:?}", found.missing);
            assert!(fake.log().len() <= 4 && !format!("{found:?}").contains("hidden"), "{:?}", fake.lines());
        }
    }
}

#[test]
fn exhausted_rate_limit_stops_requests() {
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
fn inaccessible_repository_is_not_treated_as_empty() {
    for kind in KINDS {
        let fake = fake(kind);
        fake.private();
        let anonymous_reader = Reader::new(&fake, kind, None);
        for found in [anonymous_reader.commits(&[A, B]), anonymous_reader.pulls(&[12, 13])] {
            assert_eq!(found.missing.len(), 1, "{kind:?}: {:?}", found.missing);
            assert!(found.missing[0].contains("404"), "{kind:?}: {:?}", found.missing);
            assert!(found.absent.is_empty() && found.pull_requests.is_empty());
        }
        assert_eq!(numbers(&Reader::new(&fake, kind, Some("t")).pulls(&[12, 99])), [12]);
    }
}

#[test]
fn unreachable_server_is_given_up() {
    for kind in KINDS {
        let mut reader = Reader::new(&fake(kind), kind, None);
        // A privileged port: a port that was freed for this could be given to the server of another test.
        reader.access.api = "http://127.0.0.1:9/api".to_owned();
        let found = reader.commits(&[A, B, C, D, A, B, C, D]);
        assert_eq!(found.missing.len(), 3, "{:?}", found.missing);
        assert!(found.missing[2].ends_with("; 5 more not requested"), "{:?}", found.missing);
    }
}

#[test]
fn second_run_is_served_from_the_cache() {
    for kind in KINDS {
        let (fake, folder) = (fake(kind), tempfile::tempdir().unwrap());
        let mut reader = Reader::new(&fake, kind, Some("t"));
        let cache = Cache::new(folder.path().to_owned(), 1_000, 60);
        reader.client = Client::new(Options { cache: Some(cache), ..Options::default() }).unwrap();
        let first = (reader.pulls(&[12, 13]).pull_requests, reader.commits(&[A, C]).of_commits);
        fake.clear_log();
        let second = (reader.pulls(&[12, 13]).pull_requests, reader.commits(&[A, C]).of_commits);
        assert_eq!((first, fake.lines()), (second, vec![]), "{kind:?}");
    }
}

#[test]
fn cached_private_responses_are_not_used_without_the_token() {
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
fn empty_query_sends_no_request() {
    for kind in KINDS {
        let fake = fake(kind);
        let reader = Reader::new(&fake, kind, None);
        let (pulls, commits) = (reader.pulls(&[]), reader.commits(&[]));
        assert_eq!((pulls.missing, commits.missing, fake.lines()), (vec![], vec![], vec![]), "{kind:?}");
    }
}

#[test]
fn failure_in_a_batch_affects_only_its_item() {
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
        assert!(found.missing[0].contains("17): 500"), "{:?}", found.missing);

        let one = json!({ "iid": 1, "id": 1, "title": "x", "state": "opened" });
        let values = json!([one, { "iid": 2, "id": 2, "title": 7 }, { "iid": 99, "id": 99 }, "x"]);
        let body = if kind == ForgeKind::GitLab { values } else { json!({ "values": values }) };
        fake.respond_at("", 1, Response::json(200, &body));
        let found = Reader::new(&fake, kind, None).pulls(&[1, 2, 3]);
        assert_eq!((numbers(&found), found.absent, found.missing.len()), (vec![1], [3].into(), 1));
        assert!(found.missing[0].contains(" (number 2): "), "{:?}", found.missing);
    }
}

#[test]
fn permanently_failing_server_is_given_up() {
    for kind in [ForgeKind::GitLab, ForgeKind::Bitbucket] {
        let fake = fake(kind);
        fake.fail_next(500, 1_000);
        let all: Vec<u64> = (1..=100).collect();
        let found = hasty(&fake, kind).pulls(&all);
        assert!((1..=2).contains(&found.missing.len()) && found.absent.is_empty(), "{:?}", found.missing);
        assert!(fake.log().len() <= 16, "{}", fake.log().len());
    }
}
