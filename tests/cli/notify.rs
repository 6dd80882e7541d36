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
    assert_eq!((path.as_str(), &slack["text"]), ("/slack", &"1.1.0 will be deployed".into()));
    let text = slack.to_string();
    assert!(text.contains("promote v1.0.0 &amp; wait") && text.contains("V1__maps.sql"), "{text}");
    assert!(text.contains("sell &lt;b&gt;maps&lt;/b&gt;") && text.contains("15 minutes"), "{text}");
    let (path, _, teams) = received.recv().unwrap();
    assert!(
        path == "/teams" && teams.contains("AdaptiveCard") && teams.contains("Database migrations"),
        "{teams}"
    );
    let mail = std::fs::read_to_string(repo.dir().join("mail.eml")).unwrap();
    assert!(
        mail.contains("Subject: 1.1.0 will be deployed\r\n") && mail.contains("multipart/alternative"),
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
    assert_eq!(body["title"], "Deployment of 1.1.0 failed");
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
    assert!(!repo.dir().join("mail.eml").exists());
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
