//! The plan of a promotion as a file: both ends, pinned by digest, from the preview to the promotion.

use serde::{Deserialize, Serialize};

use crate::{
    model::Version,
    registry::{Client, Digest},
};

use super::{Error, ImagePlan, Plan, Refusal};

/// A plan as its file has it. Fields may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFile {
    /// Always 1.
    pub schema: u32,
    /// The program and version that wrote it.
    pub generator: String,
    /// When it was written, RFC 3339.
    pub when: String,
    /// The version to promote.
    pub version: String,
    /// Whether it is older than the version that runs.
    pub rollback: bool,
    /// Both ends; with several images, those of the first one.
    #[serde(flatten)]
    image: PlannedEnds,
    /// The ends of all images, if there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    images: Vec<PlannedEnds>,
}

/// Both ends of an image in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedEnds {
    /// The component of the image, if the environment has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The image to promote.
    pub from: PlannedImage,
    /// What runs in the target; without a digest if nothing does.
    pub to: PlannedImage,
}

/// One end of an image in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedImage {
    /// The environment's name, if it is one.
    pub environment: Option<String>,
    /// The image repository.
    pub image: String,
    /// The tag that pointed to the image.
    pub tag: Option<String>,
    /// Its digest.
    pub digest: Option<String>,
    /// Its version, if it has one.
    pub version: Option<String>,
}

impl PlanFile {
    /// The plan as a file; `None` if it has no images.
    #[must_use]
    pub fn new(plan: &Plan, when: String) -> Option<Self> {
        let mut images: Vec<PlannedEnds> =
            plan.images.iter().map(|image| PlannedEnds::new(image, &plan.version)).collect();
        let image = images.first().cloned()?;
        if images.len() == 1 {
            images.clear();
        }
        Some(Self {
            schema: 1,
            generator: concat!("tidings ", env!("CARGO_PKG_VERSION")).to_owned(),
            when,
            version: plan.version.to_string(),
            rollback: plan.is_rollback,
            image,
            images,
        })
    }

    /// The ends of all images; never empty.
    #[must_use]
    pub fn images(&self) -> &[PlannedEnds] {
        if self.images.is_empty() { std::slice::from_ref(&self.image) } else { &self.images }
    }

    /// Parses a plan.
    ///
    /// # Errors
    /// If it is not a plan of this version.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let plan: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        match plan.schema {
            1 => Ok(plan),
            other => Err(format!("unsupported schema {other}, expected 1")),
        }
    }

    /// The plan as indented JSON with a final newline.
    ///
    /// # Errors
    /// If serialization fails, which does not happen for valid plans.
    pub fn text(&self) -> Result<String, crate::registry::Error> {
        let text = serde_json::to_string_pretty(self).map_err(|error| crate::registry::Error::Malformed {
            what: "the plan".to_owned(),
            problem: error.to_string(),
        })?;
        Ok(text + "\n")
    }

    /// Checks that a new plan has the ends of this one: the same images, and targets where the old image or already the
    /// new one runs.
    ///
    /// # Errors
    /// If an end is another one than planned, or the registry cannot be read.
    pub async fn check(&self, client: &Client, plan: &Plan) -> Result<(), Error> {
        for image in &plan.images {
            let repository = image.to.repository.to_string();
            if let Some(planned) = self.images().iter().find(|planned| planned.to.image == repository) {
                planned.check(client, image).await?;
            }
        }
        Ok(())
    }
}

impl PlannedEnds {
    fn new(image: &ImagePlan, version: &Version) -> Self {
        let deployed = image.deployed.as_ref();
        Self {
            component: image.to.component.clone(),
            from: PlannedImage {
                environment: image.from.environment.clone(),
                image: image.from.repository.to_string(),
                tag: image.source_tag.clone(),
                digest: Some(image.manifest.digest.to_string()),
                version: Some(version.to_string()),
            },
            to: PlannedImage {
                environment: image.to.environment.clone(),
                image: image.to.repository.to_string(),
                tag: image.to.moving.clone(),
                digest: deployed.map(|deployed| deployed.digest().to_string()),
                version: deployed.and_then(|it| it.version.as_ref()).map(ToString::to_string),
            },
        }
    }

    async fn check(&self, client: &Client, image: &ImagePlan) -> Result<(), Error> {
        let planned = self.from.digest.as_deref().unwrap_or_default();
        let actual = match &self.from.tag {
            Some(tag) => client.digest(&image.from.repository, tag).await?,
            None => Some(image.manifest.digest.clone()),
        };
        let is_planned = |digest: &Digest| digest.as_str() == planned;
        if !is_planned(&image.manifest.digest) || !actual.as_ref().is_some_and(is_planned) {
            let found = actual.filter(|digest| !is_planned(digest)).unwrap_or(image.manifest.digest.clone());
            return Err(self.from.moved(planned, Some(&found)));
        }
        let deployed = image.deployed.as_ref().map(|deployed| deployed.digest());
        let is_old = deployed.map(Digest::as_str) == self.to.digest.as_deref();
        if !is_old && !deployed.is_some_and(is_planned) {
            return Err(self.to.moved(self.to.digest.as_deref().unwrap_or("nothing"), deployed));
        }
        Ok(())
    }
}

impl PlannedImage {
    /// The error for an end that is another one than planned.
    fn moved(&self, planned: &str, actual: Option<&Digest>) -> Error {
        let environment = self.environment.clone().unwrap_or_else(|| self.image.clone());
        let actual = actual.map_or_else(|| "nothing".to_owned(), ToString::to_string);
        Refusal::Moved { environment, planned: planned.to_owned(), actual }.into()
    }
}
