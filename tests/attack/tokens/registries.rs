//! Credentials for registries.

use super::*;

/// A registry that asks for a user with a password, and the program of a user who has one for `registry.example:5000` and the like.
fn registry() -> Network {
    Network::answering(|_| {
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

fn is_authorized(heard: &str) -> bool {
    heard.to_ascii_lowercase().contains("authorization:")
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
        let ran = run(&repo, armed(&repo, &network, args));
        let heard = network.heard();
        assert!(heard.contains(HOST) && !is_authorized(&heard), "{args:?}: {heard}");
        assert!(
            ran.status == Some(4) && ran.stderr.contains("which are not sent over http"),
            "{}",
            ran.snapshot()
        );
        // The user's own word lets them go.
        run(&repo, armed(&repo, &network, &[args, &["--plain-http"]].concat()));
        assert!(is_authorized(&network.heard()), "{args:?}");
        let mut by_variable = armed(&repo, &network, args);
        by_variable.env("TIDINGS_REGISTRY__PLAIN_HTTP", format!("['{HOST}']"));
        run(&repo, by_variable);
        assert!(is_authorized(&network.heard()), "{args:?}");
        let hosts = repo.home().join("hosts.toml");
        std::fs::write(&hosts, format!("[\"{HOST}\"]\nplain_http = true\n")).unwrap();
        let mut by_hosts = armed(&repo, &network, args);
        by_hosts.env("TIDINGS_HOSTS_FILE", &hosts);
        run(&repo, by_hosts);
        assert!(is_authorized(&network.heard()), "{args:?}");
        std::fs::write(&hosts, format!("[\"{HOST}\"]\n[\"registry.example\"]\nplain_http = true\n")).unwrap();
        let mut by_other = armed(&repo, &network, args);
        by_other.env("TIDINGS_HOSTS_FILE", &hosts);
        run(&repo, by_other);
        assert!(!is_authorized(&network.heard()), "{args:?}");
    }
}

/// `TIDINGS_REGISTRY_TOKEN` is for the registry that the environment names, else for those of images on the command line.
#[test]
fn token_for_registries_does_not_go_where_the_configuration_says() {
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
        let mut command = armed(&repo, &network, args);
        command.env("TIDINGS_REGISTRY_HOST", host);
        run(&repo, command);
        let heard = network.heard();
        assert_eq!(
            Network::tokens(&heard).contains(&"TIDINGS_REGISTRY_TOKEN"),
            is_sent,
            "{args:?} {host}: {heard}"
        );
        assert!(!heard.is_empty(), "{args:?} {host}");
    }
}

#[test]
fn token_for_registries_with_a_control_character_is_an_error() {
    let network = registry();
    let repo = repo("git@github.com:o/r.git");
    let image = format!("{}/app:v1", network.host);
    let mut command = armed(&repo, &network, &["show", &image]);
    command.env("TIDINGS_REGISTRY_TOKEN", "hid\nden");
    let ran = run(&repo, command);
    assert!(ran.status == Some(2) && ran.stderr.contains("TIDINGS_REGISTRY_TOKEN"), "{}", ran.snapshot());
    assert!(!ran.stderr.contains("hid") && network.heard().is_empty(), "{}", ran.stderr);
}
