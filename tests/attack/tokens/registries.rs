//! Credentials for registries.

use super::*;

/// A registry that requires Basic credentials, and a run of a user who has them for `registry.example:5000` and similar
/// hosts.
fn registry() -> Network {
    Network::responding(|_| {
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
    })
}

fn with_login(repo: &Repo, hosts: &[&str]) {
    let auths: Vec<String> = hosts
        .iter()
        .map(|host| format!("\"{host}\": {{\"username\": \"ada\", \"password\": \"tok-docker\"}}"))
        .collect();
    std::fs::create_dir_all(repo.home().join(".docker")).unwrap();
    std::fs::write(
        repo.home().join(".docker/config.json"),
        format!("{{\"auths\": {{{}}}}}", auths.join(",")),
    )
    .unwrap();
}

fn is_authorized(received: &str) -> bool {
    received.to_ascii_lowercase().contains("authorization:")
}

const HOST: &str = "registry.example:5000";

#[test]
fn plain_http_of_a_repositorys_configuration_is_anonymous() {
    let network = registry();
    let repo = repo("git@github.com:o/r.git");
    with_login(&repo, &[HOST]);
    repo.write(
        "tidings.toml",
        format!("[registry]\nplain_http = ['{HOST}']\n[environments.staging]\nimage = '{HOST}/app'\n[environments.production]\nimage = '{HOST}/live'\n"),
    );
    let image = format!("{HOST}/app:v1.1.0");
    let commands: [&[&str]; 6] = [
        &["show", "staging"],
        &["show", &image],
        &["compare", "production", "staging", "--attached"],
        &["attach", "staging", "v1.1.0"],
        &["promote", "--version", "v1.1.0"],
        &["notify", "staging", "--to", "slack", "--dry-run"],
    ];
    for args in commands {
        let ran = run(&repo, with_tokens(&repo, &network, args));
        let received = network.received();
        assert!(received.contains(HOST) && !is_authorized(&received), "{args:?}: {received}");
        assert!(
            ran.status == Some(4) && ran.stderr.contains("which are not sent over http"),
            "{}",
            ran.snapshot()
        );
        // The user's own setting allows sending them.
        run(&repo, with_tokens(&repo, &network, &[args, &["--plain-http"]].concat()));
        assert!(is_authorized(&network.received()), "{args:?}");
        let mut by_variable = with_tokens(&repo, &network, args);
        by_variable.env("TIDINGS_REGISTRY__PLAIN_HTTP", format!("['{HOST}']"));
        run(&repo, by_variable);
        assert!(is_authorized(&network.received()), "{args:?}");
        let hosts = repo.home().join("hosts.toml");
        std::fs::write(&hosts, format!("[\"{HOST}\"]\nplain_http = true\n")).unwrap();
        let mut by_hosts = with_tokens(&repo, &network, args);
        by_hosts.env("TIDINGS_HOSTS_FILE", &hosts);
        run(&repo, by_hosts);
        assert!(is_authorized(&network.received()), "{args:?}");
        std::fs::write(&hosts, format!("[\"{HOST}\"]\n[\"registry.example\"]\nplain_http = true\n")).unwrap();
        let mut by_other = with_tokens(&repo, &network, args);
        by_other.env("TIDINGS_HOSTS_FILE", &hosts);
        run(&repo, by_other);
        assert!(!is_authorized(&network.received()), "{args:?}");
    }
}

/// `TIDINGS_REGISTRY_TOKEN` is for the registry that the environment names, otherwise for those of images on the
/// command line.
#[test]
fn registry_token_is_not_sent_to_a_host_from_the_configuration() {
    let network = registry();
    let repo = repo("git@github.com:o/r.git");
    let own = network.host.clone();
    repo.write(
        "tidings.toml",
        format!(
            "[environments.staging]\nimage = '{own}/app'\n[environments.'{own}/x']\nimage = '{own}/app'\ntag = 'x'\n"
        ),
    );
    for (args, host, is_sent) in [
        (&["show", "staging"][..], "", false),
        (&["show", "staging"], "other.example", false),
        (&["show", "staging"], "docker.io", false),
        (&["compare", "staging", "v1.1.0", "--attached"], "", false),
        (&["attach", "staging"], "", false),
        (&["show", &format!("{own}/app:v1")], "other.example", false),
        (&["show", &format!("{own}/app:v1")], "127.0.0.1", false),
        (&["show", &format!("{own}/app:v1")], "", true),
        (&["show", "staging"], &*own, true),
    ] {
        let mut command = with_tokens(&repo, &network, args);
        command.env("TIDINGS_REGISTRY_HOST", host);
        run(&repo, command);
        let received = network.received();
        assert_eq!(
            Network::tokens(&received).contains(&"TIDINGS_REGISTRY_TOKEN"),
            is_sent,
            "{args:?} {host}: {received}"
        );
        assert!(!received.is_empty(), "{args:?} {host}");
    }
}

#[test]
fn registry_token_with_a_control_character_is_an_error() {
    let network = registry();
    let repo = repo("git@github.com:o/r.git");
    let image = format!("{}/app:v1", network.host);
    let mut command = with_tokens(&repo, &network, &["show", &image]);
    command.env("TIDINGS_REGISTRY_TOKEN", "hid\nden");
    let ran = run(&repo, command);
    assert!(ran.status == Some(2) && ran.stderr.contains("TIDINGS_REGISTRY_TOKEN"), "{}", ran.snapshot());
    assert!(!ran.stderr.contains("hid") && network.received().is_empty(), "{}", ran.stderr);
}
