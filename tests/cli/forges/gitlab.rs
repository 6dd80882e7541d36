//! GitLab.

use super::*;
use crate::support::forge::Release;

fn gitlab() -> Fake {
    let fake = Fake::gitlab("o", "r");
    fill(&fake);
    fake
}

fn anonymous_reader(fake: &Fake) -> Reader {
    Reader::new(fake, ForgeKind::GitLab, None)
}

#[test]
fn merge_request_has_all_fields() {
    let fake = gitlab();
    fake.pull(13).bot("project_1_bot_ab");
    let found = anonymous_reader(&fake).pulls(&[12, 13, 14, 99]);
    assert_eq!((numbers(&found), found.missing, found.absent), (vec![12, 13, 14], vec![], [99].into()));
    let door = &found.pull_requests[&12];
    assert_eq!((door.title.as_deref(), door.body.as_deref()), (Some("Add a door"), Some("Why not")));
    assert!(door.url.as_ref().unwrap().ends_with("/o/r/-/merge_requests/12"), "{:?}", door.url);
    assert_eq!((door.labels.join(" "), door.milestone.as_deref()), ("bug".to_owned(), Some("1.0")));
    assert_eq!(
        (door.source_branch.as_deref(), door.target_branch.as_deref()),
        (Some("door"), Some("develop"))
    );
    assert!(door.is_merged_as(id(A)));
    assert_eq!(door.merged_at, Some(1_767_225_600));
    assert!(found.pull_requests[&13].author_is_bot);
    assert_eq!(found.pull_requests[&14].author, None);
    let lines = fake.lines();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("GET /api/v4/projects/o%2Fr/merge_requests?"), "{lines:?}");
}

#[test]
fn project_in_nested_groups_is_found() {
    let fake = Fake::gitlab("a/b", "c");
    fake.pull(1).squashed_as(A);
    let mut reader = anonymous_reader(&fake);
    (reader.access.owner, reader.access.name) = ("a/b".to_owned(), "c".to_owned());
    assert!(reader.pulls(&[1]).pull_requests[&1].is_merged_as(id(A)));
}

#[test]
fn requests_grow_per_100_numbers_and_per_commit() {
    for (count, requests) in [(1, 1), (100, 1), (101, 2), (1_000, 10)] {
        let fake = Fake::gitlab("o", "r");
        let all: Vec<u64> = (1..=count).collect();
        for number in &all {
            fake.pull(*number);
        }
        assert_eq!(numbers(&anonymous_reader(&fake).pulls(&all)), all);
        assert_eq!(fake.log().len(), requests, "{count}");
        assert!(fake.lines().iter().all(|line| line.len() < 2_100));
    }
    let fake = gitlab();
    let found = anonymous_reader(&fake).commits(&[A, B, C, D]);
    assert_eq!(
        (found.missing, found.of_commits[&id(A)].as_slice(), found.of_commits.len()),
        (vec![], &[12][..], 3)
    );
    assert_eq!(fake.log().len(), 4);
}

#[test]
fn pagination_is_followed() {
    let fake = gitlab();
    fake.page_size(2);
    assert_eq!(numbers(&anonymous_reader(&fake).pulls(&[12, 13, 14])), [12, 13, 14]);
    assert_eq!(fake.log().len(), 2);
    fake.clear_log().pull(13).brought(A);
    fake.pull(14).brought(A);
    assert_eq!(anonymous_reader(&fake).commits(&[A]).of_commits[&id(A)], [12, 13, 14]);
    assert_eq!(fake.log().len(), 2);
}

#[test]
fn new_contributors_are_queried_in_batches_of_ten() {
    let fake = gitlab();
    fake.pull(1).author("old").merged_at("2020-01-01T00:00:00Z");
    let new = anonymous_reader(&fake).newcomers(&["old", "ada"], 1_700_000_000);
    assert_eq!(new, Some(vec!["ada".to_owned()]));
    let people: Vec<String> = (0..11).map(|at| format!("p{at}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    assert_eq!(anonymous_reader(&fake).newcomers(&people, 0).unwrap(), people);
    assert_eq!(fake.lines(), ["POST /api/graphql"; 3]);
    fake.private();
    assert_eq!(anonymous_reader(&fake).newcomers(&["old"], 0), None);
}

#[test]
fn insufficient_job_token_is_reported() {
    let fake = gitlab();
    let job = || {
        let mut reader = anonymous_reader(&fake);
        reader.access.credentials = Credentials::Job(Secret::new("hidden").unwrap());
        reader
    };
    assert_eq!(numbers(&job().pulls(&[12])), [12], "what anyone may read");
    fake.private();
    for found in [job().pulls(&[12]), job().commits(&[A, B, C])] {
        assert_eq!((found.missing.len(), &found.absent), (1, &[].into()), "{:?}", found.missing);
        assert!(found.missing[0].contains("404 Project Not Found"), "{:?}", found.missing);
        assert!(found.missing[0].ends_with("GITLAB_TOKEN with the scope read_api"), "{:?}", found.missing);
        assert!(!format!("{found:?}").contains("hidden"));
    }
}

/// The URL of the project on the fake.
fn own(fake: &Fake, path: &str) -> String {
    format!("{}/projects/o%2Fr{path}", fake.api())
}

#[test]
fn fake_stores_releases_like_gitlab() {
    let fake = gitlab();
    let make = |release: Value| call("POST", &own(&fake, "/releases"), &release);
    assert_eq!(make(json!({ "description": "x" })).0, 400);
    assert_eq!(make(json!({ "tag_name": "v1.0.0" })).0, 422);
    assert_eq!(make(json!({ "tag_name": "v1.0.0", "ref": D })).0, 400);
    fake.tag("v1.0.0", A);
    let (status, one) = make(json!({ "tag_name": "v1.0.0", "description": "x", "milestones": ["1.0"] }));
    assert_eq!((status, one["name"].as_str()), (201, Some("v1.0.0")));
    assert_eq!(make(json!({ "tag_name": "v1.0.0" })).0, 409);
    assert_eq!(make(json!({ "tag_name": "v1.1.0", "ref": A, "milestones": ["2.0"] })).0, 400);
    assert_eq!(call("GET", &own(&fake, "/releases/v9"), &Value::Null).0, 404);
    let change = json!({ "name": "One", "released_at": "2026-02-01T00:00:00Z" });
    assert_eq!(call("PUT", &own(&fake, "/releases/v1.0.0"), &change).1["description"], "x");
    let package = own(&fake, "/packages/generic/notes/1.0.0/notes.json");
    assert_eq!(send("PUT", &package, "application/json", b"{}".to_vec()).0, 201);
    assert_eq!(fake.upload("notes/1.0.0/notes.json").as_deref(), Some(&b"{}"[..]));
    let links = own(&fake, "/releases/v1.0.0/assets/links");
    let link = json!({ "name": "notes.json", "url": package });
    let (status, created) = call("POST", &links, &link);
    assert_eq!((status, call("POST", &links, &link).0), (201, 400));
    assert_eq!(call("GET", &links, &Value::Null).1[0]["url"], package);
    let release = fake.release("v1.0.0").unwrap();
    assert_eq!((release.title.as_str(), release.milestones.join(" ")), ("One", "1.0".to_owned()));
    assert_eq!(release.released_at.as_deref(), Some("2026-02-01T00:00:00Z"));
    assert_eq!(call("DELETE", &format!("{links}/{}", created["id"]), &Value::Null).0, 200);
    assert_eq!(fake.release("v1.0.0").unwrap().assets, []);
    fake.publish(Release { tag: "v2.0.0".to_owned(), ..Release::default() });
    assert_eq!(call("GET", &own(&fake, "/releases/permalink/latest"), &Value::Null).1["tag_name"], "v2.0.0");
    assert_eq!(call("GET", &own(&fake, "/releases"), &Value::Null).1[1]["tag_name"], "v1.0.0");
    assert_eq!(call("GET", &own(&fake, "/repository/tags/v1.0.0"), &Value::Null).1["commit"]["id"], A);
}

#[test]
fn fake_separates_notes_and_labels_of_merge_requests_and_issues() {
    let fake = gitlab();
    fake.issue(12);
    for kind in ["issues", "merge_requests"] {
        let notes = own(&fake, &format!("/{kind}/12/notes"));
        let (_, note) = call("POST", &notes, &json!({ "body": kind }));
        assert_eq!(call("PUT", &format!("{notes}/{}", note["id"]), &json!({ "body": "Out" })).0, 200);
        assert_eq!(call("GET", &notes, &Value::Null).1[0]["body"], "Out");
        call("PUT", &own(&fake, &format!("/{kind}/12")), &json!({ "add_labels": "released,bug" }));
    }
    assert_eq!(fake.issue_now(12).labels, ["released", "bug"]);
    assert_eq!(fake.pull_now(12).labels, ["bug", "released"]);
    assert_eq!(fake.pull_now(12).comments.len(), 1);
    assert_eq!(call("POST", &own(&fake, "/issues/99/notes"), &json!({ "body": "x" })).0, 404);
}
