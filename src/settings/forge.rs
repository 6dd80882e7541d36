//! Resolves whether, where and with which credentials the forge is queried, and the HTTP options for all servers.
//!
//! The configuration and the URL of the remote come with a clone that may not be trusted. A server named only there
//! gets no token, and no request unless the user allows it. [`tokens`](super::tokens) chooses the tokens.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    config::{Config, ForgeQuery, NetworkConfig},
    error::Error,
    files::ProjectFiles,
    forge::{self, Credentials, Server},
    http::{self, Cache, Recording, Secret},
    model::{ForgeKind, RepositoryInfo},
};

use super::{
    configuration::configuration,
    hosts::Hosts,
    origin::{Configured, Origins},
    overrides::Overrides,
    process::Process,
    tokens::{self, Token, Tokens},
};

/// How long responses are cached by default, in minutes.
const CACHE_MINUTES: u32 = 15;
/// The path of the user's hosts file, for messages.
const HOSTS_FILE: &str = "~/.config/tidings/hosts.toml";

/// Whether and how the forge is queried, and the HTTP options.
#[derive(Clone)]
pub struct ForgeSettings {
    /// When the forge is queried.
    ask: ForgeQuery,
    /// Whether the user requests queries, not only the configuration or the command.
    is_requested_by_user: bool,
    /// Whether incomplete forge data is an error.
    pub required: bool,
    /// The HTTP options.
    pub http: http::Options,
    /// The configured API URL, and whether the user configured it.
    api: Option<(String, bool)>,
    /// The token from a configured file.
    token: Option<(PathBuf, Secret)>,
    /// Whether the user allows credentials over http.
    plain_http: bool,
    hosts: Hosts,
    process: Process,
    /// Whether the warning about a withheld token has been printed.
    has_warned: Arc<AtomicBool>,
}

/// Whether a forge may be queried.
pub enum ForgeAccess {
    /// It may be queried, with credentials if there are any.
    Allowed(forge::Access),
    /// It may be queried without credentials. The token is withheld for the given reason.
    Anonymous(forge::Access, String),
    /// Queries are disabled or not requested.
    Disabled,
    /// It cannot be queried, for the given reason.
    Unavailable(String),
    /// It is not queried, because there is a token that its server may not get. The reason says how to allow it.
    TokenWithheld(String),
}

/// Resolves the forge settings. `repository` holds what is known without a request.
///
/// # Errors
/// If the API URL is not valid, or a recording or token file cannot be read.
pub(super) fn forge(
    overrides: &Overrides,
    process: &Process,
    (config, origins): (&Config, &Origins),
    (files, hosts): (&ProjectFiles, Hosts),
    repository: &RepositoryInfo,
) -> Result<ForgeSettings, Error> {
    let ask = match config.forge.ask {
        _ if overrides.offline => ForgeQuery::Never,
        _ if overrides.forge || overrides.replay.is_some() => ForgeQuery::Always,
        Some(ask) => ask,
        None => ForgeQuery::Auto,
    };
    let token = match &config.forge.token_file {
        Some(path) => {
            let path = files.root().join(path);
            let token = tokens::of_file(&path)?;
            Some((path, token))
        }
        None => None,
    };
    let api = match &config.forge.api {
        Some(api) => {
            let wrong = || {
                let hint = "use a URL such as https://github.example.com/api/v3";
                Error::usage("`forge.api` is not an http or https URL", Some(hint))
            };
            Some((forge::api_url(api).ok_or_else(wrong)?, origins.is_set_by_user("forge.api")))
        }
        None => None,
    };
    let mut http = http_options(overrides, process, &config.network, files)?;
    let page = repository.url.as_deref().and_then(|page| hosts.of_page(page));
    http.ca_file = http.ca_file.or_else(|| page.and_then(|entry| entry.ca_file.clone()));
    let by_variable = config.forge.ask == Some(ForgeQuery::Always) && origins.is_set_by_user("forge.ask");
    Ok(ForgeSettings {
        ask,
        is_requested_by_user: overrides.forge || overrides.replay.is_some() || by_variable,
        required: overrides.require_forge,
        http,
        api,
        token,
        plain_http: overrides.plain_http,
        hosts,
        process: process.clone(),
        has_warned: Arc::default(),
    })
}

/// The repository of a project without a clone, from the configuration or the variables of the pipeline, and its forge
/// settings.
///
/// # Errors
/// If the configuration cannot be read or is invalid, or a recording or token file cannot be read.
pub fn project(overrides: &Overrides, process: &Process) -> Result<(RepositoryInfo, ForgeSettings), Error> {
    let root = overrides.repo.as_deref().unwrap_or(&process.cwd);
    let Configured { config, origins, files, .. } = configuration(overrides, process, root, None)?;
    let hosts = Hosts::read(process, (&config, &origins), None, &mut Vec::new())?;
    let by_pipeline = || {
        let github = process.pipeline("GITHUB_SERVER_URL").zip(process.pipeline("GITHUB_REPOSITORY"));
        let github = github.map(|(server, project)| format!("{server}/{project}"));
        github.or_else(|| process.pipeline("CI_PROJECT_URL").map(str::to_owned))
    };
    let repository = located(&config, &hosts, by_pipeline);
    let forge = forge(overrides, process, (&config, &origins), (&files, hosts), &repository)?;
    Ok((repository, forge))
}

/// The repository at the configured URL, or at `other` if none is configured. The forge is the configured one, that of
/// the user's host, that detected from the URL, or that of the user's API URL, in this order.
pub(super) fn located(
    config: &Config,
    hosts: &Hosts,
    other: impl FnOnce() -> Option<String>,
) -> RepositoryInfo {
    let Some(url) = config.repository.url.clone().or_else(other) else {
        return RepositoryInfo::default();
    };
    let detected = forge::locate(&url, None);
    let configured = config.repository.forge;
    let of_host = || hosts.kind_of(detected.url.as_deref()?);
    forge::locate(&url, configured.or_else(of_host).or(detected.forge).or(hosts.api_kind))
}

/// The HTTP options for all servers.
///
/// # Errors
/// If a recording cannot be created or read.
pub(super) fn http_options(
    overrides: &Overrides,
    process: &Process,
    network: &NetworkConfig,
    files: &ProjectFiles,
) -> Result<http::Options, Error> {
    let defaults = http::Options::default();
    let seconds = |set: Option<u32>, default| set.map_or(default, |set| Duration::from_secs(set.into()));
    let recording = match (&overrides.record, &overrides.replay) {
        (Some(path), _) => {
            Some(Recording::create(&files.resolve_user_path(path)?).map_err(http::Error::from)?)
        }
        (None, Some(path)) => {
            Some(Recording::replay(&files.resolve_user_path(path)?).map_err(http::Error::from)?)
        }
        (None, None) => None,
    };
    let minutes = network.cache_minutes.unwrap_or(CACHE_MINUTES);
    let cache = process.cache.clone().filter(|_| !overrides.no_cache && minutes > 0);
    Ok(http::Options {
        timeout: seconds(network.timeout, defaults.timeout),
        tries: network.tries.map_or(defaults.tries, |tries| tries.max(1) as usize),
        max_wait: seconds(network.max_wait, defaults.max_wait),
        proxies: process.proxies.clone(),
        ca_file: network.ca_file.as_deref().map(|path| files.root().join(path)),
        cache: cache.map(|folder| Cache::new(folder, process.moment, i64::from(minutes) * 60)),
        recording,
        secrets: process.secrets.clone(),
        ..defaults
    })
}

impl ForgeSettings {
    /// Whether the forge must be detected by requests: the host name does not determine it, and the user requests
    /// queries.
    #[must_use]
    pub fn needs_detection(&self, repository: &RepositoryInfo) -> bool {
        repository.forge.is_none()
            && repository.url.is_some()
            && self.ask != ForgeQuery::Never
            && self.is_requested_by_user
    }

    /// The HTTP options for detecting a forge. Responses of unknown servers are not cached.
    #[must_use]
    pub fn detection(&self) -> http::Options {
        http::Options { cache: None, tries: 1, timeout: Duration::from_secs(10), ..self.http.clone() }
    }

    /// Whether the forge of a repository may be queried, at which URL, and with which credentials.
    ///
    /// # Errors
    /// If the token cannot be read, or cannot be sent in a header.
    pub fn access(&self, repository: &RepositoryInfo) -> Result<ForgeAccess, Error> {
        if self.ask == ForgeQuery::Never {
            return Ok(ForgeAccess::Disabled);
        }
        let Some((kind, owner, name)) = identity(repository) else {
            return Ok(self.unidentified(repository));
        };
        let Some((api, server, is_path_known)) = self.api(repository) else {
            return Ok(ForgeAccess::Unavailable(format!(
                "tidings cannot read pull requests from {}",
                kind.title()
            )));
        };
        let access = forge::Access { kind, api, owner, name, credentials: Credentials::None };
        if self.http.recording.as_ref().is_some_and(Recording::replays_credentials) {
            // Nothing is sent, but the requests must match those recorded with a token.
            let credentials = Secret::new("played").map_or(Credentials::None, Credentials::Token);
            return Ok(ForgeAccess::Allowed(forge::Access { credentials, ..access }));
        }
        let tokens = Tokens {
            process: &self.process,
            hosts: &self.hosts,
            file: self.token.as_ref(),
            plain_http: self.plain_http,
        };
        let token = match tokens.find(kind, &server)? {
            Token::Available(_) if !is_path_known => Token::NotForServer,
            token => token,
        };
        let withheld = match token {
            Token::Available(credentials) => {
                return Ok(self.with_token(forge::Access { credentials, ..access }));
            }
            Token::Missing(sources) => return Ok(self.without_token(access, &server, &sources)),
            Token::NotForServer => format!(
                "the token is not sent to {server}, which is not a known host; {}",
                allow_hint(&server, Some(&access.api))
            ),
            Token::NeedsHttps => format!(
                "the token is not sent to {server} over http; to allow it: --plain-http, or [\"{server}\"] with plain_http = true in {HOSTS_FILE}"
            ),
        };
        Ok(match self.is_requested_by_user {
            true => ForgeAccess::Anonymous(access, withheld),
            false => ForgeAccess::TokenWithheld(withheld),
        })
    }

    fn with_token(&self, access: forge::Access) -> ForgeAccess {
        if matches!(access.credentials, Credentials::Job(_)) && self.ask == ForgeQuery::Auto {
            return ForgeAccess::Unavailable(
                "merge requests were not read from GitLab: CI_JOB_TOKEN cannot read them; set GITLAB_TOKEN"
                    .to_owned(),
            );
        }
        ForgeAccess::Allowed(access)
    }

    /// Without a token, a known server is queried on request, an unknown one only if the user requests it.
    fn without_token(&self, access: forge::Access, server: &Server, sources: &str) -> ForgeAccess {
        let kind = access.kind;
        let is_known = forge::public_forge(server) == Some(kind) || !self.hosts.of(kind, server).is_empty();
        if self.ask == ForgeQuery::Auto {
            return ForgeAccess::Unavailable(format!(
                "pull requests were not read from {}: no token in {sources}",
                kind.title()
            ));
        }
        if is_known || self.is_requested_by_user {
            return ForgeAccess::Allowed(access);
        }
        ForgeAccess::Unavailable(format!(
            "no request was sent to {server}, which is not a known host; {}, or --forge",
            allow_hint(server, Some(&access.api))
        ))
    }

    /// The access to a repository whose forge, owner or name is not known.
    fn unidentified(&self, repository: &RepositoryInfo) -> ForgeAccess {
        let server = repository.url.as_deref().and_then(Server::of).filter(|_| repository.forge.is_none());
        let reason = match server {
            Some(server) => {
                format!("the forge of the repository is not known; {}", allow_hint(&server, None))
            }
            None => "the forge of the repository is not known".to_owned(),
        };
        let tokens = Tokens { process: &self.process, hosts: &self.hosts, file: None, plain_http: false };
        match repository.url {
            Some(_) if repository.forge.is_none() && (self.token.is_some() || tokens.has_private_token()) => {
                ForgeAccess::TokenWithheld(reason)
            }
            None if !self.is_requested() => ForgeAccess::Disabled,
            _ => ForgeAccess::Unavailable(reason),
        }
    }

    /// The API URL, its server, and whether a token may be sent to its path. The URL is that of the user, of the user's
    /// host, of the configuration, or the forge's default, in this order.
    fn api(&self, repository: &RepositoryInfo) -> Option<(String, Server, bool)> {
        let set =
            |by_user: bool| self.api.as_ref().filter(|(_, own)| *own == by_user).map(|(api, _)| api.clone());
        let of_host = || {
            let entry = self.hosts.of_page(repository.url.as_deref()?)?;
            entry.api.clone().filter(|_| entry.fits(repository.forge))
        };
        let known = set(true).or_else(of_host);
        let api = known.clone().or_else(|| set(false)).or_else(|| forge::default_api(repository))?;
        let server = Server::of(&api)?;
        // A host may serve other users' pages next to its forge.
        let is_path_known = known.is_some() || forge::is_default_api(repository.forge?, &api);
        Some((api, server, is_path_known))
    }

    /// The settings for a command that needs the forge: it is queried even without a token, unless queries are
    /// disabled.
    #[must_use]
    pub fn forced(&self) -> Self {
        let ask = if self.ask == ForgeQuery::Never { ForgeQuery::Never } else { ForgeQuery::Always };
        Self { ask, ..self.clone() }
    }

    /// Whether to warn about a withheld token: true only the first time, since a command may query the forge several
    /// times.
    #[must_use]
    pub fn should_warn_withheld(&self) -> bool {
        !self.has_warned.swap(true, Ordering::Relaxed)
    }

    /// Whether queries are requested, so that a missing one must be reported.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.ask == ForgeQuery::Always || self.required
    }
}

/// A hint how to allow requests and tokens for a server.
fn allow_hint(server: &Server, api: Option<&str>) -> String {
    match api {
        Some(api) => format!("to allow it: TIDINGS_FORGE__API={api}, or [\"{server}\"] in {HOSTS_FILE}"),
        None => format!(
            "to allow {server}: [\"{server}\"] with forge = \"gitea\" (or another) in {HOSTS_FILE}, or TIDINGS_FORGE__API"
        ),
    }
}

fn identity(repository: &RepositoryInfo) -> Option<(ForgeKind, String, String)> {
    Some((repository.forge?, repository.owner.clone()?, repository.name.clone()?))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn settings(
        ask: ForgeQuery,
        api: Option<(&str, bool)>,
        tokens: &[(&'static str, &str)],
    ) -> ForgeSettings {
        let mut process = super::super::process::current_process();
        process.user_files = super::super::process::UserFiles::default();
        process.pipeline = tokens.iter().map(|(name, value)| (*name, Secret::new(value).unwrap())).collect();
        let config = Config {
            forge: crate::config::ForgeConfig {
                api: api.map(|(api, _)| api.to_owned()),
                ..Default::default()
            },
            ..Config::default()
        };
        let variables = [("TIDINGS_FORGE__API".to_owned(), String::new())];
        let is_users = api.is_some_and(|(_, is_users)| is_users);
        let origins = Origins::new(None, Path::new("/r"), if is_users { &variables } else { &[] });
        let hosts = Hosts::read(&process, (&config, &origins), None, &mut Vec::new()).unwrap();
        ForgeSettings {
            ask,
            is_requested_by_user: false,
            required: false,
            http: http::Options::default(),
            api: api.map(|(api, own)| (api.to_owned(), own)),
            token: None,
            plain_http: false,
            hosts,
            process,
            has_warned: Arc::default(),
        }
    }

    fn asking(settings: &ForgeSettings, remote: &str) -> Result<(String, bool), String> {
        match settings.access(&forge::locate(remote, None)).unwrap() {
            ForgeAccess::Allowed(access) | ForgeAccess::Anonymous(access, _) => {
                Ok((access.api, access.credentials.is_some()))
            }
            ForgeAccess::Disabled => Err("unwanted".to_owned()),
            ForgeAccess::Unavailable(reason) | ForgeAccess::TokenWithheld(reason) => Err(reason),
        }
    }

    #[test]
    fn forge_is_queried_if_there_is_a_token() {
        let remote = "git@github.com:o/r.git";
        let github = |ask, name| asking(&settings(ask, None, &[(name, "hidden")]), remote);
        assert_eq!(github(ForgeQuery::Auto, "GH_TOKEN"), Ok(("https://api.github.com".to_owned(), true)));
        assert!(github(ForgeQuery::Auto, "GITLAB_TOKEN").unwrap_err().contains("no token in GITHUB_TOKEN"));
        assert_eq!(
            github(ForgeQuery::Always, "CI_SERVER_URL"),
            Ok(("https://api.github.com".to_owned(), false))
        );
        assert_eq!(github(ForgeQuery::Never, "GH_TOKEN"), Err("unwanted".to_owned()));
        let job = ("CI_JOB_TOKEN", "hidden");
        let lab = settings(ForgeQuery::Auto, None, &[job]);
        assert!(asking(&lab, "https://gitlab.com/a/b").unwrap_err().contains("CI_JOB_TOKEN cannot read"));
        let lab = settings(ForgeQuery::Auto, None, &[job, ("GITLAB_TOKEN", "hidden")]);
        assert_eq!(
            asking(&lab, "https://gitlab.com/a/b"),
            Ok(("https://gitlab.com/api/v4".to_owned(), true))
        );
    }

    #[test]
    fn token_is_not_sent_to_a_server_named_only_by_a_configuration() {
        let remote = "https://github.com/o/r";
        let with = |api: &str, is_users| {
            asking(&settings(ForgeQuery::Auto, Some((api, is_users)), &[("GITHUB_TOKEN", "hidden")]), remote)
        };
        for api in [
            "https://evil.example/api/v3",
            "https://notgithub.com",
            "https://github.com.evil.example",
            "https://proxy.github.com/v3",
            "http://127.0.0.1:8080/api/v3",
            "http://api.github.com",
            "https://api.github.com:8443",
            "https://api.github.com/x",
        ] {
            assert!(with(api, false).unwrap_err().contains("the token is not sent to "), "{api}");
        }
        assert_eq!(with("https://api.github.com", false), Ok(("https://api.github.com".to_owned(), true)));
        assert!(with("https://ghe.example/api/v3", true).unwrap().1);
        assert!(with("http://127.0.0.1:8080/api/v3", true).unwrap().1);
        assert!(with("http://ghe.example/api/v3", true).unwrap_err().contains("over http"));
        let pipeline = [
            ("GITHUB_TOKEN", "hidden"),
            ("GITHUB_SERVER_URL", "https://ghe.example"),
            ("GITLAB_TOKEN", "other"),
        ];
        let own = settings(ForgeQuery::Auto, None, &pipeline);
        assert_eq!(
            asking(&own, "https://github.ghe.example/o/r").unwrap_err().split(" is not").next(),
            Some("the token")
        );
    }
}
