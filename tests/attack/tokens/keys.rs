//! Keys of the repository's configuration that name secrets.

use super::*;

const REFUSED: [(&str, &str, &str); 19] = [
    (
        "[forge]\ntoken_file = '../secret'\n",
        "tidings.toml:2:14: `forge.token_file`",
        "TIDINGS_FORGE__TOKEN_FILE",
    ),
    (
        "[forge]\ntoken_file = 'secret'\n",
        "tidings.toml:2:14: `forge.token_file`",
        "TIDINGS_FORGE__TOKEN_FILE",
    ),
    ("[network]\nca_file = 'ca.pem'\n", "tidings.toml:2:11: `network.ca_file`", "TIDINGS_NETWORK__CA_FILE"),
    ("[[notify]]\nkind = 'slack'\nurl_file = '../secret'\n", "tidings.toml:3:12: notify entry 1", "url_env"),
    (
        "[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_file = '/etc/shadow'\n",
        "tidings.toml:4:15:",
        "secret_env",
    ),
    ("[[notify]]\nkind = 'slack'\nurl_env = 'GITHUB_TOKEN'\n", "tidings.toml:3:11:", "SLACK_WEBHOOK"),
    (
        "[[notify]]\nkind = 'slack'\nurl_env = 'HOOK'\n[[notify]]\nkind = 'slack'\nurl_env = 'CI_REPOSITORY_URL'\n",
        "tidings.toml:6:11:",
        "",
    ),
    (
        "[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_env = 'GITHUB_TOKEN'\n",
        "tidings.toml:4:14:",
        "HOOK_KEY",
    ),
    (
        "[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_env = 'github_token'\n",
        "tidings.toml:4:14:",
        "",
    ),
    (
        "[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_env = 'CI_JOB_TOKEN'\n",
        "tidings.toml:4:14:",
        "",
    ),
    (
        "[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_env = 'AWS_SECRET_ACCESS_KEY'\n",
        "tidings.toml:4:14:",
        "",
    ),
    (
        "[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_env = 'CI_REGISTRY_PASSWORD'\n",
        "tidings.toml:4:14:",
        "",
    ),
    (
        "[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_env = 'SSH_PRIVATE_KEY'\n",
        "tidings.toml:4:14:",
        "",
    ),
    (
        "[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_env = 'TIDINGS_REGISTRY_TOKEN'\n",
        "tidings.toml:4:14:",
        "",
    ),
    ("[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_env = 'KUBECONFIG'\n", "tidings.toml:4:14:", ""),
    (
        "[[notify]]\nkind = 'webhook'\nurl_env = 'HOOK'\nsecret_env = 'DOCKER_AUTH_CONFIG'\n",
        "tidings.toml:4:14:",
        "",
    ),
    (
        "[[notify]]\nkind = 'email'\nfrom = 'a@example.com'\nto = ['b@example.com']\nsmtp_file = '../secret'\n",
        "tidings.toml:5:13: notify entry 1",
        "smtp_env",
    ),
    (
        "[[notify]]\nkind = 'email'\nfrom = 'a@example.com'\nto = ['b@example.com']\nsmtp_env = 'GITHUB_TOKEN'\n",
        "tidings.toml:5:12: notify entry 1",
        "SMTP_URL",
    ),
    (
        "[[notify]]\nkind = 'email'\nfrom = 'a@example.com'\nto = ['b@example.com']\nsmtp_env = 'SMTP_PASSWORD'\n",
        "tidings.toml:5:12: notify entry 1",
        "SMTP_URL",
    ),
];

#[test]
fn repository_configuration_may_not_name_secrets() {
    let network = Network::start();
    let repo = repo("https://github.com/o/r.git");
    repo.write("secret", "content-of-the-file");
    std::fs::write(repo.home().join("secret"), "content-of-the-file").unwrap();
    let notify: [&[&str]; 2] = [&["notify", "v1.1.0"], &["notify", "v1.1.0", "--dry-run"]];
    for (file, place, hint) in REFUSED {
        repo.write("tidings.toml", file);
        for args in COMMANDS.iter().chain(&notify) {
            let mut command = with_tokens(&repo, &network, args);
            command.env("HOOK", format!("http://{}/hook", network.host));
            let ran = run(&repo, command);
            assert_eq!(ran.status, Some(2), "{file} {args:?}: {}", ran.snapshot());
            assert!(ran.stderr.contains(place) && ran.stderr.contains(hint), "{file}: {}", ran.stderr);
            assert!(!ran.stderr.contains("content-of-the-file"), "{}", ran.stderr);
            assert_eq!(network.received(), "", "{file} {args:?}");
        }
    }
}

/// The same in each possible location of a repository's configuration, and in a file of the repository given on the
/// command line.
#[test]
fn no_configuration_file_of_a_repository_may_name_secrets() {
    let repo = repo("https://github.com/o/r.git");
    for (name, text) in [
        (".tidings.toml", "[forge]\ntoken_file = 'x'\n"),
        (".config/tidings.toml", "forge = { token_file = 'x' }\n"),
        ("Cargo.toml", "[package]\nname = 'a'\n[package.metadata.tidings.forge]\ntoken_file = 'x'\n"),
        ("pyproject.toml", "[tool.tidings.network]\nca_file = 'x'\n"),
        ("package.json", "{\"tidings\": {\"forge\": {\"token_file\": \"x\"}}}"),
    ] {
        repo.write(name, text);
        let ran = repo.run(&["notes"]);
        assert!(ran.status == Some(2) && ran.stderr.contains(name), "{name}: {}", ran.snapshot());
        std::fs::remove_file(repo.dir().join(name)).unwrap();
    }
    repo.write("ci/own.toml", "[forge]\ntoken_file = 'x'\n");
    for path in ["ci/own.toml", "../repo/ci/own.toml", "./ci/../ci/own.toml"] {
        let ran = repo.run(&["notes", "--config", path]);
        assert!(ran.status == Some(2) && ran.stderr.contains("own.toml:2:14"), "{path}: {}", ran.snapshot());
    }
}

#[test]
fn user_may_name_what_a_repository_may_not() {
    let network = Network::start();
    let repo = repo("https://github.com/o/r.git");
    std::fs::write(repo.home().join("token"), "tok-file\n").unwrap();
    let api = format!("http://{}/api/v3", network.host);
    let outside = repo.home().join("outside.toml");
    std::fs::write(&outside, format!("[forge]\ntoken_file = '{}'\n", repo.home().join("token").display()))
        .unwrap();
    let mut by_variable = repo.tidings(&["notes"]);
    by_variable.env("TIDINGS_FORGE__TOKEN_FILE", repo.home().join("token"));
    let mut by_file = repo.tidings(&["notes"]);
    by_file.arg("--config").arg(&outside);
    let hosts = repo.home().join("hosts.toml");
    std::fs::write(&hosts, format!("[\"{}\"]\nforge = 'github'\ntoken_file = 'token'\n", network.host))
        .unwrap();
    let mut by_hosts = repo.tidings(&["notes"]);
    by_hosts.env("TIDINGS_HOSTS_FILE", &hosts);
    for mut command in [by_variable, by_file, by_hosts] {
        command.env("TIDINGS_FORGE__API", &api).env("TIDINGS_NETWORK__TRIES", "1");
        run(&repo, command);
        assert!(network.received().contains("tok-file"));
    }
    // A token from a file is bound to its hosts like one from a variable.
    let foreign = self::repo(&format!("http://{}/o/r.git", network.host));
    foreign.write("tidings.toml", "[repository]\nforge = 'github'\n");
    let mut command = foreign.tidings(&["notes"]);
    command.env("TIDINGS_FORGE__TOKEN_FILE", repo.home().join("token"));
    let ran = run(&foreign, command);
    assert!(
        network.received().is_empty() && ran.stderr.contains("the token is not sent to"),
        "{}",
        ran.stderr
    );
    let mut command = repo.tidings(&[
        "notify",
        "v1.1.0",
        "--to",
        "webhook",
        "--url-env",
        "X",
        "--secret-env",
        "GITHUB_TOKEN",
    ]);
    command.env("X", format!("http://{}/hook", network.host)).env("GITHUB_TOKEN", "tok-github");
    run(&repo, command);
    assert!(network.received().to_ascii_lowercase().contains("x-tidings-signature: "));
}

#[test]
fn webhook_url_requires_tls() {
    let network = Network::start();
    let repo = repo("https://github.com/o/r.git");
    repo.write("tidings.toml", "[[notify]]\nkind = 'slack'\nurl_env = 'HOOK'\n");
    for url in [
        "http://hook.example/secret-part",
        "http://127.0.0.1.evil.example/secret-part",
        "http://localhost.evil.example/secret-part",
        "http://localhost@evil.example/secret-part",
        "ftp://hook.example/secret-part",
        "postgres://user:secret-part@db.example/x",
        "secret-part",
        "http://hook.exa\nmple/secret-part",
        "https://hook.exa\tmple/secret-part",
    ] {
        let mut command = with_tokens(&repo, &network, &["notify", "v1.1.0", "--offline"]);
        command.env("HOOK", url);
        let ran = run(&repo, command);
        assert_eq!((ran.status, network.received().as_str()), (Some(2), ""), "{url}: {}", ran.snapshot());
        assert!(!ran.stderr.contains("secret-part"), "{}", ran.stderr);
    }
}
