//! How registries are spoken to, which environments have images, and who promotes.

use std::path::{Path, PathBuf};

use crate::{
    cli::args::{Access, Global},
    config::Config,
    error::Error,
    git::Repository,
    history::{self, Prereleases, TagPattern},
    http::{self, Secret},
    model::Scheme,
    promote::{Circumstances, Place},
    registry::{Client, CredentialFile, Credentials, Given, Login, Options, Reference},
    ui::Ui,
};

use super::{Host, Rendering, Sets, lines, rendering};

/// The variable with the host of the registry that the next two are for.
pub(super) const HOST: &str = "TIDINGS_REGISTRY_HOST";
/// The variable with the user of registries.
pub(super) const USER: &str = "TIDINGS_REGISTRY_USER";
/// The variable with the password or token of registries.
pub(super) const TOKEN: &str = "TIDINGS_REGISTRY_TOKEN";

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
}

/// Resolves what commands on images need to know. `named` is what the command line may name images with.
///
/// # Errors
/// When the configuration cannot be read or makes no sense, or TLS cannot be set up.
pub fn registries(
    global: &Global,
    host: &Host,
    access: &Access,
    named: &[Option<&str>],
) -> Result<Registries, Error> {
    let folder = global.repo.as_deref().unwrap_or(&host.cwd);
    let repository = Repository::open(folder).ok();
    let root = repository.as_ref().map_or(folder, |found| found.work_tree().unwrap_or_else(|| found.path()));
    let (config, config_path, warnings) = super::configuration(global, host, root)?;
    let ui = super::ui(global, host);
    let tags = reading(&config, global.package.as_deref(), root)?;
    Ok(Registries {
        client: Client::new(web(global, host, &config, access, root)?, options(&config, access, named)),
        environments: environments(&config, global.package.as_deref())?,
        rendering: rendering::rendering(&config, root, &ui, host)?.within(global),
        circumstances: Circumstances { when: host.stamp(), who: who(), run: run() },
        tags,
        ui,
        config_path,
        warnings,
    })
}

/// Tags of images are read as those of the one line of versions, else as `v1.2.0`.
fn reading(config: &Config, package: Option<&str>, root: &Path) -> Result<history::Options, Error> {
    let mut lines = lines::lines(config, package, root, &mut Sets::default())?;
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
    global: &Global,
    host: &Host,
    config: &Config,
    access: &Access,
    root: &Path,
) -> Result<http::Client, Error> {
    let usual = super::forge::servers(global, host, &config.network, root)?;
    Ok(http::Client::new(http::Options {
        max_bytes: LARGEST,
        ca_file: access.ca_file.clone().or(usual.ca_file),
        // What a tag stands on is worth nothing when it is old, and a recording cannot hold an image.
        cache: None,
        recording: None,
        ..usual
    })?)
}

fn options(config: &Config, access: &Access, named: &[Option<&str>]) -> Options {
    Options {
        credentials: credentials(named),
        plain_http: config.registry.plain_http.clone(),
        all_plain: access.plain_http,
    }
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A token of the environment goes to the registry that the environment names, else to those of images on the command line: a
/// configuration comes with a repository that may be anybody's.
fn credentials(images: &[Option<&str>]) -> Credentials {
    let secret = variable(TOKEN).as_deref().and_then(Secret::new);
    let hosts = || match variable(HOST) {
        Some(host) => vec![host],
        None => {
            let named = images.iter().flatten().filter_map(|text| Reference::parse(text).ok());
            named.map(|image| image.repository.host).collect()
        }
    };
    let given = secret.map(|secret| Given {
        hosts: hosts(),
        // Registries that take a bare token take it from any user.
        login: Login::Basic { user: variable(USER).unwrap_or_else(|| "token".to_owned()), secret },
    });
    let named = |path: PathBuf| CredentialFile { path, is_named: true };
    let usual = |path: PathBuf| CredentialFile { path, is_named: false };
    let path = |name: &str| variable(name).map(PathBuf::from);
    if let Some(file) = path("REGISTRY_AUTH_FILE") {
        return Credentials { given, files: vec![named(file)] };
    }
    let docker = path("DOCKER_CONFIG")
        .or_else(|| path("HOME").or_else(|| path("USERPROFILE")).map(|home| home.join(".docker")));
    let podman = path("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json"));
    let files =
        docker.map(|folder| folder.join("config.json")).into_iter().chain(podman).map(usual).collect();
    Credentials { given, files }
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
        return Some(format!("{server}/{repository}/actions/runs/{id}"));
    }
    if let (Some(repository), Some(number)) =
        (variable("BITBUCKET_REPO_FULL_NAME"), variable("BITBUCKET_BUILD_NUMBER"))
    {
        return Some(format!("https://bitbucket.org/{repository}/pipelines/results/{number}"));
    }
    variable("CI_JOB_URL").or_else(|| variable("BUILD_URL"))
}
