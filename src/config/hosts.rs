//! Parses the user's `hosts.toml`: the servers that the user trusts, with credentials and certificates for each.
//!
//! It has a table for each host, named by the host and, unless it is the default, the port:
//!
//! ```toml
//! ["git.example.com"]
//! forge = "gitea"
//! ```

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::model::ForgeKind;

use super::{Error, document::from_toml, key_path::KeySegment, locate::locate, value_error::ValueError};

/// The settings for one host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct HostConfig {
    /// The forge on this host.
    pub forge: Option<ForgeKind>,
    /// The URL of the forge's API.
    pub api: Option<String>,
    /// Whether plain HTTP is allowed, also with credentials.
    pub plain_http: bool,
    /// The variable that contains the token for this host.
    pub token_env: Option<String>,
    /// The file that contains the token for this host.
    pub token_file: Option<String>,
    /// The file of PEM certificates to trust in addition to the system's.
    pub ca_file: Option<String>,
    /// Hosts that a registry may redirect to for a token.
    pub realm_hosts: Vec<String>,
}

/// The parsed `hosts.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostsFile {
    /// The file.
    pub path: PathBuf,
    /// The settings by host name, as written in the file.
    pub hosts: BTreeMap<String, HostConfig>,
    text: String,
}

impl HostsFile {
    /// Reads the file; `None` if it does not exist.
    ///
    /// # Errors
    /// If it cannot be read, is not valid TOML, or has an unknown key or a value of the wrong type.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(text, path).map(Some),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(source) => Err(Error::Read { path: path.to_owned(), source }),
        }
    }

    fn parse(text: String, path: &Path) -> Result<Self, Error> {
        let hosts = from_toml(text.strip_prefix('\u{feff}').unwrap_or(&text), path).map_err(quoted)?;
        Ok(Self { path: path.to_owned(), hosts, text })
    }

    /// The error for a host, or a key of it, that is invalid.
    #[must_use]
    pub fn invalid_entry(&self, host: &str, key: Option<&str>, problem: String, hint: Option<&str>) -> Error {
        let key_path: Vec<_> = [KeySegment::Key(host)].into_iter().chain(key.map(KeySegment::Key)).collect();
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        Error::Invalid {
            path: self.path.clone(),
            at: locate(text, Path::new("hosts.toml"), &key_path).map(|at| Box::new(at.in_file(&self.path))),
            entry: format!("[\"{host}\"]"),
            problem,
            hint: hint.map(str::to_owned),
        }
    }
}

/// `[git.example.com]` without quotes is a table `git` with a key `example`.
fn quoted(error: Error) -> Error {
    match error {
        Error::Mismatch { at, problem: ValueError::UnknownKey { key, known } }
            if at.line_text().trim_start().starts_with('[') =>
        {
            Error::Invalid {
                path: at.path.clone(),
                at: Some(at),
                entry: format!("`{key}`"),
                problem: format!("unknown key; a host supports {}", known.join(", ")),
                hint: Some("quote the host name: [\"git.example.com\"]".to_owned()),
            }
        }
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<HostsFile, Error> {
        HostsFile::parse(text.to_owned(), Path::new("hosts.toml"))
    }

    #[test]
    fn hosts_are_read_by_their_names() {
        let file = read(
            "[\"codeberg.org\"]\n[\"git.example.com:3000\"]\nforge = 'gitea'\nplain_http = true\n\
             token_env = 'T'\nrealm_hosts = ['auth.example.com']\n",
        );
        let hosts = file.unwrap().hosts;
        assert_eq!(hosts["codeberg.org"], HostConfig::default());
        let own = &hosts["git.example.com:3000"];
        assert_eq!(
            (own.forge, own.plain_http, own.token_env.as_deref()),
            (Some(ForgeKind::Gitea), true, Some("T"))
        );
    }

    #[test]
    fn errors_report_their_location() {
        let first = |text: &str| {
            let error = read(text).unwrap_err();
            (
                error.to_string().lines().next().unwrap_or_default().to_owned(),
                error.hint().unwrap_or_default(),
            )
        };
        let (message, hint) = first("[\"a.b\"]\nforg = 'gitea'\n");
        assert_eq!(
            (message.as_str(), hint.as_str()),
            ("hosts.toml:2:1: unknown key `forg`", "did you mean `forge`?")
        );
        let (message, hint) = first("\n[git.example.com]\n");
        assert!(message.starts_with("hosts.toml:2:6: `example`: unknown key"), "{message}");
        assert!(hint.contains("[\"git.example.com\"]"), "{hint}");
        assert!(first("[\"a.b\"]\nplain_http = 'yes'\n").0.starts_with("hosts.toml:2:14: invalid type"));
        assert!(first("['a.b']\nforge = 'svn'\n").0.starts_with("hosts.toml:2:9: unknown value `svn`"));
        assert!(first("['a.b']\n['a.b']\n").0.starts_with("hosts.toml:2:"));
        let file = read("# x\n[\"a.b\"]\napi = 'x'\n").unwrap();
        let error = file.invalid_entry("a.b", Some("api"), "not a URL".to_owned(), None).to_string();
        assert!(error.starts_with("hosts.toml:3:7: [\"a.b\"]: not a URL"), "{error}");
    }

    #[test]
    fn missing_file_is_none_and_a_directory_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(HostsFile::read(&folder.path().join("hosts.toml")).unwrap(), None);
        assert!(matches!(HostsFile::read(folder.path()), Err(Error::Read { .. })));
    }
}
