//! A registry's password: to whom it goes, and that it does not come back.

use std::sync::{Arc, OnceLock};

use super::server::{Answer, Server, files, leaks};
use crate::support::{Ran, Repo};

const PASSWORD: &str = "q7Zk/2+x9?Lw8&v<1";

fn answer(status: u16, headers: &[(&str, String)], body: &str) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    (status, headers.collect(), body.to_owned())
}

fn challenge(realm: &str) -> Answer {
    answer(401, &[("WWW-Authenticate", format!("Bearer realm=\"http://{realm}/token\",service=\"s\""))], "{}")
}

/// A server that gives tokens to all who ask.
fn authority() -> Server {
    Server::start(|asked| {
        answer(200, &[], &format!("{{\"token\":\"granted-{}\"}}", asked.header("authorization").is_some()))
    })
}

/// Runs with the password for a registry, in the variables or in docker's file.
fn run(registry: &Server, identity: bool, allowed: &str, args: &[&str]) -> (Repo, Ran) {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    repo.write("tidings.toml", "[network]\ntries = 1\n");
    let mut command = repo.tidings(args);
    if identity {
        let folder = repo.home().join("docker");
        std::fs::create_dir(&folder).unwrap();
        let config = serde_json::json!({ "auths": { &registry.host: { "identitytoken": PASSWORD } } });
        std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
        command.env("DOCKER_CONFIG", &folder);
    } else {
        command.env("TIDINGS_REGISTRY_HOST", &registry.host).env("TIDINGS_REGISTRY_USER", "ada");
        command.env("TIDINGS_REGISTRY_TOKEN", PASSWORD);
    }
    if !allowed.is_empty() {
        command.env("TIDINGS_REGISTRY_REALM", allowed);
    }
    let ran = repo.run_command(command);
    assert_eq!(leaks(PASSWORD, &format!("{}{}", ran.stdout, ran.stderr)), [""; 0], "{}", ran.stderr);
    (repo, ran)
}

fn image(server: &Server) -> String {
    format!("{}/team/app:v1.0.0", server.host)
}

#[test]
fn password_does_not_go_to_a_realm_on_another_host() {
    for identity in [false, true] {
        let stranger = authority();
        let realm = stranger.host.clone();
        let registry = Server::start(move |asked| match asked.url.as_str() {
            "/v2/" => answer(200, &[], "{}"),
            _ => challenge(&realm),
        });
        let (_, ran) = run(&registry, identity, "", &["show", &image(&registry)]);
        assert_eq!(ran.status, Some(4), "{}", ran.stderr);
        assert!(!stranger.was_sent(PASSWORD), "{:?}", stranger.asked());
        assert!(
            stranger
                .asked()
                .iter()
                .all(|asked| asked.method == "GET" && asked.header("authorization").is_none())
        );
        assert!(ran.stderr.contains("to which its password is not sent"), "{}", ran.stderr);
        assert!(ran.stderr.contains(&format!("TIDINGS_REGISTRY_REALM={}", stranger.host)), "{}", ran.stderr);

        let (_, ran) = run(
            &registry,
            identity,
            &format!("other.example, {}", stranger.host),
            &["show", &image(&registry)],
        );
        assert!(stranger.was_sent(PASSWORD), "{}", ran.stderr);
        assert!(!ran.stderr.contains("is not sent"), "{}", ran.stderr);
    }
}

#[test]
fn challenge_of_where_a_redirect_led_is_a_refusal() {
    for (status, realm_is_registry) in
        [(301, false), (302, false), (303, false), (307, false), (308, false), (307, true)]
    {
        let own: Arc<OnceLock<String>> = Arc::default();
        let realm = authority();
        let (realm_host, registry_host) = (realm.host.clone(), Arc::clone(&own));
        let stranger = Server::start(move |_| match realm_is_registry {
            true => challenge(registry_host.get().unwrap()),
            false => challenge(&realm_host),
        });
        let target = format!("http://{}/storage", stranger.host);
        let registry = Server::start(move |asked| match asked.url.as_str() {
            "/v2/" => answer(200, &[], "{}"),
            _ => answer(status, &[("Location", target.clone())], ""),
        });
        own.set(registry.host.clone()).unwrap();
        let allowed = format!("{},{}", realm.host, stranger.host);
        let (_, ran) = run(&registry, false, &allowed, &["show", &image(&registry)]);
        assert_eq!(ran.status, Some(4), "{}", ran.stderr);
        assert!(!stranger.was_sent(PASSWORD) && !realm.was_sent(PASSWORD), "{status}");
        assert!(realm.asked().is_empty(), "{status}: {:?}", realm.asked());
        assert!(!registry.was_sent(PASSWORD), "{status}: {:?}", registry.asked());
        assert!(ran.stderr.contains("where the registry redirects to, answered 401"), "{}", ran.stderr);
    }
}

#[test]
fn redirect_that_comes_back_carries_no_password_and_asks_for_none() {
    let own: Arc<OnceLock<String>> = Arc::default();
    let host = Arc::clone(&own);
    let stranger = Server::start(move |_| {
        answer(307, &[("Location", format!("http://{}/back", host.get().unwrap()))], "")
    });
    let (target, host) = (format!("http://{}/x", stranger.host), Arc::clone(&own));
    let registry = Server::start(move |asked| match asked.url.as_str() {
        "/v2/" => answer(200, &[], "{}"),
        "/back" => challenge(host.get().unwrap()),
        _ => answer(307, &[("Location", target.clone())], ""),
    });
    own.set(registry.host.clone()).unwrap();
    let (_, ran) = run(&registry, false, "", &["show", &image(&registry)]);
    assert_eq!(ran.status, Some(4), "{}", ran.stderr);
    assert!(!registry.was_sent(PASSWORD) && !stranger.was_sent(PASSWORD), "{:?}", registry.asked());
}

#[test]
fn authority_that_redirects_gets_no_refresh_token_carried_on() {
    for identity in [false, true] {
        for status in [301, 302, 303, 307, 308] {
            let stranger = authority();
            let target = format!("http://{}/token", stranger.host);
            let own: Arc<OnceLock<String>> = Arc::default();
            let host = Arc::clone(&own);
            let registry = Server::start(move |asked| match asked.url.as_str() {
                "/v2/" => answer(200, &[], "{}"),
                url if url.starts_with("/token") => answer(status, &[("Location", target.clone())], ""),
                _ => challenge(host.get().unwrap()),
            });
            own.set(registry.host.clone()).unwrap();
            let (_, ran) = run(&registry, identity, "", &["show", &image(&registry)]);
            assert_eq!(ran.status, Some(4), "{}", ran.stderr);
            assert!(registry.was_sent(PASSWORD), "{:?}", registry.asked());
            assert!(stranger.asked().is_empty(), "{status}: {:?}", stranger.asked());
        }
    }
}

#[test]
fn upload_session_on_another_host_gets_no_password() {
    let own: Arc<OnceLock<String>> = Arc::default();
    let stranger_realm = authority();
    let realm = stranger_realm.host.clone();
    let stranger = Server::start(move |_| challenge(&realm));
    let (target, host) = (format!("http://{}/upload/1", stranger.host), Arc::clone(&own));
    let manifest = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}"#;
    let registry = Server::start(move |asked| match (asked.method.as_str(), asked.url.as_str()) {
        (_, "/v2/") => answer(200, &[], "{}"),
        (_, url) if url.starts_with("/token") => answer(200, &[], "{\"token\":\"granted-token\"}"),
        _ if asked.header("authorization").is_none() => challenge(host.get().unwrap()),
        ("POST", _) => answer(202, &[("Location", target.clone())], ""),
        ("GET" | "HEAD", url) if url.contains("/manifests/v1.0.0") || url.contains("/manifests/sha256:") => {
            answer(
                200,
                &[("Content-Type", "application/vnd.oci.image.manifest.v1+json".to_owned())],
                manifest,
            )
        }
        ("GET", url) if url.contains("/tags/list") => answer(200, &[], r#"{"tags":["v1.0.0"]}"#),
        ("GET", url) if url.contains("/referrers/") => {
            answer(200, &[], r#"{"schemaVersion":2,"manifests":[]}"#)
        }
        _ => answer(404, &[], ""),
    });
    own.set(registry.host.clone()).unwrap();
    let (_, ran) = run(&registry, false, "", &["attach", &image(&registry), "v1.0.0"]);
    assert_eq!(ran.status, Some(4), "{}", ran.snapshot());
    assert!(!stranger.asked().is_empty(), "{}", ran.snapshot());
    assert!(!stranger.was_sent(PASSWORD) && !stranger.was_sent("granted-token"), "{:?}", stranger.asked());
    assert!(stranger_realm.asked().is_empty());
}

#[test]
fn granted_token_and_password_do_not_come_back_in_a_refusal() {
    let own: Arc<OnceLock<String>> = Arc::default();
    let host = Arc::clone(&own);
    let registry = Server::start(move |asked| match asked.url.as_str() {
        "/v2/" => answer(200, &[], "{}"),
        url if url.starts_with("/token") => answer(200, &[], "{\"token\":\"granted-token-1\"}"),
        _ => match asked.header("authorization") {
            None => challenge(host.get().unwrap()),
            Some(_) => {
                let echo =
                    serde_json::json!({ "errors": [{ "message": format!("{} {PASSWORD}", asked.all()) }] });
                answer(403, &[], &echo.to_string())
            }
        },
    });
    own.set(registry.host.clone()).unwrap();
    for identity in [false, true] {
        let (repo, ran) = run(&registry, identity, "", &["show", &image(&registry), "--verbose"]);
        assert_eq!(ran.status, Some(4), "{}", ran.stderr);
        assert!(registry.was_sent("granted-token-1"));
        assert_eq!(leaks("granted-token-1", &ran.stderr), [""; 0], "{}", ran.stderr);
        for (path, text) in files(repo.home()) {
            assert!(!text.contains("granted-token-1"), "{path}");
        }
    }
}

#[cfg(unix)]
#[test]
fn answer_of_a_failing_credential_helper_is_not_shown() {
    use std::os::unix::fs::PermissionsExt;
    let registry = Server::start(|asked| match asked.url.as_str() {
        "/v2/" => answer(200, &[], "{}"),
        _ => answer(401, &[("WWW-Authenticate", "Basic realm=\"x\"".to_owned())], "{}"),
    });
    for status in [0, 1] {
        let repo = Repo::new();
        repo.commit("feat: start");
        let helper = repo.home().join("docker-credential-leaky");
        let script =
            format!("#!/bin/sh\necho '{{\"Username\":\"u\",\"Secret\":\"{PASSWORD}\"'\nexit {status}\n");
        std::fs::write(&helper, script).unwrap();
        std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
        let config = serde_json::json!({ "credHelpers": { &registry.host: "leaky" } });
        std::fs::write(repo.home().join("config.json"), config.to_string()).unwrap();
        let mut command = repo.tidings(&["show", &image(&registry)]);
        let path = format!("{}:{}", repo.home().display(), std::env::var("PATH").unwrap());
        command.env("PATH", path).env("DOCKER_CONFIG", repo.home());
        let ran = repo.run_command(command);
        assert!(ran.stderr.contains("docker-credential-leaky"), "{}", ran.stderr);
        assert_eq!(leaks(PASSWORD, &ran.stderr), [""; 0], "{}", ran.stderr);
    }
}
