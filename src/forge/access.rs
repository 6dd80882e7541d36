//! Where a forge's interface is, and as whom it is asked.

use super::{
    profile_fields::OtherApi,
    server::{Server, web_address},
};
use crate::{
    http,
    model::{ForgeKind, RepositoryInfo},
};

/// As whom a forge is asked.
#[derive(Debug, Clone, Default)]
pub enum Credentials {
    /// As nobody.
    #[default]
    None,
    /// With a token.
    Token(http::Secret),
    /// With the token of a GitLab job, which goes into a header of its own.
    Job(http::Secret),
    /// With a user's name and a password made for programs (Bitbucket).
    Basic(String, http::Secret),
}

impl Credentials {
    /// Whether there are any.
    #[must_use]
    pub fn is_some(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// A repository's place on a forge.
#[derive(Debug, Clone)]
pub struct Access {
    /// Which forge.
    pub kind: ForgeKind,
    /// The address of its interface, without a slash at its end: `https://api.github.com`.
    pub api: String,
    /// The owner, group or workspace.
    pub owner: String,
    /// The name.
    pub name: String,
    /// As whom.
    pub credentials: Credentials,
}

/// Where the interface of a repository's forge is by the forge's own habit; `None` where its address is not known.
#[must_use]
pub fn api_of(repository: &RepositoryInfo) -> Option<String> {
    let kind = repository.forge?;
    let page = web_address(repository.url.as_deref()?)?;
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
        OtherApi::Address(address) => Some(address.to_owned()),
        OtherApi::Unknown => None,
    }
}

/// Whether an interface is where a forge of this kind has its own, and not at some other place of its host.
#[must_use]
pub fn is_usual_api(kind: ForgeKind, api: &str) -> bool {
    web_address(api).is_some_and(|api| kind.profile().api.paths.contains(&api.path().trim_end_matches('/')))
}

/// Which forge an interface is of, by the path that forges have theirs at, else by a public server.
#[must_use]
pub fn kind_of_api(api: &str) -> Option<ForgeKind> {
    let ends = |kind: &ForgeKind| match kind.profile().api.other {
        OtherApi::Path(path) => api.ends_with(path),
        OtherApi::Address(_) | OtherApi::Unknown => false,
    };
    ForgeKind::ALL.iter().copied().find(ends).or_else(|| public_forge(&Server::of(api)?))
}

/// The forge that a public server is of; `None` for any other server.
#[must_use]
pub fn public_forge(server: &Server) -> Option<ForgeKind> {
    ForgeKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.profile().servers.iter().any(|name| server.is_public(name)))
}

/// Asks a host which forge it is, by what each answers without a token; at most three requests, of which nothing is kept.
/// `page` is an address on the host.
pub async fn detect(client: &http::Client, page: &str) -> Option<ForgeKind> {
    let root = web_address(page)?.origin().ascii_serialization();
    // The one whose answer tells most goes first.
    for kind in ForgeKind::ALL.iter().copied().rev() {
        let Some(detection) = &kind.profile().api.detection else { continue };
        let request =
            ::http::Request::get(format!("{root}{}", detection.path)).body(bytes::Bytes::new()).ok()?;
        let Ok(response) = client.send(request).await else { return None };
        let json: serde_json::Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let status = response.status().as_u16();
        let is_it = |(expected, field): &(u16, &str)| *expected == status && json.get(*field).is_some();
        if detection.answers.iter().any(is_it) {
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
    fn interfaces_stand_where_each_forge_has_them() {
        let api = |address: &str, forge| api_of(&locate(address, forge)).unwrap_or_default();
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
    fn only_the_very_hosts_are_public() {
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
