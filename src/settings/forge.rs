//! How the forge is asked: whether, where, as whom, and how servers are spoken to at all.
//!
//! A configuration comes with a repository that may be anybody's, as does the address of its remote: a server that only these name
//! is a stranger, which gets no token, and no request unless the user says so. [`tokens`](super::tokens) decides on tokens.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    config::{Ask, Config, NetworkConfig},
    error::Error,
    files::ProjectFiles,
    forge::{self, Credentials, Server},
    http::{self, Cache, Recording, Secret},
    model::{ForgeKind, RepositoryInfo},
};

use super::{
    configuration::configuration,
    host::Host,
    hosts::Hosts,
    origin::{Configured, Origins},
    overrides::Overrides,
    tokens::{self, Token, Tokens},
};

/// How long answers are kept, in minutes.
const CACHE_MINUTES: u32 = 15;
/// Where the user's hosts stand, as messages call it.
const HOSTS_FILE: &str = "~/.config/tidings/hosts.toml";

/// How servers are spoken to, and whether the forge is.
#[derive(Clone)]
pub struct ForgeSettings {
    /// When it is asked.
    ask: Ask,
    /// Whether the user wants it asked, and not only the configuration or the command.
    is_asked_by_user: bool,
    /// Whether it must tell all.
    pub required: bool,
    /// How servers are spoken to.
    pub http: http::Options,
    /// The address of the interface, where one is set, and whether the user set it.
    api: Option<(String, bool)>,
    /// The token from a file, where one is set.
    token: Option<(PathBuf, Secret)>,
    /// Whether the user lets credentials go over http.
    plain_http: bool,
    hosts: Hosts,
    host: Host,
    /// Whether it has been told that a token is not sent.
    is_told: Arc<AtomicBool>,
}

/// Whether a forge can be asked.
pub enum Asking {
    /// It can.
    Yes(forge::Access),
    /// It can, without the token that there is, for this reason.
    Anonymously(forge::Access, String),
    /// Nobody wants to.
    Unwanted,
    /// It cannot, for this reason.
    No(String),
    /// It is not, since there is a token that its server may not have; the reason names the way to allow it.
    Stranger(String),
}

/// Resolves it all. `repository` is what is known of it without a request.
///
/// # Errors
/// When the address of the interface, a recording, or the file of a token cannot be used.
pub(super) fn forge(
    overrides: &Overrides,
    host: &Host,
    (config, origins): (&Config, &Origins),
    (files, hosts): (&ProjectFiles, Hosts),
    repository: &RepositoryInfo,
) -> Result<ForgeSettings, Error> {
    let ask = match config.forge.ask {
        _ if overrides.offline => Ask::Never,
        _ if overrides.forge || overrides.replay.is_some() => Ask::Always,
        Some(ask) => ask,
        None => Ask::Auto,
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
                let hint = "write it as in https://github.example.com/api/v3";
                Error::usage("`forge.api` is not an http or https address", Some(hint))
            };
            Some((forge::api_address(api).ok_or_else(wrong)?, origins.is_users("forge.api")))
        }
        None => None,
    };
    let mut http = servers(overrides, host, &config.network, files)?;
    let page = repository.url.as_deref().and_then(|page| hosts.of_page(page));
    http.ca_file = http.ca_file.or_else(|| page.and_then(|entry| entry.ca_file.clone()));
    let by_variable = config.forge.ask == Some(Ask::Always) && origins.is_users("forge.ask");
    Ok(ForgeSettings {
        ask,
        is_asked_by_user: overrides.forge || overrides.replay.is_some() || by_variable,
        required: overrides.require_forge,
        http,
        api,
        token,
        plain_http: overrides.plain_http,
        hosts,
        host: host.clone(),
        is_told: Arc::default(),
    })
}

/// Where a project that is not cloned here lives, as the configuration or else the pipeline says, and how its forge is asked.
///
/// # Errors
/// When the configuration cannot be read or makes no sense, or a recording or the file of a token cannot be used.
pub fn project(overrides: &Overrides, host: &Host) -> Result<(RepositoryInfo, ForgeSettings), Error> {
    let root = overrides.repo.as_deref().unwrap_or(&host.cwd);
    let Configured { config, origins, files, .. } = configuration(overrides, host, root, None)?;
    let hosts = Hosts::read(host, (&config, &origins), None, &mut Vec::new())?;
    let by_pipeline = || {
        let github = host.pipeline("GITHUB_SERVER_URL").zip(host.pipeline("GITHUB_REPOSITORY"));
        let github = github.map(|(server, project)| format!("{server}/{project}"));
        github.or_else(|| host.pipeline("CI_PROJECT_URL").map(str::to_owned))
    };
    let repository = located(&config, &hosts, by_pipeline);
    let forge = forge(overrides, host, (&config, &origins), (&files, hosts), &repository)?;
    Ok((repository, forge))
}

/// What the address of a repository tells, the configuration's or else another, with what the user says of its host.
pub(super) fn located(
    config: &Config,
    hosts: &Hosts,
    other: impl FnOnce() -> Option<String>,
) -> RepositoryInfo {
    let Some(address) = config.repository.url.clone().or_else(other) else {
        return RepositoryInfo::default();
    };
    let found = forge::locate(&address, None);
    let said = config.repository.forge;
    let of_host = || hosts.kind_of(found.url.as_deref()?);
    forge::locate(&address, said.or_else(of_host).or(found.forge).or(hosts.api_kind))
}

/// How every server is spoken to.
///
/// # Errors
/// When a recording cannot be used.
pub(super) fn servers(
    overrides: &Overrides,
    host: &Host,
    network: &NetworkConfig,
    files: &ProjectFiles,
) -> Result<http::Options, Error> {
    let usual = http::Options::default();
    let seconds = |set: Option<u32>, usual| set.map_or(usual, |set| Duration::from_secs(set.into()));
    let recording = match (&overrides.record, &overrides.replay) {
        (Some(path), _) => Some(Recording::make(&files.named(path)?).map_err(http::Error::from)?),
        (None, Some(path)) => Some(Recording::play(&files.named(path)?).map_err(http::Error::from)?),
        (None, None) => None,
    };
    let minutes = network.cache_minutes.unwrap_or(CACHE_MINUTES);
    let cache = host.cache.clone().filter(|_| !overrides.no_cache && minutes > 0);
    Ok(http::Options {
        timeout: seconds(network.timeout, usual.timeout),
        tries: network.tries.map_or(usual.tries, |tries| tries.max(1) as usize),
        max_wait: seconds(network.max_wait, usual.max_wait),
        proxies: host.proxies.clone(),
        ca_file: network.ca_file.as_deref().map(|path| files.root().join(path)),
        cache: cache.map(|folder| Cache::new(folder, host.moment, i64::from(minutes) * 60)),
        recording,
        secrets: host.secrets.clone(),
        ..usual
    })
}

impl ForgeSettings {
    /// Whether it must be found out which forge a host is: it does not tell by its name, and the user wants it asked.
    #[must_use]
    pub fn must_detect(&self, repository: &RepositoryInfo) -> bool {
        repository.forge.is_none()
            && repository.url.is_some()
            && self.ask != Ask::Never
            && self.is_asked_by_user
    }

    /// How the question which forge a host is is asked. Nothing of a stranger's answer is kept.
    #[must_use]
    pub fn detection(&self) -> http::Options {
        http::Options { cache: None, tries: 1, timeout: Duration::from_secs(10), ..self.http.clone() }
    }

    /// Whether the forge of a repository can be asked, where, and as whom.
    ///
    /// # Errors
    /// When the token that would be sent cannot be.
    pub fn asking(&self, repository: &RepositoryInfo) -> Result<Asking, Error> {
        if self.ask == Ask::Never {
            return Ok(Asking::Unwanted);
        }
        let Some((kind, owner, name)) = identity(repository) else {
            return Ok(self.unidentified(repository));
        };
        let Some((api, server, is_place_known)) = self.api(repository) else {
            return Ok(Asking::No(format!("tidings cannot ask {} for pull requests", kind.title())));
        };
        let access = forge::Access { kind, api, owner, name, credentials: Credentials::None };
        if self.http.recording.as_ref().is_some_and(Recording::plays_as_user) {
            // Nothing is sent; the questions must be those that were asked with a token.
            let credentials = Secret::new("played").map_or(Credentials::None, Credentials::Token);
            return Ok(Asking::Yes(forge::Access { credentials, ..access }));
        }
        let tokens = Tokens {
            host: &self.host,
            hosts: &self.hosts,
            file: self.token.as_ref(),
            plain_http: self.plain_http,
        };
        let token = match tokens.find(kind, &server)? {
            Token::Given(_) if !is_place_known => Token::Stranger,
            token => token,
        };
        let withheld = match token {
            Token::Given(credentials) => return Ok(self.with(forge::Access { credentials, ..access })),
            Token::Missing(looked) => return Ok(self.without(access, &server, &looked)),
            Token::Stranger => format!(
                "the token is not sent to {server}, which is not a known host; {}",
                allowing(&server, Some(&access.api))
            ),
            Token::Plain => format!(
                "the token is not sent to {server} over http; to allow it: --plain-http, or [\"{server}\"] with plain_http = true in {HOSTS_FILE}"
            ),
        };
        Ok(match self.is_asked_by_user {
            true => Asking::Anonymously(access, withheld),
            false => Asking::Stranger(withheld),
        })
    }

    fn with(&self, access: forge::Access) -> Asking {
        if matches!(access.credentials, Credentials::Job(_)) && self.ask == Ask::Auto {
            return Asking::No(
                "GitLab was not asked for merge requests: CI_JOB_TOKEN may not read them, GITLAB_TOKEN may"
                    .to_owned(),
            );
        }
        Asking::Yes(access)
    }

    /// Without any token: a known server is asked where that is wanted, a stranger where the user wants it.
    fn without(&self, access: forge::Access, server: &Server, looked: &str) -> Asking {
        let kind = access.kind;
        let is_known = forge::public_forge(server) == Some(kind) || !self.hosts.of(kind, server).is_empty();
        if self.ask == Ask::Auto {
            return Asking::No(format!(
                "{} was not asked for pull requests: no token in {looked}",
                kind.title()
            ));
        }
        if is_known || self.is_asked_by_user {
            return Asking::Yes(access);
        }
        Asking::No(format!(
            "{server} was not asked, since it is not a known host; {}, or --forge",
            allowing(server, Some(&access.api))
        ))
    }

    /// The forge of the repository is not known, or not which repository it is there.
    fn unidentified(&self, repository: &RepositoryInfo) -> Asking {
        let server = repository.url.as_deref().and_then(Server::of).filter(|_| repository.forge.is_none());
        let reason = match server {
            Some(server) => {
                format!("it is not known on which forge the repository lives; {}", allowing(&server, None))
            }
            None => "it is not known on which forge the repository lives".to_owned(),
        };
        let tokens = Tokens { host: &self.host, hosts: &self.hosts, file: None, plain_http: false };
        match repository.url {
            Some(_) if repository.forge.is_none() && (self.token.is_some() || tokens.has_homeless()) => {
                Asking::Stranger(reason)
            }
            None if !self.is_wanted() => Asking::Unwanted,
            _ => Asking::No(reason),
        }
    }

    /// The address of the interface, its server, and whether a token may go to that place of it: as the user says, else as is known
    /// of the host, else as the configuration says, else by the forge's habit.
    fn api(&self, repository: &RepositoryInfo) -> Option<(String, Server, bool)> {
        let set =
            |by_user: bool| self.api.as_ref().filter(|(_, own)| *own == by_user).map(|(api, _)| api.clone());
        let of_host = || {
            let entry = self.hosts.of_page(repository.url.as_deref()?)?;
            entry.api.clone().filter(|_| entry.fits(repository.forge))
        };
        let known = set(true).or_else(of_host);
        let api = known.clone().or_else(|| set(false)).or_else(|| forge::api_of(repository))?;
        let server = Server::of(&api)?;
        // A host may serve others' pages beside its forge.
        let is_place_known = known.is_some() || forge::is_usual_api(repository.forge?, &api);
        Some((api, server, is_place_known))
    }

    /// The same, asking even as nobody, unless it is forbidden to ask at all.
    #[must_use]
    pub fn insisting(&self) -> Self {
        let ask = if self.ask == Ask::Never { Ask::Never } else { Ask::Always };
        Self { ask, ..self.clone() }
    }

    /// Whether it is still to be told that a token is not sent; a command may ask several times.
    #[must_use]
    pub fn is_to_be_told(&self) -> bool {
        !self.is_told.swap(true, Ordering::Relaxed)
    }

    /// Whether it is worth telling that the forge was not asked.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.ask == Ask::Always || self.required
    }
}

/// How a server is allowed to be asked, and to get a token.
fn allowing(server: &Server, api: Option<&str>) -> String {
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

    fn settings(ask: Ask, api: Option<(&str, bool)>, tokens: &[(&'static str, &str)]) -> ForgeSettings {
        let mut host = super::super::host::host();
        host.user_files = super::super::host::UserFiles::default();
        host.pipeline = tokens.iter().map(|(name, value)| (*name, Secret::new(value).unwrap())).collect();
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
        let hosts = Hosts::read(&host, (&config, &origins), None, &mut Vec::new()).unwrap();
        ForgeSettings {
            ask,
            is_asked_by_user: false,
            required: false,
            http: http::Options::default(),
            api: api.map(|(api, own)| (api.to_owned(), own)),
            token: None,
            plain_http: false,
            hosts,
            host,
            is_told: Arc::default(),
        }
    }

    fn asking(settings: &ForgeSettings, remote: &str) -> Result<(String, bool), String> {
        match settings.asking(&forge::locate(remote, None)).unwrap() {
            Asking::Yes(access) | Asking::Anonymously(access, _) => {
                Ok((access.api, access.credentials.is_some()))
            }
            Asking::Unwanted => Err("unwanted".to_owned()),
            Asking::No(reason) | Asking::Stranger(reason) => Err(reason),
        }
    }

    #[test]
    fn a_forge_is_asked_where_there_is_a_token() {
        let remote = "git@github.com:o/r.git";
        let github = |ask, name| asking(&settings(ask, None, &[(name, "hidden")]), remote);
        assert_eq!(github(Ask::Auto, "GH_TOKEN"), Ok(("https://api.github.com".to_owned(), true)));
        assert!(github(Ask::Auto, "GITLAB_TOKEN").unwrap_err().contains("no token in GITHUB_TOKEN"));
        assert_eq!(github(Ask::Always, "CI_SERVER_URL"), Ok(("https://api.github.com".to_owned(), false)));
        assert_eq!(github(Ask::Never, "GH_TOKEN"), Err("unwanted".to_owned()));
        let job = ("CI_JOB_TOKEN", "hidden");
        let lab = settings(Ask::Auto, None, &[job]);
        assert!(asking(&lab, "https://gitlab.com/a/b").unwrap_err().contains("CI_JOB_TOKEN may not"));
        let lab = settings(Ask::Auto, None, &[job, ("GITLAB_TOKEN", "hidden")]);
        assert_eq!(
            asking(&lab, "https://gitlab.com/a/b"),
            Ok(("https://gitlab.com/api/v4".to_owned(), true))
        );
    }

    #[test]
    fn pitfall_30_a_token_goes_nowhere_that_only_a_configuration_names() {
        let remote = "https://github.com/o/r";
        let with = |api: &str, is_users| {
            asking(&settings(Ask::Auto, Some((api, is_users)), &[("GITHUB_TOKEN", "hidden")]), remote)
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
        let own = settings(Ask::Auto, None, &pipeline);
        assert_eq!(
            asking(&own, "https://github.ghe.example/o/r").unwrap_err().split(" is not").next(),
            Some("the token")
        );
    }
}
