//! How a version is published, and the files through which a pipeline's next steps hear of it.

use std::path::PathBuf;

use crate::{
    config::{Config, Switch},
    error::Error,
    publish::{Latest, Mode},
    render::Template,
};

use super::{Host, texts::Texts};

/// The label of what is released.
const LABEL: &str = "released";

/// What the configuration says about releases on a forge.
pub struct PublishSettings {
    /// The title with its placeholders, where one is set.
    pub title: Option<String>,
    /// The template of the body, where one is set.
    pub template: Option<Template>,
    /// What becomes of a body that is there.
    pub mode: Mode,
    /// Whether a release stays a draft.
    pub draft: bool,
    /// Whether it is marked as a pre-release, where the version does not say.
    pub prerelease: Option<bool>,
    /// Whether it becomes the latest.
    pub latest: Latest,
    /// The category of the discussion that is opened.
    pub discussion: Option<String>,
    /// The files to attach.
    pub attach: Vec<PathBuf>,
    /// Whether the user names them, and not the repository.
    pub attach_is_users: bool,
    /// Whether the notes are attached in their JSON form.
    pub attach_json: bool,
    /// Whether pull requests and issues are told.
    pub announce: bool,
    /// Whether pull requests of bots are told too.
    pub announce_bots: bool,
    /// The label that they get.
    pub label: Option<String>,
}

/// The files that GitHub Actions reads when a step has ended.
#[derive(Debug, Clone, Default)]
pub struct PipelineFiles {
    /// `$GITHUB_OUTPUT`.
    pub output: Option<PathBuf>,
    /// `$GITHUB_STEP_SUMMARY`.
    pub summary: Option<PathBuf>,
}

/// Resolves what is said about publishing.
pub(super) fn publish(config: &Config, texts: &Texts<'_>) -> Result<PublishSettings, Error> {
    let said = &config.publish;
    let label = said.label.clone().unwrap_or_else(|| LABEL.to_owned());
    Ok(PublishSettings {
        title: said.title.clone(),
        template: said
            .template
            .as_deref()
            .map(|path| texts.template("publish.template", path))
            .transpose()?,
        mode: said.mode.unwrap_or_default(),
        draft: said.draft.unwrap_or(false),
        prerelease: switch(said.prerelease),
        latest: latest(switch(said.latest)),
        discussion: said.discussion.clone(),
        attach: said.attach.iter().map(|path| texts.root.join(path)).collect(),
        attach_is_users: texts.origins.is_users("publish.attach"),
        attach_json: said.attach_json.unwrap_or(false),
        announce: said.announce.unwrap_or(false),
        announce_bots: said.announce_bots.unwrap_or(true),
        label: Some(label).filter(|label| !label.trim().is_empty()),
    })
}

pub(super) fn pipeline_files(host: &Host) -> PipelineFiles {
    let path = |name| host.pipeline(name).map(PathBuf::from);
    PipelineFiles { output: path("GITHUB_OUTPUT"), summary: path("GITHUB_STEP_SUMMARY") }
}

/// `--latest auto|true|false` as what it means.
#[must_use]
pub fn latest(said: Option<bool>) -> Latest {
    match said {
        None => Latest::Auto,
        Some(true) => Latest::Yes,
        Some(false) => Latest::No,
    }
}

fn switch(said: Option<Switch>) -> Option<bool> {
    match said? {
        Switch::Auto => None,
        Switch::True => Some(true),
        Switch::False => Some(false),
    }
}
