//! Resolves how a version is published, and the files for later pipeline steps.

use std::path::PathBuf;

use crate::{
    config::{Config, Switch},
    error::Error,
    publish::{Latest, Mode},
    render::Template,
};

use super::{Process, text_files::TextFiles};

/// The default label of released pull requests and issues.
const LABEL: &str = "released";

/// The settings of releases on a forge.
pub struct PublishSettings {
    /// The environment that the publication deploys to, if configured.
    pub environment: Option<String>,
    /// The title with placeholders, if configured.
    pub title: Option<String>,
    /// The template of the body, if configured.
    pub template: Option<Template>,
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
    })
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
