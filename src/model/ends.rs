//! The two ends of a deployment: what runs, and what will run.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{ObjectId, Version};

/// The two ends of a deployment, with which a comparison, a plan and a message agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ends {
    /// What runs, or ran before.
    pub from: End,
    /// What will run, or runs now.
    pub to: End,
    /// Of the versions in between, those that the environment of `from` never ran, newest first.
    pub never_ran: Vec<Version>,
    /// Whether the release has all changes between the ends; otherwise only those of its version, and others follow.
    pub covers_all: bool,
}

/// One end of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// As named by the user: an environment, version, image or revision.
    pub name: String,
    /// The environment that it is.
    pub environment: Option<String>,
    /// Its version, if it has one.
    pub version: Option<Version>,
    /// Its commit, if known.
    pub commit: Option<ObjectId>,
    /// Its images: one for each component.
    pub images: Vec<EndImage>,
    /// The date of its version.
    pub date: Option<NaiveDate>,
    /// When it was deployed, as recorded: RFC 3339.
    pub since: Option<String>,
    /// Who deployed it, as recorded.
    pub by: Option<String>,
    /// How it was found.
    pub source: EndSource,
}

/// An image of an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndImage {
    /// Its component, if the environment has several images.
    pub component: Option<String>,
    /// Its repository.
    pub repository: String,
    /// Its digest: `sha256:…`.
    pub digest: String,
    /// Its version, if it can be determined.
    pub version: Option<Version>,
}

/// How an end was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndSource {
    /// The registry has the image that runs in the environment.
    Registry,
    /// A record of a deployment in git names it.
    DeployTag,
    /// It is the highest version with a tag of the environment.
    EnvironmentTag,
    /// The record of a promotion names it.
    Record,
    /// The user named it.
    Named,
    /// Nothing is deployed to the environment.
    Nothing,
}

impl EndSource {
    /// The name in the JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::DeployTag => "deploy-tag",
            Self::EnvironmentTag => "environment-tag",
            Self::Record => "record",
            Self::Named => "named",
            Self::Nothing => "nothing",
        }
    }
}

impl End {
    /// An end about which only its name is known.
    #[must_use]
    pub const fn named(name: String, source: EndSource) -> Self {
        Self {
            name,
            environment: None,
            version: None,
            commit: None,
            images: Vec::new(),
            date: None,
            since: None,
            by: None,
            source,
        }
    }

    /// Whether nothing is deployed there yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.source == EndSource::Nothing
    }

    /// The digest of its image, if it has exactly one.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        match self.images.as_slice() {
            [only] => Some(&only.digest),
            _ => None,
        }
    }

    /// Whether its images are of different versions, as after a promotion that was not completed.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        let mut versions = self.images.iter().map(|image| &image.version);
        versions.next().is_some_and(|first| versions.any(|other| other != first))
    }

    /// The version, else the commit, else the name.
    #[must_use]
    pub fn version_text(&self) -> String {
        let commit = || self.commit.map(|commit| commit.short());
        let version = self.version.as_ref().map(ToString::to_string);
        version.or_else(commit).unwrap_or_else(|| self.name.clone())
    }
}

impl Ends {
    /// Whether both are the same images, or without images the same version or commit.
    #[must_use]
    pub fn are_same(&self) -> bool {
        let (from, to) = (&self.from, &self.to);
        if from.is_empty() {
            return false;
        }
        let digests =
            |end: &End| end.images.iter().map(|image| image.digest.clone()).collect::<BTreeSet<_>>();
        if !from.images.is_empty() && !to.images.is_empty() {
            return digests(from) == digests(to);
        }
        match (&from.version, &to.version) {
            (Some(one), Some(other)) => one == other,
            _ => from.commit.is_some() && from.commit == to.commit,
        }
    }

    /// The environment that the deployment changes.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.from.environment.as_deref()
    }
}
