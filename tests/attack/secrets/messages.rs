//! Secrets from the environment and from URLs, in the program's own messages.

use super::server::{forms, leaks};
use crate::support::{Ran, Repo};

const SECRET: &str = "q7Zk/2+x9?Lw8&v<1_mN";

fn repo() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    repo
}

fn assert_hidden(ran: &Ran, what: &str) {
    let all = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(leaks(SECRET, &all), [""; 0], "{what}: {all}");
}

#[test]
fn secret_variables_are_redacted_in_messages() {
    let repo = repo();
    let mut tried = 0;
    for variable in ["GITHUB_TOKEN", "CI_JOB_TOKEN", "AWS_SECRET_ACCESS_KEY", "NPM_TOKEN", "my_password"] {
        let forms: Vec<String> = forms(SECRET).into_iter().map(|(_, form)| form).collect();
        // In small batches, since each run takes time.
        for form in forms.chunks(6).map(|few| few.join(" ")) {
            let message = format!("feat: use {form} here");
            for args in [
                &["notes", form.as_str()][..],
                &["explain", &form],
                &["next", "--bump", &form],
                &["--config", &form],
                &["notes", "--output", &form, "no-such-version"],
                &[&form],
                &["check", "--message", "-"],
                &["check", "--message", "-", "--format", "github"],
                &["check", "--message", "-", "--format", "json"],
            ] {
                let mut command = repo.tidings(args);
                command.env(variable, SECRET);
                command.stdin(std::process::Stdio::piped());
                command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
                let mut child = command.spawn().unwrap();
                drop(std::io::Write::write_all(&mut child.stdin.take().unwrap(), message.as_bytes()));
                let output = child.wait_with_output().unwrap();
                let all = [output.stdout, output.stderr].concat();
                let all = String::from_utf8_lossy(&all);
                assert_eq!(leaks(SECRET, &all), [""; 0], "{variable} {args:?}: {all}");
                tried += 1;
            }
            if variable != "GITHUB_TOKEN" {
                break;
            }
        }
    }
    assert_eq!(tried, 9 * (5 + 4));
}

#[test]
fn explain_redacts_and_notes_warn() {
    let repo = repo();
    let commit = repo.commit("feat: open with q7Zk2x9Lw8v1mN0");
    let sha = repo.sha(commit);
    let run = |args: &[&str]| {
        let mut command = repo.tidings(args);
        command.env("SERVICE_TOKEN", "q7Zk2x9Lw8v1mN0");
        repo.run_command(command)
    };
    for args in [&["explain", sha.as_str()][..], &["explain", &sha, "--format", "json"]] {
        let ran = run(args);
        assert!(ran.stdout.contains("***") && !ran.stdout.contains("q7Zk2x9Lw8v1mN0"), "{}", ran.stdout);
    }
    for args in [
        &["notes"][..],
        &["notes", "--format", "json"],
        &["notes", "--format", "html"],
        &[],
        &["preview"],
        &["compare", "v1.0.0", "HEAD"],
        &["changelog", "--as", "v1.1.0"],
        &["changelog", "--as", "v1.1.0", "--write"],
        &["notes", "--outputs", "../out"],
        &["context"],
        &["tag", "v1.1.0", "--dry-run"],
        &["tag", "v1.1.0"],
    ] {
        let ran = run(args);
        let count = ran.stderr.matches("the notes contain the value of SERVICE_TOKEN").count();
        assert_eq!(count, 1, "{args:?}: {}", ran.snapshot());
        assert!(!ran.stderr.contains("q7Zk2x9Lw8v1mN0") && !ran.stdout.contains("***"), "{args:?}");
    }
    assert_eq!(run(&["notes", "v1.0.0"]).stderr, "");
}

#[test]
fn password_in_a_remote_url_is_redacted() {
    let repo = repo();
    repo.git(&[
        "remote",
        "add",
        "origin",
        "http://ada:q7Zk2x9Lw8v1mN0@127.0.0.1:1/o/r.git?private_token=z8Yx7Wv6Ut5S",
    ]);
    repo.git(&[
        "config",
        "http.http://127.0.0.1:1/.extraheader",
        "AUTHORIZATION: basic YWRhOnBhc3Mtd29yZC0x",
    ]);
    for args in [
        &["--deepen", "notes"][..],
        &["tag", "v1.1.0", "--push", "--allow", "empty", "--force"],
        &["notes", "v1.0.0", "--forge", "-v"],
        &["publish", "v1.0.0", "-v"],
        &["explain", "q7Zk2x9Lw8v1mN0"],
        &["explain", "z8Yx7Wv6Ut5S"],
        &["explain", "pass-word-1"],
        &["explain", "YWRhOnBhc3Mtd29yZC0x"],
    ] {
        let ran = repo.run(args);
        for secret in ["q7Zk2x9Lw8v1mN0", "z8Yx7Wv6Ut5S", "pass-word-1", "YWRhOnBhc3Mtd29yZC0x"] {
            assert!(
                !format!("{}{}", ran.stdout, ran.stderr).contains(secret),
                "{args:?}: {}",
                ran.snapshot()
            );
        }
    }
}

#[test]
fn proxy_password_is_redacted() {
    let repo = repo();
    repo.write("tidings.toml", "[repository]\nurl = 'https://github.com/o/r'\n[network]\ntries = 1\n");
    for proxy in [
        "http://ada:q7Zk2x9Lw8v1mN0@127.0.0.1:1",
        "q7Zk2x9Lw8v1mN0://ada:q7Zk2x9Lw8v1mN0@[",
        "socks9://u:q7Zk2x9Lw8v1mN0@x",
    ] {
        let mut command = repo.tidings(&["notes", "v1.0.0", "--forge", "--verbose"]);
        command.env("HTTPS_PROXY", proxy).env("GITHUB_TOKEN", SECRET);
        let ran = repo.run_command(command);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("q7Zk2x9Lw8v1mN0"), "{}", ran.snapshot());
        assert_hidden(&ran, proxy);
    }
}

#[test]
fn committed_configuration_cannot_redact_words() {
    let repo = repo();
    let words = "token%20is%20not%20sent%20to%20evil.example1";
    repo.write(
        "tidings.toml",
        format!("[repository]\nurl = 'https://a:{words}@forge.example/o/r'\n[forge]\napi = 'https://a:{words}@evil.example/api'\n"),
    );
    let ran = repo.run(&["explain", "token is not sent to evil.example1"]);
    assert!(ran.stderr.contains("token is not sent to evil.example1"), "{}", ran.stderr);
}

#[test]
fn secrets_are_redacted_before_truncation() {
    use super::server::Server;
    for before in (100..200).step_by(5) {
        let server = Server::start(move |_| {
            let body = serde_json::json!({ "message": format!("{}{SECRET}", "x".repeat(before)) });
            (403, Vec::new(), body.to_string())
        });
        let repo = repo();
        repo.write(
            "tidings.toml",
            "[repository]\nurl = 'https://forge.example/o/r'\nforge = 'gitlab'\n[network]\ntries = 1\n",
        );
        let mut command = repo.tidings(&["publish", "v1.0.0"]);
        command
            .env("GITLAB_TOKEN", SECRET)
            .env("TIDINGS_FORGE__API", format!("http://{}/api/v4", server.host));
        let ran = repo.run_command(command);
        assert!(ran.stderr.contains("xxx"), "{}", ran.stderr);
        assert!(!ran.stderr.contains(&SECRET[..8]), "{}", ran.stderr);
    }
}

#[test]
fn secret_broken_over_lines_is_redacted() {
    let repo = repo();
    let token = "glpat-q7Zk2x9-Lw8v1mN0-aBcDeFgHiJ-0123456789";
    let rules = (10..60).map(|width| {
        format!("[[rules]]\nname = \"{}\"\nscopes = [\"other\"]\nsection = \"features\"\n", "w".repeat(width))
    });
    repo.write("tidings.toml", rules.collect::<String>());
    let commit = repo.commit(format!("feat({token}): x").as_str());
    let sha = repo.sha(commit);
    for args in [&["explain", sha.as_str()][..], &["explain", &sha, "-v"]] {
        let plain: String = repo.run(args).stdout.split_whitespace().collect();
        assert!(plain.matches(token).count() > 40, "{plain}");
        let mut command = repo.tidings(args);
        command.env("GITLAB_TOKEN", token);
        let ran = repo.run_command(command);
        let joined: String = ran.stdout.split_whitespace().collect();
        assert!(!joined.contains(&token[6..]) && joined.contains("***"), "{args:?}: {}", ran.stdout);
    }
}
