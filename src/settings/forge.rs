//! How the forge is asked: whether, where, as whom, and how servers are spoken to at all.
//!
//! A token is a user's, and a configuration comes with a repository that may be anybody's: a token goes to the host of the
//! repository's remote and to where the environment says, and nowhere else.

use std::time::Duration;

use crate::{
    cli::args::Global,
    config::{Ask, Config, NetworkConfig},
    error::Error,
    files::ProjectFiles,
    forge::{self, Credentials},
    http::{self, Cache, Recording, Secret},
    model::{ForgeKind, RepositoryInfo},
};

use super::{
    Host,
    origin::{Configured, Origins},
};

/// How long it is known which forge a host is, in seconds.
const HOST_AGE: i64 = 30 * 86_400;
/// How long answers are kept, in minutes.
const CACHE_MINUTES: u32 = 15;

/// How servers are spoken to, and whether the forge is.
#[derive(Clone)]
pub struct ForgeSettings {
    /// When it is asked.
    ask: Ask,
    /// Whether it must tell all.
    pub required: bool,
    /// How servers are spoken to.
    pub http: http::Options,
    /// The address of the interface, where one is set.
    api: Option<String>,
    /// The token from a file, where one is set.
    token: Option<Secret>,
    /// The hosts that tokens may go to.
    trusted: Vec<String>,
    host: Host,
}

/// Whether a forge can be asked.
pub enum Asking {
    /// It can.
    Yes(forge::Access),
    /// Nobody wants to.
    Unwanted,
    /// It cannot, for this reason.
    No(String),
}

/// Resolves it all. `remote` is the address of the git remote.
///
/// # Errors
/// When a recording, or the file of a token, cannot be used.
pub(super) fn forge(
    global: &Global,
    host: &Host,
    (config, origins): (&Config, &Origins),
    files: &ProjectFiles,
    remote: Option<&str>,
) -> Result<ForgeSettings, Error> {
    let ask = match config.forge.ask {
        _ if global.offline => Ask::Never,
        _ if global.forge || global.replay.is_some() => Ask::Always,
        Some(ask) => ask,
        None => Ask::Auto,
    };
    let token = match &config.forge.token_file {
        Some(path) => {
            let path = files.root().join(path);
            let text = std::fs::read_to_string(&path);
            Secret::new(&text.map_err(|source| Error::File { verb: "read", path, source })?)
        }
        None => None,
    };
    let said = ["GITHUB_API_URL", "GITHUB_SERVER_URL", "CI_API_V4_URL", "CI_SERVER_URL"];
    let addresses = said
        .iter()
        .filter_map(|name| host.pipeline(name).map(str::to_owned))
        .chain(remote.and_then(|remote| forge::locate(remote, Some(ForgeKind::GitHub)).url))
        .chain(config.forge.api.clone().filter(|_| origins.is_users("forge.api")));
    Ok(ForgeSettings {
        ask,
        required: global.require_forge,
        http: servers(global, host, &config.network, files)?,
        api: config.forge.api.as_deref().map(|api| api.trim_end_matches('/').to_owned()),
        token,
        trusted: addresses.filter_map(|address| host_of(&address).map(str::to_owned)).collect(),
        host: host.clone(),
    })
}

/// Where a project that is not cloned here lives, as the configuration or else the pipeline says, and how its forge is asked.
///
/// # Errors
/// When the configuration cannot be read or makes no sense, or a recording or the file of a token cannot be used.
pub fn project(global: &Global, host: &Host) -> Result<(RepositoryInfo, ForgeSettings), Error> {
    let root = global.repo.as_deref().unwrap_or(&host.cwd);
    let Configured { config, origins, files, .. } = super::configuration(global, host, root, None)?;
    let by_pipeline = || {
        let github = host.pipeline("GITHUB_SERVER_URL").zip(host.pipeline("GITHUB_REPOSITORY"));
        let github = github.map(|(server, project)| format!("{server}/{project}"));
        github.or_else(|| host.pipeline("CI_PROJECT_URL").map(str::to_owned))
    };
    let address = config.repository.url.clone().or_else(by_pipeline);
    // As the remote of a clone, what the environment says is the user's own word.
    let said = address.as_deref().filter(|_| origins.is_users("repository.url"));
    let forge = forge(global, host, (&config, &origins), &files, said)?;
    let kind = config.repository.forge.map(ForgeKind::from);
    Ok((address.map_or_else(RepositoryInfo::default, |address| forge::locate(&address, kind)), forge))
}

/// How every server is spoken to.
///
/// # Errors
/// When a recording cannot be used.
pub(super) fn servers(
    global: &Global,
    host: &Host,
    network: &NetworkConfig,
    files: &ProjectFiles,
) -> Result<http::Options, Error> {
    let usual = http::Options::default();
    let seconds = |set: Option<u32>, usual| set.map_or(usual, |set| Duration::from_secs(set.into()));
    let recording = match (&global.record, &global.replay) {
        (Some(path), _) => Some(Recording::make(&files.named(path)?).map_err(http::Error::from)?),
        (None, Some(path)) => Some(Recording::play(&files.named(path)?).map_err(http::Error::from)?),
        (None, None) => None,
    };
    let minutes = network.cache_minutes.unwrap_or(CACHE_MINUTES);
    let cache = host.cache.clone().filter(|_| !global.no_cache && minutes > 0);
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
    /// Whether it must be found out which forge a host is: it does not tell by its name, and there is a token to ask with.
    #[must_use]
    pub fn must_detect(&self, repository: &RepositoryInfo) -> bool {
        let kinds = [ForgeKind::GitHub, ForgeKind::GitLab, ForgeKind::Gitea];
        let has_token = kinds.into_iter().any(|kind| self.environment_token(kind).is_some());
        repository.forge.is_none()
            && repository.url.is_some()
            && match self.ask {
                Ask::Never => false,
                Ask::Always => true,
                Ask::Auto => has_token || self.token.is_some(),
            }
    }

    /// How the question which forge a host is is asked: its answer is kept long.
    #[must_use]
    pub fn detection(&self) -> http::Options {
        let folder = self.host.cache.clone().filter(|_| self.http.cache.is_some());
        let cache = folder.map(|folder| Cache::new(folder, self.host.moment, HOST_AGE));
        http::Options { cache, tries: 1, timeout: Duration::from_secs(10), ..self.http.clone() }
    }

    /// Whether the forge of a repository can be asked, where, and as whom.
    #[must_use]
    pub fn asking(&self, repository: &RepositoryInfo) -> Asking {
        if self.ask == Ask::Never {
            return Asking::Unwanted;
        }
        let Some((kind, owner, name)) = identity(repository) else {
            return if self.ask == Ask::Always || self.required {
                Asking::No("it is not known on which forge the repository lives".to_owned())
            } else {
                Asking::Unwanted
            };
        };
        let Some(api) = self.api.clone().or_else(|| forge::api_of(repository)) else {
            return Asking::No(format!("tidings cannot ask {} for pull requests", kind.title()));
        };
        if self.http.recording.as_ref().is_some_and(Recording::plays_as_user) {
            // Nothing is sent; the questions must be those that were asked with a token.
            let credentials = Secret::new("played").map_or(Credentials::None, Credentials::Token);
            return Asking::Yes(forge::Access { kind, api, owner, name, credentials });
        }
        let credentials = self.credentials(kind);
        if credentials.is_some() && !self.is_trusted(&api) {
            let host = host_of(&api).unwrap_or(&api);
            return Asking::No(format!(
                "the token is not sent to {host}, which only the configuration names; TIDINGS_FORGE__API={api} allows it"
            ));
        }
        if matches!(credentials, Credentials::Job(_)) && self.ask == Ask::Auto {
            return Asking::No(
                "GitLab was not asked for merge requests: CI_JOB_TOKEN may not read them, GITLAB_TOKEN may"
                    .to_owned(),
            );
        }
        if !credentials.is_some() && self.ask == Ask::Auto {
            return Asking::No(format!(
                "{} was not asked for pull requests: no token in {}",
                kind.title(),
                kind.token_variables()
            ));
        }
        Asking::Yes(forge::Access { kind, api, owner, name, credentials })
    }

    /// The same, asking even as nobody, unless it is forbidden to ask at all.
    #[must_use]
    pub fn insisting(&self) -> Self {
        let ask = if self.ask == Ask::Never { Ask::Never } else { Ask::Always };
        Self { ask, ..self.clone() }
    }

    /// Whether it is worth telling that the forge was not asked.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.ask == Ask::Always || self.required
    }

    fn credentials(&self, kind: ForgeKind) -> Credentials {
        let user = self.host.pipeline("BITBUCKET_USER");
        let password = self.host.pipeline.get("BITBUCKET_APP_PASSWORD").cloned();
        match (self.token.clone().or_else(|| self.environment_token(kind)), kind) {
            (Some(token), _) => Credentials::Token(token),
            (None, ForgeKind::GitLab) => {
                self.host.pipeline.get("CI_JOB_TOKEN").cloned().map_or(Credentials::None, Credentials::Job)
            }
            (None, ForgeKind::Bitbucket) => match (user, password) {
                (Some(user), Some(password)) => Credentials::Basic(user.to_owned(), password),
                _ => Credentials::None,
            },
            (None, _) => Credentials::None,
        }
    }

    fn environment_token(&self, kind: ForgeKind) -> Option<Secret> {
        let names: &[&str] = match kind {
            ForgeKind::GitHub => &["GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN"],
            ForgeKind::GitLab => &["GITLAB_TOKEN"],
            ForgeKind::Gitea => &["GITEA_TOKEN", "FORGEJO_TOKEN"],
            ForgeKind::Bitbucket => &["BITBUCKET_TOKEN"],
            ForgeKind::Azure => &[],
        };
        names.iter().find_map(|name| self.host.pipeline.get(name).cloned())
    }

    /// A host, or one below it: the interface of `github.com` is `api.github.com`.
    fn is_trusted(&self, api: &str) -> bool {
        let Some(host) = host_of(api) else { return false };
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let is_loopback = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
        is_loopback
            || self.trusted.iter().any(|trusted| {
                host == trusted || host.strip_suffix(trusted.as_str()).is_some_and(|rest| rest.ends_with('.'))
            })
    }
}

fn identity(repository: &RepositoryInfo) -> Option<(ForgeKind, String, String)> {
    Some((repository.forge?, repository.owner.clone()?, repository.name.clone()?))
}

/// The host of an address, with its port.
fn host_of(address: &str) -> Option<&str> {
    let host = address.split_once("://")?.1.split(['/', '?']).next()?;
    Some(host.rsplit_once('@').map_or(host, |(_, host)| host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(ask: Ask, api: Option<&str>, trusted: &[&str], tokens: &[&'static str]) -> ForgeSettings {
        let mut host = super::super::host();
        host.pipeline = tokens.iter().map(|name| (*name, Secret::new("hidden").unwrap())).collect();
        ForgeSettings {
            ask,
            required: false,
            http: http::Options::default(),
            api: api.map(str::to_owned),
            token: None,
            trusted: trusted.iter().map(|host| (*host).to_owned()).collect(),
            host,
        }
    }

    fn asking(settings: &ForgeSettings, remote: &str) -> Result<(String, bool), String> {
        match settings.asking(&forge::locate(remote, None)) {
            Asking::Yes(access) => Ok((access.api, access.credentials.is_some())),
            Asking::Unwanted => Err("unwanted".to_owned()),
            Asking::No(reason) => Err(reason),
        }
    }

    #[test]
    fn a_forge_is_asked_where_there_is_a_token() {
        let remote = "git@github.com:o/r.git";
        let github = |ask, tokens| asking(&settings(ask, None, &["github.com"], tokens), remote);
        assert_eq!(github(Ask::Auto, &["GH_TOKEN"]), Ok(("https://api.github.com".to_owned(), true)));
        assert!(github(Ask::Auto, &["GITLAB_TOKEN"]).unwrap_err().contains("no token in GITHUB_TOKEN"));
        assert_eq!(github(Ask::Always, &[]), Ok(("https://api.github.com".to_owned(), false)));
        assert_eq!(github(Ask::Never, &["GH_TOKEN"]), Err("unwanted".to_owned()));
        let lab = settings(Ask::Auto, None, &["gitlab.com"], &["CI_JOB_TOKEN"]);
        assert!(asking(&lab, "https://gitlab.com/a/b").unwrap_err().contains("CI_JOB_TOKEN may not"));
        let lab = settings(Ask::Auto, None, &["gitlab.com"], &["CI_JOB_TOKEN", "GITLAB_TOKEN"]);
        assert_eq!(
            asking(&lab, "https://gitlab.com/a/b"),
            Ok(("https://gitlab.com/api/v4".to_owned(), true))
        );
    }

    #[test]
    fn pitfall_30_a_token_goes_nowhere_that_only_a_configuration_names() {
        let remote = "https://github.com/o/r";
        let with = |api: &str, trusted: &[&str]| {
            asking(&settings(Ask::Auto, Some(api), trusted, &["GITHUB_TOKEN"]), remote)
        };
        assert!(
            with("https://evil.example/api/v3", &["github.com"])
                .unwrap_err()
                .contains("not sent to evil.example")
        );
        assert!(with("https://notgithub.com", &["github.com"]).is_err());
        assert!(with("https://github.com.evil.example", &["github.com"]).is_err());
        assert!(with("https://user@evil.example", &["github.com"]).is_err());
        assert!(with("https://proxy.github.com/v3", &["github.com"]).is_ok());
        assert!(with("http://127.0.0.1:8080/api/v3", &[]).is_ok());
        assert!(with("https://ghe.example/api/v3", &["github.com", "ghe.example"]).is_ok());
    }
}
