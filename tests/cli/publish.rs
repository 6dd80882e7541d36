//! Releases on a forge: the built program against the fakes.

use serde_json::json;

use crate::support::{
    Commit, Ran, Repo,
    forge::{Fake, Release, Response},
};

mod announce;
mod bodies;
mod body_from;
mod faults;
mod immutable;
mod others;
mod outputs;
mod rollback;
mod show;
mod unread;

const HIDDEN: &str = "ghp_hidden";

/// Two versions, v1.0.0 and v1.1.0, which the fake has. The second contains #11, which closes #7, and #12 by a bot.
fn repo(fake: &Fake) -> Repo {
    let repo = Repo::new();
    configure(&repo, "github", "");
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    let door = repo.commit("feat: add a door (#11)");
    let bump = repo.commit("fix: oil the hinges (#12)");
    repo.tag("v1.1.0");
    for tag in ["v1.0.0", "v1.1.0"] {
        fake.tag(tag, &sha(&repo, tag));
    }
    fake.pull(11).title("feat: add a door").closes(7).merged_as(&repo.sha(door));
    fake.pull(12).title("fix: oil the hinges").bot("renovate").merged_as(&repo.sha(bump));
    repo
}

fn configure(repo: &Repo, forge: &str, more: &str) {
    let network = "[network]\ntries = 1\nmax_wait = 2\n";
    let repository = format!("[repository]\nurl = 'https://forge.example/o/r'\nforge = '{forge}'\n");
    repo.write("tidings.toml", format!("{more}\n{repository}{network}"));
}

fn sha(repo: &Repo, revision: &str) -> String {
    repo.git(&["rev-parse", &format!("{revision}^{{commit}}")]).trim().to_owned()
}

fn run(repo: &Repo, fake: &Fake, args: &[&str]) -> Ran {
    let mut command = repo.tidings(&[&["publish"], args].concat());
    command.env("TIDINGS_FORGE__API", fake.api());
    for name in ["GITHUB_TOKEN", "GITLAB_TOKEN", "GITEA_TOKEN"] {
        command.env(name, HIDDEN);
    }
    let ran = repo.run_command(command);
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(HIDDEN), "{}", ran.snapshot());
    ran
}

fn ok(repo: &Repo, fake: &Fake, args: &[&str]) -> Ran {
    let ran = run(repo, fake, args);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    ran
}

/// The requests that write.
fn writes(fake: &Fake) -> Vec<String> {
    fake.lines().into_iter().filter(|line| !line.starts_with("GET") && !line.contains("graphql")).collect()
}

#[test]
fn attached_json_has_the_locale_of_the_release() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    ok(&repo, &fake, &["--attach-json", "--locale", "zh-TW"]);
    let release = fake.release("v1.1.0").unwrap();
    let json: serde_json::Value = serde_json::from_slice(&release.assets[0].content).unwrap();
    let title = json["releases"][0]["sections"][0]["title"].as_str().unwrap();
    assert_eq!(title, "新功能");
    assert!(release.body.contains(title), "{}", release.body);
}

#[test]
fn release_is_a_draft_until_complete() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.write("sums.txt", "abc");
    let ran = ok(&repo, &fake, &["--attach", "sums.txt", "--attach-json"]);
    let release = fake.release("v1.1.0").unwrap();
    assert_eq!((release.title.as_str(), release.draft, release.prerelease), ("v1.1.0", false, false));
    assert!(
        release.body.starts_with("<!-- tidings:begin ") && release.body.contains("add a door"),
        "{}",
        release.body
    );
    assert!(!release.body.contains("start"), "{}", release.body);
    let names: Vec<&str> = release.assets.iter().map(|asset| asset.name.as_str()).collect();
    assert_eq!(names, ["sums.txt", "notes.json"]);
    assert_eq!(release.assets[0].content, b"abc");
    assert_eq!(fake.latest().as_deref(), Some("v1.1.0"));
    let sent = fake.log();
    let sent: Vec<_> =
        sent.iter().filter(|request| request.method != "GET" && !request.path.contains("graphql")).collect();
    assert_eq!(sent[0].json()["draft"], true);
    assert!(sent[1].line().contains("name=sums.txt") && sent[2].line().contains("name=notes.json"));
    assert_eq!((sent.len(), &sent[3].json()["draft"]), (4, &json!(false)));
    assert!(ran.stdout.trim().ends_with("/o/r/releases/tag/v1.1.0"), "{}", ran.snapshot());

    fake.clear_log();
    let again = ok(&repo, &fake, &["--attach", "sums.txt", "--attach-json"]);
    assert!(again.stderr.contains("nothing to do"), "{}", again.snapshot());
    assert_eq!(writes(&fake), [""; 0]);
}

#[test]
fn dry_run_prints_the_plan_and_changes_nothing() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let ran = ok(&repo, &fake, &["--dry-run"]);
    assert_eq!(writes(&fake), [""; 0]);
    assert!(
        ran.stdout.contains("- create a draft of the release v1.1.0, titled \"v1.1.0\""),
        "{}",
        ran.snapshot()
    );
    assert!(ran.stdout.contains("- publish the release v1.1.0, as the latest"), "{}", ran.snapshot());
    ok(&repo, &fake, &[]);
    let ran = ok(&repo, &fake, &["--dry-run"]);
    assert_eq!(ran.stdout, "nothing to do: the release v1.1.0 is up to date\n");
    repo.write("release.tera", "{% for r in releases %}Read me{% endfor %}");
    let ran = ok(&repo, &fake, &["--dry-run", "--template", "release.tera"]);
    assert!(ran.stdout.contains("\n+Read me\n") && ran.stdout.contains("\n-"), "{}", ran.snapshot());
    assert!(!fake.release("v1.1.0").unwrap().body.contains("Read me"));
}

#[test]
fn backport_is_not_marked_latest() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    ok(&repo, &fake, &["v1.1.0"]);
    let old = ok(&repo, &fake, &["v1.0.0"]);
    assert!(old.stderr.contains("not as the latest"), "{}", old.snapshot());
    assert_eq!(fake.latest().as_deref(), Some("v1.1.0"));
    // A later change must not set it either.
    ok(&repo, &fake, &["v1.0.0", "--title", "The first"]);
    assert_eq!(
        (fake.release("v1.0.0").unwrap().title.as_str(), fake.latest().as_deref()),
        ("The first", Some("v1.1.0"))
    );
    ok(&repo, &fake, &["v1.0.0", "--latest", "true"]);
    assert_eq!(fake.latest().as_deref(), Some("v1.0.0"));
    // A latest flag that a user has set is kept.
    fake.clear_log();
    ok(&repo, &fake, &["v1.1.0"]);
    assert_eq!((writes(&fake).len(), fake.latest().as_deref()), (0, Some("v1.0.0")));
}

#[test]
fn higher_version_on_the_forge_stays_latest() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    fake.publish(Release { tag: "v2.0.0".to_owned(), is_latest: true, ..Release::default() });
    ok(&repo, &fake, &["v1.1.0"]);
    assert_eq!(fake.latest().as_deref(), Some("v2.0.0"));
}

#[test]
fn pre_release_flag_follows_the_version_and_manual_changes_are_kept() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.commit("feat: next");
    repo.tag("v2.0.0-rc.1");
    fake.tag("v2.0.0-rc.1", &sha(&repo, "v2.0.0-rc.1"));
    ok(&repo, &fake, &[]);
    let release = fake.release("v2.0.0-rc.1").unwrap();
    assert!(release.prerelease && !release.is_latest && !release.draft);
    let never = run(&repo, &fake, &["--latest", "true"]);
    assert_eq!(never.status, Some(1), "{}", never.snapshot());
    // A user clears the flag to deploy the release: that is kept.
    ok(&repo, &fake, &["--prerelease", "false"]);
    fake.clear_log();
    ok(&repo, &fake, &[]);
    assert_eq!((writes(&fake).len(), fake.release("v2.0.0-rc.1").unwrap().prerelease), (0, false));
}

#[test]
fn draft_option_keeps_the_draft() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    ok(&repo, &fake, &["--draft", "--title", "{version} of {date}"]);
    let draft = fake.release("v1.1.0").unwrap();
    assert!(draft.draft && draft.title.starts_with("1.1.0 of 20"), "{draft:?}");
    ok(&repo, &fake, &["--draft", "--title", "{version} of {date}"]);
    assert_eq!(fake.releases().len(), 1);
    ok(&repo, &fake, &["--discussion", "News"]);
    let release = fake.release("v1.1.0").unwrap();
    assert_eq!(
        (release.draft, release.discussion.as_deref(), release.title.as_str()),
        (false, Some("News"), "v1.1.0")
    );
    let late = ok(&repo, &fake, &["--draft"]);
    assert!(late.stderr.contains("does not withdraw it"), "{}", late.snapshot());
    assert!(!fake.release("v1.1.0").unwrap().draft);
}

#[test]
fn forge_tag_must_exist_and_match() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.commit("feat: more");
    let untagged = run(&repo, &fake, &["v1.2.0"]);
    assert_eq!(untagged.status, Some(2), "{}", untagged.snapshot());
    ok(&repo, &fake, &["v1.2.0", "--create-tag", "--target", "main"]);
    let created = fake.release("v1.2.0").unwrap();
    assert_eq!((created.target.as_str(), created.draft), ("main", false));
    repo.tag("v1.3.0");
    let unpushed = run(&repo, &fake, &["v1.3.0"]);
    assert_eq!(unpushed.status, Some(1), "{}", unpushed.snapshot());
    assert!(
        unpushed.stderr.contains("has no tag v1.3.0") && unpushed.stderr.contains("git push"),
        "{}",
        unpushed.snapshot()
    );
    fake.tag("v1.3.0", &sha(&repo, "v1.0.0"));
    let other = run(&repo, &fake, &["v1.3.0"]);
    assert_eq!(other.status, Some(1), "{}", other.snapshot());
    assert!(other.stderr.contains("another commit"), "{}", other.snapshot());
    assert_eq!(fake.release("v1.3.0"), None);
}

#[test]
fn invalid_input_is_reported_before_any_request() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let mut anonymous = repo.tidings(&["publish"]);
    anonymous.env("TIDINGS_FORGE__API", fake.api());
    let ran = repo.run_command(anonymous);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(
        ran.stderr.contains("needs a token") && ran.stderr.contains("GITHUB_TOKEN"),
        "{}",
        ran.snapshot()
    );
    for (args, message) in [
        (&["--offline"][..], "disabled"),
        (&["--title", "{tga}"], "unknown placeholder `{tga}`"),
        (&["--attach", "absent.txt"], "absent.txt"),
        (&["--attach", "a/x", "--attach", "x"], "two attached files"),
    ] {
        repo.write("a/x", "1").write("x", "2");
        let ran = run(&repo, &fake, args);
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
        assert!(ran.stderr.contains(message), "{}", ran.snapshot());
    }
    assert_eq!(writes(&fake), [""; 0]);
}
