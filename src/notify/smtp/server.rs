//! An SMTP server, as configured by one URL.
//!
//! The URL has the form that the library lettre documents: `smtps://user:password@host:port/ehlo-name`. Without
//! `?tls=required`, lettre sends `smtp` in plain text; here that holds for localhost only.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::{
    http::{Secret, is_loopback},
    redact::Redactor,
};

/// The port for TLS from the first byte (RFC 8314).
const PORT_SMTPS: u16 = 465;
/// The port for the submission of messages (RFC 6409).
const PORT_SUBMISSION: u16 = 587;
/// The port of an SMTP server on the same machine.
const PORT_SMTP: u16 = 25;

/// A server with the credentials for it.
#[derive(Clone)]
pub struct SmtpServer {
    pub(super) host: Host<String>,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) login: Option<Login>,
    /// The name of this machine for the server; `None`: an address literal.
    pub(super) ehlo_name: Option<String>,
}

/// When TLS starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// With the first byte.
    Implicit,
    /// With `STARTTLS`; without it, nothing is sent.
    StartTls,
    /// Never.
    None,
}

/// A user and password, decoded. Without `Debug`, which would show them.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: String,
}

impl SmtpServer {
    /// Parses a URL.
    ///
    /// # Errors
    /// The problem, as part of a sentence about the URL, without any part of it.
    pub fn parse(url: &Secret) -> Result<Self, &'static str> {
        let url = Url::parse(url.expose()).map_err(|_| "is not a valid URL")?;
        if !matches!(url.scheme(), "smtp" | "smtps") {
            return Err("does not begin with smtps:// or smtp://");
        }
        // Without special schemes, the `url` crate does not recognise IP addresses.
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("has no host")?;
        let host = Host::parse(host).map_err(|_| "has no valid host")?;
        let has_tls_parameter = match url.query() {
            None => false,
            Some("tls=required") => true,
            Some(_) => return Err("has a parameter other than tls=required"),
        };
        if url.fragment().is_some() {
            return Err("contains `#`");
        }
        let (encryption, port) = match url.scheme() {
            "smtps" => (Encryption::Implicit, PORT_SMTPS),
            _ if !has_tls_parameter && is_loopback(&host) => (Encryption::None, PORT_SMTP),
            _ => (Encryption::StartTls, PORT_SUBMISSION),
        };
        let ehlo_name = Some(url.path().trim_start_matches('/')).filter(|name| !name.is_empty());
        if ehlo_name.is_some_and(|name| {
            !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        }) {
            return Err("has a path that is not a host name");
        }
        Ok(Self {
            host,
            port: url.port().unwrap_or(port),
            encryption,
            login: login(&url)?,
            ehlo_name: ehlo_name.map(str::to_owned),
        })
    }

    /// Its host and port, without credentials: `smtp.example.com:465`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Registers the password as a secret: decoded, and as the commands `AUTH PLAIN` and `AUTH LOGIN` send it.
    pub fn add_secrets(&self, name: &str, secrets: &Redactor) {
        if let Some(login) = &self.login {
            secrets.add(name, &login.password);
            login.encoded().iter().for_each(|encoded| secrets.add(name, encoded));
        }
    }

    /// The host for the connection and the certificate: an IPv6 address has no brackets.
    pub(super) fn host_name(&self) -> String {
        match &self.host {
            Host::Domain(name) => name.clone(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        }
    }

    /// Whether a text contains the password. A short one is not registered as a secret.
    pub(super) fn is_password_in(&self, text: &str) -> bool {
        self.login.as_ref().is_some_and(|login| {
            text.contains(&login.password) || login.encoded().iter().any(|encoded| text.contains(encoded))
        })
    }
}

impl Login {
    /// As the commands `AUTH PLAIN` (RFC 4616) and `AUTH LOGIN` send the password.
    fn encoded(&self) -> [String; 2] {
        [STANDARD.encode(format!("\0{}\0{}", self.user, self.password)), STANDARD.encode(&self.password)]
    }
}

fn login(url: &Url) -> Result<Option<Login>, &'static str> {
    let decoded = |text: &str| {
        let text =
            percent_decode_str(text).decode_utf8().map_err(|_| "has a user or password that is not UTF-8")?;
        // A NUL separates user and password.
        match text.contains(char::is_control) {
            true => Err("has a control character in its user or password"),
            false => Ok(text.into_owned()),
        }
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (_, None) => Err("has a user without a password"),
        ("", Some(_)) => Err("has a password without a user"),
        (user, Some(password)) => Ok(Some(Login { user: decoded(user)?, password: decoded(password)? })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<SmtpServer, &'static str> {
        SmtpServer::parse(&Secret::new(url).unwrap())
    }

    #[test]
    fn encryption_is_required_beyond_localhost() {
        use Encryption::{Implicit, None, StartTls};
        for (url, address, encryption) in [
            ("smtps://smtp.example.com", "smtp.example.com:465", Implicit),
            ("smtps://127.0.0.1:4465", "127.0.0.1:4465", Implicit),
            ("smtp://smtp.example.com", "smtp.example.com:587", StartTls),
            ("smtp://smtp.example.com:25", "smtp.example.com:25", StartTls),
            ("smtp://smtp.example.com?tls=required", "smtp.example.com:587", StartTls),
            ("smtp://localhost?tls=required", "localhost:587", StartTls),
            ("smtp://localhost", "localhost:25", None),
            ("smtp://LOCALHOST:2525", "localhost:2525", None),
            ("smtp://127.0.0.1:2525", "127.0.0.1:2525", None),
            ("smtp://127.1:2525", "127.0.0.1:2525", None),
            ("smtp://[::1]:2525", "[::1]:2525", None),
            ("smtp://localhost.example.com", "localhost.example.com:587", StartTls),
            ("smtp://10.0.0.1", "10.0.0.1:587", StartTls),
            ("smtp://郵件.example", "xn--5nqv22n.example:587", StartTls),
        ] {
            let server = parse(url).unwrap_or_else(|problem| panic!("{url} {problem}"));
            assert_eq!((server.address().as_str(), server.encryption), (address, encryption), "{url}");
        }
        assert_eq!(parse("smtp://[::1]").unwrap().host_name(), "::1");
    }

    #[test]
    fn credentials_are_decoded() {
        let server =
            parse("smtps://ada%40example.com:p%2F%3A%23%20w%C3%A4@smtp.example.com/ci.example.com").unwrap();
        let login = server.login.as_ref().unwrap();
        assert_eq!((login.user.as_str(), login.password.as_str()), ("ada@example.com", "p/:# wä"));
        assert_eq!(server.ehlo_name.as_deref(), Some("ci.example.com"));
        assert!(server.is_password_in("535 p/:# wä is wrong") && !server.is_password_in("535 p is wrong"));
        assert!(server.is_password_in(&STANDARD.encode("\0ada@example.com\0p/:# wä")));
        assert!(parse("smtps://smtp.example.com").unwrap().login.is_none());
    }

    #[test]
    fn unclear_url_is_refused() {
        for url in [
            "smtp.example.com",
            "smtp.example.com:465",
            "https://user:password@smtp.example.com",
            "postgres://user:password@db.example.com",
            "smtps://",
            "smtps://user:password@",
            "smtps://user@smtp.example.com",
            "smtps://:password@smtp.example.com",
            "smtps://user:pass#word@smtp.example.com",
            "smtps://user:465#word@smtp.example.com",
            "smtps://user:465?word@smtp.example.com",
            "smtps://user:465/word@smtp.example.com",
            "smtps://user:pass/word@smtp.example.com",
            "smtps://user:a%00b@smtp.example.com",
            "smtps://user:a%0D%0ARSET@smtp.example.com",
            "smtps://us%0Aer:password@smtp.example.com",
            "smtps://user:a%FF@smtp.example.com",
            "smtps://smtp.example.com/a b",
            "smtps://smtp.example.com/a%0D%0ARSET",
            "smtps://sm tp.example.com",
            "smtp://smtp.example.com?tls=opportunistic",
            "smtp://smtp.example.com?tls=none",
            "smtp://localhost?tls=required&x=1",
            "smtps://smtp.example.com:99999",
        ] {
            assert!(parse(url).is_err(), "{url}");
        }
    }
}
