//! What a promotion will do, after all that can be checked was checked.

use bytes::Bytes;

use crate::{
    history,
    model::Version,
    registry::{Client, Descriptor, Manifest},
};

use super::{
    End, Error, ImageTag, NOTES, PROMOTION, Record, Refusal, image_tag, newest_first,
    record::{self, previous},
    source::{self, Source},
    versions::{labels, version_at},
    wish::{Carried, Circumstances, Place, Running, Wish},
};

/// The tags that cosign puts beside an image where a registry keeps no list of referrers.
const COSIGN: [&str; 3] = ["sig", "att", "sbom"];

/// One thing to do. Each may be done twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Bring the image, or something that stands under a tag beside it, and set the tag if one is named.
    Copy {
        /// What.
        manifest: Manifest,
        /// The tag that it keeps.
        tag: Option<String>,
    },
    /// Bring what refers to it.
    Carry {
        /// What is not there yet.
        missing: Vec<Descriptor>,
    },
    /// Set the tag of the version.
    Tag(String),
    /// Write the record down, beside the image.
    Record(Box<Record>),
    /// Move the tag on what runs.
    Move(String),
}

/// A promotion, ready to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The version.
    pub version: Version,
    /// The image.
    pub manifest: Manifest,
    /// Where from.
    pub from: Place,
    /// Where to.
    pub to: Place,
    /// What runs there now.
    pub running: Option<Running>,
    /// What goes with the image.
    pub carried: Carried,
    /// What there is to do, in this order; nothing where all is done.
    pub actions: Vec<Action>,
    /// The text of the record: of the one that will be written, else of the one that is there.
    pub record: Option<Bytes>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// Makes the plan.
///
/// # Errors
/// When the image must not go on, or a registry cannot be asked.
pub async fn plan(client: &Client, wish: &Wish, options: &history::Options) -> Result<Plan, Error> {
    let source = source::find(client, wish, options).await?;
    let to = &wish.to.repository;
    let tags = newest_first(&client.tags_to_write(to).await?, options);
    let (running, mut warnings) = running(client, &wish.to, &tags, options).await?;
    let version = source.tag.version.clone();
    let highest = running
        .as_ref()
        .and_then(|running| running.version.clone())
        .or_else(|| in_environment(&wish.to, &tags));
    let is_older = highest.as_ref().is_some_and(|highest| version.precedence(highest).is_lt());
    if let Some(running) = highest.filter(|_| is_older && !wish.rollback) {
        let environment = wish.to.environment.clone().unwrap_or_else(|| to.to_string());
        return Err(Refusal::Older { version, running, environment }.into());
    }
    let own_tag = image_tag(&source.tag, &wish.to.suffix, options);
    let digest = &source.manifest.digest;
    let tagged = match client.digest(to, &own_tag).await? {
        Some(found) if found != *digest => {
            return Err(Refusal::Taken { tag: to.image(&own_tag), found: found.to_string() }.into());
        }
        found => found.is_some(),
    };
    // What ran there before need not be where it came from any more.
    if !(tagged && is_older) {
        source::has_run(client, &wish.from, &source, options).await?;
    }
    if wish.from.environment.is_none() {
        warnings.push(format!(
            "{} is no environment of the configuration: whether the image ran anywhere is not known",
            wish.from.repository
        ));
    }
    let mut plan = Plan {
        version,
        manifest: source.manifest.clone(),
        from: wish.from.clone(),
        to: wish.to.clone(),
        running,
        carried: wish.carried,
        actions: Vec::new(),
        record: None,
        warnings,
    };
    plan.content(client).await?;
    plan.tags(client, wish, &source, (own_tag, tagged), is_older).await?;
    Ok(plan)
}

impl Plan {
    /// The image and what goes with it.
    async fn content(&mut self, client: &Client) -> Result<(), Error> {
        let (from, to) = (&self.from.repository, &self.to.repository);
        let digest = self.manifest.digest.clone();
        if from == to {
            return Ok(());
        }
        if client.digest(to, digest.as_str()).await?.is_none() {
            self.actions.push(Action::Copy { manifest: self.manifest.clone(), tag: None });
        }
        let here = client.referrers(from, &digest).await?.all;
        let there = client.referrers(to, &digest).await?.all;
        let is_new = |one: &Descriptor| {
            self.carried.wants(one) && !there.iter().any(|known| known.digest == one.digest)
        };
        let missing: Vec<Descriptor> = here.into_iter().filter(is_new).collect();
        if !missing.is_empty() {
            self.actions.push(Action::Carry { missing });
        }
        for end in COSIGN.iter().filter(|_| self.carried == Carried::All) {
            let tag = format!("{}.{end}", digest.referrers_tag());
            let Some(manifest) = client.manifest(from, &tag).await? else { continue };
            if client.digest(to, &tag).await?.as_ref() != Some(&manifest.digest) {
                self.actions.push(Action::Copy { manifest, tag: Some(tag) });
            }
        }
        Ok(())
    }

    /// The tags and the record. The moving tag comes last: it is what makes the promotion.
    async fn tags(
        &mut self,
        client: &Client,
        wish: &Wish,
        source: &Source,
        (own_tag, is_tagged): (String, bool),
        rollback: bool,
    ) -> Result<(), Error> {
        let digest = &self.manifest.digest;
        let to = &wish.to.repository;
        if !is_tagged {
            self.actions.push(Action::Tag(own_tag.clone()));
        }
        let moves = wish
            .to
            .moving
            .clone()
            .filter(|_| self.running.as_ref().is_none_or(|running| running.digest != *digest));
        let way = to.image(wish.to.moving.as_deref().unwrap_or(&own_tag));
        if moves.is_none() && is_tagged {
            if let Some(last) = record::newest(client, to, digest, &way).await? {
                self.record = record::text_of(client, to, &last).await?;
                return Ok(());
            }
        } else if let Some(begun) = record::begun(client, to, digest, &way, self.running.as_ref()).await? {
            self.record = Some(begun);
            self.actions.extend(moves.map(Action::Move));
            return Ok(());
        }
        let Circumstances { when, who, run } = wish.circumstances.clone();
        let record = Record {
            schema: 1,
            generator: concat!("tidings ", env!("CARGO_PKG_VERSION")),
            when,
            who,
            run,
            version: self.version.to_string(),
            digest: digest.clone(),
            from: End {
                environment: wish.from.environment.clone(),
                image: wish.from.repository.to_string(),
                tags: source.standing.clone(),
            },
            to: End {
                environment: wish.to.environment.clone(),
                image: to.to_string(),
                tags: std::iter::once(own_tag).chain(wish.to.moving.clone()).collect(),
            },
            previous: self.running.as_ref().filter(|running| running.digest != *digest).map(previous),
            rollback,
        };
        self.record = Some(record.text()?);
        self.actions.push(Action::Record(Box::new(record)));
        self.actions.extend(moves.map(Action::Move));
        Ok(())
    }
}

impl Carried {
    /// Whether a referrer goes along. A record tells of the way to one environment, and stays there.
    pub(super) fn wants(self, referrer: &Descriptor) -> bool {
        match self {
            Self::Notes => referrer.artifact_type.as_deref() == Some(NOTES),
            Self::All => referrer.artifact_type.as_deref() != Some(PROMOTION),
        }
    }
}

/// What runs in an environment, with what is odd about it.
async fn running(
    client: &Client,
    place: &Place,
    tags: &[ImageTag],
    options: &history::Options,
) -> Result<(Option<Running>, Vec<String>), Error> {
    let Some(moving) = &place.moving else { return Ok((None, Vec::new())) };
    let Some(manifest) = client.manifest(&place.repository, moving).await? else {
        return Ok((None, Vec::new()));
    };
    let tag = version_at(client, &place.repository, &manifest.digest, tags).await?;
    let mut version = tag.map(|tag| tag.version);
    if version.is_none() {
        let label = labels(client, &place.repository, &manifest).await?.version;
        let read = newest_first(&label.into_iter().collect::<Vec<_>>(), options);
        version = read.into_iter().next().map(|tag| tag.version);
    }
    let mut warnings = Vec::new();
    if version.is_none() {
        let image = place.repository.image(moving);
        warnings.push(format!("`{image}` has no version, so that nobody can tell whether it is newer"));
    }
    Ok((Some(Running { digest: manifest.digest, version }), warnings))
}

/// The highest version that has an environment's tag.
fn in_environment(place: &Place, tags: &[ImageTag]) -> Option<Version> {
    let index = place.index?;
    tags.iter().find(|tag| tag.environment == Some(index)).map(|tag| tag.version.clone())
}
