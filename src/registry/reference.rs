//! Parses image references: `host[:port]/repository[:tag][@digest]`.

use std::{fmt, net::IpAddr};

use url::Host;

use super::Digest;

/// The default host.
const DOCKER_HUB: &str = "docker.io";

/// A repository in a registry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository {
    /// The registry's host, with the port if given.
    pub host: String,
    /// The repository's name in the registry.
    pub name: String,
}

/// An image: a repository with a tag, a digest, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its repository.
    pub repository: Repository,
    /// Its tag.
    pub tag: Option<String>,
    /// Its digest, which takes precedence over the tag.
    pub digest: Option<Digest>,
}

/// A string is not a valid image reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid image reference: {problem}")]
pub struct ReferenceError {
    /// The string.
    pub text: String,
    /// What is wrong.
    pub problem: String,
}

impl Reference {
    /// Parses an image reference as docker does: the default host is `docker.io`.
    ///
    /// # Errors
    /// If it is not valid.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let fail = |problem: &str| ReferenceError { text: text.to_owned(), problem: problem.to_owned() };
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(fail(&format!("remove `{scheme}://`")));
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => {
                let digest = Digest::parse(digest);
                (rest, Some(digest.ok_or_else(|| fail("the part after @ is not a sha256 or sha512 digest"))?))
            }
            None => (text, None),
        };
        let (host, path) = match rest.split_once('/') {
            Some((host, path)) if is_host(host) => (host, path),
            _ => (DOCKER_HUB, rest),
        };
        let (name, tag) = match path.split_once(':') {
            Some((name, tag)) => (name, Some(tag)),
            None => (path, None),
        };
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(fail(&format!("`{tag}` is not a valid tag")));
        }
        if !is_valid_host(host) {
            return Err(fail(&format!("`{host}` is not a valid host and port")));
        }
        if name.is_empty() {
            return Err(fail("the repository is missing"));
        }
        if let Some(part) = name.split('/').find(|part| !is_name_part(part)) {
            let problem = if part.bytes().any(|byte| byte.is_ascii_uppercase()) {
                "a repository name must be in lower case".to_owned()
            } else {
                format!("`{part}` is not a valid component of a repository name")
            };
            return Err(fail(&problem));
        }
        let name = if host == DOCKER_HUB && !name.contains('/') {
            format!("library/{name}")
        } else {
            name.to_owned()
        };
        let repository = Repository { host: host.to_owned(), name };
        Ok(Self { repository, tag: tag.map(str::to_owned), digest })
    }

    /// What to request from the registry: the digest, else the tag, else `latest`.
    #[must_use]
    pub fn tag_or_digest(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        }
    }
}

impl Repository {
    /// The reference of this repository's image with this tag or digest.
    #[must_use]
    pub fn image(&self, tag_or_digest: &str) -> String {
        let sign = if tag_or_digest.contains(':') { '@' } else { ':' };
        format!("{self}{sign}{tag_or_digest}")
    }

    /// Whether the registry's host is `localhost` or a loopback IP address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host.rsplit_once(':').map_or(&*self.host, |(host, port)| {
            if port.bytes().all(|byte| byte.is_ascii_digit()) { host } else { &self.host }
        });
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        crate::http::is_loopback(&match bare.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => Host::Ipv4(address),
            Ok(IpAddr::V6(address)) => Host::Ipv6(address),
            Err(_) => Host::Domain(bare),
        })
    }

    /// The host of the registry's API.
    #[must_use]
    pub(super) fn api_host(&self) -> &str {
        if self.host == DOCKER_HUB { "registry-1.docker.io" } else { &self.host }
    }

    /// The key of the registry's credentials in docker's configuration.
    #[must_use]
    pub(super) fn credential_key(&self) -> &str {
        if self.host == DOCKER_HUB { "https://index.docker.io/v1/" } else { &self.host }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.name)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.repository.fmt(f)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

/// Whether the part before the first slash is a host, by docker's rule, and not part of the repository name.
fn is_host(text: &str) -> bool {
    text == "localhost" || text.contains(['.', ':'])
}

fn is_valid_host(host: &str) -> bool {
    let is_v6 = |address: &str| address.parse::<std::net::Ipv6Addr>().is_ok();
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, "")) if is_v6(address) => ("v6", None),
        Some((address, port)) if is_v6(address) && port.starts_with(':') => ("v6", port.strip_prefix(':')),
        Some(_) => return false,
        None => match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        },
    };
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    is_name && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Whether this is a component of a repository name (OCI distribution specification, "Pulling manifests").
fn is_name_part(part: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = part.bytes().next().is_some_and(is_plain) && part.bytes().next_back().is_some_and(is_plain);
    let signs = part.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    ends && signs
        .into_iter()
        .all(|run| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|byte| byte == b'-'))
}

/// Whether a string is a valid tag.
#[must_use]
pub fn is_tag(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=128).contains(&text.len()) && text.bytes().all(fine) && !text.starts_with(['.', '-'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> (String, String, Option<String>) {
        let reference = Reference::parse(text).unwrap();
        (reference.repository.host.clone(), reference.repository.name.clone(), reference.tag)
    }

    #[test]
    fn references_are_parsed_as_docker_does() {
        let some = |tag: &str| Some(tag.to_owned());
        let own = |host: &str, name: &str, tag| (host.to_owned(), name.to_owned(), tag);
        assert_eq!(parsed("busybox"), own("docker.io", "library/busybox", None));
        assert_eq!(parsed("team/app:v1"), own("docker.io", "team/app", some("v1")));
        assert_eq!(parsed("localhost/app"), own("localhost", "app", None));
        assert_eq!(
            parsed("127.0.0.1:5000/a/b_c/d--e:1.0-x"),
            own("127.0.0.1:5000", "a/b_c/d--e", some("1.0-x"))
        );
        assert_eq!(parsed("[::1]:5000/a:b"), own("[::1]:5000", "a", some("b")));
        assert_eq!(
            parsed("123.dkr.ecr.us-east-1.amazonaws.com/app"),
            own("123.dkr.ecr.us-east-1.amazonaws.com", "app", None)
        );
        let both = format!("ghcr.io/o/a:v1@{}", Digest::of(b""));
        let reference = Reference::parse(&both).unwrap();
        assert_eq!(reference.tag_or_digest(), Digest::of(b"").as_str());
        assert_eq!(reference.to_string(), both);
        assert_eq!(Reference::parse("a").unwrap().tag_or_digest(), "latest");
    }

    #[test]
    fn invalid_reference_is_an_error() {
        for (text, problem) in [
            ("https://a.b/c", "remove `https://`"),
            ("a.b/C", "a repository name must be in lower case"),
            ("a.b/c:", "`` is not a valid tag"),
            ("a.b/c:.x", "`.x` is not a valid tag"),
            ("a.b/c@sha256:00", "the part after @ is not a sha256 or sha512 digest"),
            ("a.b/", "the repository is missing"),
            ("a.b//c", "`` is not a valid component of a repository name"),
            ("a.b/../c", "`..` is not a valid component of a repository name"),
            ("a.b/c?x", "`c?x` is not a valid component of a repository name"),
            ("a.b:x/c", "`a.b:x` is not a valid host and port"),
            ("[::1]x:5000/c", "`[::1]x:5000` is not a valid host and port"),
            ("[::1].a.b/c", "`[::1].a.b` is not a valid host and port"),
            ("user@a.b/c", "the part after @ is not a sha256 or sha512 digest"),
            ("", "the repository is missing"),
        ] {
            assert_eq!(Reference::parse(text).unwrap_err().problem, problem, "{text}");
        }
    }

    #[test]
    fn loopback_hosts_are_detected() {
        let on = |text: &str| Reference::parse(text).unwrap().repository.is_loopback();
        assert!(on("localhost:5000/a") && on("127.0.0.1/a") && on("127.8.0.1:1/a") && on("[::1]:5000/a"));
        assert!(!on("10.0.0.1:5000/a") && !on("localhost.example.com/a") && !on("a"));
    }

    proptest! {
        #[test]
        fn displayed_reference_parses_to_the_same(text in "[a-z0-9./:@_-]{0,40}") {
            if let Ok(reference) = Reference::parse(&text) {
                prop_assert_eq!(Reference::parse(&reference.to_string()).unwrap(), reference);
            }
        }
    }
}
