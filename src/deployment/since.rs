//! Since when, and by whom, something runs in an environment.

use crate::{error::Error, model::End};

use super::{DeploymentEnd, Sources, recorded::record_of, running};

/// What runs in a declared environment, with the time and the person in the record of its promotion.
///
/// # Errors
/// As [`running`].
pub fn running_since(sources: &Sources<'_>, environment: &str) -> Result<DeploymentEnd, Error> {
    let end = running::running(sources, environment)?;
    let Some(image) = &end.image else { return Ok(end) };
    let Some(record) = record_of(sources, environment, image)? else { return Ok(end) };
    let facts = End { since: Some(record.when), by: record.who, ..end.facts };
    Ok(DeploymentEnd { facts, ..end })
}
