//! Notes with the merged pull requests of their window, from a fake of GitHub.

use serde_json::Value;

use crate::support::{Commit, Id, Ran, Repo, forge::Fake};

const HIDDEN: &str = "ghp_hidden";

/// A repository on the fake, with version v1.0.0.
fn repo() -> Repo {
    let repo = Repo::new();
    repo.write(
        "tidings.toml",
        "[repository]\nurl = 'https://github.com/o/r'\nforge = 'github'\n[network]\ntries = 2\nmax_wait = 2\n",
    );
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    repo
}

fn run_with(repo: &Repo, fake: &Fake, token: bool, args: &[&str]) -> Ran {
    let mut command = repo.tidings(args);
    command.env("TIDINGS_FORGE__API", fake.api());
    if token {
        command.env("GITHUB_TOKEN", HIDDEN);
    }
    let ran = repo.run_command(command);
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(HIDDEN), "{}", ran.snapshot());
    ran
}

fn run(repo: &Repo, fake: &Fake, args: &[&str]) -> Ran {
    run_with(repo, fake, true, args)
}

fn json(ran: &Ran) -> Value {
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    serde_json::from_str(&ran.stdout).unwrap()
}

fn notes(repo: &Repo, fake: &Fake) -> Value {
    json(&run(repo, fake, &["notes", "--format", "json"]))
}

/// Every change as `section: title #number`, in the order of the notes.
fn changes(notes: &Value) -> Vec<String> {
    let sections = notes["releases"][0]["sections"].as_array().unwrap();
    let of = |section: &Value| {
        let id = section["id"].as_str().unwrap().to_owned();
        let changes = section["changes"].as_array().unwrap().clone();
        changes.into_iter().map(move |change| {
            let number = change["pull_request"]["number"].as_u64();
            let number = number.map(|number| format!(" #{number}")).unwrap_or_default();
            format!("{id}: {}{number}", change["title"].as_str().unwrap())
        })
    };
    sections.iter().flat_map(of).collect()
}

fn outcome(notes: &Value, sha: &str) -> (String, String) {
    let commits = notes["releases"][0]["commits"].as_array().unwrap();
    let found = commits.iter().find(|commit| commit["id"] == sha).unwrap();
    (found["outcome"].as_str().unwrap().to_owned(), found["reason"].as_str().unwrap().to_owned())
}

/// #11 squashed, #12 with a merge commit, #13 rebased.
fn three_ways(repo: &Repo, fake: &Fake) -> [Id; 4] {
    let squashed = repo.commit("Add a window (#11)");
    repo.branch("door");
    repo.commit("wip");
    repo.commit("more of it");
    repo.checkout("main");
    let merged = repo.merge("door", "Merge pull request #12 from o/door\n\nAdd a door");
    let first = repo.commit("lay bricks");
    let last = repo.commit("paint them");
    fake.pull(11).title("Add a window").label("enhancement").author("ming").merged_as(&repo.sha(squashed));
    fake.pull(12).title("Add a door").label("bug").closes(7).merged_as(&repo.sha(merged));
    fake.pull(13).title("feat(wall): build a wall").brought(&repo.sha(first)).merged_as(&repo.sha(last));
    [squashed, merged, first, last]
}

#[test]
fn each_pull_request_is_listed_once_for_every_merge_method() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    let [_, merged, first, last] = three_ways(&repo, &fake);
    let notes = notes(&repo, &fake);
    assert_eq!(
        changes(&notes),
        ["features: build a wall #13", "features: Add a window #11", "fixes: Add a door #12"]
    );
    let outcomes = [merged, first, last].map(|id| outcome(&notes, &repo.sha(id)).0);
    assert_eq!(outcomes, ["listed", "merged", "listed"]);
    assert_eq!(
        outcome(&notes, &repo.sha(first)).1,
        "commit of pull request #13, which is listed as one entry"
    );
    let door = &notes["releases"][0]["sections"][1]["changes"][0];
    assert_eq!(door["closes"][0]["number"], 7);
    assert!(door["closes"][0]["url"].as_str().unwrap().ends_with("/issues/7"), "{door}");
    assert_eq!(
        (&door["pull_request"]["labels"][0], &door["pull_request"]["author"]),
        (&"bug".into(), &"ada".into())
    );
    assert_eq!(notes["complete"], true);
    // One request for the numbers in messages, one for the two commits without a number, one for new contributors.
    assert_eq!(fake.lines(), ["POST /api/graphql", "POST /api/graphql", "POST /api/graphql"]);
}

#[test]
fn forge_is_not_queried_without_token_unless_forced() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    three_ways(&repo, &fake);
    let ran = run_with(&repo, &fake, false, &["notes", "--format", "json"]);
    assert_eq!((json(&ran)["complete"].as_bool(), ran.stderr.as_str()), (Some(true), ""));
    let offline = run(&repo, &fake, &["notes", "--offline"]);
    assert_eq!((offline.status, fake.lines().len()), (Some(0), 0));
    let required = run_with(&repo, &fake, false, &["notes", "--require-forge"]);
    assert_eq!(required.status, Some(4), "{}", required.snapshot());
    assert!(required.stderr.contains("no token in GITHUB_TOKEN"), "{}", required.stderr);

    let forced = json(&run_with(&repo, &fake, false, &["notes", "--format", "json", "--forge"]));
    assert_eq!(changes(&forced).len(), 3);
    assert!(fake.lines().iter().all(|line| line.starts_with("GET /api/v3/repos/o/r/")), "{:?}", fake.lines());
}

#[test]
fn issue_number_is_not_a_pull_request() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    let both = repo.commit("fix: leak (#21) (#22)");
    let issue = repo.commit("fix: crack (#23)");
    fake.issue(22).issue(23);
    fake.pull(21).merged_as(&repo.sha(both));
    fake.pull(24).merged_as(&repo.sha(issue));
    let notes = notes(&repo, &fake);
    assert_eq!(changes(&notes), ["fixes: crack #24", "fixes: leak #21"]);
}

#[test]
fn promotion_pull_request_does_not_absorb_its_commits() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    repo.branch("develop");
    let feature = repo.commit("Add a roof");
    repo.checkout("main");
    let promotion = repo.merge("develop", "Release day");
    fake.pull(31).branches("roof", "develop").merged_at("2026-01-01T00:00:00Z").merged_as(&repo.sha(feature));
    let sha = repo.sha(promotion);
    fake.pull(32).branches("develop", "main").brought(&repo.sha(feature)).merged_as(&sha);
    fake.pull(32).merged_at("2026-02-01T00:00:00Z");
    let notes = notes(&repo, &fake);
    assert_eq!(changes(&notes), ["features: Add a roof #31"]);
    assert_eq!(outcome(&notes, &sha).0, "merged");
}

#[test]
fn reason_of_a_pull_request_is_in_one_entry() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    repo.write(
        "tidings.toml",
        "split_squash = 'always'\n[repository]\nurl = 'https://github.com/o/r'\nforge = 'github'\n",
    );
    let squash = repo.commit("Add search (#61)\n\n* feat: search in titles\n\nTitles come first.\n\n* fix: crash on an empty query");
    fake.pull(61).body("## Why\n\nIt was hard to find anything.").merged_as(&repo.sha(squash));
    let notes = notes(&repo, &fake);
    let sections = notes["releases"][0]["sections"].as_array().unwrap();
    let all = sections.iter().flat_map(|section| section["changes"].as_array().unwrap());
    let reasons: Vec<_> =
        all.map(|change| (change["title"].as_str().unwrap(), change["reason"].as_str())).collect();
    assert_eq!(
        reasons.iter().filter(|(_, reason)| *reason == Some("It was hard to find anything.")).count(),
        1,
        "{reasons:?}"
    );
    assert!(reasons.contains(&("search in titles", Some("Titles come first."))), "{reasons:?}");
}

#[test]
fn pull_request_body_overrides_title_and_skips_entry() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    let noted = repo.commit("feat(api): tweak (#41)");
    let silent = repo.commit("feat: internal (#42)");
    let corrected = repo.commit("chore: oops (#43)");
    fake.pull(41)
        .body("```release-note\nList users by *page*.\n```\n\n## Why\n\nIt was slow.")
        .merged_as(&repo.sha(noted));
    fake.pull(42).body("```release-note\nNONE\n```").merged_as(&repo.sha(silent));
    let body = "BEGIN_COMMIT_OVERRIDE\nfeat!: new order\n\nBREAKING CHANGE: sort again\nfix: old order\nEND_COMMIT_OVERRIDE";
    fake.pull(43).body(body).merged_as(&repo.sha(corrected));
    let notes = notes(&repo, &fake);
    assert_eq!(
        changes(&notes),
        ["breaking: new order #43", "features: List users by *page* #41", "fixes: old order #43"]
    );
    let listed = &notes["releases"][0]["sections"][1]["changes"][0];
    assert_eq!((&listed["scope"], &listed["description"]), (&"api".into(), &"It was slow.".into()));
    let (outcome, reason) = outcome(&notes, &repo.sha(silent));
    assert_eq!((outcome.as_str(), reason.as_str()), ("hidden", "pull request #42 opts out of release notes"));
    assert_eq!(json(&run(&repo, &fake, &["next", "--format", "json"]))["version"], "2.0.0");
}

#[test]
fn contributors_have_logins_and_new_ones_are_marked() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    let old = repo.commit(Commit::new("fix: a (#51)").author("Old Hand", "old@example.com"));
    let new = repo.commit(Commit::new("fix: b (#52)").author("New Hand", "new@example.com"));
    let pushed = repo.commit(Commit::new("fix: c").author("Pusher", "push@example.com"));
    fake.pull(1).author("old").merged_at("2020-01-01T00:00:00Z");
    fake.pull(51).author("old").merged_as(&repo.sha(old));
    fake.pull(52).author("new").merged_as(&repo.sha(new));
    fake.commit(&repo.sha(pushed), "push@example.com", Some("pusher"));
    let notes = notes(&repo, &fake);
    let people = notes["releases"][0]["contributors"].as_array().unwrap();
    let row = |who: &Value| (who["login"].as_str().unwrap().to_owned(), who["first_time"].as_bool());
    let people: Vec<_> = people.iter().map(row).collect();
    let expected = [("new", Some(true)), ("old", Some(false)), ("pusher", Some(true))];
    assert_eq!(people, expected.map(|(login, first)| (login.to_owned(), first)));
}

#[test]
fn missing_forge_data_is_reported() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    three_ways(&repo, &fake);
    fake.pull(12).broken();
    let ran = run(&repo, &fake, &["notes", "--format", "json", "--no-cache"]);
    let partial = json(&ran);
    assert_eq!(partial["complete"], false);
    assert!(partial["warnings"][0].as_str().unwrap().contains("pull request #12"), "{partial}");
    assert!(ran.stderr.contains("Warning: pull request data is incomplete"), "{}", ran.stderr);
    assert_eq!(changes(&partial).len(), 3, "notes from git data");
    let required = run(&repo, &fake, &["notes", "--require-forge", "--no-cache"]);
    assert_eq!((required.status, required.stdout.as_str()), (Some(4), ""));
    fake.fail_next(500, 100);
    let down = json(&run(&repo, &fake, &["notes", "--format", "json", "--no-cache"]));
    assert_eq!(
        (down["complete"].as_bool(), changes(&down).len()),
        (Some(false), 4),
        "the rebased stand apart"
    );
}

#[test]
fn exhausted_rate_limit_wait_is_bounded() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    three_ways(&repo, &fake);
    fake.limit(0, 3_600);
    let ran = run(&repo, &fake, &["notes", "--format", "json"]);
    assert_eq!(json(&ran)["complete"], false);
    assert!(ran.stderr.contains("asks to wait"), "{}", ran.stderr);
}

#[test]
fn second_run_is_served_from_the_cache() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    three_ways(&repo, &fake);
    let first = run(&repo, &fake, &["notes"]);
    fake.clear_log();
    let second = run(&repo, &fake, &["notes"]);
    assert_eq!((fake.lines(), second.stdout), (vec![], first.stdout));
    run(&repo, &fake, &["notes", "--no-cache"]);
    assert_eq!(fake.lines().len(), 3);
    fake.clear_log();
    assert_eq!(run(&repo, &fake, &["cache", "clear"]).status, Some(0));
    run(&repo, &fake, &["notes"]);
    assert_eq!(fake.lines().len(), 3);
}

#[test]
fn recorded_run_is_replayed_byte_for_byte() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    three_ways(&repo, &fake);
    let recorded = run(&repo, &fake, &["notes", "--record", "run.json"]);
    assert_eq!(recorded.status, Some(0), "{}", recorded.snapshot());
    let text = repo.read("run.json");
    assert!(!text.contains(HIDDEN), "{text}");
    fake.clear_log().fail_next(500, 100);
    let played = run_with(&repo, &fake, false, &["notes", "--replay", "run.json"]);
    assert_eq!((played.stdout, played.status), (recorded.stdout, Some(0)));
    assert_eq!(fake.lines(), Vec::<String>::new());
    repo.commit("fix: later");
    let other = json(&run_with(&repo, &fake, false, &["notes", "--format", "json", "--replay", "run.json"]));
    assert!(other["warnings"][0].as_str().unwrap().contains("has no response to"), "{other}");
}

#[test]
fn request_count_grows_with_the_window() {
    for count in [1, 100, 1_000] {
        let (repo, fake) = (repo(), Fake::github("o", "r"));
        let all: Vec<Id> = (0..count).map(|at| repo.commit(format!("fix: number {at}").as_str())).collect();
        for (number, id) in (1..).zip(&all) {
            fake.pull(number).title("x").merged_as(&repo.sha(*id));
        }
        notes(&repo, &fake);
        let most = usize::try_from(count).unwrap().div_ceil(100) + 2;
        assert!(fake.lines().len() <= most, "{count} commits: {} requests", fake.lines().len());
    }
}

#[test]
fn token_is_not_sent_to_a_host_from_the_repository_configuration() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    repo.write(
        "tidings.toml",
        "[repository]\nurl = 'https://github.com/o/r'\n[forge]\napi = 'https://evil.example/api/v3'\n",
    );
    repo.commit("fix: a (#1)");
    let mut command = repo.tidings(&["notes", "--require-forge"]);
    command.env("GITHUB_TOKEN", HIDDEN);
    let ran = repo.run_command(command);
    assert_eq!(ran.status, Some(4), "{}", ran.snapshot());
    assert!(ran.stderr.contains("the token is not sent to evil.example"), "{}", ran.stderr);
    assert!(fake.lines().is_empty());
}

#[test]
fn github_release_yml_assigns_sections_and_excludes() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    repo.write(
        ".github/release.yml",
        "changelog:\n  exclude:\n    labels: [skip]\n    authors: [robot]\n  categories:\n    - title: Plumbing 🔧\n      labels: [infra]\n      \
         exclude:\n        labels: [docs]\n    - title: New things\n      labels: [Enhancement]\n    - title: The rest\n      labels: ['*']\n",
    );
    let plan = [
        (61, "infra", "ada"),
        (62, "enhancement", "ada"),
        (63, "odd", "ada"),
        (64, "skip", "ada"),
        (65, "odd", "robot"),
    ];
    for (number, label, author) in plan {
        let id = repo.commit(format!("Change {number} (#{number})").as_str());
        fake.pull(number).label(label).author(author).merged_as(&repo.sha(id));
    }
    fake.pull(61).label("infra");
    let both = repo.commit("Change 66 (#66)");
    fake.pull(66).label("infra").label("docs").merged_as(&repo.sha(both));
    let ran = run(&repo, &fake, &["notes"]);
    let headings: Vec<&str> =
        ran.stdout.lines().filter(|line| line.starts_with("### ") || line.starts_with("- ")).collect();
    let headings: Vec<&str> = headings.iter().map(|line| line.split(" ([").next().unwrap()).collect();
    assert_eq!(
        headings,
        [
            "### Plumbing 🔧",
            "- Change 61",
            "### New things",
            "- Change 62",
            "### The rest",
            "- Change 66",
            "- Change 63"
        ],
        "{}",
        ran.snapshot()
    );
    assert_eq!(json(&run(&repo, &fake, &["next", "--format", "json"]))["version"], "1.1.0");
    let why = run(&repo, &fake, &["explain", "#64"]);
    assert!(why.stdout.contains("the exclusion by label of .github/release.yml"), "{}", why.snapshot());
}

#[test]
fn explain_lists_the_commits_of_a_merged_pull_request() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0").branch("door").commit("feat: a door");
    repo.commit("fix: its hinges");
    repo.checkout("main").merge("door", "Merge pull request #20 from o/door\n\nA door");
    let explained = repo.run(&["explain", "#20"]).stdout;
    for line in
        ["Merge pull request #20 from o/door", "  outcome  merged", " feat: a door", " fix: its hinges"]
    {
        assert!(explained.contains(line), "{line}: {explained}");
    }
}

/// A commit picked from another repository has its numbers.
#[test]
fn number_of_another_repository_is_text() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    repo.commit("Fix crash on resume (#12)");
    repo.commit("fix: close the window (#13)");
    let merged = repo.commit("fix: anything else (#14)");
    let dark = repo.commit("feat!: add a dark mode");
    fake.pull(12).title("Add a dark mode").label("breaking").merged_as(&repo.sha(dark));
    fake.pull(13).title("Close the windows").merged_as(&"a".repeat(40));
    fake.pull(14).title("Something").merged_as(&repo.sha(merged));
    let notes = notes(&repo, &fake);
    let changes = changes(&notes);
    assert!(changes.contains(&"other: Fix crash on resume (#12)".to_owned()), "{changes:?}");
    assert!(changes.contains(&"fixes: close the window #13".to_owned()), "the titles agree: {changes:?}");
    assert!(changes.contains(&"fixes: anything else #14".to_owned()), "merged as this commit: {changes:?}");
}
