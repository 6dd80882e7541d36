//! The hosts that are the user's own word: what `hosts.toml`, the environment, the pipeline and the files of `gh` and `glab` name.
//!
//! A token may go to these and to the public forges that it is for. Neither a repository's configuration nor the address of its
//! remote adds one: both come with a clone, which may be a stranger's.

use std::path::{Path, PathBuf};

use crate::{
    config::{self, Config, HostConfig, HostsFile},
    error::Error,
    forge::{self, Server, api_address, web_address},
    model::{ForgeKind, RepositoryInfo},
};

use super::{Host, origin::Origins};

/// The user's hosts.
#[derive(Debug, Clone, Default)]
pub(super) struct Hosts {
    entries: Vec<HostEntry>,
    /// The forge whose interface the user has named, by where it is.
    pub(super) api_kind: Option<ForgeKind>,
}

/// One of the user's hosts.
#[derive(Debug, Clone)]
pub(super) struct HostEntry {
    server: Server,
    /// Whether it was named without saying how it is spoken to.
    is_name: bool,
    /// The forge that it is said to be.
    kind: Option<ForgeKind>,
    /// The address of the forge's interface, where it is said.
    pub(super) api: Option<String>,
    /// The server of the interface by the forge's habit.
    habit: Option<Server>,
    /// Whether it may be spoken to by http, with credentials.
    pub(super) plain_http: bool,
    /// Where the token for this host alone is.
    pub(super) token: Option<TokenSource>,
    /// Certificates that are trusted beside the system's.
    pub(super) ca_file: Option<PathBuf>,
    realm_hosts: Vec<String>,
    /// Whether it is the server of the pipeline that runs.
    pub(super) is_pipeline: bool,
}

/// Where a token is.
#[derive(Debug, Clone)]
pub(super) enum TokenSource {
    /// In a variable.
    Variable(String),
    /// In a file.
    File(PathBuf),
}

impl HostEntry {
    fn new(server: Server) -> Self {
        Self {
            server,
            is_name: false,
            kind: None,
            api: None,
            habit: None,
            plain_http: false,
            token: None,
            ca_file: None,
            realm_hosts: Vec::new(),
            is_pipeline: false,
        }
    }

    /// A host that is named without saying how it is spoken to.
    fn named(name: &str, kind: Option<ForgeKind>) -> Option<Self> {
        let server = Server::of_host(name)?;
        Some(Self {
            is_name: true,
            habit: habit(&format!("https://{name}"), kind),
            kind,
            ..Self::new(server)
        })
    }

    /// A host that is named by an address.
    fn addressed(address: &str, kind: Option<ForgeKind>) -> Option<Self> {
        let page = web_address(address)?;
        let server = Server::of(page.as_str())?;
        Some(Self { habit: habit(page.as_str(), kind), kind, ..Self::new(server) })
    }

    /// Whether it can be this forge, as far as is known.
    pub(super) fn fits(&self, kind: Option<ForgeKind>) -> bool {
        self.kind.is_none() || self.kind == kind
    }

    fn is_page(&self, server: &Server) -> bool {
        if self.is_name { server.is_named_by(&self.server) } else { *server == self.server }
    }

    fn is_of(&self, server: &Server) -> bool {
        let api = self.api.as_deref().and_then(Server::of);
        self.is_page(server) || api.as_ref() == Some(server) || self.habit.as_ref() == Some(server)
    }
}

impl Hosts {
    /// Reads what the user says. `root` is the top directory of the repository, where there is one: what lies in it comes with the
    /// clone, whoever names it. What is odd is added to the warnings, one sentence each.
    ///
    /// # Errors
    /// When `hosts.toml` cannot be read or makes no sense.
    pub(super) fn read(
        host: &Host,
        (config, origins): (&Config, &Origins),
        root: Option<&Path>,
        warnings: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let mut hosts = Self::default();
        hosts.file(host, root, warnings)?;
        let said = said(config, origins);
        hosts.api_kind = said.iter().find(|entry| entry.api.is_some()).and_then(|entry| entry.kind);
        hosts.entries.extend(said);
        hosts.entries.extend(of_pipeline(host));
        hosts.entries.extend(of_tools(host, root));
        Ok(hosts)
    }

    /// The entries of a server that fit a forge, those of `hosts.toml` first.
    pub(super) fn of(&self, kind: ForgeKind, server: &Server) -> Vec<&HostEntry> {
        let fits = |entry: &&HostEntry| entry.is_of(server) && entry.fits(Some(kind));
        // A public forge is none of another kind, whoever says so.
        match forge::public_forge(server) {
            Some(public) if public != kind => Vec::new(),
            _ => self.entries.iter().filter(fits).collect(),
        }
    }

    /// The first entry for the host of a page.
    pub(super) fn of_page(&self, page: &str) -> Option<&HostEntry> {
        let server = Server::of(page)?;
        self.entries.iter().find(|entry| entry.is_page(&server))
    }

    /// Which forge a page is on, as far as the user has said so.
    pub(super) fn kind_of(&self, page: &str) -> Option<ForgeKind> {
        let server = Server::of(page)?;
        self.entries.iter().filter(|entry| entry.is_page(&server)).find_map(|entry| entry.kind)
    }

    /// The registries of `hosts.toml` that may be spoken to by http, with credentials.
    pub(super) fn plain_registries(&self) -> Vec<String> {
        self.entries.iter().filter(|entry| entry.plain_http).map(|entry| entry.server.to_string()).collect()
    }

    /// The first file of certificates among those of some hosts.
    pub(super) fn ca_file<'h>(&self, mut hosts: impl Iterator<Item = &'h str>) -> Option<PathBuf> {
        hosts.find_map(|host| {
            let server = Server::of_host(host)?;
            self.entries.iter().filter(|entry| entry.is_of(&server)).find_map(|entry| entry.ca_file.clone())
        })
    }

    /// The registries of `hosts.toml`, each with a host that its users may be sent to for a token.
    pub(super) fn realms(&self) -> Vec<(String, String)> {
        let pairs = |entry: &HostEntry| {
            let registry = entry.server.to_string();
            entry.realm_hosts.iter().map(move |realm| (registry.clone(), realm.clone())).collect::<Vec<_>>()
        };
        self.entries.iter().flat_map(pairs).collect()
    }

    /// The entries of `hosts.toml`.
    fn file(&mut self, host: &Host, root: Option<&Path>, warnings: &mut Vec<String>) -> Result<(), Error> {
        let Some((path, is_named)) = &host.user_files.hosts else { return Ok(()) };
        if is_in(path, root) && path.exists() {
            let problem =
                format!("`{}` lies in the repository, so it is not the user's file of hosts", path.display());
            if *is_named {
                let hint = "name a file outside the repository with TIDINGS_HOSTS_FILE";
                return Err(Error::usage(problem, Some(hint)));
            }
            warnings.push(format!("{problem}, and is not read"));
            return Ok(());
        }
        let Some(file) = HostsFile::read(path)? else {
            let missing = format!("there is no file `{}`, which TIDINGS_HOSTS_FILE names", path.display());
            return if *is_named { Err(Error::usage(missing, None)) } else { Ok(()) };
        };
        for (name, said) in &file.hosts {
            self.entries.push(of_file(host, &file, name, said)?);
        }
        Ok(())
    }
}

/// A file that lies in the repository comes with the clone.
fn is_in(path: &Path, root: Option<&Path>) -> bool {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    root.is_some_and(|root| resolved(path).starts_with(resolved(root)))
}

fn of_file(host: &Host, file: &HostsFile, name: &str, said: &HostConfig) -> Result<HostEntry, Error> {
    let kind = said.forge;
    let kind = kind.or_else(|| forge::locate(&format!("https://{name}/o/r"), None).forge);
    let Some(entry) = HostEntry::named(name, kind) else {
        let hint =
            "write its name alone, with a port where it is not the usual one: [\"git.example.com:3000\"]";
        return Err(file
            .senseless(name, None, "this is not the name of a host".to_owned(), Some(hint))
            .into());
    };
    let api = match &said.api {
        Some(api) => Some(api_address(api).ok_or_else(|| {
            let hint = "write it as in api = \"https://git.example.com/api/v1\"";
            file.senseless(name, Some("api"), "this is not an http or https address".to_owned(), Some(hint))
        })?),
        None => None,
    };
    if let Some(odd) = said.realm_hosts.iter().find(|realm| Server::of_host(realm).is_none()) {
        let problem = format!("`{odd}` is not the name of a host");
        return Err(file.senseless(name, Some("realm_hosts"), problem, None).into());
    }
    let path = |text: &String| user_path(host, &file.path, text);
    let token = match (&said.token_env, &said.token_file) {
        (Some(_), Some(_)) => {
            let problem = "token_env and token_file do not go together".to_owned();
            return Err(file.senseless(name, Some("token_file"), problem, None).into());
        }
        (Some(variable), None) => Some(TokenSource::Variable(variable.clone())),
        (None, file) => file.as_ref().map(path).map(TokenSource::File),
    };
    Ok(HostEntry {
        api,
        token,
        plain_http: said.plain_http,
        ca_file: said.ca_file.as_ref().map(path),
        realm_hosts: said.realm_hosts.clone(),
        ..entry
    })
}

/// A path in the user's file: from the home with `~/`, else from the file's folder.
fn user_path(host: &Host, file: &Path, text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), &host.user_files.home) {
        (Some(below), Some(home)) => home.join(below),
        _ => file.parent().unwrap_or(Path::new("")).join(text),
    }
}

/// What the configuration says where that is the user's own word.
fn said(config: &Config, origins: &Origins) -> Vec<HostEntry> {
    let users = |key: &str| origins.is_users(key);
    let kind = config.repository.forge.filter(|_| users("repository.forge"));
    let api = config.forge.api.as_deref().filter(|_| users("forge.api")).and_then(|api| {
        let api = api_address(api)?;
        let entry = HostEntry::new(Server::of(&api)?);
        Some(HostEntry { kind: forge::kind_of_api(&api).or(kind), api: Some(api), ..entry })
    });
    let page = config.repository.url.as_deref().filter(|_| users("repository.url")).and_then(|url| {
        let found = forge::locate(url, kind);
        HostEntry::addressed(&found.url?, found.forge)
    });
    api.into_iter().chain(page).collect()
}

/// The server of the pipeline that runs, as its variables name it.
fn of_pipeline(host: &Host) -> Vec<HostEntry> {
    let github = if is_gitea_actions(host) { ForgeKind::Gitea } else { ForgeKind::GitHub };
    let mut entries = Vec::new();
    let named = ForgeKind::ALL.iter().copied().filter_map(|kind| Some((kind, kind.pipeline_variables()?)));
    for (kind, (server, api)) in named {
        let kind = if kind == ForgeKind::GitHub { github } else { kind };
        let api = host.pipeline(api).and_then(api_address);
        let page = host.pipeline(server).and_then(|page| HostEntry::addressed(page, Some(kind)));
        let own = api.as_deref().and_then(Server::of).map(HostEntry::new);
        for entry in page.into_iter().chain(own) {
            entries.push(HostEntry { kind: Some(kind), api: api.clone(), is_pipeline: true, ..entry });
        }
    }
    entries
}

/// Whether the variables of GitHub Actions are those of Gitea or Forgejo, whose runners set the same ones.
pub(super) fn is_gitea_actions(host: &Host) -> bool {
    ["GITEA_ACTIONS", "FORGEJO_ACTIONS"].into_iter().any(|name| host.pipeline(name) == Some("true"))
}

/// The hosts that `gh` and `glab` are told of.
fn of_tools(host: &Host, root: Option<&Path>) -> Vec<HostEntry> {
    let files = &host.user_files;
    let outside = |path: &Option<PathBuf>| path.clone().filter(|path| !is_in(path, root));
    let mut names: Vec<(String, ForgeKind)> = Vec::new();
    for kind in ForgeKind::ALL.iter().copied() {
        let named = kind.host_variables().iter().filter_map(|variable| host.pipeline(variable));
        names.extend(named.map(|name| (name.to_owned(), kind)));
    }
    let gh = outside(&files.gh).map(|path| config::gh_hosts(&path)).unwrap_or_default();
    names.extend(gh.into_iter().map(|name| (name, ForgeKind::GitHub)));
    let glab = outside(&files.glab).map(|path| config::glab_hosts(&path)).unwrap_or_default();
    names.extend(glab.into_iter().map(|name| (name, ForgeKind::GitLab)));
    let entry = |(name, kind): (String, ForgeKind)| {
        HostEntry::named(&name, Some(kind)).or_else(|| HostEntry::addressed(&name, Some(kind)))
    };
    names.into_iter().filter_map(entry).collect()
}

/// The server of a forge's interface by its habit.
fn habit(page: &str, kind: Option<ForgeKind>) -> Option<Server> {
    let repository = RepositoryInfo { forge: kind, url: Some(page.to_owned()), ..RepositoryInfo::default() };
    Server::of(&forge::api_of(&repository)?)
}
