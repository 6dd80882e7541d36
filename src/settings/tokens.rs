//! Which token goes to which server.
//!
//! A token belongs to hosts: those of the public forge that it is for, and those that the user has named. It goes to the very
//! host, at its port, and by http only on this machine or where the user says so.

use std::path::{Path, PathBuf};

use crate::{
    error::Error,
    forge::{self, Credentials, Server, TokenServer},
    http::Secret,
    model::ForgeKind,
};

use super::{
    Host,
    hosts::{HostEntry, Hosts, TokenSource, is_gitea_actions},
};

/// The tokens that there are, and where they may go.
pub(super) struct Tokens<'a> {
    pub(super) host: &'a Host,
    pub(super) hosts: &'a Hosts,
    /// The token of a file that the user names for every host.
    pub(super) file: Option<&'a (PathBuf, Secret)>,
    /// Whether the user lets credentials go over http.
    pub(super) plain_http: bool,
}

/// What there is for a server.
#[derive(Debug)]
pub(super) enum Token {
    /// This.
    Given(Credentials),
    /// Nothing; where it was looked for.
    Missing(String),
    /// Something that is for no such server.
    Stranger,
    /// Something that would go over http.
    Plain,
}

/// A token with what messages call it.
type Named = (String, Credentials);

impl Tokens<'_> {
    /// The token for a server that is spoken to as this forge.
    ///
    /// # Errors
    /// When the token cannot be sent in a header, or its file cannot be read.
    pub(super) fn find(&self, kind: ForgeKind, server: &Server) -> Result<Token, Error> {
        let entries = self.hosts.of(kind, server);
        let is_public = kind.trusts_public_servers() && forge::public_forge(server) == Some(kind);
        if !is_public && entries.is_empty() {
            let any = self.file.is_some() || self.of_variables(kind, self.any_server()).is_some();
            return Ok(if any { Token::Stranger } else { Token::Missing(kind.token_variables().to_owned()) });
        }
        let (named, looked) = match entries.iter().find_map(|entry| entry.token.as_ref()) {
            Some(source) => (own(source)?, source.name()),
            None => {
                let file = self.file.map(|(path, token)| {
                    (format!("`{}`", path.display()), Credentials::Token(token.clone()))
                });
                let server = self.token_server(kind, is_public, &entries, server);
                (file.or_else(|| self.of_variables(kind, server)), kind.token_variables().to_owned())
            }
        };
        let Some((name, credentials)) = named else { return Ok(Token::Missing(looked)) };
        let may_be_plain =
            self.plain_http || server.is_loopback() || entries.iter().any(|entry| entry.plain_http);
        if !server.is_secure() && !may_be_plain {
            return Ok(Token::Plain);
        }
        sound(&name, &credentials)?;
        if let Credentials::Token(token) | Credentials::Job(token) | Credentials::Basic(_, token) =
            &credentials
        {
            self.host.secrets.add(&name, token.expose());
        }
        Ok(Token::Given(credentials))
    }

    /// Whether there is a token that is for no public forge, so that it must be meant for a host that nobody has named.
    pub(super) fn has_homeless(&self) -> bool {
        let mut names = ForgeKind::ALL.iter().copied().flat_map(ForgeKind::private_token_variables);
        names.any(|name| self.host.pipeline.contains_key(name))
    }

    fn of_variables(&self, kind: ForgeKind, server: TokenServer) -> Option<Named> {
        let variable = |name: &str| Some((name.to_owned(), self.host.pipeline.get(name)?.clone()));
        let mut names = kind.token_variables_for(server).iter().copied();
        if let Some((name, token)) = names.find_map(variable) {
            return Some((name, Credentials::Token(token)));
        }
        if let Some((name, servers)) = kind.job_token_variables() {
            // A job's token is known to the server of its pipeline alone.
            let is_told = servers.iter().any(|name| self.host.pipeline.contains_key(name));
            let (name, token) = variable(name).filter(|_| server.is_pipeline || !is_told)?;
            return Some((name, Credentials::Job(token)));
        }
        let (user, password) = kind.password_variables()?;
        let user = self.host.pipeline(user)?.to_owned();
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
            is_gitea_actions: is_gitea_actions(self.host),
        }
    }

    /// Any: is there a token at all?
    fn any_server(&self) -> TokenServer {
        let is_gitea_actions = is_gitea_actions(self.host);
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

/// The token of a host alone.
fn own(source: &TokenSource) -> Result<Option<Named>, Error> {
    let token = match source {
        TokenSource::Variable(name) => {
            std::env::var_os(name).and_then(|value| Secret::new(&value.to_string_lossy()))
        }
        TokenSource::File(path) => Some(of_file(path)?),
    };
    Ok(token.map(|token| (source.name(), Credentials::Token(token))))
}

/// The token that a file holds.
///
/// # Errors
/// When the file cannot be read, or is empty.
pub(super) fn of_file(path: &Path) -> Result<Secret, Error> {
    let bytes =
        std::fs::read(path).map_err(|source| Error::File { verb: "read", path: path.to_owned(), source })?;
    let empty = || Error::usage(format!("the token file `{}` is empty", path.display()), None);
    Secret::new(&String::from_utf8_lossy(&bytes)).ok_or_else(empty)
}

/// A token that cannot stand in a header would leave the question without one, and nobody would hear of it.
fn sound(name: &str, credentials: &Credentials) -> Result<(), Error> {
    let problem = match credentials {
        Credentials::Token(token) | Credentials::Job(token) => token_problem(token.expose()),
        Credentials::Basic(user, password) => control(user).or_else(|| control(password.expose())),
        Credentials::None => None,
    };
    problem.map_or(Ok(()), |problem| Err(unsound(name, problem)))
}

fn token_problem(token: &str) -> Option<&'static str> {
    let inner = token.contains(char::is_whitespace).then_some("white space");
    control(token).or(inner).or_else(|| (!token.is_ascii()).then_some("a character that is not ASCII"))
}

/// What is wrong with a secret that may hold any character that people type.
pub(super) fn control(secret: &str) -> Option<&'static str> {
    secret.contains(char::is_control).then_some("a control character")
}

/// A secret that cannot be used.
pub(super) fn unsound(name: &str, problem: &str) -> Error {
    Error::usage(format!("the token in {name} holds {problem}"), Some("set it again; its value is not shown"))
}
