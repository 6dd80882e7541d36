//! A remote's URL in every spelling that could be taken for a host with tokens.

use super::*;

/// The remotes of clones; `{}` stands for the server on loopback. No token belongs to any of their hosts.
const UNKNOWN_HOSTS: [&str; 62] = [
    "http://{}/o/r.git",
    "http://any-host.example/o/r.git",
    "https://any-host.example/o/r.git",
    "git@any-host.example:o/r.git",
    "ssh://git@any-host.example:22/o/r.git",
    "git://any-host.example/o/r.git",
    "http://github.com.evil.example/o/r.git",
    "https://github.com.evil.example/o/r.git",
    "https://evilgithub.com/o/r.git",
    "https://evil-github.com/o/r.git",
    "https://github.evil.example/o/r.git",
    "https://api.github.evil.example/o/r.git",
    "https://x.github.com/o/r.git",
    "https://www.github.com/o/r.git",
    "https://github.com:8443/o/r.git",
    "http://github.com:8080/o/r.git",
    "https://github.com./o/r.git",
    "https://github.com../o/r.git",
    "https://github.com@evil.example/o/r.git",
    "https://github.com:x@github.evil.example/o/r.git",
    "https://github.com%2eevil.example/o/r.git",
    "https://github.com%2f@evil.example/o/r.git",
    "https://evil.example#@github.com/o/r.git",
    "https://evil.example?@github.com/o/r.git",
    "https://evil.example\\@github.com/o/r.git",
    "https://github.com\\@evil.example/o/r.git",
    "https:\\\\github.com/o/r.git",
    "https://evil.example/github.com/o/r.git",
    "https:///evil.example/github.com/o/r.git",
    "https://git\thub.com/o/r.git",
    "https://github.com\u{a0}/o/r.git",
    "https://gıthub.com/o/r.git",
    "https://gіthub.com/o/r.git",
    "https://xn--gthub-n4a.com/o/r.git",
    "https://github。evil.example/o/r.git",
    "github.com@evil.example:o/r.git",
    "git@github.com@evil.example:o/r.git",
    "git@evil.example:github.com/r.git",
    "ssh://github.com@evil.example/o/r.git",
    "ssh://git@github.com:443@evil.example/o/r.git",
    "https://gitlab.com.evil.example/o/r.git",
    "https://gitlab.evil.example/o/r.git",
    "http://gitlab.evil.example/o/r.git",
    "https://evilgitlab.com/o/r.git",
    "https://gitlab.com:8443/o/r.git",
    "https://registry.gitlab.com/o/r.git",
    "https://bitbucket.org.evil.example/o/r.git",
    "https://evilbitbucket.org/o/r.git",
    "https://x.bitbucket.org/o/r.git",
    "https://codeberg.org/o/r.git",
    "https://gitea.com/o/r.git",
    "https://gitea.evil.example/o/r.git",
    "http://forgejo.evil.example:3000/o/r.git",
    "https://acme.ghe.com/o/r.git",
    "https://evil.example/x.ghe.com/o/r.git",
    "http://localhost.evil.example/o/r.git",
    "http://127.0.0.1.evil.example/o/r.git",
    "http://127.1:1/o/r.git",
    "http://2130706433:1/o/r.git",
    "http://0x7f.0.0.1:1/o/r.git",
    "http://[::1]:1/o/r.git",
    "http://[::ffff:127.0.0.1]:1/o/r.git",
];

#[test]
fn no_request_is_sent_to_an_unknown_host() {
    let network = Network::start();
    for url in UNKNOWN_HOSTS {
        let repo = repo(&url.replace("{}", &network.host));
        for args in [&["notes", "-v"][..], &["show", "v1.1.0"]] {
            run(&repo, with_tokens(&repo, &network, args));
            assert_eq!(network.received(), "", "{url} {args:?}");
        }
    }
}

#[test]
fn no_command_sends_a_request_to_an_unknown_host() {
    let network = Network::start();
    for url in ["http://{}/o/r.git", "http://github.evil.example/o/r.git", "https://gitlab.com:8443/o/r.git"]
    {
        let repo = repo(&url.replace("{}", &network.host));
        for args in COMMANDS {
            for more in [&[][..], &["--require-forge", "--no-cache"]] {
                run(&repo, with_tokens(&repo, &network, &[args, more].concat()));
                assert_eq!(network.received(), "", "{url} {args:?} {more:?}");
            }
        }
    }
}

/// With `--forge`, an unknown host is queried without credentials.
#[test]
fn anonymous_request_contains_no_user_data() {
    let network = Network::start();
    let mut requests = 0;
    for url in UNKNOWN_HOSTS {
        let repo = repo(&url.replace("{}", &network.host));
        for args in
            [&["notes", "--forge"][..], &["show", "v1.1.0", "--forge"], &["publish", "v1.1.0", "--forge"]]
        {
            run(&repo, with_tokens(&repo, &network, args));
            let received = network.received();
            requests += received.matches(" HTTP/1.1\r\n").count();
            let lower = received.to_ascii_lowercase();
            for header in ["authorization", "private-token", "job-token", "cookie", "referer", "from:", "ada"]
            {
                assert!(!lower.contains(header), "{url} {args:?}: {received}");
            }
            assert_eq!(Network::tokens(&received), [""; 0], "{url} {args:?}");
        }
    }
    assert!(requests > 50, "only {requests} requests: the hosts were not queried, so nothing was tested");
}

/// The other tests would also pass if nothing were ever sent.
#[test]
fn public_forges_are_queried_with_a_token() {
    let network = Network::start();
    for (url, host) in [
        ("https://github.com/o/r.git", "api.github.com:443"),
        ("http://github.com/o/r.git", "api.github.com:443"),
        ("https://GitHub.com:443/o/r.git", "api.github.com:443"),
        ("https://%67ithub.com/o/r.git", "api.github.com:443"),
        ("git@github.com:o/r.git", "api.github.com:443"),
        ("ssh://git@github.com:22/o/r.git", "api.github.com:443"),
        ("https://evil.example@github.com/o/r.git", "api.github.com:443"),
        ("https://gitlab.com/o/r.git", "gitlab.com:443"),
        ("http://gitlab.com/o/r.git", "gitlab.com:443"),
        ("https://bitbucket.org/o/r.git", "api.bitbucket.org:443"),
    ] {
        let repo = repo(url);
        run(&repo, with_tokens(&repo, &network, &["notes"]));
        let received = network.received();
        let lines: Vec<&str> = received.lines().filter(|line| line.starts_with("CONNECT ")).collect();
        assert!(
            !lines.is_empty() && received.matches(" HTTP/1.1\r\n").count() == lines.len(),
            "{url}: {received}"
        );
        assert!(lines.iter().all(|line| *line == format!("CONNECT {host} HTTP/1.1")), "{url}: {received}");
    }
}

#[test]
fn url_rewrite_in_the_repository_git_configuration_does_not_allow_a_host() {
    let network = Network::start();
    let repo = repo("https://github.com/o/r.git");
    repo.git(&["config", &format!("url.http://{}/.insteadOf", network.host), "https://github.com/"]);
    run(&repo, with_tokens(&repo, &network, &["notes"]));
    assert_eq!(network.received(), "");
}
