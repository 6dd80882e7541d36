//! Plans the record of a promotion: one for all its images, attached to each of them.

use bytes::Bytes;

use crate::registry::{Client, Error as RegistryError};

use super::{
    Action, Error, ImagePlan, PastPromotion, Plan, PromotionRequest,
    record::{AttachedRecord, Record, RecordLocation, RecordedImage, interrupted, newest, previous, text_of},
    request::RunContext,
    source::Source,
    target::State,
};

/// What an image has of the record.
enum Progress {
    /// The promotion of the image is completed; with the record of it.
    Done(Option<Bytes>),
    /// The record is attached, but the moving tag is not moved yet.
    Interrupted(AttachedRecord),
    /// There is no record of this promotion yet.
    Missing,
}

/// Adds the actions that attach the record and move the tags. An interrupted promotion is completed with its own
/// record.
pub(super) async fn add(
    client: &Client,
    plan: &mut Plan,
    request: &PromotionRequest,
    (sources, targets): (&[Source], &[State]),
) -> Result<(), Error> {
    let mut progress = Vec::new();
    for (image, target) in plan.images.iter().zip(targets) {
        progress.push(progress_of(client, image, target).await?);
    }
    let is_missing = |it: &Progress| matches!(it, Progress::Missing);
    let started = progress.iter().find_map(|it| match it {
        Progress::Interrupted(record) => Some(record.clone()),
        Progress::Done(_) | Progress::Missing => None,
    });
    let started = started.filter(|record| !progress.iter().any(is_missing) || covers(record, plan));
    let is_started = started.is_some();
    let record = match started {
        Some(record) => record,
        None if progress.iter().all(|it| matches!(it, Progress::Done(_))) => {
            plan.record = progress.into_iter().find_map(|it| match it {
                Progress::Done(text) => text,
                Progress::Interrupted(_) | Progress::Missing => None,
            });
            return Ok(());
        }
        None => match record(plan, request, (sources, targets))? {
            Some(record) => record,
            None => return Ok(()),
        },
    };
    for ((image, target), progress) in plan.images.iter_mut().zip(targets).zip(&progress) {
        let has_record = match progress {
            Progress::Done(_) => true,
            Progress::Interrupted(_) => is_started,
            Progress::Missing => false,
        };
        if !has_record {
            let previous = image.replaced().map(|deployed| deployed.digest().to_string());
            let target = target_of(image, target);
            image.actions.push(Action::Record(Box::new(AttachedRecord {
                target,
                previous,
                ..record.clone()
            })));
        }
        if !image.is_deployed() {
            image.actions.extend(image.to.moving.clone().map(Action::Move));
        }
    }
    plan.record = Some(record.text);
    Ok(())
}

async fn progress_of(client: &Client, image: &ImagePlan, target: &State) -> Result<Progress, Error> {
    let (repository, digest) = (&image.to.repository, &image.manifest.digest);
    let name = target_of(image, target);
    let moves = image.to.moving.is_some() && !image.is_deployed();
    if !moves && target.is_tagged {
        let last = newest(client, repository, digest, &name).await?;
        return Ok(match last {
            Some(last) => Progress::Done(text_of(client, repository, &last).await?),
            None => Progress::Missing,
        });
    }
    let started = interrupted(client, repository, digest, &name, image.deployed.as_ref()).await?;
    Ok(started.map_or(Progress::Missing, Progress::Interrupted))
}

/// The target as the records name it: the repository with the moving tag, else with the version tag.
fn target_of(image: &ImagePlan, target: &State) -> String {
    image.to.repository.image(image.to.moving.as_deref().unwrap_or(&target.own_tag))
}

/// Whether a record is that of a promotion of the same images over the same ones.
fn covers(record: &AttachedRecord, plan: &Plan) -> bool {
    let Ok(past) = PastPromotion::parse(&record.text) else { return false };
    let images = past.images();
    images.len() == plan.images.len()
        && plan.images.iter().all(|image| {
            let repository = image.to.repository.to_string();
            let recorded = images.iter().find(|it| it.to.image == repository);
            let is_same = |digest: &str| digest == image.manifest.digest.as_str();
            let before = image.replaced().map(|deployed| deployed.digest().as_str());
            recorded.is_some_and(|it| {
                let recorded_before = it.previous.as_ref().map(|previous| previous.digest.as_str());
                is_same(&it.digest) && (image.is_deployed() || recorded_before == before)
            })
        })
}

/// The record of a promotion that begins now; `None` if it has no images. The target and the previous image are set for
/// each image that it is attached to.
fn record(
    plan: &Plan,
    request: &PromotionRequest,
    (sources, targets): (&[Source], &[State]),
) -> Result<Option<AttachedRecord>, RegistryError> {
    let images = plan.images.iter().zip(sources.iter().zip(targets));
    let mut images: Vec<RecordedImage> =
        images.map(|(image, (source, target))| recorded(image, source, target)).collect();
    let Some(first) = images.first().cloned() else { return Ok(None) };
    if images.len() == 1 {
        images.clear();
    }
    let RunContext { when, who, run } = request.context.clone();
    let version = plan.version.to_string();
    let record = Record {
        schema: 1,
        generator: concat!("tidings ", env!("CARGO_PKG_VERSION")),
        when: when.clone(),
        who,
        run,
        version: version.clone(),
        image: first,
        rollback: plan.is_rollback,
        images,
    };
    let text = record.text()?;
    Ok(Some(AttachedRecord { text, when, version, target: String::new(), previous: None }))
}

fn recorded(image: &ImagePlan, source: &Source, target: &State) -> RecordedImage {
    RecordedImage {
        component: image.to.component.clone(),
        digest: image.manifest.digest.clone(),
        from: RecordLocation {
            environment: image.from.environment.clone(),
            image: image.from.repository.to_string(),
            tags: source.version_tags.clone(),
        },
        to: RecordLocation {
            environment: image.to.environment.clone(),
            image: image.to.repository.to_string(),
            tags: std::iter::once(target.own_tag.clone()).chain(image.to.moving.clone()).collect(),
        },
        previous: image.replaced().map(previous),
    }
}
