//! What runs in each environment, and what waits for the next one.

use crate::{
    deployment::{self, DeploymentEnd, DeploymentEnds, Sources},
    error::Error,
    model::{EnvironmentStatus, Pending},
};

use super::{notes::notes, summary::summary};

/// The status of all declared environments, in the order of promotion. Changes that neither the history nor attached
/// notes have are reported as a warning.
///
/// # Errors
/// If no environment is declared, or the registry or the repository cannot be read.
pub fn status(sources: &Sources<'_>) -> Result<Vec<EnvironmentStatus>, Error> {
    let environments = &sources.registries.tags.environments;
    if environments.is_empty() {
        return Err(Error::usage(
            "the configuration has no environments",
            Some("declare them in tidings.toml: environments = [\"staging\", \"production\"]"),
        ));
    }
    let running =
        environments.iter().map(|environment| deployment::running_since(sources, &environment.name));
    let running: Vec<DeploymentEnd> = running.collect::<Result<_, Error>>()?;
    let next = running.iter().skip(1).map(Some).chain([None]);
    let status = running.iter().zip(next).map(|(end, next)| {
        let pending = next.filter(|_| !end.is_empty()).map(|next| pending(sources, end, next)).transpose()?;
        Ok(EnvironmentStatus { running: end.facts.clone(), pending })
    });
    status.collect()
}

/// What one environment runs and the next one does not.
fn pending(sources: &Sources<'_>, end: &DeploymentEnd, next: &DeploymentEnd) -> Result<Pending, Error> {
    let ends = DeploymentEnds { from: next.clone(), to: end.clone() };
    let changes = match notes(sources, &ends, false) {
        Ok(notes) => Some(summary(&notes)),
        Err(error @ (Error::Promote(_) | Error::Usage { .. })) => {
            let (from, to) = (next.name(), end.name());
            sources.registries.ui.warn(&format!("cannot list the changes from {from} to {to}: {error}"));
            None
        }
        Err(error) => return Err(error),
    };
    Ok(Pending { environment: next.name().to_owned(), changes })
}
