//! Parses remote URLs into forge, owner and name.

use url::Url;

use super::server::{strip_parameters, web_url};
use crate::model::{ForgeKind, RepositoryInfo};

/// Parses a remote's URL: `https://…`, `ssh://…`, `git@host:owner/name.git`, with or without user, port and `.git`.
/// Drops user names, passwords, queries and fragments. Returns an empty value for anything else, such as a local path.
/// `forge` is the configured forge, for hosts whose name does not identify it.
#[must_use]
pub fn locate(url: &str, forge: Option<ForgeKind>) -> RepositoryInfo {
    let Some(page) = page(url.trim()) else { return RepositoryInfo::default() };
    let host = page.host_str().unwrap_or_default();
    let forge = forge.or_else(|| forge_of(host));
    let path = strip_parameters(page.path()).trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    // An encoded slash or dot could lead to another path on the host.
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

/// The URL of a repository's page.
fn page(url: &str) -> Option<Url> {
    if url.contains(|c: char| c.is_control() || c.is_whitespace() || "<>\"`\\".contains(c)) {
        return None;
    }
    let (host, path) = match url.split_once("://") {
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "https" | "http" => return web_url(url),
            "ssh" | "git" | "git+ssh" | "ssh+git" => {
                let (authority, path) = rest.split_once('/')?;
                let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
                // The port of ssh or git is not that of the web server.
                let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
                let name = host.rsplit_once(':').filter(|(_, port)| is_port(port));
                (name.map_or(host, |(name, _)| name), path)
            }
            _ => return None,
        },
        None => {
            let (host, path) = url.split_once(':')?;
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            // `C:/repo` and `./x:y` are local paths.
            if host.len() < 2 || host.contains('/') {
                return None;
            }
            (host, path)
        }
    };
    let is_host = !host.is_empty() && !host.contains(['?', '#', '@', '%']);
    is_host.then(|| web_url(&format!("https://{host}/{}", path.trim_start_matches('/'))))?
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

    fn parsed(url: &str) -> (Option<&'static str>, String, String) {
        let info = locate(url, None);
        (info.forge.map(ForgeKind::name), info.url.unwrap_or_default(), info.owner.unwrap_or_default())
    }

    #[test]
    fn remote_urls_are_parsed() {
        let github = (Some("github"), "https://github.com/o/r".to_owned(), "o".to_owned());
        for url in [
            "https://github.com/o/r.git",
            "https://github.com/o/r/",
            "git@github.com:o/r.git",
            "ssh://git@github.com:22/o/r",
            "git://github.com/o/r.git",
            "https://user:ghp_secret@github.com/o/r",
        ] {
            assert_eq!(parsed(url), github, "{url}");
        }
        assert_eq!(parsed("git@gitlab.example.com:a/b/c.git").1, "https://gitlab.example.com/a/b/c");
        assert_eq!(parsed("https://gitea.example.com:3000/o/r").1, "https://gitea.example.com:3000/o/r");
        assert_eq!(parsed("git@bitbucket.org:team/app.git").0, Some("bitbucket"));
        assert_eq!(parsed("git@ssh.dev.azure.com:v3/org/p/r").1, "https://dev.azure.com/org/p/_git/r");
        assert_eq!(parsed("https://org@dev.azure.com/org/p/_git/r").1, "https://dev.azure.com/org/p/_git/r");
    }

    #[test]
    fn local_paths_are_not_parsed() {
        for url in ["/srv/git/r.git", "../r", r"C:\repo", "C:/repo", "file:///srv/r.git", "", "r"] {
            assert_eq!(locate(url, None), RepositoryInfo::default(), "{url}");
        }
    }

    #[test]
    fn url_with_markup_is_rejected() {
        assert_eq!(locate("https://github.com/o/r)\n# x", None).url, None);
        assert_eq!(locate("https://evil.example/o/\"><script>", None).url, None);
        for host in [
            "a%22b.example",
            "a%60b.example",
            "a%27b.example",
            "a'b.example",
            "a%28b.example",
            "a{b}.example",
        ] {
            assert_eq!(locate(&format!("https://{host}/o/r"), None), RepositoryInfo::default(), "{host}");
        }
        for host in ["my_host.example", "xn--bcher-kva.example", "127.0.0.1:3000", "[::1]:3000"] {
            let url = format!("https://{host}/o/r");
            assert_eq!(locate(&url, None).url, Some(url));
        }
    }

    #[test]
    fn secrets_in_a_url_are_dropped() {
        for (url, page) in [
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
            let info = locate(url, None);
            assert_eq!(info.url.as_deref().unwrap_or_default(), page, "{url}");
            assert!(!format!("{info:?}").contains("SEC"), "{url}: {info:?}");
        }
    }

    #[test]
    fn forge_requires_a_whole_label_of_the_host() {
        assert_eq!(parsed("https://notgithub.com/o/r").0, None);
        assert_eq!(parsed("https://evildev.azure.com/o/r").0, None);
        assert_eq!(parsed("https://bitbucket.org.evil.example/o/r").0, None);
        assert_eq!(parsed("https://evil.example/github/o/r").0, None);
        assert_eq!(parsed("https://github.com@evil.example/o/r").0, None);
        assert_eq!(parsed("https://GitHub.com:443/o/r").1, "https://github.com/o/r");
    }
}
