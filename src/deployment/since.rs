//! Since when, and by whom, something runs in an environment.

use crate::{error::Error, model::End, promote::PastPromotion};

use super::{DeploymentEnd, Sources, recorded::record_of, running};

/// What runs in a declared environment, with the time and the person in the record of its promotion.
///
/// # Errors
/// As [`running`].
pub fn running_since(sources: &Sources<'_>, environment: &str) -> Result<DeploymentEnd, Error> {
    let end = running::running(sources, environment)?;
    let mut newest: Option<PastPromotion> = None;
    for image in &end.images {
        let record = record_of(sources, environment, image)?;
        newest = newest.into_iter().chain(record).max_by(|one, other| one.when.cmp(&other.when));
    }
    let Some(record) = newest else { return Ok(end) };
    let facts = End { since: Some(record.when), by: record.who, ..end.facts };
    Ok(DeploymentEnd { facts, ..end })
}
