//! Finds credentials for registries: docker's and podman's credential files and credential helpers.
//!
//! The files are those of `docker login` (`config.json`) and `podman login` (`auth.json`). A helper is a program
//! `docker-credential-NAME` that reads a registry's host from stdin and prints JSON
//! (<https://github.com/docker/docker-credential-helpers>).

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use base64::Engine as _;
use serde::Deserialize;

use super::{Error, Repository};
use crate::http::Secret;

/// Sources of credentials; the first match is used.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// Credentials from options or variables.
    pub explicit: Option<ExplicitCredentials>,
    /// Credential files, in order.
    pub files: Vec<CredentialFile>,
}

/// Credentials from options or variables, for some registries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplicitCredentials {
    /// The registries' hosts, with their ports.
    pub hosts: Vec<String>,
    /// The login for them.
    pub login: Login,
}

/// A credential file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFile {
    /// Its path.
    pub path: PathBuf,
    /// Whether it was named explicitly, so that it must exist.
    pub is_required: bool,
}

/// How to log in to a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// A user name with a password or token.
    Basic {
        /// The user name.
        user: String,
        /// The password or token.
        secret: Secret,
    },
    /// An identity token (OAuth 2 refresh token), to exchange for an access token.
    Identity(Secret),
}

/// Timeout for a helper: some query a cloud service.
const HELPER_TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum output of a helper, in bytes.
const MAX_HELPER_OUTPUT: u64 = 1 << 20;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ConfigFile {
    auths: BTreeMap<String, AuthEntry>,
    creds_store: Option<String>,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AuthEntry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HelperOutput {
    username: String,
    secret: String,
}

impl Credentials {
    /// The login for a repository; `None` if there is none.
    ///
    /// # Errors
    /// If a file cannot be read or a helper fails.
    pub fn find(&self, repository: &Repository) -> Result<Option<Login>, Error> {
        if let Some(explicit) =
            self.explicit.as_ref().filter(|explicit| explicit.hosts.contains(&repository.host))
        {
            return Ok(Some(explicit.login.clone()));
        }
        for file in &self.files {
            if let Some(login) = find_in(file, repository)? {
                return Ok(Some(login));
            }
        }
        Ok(None)
    }
}

fn find_in(file: &CredentialFile, repository: &Repository) -> Result<Option<Login>, Error> {
    let fail = |problem: String| Error::Credentials { path: file.path.clone(), problem };
    let text = match std::fs::read(&file.path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !file.is_required => return Ok(None),
        Err(error) => return Err(fail(error.to_string())),
    };
    // serde's message may quote the file, which contains secrets: report only the position.
    let position = |error: serde_json::Error| {
        format!("invalid JSON at line {}, column {}", error.line(), error.column())
    };
    let config: ConfigFile = serde_json::from_slice(&text).map_err(|error| fail(position(error)))?;
    let key = repository.credential_key();
    let helper = config.cred_helpers.get(key).or_else(|| config.cred_helpers.get(&repository.host));
    if let Some(name) = helper {
        return query_helper(name, key);
    }
    if let Some(name) = &config.creds_store
        && let Some(login) = query_helper(name, key)?
    {
        return Ok(Some(login));
    }
    let entry = best_entry(&config.auths, repository);
    entry.map_or(Ok(None), |entry| entry.login().map_err(|problem| fail(problem.to_owned())))
}

/// The entry with the longest key that is a prefix of the repository: podman supports entries for parts of a registry.
fn best_entry<'f>(auths: &'f BTreeMap<String, AuthEntry>, repository: &Repository) -> Option<&'f AuthEntry> {
    let whole = repository.to_string();
    let fits = |key: &str| {
        if key == repository.credential_key() {
            return Some(repository.host.len());
        }
        let bare = key.split_once("://").map_or(key, |(_, rest)| rest);
        let bare = bare.trim_end_matches('/').trim_end_matches("/v1").trim_end_matches("/v2");
        let below = whole.strip_prefix(bare)?;
        (below.is_empty() || below.starts_with('/')).then_some(bare.len())
    };
    auths
        .iter()
        .filter_map(|(key, entry)| Some((fits(key)?, entry)))
        .max_by_key(|(length, _)| *length)
        .map(|(_, entry)| entry)
}

impl AuthEntry {
    fn login(&self) -> Result<Option<Login>, &'static str> {
        if let Some(token) = self.identitytoken.as_deref().and_then(Secret::new) {
            return Ok(Some(Login::Identity(token)));
        }
        if let Some(secret) = self.password.as_deref().and_then(Secret::new) {
            return Ok(Some(Login::Basic { user: self.username.clone().unwrap_or_default(), secret }));
        }
        let Some(auth) = self.auth.as_deref().filter(|auth| !auth.is_empty()) else { return Ok(None) };
        let bytes = base64::engine::general_purpose::STANDARD.decode(auth.trim());
        let text = bytes
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or("an `auth` value is not valid base64")?;
        let (user, secret) = text.split_once(':').ok_or("an `auth` value is not `user:password`")?;
        // Docker pads some values with NUL.
        let secret = Secret::new(secret.trim_end_matches('\0'));
        Ok(secret.map(|secret| Login::Basic { user: user.to_owned(), secret }))
    }
}

/// Runs `docker-credential-NAME get`; `None` if it has no credentials for this registry.
fn query_helper(name: &str, host: &str) -> Result<Option<Login>, Error> {
    let program = format!("docker-credential-{name}");
    let fail = |problem: &str| Error::Helper {
        program: program.clone(),
        host: host.to_owned(),
        problem: problem.chars().filter(|c| !c.is_control()).take(300).collect(),
    };
    // The name comes from a file; only allow programs on the PATH.
    if Path::new(&program).components().count() != 1 || name.contains(['/', '\\']) {
        return Err(fail("it is not a valid program name"));
    }
    let (succeeded, output) = run_helper(&program, host).map_err(|problem| fail(&problem))?;
    let text = String::from_utf8_lossy(&output);
    if !succeeded {
        let has_none = text.contains("credentials not found") || text.contains("no credentials");
        // JSON output may contain the secret even if the helper failed.
        let problem = if text.contains(['{', '}']) { "it exited with an error" } else { text.trim() };
        return if has_none { Ok(None) } else { Err(fail(problem)) };
    }
    let output: HelperOutput =
        serde_json::from_slice(&output).map_err(|_| fail("its output is not valid"))?;
    let Some(secret) = Secret::new(&output.secret) else { return Ok(None) };
    // The user name that marks an identity token.
    let is_identity = output.username == "<token>";
    Ok(Some(if is_identity {
        Login::Identity(secret)
    } else {
        Login::Basic { user: output.username, secret }
    }))
}

fn run_helper(program: &str, host: &str) -> Result<(bool, Vec<u8>), String> {
    let mut command = Command::new(program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that does not need the host may not read it.
        drop(stdin.write_all(host.as_bytes()));
    }
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut output = Vec::new();
            let read = stdout.take(MAX_HELPER_OUTPUT).read_to_end(&mut output);
            // The receiver is gone after a timeout.
            drop(sender.send(read.map(|_| output)));
        });
    }
    let Ok(output) = receiver.recv_timeout(HELPER_TIMEOUT) else {
        drop(child.kill());
        drop(child.wait());
        return Err(format!("timed out after {} seconds", HELPER_TIMEOUT.as_secs()));
    };
    let status = child.wait().map_err(|error| error.to_string())?;
    Ok((status.success(), output.map_err(|error| error.to_string())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Reference;

    fn find(config: &str, image: &str) -> Result<Option<Login>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, config).unwrap();
        let credentials =
            Credentials { explicit: None, files: vec![CredentialFile { path, is_required: true }] };
        credentials.find(&Reference::parse(image).unwrap().repository)
    }

    fn basic(user: &str, secret: &str) -> Option<Login> {
        Some(Login::Basic { user: user.to_owned(), secret: Secret::new(secret).unwrap() })
    }

    /// `ada:pass:word`
    const ADA: &str = "YWRhOnBhc3M6d29yZA==";

    #[test]
    fn docker_config_is_read() {
        let config = format!(
            r#"{{"auths":{{"https://index.docker.io/v1/":{{"auth":"{ADA}"}},"r.example:5000":{{"username":"u","password":"p"}},
            "r.example:5000/team":{{"identitytoken":"t"}},"https://old.example/v2/":{{"auth":"{ADA}"}},"empty.example":{{}}}},"other":1}}"#
        );
        let found = |image| find(&config, image).unwrap();
        assert_eq!(found("busybox"), basic("ada", "pass:word"));
        assert_eq!(found("r.example:5000/x"), basic("u", "p"));
        assert_eq!(found("r.example:5000/team/x"), Some(Login::Identity(Secret::new("t").unwrap())));
        assert_eq!(found("r.example:5000/teams"), basic("u", "p"));
        assert_eq!(found("old.example/x"), basic("ada", "pass:word"));
        assert_eq!(found("empty.example/x"), None);
        assert_eq!(found("r.example/x"), None);
    }

    #[test]
    fn error_about_a_file_does_not_quote_it() {
        for config in [r#"{"auths":{"a.b":{"auth":"hidden!"}}}"#, r#"{"auths":"hidden"}"#, "hidden"] {
            let error = find(config, "a.b/c").unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hidden"), "{error}");
        }
        let missing = |is_required| Credentials {
            explicit: None,
            files: vec![CredentialFile { path: PathBuf::from("/no/such/file"), is_required }],
        };
        let repository = Reference::parse("a.b/c").unwrap().repository;
        assert_eq!(missing(false).find(&repository).unwrap(), None);
        assert!(missing(true).find(&repository).is_err());
    }

    #[test]
    fn helper_must_be_a_program_on_the_path() {
        for name in ["../../bin/x", "no-such-helper-here", ""] {
            let config = format!(r#"{{"credHelpers":{{"a.b":"{name}"}}}}"#);
            assert!(matches!(find(&config, "a.b/c"), Err(Error::Helper { .. })), "{name}");
        }
        assert_eq!(find(r#"{"credHelpers":{"a.b":"no-such-helper-here"}}"#, "other.b/c").unwrap(), None);
    }
}
