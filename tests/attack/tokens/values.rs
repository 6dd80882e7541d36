//! Tokens that are not valid in a header.

use super::*;

const KINDS: [(&str, &str, &str); 9] = [
    ("GITHUB_TOKEN", "github", "/api/v3"),
    ("GH_TOKEN", "github", "/api/v3"),
    ("GH_ENTERPRISE_TOKEN", "github", "/api/v3"),
    ("GITHUB_ENTERPRISE_TOKEN", "github", "/api/v3"),
    ("GITLAB_TOKEN", "gitlab", "/api/v4"),
    ("CI_JOB_TOKEN", "gitlab", "/api/v4"),
    ("GITEA_TOKEN", "gitea", "/api/v1"),
    ("FORGEJO_TOKEN", "gitea", "/api/v1"),
    ("BITBUCKET_TOKEN", "bitbucket", "/2.0"),
];

/// A run that may send the token to the server on loopback.
fn with(network: &Network, repo: &Repo, kind: &str, api: &str) -> Command {
    let mut command = repo.tidings(&["notes", "--require-forge", "--no-cache"]);
    command
        .env("TIDINGS_FORGE__API", format!("http://{}{api}", network.host))
        .env("TIDINGS_REPOSITORY__FORGE", kind);
    command.env("TIDINGS_NETWORK__TRIES", "1").env("TIDINGS_FORGE__ASK", "always");
    command
}

#[test]
fn token_with_an_invalid_character_is_an_error() {
    let network = Network::start();
    let repo = repo("https://forge.example/o/r.git");
    for (name, kind, api) in KINDS {
        for odd in [
            "hid\nden",
            "hid\r\nX: den",
            "hid\tden",
            "hid\u{1}den",
            "\u{1b}hidden",
            "hid den",
            "hiddén",
            "hid\u{7f}den",
            "hid\u{2028}den",
        ] {
            let mut command = with(&network, &repo, kind, api);
            command.env(name, odd);
            let ran = repo.run_command(command);
            assert_eq!(ran.status, Some(2), "{name} {odd:?}: {}", ran.snapshot());
            assert!(ran.stderr.contains(&format!("the token in {name} contains ")), "{}", ran.stderr);
            assert!(!ran.stderr.contains("hid") && !ran.stderr.contains("den"), "{}", ran.stderr);
            assert_eq!(network.received(), "", "{name} {odd:?}");
        }
        let mut command = with(&network, &repo, kind, api);
        command.env(name, " hidden\n");
        let ran = repo.run_command(command);
        assert_ne!(
            ran.status,
            Some(2),
            "white space around it is a file's or an editor's: {}",
            ran.snapshot()
        );
        assert!(network.received().contains("hidden"), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn non_utf_8_token_is_an_error() {
    use std::os::unix::ffi::OsStrExt as _;
    let network = Network::start();
    let repo = repo("https://forge.example/o/r.git");
    let mut command = with(&network, &repo, "github", "/api/v3");
    command.env("GITHUB_TOKEN", std::ffi::OsStr::from_bytes(b"hid\xff\xfeden"));
    let ran = repo.run_command(command);
    assert!(ran.status == Some(2) && ran.stderr.contains("GITHUB_TOKEN"), "{}", ran.snapshot());
    assert_eq!(network.received(), "");
}

#[test]
fn token_in_a_file_is_validated_too() {
    let network = Network::start();
    let repo = repo("https://forge.example/o/r.git");
    let path = repo.home().join("token");
    for (content, status, message) in [
        (&b"hid\x00den"[..], 2, "a control character"),
        (b"hid\nden\n", 2, "a control character"),
        (b"hid\xffden", 2, "not ASCII"),
        (b"\n", 2, "is empty"),
        (b"hidden\n", 4, ""),
    ] {
        std::fs::write(&path, content).unwrap();
        let mut command = with(&network, &repo, "github", "/api/v3");
        command.env("TIDINGS_FORGE__TOKEN_FILE", &path);
        let ran = repo.run_command(command);
        assert_eq!(ran.status, Some(status), "{}", ran.snapshot());
        assert!(ran.stderr.contains(message) && !ran.stderr.contains("hid"), "{}", ran.stderr);
        assert_eq!(network.received().contains("hidden"), status == 4);
    }
}

#[test]
fn bitbucket_password_may_not_contain_control_characters() {
    let network = Network::start();
    let repo = repo("https://forge.example/o/r.git");
    for (password, status) in [("hid\nden", 2), ("hid\u{1}den", 2)] {
        let mut command = with(&network, &repo, "bitbucket", "/2.0");
        command.env("BITBUCKET_USER", "ada").env("BITBUCKET_APP_PASSWORD", password);
        let ran = repo.run_command(command);
        assert_eq!(ran.status, Some(status), "{}", ran.snapshot());
        assert!(!ran.stderr.contains("hid") && network.received().is_empty(), "{}", ran.stderr);
    }
    let mut command = with(&network, &repo, "bitbucket", "/2.0");
    command.env("BITBUCKET_USER", "ada").env("BITBUCKET_APP_PASSWORD", "pässwörd with spaces");
    repo.run_command(command);
    assert!(network.received().to_ascii_lowercase().contains("authorization: basic "));
}
