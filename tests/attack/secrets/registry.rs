//! A registry's password: the hosts that receive it, and its redaction.

use std::sync::{Arc, OnceLock};

use super::server::{Response, Server, files, leaks};
use crate::support::{Ran, Repo};

const PASSWORD: &str = "q7Zk/2+x9?Lw8&v<1";

fn response(status: u16, headers: &[(&str, String)], body: &str) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    (status, headers.collect(), body.to_owned())
}

fn challenge(realm: &str) -> Response {
    response(
        401,
        &[("WWW-Authenticate", format!("Bearer realm=\"http://{realm}/token\",service=\"s\""))],
        "{}",
    )
}

/// A server that grants a token to every client.
fn authority() -> Server {
    Server::start(|request| {
        response(
            200,
            &[],
            &format!("{{\"token\":\"granted-{}\"}}", request.header("authorization").is_some()),
        )
    })
}

/// Runs with the registry's password in environment variables or in docker's file.
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
fn password_is_not_sent_to_a_realm_on_another_host() {
    for identity in [false, true] {
        let foreign = authority();
        let realm = foreign.host.clone();
        let registry = Server::start(move |request| match request.url.as_str() {
            "/v2/" => response(200, &[], "{}"),
            _ => challenge(&realm),
        });
        let (_, ran) = run(&registry, identity, "", &["show", &image(&registry)]);
        assert_eq!(ran.status, Some(4), "{}", ran.stderr);
        assert!(!foreign.was_sent(PASSWORD), "{:?}", foreign.requests());
        assert!(
            foreign
                .requests()
                .iter()
                .all(|request| request.method == "GET" && request.header("authorization").is_none())
        );
        assert!(ran.stderr.contains("the password is not sent to that host"), "{}", ran.stderr);
        assert!(ran.stderr.contains(&format!("TIDINGS_REGISTRY_REALM={}", foreign.host)), "{}", ran.stderr);

        let (_, ran) = run(
            &registry,
            identity,
            &format!("other.example, {}", foreign.host),
            &["show", &image(&registry)],
        );
        assert!(foreign.was_sent(PASSWORD), "{}", ran.stderr);
        assert!(!ran.stderr.contains("is not sent"), "{}", ran.stderr);
    }
}

#[test]
fn challenge_after_a_redirect_is_a_refusal() {
    for (status, realm_is_registry) in
        [(301, false), (302, false), (303, false), (307, false), (308, false), (307, true)]
    {
        let own: Arc<OnceLock<String>> = Arc::default();
        let realm = authority();
        let (realm_host, registry_host) = (realm.host.clone(), Arc::clone(&own));
        let foreign = Server::start(move |_| match realm_is_registry {
            true => challenge(registry_host.get().unwrap()),
            false => challenge(&realm_host),
        });
        let target = format!("http://{}/storage", foreign.host);
        let registry = Server::start(move |request| match request.url.as_str() {
            "/v2/" => response(200, &[], "{}"),
            _ => response(status, &[("Location", target.clone())], ""),
        });
        own.set(registry.host.clone()).unwrap();
        let allowed = format!("{},{}", realm.host, foreign.host);
        let (_, ran) = run(&registry, false, &allowed, &["show", &image(&registry)]);
        assert_eq!(ran.status, Some(4), "{}", ran.stderr);
        assert!(!foreign.was_sent(PASSWORD) && !realm.was_sent(PASSWORD), "{status}");
        assert!(realm.requests().is_empty(), "{status}: {:?}", realm.requests());
        assert!(!registry.was_sent(PASSWORD), "{status}: {:?}", registry.requests());
        assert!(ran.stderr.contains("to which the registry redirects, responded with 401"), "{}", ran.stderr);
    }
}

#[test]
fn redirect_back_to_the_registry_sends_and_requests_no_password() {
    let own: Arc<OnceLock<String>> = Arc::default();
    let host = Arc::clone(&own);
    let foreign = Server::start(move |_| {
        response(307, &[("Location", format!("http://{}/back", host.get().unwrap()))], "")
    });
    let (target, host) = (format!("http://{}/x", foreign.host), Arc::clone(&own));
    let registry = Server::start(move |request| match request.url.as_str() {
        "/v2/" => response(200, &[], "{}"),
        "/back" => challenge(host.get().unwrap()),
        _ => response(307, &[("Location", target.clone())], ""),
    });
    own.set(registry.host.clone()).unwrap();
    let (_, ran) = run(&registry, false, "", &["show", &image(&registry)]);
    assert_eq!(ran.status, Some(4), "{}", ran.stderr);
    assert!(!registry.was_sent(PASSWORD) && !foreign.was_sent(PASSWORD), "{:?}", registry.requests());
}

#[test]
fn refresh_token_is_not_sent_after_a_redirect() {
    for identity in [false, true] {
        for status in [301, 302, 303, 307, 308] {
            let foreign = authority();
            let target = format!("http://{}/token", foreign.host);
            let own: Arc<OnceLock<String>> = Arc::default();
            let host = Arc::clone(&own);
            let registry = Server::start(move |request| match request.url.as_str() {
                "/v2/" => response(200, &[], "{}"),
                url if url.starts_with("/token") => response(status, &[("Location", target.clone())], ""),
                _ => challenge(host.get().unwrap()),
            });
            own.set(registry.host.clone()).unwrap();
            let (_, ran) = run(&registry, identity, "", &["show", &image(&registry)]);
            assert_eq!(ran.status, Some(4), "{}", ran.stderr);
            assert!(registry.was_sent(PASSWORD), "{:?}", registry.requests());
            assert!(foreign.requests().is_empty(), "{status}: {:?}", foreign.requests());
        }
    }
}

#[test]
fn upload_session_on_another_host_receives_no_password() {
    let own: Arc<OnceLock<String>> = Arc::default();
    let foreign_realm = authority();
    let realm = foreign_realm.host.clone();
    let foreign = Server::start(move |_| challenge(&realm));
    let (target, host) = (format!("http://{}/upload/1", foreign.host), Arc::clone(&own));
    let manifest = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}"#;
    let registry = Server::start(move |request| match (request.method.as_str(), request.url.as_str()) {
        (_, "/v2/") => response(200, &[], "{}"),
        (_, url) if url.starts_with("/token") => response(200, &[], "{\"token\":\"granted-token\"}"),
        _ if request.header("authorization").is_none() => challenge(host.get().unwrap()),
        ("POST", _) => response(202, &[("Location", target.clone())], ""),
        ("GET" | "HEAD", url) if url.contains("/manifests/v1.0.0") || url.contains("/manifests/sha256:") => {
            response(
                200,
                &[("Content-Type", "application/vnd.oci.image.manifest.v1+json".to_owned())],
                manifest,
            )
        }
        ("GET", url) if url.contains("/tags/list") => response(200, &[], r#"{"tags":["v1.0.0"]}"#),
        ("GET", url) if url.contains("/referrers/") => {
            response(200, &[], r#"{"schemaVersion":2,"manifests":[]}"#)
        }
        _ => response(404, &[], ""),
    });
    own.set(registry.host.clone()).unwrap();
    let (_, ran) = run(&registry, false, "", &["attach", &image(&registry), "v1.0.0"]);
    assert_eq!(ran.status, Some(4), "{}", ran.snapshot());
    assert!(!foreign.requests().is_empty(), "{}", ran.snapshot());
    assert!(!foreign.was_sent(PASSWORD) && !foreign.was_sent("granted-token"), "{:?}", foreign.requests());
    assert!(foreign_realm.requests().is_empty());
}

#[test]
fn granted_token_and_password_are_redacted_in_a_refusal() {
    let own: Arc<OnceLock<String>> = Arc::default();
    let host = Arc::clone(&own);
    let registry = Server::start(move |request| match request.url.as_str() {
        "/v2/" => response(200, &[], "{}"),
        url if url.starts_with("/token") => response(200, &[], "{\"token\":\"granted-token-1\"}"),
        _ => match request.header("authorization") {
            None => challenge(host.get().unwrap()),
            Some(_) => {
                let echo =
                    serde_json::json!({ "errors": [{ "message": format!("{} {PASSWORD}", request.all()) }] });
                response(403, &[], &echo.to_string())
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
fn output_of_a_failing_credential_helper_is_not_shown() {
    use std::os::unix::fs::PermissionsExt;
    let registry = Server::start(|request| match request.url.as_str() {
        "/v2/" => response(200, &[], "{}"),
        _ => response(401, &[("WWW-Authenticate", "Basic realm=\"x\"".to_owned())], "{}"),
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
