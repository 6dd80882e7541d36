//! Webhooks: their URLs, and their redirects.

use super::server::{Server, leaks};
use crate::support::{Ran, Repo};

const SECRET: &str = "aBcDeFgHiJkLmNoP12345678";

fn repo() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    repo.write(
        "tidings.toml",
        "[[notify]]\nkind = \"slack\"\nurl_env = \"HOOK_ADDRESS\"\n[network]\ntries = 1\n",
    );
    repo
}

fn notify(repo: &Repo, address: &str) -> Ran {
    let mut command = repo.tidings(&["notify", "v1.0.0", "--verbose"]);
    command.env("HOOK_ADDRESS", address);
    repo.run_command(command)
}

#[test]
fn webhook_redirect_is_an_error_and_not_followed() {
    for status in [300, 301, 302, 303, 304, 307, 308] {
        for is_own in [true, false] {
            let foreign = Server::start(|_| (200, Vec::new(), "ok".to_owned()));
            let elsewhere = format!("http://{}/taken/{SECRET}", foreign.host);
            let server = Server::start(move |request| {
                if request.url.starts_with("/taken") {
                    return (200, Vec::new(), "ok".to_owned());
                }
                let target = if is_own { format!("/taken/{SECRET}") } else { elsewhere.clone() };
                (status, vec![("Location".to_owned(), target)], String::new())
            });
            let repo = repo();
            let ran = notify(&repo, &format!("http://{}/services/T0/B0/{SECRET}", server.host));
            assert_eq!(ran.status, Some(4), "{status}: {}", ran.stderr);
            assert_eq!(
                (server.requests().len(), foreign.requests().len()),
                (1, 0),
                "{status}: {}",
                ran.stderr
            );
            assert!(ran.stderr.contains(&format!("{status}, a redirect to 127.0.0.1")), "{}", ran.stderr);
            assert_eq!(leaks(SECRET, &format!("{}{}", ran.stdout, ran.stderr)), [""; 0], "{}", ran.stderr);
            assert!(!ran.stderr.contains("/taken") && !ran.stderr.contains("sent to"), "{}", ran.stderr);
        }
    }
}

#[test]
fn webhook_url_in_a_response_is_redacted() {
    for answer in [
        format!("no hook {SECRET}"),
        format!("/services/T0/B0/{}", SECRET.to_lowercase()),
        format!("%2Fservices%2FT0%2FB0%2F{SECRET}"),
        format!("{{\"path\":\"\\/services\\/T0\\/B0\\/{SECRET}\"}}"),
        super::server::forms(SECRET)[14].1.clone(),
    ] {
        for status in [400, 404, 500] {
            let body = answer.clone();
            let server = Server::start(move |_| (status, Vec::new(), body.clone()));
            let ran = notify(&repo(), &format!("http://{}/services/T0/B0/{SECRET}", server.host));
            assert_eq!(ran.status, Some(4), "{}", ran.stderr);
            assert_eq!(leaks(SECRET, &ran.stderr), [""; 0], "{}", ran.stderr);
        }
    }
}
