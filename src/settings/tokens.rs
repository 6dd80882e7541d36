//! Chooses the token for a server.
//!
//! A token is only sent to the public hosts of its forge and to hosts that the user has named: to exactly that host and
//! port, and over http only to localhost or if the user allows it.

use std::path::{Path, PathBuf};

use crate::{
    error::Error,
    forge::{self, Credentials, Server, TokenServer},
    http::Secret,
    model::ForgeKind,
};

use super::{
    Process,
    hosts::{HostEntry, Hosts, TokenSource, is_gitea_actions},
};

/// The available tokens.
pub(super) struct Tokens<'a> {
    pub(super) process: &'a Process,
    pub(super) hosts: &'a Hosts,
    /// The token from a file that the user names for all hosts.
    pub(super) file: Option<&'a (PathBuf, Secret)>,
    /// Whether the user allows credentials over http.
    pub(super) plain_http: bool,
}

/// The token for a server.
#[derive(Debug)]
pub(super) enum Token {
    /// A token that may be sent.
    Available(Credentials),
    /// There is no token; the places that were searched.
    Missing(String),
    /// There is a token, but not for this server.
    NotForServer,
    /// There is a token, but the server does not use https.
    NeedsHttps,
}

/// Credentials with their source, for messages.
type Named = (String, Credentials);

impl Tokens<'_> {
    /// The token for a server of a forge.
    ///
    /// # Errors
    /// If the token file cannot be read or is empty, or the token cannot be sent in a header.
    pub(super) fn find(&self, kind: ForgeKind, server: &Server) -> Result<Token, Error> {
        let entries = self.hosts.of(kind, server);
        let is_public = kind.trusts_public_servers() && forge::public_forge(server) == Some(kind);
        if !is_public && entries.is_empty() {
            let any = self.file.is_some() || self.of_variables(kind, self.any_server()).is_some();
            return Ok(if any {
                Token::NotForServer
            } else {
                Token::Missing(kind.token_variables().to_owned())
            });
        }
        let (named, sources) = match entries.iter().find_map(|entry| entry.token.as_ref()) {
            Some(source) => (of_source(source)?, source.name()),
            None => {
                let file = self.file.map(|(path, token)| {
                    (format!("`{}`", path.display()), Credentials::Token(token.clone()))
                });
                let server = self.token_server(kind, is_public, &entries, server);
                (file.or_else(|| self.of_variables(kind, server)), kind.token_variables().to_owned())
            }
        };
        let Some((name, credentials)) = named else { return Ok(Token::Missing(sources)) };
        let may_be_plain =
            self.plain_http || server.is_loopback() || entries.iter().any(|entry| entry.plain_http);
        if !server.is_secure() && !may_be_plain {
            return Ok(Token::NeedsHttps);
        }
        validate(&name, &credentials)?;
        if let Credentials::Token(token) | Credentials::Job(token) | Credentials::Basic(_, token) =
            &credentials
        {
            self.process.secrets.add(&name, token.expose());
        }
        Ok(Token::Available(credentials))
    }

    /// Whether there is a token for self-hosted forges only, so that it must be meant for a host that is not named.
    pub(super) fn has_private_token(&self) -> bool {
        let mut names = ForgeKind::ALL.iter().copied().flat_map(ForgeKind::private_token_variables);
        names.any(|name| self.process.pipeline.contains_key(name))
    }

    fn of_variables(&self, kind: ForgeKind, server: TokenServer) -> Option<Named> {
        let variable = |name: &str| Some((name.to_owned(), self.process.pipeline.get(name)?.clone()));
        let mut names = kind.token_variables_for(server).iter().copied();
        if let Some((name, token)) = names.find_map(variable) {
            return Some((name, Credentials::Token(token)));
        }
        if let Some((name, servers)) = kind.job_token_variables() {
            // A job token is only valid on the server of its pipeline.
            let is_server_known = servers.iter().any(|name| self.process.pipeline.contains_key(name));
            let (name, token) = variable(name).filter(|_| server.is_pipeline || !is_server_known)?;
            return Some((name, Credentials::Job(token)));
        }
        let (user, password) = kind.password_variables()?;
        let user = self.process.pipeline(user)?.to_owned();
        let (name, password) = variable(password)?;
        Some((name, Credentials::Basic(user, password)))
    }

    fn token_server(
        &self,
        kind: ForgeKind,
        is_public: bool,
        entries: &[&HostEntry],
        server: &Server,
    ) -> TokenServer {
        TokenServer {
            is_public,
            is_pipeline: entries.iter().any(|entry| entry.is_pipeline),
            is_tenant: kind.is_tenant(server),
            is_gitea_actions: is_gitea_actions(self.process),
        }
    }

    /// A server that any token may be for, to check whether there is one at all.
    fn any_server(&self) -> TokenServer {
        let is_gitea_actions = is_gitea_actions(self.process);
        TokenServer { is_public: false, is_pipeline: true, is_tenant: false, is_gitea_actions }
    }
}

impl TokenSource {
    fn name(&self) -> String {
        match self {
            Self::Variable(name) => name.clone(),
            Self::File(path) => format!("`{}`", path.display()),
        }
    }
}

/// The token from the source of a single host.
fn of_source(source: &TokenSource) -> Result<Option<Named>, Error> {
    let token = match source {
        TokenSource::Variable(name) => {
            std::env::var_os(name).and_then(|value| Secret::new(&value.to_string_lossy()))
        }
        TokenSource::File(path) => Some(of_file(path)?),
    };
    Ok(token.map(|token| (source.name(), Credentials::Token(token))))
}

/// The token in a file.
///
/// # Errors
/// If the file cannot be read or is empty.
pub(super) fn of_file(path: &Path) -> Result<Secret, Error> {
    let bytes =
        std::fs::read(path).map_err(|source| Error::File { verb: "read", path: path.to_owned(), source })?;
    let empty = || {
        let hint = "write the token to the file, or remove the setting that names it";
        Error::usage(format!("the token file `{}` is empty", path.display()), Some(hint))
    };
    Secret::new(&String::from_utf8_lossy(&bytes)).ok_or_else(empty)
}

/// Checks that the credentials can be sent in a header. Otherwise the request would silently be unauthenticated.
fn validate(name: &str, credentials: &Credentials) -> Result<(), Error> {
    let problem = match credentials {
        Credentials::Token(token) | Credentials::Job(token) => token_problem(token.expose()),
        Credentials::Basic(user, password) => {
            control_character(user).or_else(|| control_character(password.expose()))
        }
        Credentials::None => None,
    };
    problem.map_or(Ok(()), |problem| Err(invalid_token(name, problem)))
}

fn token_problem(token: &str) -> Option<&'static str> {
    let inner = token.contains(char::is_whitespace).then_some("whitespace");
    control_character(token)
        .or(inner)
        .or_else(|| (!token.is_ascii()).then_some("a character that is not ASCII"))
}

/// A description of the problem if a secret contains a control character. Any other character is valid in a password.
pub(super) fn control_character(secret: &str) -> Option<&'static str> {
    secret.contains(char::is_control).then_some("a control character")
}

/// The error for a token that cannot be sent. Does not show its value.
pub(super) fn invalid_token(name: &str, problem: &str) -> Error {
    Error::usage(
        format!("the token in {name} contains {problem}"),
        Some("set it again; its value is not shown"),
    )
}
