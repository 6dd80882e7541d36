//! Bitbucket Cloud.

use super::*;
use crate::support::forge::Response;

fn bitbucket() -> Fake {
    let fake = Fake::bitbucket("o", "r");
    fill(&fake);
    fake
}

fn anonymous_reader(fake: &Fake) -> Reader {
    Reader::new(fake, ForgeKind::Bitbucket, None)
}

#[test]
fn pull_request_has_all_fields() {
    let fake = bitbucket();
    fake.pull(13).bot("pipelines");
    let found = anonymous_reader(&fake).pulls(&[12, 13, 14, 99]);
    assert_eq!((numbers(&found), found.missing, found.absent), (vec![12, 13, 14], vec![], [99].into()));
    let door = &found.pull_requests[&12];
    assert_eq!((door.title.as_deref(), door.body.as_deref()), (Some("Add a door"), Some("Why not")));
    assert!(door.url.as_ref().unwrap().ends_with("/o/r/pull-requests/12"), "{:?}", door.url);
    assert_eq!(
        (door.source_branch.as_deref(), door.target_branch.as_deref()),
        (Some("door"), Some("develop"))
    );
    assert_eq!(door.author.as_deref(), Some("ada"));
    assert!(door.is_merged_as(id(A)) && !door.is_merged_as(id(B)), "twelve digits are enough");
    assert!(found.pull_requests[&13].author_is_bot);
    assert_eq!(found.pull_requests[&14].author, None);
    assert_eq!(fake.log().len(), 1);
}

#[test]
fn requests_grow_per_50_numbers_and_per_commit() {
    for (count, requests) in [(1, 1), (50, 1), (51, 2), (1_000, 20)] {
        let fake = Fake::bitbucket("o", "r");
        let all: Vec<u64> = (1..=count).collect();
        for number in &all {
            fake.pull(*number).merged_at("2026-01-01T00:00:00Z");
        }
        assert_eq!(numbers(&anonymous_reader(&fake).pulls(&all)), all);
        assert_eq!(fake.log().len(), requests, "{count}");
        assert!(fake.lines().iter().all(|line| line.len() < 2_000));
    }
    let fake = bitbucket();
    let found = anonymous_reader(&fake).commits(&[A, B, D]);
    assert_eq!((numbers(&found), found.missing), (vec![12, 13], vec![]));
    assert_eq!((&found.of_commits[&id(A)], found.of_commits.len()), (&vec![12], 2));
    assert!(found.pull_requests[&12].is_merged_as(id(A)));
    assert_eq!(found.pull_requests[&12].body.as_deref(), Some("Why not"), "the list of a commit lacks it");
    assert_eq!(fake.log().len(), 3 + 1);
    assert_eq!(anonymous_reader(&fake).newcomers(&["ada"], 0), None);
}

#[test]
fn pagination_is_followed() {
    let fake = bitbucket();
    fake.page_size(2).pull(13).brought(A);
    fake.pull(14).brought(A);
    let found = anonymous_reader(&fake).commits(&[A]);
    assert_eq!((numbers(&found), &found.of_commits[&id(A)]), (vec![12, 13, 14], &vec![12, 13, 14]));
    assert_eq!(fake.log().len(), 4);
}

#[test]
fn unindexed_commits_are_reported() {
    let fake = bitbucket();
    fake.respond_at("/commit/", 1, Response::text(202, ""));
    let found = anonymous_reader(&fake).commits(&[A, B]);
    assert_eq!(found.missing.len(), 1);
    assert!(found.missing[0].starts_with("Bitbucket has not indexed"), "{:?}", found.missing);
    assert_eq!(found.of_commits.len(), 1);
    fake.unindexed().clear_log();
    let found = anonymous_reader(&fake).commits(&[A, B]);
    assert!(found.missing[0].starts_with("Bitbucket has not indexed"), "{:?}", found.missing);
    assert_eq!((found.missing.len(), found.of_commits.len(), fake.log().len()), (1, 0, 3));
}

#[test]
fn fake_stores_comments() {
    let fake = bitbucket();
    let at = format!("{}/repositories/o/r/pullrequests/12/comments", fake.api());
    let text = |raw: &str| json!({ "content": { "raw": raw } });
    let (status, comment) = call("POST", &at, &text("Released"));
    assert_eq!((status, call("PUT", &format!("{at}/{}", comment["id"]), &text("Out")).0), (201, 200));
    assert_eq!(call("GET", &at, &Value::Null).1["values"][0]["content"]["raw"], "Out");
    assert_eq!(fake.pull_now(12).comments[0].body, "Out");
}
