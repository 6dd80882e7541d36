//! Who we are to a registry: docker's and podman's files of credentials, and their helpers.
//!
//! The files are those of `docker login` (`config.json`) and `podman login` (`auth.json`); a helper is a program
//! `docker-credential-NAME`, which gets a registry's host on stdin and answers in JSON
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

/// Where credentials are looked for, first hit first.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// Those that were given for this run.
    pub given: Option<Given>,
    /// Files of credentials. Those that were named must be there.
    pub files: Vec<CredentialFile>,
}

/// Credentials for some registries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The registries' hosts, with their ports.
    pub hosts: Vec<String>,
    /// Who we are there.
    pub login: Login,
}

/// A file of credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFile {
    /// Its path.
    pub path: PathBuf,
    /// Whether somebody named it, so that its absence is an error.
    pub is_named: bool,
}

/// Who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// A user with a password or token.
    Basic {
        /// The user.
        user: String,
        /// The password or token.
        secret: Secret,
    },
    /// A token that the registry's authority changes for another.
    Identity(Secret),
}

/// How long a helper may take: some ask a cloud.
const HELPER_TIME: Duration = Duration::from_secs(60);
/// What a helper may answer, in bytes.
const HELPER_ANSWER: u64 = 1 << 20;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct File {
    auths: BTreeMap<String, Entry>,
    creds_store: Option<String>,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

impl Credentials {
    /// The credentials for a repository; `None` where there are none.
    ///
    /// # Errors
    /// When a file or a helper that should have them fails.
    pub fn find(&self, repository: &Repository) -> Result<Option<Login>, Error> {
        if let Some(given) = self.given.as_ref().filter(|given| given.hosts.contains(&repository.host)) {
            return Ok(Some(given.login.clone()));
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
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !file.is_named => return Ok(None),
        Err(error) => return Err(fail(error.to_string())),
    };
    // The error of serde may quote the text, and the text holds secrets: only the place is told.
    let place = |error: serde_json::Error| {
        format!("it is not well-formed at line {}, column {}", error.line(), error.column())
    };
    let found: File = serde_json::from_slice(&text).map_err(|error| fail(place(error)))?;
    let key = repository.credential_key();
    let helper = found.cred_helpers.get(key).or_else(|| found.cred_helpers.get(&repository.host));
    if let Some(name) = helper {
        return ask_helper(name, key);
    }
    if let Some(name) = &found.creds_store
        && let Some(login) = ask_helper(name, key)?
    {
        return Ok(Some(login));
    }
    let entry = best_entry(&found.auths, repository);
    entry.map_or(Ok(None), |entry| entry.login().map_err(|problem| fail(problem.to_owned())))
}

/// The entry whose key is the repository's longest prefix: podman knows entries for parts of a registry.
fn best_entry<'f>(auths: &'f BTreeMap<String, Entry>, repository: &Repository) -> Option<&'f Entry> {
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

impl Entry {
    fn login(&self) -> Result<Option<Login>, &'static str> {
        if let Some(token) = self.identitytoken.as_deref().and_then(Secret::new) {
            return Ok(Some(Login::Identity(token)));
        }
        if let Some(secret) = self.password.as_deref().and_then(Secret::new) {
            return Ok(Some(Login::Basic { user: self.username.clone().unwrap_or_default(), secret }));
        }
        let Some(auth) = self.auth.as_deref().filter(|auth| !auth.is_empty()) else { return Ok(None) };
        let bytes = base64::engine::general_purpose::STANDARD.decode(auth.trim());
        let text =
            bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or("an `auth` is no base64")?;
        let (user, secret) = text.split_once(':').ok_or("an `auth` has no user and password")?;
        // Docker pads some with NUL.
        let secret = Secret::new(secret.trim_end_matches('\0'));
        Ok(secret.map(|secret| Login::Basic { user: user.to_owned(), secret }))
    }
}

/// Asks `docker-credential-NAME`; `None` where it has none for this registry.
fn ask_helper(name: &str, host: &str) -> Result<Option<Login>, Error> {
    let program = format!("docker-credential-{name}");
    let fail = |problem: &str| Error::Helper {
        program: program.clone(),
        host: host.to_owned(),
        problem: problem.chars().filter(|c| !c.is_control()).take(300).collect(),
    };
    // The name comes from a file, and may lead nowhere but to a program on the PATH.
    if Path::new(&program).components().count() != 1 || name.contains(['/', '\\']) {
        return Err(fail("its name is no name of a program"));
    }
    let (succeeded, output) = run_helper(&program, host).map_err(|problem| fail(&problem))?;
    let text = String::from_utf8_lossy(&output);
    if !succeeded {
        let says_none = text.contains("credentials not found") || text.contains("no credentials");
        // Its answer in JSON holds the secret, whatever its status is.
        let said = if text.contains(['{', '}']) { "it failed" } else { text.trim() };
        return if says_none { Ok(None) } else { Err(fail(said)) };
    }
    let answer: Answer =
        serde_json::from_slice(&output).map_err(|_| fail("its answer is not what it should be"))?;
    let Some(secret) = Secret::new(&answer.secret) else { return Ok(None) };
    // The word that stands for a user where the secret is an identity token.
    let is_identity = answer.username == "<token>";
    Ok(Some(if is_identity {
        Login::Identity(secret)
    } else {
        Login::Basic { user: answer.username, secret }
    }))
}

fn run_helper(program: &str, host: &str) -> Result<(bool, Vec<u8>), String> {
    let mut command = Command::new(program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that needs no host may not read it.
        drop(stdin.write_all(host.as_bytes()));
    }
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut output = Vec::new();
            let read = stdout.take(HELPER_ANSWER).read_to_end(&mut output);
            // Nobody listens any more where it took too long.
            drop(sender.send(read.map(|_| output)));
        });
    }
    let Ok(output) = receiver.recv_timeout(HELPER_TIME) else {
        drop(child.kill());
        drop(child.wait());
        return Err(format!("it did not answer within {} seconds", HELPER_TIME.as_secs()));
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
        let credentials = Credentials { given: None, files: vec![CredentialFile { path, is_named: true }] };
        credentials.find(&Reference::parse(image).unwrap().repository)
    }

    fn basic(user: &str, secret: &str) -> Option<Login> {
        Some(Login::Basic { user: user.to_owned(), secret: Secret::new(secret).unwrap() })
    }

    /// `ada:pass:word`
    const ADA: &str = "YWRhOnBhc3M6d29yZA==";

    #[test]
    fn dockers_file_is_read() {
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
    fn pitfall_30_a_file_that_cannot_be_read_is_told_without_its_text() {
        for config in [r#"{"auths":{"a.b":{"auth":"hidden!"}}}"#, r#"{"auths":"hidden"}"#, "hidden"] {
            let error = find(config, "a.b/c").unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hidden"), "{error}");
        }
        let missing = |is_named| Credentials {
            given: None,
            files: vec![CredentialFile { path: PathBuf::from("/no/such/file"), is_named }],
        };
        let repository = Reference::parse("a.b/c").unwrap().repository;
        assert_eq!(missing(false).find(&repository).unwrap(), None);
        assert!(missing(true).find(&repository).is_err());
    }

    #[test]
    fn a_helper_is_a_program_by_its_name_alone() {
        for name in ["../../bin/x", "no-such-helper-here", ""] {
            let config = format!(r#"{{"credHelpers":{{"a.b":"{name}"}}}}"#);
            assert!(matches!(find(&config, "a.b/c"), Err(Error::Helper { .. })), "{name}");
        }
        assert_eq!(find(r#"{"credHelpers":{"a.b":"no-such-helper-here"}}"#, "other.b/c").unwrap(), None);
    }
}
