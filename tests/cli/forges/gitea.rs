//! Gitea and Forgejo.

use super::*;
use crate::support::forge::Release;

fn gitea() -> Fake {
    let fake = Fake::gitea("o", "r");
    fill(&fake);
    fake
}

fn anonymous_reader(fake: &Fake) -> Reader {
    Reader::new(fake, ForgeKind::Gitea, None)
}

#[test]
fn pull_request_has_all_fields() {
    let fake = gitea();
    fake.pull(13).bot("gitea-actions");
    let found = anonymous_reader(&fake).pulls(&[12, 13, 14, 99]);
    assert_eq!((numbers(&found), found.missing, found.absent), (vec![12, 13, 14], vec![], [99].into()));
    let door = &found.pull_requests[&12];
    assert_eq!((door.title.as_deref(), door.body.as_deref()), (Some("Add a door"), Some("Why not")));
    assert!(door.url.as_ref().unwrap().ends_with("/o/r/pulls/12"), "{:?}", door.url);
    assert_eq!((door.labels.join(" "), door.milestone.as_deref()), ("bug".to_owned(), Some("1.0")));
    assert_eq!(
        (door.source_branch.as_deref(), door.target_branch.as_deref()),
        (Some("door"), Some("develop"))
    );
    assert!(door.is_merged_as(id(A)));
    assert_eq!(door.merged_at, Some(1_767_225_600));
    assert!(found.pull_requests[&13].author_is_bot && found.pull_requests[&13].labels.is_empty());
    assert_eq!(found.pull_requests[&14].author, None);
    assert_eq!(fake.log().len(), 4);
}

#[test]
fn commits_are_queried_one_by_one() {
    let fake = gitea();
    let found = anonymous_reader(&fake).commits(&[A, B, D]);
    assert_eq!((numbers(&found), found.missing), (vec![12], vec![]));
    assert_eq!((&found.of_commits[&id(A)], &found.of_commits[&id(D)]), (&vec![12], &vec![]));
    assert_eq!(fake.log().len(), 3);
    assert_eq!(anonymous_reader(fake.clear_log()).newcomers(&["ada"], 0), None);
    assert_eq!(fake.lines(), [""; 0]);
}

#[test]
fn second_run_is_served_from_the_cache() {
    let fake = gitea();
    let folder = tempfile::tempdir().unwrap();
    let mut reader = anonymous_reader(&fake);
    let cache = Cache::new(folder.path().to_owned(), 1_000, 60);
    reader.client = Client::new(Options { cache: Some(cache), ..Options::default() }).unwrap();
    let first = reader.commits(&[A, B, D]);
    fake.clear_log();
    assert_eq!(reader.commits(&[A, B, D]).of_commits, first.of_commits);
    assert_eq!(fake.lines(), [""; 0]);
}

/// The URL of the repository on the fake.
fn own(fake: &Fake, path: &str) -> String {
    format!("{}/repos/o/r{path}", fake.api())
}

#[test]
fn fake_stores_releases_like_gitea() {
    let fake = gitea();
    let make = |release: Value| call("POST", &own(&fake, "/releases"), &release);
    assert_eq!(make(json!({ "name": "x" })).0, 422);
    // The program would send no such request.
    fake.clear_log();
    assert_eq!(make(json!({ "tag_name": "v1.0.0", "target_commitish": D })).0, 404);
    let (status, draft) = make(json!({ "tag_name": "v1.0.0", "draft": true, "target_commitish": A }));
    assert_eq!((status, make(json!({ "tag_name": "v1.0.0" })).0), (201, 409));
    assert_eq!(call("GET", &own(&fake, "/releases/tags/v1.0.0"), &Value::Null).0, 404);
    let one = own(&fake, &format!("/releases/{}", draft["id"]));
    let form = "--x\r\nContent-Disposition: form-data; name=\"attachment\"; filename=\"a.json\"\r\n\
        Content-Type: application/json\r\n\r\n{}\r\n--x--\r\n";
    let kind = "multipart/form-data; boundary=x";
    let (status, asset) = send("POST", &format!("{one}/assets?name=notes.json"), kind, form.into());
    assert_eq!((status, asset["name"].as_str(), asset["size"].as_u64()), (201, Some("notes.json"), Some(2)));
    assert_eq!(send("POST", &format!("{one}/assets"), "application/json", b"{}".to_vec()).0, 400);
    assert_eq!(call("PATCH", &one, &json!({ "draft": false, "body": "x" })).0, 200);
    assert_eq!(call("GET", &own(&fake, "/releases/tags/v1.0.0"), &Value::Null).1["body"], "x");
    assert_eq!(call("GET", &format!("{one}/assets"), &Value::Null).1[0]["id"], asset["id"]);
    assert_eq!(fake.releases()[0].assets[0].content, b"{}");
    assert_eq!(call("DELETE", &format!("{one}/assets/{}", asset["id"]), &Value::Null).0, 204);
    assert_eq!(call("GET", &own(&fake, "/tags/v1.0.0"), &Value::Null).1["commit"]["sha"], A);
    fake.publish(Release { tag: "v2.0.0".to_owned(), prerelease: true, ..Release::default() });
    assert_eq!(call("GET", &own(&fake, "/releases/latest"), &Value::Null).1["tag_name"], "v1.0.0");
    assert_eq!(call("GET", &own(&fake, "/releases?limit=1"), &Value::Null).1[0]["tag_name"], "v2.0.0");
}

#[test]
fn fake_rejects_labels_of_other_repositories() {
    let fake = gitea();
    fake.issue(7).label("released");
    for thread in [7, 12] {
        let at = |what: &str| own(&fake, &format!("/issues/{thread}/{what}"));
        let (_, comment) = call("POST", &at("comments"), &json!({ "body": "Released" }));
        let one = own(&fake, &format!("/issues/comments/{}", comment["id"]));
        assert_eq!(call("PATCH", &one, &json!({ "body": "Out" })).0, 200);
        assert_eq!(call("GET", &at("comments"), &Value::Null).1[0]["body"], "Out");
        call("POST", &at("labels"), &json!({ "labels": [1, "unknown"] }));
    }
    assert_eq!(
        (fake.issue_now(7).labels, fake.pull_now(12).labels),
        (vec!["released".into()], vec!["bug".into(), "released".into()])
    );
    let (_, new) = call("POST", &own(&fake, "/labels"), &json!({ "name": "out", "color": "#00ff00" }));
    assert_eq!(call("GET", &own(&fake, "/labels"), &Value::Null).1[1], new);
}
