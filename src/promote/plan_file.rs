//! The plan of a promotion as a file: both ends, pinned by digest, from the preview to the promotion.

use serde::{Deserialize, Serialize};

use crate::registry::{Client, Digest};

use super::{Error, Plan, Refusal};

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
    /// The image to promote.
    pub from: PlannedImage,
    /// What runs in the target; without a digest if nothing does.
    pub to: PlannedImage,
}

/// An end of a planned promotion.
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
    /// The plan as a file.
    #[must_use]
    pub fn new(plan: &Plan, when: String) -> Self {
        let deployed = plan.deployed.as_ref();
        Self {
            schema: 1,
            generator: concat!("tidings ", env!("CARGO_PKG_VERSION")).to_owned(),
            when,
            version: plan.version.to_string(),
            rollback: plan.is_rollback,
            from: PlannedImage {
                environment: plan.from.environment.clone(),
                image: plan.from.repository.to_string(),
                tag: plan.source_tag.clone(),
                digest: Some(plan.manifest.digest.to_string()),
                version: Some(plan.version.to_string()),
            },
            to: PlannedImage {
                environment: plan.to.environment.clone(),
                image: plan.to.repository.to_string(),
                tag: plan.to.moving.clone(),
                digest: deployed.map(|deployed| deployed.digest().to_string()),
                version: deployed.and_then(|it| it.version.as_ref()).map(ToString::to_string),
            },
        }
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

    /// Checks that a new plan has the ends of this one: the same image, and a target where the old image or already the
    /// new one runs.
    ///
    /// # Errors
    /// If an end is another one than planned, or the registry cannot be read.
    pub async fn check(&self, client: &Client, plan: &Plan) -> Result<(), Error> {
        let planned = self.from.digest.as_deref().unwrap_or_default();
        let actual = match &self.from.tag {
            Some(tag) => client.digest(&plan.from.repository, tag).await?,
            None => Some(plan.manifest.digest.clone()),
        };
        let is_planned = |digest: &Digest| digest.as_str() == planned;
        if !is_planned(&plan.manifest.digest) || !actual.as_ref().is_some_and(is_planned) {
            let environment = self.from.environment.clone().unwrap_or_else(|| self.from.image.clone());
            let found = actual.filter(|digest| !is_planned(digest)).unwrap_or(plan.manifest.digest.clone());
            return Err(moved(environment, planned, Some(&found)));
        }
        let deployed = plan.deployed.as_ref().map(|deployed| deployed.digest());
        let is_old = deployed.map(Digest::as_str) == self.to.digest.as_deref();
        if !is_old && !deployed.is_some_and(is_planned) {
            let environment = self.to.environment.clone().unwrap_or_else(|| self.to.image.clone());
            return Err(moved(environment, self.to.digest.as_deref().unwrap_or("nothing"), deployed));
        }
        Ok(())
    }
}

fn moved(environment: String, planned: &str, actual: Option<&Digest>) -> Error {
    let actual = actual.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    Refusal::Moved { environment, planned: planned.to_owned(), actual }.into()
}
