//! The user's own word allows a host, each way of saying it, and nothing else does.

use super::*;

/// A way of saying that the server on loopback, `{}`, is the user's, and the tokens that may go there, the first of which goes.
struct Word {
    environment: &'static [(&'static str, &'static str)],
    hosts: &'static str,
    /// What is in the repository's own configuration.
    file: &'static str,
    token: Option<&'static str>,
}

const NO_WORD: Word = Word { environment: &[], hosts: "", file: "", token: None };

fn tried(word: &Word, remote: &str, args: &[&str]) -> (String, Ran) {
    let network = Network::start();
    let put = |text: &str| text.replace("{}", &network.host);
    let repo = repo(&put(remote));
    if !word.file.is_empty() {
        repo.write("tidings.toml", put(word.file));
    }
    let mut command = armed(&repo, &network, args);
    command.envs(word.environment.iter().map(|(name, value)| (*name, put(value))));
    if !word.hosts.is_empty() {
        let path = repo.home().join("hosts.toml");
        std::fs::write(&path, put(word.hosts)).unwrap();
        command.env("TIDINGS_HOSTS_FILE", path);
    }
    let ran = run(&repo, command);
    (network.heard(), ran)
}

fn holds(words: &[Word], remote: &str) {
    for word in words {
        let (heard, ran) = tried(word, remote, &["notes"]);
        let said = format!("{:?} {} {}", word.environment, word.hosts, word.file);
        assert_eq!(
            Network::tokens(&heard),
            word.token.into_iter().collect::<Vec<_>>(),
            "{said}: {heard}\n{}",
            ran.stderr
        );
        assert_eq!(heard.is_empty(), word.token.is_none(), "{said}: {heard}");
    }
}

const REMOTE: &str = "http://{}/o/r.git";
const GITHUB: &str = "[repository]\nforge = 'github'\n";
const GITLAB: &str = "[repository]\nforge = 'gitlab'\n";
const GITEA: &str = "[repository]\nforge = 'gitea'\n";

#[test]
fn word_of_the_user_lets_the_right_token_go_to_the_host() {
    let word = |environment, token| Word { environment, token: Some(token), ..NO_WORD };
    let with = |file, word: Word| Word { file, ..word };
    holds(
        &[
            word(&[("TIDINGS_FORGE__API", "http://{}/api/v3")], "GH_ENTERPRISE_TOKEN"),
            word(&[("TIDINGS_FORGE__API", "http://{}/api/v4")], "GITLAB_TOKEN"),
            word(&[("TIDINGS_FORGE__API", "http://{}/api/v1")], "GITEA_TOKEN"),
            word(&[("TIDINGS_FORGE__API", "http://user:pw@{}/api/v1/?q#f")], "GITEA_TOKEN"),
            with(GITLAB, word(&[("TIDINGS_FORGE__API", "http://{}/own")], "GITLAB_TOKEN")),
            with(GITEA, word(&[("TIDINGS_REPOSITORY__URL", "http://{}/o/r")], "GITEA_TOKEN")),
            with(GITLAB, word(&[("TIDINGS_REPOSITORY__URL", "http://{}/o/r")], "GITLAB_TOKEN")),
            word(
                &[("TIDINGS_REPOSITORY__URL", "http://{}/o/r"), ("TIDINGS_REPOSITORY__FORGE", "gitlab")],
                "GITLAB_TOKEN",
            ),
            word(&[("GH_HOST", "{}")], "GH_ENTERPRISE_TOKEN"),
            word(&[("GITLAB_HOST", "{}")], "GITLAB_TOKEN"),
            word(&[("GITLAB_HOST", "http://{}")], "GITLAB_TOKEN"),
            word(&[("GITLAB_URI", "http://{}/")], "GITLAB_TOKEN"),
            word(&[("GL_HOST", "{}")], "GITLAB_TOKEN"),
            word(&[("GITHUB_SERVER_URL", "http://{}")], "GITHUB_TOKEN"),
            word(
                &[("GITHUB_SERVER_URL", "http://{}"), ("GITHUB_API_URL", "http://{}/api/v3")],
                "GITHUB_TOKEN",
            ),
            word(&[("GITHUB_SERVER_URL", "http://{}"), ("GITEA_ACTIONS", "true")], "GITEA_TOKEN"),
            word(
                &[
                    ("GITHUB_SERVER_URL", "http://{}"),
                    ("FORGEJO_ACTIONS", "true"),
                    ("GITEA_TOKEN", ""),
                    ("FORGEJO_TOKEN", ""),
                ],
                "GITHUB_TOKEN",
            ),
            word(&[("CI_SERVER_URL", "http://{}")], "GITLAB_TOKEN"),
            word(&[("CI_SERVER_URL", "http://{}"), ("CI_API_V4_URL", "http://{}/api/v4")], "GITLAB_TOKEN"),
            with(GITLAB, word(&[("CI_API_V4_URL", "http://{}/api/v4")], "GITLAB_TOKEN")),
            word(
                &[("CI_SERVER_URL", "http://{}"), ("GITLAB_TOKEN", ""), ("TIDINGS_FORGE__ASK", "always")],
                "CI_JOB_TOKEN",
            ),
        ],
        REMOTE,
    );
    let hosts = |hosts, token| Word { hosts, token: Some(token), ..NO_WORD };
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
fn host_of_gh_and_glab_is_the_users_and_their_tokens_are_not_read() {
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
        run(&repo, armed(&repo, &network, &["notes"]));
        let heard = network.heard();
        assert_eq!(Network::tokens(&heard), [token], "{file}: {heard}");
        assert!(!heard.contains("tok-stolen"), "{heard}");
        // The same file in the repository is the repository's.
        std::fs::create_dir_all(repo.dir().join(file).parent().unwrap()).unwrap();
        std::fs::rename(&path, repo.dir().join(file)).unwrap();
        let mut command = armed(&repo, &network, &["notes"]);
        command.env("HOME", repo.dir());
        run(&repo, command);
        assert_eq!(network.heard(), "", "{file}");
    }
}

#[test]
fn word_about_another_host_port_scheme_or_forge_allows_nothing() {
    let word = |environment| Word { environment, ..NO_WORD };
    let with = |file, word: Word| Word { file, ..word };
    let hosts = |hosts| Word { hosts, ..NO_WORD };
    holds(
        &[
            word(&[("GH_HOST", "127.0.0.1")]),
            word(&[("GH_HOST", "127.0.0.1:1")]),
            word(&[("GH_HOST", "x.{}")]),
            word(&[("GITLAB_HOST", "https://{}")]),
            word(&[("CI_SERVER_URL", "https://{}")]),
            word(&[("GITHUB_SERVER_URL", "http://127.0.0.1")]),
            word(&[("GITHUB_SERVER_URL", "http://localhost:1")]),
            word(&[("CI_PROJECT_URL", "http://{}/o/r")]),
            word(&[("CI_SERVER_HOST", "{}")]),
            with(GITEA, word(&[("GH_HOST", "{}")])),
            with(GITLAB, word(&[("GH_HOST", "{}")])),
            with(GITHUB, word(&[("GITLAB_HOST", "{}")])),
            with(GITEA, word(&[("CI_SERVER_URL", "http://{}")])),
            with(GITLAB, word(&[("GITHUB_SERVER_URL", "http://{}")])),
            with(GITHUB, word(&[("GITHUB_SERVER_URL", "http://{}"), ("GITEA_ACTIONS", "true")])),
            with(GITLAB, word(&[("TIDINGS_FORGE__API", "http://{}/api/v3")])),
            with(GITEA, word(&[("TIDINGS_FORGE__API", "http://{}/api/v4")])),
            with(GITLAB, word(&[("TIDINGS_FORGE__API", "https://api.github.com")])),
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
fn repositorys_own_configuration_allows_nothing() {
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
                run(&repo, armed(&repo, &network, args));
                assert_eq!(network.heard(), "", "{remote} {file} {args:?}");
            }
        }
    }
}

/// Over http a token goes to this machine alone, or where the user says so.
#[test]
fn token_goes_by_http_only_where_the_user_says_so() {
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
        let word = Word { environment, hosts, ..NO_WORD };
        let (heard, ran) = tried(&word, remote, &["notes"]);
        assert_eq!(heard, "", "{environment:?} {hosts}");
        let said = "the token is not sent to git.example over http; to allow it: --plain-http";
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        let (heard, _) = tried(&word, remote, &["notes", "--plain-http"]);
        assert_eq!(Network::tokens(&heard).len(), 1, "{environment:?} {hosts}: {heard}");
        let (heard, _) = tried(&word, remote, &["notes", "--forge"]);
        assert!(!heard.is_empty() && Network::tokens(&heard).is_empty(), "{environment:?} {hosts}: {heard}");
    }
    let plain = Word { hosts: "[\"git.example\"]\nforge = 'gitea'\nplain_http = true\n", ..NO_WORD };
    assert_eq!(Network::tokens(&tried(&plain, remote, &["notes"]).0), ["GITEA_TOKEN"]);
    // It allows http, and not another host.
    let (heard, _) = tried(&plain, "http://gitea.evil.example/o/r.git", &["notes", "--plain-http"]);
    assert_eq!(heard, "");
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
        let word = Word { environment: environment.leak(), ..NO_WORD };
        let (heard, _) = tried(&word, remote, &["notes"]);
        assert_eq!(Network::tokens(&heard).contains(&"CI_JOB_TOKEN"), is_sent, "{more:?}: {heard}");
    }
}

#[test]
fn message_names_the_way_to_allow_a_host() {
    let (_, ran) = tried(&NO_WORD, "git@gitlab.acme.example:o/r.git", &["notes"]);
    assert_eq!(ran.status, Some(0));
    let line = "Warning: the token is not sent to gitlab.acme.example, which is not a known host; to allow it: \
        TIDINGS_FORGE__API=https://gitlab.acme.example/api/v4, or [\"gitlab.acme.example\"] in ~/.config/tidings/hosts.toml\n";
    assert_eq!(ran.stderr.lines().filter(|text| text.contains("hosts.toml")).count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains(line), "{}", ran.stderr);
    let (_, ran) = tried(&NO_WORD, "git@git.acme.example:o/r.git", &["notes", "-v"]);
    let said = "to allow git.acme.example: [\"git.acme.example\"] with forge = \"gitea\" (or another) in ~/.config/tidings/hosts.toml";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    let (_, ran) = tried(&NO_WORD, "git@gitlab.acme.example:o/r.git", &["publish", "v1.1.0"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.stderr.contains("TIDINGS_FORGE__API=https://gitlab.acme.example/api/v4"), "{}", ran.stderr);
}

#[test]
fn file_of_hosts_is_strict_and_lies_outside_the_repository() {
    let remote = "git@github.com:o/r.git";
    for (hosts, said) in [
        ("[\"a.b\"]\ntokn_env = 'x'\n", "hosts.toml:2:1: unknown key `tokn_env`"),
        ("[a.b]\n", "put the name of a host in quotes"),
        ("[\"https://a.b\"]\n", "hosts.toml:1:1: [\"https://a.b\"]: this is not the name of a host"),
        ("[\"a.b\"]\napi = 'a.b'\n", "hosts.toml:2:7: [\"a.b\"]: this is not an http or https address"),
        ("[\"a.b\"]\ntoken_env = 'A'\ntoken_file = 'b'\n", "token_env and token_file do not go together"),
        ("[\"a.b\"]\nrealm_hosts = ['https://c.d/']\n", "`https://c.d/` is not the name of a host"),
        ("[\"github.com\"]\ntoken_file = 'none-here'\n", "none-here`"),
    ] {
        let (heard, ran) = tried(&Word { hosts, ..NO_WORD }, remote, &["notes"]);
        assert_eq!((ran.status, heard.as_str()), (Some(2), ""), "{hosts}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{hosts}: {}", ran.stderr);
    }
    let network = Network::start();
    let repo = repo(&format!("http://{}/o/r.git", network.host));
    repo.write(".config/tidings/hosts.toml", format!("[\"{}\"]\nforge = 'gitea'\n", network.host));
    let mut named = armed(&repo, &network, &["notes"]);
    named.env("TIDINGS_HOSTS_FILE", ".config/tidings/hosts.toml");
    let ran = run(&repo, named);
    assert!(ran.status == Some(2) && ran.stderr.contains("lies in the repository"), "{}", ran.stderr);
    let mut at_home = armed(&repo, &network, &["notes"]);
    at_home.env("HOME", repo.dir());
    let ran = run(&repo, at_home);
    assert!(ran.status == Some(0) && ran.stderr.contains("lies in the repository"), "{}", ran.stderr);
    assert_eq!(network.heard(), "");
    let mut missing = armed(&repo, &network, &["notes"]);
    missing.env("TIDINGS_HOSTS_FILE", "/no/such/hosts.toml");
    assert_eq!(run(&repo, missing).status, Some(2));
}
