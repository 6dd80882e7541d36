//! `tidings notify`, with servers on loopback.

use std::{sync::mpsc, thread};

use serde_json::Value;

use super::support::{Commit, Repo};

fn repo() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: sell books");
    repo.tag("v1.0.0");
    repo.commit(Commit::new("feat: sell <b>maps</b> to @everyone").file("db/migrations/V1__maps.sql", "1"));
    repo.commit("fix: 修正 `change`");
    repo.tag("v1.1.0");
    repo.write(
        "tidings.toml",
        "[deployment]\nduration = \"15 minutes\"\nrollback_plan = \"promote v1.0.0 & wait\"\n\
         [[notify]]\nkind = \"slack\"\nurl_env = \"SLACK_HOOK\"\n\
         [[notify]]\nkind = \"teams\"\nurl_env = \"TEAMS_HOOK\"\n\
         [[notify]]\nkind = \"webhook\"\nname = \"log\"\nurl_env = \"LOG_HOOK\"\nsecret_env = \"LOG_KEY\"\non = [\"after\"]\n\
         [[notify]]\nkind = \"email\"\nfrom = \"Ada <ada@example.com>\"\nto = [\"team@example.com\"]\nfile = \"mail.eml\"\n",
    );
    repo
}

/// A received message: path, signature with its timestamp, body.
type Sent = (String, Option<(String, i64)>, String);

/// A server with a fixed response, and its received messages.
fn hook(status: u16, answer: &'static str) -> (String, mpsc::Receiver<Sent>) {
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let host = server.server_addr().to_ip().unwrap().to_string();
    let (sent, received) = mpsc::channel();
    thread::spawn(move || {
        while let Ok(mut request) = server.recv() {
            let mut body = String::new();
            request.as_reader().read_to_string(&mut body).unwrap();
            let header = |name: &'static str| {
                request
                    .headers()
                    .iter()
                    .find(|header| header.field.equiv(name))
                    .map(|it| it.value.to_string())
            };
            let signed = header("x-tidings-signature").zip(header("x-tidings-timestamp"));
            let signed = signed.map(|(signature, moment)| (signature, moment.parse().unwrap()));
            drop(sent.send((request.url().to_owned(), signed, body)));
            drop(request.respond(tiny_http::Response::from_string(answer).with_status_code(status)));
        }
    });
    (host, received)
}

#[test]
fn every_channel_is_notified_before_and_after() {
    let repo = repo();
    let (host, received) = hook(200, "ok");
    let mut command = repo.tidings(&["notify", "v1.1.0", "--link", "https://example.com/v1.1.0"]);
    command.env("SLACK_HOOK", format!("http://{host}/slack"));
    command.env("TEAMS_HOOK", format!("http://{host}/teams\n"));
    let ran = repo.run_command(command);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), ""), "{}", ran.stderr);
    let (path, _, slack) = received.recv().unwrap();
    let slack: Value = serde_json::from_str(&slack).unwrap();
    assert_eq!(
        (path.as_str(), &slack["text"]),
        ("/slack", &"1.1.0 will be deployed, 2026-03-01 00:00 UTC".into())
    );
    let text = slack.to_string();
    assert!(text.contains("promote v1.0.0 &amp; wait") && text.contains("V1__maps.sql"), "{text}");
    assert!(text.contains("sell &lt;b&gt;maps&lt;/b&gt;") && text.contains("15 minutes"), "{text}");
    let (path, _, teams) = received.recv().unwrap();
    assert!(
        path == "/teams" && teams.contains("AdaptiveCard") && teams.contains("Database migrations"),
        "{teams}"
    );
    let mail = std::fs::read_to_string(repo.dir().join("mail-before.eml")).unwrap();
    assert!(
        mail.contains("Subject: 1.1.0 will be deployed, 2026-03-01 00:00 UTC\r\n")
            && mail.contains("multipart/alternative"),
        "{mail}"
    );

    let after =
        ["notify", "--to", "log", "--phase", "after", "--status", "failed", "--environment", "production"];
    let mut command = repo.tidings(&after);
    command.env("LOG_HOOK", format!("http://{host}/log")).env("LOG_KEY", "key");
    let ran = repo.run_command(command);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let (_, signed, body) = received.recv().unwrap();
    let (signature, moment) = signed.unwrap();
    assert_eq!(signature, tidings::notify::sign(b"key", moment, body.as_bytes()));
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&body["phase"], &body["status"], &body["environment"]),
        (&"after".into(), &"failed".into(), &"production".into())
    );
    assert_eq!(
        (&body["version"], &body["notes"]["releases"][0]["version"]),
        (&"1.1.0".into(), &"1.1.0".into())
    );
    assert_eq!(body["title"], "Deployment of 1.1.0 to production failed, 2026-03-01 00:00 UTC");
    assert!(ran.stderr.contains("`production` is not a declared environment"), "{}", ran.stderr);
}

#[test]
fn webhook_url_is_never_printed() {
    let repo = repo();
    let (host, _received) = hook(404, "no such hook: /services/hidden");
    for address in
        [format!("http://{host}/services/hidden"), "http://hook.example/hidden".into(), "hidden".into()]
    {
        let mut command = repo.tidings(&["notify", "--to", "slack", "--verbose"]);
        command.env("SLACK_HOOK", address);
        let ran = repo.run_command(command);
        assert!(matches!(ran.status, Some(2 | 4)), "{}", ran.stderr);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("hidden"), "{}", ran.stderr);
    }
}

#[test]
fn dry_run_needs_no_secret_and_sends_nothing() {
    let repo = repo();
    let ran = repo.run(&["notify", "--dry-run", "--locale", "zh-TW", "--phase", "before"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("即將部署 1.1.0") && ran.stdout.contains("Subject: =?utf-8?b?"),
        "{}",
        ran.stdout
    );
    assert!(!repo.dir().join("mail-before.eml").exists());
    let bare = Repo::new();
    bare.commit("feat: one");
    bare.tag("v1.0.0");
    let ran = bare.run(&["notify", "v1.0.0", "--to", "slack", "--dry-run"]);
    assert!(ran.status == Some(0) && ran.stdout.contains("\"blocks\""), "{}", ran.snapshot());
    assert_eq!(bare.run(&["notify", "v1.0.0", "--to", "slack"]).status, Some(2));
    for (args, words) in [
        (vec!["notify"], "its webhook URL is missing or not valid"),
        (vec!["notify", "--to", "unknown"], "[[notify]] has no entry for `unknown`"),
        (vec!["notify", "--link", "javascript:x"], "is not an http or https URL"),
        (vec!["notify", "--status", "failed"], "--status requires --phase after"),
    ] {
        let ran = repo.run(&args);
        assert!(ran.status == Some(2) && ran.stderr.contains(words), "{}", ran.snapshot());
    }
}

#[test]
fn each_phase_has_its_own_file() {
    let repo = repo();
    let read = |name: &str| std::fs::read_to_string(repo.dir().join(name)).unwrap_or_default();
    let ran = repo.run(&["notify", "--to", "email"]);
    assert!(ran.status == Some(0) && ran.stderr.contains("mail-before.eml` for email"), "{}", ran.snapshot());
    let ran = repo.run(&["notify", "--to", "email", "--phase", "after", "--status", "succeeded"]);
    assert!(ran.status == Some(0) && ran.stderr.contains("mail-after.eml` for email"), "{}", ran.snapshot());
    assert!(read("mail-before.eml").contains("Subject: 1.1.0 will be deployed"), "{}", ran.snapshot());
    assert!(read("mail-after.eml").contains("Subject: 1.1.0 was deployed"), "{}", ran.snapshot());
    let entry = "[[notify]]\nkind = \"email\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\n";
    repo.write("tidings.toml", format!("{entry}file = \"only.eml\"\non = [\"before\"]\n"));
    let ran = repo.run(&["notify"]);
    assert!(ran.status == Some(0) && !read("only.eml").is_empty(), "{}", ran.snapshot());
    repo.write(
        "tidings.toml",
        format!("{entry}file = \"one.eml\"\n{entry}name = \"x\"\nfile = \"one.eml\"\n"),
    );
    let ran = repo.run(&["notify"]);
    assert!(ran.status == Some(2) && ran.stderr.contains("two entries of [[notify]]"), "{}", ran.snapshot());
    assert!(read("one-before.eml").is_empty());
}

#[test]
fn key_that_does_not_apply_to_the_kind_is_refused() {
    let repo = repo();
    let email = "from = \"a@example.com\"\nto = [\"b@example.com\"]\n";
    for (entry, words) in [
        (format!("kind = \"email\"\n{email}url_env = \"X\"\n"), "`url_env` does not apply to \"email\""),
        (
            "kind = \"slack\"\nurl_env = \"X\"\nsecret_env = \"Y\"\n".to_owned(),
            "supports name, on, url_env, url_file",
        ),
        (
            "kind = \"github-deployment\"\nto = [\"a\"]\n".to_owned(),
            "`to` does not apply to \"github-deployment\"",
        ),
        (
            format!("kind = \"email\"\n{email}smtp_env = \"X\"\nfile = \"a.eml\"\n"),
            "both an SMTP server and a file",
        ),
    ] {
        repo.write("tidings.toml", format!("[[notify]]\n{entry}"));
        let ran = repo.run(&["notify", "--dry-run"]);
        assert!(ran.status == Some(2) && ran.stderr.contains(words), "{}", ran.snapshot());
        assert!(ran.stderr.contains("notify entry 1"), "{}", ran.snapshot());
    }
}

/// Production runs 1.0.0, staging 1.2.0; 1.1.0 was skipped.
fn environments() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: sell books");
    repo.tag("v1.0.0");
    repo.tag("v1.0.0-prod");
    repo.commit(Commit::new("feat!: keep accounts").file("db/migrations/V1__accounts.sql", "1"));
    repo.tag("v1.1.0");
    repo.commit("fix: count the change right");
    repo.tag("v1.2.0");
    repo.tag("v1.2.0-staging");
    repo.write(
        "tidings.toml",
        "[environments.staging]\n[environments.production]\nsuffix = \"-prod\"\n[environments.eu]\n\
         [deployment]\nduration = \"15 minutes\"\nrollback_plan = \"promote v1.0.0\"\n\
         [[notify]]\nkind = \"slack\"\nurl_env = \"SLACK_HOOK\"\n\
         [[notify]]\nkind = \"teams\"\nurl_env = \"TEAMS_HOOK\"\n\
         [[notify]]\nkind = \"webhook\"\nurl_env = \"LOG_HOOK\"\n\
         [[notify]]\nkind = \"email\"\nfrom = \"ada@example.com\"\nto = [\"team@example.com\"]\n",
    );
    repo
}

/// The messages of a dry run, one for each channel: slack, teams, webhook, email.
fn messages(repo: &Repo, args: &[&str]) -> Vec<String> {
    let ran = repo.run(&[&["notify", "--dry-run"], args].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    let (chats, mail) = ran.stdout.split_once("\nDate:").unwrap();
    let mut all: Vec<String> = serde_json::Deserializer::from_str(chats)
        .into_iter::<Value>()
        .map(|one| one.unwrap().to_string())
        .collect();
    // Quoted-printable breaks lines.
    all.push(mail.replace("=\r\n", "").replace("=3D", "="));
    assert_eq!(all.len(), 4, "{}", ran.stdout);
    all
}

/// The messages that people read: all but the webhook's.
fn texts(repo: &Repo, args: &[&str]) -> Vec<String> {
    let mut all = messages(repo, args);
    all.remove(2);
    all
}

#[test]
fn every_message_lists_the_changes_since_what_runs() {
    let repo = environments();
    for what in [&["staging"][..], &["v1.2.0"], &[]] {
        let args = [what, &["--phase", "before", "--environment", "production"]].concat();
        for text in messages(&repo, &args) {
            assert!(text.contains("1.2.0 will be deployed to production, 2026-03-01 00:00 UTC"), "{text}");
            assert!(text.contains("V1__accounts.sql") && text.contains("keep accounts"), "{text}");
            assert!(text.contains("count the change right") && text.contains("15 minutes"), "{text}");
            assert!(!text.contains("sell books"), "{text}");
        }
        let webhook: Value = serde_json::from_str(&messages(&repo, &args)[2]).unwrap();
        assert_eq!((&webhook["from_version"], &webhook["version"]), (&"1.0.0".into(), &"1.2.0".into()));
        assert_eq!(webhook["notes"]["releases"][0]["ends"]["never_ran"], serde_json::json!(["1.1.0"]));
    }
    let window = ["--environment", "production", "--window", "today, 14:00"];
    assert!(messages(&repo, &window)[0].contains("1.2.0 will be deployed to production, today, 14:00"));
}

#[test]
fn message_after_a_deployment_names_what_ran_before() {
    let repo = environments();
    let args = ["v1.2.0", "--phase", "after", "--status", "succeeded", "--environment", "production"];
    let before_tag = messages(&repo, &args);
    repo.git(&["tag", "v1.2.0-prod", "v1.2.0"]);
    let by_name = messages(&repo, &args);
    let by_environment = messages(&repo, &args[1..]);
    for text in before_tag.iter().chain(&by_name).chain(&by_environment) {
        assert!(text.contains("1.2.0 was deployed to production, 2026-03-01 00:00 UTC"), "{text}");
        assert!(text.contains("V1__accounts.sql") && text.contains("keep accounts"), "{text}");
        assert!(!text.contains("15 minutes") && !text.contains("Rollback plan"), "{text}");
        assert!(text.contains("1.0.0"), "{text}");
    }
    let failed = ["v1.2.0", "--phase", "after", "--status", "failed", "--environment", "production"];
    for text in messages(&repo, &failed) {
        assert!(text.contains("Deployment of 1.2.0 to production failed"), "{text}");
        assert!(text.contains("promote v1.0.0") && !text.contains("15 minutes"), "{text}");
    }
}

#[test]
fn rollback_names_both_versions_and_what_is_lost() {
    let repo = environments();
    repo.git(&["tag", "v1.2.0-prod", "v1.2.0"]);
    let before = ["v1.0.0", "--environment", "production"];
    let after = ["v1.0.0", "--environment", "production", "--phase", "after", "--status", "rolled-back"];
    let range =
        ["production..v1.0.0", "--environment", "production", "--phase", "after", "--status", "rolled-back"];
    for (args, title) in [
        (&before[..], "production will be rolled back from 1.2.0 to 1.0.0"),
        (&after, "production was rolled back from 1.2.0 to 1.0.0"),
        (&range, "production was rolled back from 1.2.0 to 1.0.0"),
    ] {
        for text in messages(&repo, args) {
            assert!(text.contains(title), "{title}: {text}");
            assert!(text.contains("keep accounts") && !text.contains("sell books"), "{text}");
            assert!(text.contains("V1__accounts.sql"), "{text}");
            assert!(text.contains("these bugs come back") && text.contains("already applied"), "{text}");
        }
    }
    // Rolled back, and not recorded as running: what would be announced is not true.
    for (args, status, words) in [
        (vec!["v1.2.0", "--environment", "production"], 1, "contradicts the deployment"),
        (vec!["v1.0.0"], 2, "cannot determine what was rolled back"),
    ] {
        let args =
            [vec!["notify", "--dry-run", "--phase", "after", "--status", "rolled-back"], args].concat();
        let ran = repo.run(&args);
        assert!(ran.status == Some(status) && ran.stderr.contains(words), "{}", ran.snapshot());
    }
}

#[test]
fn rollback_is_named_in_every_language() {
    let repo = environments();
    repo.git(&["tag", "v1.2.0-prod", "v1.2.0"]);
    for locale in ["en", "zh-TW", "zh-CN", "ja", "de", "fr", "es", "pt-BR"] {
        let mut titles = Vec::new();
        for more in [
            &[][..],
            &["--phase", "after", "--status", "rolled-back"],
            &["--phase", "after", "--status", "failed"],
        ] {
            let args =
                [&["v1.0.0", "--to", "webhook", "--environment", "production", "--locale", locale], more]
                    .concat();
            let ran = repo.run(&[&["notify", "--dry-run"], &args[..]].concat());
            let message: Value = serde_json::from_str(&ran.stdout).unwrap();
            let title = message["title"].as_str().unwrap().to_owned();
            let (from, to) = (title.find("1.2.0").unwrap(), title.find("1.0.0").unwrap());
            assert!(title.contains("production") && from < to, "{locale}: {title}");
            titles.push(title);
        }
        titles.dedup();
        assert_eq!(titles.len(), 3, "{locale}: {titles:?}");
    }
}

#[test]
fn first_deployment_and_unchanged_one_are_named() {
    let repo = environments();
    for text in texts(&repo, &["v1.2.0", "--environment", "eu"]) {
        assert!(text.contains("First deployment to eu") && text.contains("sell books"), "{text}");
        assert!(!text.contains("No changes"), "{text}");
    }
    for text in texts(&repo, &["v1.0.0", "--environment", "production"]) {
        assert!(text.contains("production already runs 1.0.0"), "{text}");
    }
}

#[test]
fn unknown_version_is_announced_only_as_a_version_to_come() {
    let repo = environments();
    repo.commit("feat: sell maps");
    repo.materialize();
    for args in
        [&["v9.9.9"][..], &["v9.9.9", "--environment", "production"], &["v9.9.9", "--environment", "nowhere"]]
    {
        let ran = repo.run(&[&["notify", "--dry-run"], args].concat());
        assert!(ran.status == Some(3) && ran.stderr.contains("v9.9.9"), "{}", ran.snapshot());
    }
    for more in [&[][..], &["--environment", "production"]] {
        for text in messages(&repo, &[&["--as", "v2.0.0"], more].concat()) {
            assert!(text.contains("2.0.0 will be deployed") && text.contains("sell maps"), "{text}");
            assert_eq!(text.contains("keep accounts"), !more.is_empty(), "{text}");
        }
    }
}
