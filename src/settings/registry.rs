//! Resolves the registry client, the environments that have images, and who promotes.

use std::path::{Path, PathBuf};

use crate::{
    config::Config,
    error::Error,
    files::ProjectFiles,
    forge::{Server, web_url},
    git::Repository,
    history::{self, Prereleases, TagPattern},
    http::{self, Secret},
    model::{PathSets, Scheme},
    promote::{EnvironmentImages, RunContext},
    registry::{Client, CredentialFile, Credentials, ExplicitCredentials, Login, Options, Realm, Reference},
    rules::section_order,
    ui::Ui,
};

use super::{
    configuration::configuration,
    environment_images::environment_images,
    forge::http_options,
    hosts::Hosts,
    line_selection::LineSelection,
    lines,
    origin::Configured,
    overrides::Overrides,
    pathspec::WorkingFolder,
    process::Process,
    registry_env::{HOST, REALM, TOKEN, USER},
    rendering::{self, Rendering},
    secrets,
    terminal::ui,
    text_files::TextFiles,
    tokens::{control_character, invalid_token},
};

/// The maximum size of a response of a registry (a manifest or a page of a list), in bytes.
const RESPONSE_BYTES: usize = 32 << 20;

/// The settings of image commands, which also run outside a git repository.
pub struct Registries {
    /// The output.
    pub ui: Ui,
    /// The registry client.
    pub client: Client,
    /// How image tags are parsed as versions.
    pub tags: history::Options,
    /// The environments with images, in order of promotion.
    pub environments: Vec<EnvironmentImages>,
    /// The IDs of the sections in the order they are shown.
    pub sections: Vec<String>,
    /// How notes are rendered.
    pub rendering: Rendering,
    /// Who promotes, when, and in which pipeline run.
    pub circumstances: RunContext,
    /// The configuration file, if there is one.
    pub config_path: Option<PathBuf>,
    /// Warnings about the configuration, one sentence each.
    pub warnings: Vec<String>,
    /// The files of the project.
    pub files: ProjectFiles,
}

/// Resolves the settings of image commands. `named` holds the arguments that may be image references.
///
/// # Errors
/// If the configuration cannot be read or is invalid, or the HTTP client cannot be created.
pub fn registries(
    overrides: &Overrides,
    process: &Process,
    named: &[Option<&str>],
) -> Result<Registries, Error> {
    let folder = overrides.repo.as_deref().unwrap_or(&process.cwd);
    let repository = Repository::of_run(overrides.repo.as_deref(), &process.git, &process.cwd).ok();
    repository.iter().for_each(|repository| secrets::of_repository(&process.secrets, repository));
    let root = repository.as_ref().map_or(folder, |found| found.work_tree().unwrap_or_else(|| found.path()));
    let Configured { config, path: config_path, mut warnings, origins, files, .. } =
        configuration(overrides, process, root, repository.as_ref())?;
    let texts = TextFiles { files: &files, origins: &origins, root };
    let ui = ui(overrides, process);
    let here = WorkingFolder::new(root, &process.cwd, overrides.repo.is_some());
    let selection = lines::selection(&config, overrides, &here)?;
    let tags = tag_options(&config, selection, root)?;
    let hosts = Hosts::read(process, (&config, &origins), repository.as_ref().map(|_| root), &mut warnings)?;
    let package = selection.index().and_then(|index| config.packages.get(index));
    let environments = environment_images(&config, package.map(|package| package.name.as_str()))?;
    let mut http = registry_http(overrides, process, &config, &files)?;
    let on_command_line = registry_hosts(named);
    let images = environments.iter().flat_map(|environment| &environment.images);
    let environment_hosts = images.map(|it| it.repository.host.as_str());
    http.ca_file = http
        .ca_file
        .or_else(|| hosts.ca_file(environment_hosts.chain(on_command_line.iter().map(String::as_str))));
    let mut options = options(&config, overrides, on_command_line)?;
    let mut plain = hosts.plain_registries();
    if origins.is_set_by_user("registry.plain_http") {
        plain.extend(config.registry.plain_http.iter().cloned());
    }
    options.plain_http.extend(plain.iter().cloned());
    options.plain_credentials = plain;
    let realms = hosts.realms().into_iter();
    options.realms.extend(realms.map(|(registry, host)| Realm { registry: Some(registry), host }));
    Ok(Registries {
        client: Client::new(http::Client::new(http)?, options),
        environments,
        sections: section_order(config.sections.clone())?,
        rendering: rendering::rendering(&config, &texts, &ui, (overrides, process))?,
        circumstances: RunContext { when: process.stamp(), who: who(), run: run() },
        tags,
        ui,
        config_path,
        warnings,
        files,
    })
}

/// Image tags are parsed like the git tags of the line of versions; with several lines, as `v1.2.0`.
fn tag_options(config: &Config, selection: LineSelection, root: &Path) -> Result<history::Options, Error> {
    let mut lines = lines::lines(config, root, &mut PathSets::default())?;
    if let Some(index) = selection.index().filter(|index| *index < lines.len()) {
        return Ok(lines.swap_remove(index).history);
    }
    if lines.len() > 1 {
        return Ok(history::Options {
            pattern: TagPattern::Plain,
            scheme: Scheme::SemVer,
            environments: lines::environments(config),
            deploy_tags: lines::deploy_tags(config)?,
            prereleases: Prereleases::Collapse,
            maintenance: None,
        });
    }
    Ok(lines.pop().map(|line| line.history).unwrap_or_default())
}

fn registry_http(
    overrides: &Overrides,
    process: &Process,
    config: &Config,
    files: &ProjectFiles,
) -> Result<http::Options, Error> {
    let defaults = http_options(overrides, process, &config.network, files)?;
    Ok(http::Options {
        max_bytes: RESPONSE_BYTES,
        ca_file: overrides.ca_file.clone().or(defaults.ca_file),
        // Tags move, so cached responses would be wrong; and a recording cannot hold an image.
        cache: None,
        recording: None,
        ..defaults
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

/// The registries of image references on the command line. An argument without a slash is a version or an environment.
fn registry_hosts(named: &[Option<&str>]) -> Vec<String> {
    let images = named.iter().flatten().filter(|text| text.contains('/'));
    images.filter_map(|text| Reference::parse(text).ok()).map(|image| image.repository.host).collect()
}

/// The realms that the user allows. In a GitLab pipeline also the GitLab server, because its registry may be on another
/// host.
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

/// A variable, if it is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The credentials. The token of the environment is for the registry named by the environment, or else for those of
/// images on the command line; never for one from the configuration, which may not be trusted.
///
/// # Errors
/// If the token contains a control character.
fn credentials(on_command_line: Vec<String>) -> Result<Credentials, Error> {
    let secret = std::env::var_os(TOKEN).and_then(|token| Secret::new(&token.to_string_lossy()));
    if let Some(problem) = secret.as_ref().and_then(|secret| control_character(secret.expose())) {
        return Err(invalid_token(TOKEN, problem));
    }
    let explicit = secret.map(|secret| ExplicitCredentials {
        hosts: variable(HOST).map_or(on_command_line, |host| vec![host]),
        // Registries that accept a bare token ignore the user name.
        login: Login::Basic { user: variable(USER).unwrap_or_else(|| "token".to_owned()), secret },
    });
    let named = |path: PathBuf| CredentialFile { path, is_required: true };
    let default = |path: PathBuf| CredentialFile { path, is_required: false };
    let path = |name: &str| variable(name).map(PathBuf::from);
    if let Some(file) = path("REGISTRY_AUTH_FILE") {
        return Ok(Credentials { explicit, files: vec![named(file)] });
    }
    let docker = path("DOCKER_CONFIG")
        .or_else(|| path("HOME").or_else(|| path("USERPROFILE")).map(|home| home.join(".docker")));
    let podman = path("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json"));
    let files =
        docker.map(|folder| folder.join("config.json")).into_iter().chain(podman).map(default).collect();
    Ok(Credentials { explicit, files })
}

/// The user who runs the pipeline, or else the user of the operating system.
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

/// The URL of the pipeline run.
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

/// A URL without user and password, because the record is public.
fn page(address: &str) -> Option<String> {
    web_url(address).map(String::from)
}
