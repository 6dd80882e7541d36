//! A remote's address to the forge, the owner and the name.

use url::Url;

use super::server::{bare, web_address};
use crate::model::{ForgeKind, RepositoryInfo};

/// Reads a remote's address: `https://…`, `ssh://…`, `git@host:owner/name.git`, with or without user, port and `.git`.
/// User names, passwords, queries and fragments in it are never taken over. What is no address of a forge (a folder) gives nothing.
/// `forge` is what the configuration says, for hosts whose name does not tell.
#[must_use]
pub fn locate(address: &str, forge: Option<ForgeKind>) -> RepositoryInfo {
    let Some(page) = page(address.trim()) else { return RepositoryInfo::default() };
    let host = page.host_str().unwrap_or_default();
    let forge = forge.or_else(|| forge_of(host));
    let path = bare(page.path()).trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    // A slash or dot that is written in another way could lead to another place of the host.
    let lower = path.to_ascii_lowercase();
    let is_hidden = ["%2e", "%2f", "%5c", "%0"].into_iter().any(|sign| lower.contains(sign));
    if path.is_empty() || path.contains(':') || is_hidden {
        return RepositoryInfo { forge, ..RepositoryInfo::default() };
    }
    let (owner, name, path) = match forge {
        Some(ForgeKind::Azure) => azure(path),
        _ => plain(path),
    };
    let origin = match host {
        "ssh.dev.azure.com" => "https://dev.azure.com".to_owned(),
        _ => page.origin().ascii_serialization(),
    };
    RepositoryInfo { forge, owner, name, url: Some(format!("{origin}/{path}")) }
}

/// The page of a repository, as far as the address tells it.
fn page(address: &str) -> Option<Url> {
    if address.contains(|c: char| c.is_control() || c.is_whitespace() || "<>\"`\\".contains(c)) {
        return None;
    }
    let (host, path) = match address.split_once("://") {
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "https" | "http" => return web_address(address),
            "ssh" | "git" | "git+ssh" | "ssh+git" => {
                let (authority, path) = rest.split_once('/')?;
                let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
                // The port of ssh or git is not the port of the pages.
                let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
                let name = host.rsplit_once(':').filter(|(_, port)| is_port(port));
                (name.map_or(host, |(name, _)| name), path)
            }
            _ => return None,
        },
        None => {
            let (host, path) = address.split_once(':')?;
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            // `C:/repo` is a folder; so is `./x:y`.
            if host.len() < 2 || host.contains('/') {
                return None;
            }
            (host, path)
        }
    };
    let is_host = !host.is_empty() && !host.contains(['?', '#', '@', '%']);
    is_host.then(|| web_address(&format!("https://{host}/{}", path.trim_start_matches('/'))))?
}

fn forge_of(host: &str) -> Option<ForgeKind> {
    let is_of = |kind: &ForgeKind| {
        let remote = &kind.profile().remote;
        host.split('.').any(|label| remote.labels.contains(&label))
            || remote.names.contains(&host)
            || remote.suffix.is_some_and(|suffix| host.ends_with(suffix))
    };
    ForgeKind::ALL.iter().copied().find(is_of)
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

    #[test]
    fn secret_in_an_address_is_not_taken_over() {
        for (address, page) in [
            ("https://gitlab.com/o/r.git?private_token=SECRET", "https://gitlab.com/o/r"),
            ("https://gitlab.com/o/r.git#SECRET", "https://gitlab.com/o/r"),
            ("https://gitlab.com/o/r?SECRET/x.git", "https://gitlab.com/o/r"),
            ("https://gitlab.com/o/r.git%3Fprivate_token=SECRET", "https://gitlab.com/o/r"),
            ("https://gitlab.com/o/r;token=SECRET", "https://gitlab.com/o/r"),
            ("https://gitlab.com/o/r&token=SECRET", "https://gitlab.com/o/r"),
            ("https://SECRET@gitlab.com/o/r", "https://gitlab.com/o/r"),
            ("https://SECRET:SECRET@gitlab.com:443/o/r", "https://gitlab.com/o/r"),
            ("https://a:SEC@RET@gitlab.com/o/r", "https://gitlab.com/o/r"),
            ("ssh://git:SECRET@gitlab.com:22/o/r?SECRET", "https://gitlab.com/o/r"),
            ("ssh://git:SECRET@gitlab.com/o/r#SECRET", "https://gitlab.com/o/r"),
            ("git@gitlab.com:o/r.git?token=SECRET", "https://gitlab.com/o/r"),
            ("SECRET@gitlab.com:o/r", "https://gitlab.com/o/r"),
            ("https://user:SEC/RET@gitlab.com/o/r", ""),
            ("https://user:1/SECRET@gitlab.com/o/r", ""),
            ("https://user/SECRET@gitlab.com/o/r", ""),
            ("https://user:SEC?RET@gitlab.com/o/r", ""),
            ("https://user:1?SECRET@gitlab.com/o/r", ""),
            ("https://user#SECRET@gitlab.com/o/r", ""),
            ("ssh://git:SEC/RET@gitlab.com/o/r", ""),
            ("git:SECRET@gitlab.com:o/r", ""),
            ("git@gitlab.com:SECRET@x:o/r", ""),
            ("ext::https://SECRET@gitlab.com/o/r", ""),
            ("https://gitlab.com/..%2f..%2fpages/SECRET", ""),
            ("https://gitlab.com/o%5c..%5cSECRET/r", ""),
            ("https://gitlab.com/a/../../o/./r.git", "https://gitlab.com/o/r"),
            ("git@gitlab.com:a/%2e%2e/o/r.git", "https://gitlab.com/o/r"),
        ] {
            let info = locate(address, None);
            assert_eq!(info.url.as_deref().unwrap_or_default(), page, "{address}");
            assert!(!format!("{info:?}").contains("SEC"), "{address}: {info:?}");
        }
    }

    #[test]
    fn forge_is_told_by_a_whole_label_of_the_host() {
        assert_eq!(found("https://notgithub.com/o/r").0, None);
        assert_eq!(found("https://evildev.azure.com/o/r").0, None);
        assert_eq!(found("https://bitbucket.org.evil.example/o/r").0, None);
        assert_eq!(found("https://evil.example/github/o/r").0, None);
        assert_eq!(found("https://github.com@evil.example/o/r").0, None);
        assert_eq!(found("https://GitHub.com:443/o/r").1, "https://github.com/o/r");
    }
}
