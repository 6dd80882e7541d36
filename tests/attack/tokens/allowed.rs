//! Only the user's own settings allow a host, in each form.

use super::*;

/// A setting that allows the server on loopback, `{}`, and the tokens that may be sent there; the first of them is
/// sent.
struct Setting {
    environment: &'static [(&'static str, &'static str)],
    hosts: &'static str,
    /// The settings in the repository's own configuration.
    file: &'static str,
    token: Option<&'static str>,
}

const NO_SETTING: Setting = Setting { environment: &[], hosts: "", file: "", token: None };

fn tried(setting: &Setting, remote: &str, args: &[&str]) -> (String, Ran) {
    let network = Network::start();
    let put = |text: &str| text.replace("{}", &network.host);
    let repo = repo(&put(remote));
    if !setting.file.is_empty() {
        repo.write("tidings.toml", put(setting.file));
    }
    let mut command = with_tokens(&repo, &network, args);
    command.envs(setting.environment.iter().map(|(name, value)| (*name, put(value))));
    if !setting.hosts.is_empty() {
        let path = repo.home().join("hosts.toml");
        std::fs::write(&path, put(setting.hosts)).unwrap();
        command.env("TIDINGS_HOSTS_FILE", path);
    }
    let ran = run(&repo, command);
    (network.received(), ran)
}

fn holds(words: &[Setting], remote: &str) {
    for setting in words {
        let (received, ran) = tried(setting, remote, &["notes"]);
        let message = format!("{:?} {} {}", setting.environment, setting.hosts, setting.file);
        assert_eq!(
            Network::tokens(&received),
            setting.token.into_iter().collect::<Vec<_>>(),
            "{message}: {received}\n{}",
            ran.stderr
        );
        assert_eq!(received.is_empty(), setting.token.is_none(), "{message}: {received}");
    }
}

const REMOTE: &str = "http://{}/o/r.git";
const GITHUB: &str = "[repository]\nforge = 'github'\n";
const GITLAB: &str = "[repository]\nforge = 'gitlab'\n";
const GITEA: &str = "[repository]\nforge = 'gitea'\n";

#[test]
fn user_setting_allows_the_matching_token_for_a_host() {
    let setting = |environment, token| Setting { environment, token: Some(token), ..NO_SETTING };
    let with = |file, setting: Setting| Setting { file, ..setting };
    holds(
        &[
            setting(&[("TIDINGS_FORGE__API", "http://{}/api/v3")], "GH_ENTERPRISE_TOKEN"),
            setting(&[("TIDINGS_FORGE__API", "http://{}/api/v4")], "GITLAB_TOKEN"),
            setting(&[("TIDINGS_FORGE__API", "http://{}/api/v1")], "GITEA_TOKEN"),
            setting(&[("TIDINGS_FORGE__API", "http://user:pw@{}/api/v1/?q#f")], "GITEA_TOKEN"),
            with(GITLAB, setting(&[("TIDINGS_FORGE__API", "http://{}/own")], "GITLAB_TOKEN")),
            with(GITEA, setting(&[("TIDINGS_REPOSITORY__URL", "http://{}/o/r")], "GITEA_TOKEN")),
            with(GITLAB, setting(&[("TIDINGS_REPOSITORY__URL", "http://{}/o/r")], "GITLAB_TOKEN")),
            setting(
                &[("TIDINGS_REPOSITORY__URL", "http://{}/o/r"), ("TIDINGS_REPOSITORY__FORGE", "gitlab")],
                "GITLAB_TOKEN",
            ),
            setting(&[("GH_HOST", "{}")], "GH_ENTERPRISE_TOKEN"),
            setting(&[("GITLAB_HOST", "{}")], "GITLAB_TOKEN"),
            setting(&[("GITLAB_HOST", "http://{}")], "GITLAB_TOKEN"),
            setting(&[("GITLAB_URI", "http://{}/")], "GITLAB_TOKEN"),
            setting(&[("GL_HOST", "{}")], "GITLAB_TOKEN"),
            setting(&[("GITHUB_SERVER_URL", "http://{}")], "GITHUB_TOKEN"),
            setting(
                &[("GITHUB_SERVER_URL", "http://{}"), ("GITHUB_API_URL", "http://{}/api/v3")],
                "GITHUB_TOKEN",
            ),
            setting(&[("GITHUB_SERVER_URL", "http://{}"), ("GITEA_ACTIONS", "true")], "GITEA_TOKEN"),
            setting(
                &[
                    ("GITHUB_SERVER_URL", "http://{}"),
                    ("FORGEJO_ACTIONS", "true"),
                    ("GITEA_TOKEN", ""),
                    ("FORGEJO_TOKEN", ""),
                ],
                "GITHUB_TOKEN",
            ),
            setting(&[("CI_SERVER_URL", "http://{}")], "GITLAB_TOKEN"),
            setting(&[("CI_SERVER_URL", "http://{}"), ("CI_API_V4_URL", "http://{}/api/v4")], "GITLAB_TOKEN"),
            with(GITLAB, setting(&[("CI_API_V4_URL", "http://{}/api/v4")], "GITLAB_TOKEN")),
            setting(
                &[("CI_SERVER_URL", "http://{}"), ("GITLAB_TOKEN", ""), ("TIDINGS_FORGE__ASK", "always")],
                "CI_JOB_TOKEN",
            ),
        ],
        REMOTE,
    );
    let hosts = |hosts, token| Setting { hosts, token: Some(token), ..NO_SETTING };
    holds(
        &[
            hosts("[\"{}\"]\nforge = 'gitea'\n", "GITEA_TOKEN"),
            hosts("[\"{}\"]\nforge = 'gitlab'\n", "GITLAB_TOKEN"),
            hosts("[\"{}\"]\nforge = 'github'\n", "GH_ENTERPRISE_TOKEN"),
            hosts("[\"{}\"]\nforge = 'gitea'\ntoken_env = 'BITBUCKET_TOKEN'\n", "BITBUCKET_TOKEN"),
            with(GITEA, hosts("[\"{}\"]\n", "GITEA_TOKEN")),
        ],
        REMOTE,
    );
}

#[test]
fn hosts_of_gh_and_glab_are_allowed_and_their_tokens_are_not_read() {
    for (file, text, token) in [
        (
            ".config/gh/hosts.yml",
            "github.com:\n  user: x\n{}:\n  oauth_token: tok-stolen\n",
            "GH_ENTERPRISE_TOKEN",
        ),
        (
            ".config/glab-cli/config.yml",
            "hosts:\n  gitlab.com:\n    token: x\n  {}:\n    token: tok-stolen\n",
            "GITLAB_TOKEN",
        ),
    ] {
        let network = Network::start();
        let repo = repo(&format!("http://{}/o/r.git", network.host));
        let path = repo.home().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text.replace("{}", &format!("\"{}\"", network.host))).unwrap();
        run(&repo, with_tokens(&repo, &network, &["notes"]));
        let received = network.received();
        assert_eq!(Network::tokens(&received), [token], "{file}: {received}");
        assert!(!received.contains("tok-stolen"), "{received}");
        // The same file inside the repository belongs to the repository.
        std::fs::create_dir_all(repo.dir().join(file).parent().unwrap()).unwrap();
        std::fs::rename(&path, repo.dir().join(file)).unwrap();
        let mut command = with_tokens(&repo, &network, &["notes"]);
        command.env("HOME", repo.dir());
        run(&repo, command);
        assert_eq!(network.received(), "", "{file}");
    }
}

#[test]
fn setting_for_another_host_port_scheme_or_forge_allows_nothing() {
    let setting = |environment| Setting { environment, ..NO_SETTING };
    let with = |file, setting: Setting| Setting { file, ..setting };
    let hosts = |hosts| Setting { hosts, ..NO_SETTING };
    holds(
        &[
            setting(&[("GH_HOST", "127.0.0.1")]),
            setting(&[("GH_HOST", "127.0.0.1:1")]),
            setting(&[("GH_HOST", "x.{}")]),
            setting(&[("GITLAB_HOST", "https://{}")]),
            setting(&[("CI_SERVER_URL", "https://{}")]),
            setting(&[("GITHUB_SERVER_URL", "http://127.0.0.1")]),
            setting(&[("GITHUB_SERVER_URL", "http://localhost:1")]),
            setting(&[("CI_PROJECT_URL", "http://{}/o/r")]),
            setting(&[("CI_SERVER_HOST", "{}")]),
            with(GITEA, setting(&[("GH_HOST", "{}")])),
            with(GITLAB, setting(&[("GH_HOST", "{}")])),
            with(GITHUB, setting(&[("GITLAB_HOST", "{}")])),
            with(GITEA, setting(&[("CI_SERVER_URL", "http://{}")])),
            with(GITLAB, setting(&[("GITHUB_SERVER_URL", "http://{}")])),
            with(GITHUB, setting(&[("GITHUB_SERVER_URL", "http://{}"), ("GITEA_ACTIONS", "true")])),
            with(GITLAB, setting(&[("TIDINGS_FORGE__API", "http://{}/api/v3")])),
            with(GITEA, setting(&[("TIDINGS_FORGE__API", "http://{}/api/v4")])),
            with(GITLAB, setting(&[("TIDINGS_FORGE__API", "https://api.github.com")])),
            with(GITHUB, hosts("[\"{}\"]\nforge = 'gitea'\n")),
            hosts("[\"127.0.0.1\"]\nforge = 'gitea'\n"),
            hosts("[\"localhost\"]\nforge = 'gitea'\n"),
            hosts("[\"{}\"]\nforge = 'gitea'\ntoken_env = 'NOT_SET'\n"),
            hosts("[\"other.example\"]\nforge = 'gitea'\napi = 'https://{}/api/v1'\n"),
        ],
        REMOTE,
    );
}

#[test]
fn repository_configuration_allows_no_host() {
    let network = Network::start();
    for remote in ["https://github.com/o/r.git", "http://{}/o/r.git", "git@codeberg.org:o/r.git"] {
        for file in [
            "[forge]\napi = 'http://{}/api/v3'\nask = 'always'\n",
            "[forge]\napi = 'http://any-host.example/api/v4'\nask = 'always'\n[repository]\nforge = 'gitlab'\n",
            "[forge]\napi = 'http://api.github.com.evil.example'\n",
            "[forge]\napi = 'https://github.com@evil.example/'\nask = 'always'\n",
            "[forge]\napi = 'https://api.github.com:8443'\n",
            "[forge]\napi = 'http://api.github.com'\n",
            "[repository]\nurl = 'http://{}/o/r'\nforge = 'github'\n",
            "[repository]\nurl = 'http://{}/o/r'\nforge = 'gitlab'\n[forge]\nask = 'always'\n",
            "[repository]\nurl = 'http://{}/o/r'\nforge = 'gitea'\n",
            "[repository]\nurl = 'http://{}/o/r'\n[forge]\nask = 'always'\n",
            "[repository]\nurl = 'http://gitlab.com/o/r'\n[forge]\napi = 'http://gitlab.com/api/v4'\n",
            "[repository]\nurl = 'https://bitbucket.org/o/r'\n[forge]\napi = 'http://{}/2.0'\n",
            "[registry]\nplain_http = ['{}', 'gitlab.com']\n[repository]\nurl = 'http://{}/o/r'\nforge = 'gitlab'\n",
        ] {
            let repo = repo(&remote.replace("{}", &network.host));
            repo.write("tidings.toml", file.replace("{}", &network.host));
            for args in [&["notes"][..], &["next"], &["show", "v1.1.0"], &["publish", "v1.1.0"]] {
                run(&repo, with_tokens(&repo, &network, args));
                assert_eq!(network.received(), "", "{remote} {file} {args:?}");
            }
        }
    }
}

/// Over http, a token is sent only to localhost, or if the user allows it.
#[test]
fn token_is_sent_over_http_only_if_the_user_allows_it() {
    let remote = "http://git.example/o/r.git";
    for (environment, hosts) in [
        (&[("TIDINGS_FORGE__API", "http://git.example/api/v1")][..], ""),
        (&[("CI_SERVER_URL", "http://git.example")], ""),
        (&[("GITLAB_HOST", "git.example")], ""),
        (
            &[("TIDINGS_REPOSITORY__URL", "http://git.example/o/r"), ("TIDINGS_REPOSITORY__FORGE", "gitlab")],
            "",
        ),
        (&[], "[\"git.example\"]\nforge = 'gitea'\n"),
        (&[], "[\"git.example\"]\nforge = 'gitea'\napi = 'http://git.example/api/v1'\n"),
    ] {
        let setting = Setting { environment, hosts, ..NO_SETTING };
        let (received, ran) = tried(&setting, remote, &["notes"]);
        assert_eq!(received, "", "{environment:?} {hosts}");
        let message = "the token is not sent to git.example over http; to allow it: --plain-http";
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
        let (received, _) = tried(&setting, remote, &["notes", "--plain-http"]);
        assert_eq!(Network::tokens(&received).len(), 1, "{environment:?} {hosts}: {received}");
        let (received, _) = tried(&setting, remote, &["notes", "--forge"]);
        assert!(
            !received.is_empty() && Network::tokens(&received).is_empty(),
            "{environment:?} {hosts}: {received}"
        );
    }
    let plain = Setting { hosts: "[\"git.example\"]\nforge = 'gitea'\nplain_http = true\n", ..NO_SETTING };
    assert_eq!(Network::tokens(&tried(&plain, remote, &["notes"]).0), ["GITEA_TOKEN"]);
    // It allows http, but no other host.
    let (received, _) = tried(&plain, "http://gitea.evil.example/o/r.git", &["notes", "--plain-http"]);
    assert_eq!(received, "");
}

#[test]
fn job_token_is_for_the_server_of_its_pipeline() {
    let only = [("GITLAB_TOKEN", ""), ("TIDINGS_FORGE__ASK", "always")];
    for (more, remote, is_sent) in [
        (&[("CI_SERVER_URL", "http://{}")][..], REMOTE, true),
        (&[("CI_SERVER_URL", "https://lab.example"), ("GITLAB_HOST", "{}")], REMOTE, false),
        (
            &[("CI_SERVER_URL", "https://lab.example"), ("TIDINGS_FORGE__API", "http://{}/api/v4")],
            REMOTE,
            false,
        ),
    ] {
        let environment: Vec<_> = only.into_iter().chain(more.iter().copied()).collect();
        let setting = Setting { environment: environment.leak(), ..NO_SETTING };
        let (received, _) = tried(&setting, remote, &["notes"]);
        assert_eq!(Network::tokens(&received).contains(&"CI_JOB_TOKEN"), is_sent, "{more:?}: {received}");
    }
}

#[test]
fn message_explains_how_to_allow_a_host() {
    let (_, ran) = tried(&NO_SETTING, "git@gitlab.acme.example:o/r.git", &["notes"]);
    assert_eq!(ran.status, Some(0));
    let line = "Warning: the token is not sent to gitlab.acme.example, which is not a known host; to allow it: \
        TIDINGS_FORGE__API=https://gitlab.acme.example/api/v4, or [\"gitlab.acme.example\"] in ~/.config/tidings/hosts.toml\n";
    assert_eq!(ran.stderr.lines().filter(|text| text.contains("hosts.toml")).count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains(line), "{}", ran.stderr);
    let (_, ran) = tried(&NO_SETTING, "git@git.acme.example:o/r.git", &["notes", "-v"]);
    let message = "to allow git.acme.example: [\"git.acme.example\"] with forge = \"gitea\" (or another) in ~/.config/tidings/hosts.toml";
    assert!(ran.stderr.contains(message), "{}", ran.stderr);
    let (_, ran) = tried(&NO_SETTING, "git@gitlab.acme.example:o/r.git", &["publish", "v1.1.0"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.stderr.contains("TIDINGS_FORGE__API=https://gitlab.acme.example/api/v4"), "{}", ran.stderr);
}

#[test]
fn hosts_file_is_strict_and_outside_the_repository() {
    let remote = "git@github.com:o/r.git";
    for (hosts, message) in [
        ("[\"a.b\"]\ntokn_env = 'x'\n", "hosts.toml:2:1: unknown key `tokn_env`"),
        ("[a.b]\n", "quote the host name"),
        ("[\"https://a.b\"]\n", "hosts.toml:1:1: [\"https://a.b\"]: not a valid host name"),
        ("[\"a.b\"]\napi = 'a.b'\n", "hosts.toml:2:7: [\"a.b\"]: not an http or https URL"),
        ("[\"a.b\"]\ntoken_env = 'A'\ntoken_file = 'b'\n", "token_env and token_file cannot be combined"),
        ("[\"a.b\"]\nrealm_hosts = ['https://c.d/']\n", "`https://c.d/` is not a valid host name"),
        ("[\"github.com\"]\ntoken_file = 'none-here'\n", "none-here`"),
    ] {
        let (received, ran) = tried(&Setting { hosts, ..NO_SETTING }, remote, &["notes"]);
        assert_eq!((ran.status, received.as_str()), (Some(2), ""), "{hosts}: {}", ran.stderr);
        assert!(ran.stderr.contains(message), "{hosts}: {}", ran.stderr);
    }
    let network = Network::start();
    let repo = repo(&format!("http://{}/o/r.git", network.host));
    repo.write(".config/tidings/hosts.toml", format!("[\"{}\"]\nforge = 'gitea'\n", network.host));
    let mut named = with_tokens(&repo, &network, &["notes"]);
    named.env("TIDINGS_HOSTS_FILE", ".config/tidings/hosts.toml");
    let ran = run(&repo, named);
    assert!(ran.status == Some(2) && ran.stderr.contains("is inside the repository"), "{}", ran.stderr);
    let mut at_home = with_tokens(&repo, &network, &["notes"]);
    at_home.env("HOME", repo.dir());
    let ran = run(&repo, at_home);
    assert!(ran.status == Some(0) && ran.stderr.contains("is inside the repository"), "{}", ran.stderr);
    assert_eq!(network.received(), "");
    let mut missing = with_tokens(&repo, &network, &["notes"]);
    missing.env("TIDINGS_HOSTS_FILE", "/no/such/hosts.toml");
    assert_eq!(run(&repo, missing).status, Some(2));
}
