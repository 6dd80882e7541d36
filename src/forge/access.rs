//! Where a forge's interface is, and as whom it is asked.

use super::server::{Server, web_address};
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

impl ForgeKind {
    /// The name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Gitea => "Gitea",
            Self::Bitbucket => "Bitbucket",
            Self::Azure => "Azure DevOps",
        }
    }

    /// The variables that may hold a token, for messages.
    #[must_use]
    pub const fn token_variables(self) -> &'static str {
        match self {
            Self::GitHub => "GITHUB_TOKEN or GH_TOKEN",
            Self::GitLab => "GITLAB_TOKEN or CI_JOB_TOKEN",
            Self::Gitea => "GITEA_TOKEN or FORGEJO_TOKEN",
            Self::Bitbucket => "BITBUCKET_TOKEN",
            Self::Azure => "no variable",
        }
    }
}

/// Where the interface of a repository's forge is by the forge's own habit; `None` where its address is not known.
#[must_use]
pub fn api_of(repository: &RepositoryInfo) -> Option<String> {
    let kind = repository.forge?;
    let page = web_address(repository.url.as_deref()?)?;
    let (host, origin) = (page.host_str()?, page.origin().ascii_serialization());
    let is_usual = page.port().is_none();
    Some(match kind {
        ForgeKind::GitHub if host == "github.com" && is_usual => "https://api.github.com".to_owned(),
        // GitHub Enterprise Cloud with data residency.
        ForgeKind::GitHub if host.ends_with(".ghe.com") && is_usual => format!("https://api.{host}"),
        ForgeKind::GitHub => format!("{origin}/api/v3"),
        ForgeKind::GitLab if host == "gitlab.com" && is_usual => "https://gitlab.com/api/v4".to_owned(),
        ForgeKind::GitLab => format!("{origin}/api/v4"),
        ForgeKind::Gitea => format!("{origin}/api/v1"),
        ForgeKind::Bitbucket => "https://api.bitbucket.org/2.0".to_owned(),
        ForgeKind::Azure => return None,
    })
}

/// Whether an interface is where a forge of this kind has its own, and not at some other place of its host.
#[must_use]
pub fn is_usual_api(kind: ForgeKind, api: &str) -> bool {
    let Some(path) = web_address(api).map(|api| api.path().trim_end_matches('/').to_owned()) else {
        return false;
    };
    match kind {
        ForgeKind::GitHub => path.is_empty() || path == "/api/v3",
        ForgeKind::GitLab => path == "/api/v4",
        ForgeKind::Gitea => path == "/api/v1",
        ForgeKind::Bitbucket => path == "/2.0",
        ForgeKind::Azure => false,
    }
}

/// The forge that a public server is of; `None` for any other server.
#[must_use]
pub fn public_forge(server: &Server) -> Option<ForgeKind> {
    let is = |names: &[&str]| names.iter().any(|name| server.is_public(name));
    if is(&["github.com", "api.github.com", "uploads.github.com"]) {
        Some(ForgeKind::GitHub)
    } else if is(&["gitlab.com"]) {
        Some(ForgeKind::GitLab)
    } else if is(&["bitbucket.org", "api.bitbucket.org"]) {
        Some(ForgeKind::Bitbucket)
    } else if is(&["codeberg.org"]) {
        Some(ForgeKind::Gitea)
    } else {
        None
    }
}

/// Asks a host which forge it is, by what each answers without a token; at most three requests, of which nothing is kept.
/// `page` is an address on the host.
pub async fn detect(client: &http::Client, page: &str) -> Option<ForgeKind> {
    let root = web_address(page)?.origin().ascii_serialization();
    for (kind, path) in [
        (ForgeKind::Gitea, "/api/v1/version"),
        (ForgeKind::GitLab, "/api/v4/version"),
        (ForgeKind::GitHub, "/api/v3/meta"),
    ] {
        let request = ::http::Request::get(format!("{root}{path}")).body(bytes::Bytes::new()).ok()?;
        let Ok(response) = client.send(request).await else { return None };
        let json: serde_json::Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let is_it = match (kind, response.status().as_u16()) {
            (ForgeKind::Gitea, 200) => json.get("version").is_some(),
            // GitLab tells its version only to users, but refuses in its own words.
            (ForgeKind::GitLab, 200) => json.get("revision").is_some(),
            (ForgeKind::GitLab, 401) => json.get("message").is_some(),
            (ForgeKind::GitHub, 200) => json.get("verifiable_password_authentication").is_some(),
            _ => false,
        };
        if is_it {
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
