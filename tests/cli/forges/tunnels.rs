//! Between the program and a forge: TLS with a certificate of one's own authority, and proxies.

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

    fn is_told(&self, environment: &[(&str, &str)]) {
        let ran = self.run(environment);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        // The address that the forge tells, not the one that is made of the configuration.
        assert!(ran.stdout.contains("(http://127.0.0.1:"), "{}", ran.snapshot());
    }
}

#[test]
fn a_certificate_of_ones_own_authority_is_trusted_where_that_is_told_and_else_no_token_is_sent() {
    let Some(case) = Case::new(Fake::github("o", "r")) else { return };
    let refused = case.run(&[]);
    assert_eq!((refused.status, case.fake.lines().len()), (Some(4), 0), "{}", refused.snapshot());
    assert!(refused.stderr.contains("certificate"), "{}", refused.snapshot());
    let authority = case.tls.authority();
    case.is_told(&[("SSL_CERT_FILE", authority.to_str().unwrap())]);
    case.is_told(&[(CA_FILE, authority.to_str().unwrap())]);
    assert!(case.fake.log().iter().all(|asked| asked.token.as_deref() == Some("Bearer hidden")));
    // Another authority's is as good as none.
    let other = Fake::github("o", "r");
    let other = other.behind_tls().unwrap();
    assert_eq!(case.run(&[(CA_FILE, other.authority().to_str().unwrap())]).status, Some(4));
}

#[test]
fn a_proxy_carries_what_it_cannot_read() {
    let Some(case) = Case::new(Fake::github("o", "r")) else { return };
    let authority = case.tls.authority();
    let trusted = (CA_FILE, authority.to_str().unwrap());
    let proxy = Proxy::start();
    let address = format!("http://ada:hidden@{}", proxy.address);
    let server = case.tls.api.trim_start_matches("https://").split('/').next().unwrap();
    case.is_told(&[trusted, ("HTTPS_PROXY", &address)]);
    let heads = proxy.heads();
    assert!(
        !heads.is_empty() && heads.iter().all(|head| head.starts_with(&format!("CONNECT {server} "))),
        "{heads:?}"
    );
    // `ada:hidden`; the forge's token goes through the tunnel alone.
    let head = heads[0].to_ascii_lowercase();
    assert!(head.contains("proxy-authorization: basic") && !head.contains("bearer"), "{heads:?}");
    case.is_told(&[trusted, ("HTTPS_PROXY", &address), ("NO_PROXY", "127.0.0.1")]);
    assert_eq!(proxy.heads().len(), heads.len());
    let gone = case.run(&[trusted, ("HTTPS_PROXY", "http://ada:hidden@127.0.0.1:9")]);
    assert_eq!(gone.status, Some(4), "{}", gone.snapshot());
}
