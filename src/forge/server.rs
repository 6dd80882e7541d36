//! A web server by its scheme, host and port: what a token belongs to.
//!
//! Addresses are read by the web's own rules and written again from what was read, so that the server that is judged is the one
//! that is asked.

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
    /// The server of an `http` or `https` address; `None` for any other text.
    #[must_use]
    pub fn of(address: &str) -> Option<Self> {
        Self::of_url(&web_address(address)?)
    }

    /// The server of a host name, with or without a port, that is spoken to over https: `git.example.com:3000`.
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

    /// Whether it is spoken to over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Whether it runs on this machine, by the address itself or the one name that always means it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        crate::http::is_loopback(&self.host)
    }

    /// Whether it is the server of a host that was named without saying how it is spoken to. A name without a port means the usual
    /// port of either scheme.
    #[must_use]
    pub fn is_named_by(&self, named: &Self) -> bool {
        let usual = if self.is_secure { 443 } else { 80 };
        self.host == named.host && (self.port == named.port || (named.port == 443 && self.port == usual))
    }

    /// Whether it is this public host, at the usual port of https.
    #[must_use]
    pub fn is_public(&self, name: &str) -> bool {
        self.is_secure && self.port == 443 && matches!(&self.host, Host::Domain(own) if own == name)
    }
}

/// The host, with its port where that is not the usual one.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.fmt(f)?;
        let usual = if self.is_secure { 443 } else { 80 };
        if self.port == usual { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// A path up to what begins a query, a fragment or a parameter, encoded too: no name of a repository has these.
pub(super) fn bare(path: &str) -> &str {
    let lower = path.to_ascii_lowercase();
    let ends =
        ["?", "#", ";", "&", "%3f", "%23", "%3b", "%26"].into_iter().filter_map(|sign| lower.find(sign));
    ends.min().and_then(|end| path.get(..end)).unwrap_or(path)
}

/// The address of an interface as it is used: without a user, a query or a slash at its end.
#[must_use]
pub fn api_address(text: &str) -> Option<String> {
    let mut address = web_address(text)?;
    let path = bare(address.path()).to_owned();
    address.set_path(&path);
    Some(address.as_str().trim_end_matches('/').to_owned())
}

/// An `http` or `https` address without user, password, query and fragment. What only some readers take for an address (with a
/// backslash, white space, or a third slash) is none: one of them could see another host in it.
#[must_use]
pub fn web_address(text: &str) -> Option<Url> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if !is_web || rest.starts_with('/') || text.contains(is_odd) {
        return None;
    }
    let mut url = Url::parse(text).ok()?;
    url.host()?;
    // A password with a slash in it ends the host too early, and the rest of it would be taken for the path.
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

    fn named(address: &str) -> Option<String> {
        Server::of(address).map(|server| format!("{}{server}", if server.is_secure() { "" } else { "http " }))
    }

    #[test]
    fn server_is_what_the_web_sees_in_an_address() {
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
            assert_eq!(named(address).as_deref(), Some(server), "{address}");
        }
    }

    #[test]
    fn ambiguous_address_has_no_server() {
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
            assert_eq!(named(address), None, "{address}");
        }
    }

    #[test]
    fn loopback_is_an_address_and_not_the_start_of_a_name() {
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
    fn named_host_is_the_same_host_at_its_port() {
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
        fn written_address_has_the_same_server(text in "(https?://)?[a-z0-9.:/@?#\\\\\\[\\]% -]{0,30}") {
            if let Some(url) = web_address(&text) {
                prop_assert_eq!(Server::of(url.as_str()), Server::of(&text));
                let uri: http::Uri = url.as_str().parse().unwrap();
                prop_assert_eq!(uri.host(), url.host_str());
            }
        }
    }
}
