//! Collects the hosts that the user trusts.
//!
//! They come from `hosts.toml`, the environment, the pipeline, and the files of `gh` and `glab`.
//! Tokens may only be sent to these hosts and to the public hosts of their forge. Neither the repository's
//! configuration nor the URL of its remote adds a host, because both come with a clone that may not be trusted.

use std::path::{Path, PathBuf};

use crate::{
    config::{self, Config, HostConfig, HostsFile},
    error::Error,
    forge::{self, Server, api_url, web_url},
    model::{ForgeKind, RepositoryInfo},
};

use super::{Process, origin::Origins};

/// The user's hosts.
#[derive(Debug, Clone, Default)]
pub(super) struct Hosts {
    entries: Vec<HostEntry>,
    /// The forge of the API URL that the user has set.
    pub(super) api_kind: Option<ForgeKind>,
}

/// One of the user's hosts.
#[derive(Debug, Clone)]
pub(super) struct HostEntry {
    server: Server,
    /// Whether it was named without a scheme.
    is_name: bool,
    /// The forge, if set.
    kind: Option<ForgeKind>,
    /// The API URL, if set.
    pub(super) api: Option<String>,
    /// The server of the forge's default API URL.
    default_api: Option<Server>,
    /// Whether credentials may be sent to it over http.
    pub(super) plain_http: bool,
    /// The source of the token for this host only.
    pub(super) token: Option<TokenSource>,
    /// A file of certificates to trust in addition to the system's.
    pub(super) ca_file: Option<PathBuf>,
    realm_hosts: Vec<String>,
    /// Whether it is the server of the current pipeline.
    pub(super) is_pipeline: bool,
}

/// The source of a token.
#[derive(Debug, Clone)]
pub(super) enum TokenSource {
    /// An environment variable.
    Variable(String),
    /// A file.
    File(PathBuf),
}

impl HostEntry {
    fn new(server: Server) -> Self {
        Self {
            server,
            is_name: false,
            kind: None,
            api: None,
            default_api: None,
            plain_http: false,
            token: None,
            ca_file: None,
            realm_hosts: Vec::new(),
            is_pipeline: false,
        }
    }

    /// A host named without a scheme.
    fn named(name: &str, kind: Option<ForgeKind>) -> Option<Self> {
        let server = Server::of_host(name)?;
        Some(Self {
            is_name: true,
            default_api: default_api(&format!("https://{name}"), kind),
            kind,
            ..Self::new(server)
        })
    }

    /// The host of a URL.
    fn of_url(url: &str, kind: Option<ForgeKind>) -> Option<Self> {
        let page = web_url(url)?;
        let server = Server::of(page.as_str())?;
        Some(Self { default_api: default_api(page.as_str(), kind), kind, ..Self::new(server) })
    }

    /// Whether it may be this forge: it has the same kind, or none.
    pub(super) fn fits(&self, kind: Option<ForgeKind>) -> bool {
        self.kind.is_none() || self.kind == kind
    }

    fn is_page(&self, server: &Server) -> bool {
        if self.is_name { server.is_named_by(&self.server) } else { *server == self.server }
    }

    fn is_of(&self, server: &Server) -> bool {
        let api = self.api.as_deref().and_then(Server::of);
        self.is_page(server) || api.as_ref() == Some(server) || self.default_api.as_ref() == Some(server)
    }
}

impl Hosts {
    /// Collects the user's hosts. `root` is the top folder of the repository, if there is one: files inside it come
    /// with the clone and are not read. Adds warnings, one sentence each.
    ///
    /// # Errors
    /// If `hosts.toml` cannot be read or is invalid.
    pub(super) fn read(
        process: &Process,
        (config, origins): (&Config, &Origins),
        root: Option<&Path>,
        warnings: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let mut hosts = Self::default();
        hosts.read_file(process, root, warnings)?;
        let configured = of_configuration(config, origins);
        hosts.api_kind = configured.iter().find(|entry| entry.api.is_some()).and_then(|entry| entry.kind);
        hosts.entries.extend(configured);
        hosts.entries.extend(of_pipeline(process));
        hosts.entries.extend(of_tools(process, root));
        Ok(hosts)
    }

    /// The entries of a server that may be this forge, those of `hosts.toml` first.
    pub(super) fn of(&self, kind: ForgeKind, server: &Server) -> Vec<&HostEntry> {
        let fits = |entry: &&HostEntry| entry.is_of(server) && entry.fits(Some(kind));
        // No entry can make a public forge one of another kind.
        match forge::public_forge(server) {
            Some(public) if public != kind => Vec::new(),
            _ => self.entries.iter().filter(fits).collect(),
        }
    }

    /// The first entry for the host of a URL.
    pub(super) fn of_page(&self, page: &str) -> Option<&HostEntry> {
        let server = Server::of(page)?;
        self.entries.iter().find(|entry| entry.is_page(&server))
    }

    /// The forge that the user has set for the host of a URL.
    pub(super) fn kind_of(&self, page: &str) -> Option<ForgeKind> {
        let server = Server::of(page)?;
        self.entries.iter().filter(|entry| entry.is_page(&server)).find_map(|entry| entry.kind)
    }

    /// The registries of `hosts.toml` to which credentials may be sent over http.
    pub(super) fn plain_registries(&self) -> Vec<String> {
        self.entries.iter().filter(|entry| entry.plain_http).map(|entry| entry.server.to_string()).collect()
    }

    /// The first certificate file of these hosts.
    pub(super) fn ca_file<'h>(&self, mut hosts: impl Iterator<Item = &'h str>) -> Option<PathBuf> {
        hosts.find_map(|host| {
            let server = Server::of_host(host)?;
            self.entries.iter().filter(|entry| entry.is_of(&server)).find_map(|entry| entry.ca_file.clone())
        })
    }

    /// The registries of `hosts.toml`, each with a host of a token server that may get its credentials.
    pub(super) fn realms(&self) -> Vec<(String, String)> {
        let pairs = |entry: &HostEntry| {
            let registry = entry.server.to_string();
            entry.realm_hosts.iter().map(move |realm| (registry.clone(), realm.clone())).collect::<Vec<_>>()
        };
        self.entries.iter().flat_map(pairs).collect()
    }

    /// Adds the entries of `hosts.toml`.
    fn read_file(
        &mut self,
        process: &Process,
        root: Option<&Path>,
        warnings: &mut Vec<String>,
    ) -> Result<(), Error> {
        let Some((path, is_named)) = &process.user_files.hosts else { return Ok(()) };
        if is_in(path, root) && path.exists() {
            let problem =
                format!("`{}` is inside the repository and cannot be the user's hosts file", path.display());
            if *is_named {
                let hint = "set TIDINGS_HOSTS_FILE to a file outside the repository";
                return Err(Error::usage(problem, Some(hint)));
            }
            warnings.push(format!("{problem}; it is ignored"));
            return Ok(());
        }
        let Some(file) = HostsFile::read(path)? else {
            let missing =
                format!("the file `{}`, named by TIDINGS_HOSTS_FILE, does not exist", path.display());
            let hint = "create the file, or unset TIDINGS_HOSTS_FILE";
            return if *is_named { Err(Error::usage(missing, Some(hint))) } else { Ok(()) };
        };
        for (name, config) in &file.hosts {
            self.entries.push(of_file(process, &file, name, config)?);
        }
        Ok(())
    }
}

/// Whether a file is inside the repository, and thus comes with the clone.
fn is_in(path: &Path, root: Option<&Path>) -> bool {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    root.is_some_and(|root| resolved(path).starts_with(resolved(root)))
}

fn of_file(process: &Process, file: &HostsFile, name: &str, config: &HostConfig) -> Result<HostEntry, Error> {
    let kind = config.forge;
    let kind = kind.or_else(|| forge::locate(&format!("https://{name}/o/r"), None).forge);
    let Some(entry) = HostEntry::named(name, kind) else {
        let hint =
            "write only the host name, with a port if it is not the default: [\"git.example.com:3000\"]";
        return Err(file.invalid_entry(name, None, "not a valid host name".to_owned(), Some(hint)).into());
    };
    let api = match &config.api {
        Some(api) => Some(api_url(api).ok_or_else(|| {
            let hint = "write, for example, api = \"https://git.example.com/api/v1\"";
            file.invalid_entry(name, Some("api"), "not an http or https URL".to_owned(), Some(hint))
        })?),
        None => None,
    };
    if let Some(invalid) = config.realm_hosts.iter().find(|realm| Server::of_host(realm).is_none()) {
        let problem = format!("`{invalid}` is not a valid host name");
        let hint = "write only the host name, with a port if it is not the default";
        return Err(file.invalid_entry(name, Some("realm_hosts"), problem, Some(hint)).into());
    }
    let path = |text: &String| user_path(process, &file.path, text);
    let token = match (&config.token_env, &config.token_file) {
        (Some(_), Some(_)) => {
            let problem = "token_env and token_file cannot be combined".to_owned();
            return Err(file
                .invalid_entry(name, Some("token_file"), problem, Some("remove one of them"))
                .into());
        }
        (Some(variable), None) => Some(TokenSource::Variable(variable.clone())),
        (None, file) => file.as_ref().map(path).map(TokenSource::File),
    };
    Ok(HostEntry {
        api,
        token,
        plain_http: config.plain_http,
        ca_file: config.ca_file.as_ref().map(path),
        realm_hosts: config.realm_hosts.clone(),
        ..entry
    })
}

/// A path in the hosts file: relative to the home folder if it starts with `~/`, otherwise to the folder of the file.
fn user_path(process: &Process, file: &Path, text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), &process.user_files.home) {
        (Some(below), Some(home)) => home.join(below),
        _ => file.parent().unwrap_or(Path::new("")).join(text),
    }
}

/// The hosts of configuration keys that the user has set.
fn of_configuration(config: &Config, origins: &Origins) -> Vec<HostEntry> {
    let users = |key: &str| origins.is_set_by_user(key);
    let kind = config.repository.forge.filter(|_| users("repository.forge"));
    let api = config.forge.api.as_deref().filter(|_| users("forge.api")).and_then(|api| {
        let api = api_url(api)?;
        let entry = HostEntry::new(Server::of(&api)?);
        Some(HostEntry { kind: forge::kind_from_api(&api).or(kind), api: Some(api), ..entry })
    });
    let page = config.repository.url.as_deref().filter(|_| users("repository.url")).and_then(|url| {
        let repository = forge::locate(url, kind);
        HostEntry::of_url(&repository.url?, repository.forge)
    });
    api.into_iter().chain(page).collect()
}

/// The server of the current pipeline, from its variables.
fn of_pipeline(process: &Process) -> Vec<HostEntry> {
    let github = if is_gitea_actions(process) { ForgeKind::Gitea } else { ForgeKind::GitHub };
    let mut entries = Vec::new();
    let named = ForgeKind::ALL.iter().copied().filter_map(|kind| Some((kind, kind.pipeline_variables()?)));
    for (kind, (server, api)) in named {
        let kind = if kind == ForgeKind::GitHub { github } else { kind };
        let api = process.pipeline(api).and_then(api_url);
        let page = process.pipeline(server).and_then(|page| HostEntry::of_url(page, Some(kind)));
        let own = api.as_deref().and_then(Server::of).map(HostEntry::new);
        for entry in page.into_iter().chain(own) {
            entries.push(HostEntry { kind: Some(kind), api: api.clone(), is_pipeline: true, ..entry });
        }
    }
    entries
}

/// Whether the `GITHUB_` variables are from Gitea or Forgejo Actions, whose runners set the same ones.
pub(super) fn is_gitea_actions(process: &Process) -> bool {
    ["GITEA_ACTIONS", "FORGEJO_ACTIONS"].into_iter().any(|name| process.pipeline(name) == Some("true"))
}

/// The hosts that `gh` and `glab` are configured for.
fn of_tools(process: &Process, root: Option<&Path>) -> Vec<HostEntry> {
    let files = &process.user_files;
    let outside = |path: &Option<PathBuf>| path.clone().filter(|path| !is_in(path, root));
    let mut names: Vec<(String, ForgeKind)> = Vec::new();
    for kind in ForgeKind::ALL.iter().copied() {
        let named = kind.host_variables().iter().filter_map(|variable| process.pipeline(variable));
        names.extend(named.map(|name| (name.to_owned(), kind)));
    }
    let gh = outside(&files.gh).map(|path| config::gh_hosts(&path)).unwrap_or_default();
    names.extend(gh.into_iter().map(|name| (name, ForgeKind::GitHub)));
    let glab = outside(&files.glab).map(|path| config::glab_hosts(&path)).unwrap_or_default();
    names.extend(glab.into_iter().map(|name| (name, ForgeKind::GitLab)));
    let entry = |(name, kind): (String, ForgeKind)| {
        HostEntry::named(&name, Some(kind)).or_else(|| HostEntry::of_url(&name, Some(kind)))
    };
    names.into_iter().filter_map(entry).collect()
}

/// The server of a forge's default API URL.
fn default_api(page: &str, kind: Option<ForgeKind>) -> Option<Server> {
    let repository = RepositoryInfo { forge: kind, url: Some(page.to_owned()), ..RepositoryInfo::default() };
    Server::of(&forge::default_api(&repository)?)
}
