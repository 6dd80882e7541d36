//! Decides which token servers may get a registry's password.
//!
//! A registry's challenge contains the URL of its token server ("realm"), which may be any. A password is sent only to
//! the registry's own host, to the known token servers of public registries, and to hosts that the user allowed.

use url::Url;

use super::Repository;

/// Registries whose token server is on another host. `*` stands for one label of the host name, the same on both sides.
const KNOWN_REALMS: [(&str, &str); 4] = [
    // distribution.github.io/distribution/spec/auth/token, "Requesting a Token"
    ("docker.io", "auth.docker.io"),
    // docs.gitlab.com, "Container registry authentication": `/jwt/auth` of the GitLab server
    ("registry.gitlab.com", "gitlab.com"),
    ("registry.digitalocean.com", "api.digitalocean.com"),
    // Alibaba Cloud has one pair per region.
    ("registry.*.aliyuncs.com", "dockerauth.*.aliyuncs.com"),
];

/// A token server that may get a password because the user or the pipeline allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Realm {
    /// The registry that it applies to, with its port; `None` for all.
    pub registry: Option<String>,
    /// The host, with the port unless it is the default.
    pub host: String,
}

/// Whether the password for a registry, with its API at `registry`, may be sent to `realm`.
pub(super) fn may_get_password(
    repository: &Repository,
    registry: &Url,
    realm: &Url,
    allowed: &[Realm],
) -> bool {
    if realm.scheme() != "https" && registry.scheme() == "https" {
        return false;
    }
    if realm.origin() == registry.origin() {
        return true;
    }
    let (Some(host), Some(own)) = (realm.host_str(), registry.host_str()) else { return false };
    // GitLab's registry has its own port on the server's host. On loopback, a port may belong to any user.
    if host == own && realm.scheme() == "https" && !is_loopback(realm) {
        return true;
    }
    let with_port = realm.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let is_allowed = allowed.iter().any(|allowed| {
        allowed.host.eq_ignore_ascii_case(&with_port)
            && allowed.registry.as_ref().is_none_or(|registry| *registry == repository.host)
    });
    // Permission for http beyond loopback covers the registry, not other hosts.
    let is_safe = realm.scheme() == "https" || is_loopback(realm);
    is_safe && (is_allowed || KNOWN_REALMS.iter().any(|pair| fits(*pair, &repository.host, &with_port)))
}

/// Whether to request an anonymous token from `realm`: a registry on the internet must not direct requests to loopback
/// or the local network, and receive the response as a token.
pub(super) fn may_request_token(registry: &Url, realm: &Url) -> bool {
    let is_private = |url: &Url| match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(it)) => {
            it.is_loopback() || it.is_private() || it.is_link_local() || it.is_unspecified()
        }
        Some(url::Host::Ipv6(it)) => {
            let it = it.to_canonical();
            let is_v4 = matches!(it, std::net::IpAddr::V4(it) if it.is_loopback() || it.is_private() || it.is_link_local());
            let is_local =
                matches!(it, std::net::IpAddr::V6(it) if it.is_unique_local() || it.is_unicast_link_local());
            is_v4 || is_local || it.is_loopback() || it.is_unspecified()
        }
        None => true,
    };
    realm.host() == registry.host() || !is_private(realm) || is_private(registry)
}

fn fits((registry, realm): (&str, &str), host: &str, other: &str) -> bool {
    match (registry.split_once('*'), realm.split_once('*')) {
        (Some((before, after)), Some((other_before, other_after))) => {
            let name = |text: &str, (before, after): (&str, &str)| {
                let name = text.strip_prefix(before)?.strip_suffix(after)?;
                (!name.is_empty() && !name.contains(['.', ':'])).then(|| name.to_owned())
            };
            let own = name(host, (before, after));
            own.is_some() && own == name(other, (other_before, other_after))
        }
        _ => host == registry && other == realm,
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host().is_some_and(|host| crate::http::is_loopback(&host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Reference;

    fn may(image: &str, scheme: &str, realm: &str, allowed: &[&str]) -> bool {
        let repository = Reference::parse(image).unwrap().repository;
        let registry = Url::parse(&format!("{scheme}://{}/v2/", repository.api_host())).unwrap();
        let allowed: Vec<Realm> = allowed
            .iter()
            .map(|text| match text.split_once('=') {
                Some((registry, host)) => {
                    Realm { registry: Some(registry.to_owned()), host: host.to_owned() }
                }
                None => Realm { registry: None, host: (*text).to_owned() },
            })
            .collect();
        may_get_password(&repository, &registry, &Url::parse(realm).unwrap(), &allowed)
    }

    #[test]
    fn password_is_sent_to_the_registry_and_known_realms() {
        for (image, realm) in [
            ("ghcr.io/a/b", "https://ghcr.io/token"),
            ("git.example:5050/a/b", "https://git.example/jwt/auth"),
            ("quay.io/a/b", "https://quay.io/v2/auth"),
            ("r.example:5000/a", "https://r.example:5000/token"),
            ("busybox", "https://auth.docker.io/token"),
            ("docker.io/a/b", "https://AUTH.docker.io/token"),
            ("registry.gitlab.com/a/b", "https://gitlab.com/jwt/auth"),
            ("registry.digitalocean.com/a/b", "https://api.digitalocean.com/v2/registry/auth"),
            ("registry.cn-hangzhou.aliyuncs.com/a/b", "https://dockerauth.cn-hangzhou.aliyuncs.com/auth"),
            ("eu.gcr.io/a/b", "https://eu.gcr.io/v2/token"),
            ("europe-docker.pkg.dev/a/b/c", "https://europe-docker.pkg.dev/v2/token"),
            ("acme.azurecr.io/a", "https://acme.azurecr.io/oauth2/token"),
        ] {
            assert!(may(image, "https", realm, &[]), "{image} {realm}");
        }
        assert!(may("r.example/a", "https", "https://git.example/jwt/auth", &["Git.example"]));
        assert!(may("r.example/a", "https", "https://git.example:8443/jwt", &["git.example:8443"]));
        assert!(may("r.example/a", "https", "https://git.example/jwt", &["r.example=git.example"]));
        assert!(may("r.example/a", "http", "http://r.example/token", &[]));
        assert!(may("r.example/a", "http", "https://r.example/token", &[]));
        assert!(may("127.0.0.1:5000/a", "http", "http://127.0.0.1:5001/token", &["127.0.0.1:5001"]));
    }

    #[test]
    fn password_is_not_sent_to_other_hosts() {
        for (image, scheme, realm, allowed) in [
            ("r.example/a", "https", "https://evil.example/token", &[][..]),
            ("r.example/a", "https", "https://r.example.evil.example/token", &[]),
            ("r.example/a", "https", "https://r.example@evil.example/token", &[]),
            ("r.example/a", "https", "http://r.example/token", &["r.example"]),
            ("r.example/a", "http", "http://git.example/token", &["git.example"]),
            ("r.example/a", "http", "https://evil.example/token", &[]),
            ("evil.example/a", "https", "https://auth.docker.io.evil.example/token", &[]),
            ("evil.example/a", "https", "https://gitlab.com/jwt/auth", &[]),
            ("busybox", "https", "https://gitlab.com/jwt/auth", &[]),
            ("registry.a.aliyuncs.com/a/b", "https", "https://dockerauth.b.aliyuncs.com/auth", &[]),
            (
                "registry.a.aliyuncs.com/a/b",
                "https",
                "https://dockerauth.a.aliyuncs.com.evil.example/auth",
                &[],
            ),
            ("registry.a.b.aliyuncs.com/a/b", "https", "https://dockerauth.a.b.aliyuncs.com/auth", &[]),
            ("r.example/a", "https", "https://git.example:444/jwt", &["git.example"]),
            ("127.0.0.1:5000/a", "http", "http://127.0.0.1:5001/token", &[]),
            ("127.0.0.1:5000/a", "http", "http://localhost:5000/token", &[]),
            ("127.0.0.1:5000/a", "http", "https://127.0.0.1:5001/token", &[]),
            ("r.example/a", "https", "https://git.example/jwt", &["other.example=git.example"]),
            ("r.example/a", "https", "ftp://r.example/token", &["r.example"]),
        ] {
            assert!(!may(image, scheme, realm, allowed), "{image} {realm}");
        }
    }

    #[test]
    fn local_realm_requires_a_local_registry() {
        let may = |registry: &str, realm: &str| {
            may_request_token(&Url::parse(registry).unwrap(), &Url::parse(realm).unwrap())
        };
        assert!(may("https://r.example", "https://auth.example/token"));
        assert!(may("http://127.0.0.1:5000", "http://127.0.0.1:5001/token"));
        assert!(may("https://10.0.0.1", "https://10.0.0.1/token"));
        for realm in [
            "https://localhost/t",
            "https://127.0.0.1/t",
            "https://2130706433/t",
            "https://169.254.169.254/latest",
            "https://10.1.2.3/t",
            "https://[::1]/t",
            "https://[::ffff:127.0.0.1]/t",
            "https://[fd00::1]/t",
            "https://[fe80::1]/t",
            "https://0.0.0.0/t",
            "https://a.localhost/t",
        ] {
            assert!(!may("https://r.example", realm), "{realm}");
        }
    }
}
