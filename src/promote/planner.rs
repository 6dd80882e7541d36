//! Checks the conditions of a promotion and plans its actions.

use crate::{
    history,
    registry::{Client, Descriptor},
};

use super::{
    Action, Error, ImagePlan, NOTES, PROMOTION, Plan, image_tag, record_plan,
    request::{ImagePair, PromotionRequest, ReferrerSelection},
    source::{self, Source},
    target,
};

/// The suffixes of cosign's tags, for registries without a referrers API.
const COSIGN_SUFFIXES: [&str; 3] = ["sig", "att", "sbom"];

/// Plans a promotion. All images are checked before any action.
///
/// # Errors
/// If the promotion is not allowed, or a registry operation fails.
pub async fn plan(
    client: &Client,
    request: &PromotionRequest,
    options: &history::Options,
) -> Result<Plan, Error> {
    let sources = source::find_all(client, request, options).await?;
    let version = sources.version.clone();
    let mut plan = Plan {
        version,
        is_rollback: false,
        images: Vec::new(),
        referrers: request.referrers,
        record: None,
        warnings: sources.all.iter().filter_map(|source| source.warning.clone()).collect(),
    };
    let mut targets = Vec::new();
    for (pair, source) in request.pairs.iter().zip(&sources.all) {
        targets.push(plan.add_image(client, request, (pair, source), options).await?);
    }
    record_plan::add(client, &mut plan, request, (&sources.all, &targets)).await?;
    Ok(plan)
}

impl Plan {
    /// Checks one image, and adds the actions that copy and tag it.
    async fn add_image(
        &mut self,
        client: &Client,
        request: &PromotionRequest,
        (pair, source): (&ImagePair, &Source),
        options: &history::Options,
    ) -> Result<target::State, Error> {
        let own_tag = image_tag(&source.tag, &pair.to.suffix, options);
        let state = target::read(client, request, (pair, source), (own_tag, options)).await?;
        // A version that the target already ran may no longer be in the source.
        if !(state.is_tagged && state.is_older) {
            source::check_ran(client, &pair.from, source, options).await?;
        }
        if pair.from.environment.is_none() {
            self.warnings.push(format!(
                "{} is not an environment in the configuration: cannot check whether the image ran anywhere",
                pair.from.repository
            ));
        }
        self.is_rollback |= state.is_older;
        let mut image = ImagePlan {
            manifest: source.manifest.clone(),
            source_tag: source.selected_by.clone(),
            from: pair.from.clone(),
            to: pair.to.clone(),
            deployed: state.deployed.clone(),
            actions: Vec::new(),
        };
        image.add_content(client, self.referrers).await?;
        if !state.is_tagged {
            image.actions.push(Action::Tag(state.own_tag.clone()));
        }
        self.images.push(image);
        Ok(state)
    }
}

impl ImagePlan {
    /// Adds the actions that copy the image and its referrers.
    async fn add_content(&mut self, client: &Client, referrers: ReferrerSelection) -> Result<(), Error> {
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
            referrers.includes(one) && !target.iter().any(|existing| existing.digest == one.digest)
        };
        let missing: Vec<Descriptor> = source.into_iter().filter(is_new).collect();
        if !missing.is_empty() {
            self.actions.push(Action::CopyReferrers { missing });
        }
        for suffix in COSIGN_SUFFIXES.iter().filter(|_| referrers == ReferrerSelection::All) {
            let tag = format!("{}.{suffix}", digest.referrers_tag());
            let Some(manifest) = client.manifest(from, &tag).await? else { continue };
            if client.digest(to, &tag).await?.as_ref() != Some(&manifest.digest) {
                self.actions.push(Action::Copy { manifest, tag: Some(tag) });
            }
        }
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
