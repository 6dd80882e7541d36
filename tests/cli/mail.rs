//! Emails of `tidings notify`, sent to an SMTP server on loopback.

mod server;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use server::SmtpServer;

use super::support::{Commit, Ran, Repo, forge};

const PASSWORD: &str = "p%2Fass%3Aw%23ord-0815";
const PLAIN_PASSWORD: &str = "p/ass:w#ord-0815";

/// A repository whose notes go to `to`, with more lines in its configuration.
fn repo(to: &str, more: &str) -> Repo {
    let repo = Repo::new();
    repo.commit("feat: sell books");
    repo.tag("v1.0.0");
    repo.commit(Commit::new("feat: 賣地圖 & <b>maps</b>").file("db/migrations/V1__maps.sql", "1"));
    repo.commit(&*format!("fix: {}", "a long line without a break, 很長 ".repeat(60)));
    repo.commit("fix: remove the last dot\n\nSee below.\n.\n..\n.dots at the start of a line\n");
    repo.tag("v1.1.0");
    repo.write(
        "tidings.toml",
        format!(
            "[deployment]\nrollback_plan = \"\"\"\n.first\n.\n..third\n{}\"\"\"\n\
             [[notify]]\nkind = \"email\"\nname = \"mail\"\nfrom = \"發布 <releases@example.com>\"\nto = {to}\n\
             smtp_env = \"SMTP_URL\"\n{more}",
            "x".repeat(3_000)
        ),
    );
    repo
}

fn send(repo: &Repo, url: &str, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = repo.tidings(&[&["notify", "v1.1.0", "--verbose"], args].concat());
    command.env("SMTP_URL", url).envs(variables.iter().copied());
    let ran = repo.run_command(command);
    for secret in [PASSWORD, PLAIN_PASSWORD, "YTpi", "cC9hc3M6dyNvcmQtMDgxNQ", "hunter2"] {
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(secret), "{}", ran.stderr);
    }
    ran
}

fn ok(ran: &Ran) {
    assert!(ran.status == Some(0) && ran.stderr.contains("sent to mail"), "{}", ran.snapshot());
}

/// Asserts exit code 4 and these words.
fn fails(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.status == Some(4) && ran.stderr.contains(word), "{word}: {}", ran.snapshot());
    }
    assert!(!ran.stderr.contains("sent to mail"), "{}", ran.snapshot());
}

const TEAM: &str = "[\"team@example.com\", \"陳 <chen@example.com>\"]";

#[test]
fn message_arrives_intact() {
    let Some(server) = SmtpServer::start(&[]) else { return };
    let repo = repo(TEAM, "");
    ok(&send(&repo, &format!("smtp://{}", server.host), &["--locale", "zh-TW"], &[]));
    let messages = server.messages();
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(message["recipients"], json!(["team@example.com", "chen@example.com"]));
    assert_eq!(
        (&message["sender"], &message["ehlo"]),
        (&json!("releases@example.com"), &json!("[127.0.0.1]"))
    );
    assert_eq!((&message["tls"], &message["login"]), (&json!(false), &Value::Null));
    assert_eq!((&message["defects"], &message["bare_line_ends"]), (&json!([]), &json!(0)));
    assert!(message["longest_line"].as_u64().unwrap() <= 998, "{message}");
    let headers = &message["headers"];
    assert_eq!(headers["subject"], "即將部署 1.1.0，2026-03-01 00:00 UTC");
    assert_eq!(headers["from"], "發布 <releases@example.com>");
    assert_eq!(headers["to"], "team@example.com, 陳 <chen@example.com>");
    assert_eq!(headers["date"], "Sun, 01 Mar 2026 00:00:00 +0000");
    assert_eq!(headers["auto-submitted"], "auto-generated");
    let part = |name: &str| message[name].as_str().unwrap().replace("\r\n", "\n");
    let (text, html) = (part("text"), part("html"));
    for part in ["賣地圖", "V1__maps.sql", "很長 a long line"] {
        assert!(text.contains(part) && html.contains(part), "{part}\n{text}\n{html}");
    }
    let plan = format!(".first\n.\n..third\n{}", "x".repeat(3_000));
    assert!(text.contains(&plan) && html.contains(&plan.replace('\n', "<br>")), "{text}\n{html}");
    assert!(text.contains("<b>maps</b>") && html.contains("&lt;b&gt;maps&lt;/b&gt;"), "{text}\n{html}");
}

#[test]
fn line_that_begins_with_a_dot_arrives_intact() {
    let Some(server) = SmtpServer::start(&[]) else { return };
    let repo = Repo::new();
    repo.commit("feat: sell books");
    repo.tag("v1.1.0");
    // In ASCII with short lines, the text is sent as it is.
    repo.write(
        "tidings.toml",
        "[deployment]\nrollback_plan = \"\\n.\\n..\\n...three\\n.\"\n[[notify]]\nkind = \"email\"\nname = \"mail\"\n\
         from = \"a@example.com\"\nto = [\"b@example.com\"]\nsmtp_env = \"SMTP_URL\"\n",
    );
    ok(&send(&repo, &format!("smtp://{}", server.host), &[], &[]));
    let messages = server.messages();
    let text = messages[0]["text"].as_str().unwrap().replace("\r\n", "\n");
    assert!(text.contains("Rollback plan: \n.\n..\n...three\n.\n\n1.1.0"), "{text:?}");
}

#[test]
fn connection_is_encrypted_with_the_ca_file() {
    let Some(certificates) = forge::certificates() else { return };
    let ca = certificates.path().join("ca.pem");
    let login = format!("a:{PLAIN_PASSWORD}");
    for (tls, scheme, query) in [("starttls", "smtp", "?tls=required"), ("implicit", "smtps", "")] {
        let options = ["--login", &login];
        let Some(server) = SmtpServer::with_tls(tls, certificates.path(), &options) else { return };
        let repo = repo(TEAM, "[network]\ntries = 2\ntimeout = 5\n");
        let url = format!("{scheme}://a:{PASSWORD}@{}/ci.example.com{query}", server.host);
        let untrusted = send(&repo, &url, &[], &[]);
        fails(&untrusted, &["cannot connect to 127.0.0.1:", "certificate", "TIDINGS_NETWORK__CA_FILE"]);
        // The certificate is for 127.0.0.1.
        let other = url.replace("127.0.0.1", "localhost");
        let variable = [("TIDINGS_NETWORK__CA_FILE", ca.to_str().unwrap())];
        fails(&send(&repo, &other, &[], &variable), &["cannot connect to localhost:", "certificate"]);
        assert_eq!((server.messages(), server.log().contains(&"login PLAIN".to_owned())), (vec![], false));
        ok(&send(&repo, &url, &[], &variable));
        ok(&send(&repo, &url, &["--ca-file", ca.to_str().unwrap()], &[]));
        for message in server.messages() {
            assert_eq!((&message["tls"], &message["login"]), (&json!(true), &json!(login)), "{tls}");
            assert_eq!(message["ehlo"], "ci.example.com");
        }
        assert_eq!(server.messages().len(), 2);
    }
}

#[test]
fn nothing_is_sent_without_the_required_encryption() {
    let Some(server) = SmtpServer::start(&["--login", "a:b"]) else { return };
    let repo = repo(TEAM, "[network]\ntries = 1\ntimeout = 5\n");
    let starttls = send(&repo, &format!("smtp://a:b@{}?tls=required", server.host), &[], &[]);
    fails(&starttls, &["does not offer STARTTLS", "use smtps://"]);
    let implicit = send(&repo, &format!("smtps://a:b@{}", server.host), &[], &[]);
    fails(&implicit, &["cannot connect to 127.0.0.1:", "use smtp://"]);
    assert_eq!((server.messages(), server.log()), (vec![], vec!["connection".to_owned(); 2]));
}

#[test]
fn login_uses_the_offered_mechanism() {
    for mechanism in ["PLAIN", "LOGIN"] {
        let login = format!("ada@example.com:{PLAIN_PASSWORD}");
        let options = ["--login", &login, "--mechanism", mechanism];
        let Some(server) = SmtpServer::start(&options) else { return };
        let repo = repo(TEAM, "");
        ok(&send(&repo, &format!("smtp://ada%40example.com:{PASSWORD}@{}", server.host), &[], &[]));
        assert_eq!(server.messages()[0]["login"], login);
        assert_eq!(server.log(), ["connection", &format!("login {mechanism}")]);
    }
}

#[test]
fn rejected_login_does_not_show_the_password() {
    let encoded = "AGEAcC9hc3M6dyNvcmQtMDgxNQ==";
    for echo in ["no", PASSWORD, PLAIN_PASSWORD, encoded, "p%2fass%3aw%23ord-0815"] {
        let answer = format!("535 5.7.8 not {echo}");
        let Some(server) = SmtpServer::start(&["--login", "a:b", "--refuse-login", &answer]) else { return };
        let ran = send(&repo(TEAM, ""), &format!("smtp://a:{PASSWORD}@{}", server.host), &[], &[]);
        fails(&ran, &["rejected the login: 535", "app password"]);
        assert!(ran.stderr.contains("5.7.8 not") || echo != "no", "{}", ran.stderr);
        assert_eq!((server.messages(), server.log().len()), (vec![], 2), "{}", ran.stderr);
    }
    // Too short to be redacted.
    let Some(server) = SmtpServer::start(&["--login", "a:b", "--refuse-login", "535 not hunter2"]) else {
        return;
    };
    let ran = send(&repo(TEAM, ""), &format!("smtp://a:hunter2@{}", server.host), &[], &[]);
    fails(&ran, &["rejected the login: 535\n"]);
    let Some(server) = SmtpServer::start(&["--no-login"]) else { return };
    let ran = send(&repo(TEAM, ""), &format!("smtp://a:{PASSWORD}@{}", server.host), &[], &[]);
    fails(&ran, &["offers no login with a user and password"]);
}

#[test]
fn rejected_recipient_is_named_and_the_others_get_the_message() {
    let gone = "team@example.com=550 5.1.1 no such user";
    let Some(server) = SmtpServer::start(&["--refuse", gone]) else { return };
    let ran = send(&repo(TEAM, ""), &format!("smtp://{}", server.host), &[], &[]);
    fails(
        &ran,
        &[
            "rejected 1 of 2 recipients: team@example.com (550 5.1.1 no such user); the message was sent to the other\n",
            "correct the addresses",
        ],
    );
    assert_eq!(server.messages()[0]["recipients"], json!(["chen@example.com"]));

    let greylisted = "chen@example.com=450 greylisted";
    let Some(server) = SmtpServer::start(&["--refuse", gone, "--refuse", greylisted]) else { return };
    let ran = send(&repo(TEAM, ""), &format!("smtp://{}", server.host), &[], &[]);
    fails(
        &ran,
        &["rejected 2 of 2 recipients", "chen@example.com (450 greylisted)\n", "try again in some minutes"],
    );
    assert_eq!(server.messages(), Vec::<Value>::new());
}

#[test]
fn rejected_message_is_not_sent_again() {
    for (option, answer, words) in [
        ("--refuse-sender", "553 not yours", "rejected the sender releases@example.com: 553 not yours"),
        ("--refuse-message", "554 5.7.1 spam", "rejected the message: 554 5.7.1 spam"),
        ("--refuse-message", "451 4.3.0 later", "the server calls it temporary"),
    ] {
        let Some(server) = SmtpServer::start(&[option, answer]) else { return };
        fails(&send(&repo(TEAM, ""), &format!("smtp://{}", server.host), &[], &[]), &[words]);
        assert_eq!((server.messages(), server.log().len()), (vec![], 1));
    }
}

#[test]
fn failed_connection_is_repeated() {
    let Some(server) = SmtpServer::start(&["--busy", "2"]) else { return };
    ok(&send(&repo(TEAM, "[network]\ntries = 3\n"), &format!("smtp://{}", server.host), &[], &[]));
    assert_eq!((server.messages().len(), server.log().len()), (1, 3));
    let Some(server) = SmtpServer::start(&["--busy", "2"]) else { return };
    let ran = send(&repo(TEAM, "[network]\ntries = 2\n"), &format!("smtp://{}", server.host), &[], &[]);
    fails(&ran, &["cannot connect to 127.0.0.1:", "421 too busy"]);
    let closed = send(&repo(TEAM, "[network]\ntries = 2\n"), "smtp://127.0.0.1:9", &[], &[]);
    fails(&closed, &["cannot connect to 127.0.0.1:9: Connection refused"]);
}

#[test]
fn server_that_hangs_times_out() {
    let network = "[network]\ntries = 1\ntimeout = 1\n";
    for (hang, words, limit) in [
        ("greeting", "timed out", 10),
        ("message", "timed out; the message may have been sent", 10),
        // One byte at a time: no answer is late, but none is complete.
        ("drip", "timed out", 20),
    ] {
        let Some(server) = SmtpServer::start(&["--hang", hang]) else { return };
        let start = Instant::now();
        let ran = send(&repo(TEAM, network), &format!("smtp://{}", server.host), &[], &[]);
        fails(&ran, &[words]);
        assert!(start.elapsed() < Duration::from_secs(limit), "{:?}: {}", start.elapsed(), ran.stderr);
        assert_eq!(server.log()[0], "connection");
    }
}

#[test]
fn address_beyond_ascii_needs_a_server_that_supports_it() {
    let Some(server) = SmtpServer::start(&[]) else { return };
    let repo = repo("[\"陳@example.com\"]", "");
    ok(&send(&repo, &format!("smtp://{}", server.host), &[], &[]));
    assert_eq!(server.messages()[0]["recipients"], json!(["陳@example.com"]));
    let Some(server) = SmtpServer::start(&["--no-utf8"]) else { return };
    let ran = send(&repo, &format!("smtp://{}", server.host), &[], &[]);
    fails(&ran, &["supports only email addresses in ASCII"]);
}

#[test]
fn other_recipients_are_notified_if_the_server_fails() {
    let Some(server) = SmtpServer::start(&[]) else { return };
    let more = "[network]\ntries = 1\n[[notify]]\nkind = \"email\"\nname = \"other\"\nfrom = \"a@example.com\"\n\
                to = [\"b@example.com\"]\nsmtp_env = \"OTHER_SMTP_URL\"\n[[notify]]\nkind = \"email\"\n\
                name = \"third\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\nsmtp_env = \"THIRD_SMTP_URL\"\n";
    let other = format!("smtp://{}", server.host);
    let ran = send(&repo(TEAM, more), "smtp://127.0.0.1:9", &[], &[("OTHER_SMTP_URL", &other)]);
    assert_eq!((ran.status, server.messages().len()), (Some(2), 1), "{}", ran.snapshot());
    for words in ["cannot send to `mail`: cannot connect", "sent to other", "THIRD_SMTP_URL is not set"] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.snapshot());
    }
}

#[test]
fn dry_run_needs_no_server() {
    let repo = repo(TEAM, "");
    let ran = send(&repo, &format!("smtps://a:{PASSWORD}@smtp.example.com"), &["--dry-run"], &[]);
    let described = "to mail (team@example.com, 陳 <chen@example.com>, by smtp.example.com:465):";
    assert!(ran.status == Some(0) && ran.stderr.contains(described), "{}", ran.snapshot());
    assert!(ran.stdout.contains("Subject: 1.1.0 will be deployed"), "{}", ran.snapshot());
    let ran = repo.run(&["notify", "v1.1.0", "--dry-run"]);
    assert!(
        ran.status == Some(0) && ran.stderr.contains("the variable SMTP_URL is not set"),
        "{}",
        ran.snapshot()
    );
}

#[test]
fn invalid_url_is_refused_without_showing_it() {
    let repo = repo(TEAM, "");
    for url in [
        format!("a:{PASSWORD}@smtp.example.com"),
        format!("https://a:{PASSWORD}@smtp.example.com"),
        format!("smtps://a:{PLAIN_PASSWORD}@smtp.example.com"),
        format!("smtp://a:{PASSWORD}@smtp.example.com?tls=none"),
    ] {
        let ran = send(&repo, &url, &[], &[]);
        let words =
            ["its SMTP URL is missing or not valid", "smtps://user:password@host", "variable SMTP_URL"];
        for words in words {
            assert!(ran.status == Some(2) && ran.stderr.contains(words), "{}", ran.snapshot());
        }
    }
    repo.write("url", "smtps://smtp.example.com");
    for more in ["file = \"mail.eml\"\n", "smtp_file = \"url\"\n"] {
        let config = std::fs::read_to_string(repo.dir().join("tidings.toml")).unwrap();
        repo.write("other.toml", config + more);
        let ran = repo.run(&["notify", "v1.1.0", "--config", "other.toml"]);
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    }
}

#[test]
fn url_is_read_from_a_file_of_the_user() {
    let Some(server) = SmtpServer::start(&[]) else { return };
    let repo = repo(TEAM, "");
    let config = std::fs::read_to_string(repo.dir().join("tidings.toml")).unwrap();
    repo.write("../own.toml", config.replace("smtp_env = \"SMTP_URL\"", "smtp_file = \"../url\""));
    repo.write("../url", format!("smtp://{}\n", server.host));
    let ran = repo.run(&["notify", "v1.1.0", "--config", "../own.toml"]);
    ok(&ran);
    assert_eq!(server.messages().len(), 1);
}
