//! Web servers by scheme, host and port: the unit that a token is valid for.
//!
//! URLs are parsed by the WHATWG rules and rebuilt from the parsed parts, so that the server that is checked is the one
//! that gets the request.

use std::fmt;

use url::{Host, Url};

/// A web server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    is_secure: bool,
    host: Host,
    port: u16,
}

impl Server {
    /// The server of an `http` or `https` URL; `None` for any other string.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        Self::of_url(&web_url(url)?)
    }

    /// The https server of a host name, with or without a port: `git.example.com:3000`.
    #[must_use]
    pub fn of_host(name: &str) -> Option<Self> {
        let is_name = |c: char| c.is_alphanumeric() || "-._:[]".contains(c);
        name.chars().all(is_name).then(|| Self::of(&format!("https://{name}")))?
    }

    fn of_url(url: &Url) -> Option<Self> {
        Some(Self {
            is_secure: url.scheme() == "https",
            host: url.host()?.to_owned(),
            port: url.port_or_known_default()?,
        })
    }

    /// Whether it uses TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Whether its host is `localhost` or a loopback IP address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        crate::http::is_loopback(&self.host)
    }

    /// Whether it is the server of a host that was named without a scheme. A name without a port means the default port
    /// of either scheme.
    #[must_use]
    pub fn is_named_by(&self, named: &Self) -> bool {
        let default = if self.is_secure { 443 } else { 80 };
        self.host == named.host && (self.port == named.port || (named.port == 443 && self.port == default))
    }

    /// Whether it is this public host, at port 443.
    #[must_use]
    pub fn is_public(&self, name: &str) -> bool {
        self.is_secure && self.port == 443 && matches!(&self.host, Host::Domain(own) if own == name)
    }
}

/// The host, with the port unless it is the default.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.fmt(f)?;
        let default = if self.is_secure { 443 } else { 80 };
        if self.port == default { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// A path without query, fragment and parameters, also percent-encoded ones: no repository name contains these.
pub(super) fn strip_parameters(path: &str) -> &str {
    let lower = path.to_ascii_lowercase();
    let ends =
        ["?", "#", ";", "&", "%3f", "%23", "%3b", "%26"].into_iter().filter_map(|sign| lower.find(sign));
    ends.min().and_then(|end| path.get(..end)).unwrap_or(path)
}

/// A normalized API URL: without user, query and trailing slash.
#[must_use]
pub fn api_url(text: &str) -> Option<String> {
    let mut url = web_url(text)?;
    let path = strip_parameters(url.path()).to_owned();
    url.set_path(&path);
    Some(url.as_str().trim_end_matches('/').to_owned())
}

/// Parses an `http` or `https` URL, without user, password, query and fragment. Rejects what parsers interpret
/// differently (backslashes, white space, a third slash): another parser could see another host.
#[must_use]
pub fn web_url(text: &str) -> Option<Url> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if !is_web || rest.starts_with('/') || text.contains(is_odd) {
        return None;
    }
    let mut url = Url::parse(text).ok()?;
    // Decoding allows characters in a host that are markup in notes, such as `"` of `%22`; no host name has them.
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    url.host_str().filter(|host| host.chars().all(is_host))?;
    // A password with a slash ends the host too early; the rest of it would become the path.
    if url.path().contains('@') {
        return None;
    }
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn server_of(address: &str) -> Option<String> {
        Server::of(address).map(|server| format!("{}{server}", if server.is_secure() { "" } else { "http " }))
    }

    #[test]
    fn server_is_parsed_by_whatwg_rules() {
        for (address, server) in [
            ("https://github.com/o/r", "github.com"),
            ("HTTPS://GitHub.COM:443", "github.com"),
            ("https://github.com:8443/", "github.com:8443"),
            ("http://github.com", "http github.com"),
            ("https://github.com@evil.example/", "evil.example"),
            ("https://github.com:x@evil.example/", "evil.example"),
            ("https://evil.example#@github.com", "evil.example"),
            ("https://evil.example?@github.com", "evil.example"),
            ("https://a@b@evil.example/", "evil.example"),
            ("https://github.com.", "github.com."),
            ("https://%67ithub.com", "github.com"),
            ("https://github.com%2eevil.example", "github.com.evil.example"),
            ("https://gıthub.com", "xn--gthub-n4a.com"),
            ("https://ｇithub.com", "github.com"),
            ("http://0x7f.1:80/", "http 127.0.0.1"),
            ("http://2130706433:81", "http 127.0.0.1:81"),
            ("https://[0:0::1]:443/", "[::1]"),
        ] {
            assert_eq!(server_of(address).as_deref(), Some(server), "{address}");
        }
    }

    #[test]
    fn ambiguous_url_is_rejected() {
        for address in [
            "https://github.com\\@evil.example/",
            "https:\\\\github.com",
            "https:///evil.example",
            "https:////evil.example",
            "https:/evil.example",
            "https:evil.example",
            "//evil.example/",
            "https://git\thub.com",
            "https://git\nhub.com",
            "https://evil.example /github.com",
            "https://",
            "https://:443",
            "https://a:b:c/",
            "https://a:99999/",
            "https://github.com%00.evil/",
            "https://user:12/secret@github.com/o/r",
            "https://[::1",
            "ftp://github.com",
            "file:///etc/passwd",
            "javascript://github.com",
            "github.com",
            "",
        ] {
            assert_eq!(server_of(address), None, "{address}");
        }
    }

    #[test]
    fn loopback_requires_the_whole_host() {
        let on = |address: &str| Server::of(address).unwrap().is_loopback();
        for address in
            ["http://localhost:1", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]", "http://127.1"]
        {
            assert!(on(address), "{address}");
        }
        for address in [
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://localhost.",
            "http://a.localhost",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::ffff:7f00:1]",
            "http://10.0.0.1",
            "http://127.0.0.1@evil.example",
        ] {
            assert!(!on(address), "{address}");
        }
    }

    #[test]
    fn named_host_matches_with_its_port() {
        let is = |address: &str, name: &str| {
            Server::of(address).unwrap().is_named_by(&Server::of_host(name).unwrap())
        };
        assert!(is("https://git.example/x", "git.example") && is("http://git.example/x", "GIT.example"));
        assert!(is("http://git.example:3000", "git.example:3000") && is("https://[::1]", "[::1]"));
        assert!(
            !is("https://git.example:3000", "git.example") && !is("https://git.example", "git.example:3000")
        );
        assert!(
            !is("http://git.example:443", "git.example:80") && !is("https://a.git.example", "git.example")
        );
        for name in ["", "https://git.example", "a@b", "a/b", "a b", "a?b", "a#b", "a\\b", "a%2eb", "a:b"] {
            assert_eq!(Server::of_host(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn rebuilt_url_has_the_same_server(text in "(https?://)?[a-z0-9.:/@?#\\\\\\[\\]% -]{0,30}") {
            if let Some(url) = web_url(&text) {
                prop_assert_eq!(Server::of(url.as_str()), Server::of(&text));
                let uri: http::Uri = url.as_str().parse().unwrap();
                prop_assert_eq!(uri.host(), url.host_str());
            }
        }
    }
}
