//! The address of a remote, written in every way that could be taken for a host that has tokens.

use super::*;

/// The remotes of clones; `{}` stands for the server on loopback. None of their hosts is one that a token belongs to.
const STRANGERS: [&str; 62] = [
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
    for address in STRANGERS {
        let repo = repo(&address.replace("{}", &network.host));
        for args in [&["notes", "-v"][..], &["show", "v1.1.0"]] {
            run(&repo, armed(&repo, &network, args));
            assert_eq!(network.heard(), "", "{address} {args:?}");
        }
    }
}

#[test]
fn no_command_sends_a_request_to_an_unknown_host() {
    let network = Network::start();
    for address in
        ["http://{}/o/r.git", "http://github.evil.example/o/r.git", "https://gitlab.com:8443/o/r.git"]
    {
        let repo = repo(&address.replace("{}", &network.host));
        for args in COMMANDS {
            for more in [&[][..], &["--require-forge", "--no-cache"]] {
                run(&repo, armed(&repo, &network, &[args, more].concat()));
                assert_eq!(network.heard(), "", "{address} {args:?} {more:?}");
            }
        }
    }
}

/// An unknown host is asked where the user says so, as nobody.
#[test]
fn host_that_the_user_asks_learns_nothing_of_the_user() {
    let network = Network::start();
    let mut requests = 0;
    for address in STRANGERS {
        let repo = repo(&address.replace("{}", &network.host));
        for args in
            [&["notes", "--forge"][..], &["show", "v1.1.0", "--forge"], &["publish", "v1.1.0", "--forge"]]
        {
            run(&repo, armed(&repo, &network, args));
            let heard = network.heard();
            requests += heard.matches(" HTTP/1.1\r\n").count();
            let lower = heard.to_ascii_lowercase();
            for header in ["authorization", "private-token", "job-token", "cookie", "referer", "from:", "ada"]
            {
                assert!(!lower.contains(header), "{address} {args:?}: {heard}");
            }
            assert_eq!(Network::tokens(&heard), [""; 0], "{address} {args:?}");
        }
    }
    assert!(requests > 50, "only {requests} requests: the hosts were not asked, so that nothing was tried");
}

/// What holds for strangers would hold as well where nothing is ever sent.
#[test]
fn public_forges_are_asked_where_there_is_a_token() {
    let network = Network::start();
    for (address, host) in [
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
        let repo = repo(address);
        run(&repo, armed(&repo, &network, &["notes"]));
        let heard = network.heard();
        let lines: Vec<&str> = heard.lines().filter(|line| line.starts_with("CONNECT ")).collect();
        assert!(
            !lines.is_empty() && heard.matches(" HTTP/1.1\r\n").count() == lines.len(),
            "{address}: {heard}"
        );
        assert!(lines.iter().all(|line| *line == format!("CONNECT {host} HTTP/1.1")), "{address}: {heard}");
    }
}

#[test]
fn rewriting_in_the_repositorys_own_git_configuration_is_not_the_users_word() {
    let network = Network::start();
    let repo = repo("https://github.com/o/r.git");
    repo.git(&["config", &format!("url.http://{}/.insteadOf", network.host), "https://github.com/"]);
    run(&repo, armed(&repo, &network, &["notes"]));
    assert_eq!(network.heard(), "");
}
