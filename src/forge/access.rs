//! The location of a forge's API, the credentials for it, and detection of the forge.

use super::{
    profile_fields::OtherApi,
    server::{Server, web_url},
};
use crate::{
    http,
    model::{ForgeKind, RepositoryInfo},
};

/// Credentials for a forge.
#[derive(Debug, Clone, Default)]
pub enum Credentials {
    /// None: anonymous.
    #[default]
    None,
    /// A token.
    Token(http::Secret),
    /// The token of a GitLab job, which has its own header.
    Job(http::Secret),
    /// A user name and an app password (Bitbucket).
    Basic(String, http::Secret),
}

impl Credentials {
    /// Whether there are any.
    #[must_use]
    pub fn is_some(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// How to access a repository on a forge.
#[derive(Debug, Clone)]
pub struct Access {
    /// The forge.
    pub kind: ForgeKind,
    /// The URL of its API, without a trailing slash: `https://api.github.com`.
    pub api: String,
    /// The owner, group or workspace.
    pub owner: String,
    /// The name.
    pub name: String,
    /// The credentials.
    pub credentials: Credentials,
}

/// The default API URL of a repository's forge; `None` if it is unknown.
#[must_use]
pub fn default_api(repository: &RepositoryInfo) -> Option<String> {
    let kind = repository.forge?;
    let page = web_url(repository.url.as_deref()?)?;
    let api = &kind.profile().api;
    let (host, origin) = (page.host_str()?, page.origin().ascii_serialization());
    if page.port().is_none() {
        if let Some((_, address)) = api.public.iter().find(|(name, _)| *name == host) {
            return Some((*address).to_owned());
        }
        if api.tenants.is_some_and(|suffix| host.ends_with(suffix)) {
            return Some(format!("https://api.{host}"));
        }
    }
    match api.other {
        OtherApi::Path(path) => Some(format!("{origin}{path}")),
        OtherApi::Fixed(url) => Some(url.to_owned()),
        OtherApi::Unknown => None,
    }
}

/// Whether an API URL has the forge's default path.
#[must_use]
pub fn is_default_api(kind: ForgeKind, api: &str) -> bool {
    web_url(api).is_some_and(|api| kind.profile().api.paths.contains(&api.path().trim_end_matches('/')))
}

/// The forge of an API URL, from its path, else from a public server.
#[must_use]
pub fn kind_from_api(api: &str) -> Option<ForgeKind> {
    let ends = |kind: &ForgeKind| match kind.profile().api.other {
        OtherApi::Path(path) => api.ends_with(path),
        OtherApi::Fixed(_) | OtherApi::Unknown => false,
    };
    ForgeKind::ALL.iter().copied().find(ends).or_else(|| public_forge(&Server::of(api)?))
}

/// The forge of a public server; `None` for any other server.
#[must_use]
pub fn public_forge(server: &Server) -> Option<ForgeKind> {
    ForgeKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.profile().servers.iter().any(|name| server.is_public(name)))
}

/// Detects the forge on a host, with at most three anonymous requests, which are not cached. `page` is a URL on the
/// host.
pub async fn detect(client: &http::Client, page: &str) -> Option<ForgeKind> {
    let root = web_url(page)?.origin().ascii_serialization();
    // The most specific detection first.
    for kind in ForgeKind::ALL.iter().copied().rev() {
        let Some(detection) = &kind.profile().api.detection else { continue };
        let request =
            ::http::Request::get(format!("{root}{}", detection.path)).body(bytes::Bytes::new()).ok()?;
        let Ok(response) = client.send(request).await else { return None };
        let json: serde_json::Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let status = response.status().as_u16();
        let matches = |(expected, field): &(u16, &str)| *expected == status && json.get(*field).is_some();
        if detection.responses.iter().any(matches) {
            return Some(kind);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::locate;

    #[test]
    fn default_apis() {
        let api = |address: &str, forge| default_api(&locate(address, forge)).unwrap_or_default();
        assert_eq!(api("git@github.com:o/r.git", None), "https://api.github.com");
        assert_eq!(api("https://github.acme.example/o/r", None), "https://github.acme.example/api/v3");
        assert_eq!(api("https://acme.ghe.com/o/r", Some(ForgeKind::GitHub)), "https://api.acme.ghe.com");
        assert_eq!(api("ssh://git@gitlab.com:22/a/b/c.git", None), "https://gitlab.com/api/v4");
        assert_eq!(api("http://127.0.0.1:3000/o/r", Some(ForgeKind::Gitea)), "http://127.0.0.1:3000/api/v1");
        assert_eq!(api("git@bitbucket.org:team/app.git", None), "https://api.bitbucket.org/2.0");
        assert_eq!(api("/srv/r.git", Some(ForgeKind::GitHub)), "");
        assert_eq!(api("http://gitlab.com/o/r", None), "https://gitlab.com/api/v4");
        assert_eq!(api("https://github.com:8443/o/r", None), "https://github.com:8443/api/v3");
        assert_eq!(api("https://github.com./o/r", None), "https://github.com./api/v3");
        assert_eq!(
            api("https://evil.example/x.ghe.com", Some(ForgeKind::GitHub)),
            "https://evil.example/api/v3"
        );
    }

    #[test]
    fn only_exact_hosts_are_public() {
        let forge = |address: &str| public_forge(&Server::of(address).unwrap());
        assert_eq!(forge("https://api.github.com/graphql"), Some(ForgeKind::GitHub));
        assert_eq!(forge("https://codeberg.org/api/v1"), Some(ForgeKind::Gitea));
        for address in [
            "http://github.com",
            "https://github.com:8443",
            "https://github.com.",
            "https://x.github.com",
            "https://github.com.evil.example",
            "https://evilgithub.com",
            "https://acme.ghe.com",
            "https://github.com@evil.example",
        ] {
            assert_eq!(forge(address), None, "{address}");
        }
    }
}
