//! Between the program and a forge: TLS with a private certificate authority, and proxies.

use super::*;
use crate::support::{
    Ran, Repo,
    forge::{Proxy, Tls},
};

const CA_FILE: &str = "TIDINGS_NETWORK__CA_FILE";

struct Case {
    repo: Repo,
    fake: Fake,
    tls: Tls,
}

impl Case {
    fn new(fake: Fake) -> Option<Self> {
        let (repo, tls) = (Repo::new(), fake.behind_tls()?);
        repo.write(
            "tidings.toml",
            "[repository]\nurl = 'https://forge.example/o/r'\nforge = 'github'\n[network]\ntries = 1\n",
        );
        repo.commit("feat: add a door (#12)");
        fake.pull(12).merged_as(repo.git(&["rev-parse", "HEAD"]).trim());
        Some(Self { repo, fake, tls })
    }

    fn run(&self, environment: &[(&str, &str)]) -> Ran {
        let mut command = self.repo.tidings(&["notes", "--require-forge", "--no-cache"]);
        command.env("TIDINGS_FORGE__API", &self.tls.api).env("GITHUB_TOKEN", "hidden");
        command.envs(environment.iter().copied());
        let ran = self.repo.run_command(command);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("hidden"), "{}", ran.snapshot());
        ran
    }

    fn receives_token(&self, environment: &[(&str, &str)]) {
        let ran = self.run(environment);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        // The URL that the forge returns, not one built from the configuration.
        assert!(ran.stdout.contains("(http://127.0.0.1:"), "{}", ran.snapshot());
    }
}

#[test]
fn private_ca_is_trusted_when_configured_and_otherwise_no_token_is_sent() {
    let Some(case) = Case::new(Fake::github("o", "r")) else { return };
    let refused = case.run(&[]);
    assert_eq!((refused.status, case.fake.lines().len()), (Some(4), 0), "{}", refused.snapshot());
    assert!(refused.stderr.contains("certificate"), "{}", refused.snapshot());
    let authority = case.tls.authority();
    case.receives_token(&[("SSL_CERT_FILE", authority.to_str().unwrap())]);
    case.receives_token(&[(CA_FILE, authority.to_str().unwrap())]);
    assert!(case.fake.log().iter().all(|request| request.token.as_deref() == Some("Bearer hidden")));
    // A certificate of another authority is rejected.
    let other = Fake::github("o", "r");
    let other = other.behind_tls().unwrap();
    assert_eq!(case.run(&[(CA_FILE, other.authority().to_str().unwrap())]).status, Some(4));
}

#[test]
fn proxy_tunnels_encrypted_requests() {
    let Some(case) = Case::new(Fake::github("o", "r")) else { return };
    let authority = case.tls.authority();
    let trusted = (CA_FILE, authority.to_str().unwrap());
    let proxy = Proxy::start();
    let address = format!("http://ada:hidden@{}", proxy.address);
    let server = case.tls.api.trim_start_matches("https://").split('/').next().unwrap();
    case.receives_token(&[trusted, ("HTTPS_PROXY", &address)]);
    let heads = proxy.heads();
    assert!(
        !heads.is_empty() && heads.iter().all(|head| head.starts_with(&format!("CONNECT {server} "))),
        "{heads:?}"
    );
    // `ada:hidden`; the forge's token is sent only through the tunnel.
    let head = heads[0].to_ascii_lowercase();
    assert!(head.contains("proxy-authorization: basic") && !head.contains("bearer"), "{heads:?}");
    case.receives_token(&[trusted, ("HTTPS_PROXY", &address), ("NO_PROXY", "127.0.0.1")]);
    assert_eq!(proxy.heads().len(), heads.len());
    let gone = case.run(&[trusted, ("HTTPS_PROXY", "http://ada:hidden@127.0.0.1:9")]);
    assert_eq!(gone.status, Some(4), "{}", gone.snapshot());
}
