//! GitHub.

use super::*;
use crate::support::forge::{MOMENT, Release, Response};

fn github() -> Fake {
    let fake = Fake::github("o", "r");
    fake.pull(12)
        .title("Add a door")
        .body("Why not")
        .label("bug")
        .milestone("1.0")
        .branches("door", "develop");
    fake.pull(12).closes(7).merged_as(A);
    fake.pull(13).bot("renovate").brought(B).closed();
    fake.pull(14).ghost().brought(C);
    fake.commit(C, "Ming@Example.com", Some("ming"));
    fake
}

fn with_token(fake: &Fake) -> Reader {
    Reader::new(fake, ForgeKind::GitHub, Some("t"))
}

#[test]
fn pull_request_has_all_fields_from_both_apis() {
    let fake = github();
    let graphql = with_token(&fake).pulls(&[12, 13, 14, 99]);
    let rest = Reader::new(&fake, ForgeKind::GitHub, None).pulls(&[12, 13, 14, 99]);
    assert_eq!((&graphql.missing, &rest.missing), (&vec![], &vec![]));
    assert_eq!((numbers(&graphql), graphql.absent), (vec![12, 13, 14], [99].into()));
    let door = &graphql.pull_requests[&12];
    assert_eq!((door.title.as_deref(), door.body.as_deref()), (Some("Add a door"), Some("Why not")));
    assert_eq!(door.url.as_deref().and_then(|url| url.split_once("/o/r/")).unwrap().1, "pull/12");
    assert_eq!((door.labels.join(" "), door.milestone.as_deref()), ("bug".to_owned(), Some("1.0")));
    assert_eq!((door.closes[0].number, &door.closes[0].repository), (7, &None));
    assert!(door.is_merged_as(id(A)));
    assert_eq!(door.merged_at, Some(1_767_225_600), "{MOMENT}");
    assert!(graphql.pull_requests[&13].author_is_bot);
    assert_eq!(graphql.pull_requests[&14].author, None);
    for (number, pull) in &rest.pull_requests {
        // REST does not return closed issues, and treats an empty body as missing.
        let mut other = graphql.pull_requests[number].clone();
        other.closes.clear();
        other.body = other.body.filter(|body| !body.is_empty());
        assert_eq!(*pull, other);
    }
}

#[test]
fn commits_are_queried_with_both_apis() {
    let fake = github();
    let commits = [A, B, C, D];
    let graphql = with_token(&fake).commits(&commits);
    assert_eq!((graphql.missing, graphql.of_commits.len()), (vec![], 3));
    assert_eq!(graphql.of_commits[&id(A)], [12]);
    assert_eq!(graphql.logins, [("ming@example.com".to_owned(), "ming".to_owned())].into());
    assert_eq!(fake.lines(), ["POST /api/graphql"]);
    let rest = Reader::new(&fake, ForgeKind::GitHub, None).commits(&commits);
    assert_eq!((rest.missing, rest.of_commits), (vec![], graphql.of_commits));
}

#[test]
fn invalid_response_affects_only_its_item() {
    let fake = github();
    fake.pull(13).broken();
    let found = with_token(&fake).pulls(&[12, 13, 14]);
    assert_eq!((numbers(&found), found.missing.len()), (vec![12, 14], 1));
    assert!(found.missing[0].starts_with("pull request #13: "), "{:?}", found.missing);
    let found = with_token(&fake).commits(&[A, B, C]);
    assert_eq!((numbers(&found), found.missing.len()), (vec![12, 14], 1));
}

#[test]
fn graphql_query_that_times_out_is_halved() {
    let fake = github();
    fake.max_aliases(2);
    let found = with_token(&fake).pulls(&[12, 13, 14]);
    assert_eq!((numbers(&found), found.missing), (vec![12, 13, 14], vec![]));
}

#[test]
fn requests_grow_per_100_numbers() {
    for (count, requests) in [(1, 1), (100, 1), (101, 2), (1_000, 10)] {
        let fake = Fake::github("o", "r");
        let numbers: Vec<u64> = (1..=count).collect();
        for number in &numbers {
            fake.pull(*number).merged_as(&format!("{number:040x}"));
        }
        let commits: Vec<String> = numbers.iter().map(|number| format!("{number:040x}")).collect();
        let commits: Vec<&str> = commits.iter().map(String::as_str).collect();
        assert_eq!(with_token(&fake).pulls(&numbers).pull_requests.len(), numbers.len());
        assert_eq!(fake.log().len(), requests, "{count} numbers");
        assert_eq!(with_token(fake.clear_log()).commits(&commits).of_commits.len(), numbers.len());
        assert_eq!(fake.log().len(), requests, "{count} commits");
    }
}

#[test]
fn new_contributors_have_no_earlier_merge() {
    let fake = github();
    fake.pull(1).author("old").merged_at("2020-01-01T00:00:00Z");
    let new = with_token(&fake).newcomers(&["old", "ada"], 1_700_000_000);
    assert_eq!(new, Some(vec!["ada".to_owned()]));
}

#[test]
fn refusals_are_reported_without_the_token() {
    let fake = github();
    fake.fail_next(401, 1);
    let found = Reader::new(&fake, ForgeKind::GitHub, Some("hidden")).pulls(&[12]);
    assert!(
        found.missing[0].starts_with("the request to GitHub failed (reading pull requests): 401"),
        "{:?}",
        found.missing
    );
    assert!(!format!("{found:?}").contains("hidden"));
    assert_eq!(fake.log()[0].token.as_deref(), Some("Bearer hidden"));
    fake.private().respond_at("GET /api/v3/repos/o/r/pulls/12", 1, Response::text(200, "<html>"));
    let anonymous = Reader::new(&fake, ForgeKind::GitHub, None);
    assert_eq!(anonymous.pulls(&[12]).missing.len(), 1);
    let mut elsewhere = with_token(&fake);
    elsewhere.access.name = "other".to_owned();
    let found = elsewhere.pulls(&[12]);
    assert!(found.missing[0].contains("Could not resolve to a Repository"), "{:?}", found.missing);
}

#[test]
fn rate_limit_is_waited_for_or_reported() {
    let fake = github();
    fake.limit(0, 3_600);
    let anonymous = Reader::new(&fake, ForgeKind::GitHub, None);
    let found = anonymous.pulls(&[12, 13, 14, 15, 16, 17]);
    assert_eq!((numbers(&found).len(), found.missing.len()), (0, 1), "{:?}", found.missing);
    assert!(fake.log().len() <= 4, "the rest would be refused just the same: {:?}", fake.lines());
    fake.limit(0, 1);
    assert_eq!(numbers(&anonymous.pulls(&[12])), [12]);
}

#[test]
fn slow_response_times_out_and_is_retried() {
    let fake = github();
    fake.slow_next(Duration::from_secs(5), 1);
    let options = Options { timeout: Duration::from_millis(300), tries: 2, ..Options::default() };
    let mut hasty = Reader::new(&fake, ForgeKind::GitHub, None);
    hasty.client = Client::new(options).unwrap();
    assert_eq!(numbers(&hasty.pulls(&[12])), [12]);
    assert_eq!(fake.log().len(), 2);
}

/// The URL of the repository on the fake.
fn own(fake: &Fake, path: &str) -> String {
    format!("{}/repos/o/r{path}", fake.api())
}

fn make(fake: &Fake, release: Value) -> (u16, Value) {
    call("POST", &own(fake, "/releases"), &release)
}

#[test]
fn fake_stores_releases_like_github() {
    let fake = Fake::github("o", "r");
    fake.tag("v1.0.0", A);
    let (status, draft) = make(&fake, json!({ "tag_name": "v1.0.0", "name": "One", "draft": true }));
    assert_eq!((status, &draft["published_at"]), (201, &Value::Null));
    assert_eq!(call("GET", &own(&fake, "/releases/tags/v1.0.0"), &Value::Null).0, 404);
    assert_eq!(call("GET", &own(&fake, "/releases"), &Value::Null).1[0]["id"], draft["id"]);

    let upload = draft["upload_url"].as_str().unwrap().replace("{?name,label}", "?name=notes.json");
    assert_eq!(send("POST", &upload, "application/json", b"{}".to_vec()).0, 201);
    assert_eq!(send("POST", &upload, "application/json", b"{}".to_vec()).0, 422);
    let one = own(&fake, &format!("/releases/{}", draft["id"]));
    assert_eq!(call("PATCH", &one, &json!({ "draft": false, "body": "x" })).1["published_at"], MOMENT);
    assert_eq!(call("GET", &own(&fake, "/releases/tags/v1.0.0"), &Value::Null).1["body"], "x");
    assert_eq!(make(&fake, json!({ "tag_name": "v1.0.0" })).0, 422);
    assert_eq!(make(&fake, json!({ "tag_name": "v2.0.0", "body": "x".repeat(125_001) })).0, 422);
    assert_eq!(make(&fake, json!({ "tag_name": "v2.0.0", "target_commitish": B })).0, 422);

    let release = fake.release("v1.0.0").unwrap();
    assert_eq!(
        (release.assets[0].name.as_str(), release.assets[0].content.as_slice()),
        ("notes.json", &b"{}"[..])
    );
    assert_eq!(release.assets[0].content_type, "application/json");
    let assets = call("GET", &format!("{one}/assets"), &Value::Null).1;
    assert_eq!(call("DELETE", assets[0]["url"].as_str().unwrap(), &Value::Null).0, 204);
    assert_eq!(fake.releases()[0].assets, []);
    assert_eq!(call("GET", &own(&fake, "/git/ref/tags/v1.0.0"), &Value::Null).1["object"]["sha"], A);
}

#[test]
fn fake_marks_a_backport_latest_like_github() {
    let fake = Fake::github("o", "r");
    assert_eq!(fake.latest(), None);
    fake.publish(Release { tag: "v2.0.0".to_owned(), is_latest: true, ..Release::default() });
    make(&fake, json!({ "tag_name": "v1.0.1", "make_latest": "false" }));
    make(&fake, json!({ "tag_name": "v3.0.0-rc.1", "prerelease": true }));
    assert_eq!(fake.latest().as_deref(), Some("v2.0.0"));
    make(&fake, json!({ "tag_name": "v1.0.2" }));
    assert_eq!(fake.latest().as_deref(), Some("v1.0.2"));
    assert_eq!(call("GET", &own(&fake, "/releases/latest"), &Value::Null).1["tag_name"], "v1.0.2");
    fake.page_size(2);
    let (_, page) = call("GET", &own(&fake, "/releases?per_page=100&page=2"), &Value::Null);
    assert_eq!(
        (page[0]["tag_name"].as_str(), page[1]["tag_name"].as_str()),
        (Some("v1.0.1"), Some("v2.0.0"))
    );
}

#[test]
fn fake_stores_comments_and_labels() {
    let fake = github();
    for (thread, of_pull) in [(12, true), (7, false)] {
        let at = |what: &str| own(&fake, &format!("/issues/{thread}/{what}"));
        let (_, comment) = call("POST", &at("comments"), &json!({ "body": "Released" }));
        assert_eq!(call("GET", &at("comments"), &Value::Null).1, json!([comment]));
        let one = own(&fake, &format!("/issues/comments/{}", comment["id"]));
        assert_eq!(call("PATCH", &one, &json!({ "body": "Out" })).0, 200);
        call("POST", &at("labels"), &json!({ "labels": ["released", "Released"] }));
        let (labels, comments) = if of_pull {
            let pull = fake.pull_now(thread);
            (pull.labels, pull.comments)
        } else {
            let issue = fake.issue_now(thread);
            (issue.labels, issue.comments)
        };
        assert_eq!((labels.last().unwrap().as_str(), comments[0].body.as_str()), ("released", "Out"));
    }
    assert_eq!(call("POST", &own(&fake, "/issues/99/comments"), &json!({ "body": "x" })).0, 404);
    fake.pull(13).delete();
    assert_eq!(call("POST", &own(&fake, "/issues/13/comments"), &json!({ "body": "x" })).0, 404);
}
