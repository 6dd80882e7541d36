//! Checks the conditions of a promotion and plans its actions.

use bytes::Bytes;

use crate::{
    history,
    model::Version,
    registry::{Client, Descriptor, Manifest},
};

use super::{
    Error, ImageTag, NOTES, PROMOTION, Record, RecordLocation, Refusal, image_tag, newest_first,
    record::{self, previous},
    request::{DeployedImage, ImageLocation, PromotionRequest, ReferrerSelection, RunContext},
    source::{self, Source},
    versions::identity,
};

/// The suffixes of cosign's tags, for registries without a referrers API.
const COSIGN_SUFFIXES: [&str; 3] = ["sig", "att", "sbom"];

/// One action. Each is idempotent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Copy the image, or a manifest under one of cosign's tags.
    Copy {
        /// The manifest to copy.
        manifest: Manifest,
        /// The tag to set in the target.
        tag: Option<String>,
    },
    /// Copy referrers of the image.
    CopyReferrers {
        /// Those that are missing in the target.
        missing: Vec<Descriptor>,
    },
    /// Set the version tag.
    Tag(String),
    /// Attach the record to the image.
    Record(Box<Record>),
    /// Move the tag of the deployed image.
    Move(String),
}

/// The plan of a promotion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The version.
    pub version: Version,
    /// The image.
    pub manifest: Manifest,
    /// The tag by which the image was selected; `None` for a digest.
    pub source_tag: Option<String>,
    /// Whether the version is older than the deployed one.
    pub is_rollback: bool,
    /// The source.
    pub from: ImageLocation,
    /// The target.
    pub to: ImageLocation,
    /// The image that is deployed in the target.
    pub deployed: Option<DeployedImage>,
    /// Which referrers to copy.
    pub referrers: ReferrerSelection,
    /// The actions, in order; empty if everything is done.
    pub actions: Vec<Action>,
    /// The JSON of the record: of the one to write, else of the existing one.
    pub record: Option<Bytes>,
    /// Warnings for the user.
    pub warnings: Vec<String>,
}

/// Plans a promotion.
///
/// # Errors
/// If the promotion is not allowed, or a registry operation fails.
pub async fn plan(
    client: &Client,
    request: &PromotionRequest,
    options: &history::Options,
) -> Result<Plan, Error> {
    let source = source::find(client, request, options).await?;
    let to = &request.to.repository;
    let tags = newest_first(&client.tags_to_write(to).await?, options);
    let deployed = deployed_image(client, request, &tags, options).await?;
    let mut warnings: Vec<String> = source.warning.clone().into_iter().collect();
    let version = source.tag.version.clone();
    let highest = deployed
        .as_ref()
        .and_then(|deployed| deployed.version.clone())
        .or_else(|| highest_version(&request.to, &tags));
    let is_older = highest.as_ref().is_some_and(|highest| version.precedence(highest).is_lt());
    if let Some(deployed) = highest.filter(|_| is_older && !request.rollback) {
        let environment = request.to.environment.clone().unwrap_or_else(|| to.to_string());
        return Err(Refusal::Older { version, running: deployed, environment }.into());
    }
    let own_tag = image_tag(&source.tag, &request.to.suffix, options);
    let digest = &source.manifest.digest;
    let tagged = match client.digest(to, &own_tag).await? {
        Some(actual) if actual != *digest => {
            return Err(Refusal::Taken { tag: to.image(&own_tag), actual: actual.to_string() }.into());
        }
        existing => existing.is_some(),
    };
    // A version that the target already ran may no longer be in the source.
    if !(tagged && is_older) {
        source::check_ran(client, &request.from, &source, options).await?;
    }
    if request.from.environment.is_none() {
        warnings.push(format!(
            "{} is not an environment in the configuration: cannot check whether the image ran anywhere",
            request.from.repository
        ));
    }
    let mut plan = Plan {
        version,
        manifest: source.manifest.clone(),
        source_tag: source.selected_by.clone(),
        is_rollback: is_older,
        from: request.from.clone(),
        to: request.to.clone(),
        deployed,
        referrers: request.referrers,
        actions: Vec::new(),
        record: None,
        warnings,
    };
    plan.add_content(client).await?;
    plan.add_tags(client, request, &source, (own_tag, tagged), is_older).await?;
    Ok(plan)
}

impl Plan {
    /// Adds the actions that copy the image and its referrers.
    async fn add_content(&mut self, client: &Client) -> Result<(), Error> {
        let (from, to) = (&self.from.repository, &self.to.repository);
        let digest = self.manifest.digest.clone();
        if from == to {
            return Ok(());
        }
        if client.digest(to, digest.as_str()).await?.is_none() {
            self.actions.push(Action::Copy { manifest: self.manifest.clone(), tag: None });
        }
        let source = client.referrers(from, &digest).await?.all;
        let target = client.referrers(to, &digest).await?.all;
        let is_new = |one: &Descriptor| {
            self.referrers.includes(one) && !target.iter().any(|existing| existing.digest == one.digest)
        };
        let missing: Vec<Descriptor> = source.into_iter().filter(is_new).collect();
        if !missing.is_empty() {
            self.actions.push(Action::CopyReferrers { missing });
        }
        for suffix in COSIGN_SUFFIXES.iter().filter(|_| self.referrers == ReferrerSelection::All) {
            let tag = format!("{}.{suffix}", digest.referrers_tag());
            let Some(manifest) = client.manifest(from, &tag).await? else { continue };
            if client.digest(to, &tag).await?.as_ref() != Some(&manifest.digest) {
                self.actions.push(Action::Copy { manifest, tag: Some(tag) });
            }
        }
        Ok(())
    }

    /// Adds the actions that set tags and attach the record. The moving tag comes last: it completes the promotion.
    async fn add_tags(
        &mut self,
        client: &Client,
        request: &PromotionRequest,
        source: &Source,
        (own_tag, is_tagged): (String, bool),
        rollback: bool,
    ) -> Result<(), Error> {
        let digest = &self.manifest.digest;
        let to = &request.to.repository;
        if !is_tagged {
            self.actions.push(Action::Tag(own_tag.clone()));
        }
        let moves = request
            .to
            .moving
            .clone()
            .filter(|_| self.deployed.as_ref().is_none_or(|deployed| deployed.digest() != digest));
        let target = to.image(request.to.moving.as_deref().unwrap_or(&own_tag));
        if moves.is_none() && is_tagged {
            if let Some(last) = record::newest(client, to, digest, &target).await? {
                self.record = record::text_of(client, to, &last).await?;
                return Ok(());
            }
        } else if let Some(record) =
            record::interrupted(client, to, digest, &target, self.deployed.as_ref()).await?
        {
            self.record = Some(record);
            self.actions.extend(moves.map(Action::Move));
            return Ok(());
        }
        let RunContext { when, who, run } = request.context.clone();
        let record = Record {
            schema: 1,
            generator: concat!("tidings ", env!("CARGO_PKG_VERSION")),
            when,
            who,
            run,
            version: self.version.to_string(),
            digest: digest.clone(),
            from: RecordLocation {
                environment: request.from.environment.clone(),
                image: request.from.repository.to_string(),
                tags: source.version_tags.clone(),
            },
            to: RecordLocation {
                environment: request.to.environment.clone(),
                image: to.to_string(),
                tags: std::iter::once(own_tag).chain(request.to.moving.clone()).collect(),
            },
            previous: self.deployed.as_ref().filter(|deployed| deployed.digest() != digest).map(previous),
            rollback,
        };
        self.record = Some(record.text()?);
        self.actions.push(Action::Record(Box::new(record)));
        self.actions.extend(moves.map(Action::Move));
        Ok(())
    }
}

impl ReferrerSelection {
    /// Whether to copy a referrer. Promotion records belong to one environment and are never copied.
    pub(super) fn includes(self, referrer: &Descriptor) -> bool {
        match self {
            Self::Notes => referrer.artifact_type.as_deref() == Some(NOTES),
            Self::All => referrer.artifact_type.as_deref() != Some(PROMOTION),
        }
    }
}

/// The image that is deployed in the target.
async fn deployed_image(
    client: &Client,
    request: &PromotionRequest,
    tags: &[ImageTag],
    options: &history::Options,
) -> Result<Option<DeployedImage>, Error> {
    let location = &request.to;
    let Some(moving) = &location.moving else { return Ok(None) };
    let Some(manifest) = client.manifest(&location.repository, moving).await? else { return Ok(None) };
    let version = identity(client, &location.repository, &manifest, (tags, options)).await?.version;
    if version.is_none() && !request.allow_unknown {
        let repository = location.repository.to_string();
        let environment = location.environment.clone().unwrap_or(repository);
        let image = location.repository.image(moving);
        return Err(Refusal::UnknownTarget { environment, image }.into());
    }
    Ok(Some(DeployedImage { manifest, version }))
}

/// The highest version with an environment's tag.
fn highest_version(location: &ImageLocation, tags: &[ImageTag]) -> Option<Version> {
    let index = location.index?;
    tags.iter().find(|tag| tag.environment == Some(index)).map(|tag| tag.version.clone())
}
