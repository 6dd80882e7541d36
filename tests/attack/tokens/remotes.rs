//! Secrets in the URL of a remote.

use super::*;

/// URLs with a secret, with the prefix of links in the notes, if there are any.
const URLS: [(&str, &str); 22] = [
    ("https://gitlab.com/o/r.git?private_token=SECRET", "https://gitlab.com/o/r"),
    ("https://gitlab.com/o/r.git#SECRET", "https://gitlab.com/o/r"),
    ("https://gitlab.com/o/r.git%3fprivate_token=SECRET", "https://gitlab.com/o/r"),
    ("https://gitlab.com/o/r.git;private_token=SECRET", "https://gitlab.com/o/r"),
    ("https://oauth2:SECRET@gitlab.com/o/r.git", "https://gitlab.com/o/r"),
    ("https://SECRET@github.com/o/r.git", "https://github.com/o/r"),
    ("https://SECRET:x-oauth-basic@github.com/o/r", "https://github.com/o/r"),
    ("https://a:SEC@SECRET@github.com/o/r", "https://github.com/o/r"),
    ("https://a:SECRET@github.com:443/o/r?x=SECRET#SECRET", "https://github.com/o/r"),
    ("ssh://git:SECRET@github.com:22/o/r", "https://github.com/o/r"),
    ("ssh://git:SECRET@github.com/o/r?SECRET", "https://github.com/o/r"),
    ("git@github.com:o/r.git?token=SECRET", "https://github.com/o/r"),
    ("SECRET@github.com:o/r.git", "https://github.com/o/r"),
    ("git://SECRET@github.com/o/r.git", "https://github.com/o/r"),
    ("https://user:pa/SECRET@github.com/o/r", ""),
    ("https://user:12/SECRET@github.com/o/r", ""),
    ("https://user/SECRET@github.com/o/r", ""),
    ("https://user?SECRET@github.com/o/r", ""),
    ("https://user#SECRET@github.com/o/r", ""),
    ("user:SECRET@github.com:o/r", ""),
    ("ext::sh -c SECRET", ""),
    ("https::https://SECRET@github.com/o/r", ""),
];

const FORMATS: [&str; 8] =
    ["markdown", "json", "html", "text", "slack", "keepachangelog", "release", "terminal"];

fn clean(repo: &Repo, command: Command, what: &str) -> Ran {
    let ran = repo.run_command(command);
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("SECRET"), "{what}: {}", ran.snapshot());
    ran
}

#[test]
fn secret_in_a_remote_url_is_in_no_output() {
    for (url, page) in URLS {
        let repo = repo(url);
        let ran = clean(&repo, repo.tidings(&["notes", "--offline"]), url);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        assert_eq!(
            ran.stdout.contains(&format!("({page}")) && !page.is_empty(),
            !page.is_empty(),
            "{url}: {}",
            ran.stdout
        );
        clean(&repo, repo.tidings(&["notes", "--all", "--offline", "--format", "json"]), url);
        clean(&repo, repo.tidings(&["publish", "v1.1.0", "--verbose"]), url);
    }
    for (url, _) in URLS.into_iter().step_by(7) {
        let repo = repo(url);
        for format in FORMATS {
            clean(&repo, repo.tidings(&["notes", "--all", "--offline", "--format", format]), url);
        }
        for args in COMMANDS {
            clean(&repo, repo.tidings(&[args, &["--verbose"]].concat()), url);
        }
    }
}

#[test]
fn secret_in_a_configured_or_pipeline_url_is_in_no_output() {
    let network = Network::start();
    for (index, (url, _)) in URLS.into_iter().enumerate() {
        let repo = repo("git@github.com:o/r.git");
        repo.write("tidings.toml", format!("[repository]\nurl = '{url}'\n"));
        for args in [&["notes", "--format", "json"][..], &["context"], &["-v"]] {
            clean(&repo, repo.tidings(args), url);
        }
        std::fs::remove_file(repo.dir().join("tidings.toml")).unwrap();
        for variable in [
            "TIDINGS_REPOSITORY__URL",
            "CI_PROJECT_URL",
            "CI_SERVER_URL",
            "GITHUB_SERVER_URL",
            "TIDINGS_FORGE__API",
            "GITLAB_HOST",
            "GH_HOST",
        ] {
            let commands: [&[&str]; 3] =
                [&["notes", "--format", "json", "-v"], &["show", "v1.1.0", "-v"], &["publish", "v1.1.0"]];
            for args in &commands[..if index % 7 == 0 { 3 } else { 1 }] {
                let mut command = with_tokens(&repo, &network, args);
                command.env(variable, url);
                clean(&repo, command, &format!("{variable} {url}"));
            }
        }
        assert!(!network.received().contains("SECRET"), "{url}");
    }
}

#[test]
fn secret_in_a_url_is_in_no_cache_and_no_recording() {
    let network = Network::start();
    for url in [
        format!("http://SECRET:SECRET@{}/o/r.git?SECRET#SECRET", network.host),
        format!("http://{}/o/r.git?private_token=SECRET", network.host),
    ] {
        let repo = repo(&url);
        let record = repo.home().join("run.json");
        let hosts = repo.home().join("hosts.toml");
        std::fs::write(&hosts, format!("[\"{}\"]\nforge = 'gitea'\n", network.host)).unwrap();
        for more in [vec![], vec!["--record", record.to_str().unwrap()]] {
            let mut command = with_tokens(&repo, &network, &[vec!["notes"], more].concat());
            command.env("TIDINGS_HOSTS_FILE", &hosts);
            clean(&repo, command, &url);
        }
        let received = network.received();
        assert!(received.contains("/api/v1/repos/o/r/") && !received.contains("SECRET"), "{received}");
        let output = Command::new("grep").args(["-rl", "SECRET"]).arg(repo.home()).output().unwrap();
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        let own = format!("{}/.git/config", repo.dir().display());
        assert!(record.exists() && found.lines().all(|line| line == own), "{found}");
    }
}

#[test]
fn failing_git_does_not_show_the_secret_of_a_remote() {
    for url in [
        "http://ada:SECRET@127.0.0.1:9/o/r.git",
        "http://127.0.0.1:9/o/r.git?private_token=SECRET",
        "http://SEC/SECRET@127.0.0.1:9/o/r.git",
        "SECRET@127.0.0.1:9/o/r.git?SECRET",
        "/no/such/place",
        "ext::sh -c 'echo SECRET'",
        "file:///no/such?SECRET",
    ] {
        let repo = repo(url);
        for args in [
            &["notes", "--deepen", "--offline"][..],
            &["tag", "v1.2.0", "--push", "--allow", "changelog", "--offline"],
        ] {
            let mut command = repo.tidings(args);
            command.env("GIT_SSH_COMMAND", "false").env("GIT_TERMINAL_PROMPT", "0");
            let ran = clean(&repo, command, url);
            assert_eq!(ran.status, Some(3), "{url} {args:?}: {}", ran.snapshot());
            repo.git(&["tag", "--force", "v1.1.0", "v1.1.0"]);
        }
    }
}

/// `remote` in a repository's configuration is a remote name; git would accept a URL or a command.
#[test]
fn configuration_does_not_choose_where_git_fetches_from_and_pushes_to() {
    let network = Network::start();
    for name in [
        format!("http://SECRET@{}/o/r.git", network.host),
        format!("http://{}/o/r.git?SECRET", network.host),
        "ext::touch pwned".to_owned(),
        "../elsewhere".to_owned(),
        "--upload-pack=touch pwned".to_owned(),
        "".to_owned(),
    ] {
        let repo = repo("git@github.com:o/r.git");
        repo.write("tidings.toml", format!("[repository]\nremote = '{name}'\n"));
        for args in [
            &["notes", "--deepen", "--offline"][..],
            &["tag", "v1.2.0", "--push", "--allow", "changelog", "--offline"],
        ] {
            let ran = clean(&repo, repo.tidings(args), &name);
            assert!(
                ran.status == Some(3) && ran.stderr.contains("no git remote is named"),
                "{}",
                ran.snapshot()
            );
        }
        assert!(!repo.dir().join("pwned").exists());
        assert_eq!(network.received(), "", "{name}");
    }
}
