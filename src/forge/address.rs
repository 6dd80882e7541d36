//! A remote's address to the forge, the owner and the name.

use crate::model::{ForgeKind, RepositoryInfo};

/// Reads a remote's address: `https://…`, `ssh://…`, `git@host:owner/name.git`, with or without user, port and `.git`.
/// User names, passwords and tokens in it are never taken over. What is no address of a forge (a folder) gives nothing.
/// `forge` is what the configuration says, for hosts whose name does not tell.
#[must_use]
pub fn locate(address: &str, forge: Option<ForgeKind>) -> RepositoryInfo {
    let Some((host, path, secure)) = split(address.trim()) else { return RepositoryInfo::default() };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let forge = forge.or_else(|| forge_of(&host));
    let (owner, name, page) = match forge {
        Some(ForgeKind::Azure) => azure(path),
        _ => plain(path),
    };
    let scheme = if secure { "https" } else { "http" };
    let is_safe =
        |text: &str| !text.contains(|c: char| c.is_control() || c.is_whitespace() || "<>\"`\\".contains(c));
    if name.is_none() || !is_safe(&page) || !is_safe(&host) {
        return RepositoryInfo { forge, ..RepositoryInfo::default() };
    }
    let host = if forge == Some(ForgeKind::Azure) {
        host.replace("ssh.dev.azure.com", "dev.azure.com")
    } else {
        host
    };
    RepositoryInfo { forge, owner, name, url: Some(format!("{scheme}://{host}/{page}")) }
}

/// Host (with the port of a web address), path, and whether pages are reached by https.
fn split(address: &str) -> Option<(String, String, bool)> {
    if let Some((scheme, rest)) = address.split_once("://") {
        let (authority, path) = rest.split_once('/')?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        return match scheme.to_ascii_lowercase().as_str() {
            "https" => Some((host.to_ascii_lowercase(), path.to_owned(), true)),
            "http" => Some((host.to_ascii_lowercase(), path.to_owned(), false)),
            // The port of ssh or git is not the port of the pages.
            "ssh" | "git" | "git+ssh" | "ssh+git" => {
                let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
                Some((host.to_ascii_lowercase(), path.to_owned(), true))
            }
            _ => None,
        };
    }
    let (host, path) = address.split_once(':')?;
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    // `C:\repo` and `C:/repo` are folders; so is `./x:y`.
    if host.len() < 2 || host.contains(['/', '\\']) || path.starts_with('\\') {
        return None;
    }
    Some((host.to_ascii_lowercase(), path.to_owned(), true))
}

fn forge_of(host: &str) -> Option<ForgeKind> {
    let host = host.split(':').next().unwrap_or(host);
    let names = |name: &str| host.split('.').any(|part| part == name);
    if names("github") {
        Some(ForgeKind::GitHub)
    } else if names("gitlab") {
        Some(ForgeKind::GitLab)
    } else if host == "bitbucket.org" {
        Some(ForgeKind::Bitbucket)
    } else if names("gitea") || names("forgejo") || host == "codeberg.org" {
        Some(ForgeKind::Gitea)
    } else if host.ends_with("dev.azure.com") || host.ends_with("visualstudio.com") {
        Some(ForgeKind::Azure)
    } else {
        None
    }
}

type Parts = (Option<String>, Option<String>, String);

fn plain(path: &str) -> Parts {
    let (owner, name) = path.rsplit_once('/').map_or((None, path), |(owner, name)| (Some(owner), name));
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (owner.and_then(text), text(name), path.to_owned())
}

/// `org/project/_git/repo`, and over ssh `v3/org/project/repo`.
fn azure(path: &str) -> Parts {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (owner, name) = match parts.as_slice() {
        ["v3", org, project, repo] | [org, project, "_git", repo] => (format!("{org}/{project}"), *repo),
        [project, "_git", repo] => ((*project).to_owned(), *repo),
        _ => return plain(path),
    };
    let page = format!("{owner}/_git/{name}");
    (Some(owner), Some(name.to_owned()), page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(address: &str) -> (Option<&'static str>, String, String) {
        let info = locate(address, None);
        (info.forge.map(ForgeKind::name), info.url.unwrap_or_default(), info.owner.unwrap_or_default())
    }

    #[test]
    fn addresses() {
        let github = (Some("github"), "https://github.com/o/r".to_owned(), "o".to_owned());
        for address in [
            "https://github.com/o/r.git",
            "https://github.com/o/r/",
            "git@github.com:o/r.git",
            "ssh://git@github.com:22/o/r",
            "git://github.com/o/r.git",
            "https://user:ghp_secret@github.com/o/r",
        ] {
            assert_eq!(found(address), github, "{address}");
        }
        assert_eq!(found("git@gitlab.example.com:a/b/c.git").1, "https://gitlab.example.com/a/b/c");
        assert_eq!(found("https://gitea.example.com:3000/o/r").1, "https://gitea.example.com:3000/o/r");
        assert_eq!(found("git@bitbucket.org:team/app.git").0, Some("bitbucket"));
        assert_eq!(found("git@ssh.dev.azure.com:v3/org/p/r").1, "https://dev.azure.com/org/p/_git/r");
        assert_eq!(found("https://org@dev.azure.com/org/p/_git/r").1, "https://dev.azure.com/org/p/_git/r");
    }

    #[test]
    fn folders_are_no_addresses() {
        for address in ["/srv/git/r.git", "../r", r"C:\repo", "C:/repo", "file:///srv/r.git", "", "r"] {
            assert_eq!(locate(address, None), RepositoryInfo::default(), "{address}");
        }
    }

    #[test]
    fn pitfall_30_an_address_cannot_break_out_of_a_link() {
        assert_eq!(locate("https://github.com/o/r)\n# x", None).url, None);
        assert_eq!(locate("https://evil.example/o/\"><script>", None).url, None);
    }
}
