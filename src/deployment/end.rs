//! An end of a deployment, and both together.

use crate::{
    history::VersionTag,
    model::{End, EndSource, Version},
};

use super::Image;

/// An end of a deployment.
#[derive(Debug, Clone)]
pub struct DeploymentEnd {
    /// What is known of it.
    pub facts: End,
    /// The images that it is, or that run in the environment.
    pub images: Vec<Image>,
    /// The git revision that it is, if it is not found by its name or image.
    pub revision: Option<String>,
}

/// Both ends of a deployment.
#[derive(Debug, Clone)]
pub struct DeploymentEnds {
    /// What runs, or ran before.
    pub from: DeploymentEnd,
    /// What will run, or runs now.
    pub to: DeploymentEnd,
}

impl DeploymentEnd {
    /// An end that the repository or a registry has to find by its name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let facts = End::named(name.to_owned(), EndSource::Named);
        Self { facts, images: Vec::new(), revision: None }
    }

    /// An environment to which nothing is deployed yet.
    #[must_use]
    pub fn nothing(environment: &str) -> Self {
        let facts = End::named(environment.to_owned(), EndSource::Nothing);
        let facts = End { environment: Some(environment.to_owned()), ..facts };
        Self { facts, images: Vec::new(), revision: None }
    }

    /// A tagged version that runs, or ran, in an environment.
    #[must_use]
    pub fn tagged(environment: &str, entry: &VersionTag, source: EndSource) -> Self {
        let facts = End {
            environment: Some(environment.to_owned()),
            version: Some(entry.version.clone()),
            commit: Some(entry.tag.commit),
            ..End::named(environment.to_owned(), source)
        };
        Self { facts, images: Vec::new(), revision: Some(entry.tag.name.clone()) }
    }

    /// Images, which may be those that run in an environment. If their versions differ, the lowest counts: all images
    /// have its changes.
    #[must_use]
    pub fn of_images(name: &str, environment: Option<&str>, images: Vec<Image>) -> Self {
        let source = if environment.is_some() { EndSource::Registry } else { EndSource::Named };
        let facts = End {
            environment: environment.map(str::to_owned),
            version: images.iter().filter_map(|image| image.version.clone()).min(),
            images: images.iter().map(Image::facts).collect(),
            ..End::named(name.to_owned(), source)
        };
        Self { facts, images, revision: None }
    }

    /// The same end, unreleased changes, as this version.
    #[must_use]
    pub fn with_version(mut self, version: Version) -> Self {
        self.facts.version = Some(version);
        self
    }

    /// The name, as given by the user.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.facts.name
    }

    /// Whether nothing is deployed there yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }
}
