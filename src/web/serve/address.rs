//! The addresses of the server: where it listens, and by which names a browser may call it.

use std::net::{IpAddr, SocketAddr};

/// The values of `Host` for which the server answers.
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    listening: SocketAddr,
    is_loopback: bool,
}

impl Hosts {
    pub(super) fn new(listening: SocketAddr) -> Self {
        Self { listening, is_loopback: listening.ip().is_loopback() }
    }

    pub(super) const fn port(&self) -> u16 {
        self.listening.port()
    }

    /// The address to open.
    pub(super) fn url(&self) -> String {
        let ip = self.listening.ip();
        let host = match ip {
            ip if ip.is_unspecified() => "localhost".to_owned(),
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        format!("http://{host}:{}", self.listening.port())
    }

    /// Whether a `Host` header names this server. A name of another host that resolves to this machine (DNS rebinding)
    /// is refused; beyond loopback, only addresses are accepted, since names cannot be told from such ones.
    pub(super) fn accepts(&self, host: &str) -> bool {
        let port = self.listening.port();
        let Some(name) = host.strip_suffix(&format!(":{port}")).or_else(|| (port == 80).then_some(host))
        else {
            return false;
        };
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        match bare.parse::<IpAddr>() {
            Ok(ip) if self.is_loopback => ip.is_loopback(),
            Ok(ip) => ip == self.listening.ip() || self.listening.ip().is_unspecified(),
            Err(_) => name.eq_ignore_ascii_case("localhost"),
        }
    }

    /// Whether an `Origin` header is that of a page of this server, which the browser called by `host`.
    pub(super) fn is_own_origin(&self, origin: &str, host: &str) -> bool {
        self.accepts(host) && origin.strip_prefix("http://").is_some_and(|own| own.eq_ignore_ascii_case(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_are_accepted() {
        let own = Hosts::new("127.0.0.1:8100".parse().unwrap());
        assert_eq!(own.url(), "http://127.0.0.1:8100");
        for host in ["127.0.0.1:8100", "localhost:8100", "LOCALHOST:8100", "[::1]:8100"] {
            assert!(own.accepts(host), "{host}");
        }
        for host in
            ["127.0.0.1", "127.0.0.1:81", "evil.example:8100", "192.168.1.2:8100", "localhost.evil:8100", ""]
        {
            assert!(!own.accepts(host), "{host}");
        }
        let open = Hosts::new("0.0.0.0:8100".parse().unwrap());
        assert!(open.accepts("192.168.1.2:8100") && !open.accepts("evil.example:8100"));
        assert_eq!(open.url(), "http://localhost:8100");
    }

    #[test]
    fn origin_is_that_of_the_host() {
        let own = Hosts::new("127.0.0.1:8100".parse().unwrap());
        assert!(own.is_own_origin("http://127.0.0.1:8100", "127.0.0.1:8100"));
        for origin in ["https://127.0.0.1:8100", "http://localhost:8100", "null", "http://evil.example"] {
            assert!(!own.is_own_origin(origin, "127.0.0.1:8100"), "{origin}");
        }
    }
}
