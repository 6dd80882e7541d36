//! How registries are spoken to, which environments have images, and who promotes.

use std::path::{Path, PathBuf};

use crate::{
    config::Config,
    error::Error,
    files::ProjectFiles,
    forge::{Server, web_address},
    git::Repository,
    history::{self, Prereleases, TagPattern},
    http::{self, Secret},
    model::{PathSets, Scheme},
    promote::{Circumstances, Place},
    registry::{Client, CredentialFile, Credentials, Given, Login, Options, Realm, Reference},
    ui::Ui,
};

use super::{
    configuration::configuration,
    forge::servers,
    host::Host,
    hosts::Hosts,
    lines,
    origin::Configured,
    overrides::Overrides,
    registry_variables::{HOST, REALM, TOKEN, USER},
    rendering::{self, Rendering},
    secrets,
    terminal::ui,
    texts::Texts,
    tokens::{control, unsound},
};

/// An image's manifest, or a page of a list, has at most this many bytes.
const LARGEST: usize = 32 << 20;

/// What commands on images need to know. They may run where there is no repository of git.
pub struct Registries {
    /// The terminal.
    pub ui: Ui,
    /// The client.
    pub client: Client,
    /// How tags of images are read.
    pub tags: history::Options,
    /// The environments that have images, in the order of promotion.
    pub environments: Vec<Place>,
    /// How notes are rendered.
    pub rendering: Rendering,
    /// Who acts, and when.
    pub circumstances: Circumstances,
    /// The configuration file, where there is one.
    pub config_path: Option<PathBuf>,
    /// What is odd about the configuration, one sentence each.
    pub warnings: Vec<String>,
    /// The files of the project.
    pub files: ProjectFiles,
}

/// Resolves what commands on images need to know. `named` is what the command line may name images with.
///
/// # Errors
/// When the configuration cannot be read or makes no sense, or TLS cannot be set up.
pub fn registries(overrides: &Overrides, host: &Host, named: &[Option<&str>]) -> Result<Registries, Error> {
    let folder = overrides.repo.as_deref().unwrap_or(&host.cwd);
    let repository = Repository::open(folder).ok();
    repository.iter().for_each(|repository| secrets::of_repository(&host.secrets, repository));
    let root = repository.as_ref().map_or(folder, |found| found.work_tree().unwrap_or_else(|| found.path()));
    let Configured { config, path: config_path, mut warnings, origins, files, .. } =
        configuration(overrides, host, root, repository.as_ref())?;
    let texts = Texts { files: &files, origins: &origins, root };
    let ui = ui(overrides, host);
    let tags = reading(&config, overrides.package.as_deref(), root)?;
    let hosts = Hosts::read(host, (&config, &origins), repository.as_ref().map(|_| root), &mut warnings)?;
    let environments = environments(&config, overrides.package.as_deref())?;
    let mut web = web(overrides, host, &config, &files)?;
    let on_command_line = registry_hosts(named);
    let asked = environments.iter().map(|place| place.repository.host.as_str());
    web.ca_file =
        web.ca_file.or_else(|| hosts.ca_file(asked.chain(on_command_line.iter().map(String::as_str))));
    let mut options = options(&config, overrides, on_command_line)?;
    let mut plain = hosts.plain_registries();
    if origins.is_users("registry.plain_http") {
        plain.extend(config.registry.plain_http.iter().cloned());
    }
    options.plain_http.extend(plain.iter().cloned());
    options.plain_credentials = plain;
    let realms = hosts.realms().into_iter();
    options.realms.extend(realms.map(|(registry, host)| Realm { registry: Some(registry), host }));
    Ok(Registries {
        client: Client::new(http::Client::new(web)?, options),
        environments,
        rendering: rendering::rendering(&config, &texts, &ui, (overrides, host))?,
        circumstances: Circumstances { when: host.stamp(), who: who(), run: run() },
        tags,
        ui,
        config_path,
        warnings,
        files,
    })
}

/// Tags of images are read as those of the one line of versions, else as `v1.2.0`.
fn reading(config: &Config, package: Option<&str>, root: &Path) -> Result<history::Options, Error> {
    let mut lines = lines::lines(config, package, root, &mut PathSets::default())?;
    if lines.len() > 1 {
        return Ok(history::Options {
            pattern: TagPattern::Plain,
            scheme: Scheme::SemVer,
            environments: lines::environments(config),
            prereleases: Prereleases::Collapse,
        });
    }
    Ok(lines.pop().map(|line| line.history).unwrap_or_default())
}

fn environments(config: &Config, package: Option<&str>) -> Result<Vec<Place>, Error> {
    let declared = config.environments.iter().flat_map(|environments| &environments.0).enumerate();
    let with_image = declared.filter_map(|(index, one)| Some((index, one, one.image.as_deref()?)));
    with_image
        .map(|(index, one, image)| {
            let image =
                package.map_or_else(|| image.to_owned(), |package| image.replace("{package}", package));
            let wrong = |problem: &str| {
                Error::usage(
                    format!("the image of the environment `{}` {problem}", one.name),
                    Some("write a repository alone, as in image = \"registry.example.com/team/app\""),
                )
            };
            let reference =
                Reference::parse(&image).map_err(|error| wrong(&format!("cannot be used: {error}")))?;
            if reference.tag.is_some() || reference.digest.is_some() {
                return Err(wrong("has a tag or a digest"));
            }
            let tag = one.tag.clone().unwrap_or_else(|| one.name.clone());
            if !crate::registry::is_tag(&tag) {
                return Err(wrong(&format!("cannot have the tag `{tag}`")));
            }
            Ok(Place {
                environment: Some(one.name.clone()),
                index: Some(index),
                repository: reference.repository,
                moving: Some(tag),
                suffix: one.suffix.clone(),
            })
        })
        .collect()
}

fn web(
    overrides: &Overrides,
    host: &Host,
    config: &Config,
    files: &ProjectFiles,
) -> Result<http::Options, Error> {
    let usual = servers(overrides, host, &config.network, files)?;
    Ok(http::Options {
        max_bytes: LARGEST,
        ca_file: overrides.ca_file.clone().or(usual.ca_file),
        // What a tag stands on is worth nothing when it is old, and a recording cannot hold an image.
        cache: None,
        recording: None,
        ..usual
    })
}

fn options(config: &Config, overrides: &Overrides, on_command_line: Vec<String>) -> Result<Options, Error> {
    Ok(Options {
        credentials: credentials(on_command_line)?,
        plain_http: config.registry.plain_http.clone(),
        all_plain: overrides.plain_http,
        realms: realms(),
        ..Options::default()
    })
}

/// The registries of images on the command line. A text without a slash is a version, or an environment of the configuration.
fn registry_hosts(named: &[Option<&str>]) -> Vec<String> {
    let images = named.iter().flatten().filter(|text| text.contains('/'));
    images.filter_map(|text| Reference::parse(text).ok()).map(|image| image.repository.host).collect()
}

/// The hosts that the user allows, and in a GitLab pipeline its server: the registry of a GitLab server is on a host of its own.
fn realms() -> Vec<Realm> {
    let allowed = variable(REALM).unwrap_or_default();
    let hosts = allowed.split([',', ' ']).filter(|host| !host.is_empty());
    let server = variable("CI_SERVER_URL").as_deref().and_then(Server::of).map(|server| server.to_string());
    let pipeline = variable("CI_REGISTRY").zip(server);
    hosts
        .map(|host| Realm { registry: None, host: host.to_owned() })
        .chain(pipeline.map(|(registry, host)| Realm { registry: Some(registry), host }))
        .collect()
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A token of the environment goes to the registry that the environment names, else to those of images on the command line: a
/// configuration comes with a repository that may be anybody's.
fn credentials(on_command_line: Vec<String>) -> Result<Credentials, Error> {
    let secret = std::env::var_os(TOKEN).and_then(|token| Secret::new(&token.to_string_lossy()));
    if let Some(problem) = secret.as_ref().and_then(|secret| control(secret.expose())) {
        return Err(unsound(TOKEN, problem));
    }
    let given = secret.map(|secret| Given {
        hosts: variable(HOST).map_or(on_command_line, |host| vec![host]),
        // Registries that take a bare token take it from any user.
        login: Login::Basic { user: variable(USER).unwrap_or_else(|| "token".to_owned()), secret },
    });
    let named = |path: PathBuf| CredentialFile { path, is_named: true };
    let usual = |path: PathBuf| CredentialFile { path, is_named: false };
    let path = |name: &str| variable(name).map(PathBuf::from);
    if let Some(file) = path("REGISTRY_AUTH_FILE") {
        return Ok(Credentials { given, files: vec![named(file)] });
    }
    let docker = path("DOCKER_CONFIG")
        .or_else(|| path("HOME").or_else(|| path("USERPROFILE")).map(|home| home.join(".docker")));
    let podman = path("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json"));
    let files =
        docker.map(|folder| folder.join("config.json")).into_iter().chain(podman).map(usual).collect();
    Ok(Credentials { given, files })
}

/// Who runs the pipeline, else who is logged in.
fn who() -> Option<String> {
    [
        "GITHUB_ACTOR",
        "GITLAB_USER_LOGIN",
        "BITBUCKET_STEP_TRIGGERER_UUID",
        "BUILD_REQUESTEDFOR",
        "USER",
        "LOGNAME",
        "USERNAME",
    ]
    .into_iter()
    .find_map(variable)
}

/// The page of the pipeline's run.
fn run() -> Option<String> {
    if let (Some(server), Some(repository), Some(id)) =
        (variable("GITHUB_SERVER_URL"), variable("GITHUB_REPOSITORY"), variable("GITHUB_RUN_ID"))
    {
        return page(&format!("{server}/{repository}/actions/runs/{id}"));
    }
    if let (Some(repository), Some(number)) =
        (variable("BITBUCKET_REPO_FULL_NAME"), variable("BITBUCKET_BUILD_NUMBER"))
    {
        return Some(format!("https://bitbucket.org/{repository}/pipelines/results/{number}"));
    }
    page(&variable("CI_JOB_URL").or_else(|| variable("BUILD_URL"))?)
}

/// An address for the record, which others read: without a user and a password.
fn page(address: &str) -> Option<String> {
    web_address(address).map(String::from)
}
