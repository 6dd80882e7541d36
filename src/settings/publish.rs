//! Resolves how a version is published, and the files for later pipeline steps.

use std::path::PathBuf;

use crate::{
    config::{Config, Rollback, Switch},
    error::Error,
    publish::{Latest, Mode},
    render::Template,
};

use super::{Process, text_files::TextFiles};

/// The default label of released pull requests and issues.
const LABEL: &str = "released";
/// The value of `body_from` for the project's changelog.
const CHANGELOG: &str = "changelog";

/// The settings of releases on a forge.
pub struct PublishSettings {
    /// The environment that the publication deploys to, if configured.
    pub environment: Option<String>,
    /// The title with placeholders, if configured.
    pub title: Option<String>,
    /// The template of the body, if configured.
    pub template: Option<Template>,
    /// Where the body is taken from instead of being rendered, if configured.
    pub body_from: Option<BodySource>,
    /// How an existing body is changed.
    pub mode: Mode,
    /// Whether the release stays a draft.
    pub draft: bool,
    /// Whether the release is marked as a pre-release; `None`: as the version.
    pub prerelease: Option<bool>,
    /// Whether the release becomes the latest.
    pub latest: Latest,
    /// The category of the discussion to open.
    pub discussion: Option<String>,
    /// The files to attach.
    pub attach: Vec<PathBuf>,
    /// Whether the user has configured them, and not the repository.
    pub is_attach_set_by_user: bool,
    /// Whether to attach the notes in their JSON form.
    pub attach_json: bool,
    /// Whether to comment on released pull requests and issues.
    pub announce: bool,
    /// Whether to comment on pull requests of bots, too.
    pub announce_bots: bool,
    /// The label for released pull requests and issues.
    pub label: Option<String>,
    /// How the deployment of a rollback starts.
    pub rollback: Rollback,
}

/// A file that the body of a release is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodySource {
    /// The project's changelog.
    Changelog,
    /// A file of the repository.
    Project(PathBuf),
    /// A file of the user; `-` is stdin.
    User(PathBuf),
}

impl BodySource {
    /// The source that a user names: `changelog`, or a path.
    #[must_use]
    pub fn of_user(text: &str) -> Self {
        if text == CHANGELOG { Self::Changelog } else { Self::User(PathBuf::from(text)) }
    }
}

/// The files that GitHub Actions reads after a step.
#[derive(Debug, Clone, Default)]
pub struct PipelineFiles {
    /// `$GITHUB_OUTPUT`.
    pub output: Option<PathBuf>,
    /// `$GITHUB_STEP_SUMMARY`.
    pub summary: Option<PathBuf>,
}

/// Resolves the settings of publishing.
pub(super) fn publish(config: &Config, texts: &TextFiles<'_>) -> Result<PublishSettings, Error> {
    let publish = &config.publish;
    let label = publish.label.clone().unwrap_or_else(|| LABEL.to_owned());
    Ok(PublishSettings {
        environment: publish.environment.clone(),
        title: publish.title.clone(),
        template: publish
            .template
            .as_deref()
            .map(|path| texts.template("publish.template", path))
            .transpose()?,
        body_from: body_from(publish.body_from.as_deref(), texts)?,
        mode: publish.mode.unwrap_or_default(),
        draft: publish.draft.unwrap_or(false),
        prerelease: switch(publish.prerelease),
        latest: latest(switch(publish.latest)),
        discussion: publish.discussion.clone(),
        attach: publish.attach.iter().map(|path| texts.root.join(path)).collect(),
        is_attach_set_by_user: texts.origins.is_set_by_user("publish.attach"),
        attach_json: publish.attach_json.unwrap_or(false),
        announce: publish.announce.unwrap_or(false),
        announce_bots: publish.announce_bots.unwrap_or(true),
        label: Some(label).filter(|label| !label.trim().is_empty()),
        rollback: publish.rollback.clone().unwrap_or_default(),
    })
}

/// The configured source of the body. A file of the user is relative to the root of the repository, as in all keys.
fn body_from(path: Option<&str>, texts: &TextFiles<'_>) -> Result<Option<BodySource>, Error> {
    let Some(path) = path else { return Ok(None) };
    let source = match BodySource::of_user(path) {
        BodySource::User(_) if path == "-" => {
            let hint = "use --body-from - to read it in one run";
            return Err(Error::usage("`publish.body_from` cannot be stdin", Some(hint)));
        }
        BodySource::User(_) if !texts.origins.is_set_by_user("publish.body_from") => {
            BodySource::Project(PathBuf::from(path))
        }
        BodySource::User(path) => BodySource::User(texts.root.join(path)),
        source => source,
    };
    Ok(Some(source))
}

pub(super) fn pipeline_files(process: &Process) -> PipelineFiles {
    let path = |name| process.pipeline(name).map(PathBuf::from);
    PipelineFiles { output: path("GITHUB_OUTPUT"), summary: path("GITHUB_STEP_SUMMARY") }
}

/// The value of `--latest auto|true|false`.
#[must_use]
pub fn latest(choice: Option<bool>) -> Latest {
    match choice {
        None => Latest::Auto,
        Some(true) => Latest::Yes,
        Some(false) => Latest::No,
    }
}

fn switch(choice: Option<Switch>) -> Option<bool> {
    match choice? {
        Switch::Auto => None,
        Switch::True => Some(true),
        Switch::False => Some(false),
    }
}
