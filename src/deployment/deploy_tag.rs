//! The annotated tags that record deployments in git: their messages, and what the newest one says.
//!
//! The message has one line each for the version, the version before, and who deployed it:
//!
//! ```text
//! 1.2.0 deployed to production
//!
//! Version: 1.2.0
//! From: 1.1.0
//! By: ada
//! ```

use crate::{
    error::Error,
    history::{Deployment, Versions, deploy_tag_time},
    model::{End, EndSource, Version},
    notes::Line,
    session::Session,
};

use super::DeploymentEnd;

/// Written instead of the version before, if it was the first deployment.
const NOTHING: &str = "nothing";

/// A deployment to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployRecord {
    /// The environment.
    pub environment: String,
    /// The version.
    pub version: Version,
    /// What ran before: its version, or nothing; `None` if unknown.
    pub from: Option<Option<Version>>,
    /// Who deployed it, if known.
    pub by: Option<String>,
    /// The URL of the pipeline run.
    pub run: Option<String>,
}

impl DeployRecord {
    /// The message of the tag.
    #[must_use]
    pub fn message(&self) -> String {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let from = self.from.as_ref().map(|from| match from {
            Some(version) => version.to_string(),
            None => NOTHING.to_owned(),
        });
        let fields = [
            ("Version", Some(self.version.to_string())),
            ("From", from),
            ("By", self.by.as_deref().map(one_line)),
            ("Run", self.run.as_deref().map(one_line)),
        ];
        let fields = fields.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}\n", value?)));
        format!("{} deployed to {}\n\n{}", self.version, self.environment, fields.collect::<String>())
    }
}

/// What a recorded deployment deployed.
///
/// # Errors
/// If the tag cannot be read.
pub(super) fn deployed(
    (session, line): (&Session, &Line),
    versions: &Versions,
    environment: &str,
    deployment: &Deployment,
) -> Result<DeploymentEnd, Error> {
    let message = session.repository.tag_message(&deployment.tag)?.unwrap_or_default();
    let named = field(&message, "Version").and_then(|text| session.version(line, text).ok());
    let entry = named.and_then(|version| versions.find(&version));
    let entry = entry.or_else(|| versions.at(deployment.tag.commit).max()).and_then(|at| versions.get(at));
    let entry = entry.filter(|entry| entry.tag.commit == deployment.tag.commit);
    let end = match entry {
        Some(entry) => DeploymentEnd::tagged(environment, entry, EndSource::DeployTag),
        None => DeploymentEnd {
            facts: End {
                environment: Some(environment.to_owned()),
                commit: Some(deployment.tag.commit),
                ..End::named(environment.to_owned(), EndSource::DeployTag)
            },
            images: Vec::new(),
            revision: Some(deployment.tag.commit.to_string()),
        },
    };
    let facts = End {
        since: deploy_tag_time(&deployment.time),
        by: field(&message, "By").map(str::to_owned),
        ..end.facts
    };
    Ok(DeploymentEnd { facts, ..end })
}

/// What ran before a recorded deployment: as its message says, else the deployment that was recorded before it.
///
/// # Errors
/// If a tag cannot be read.
pub(super) fn deployed_before(
    (session, line): (&Session, &Line),
    versions: &Versions,
    environment: &str,
    deployment: &Deployment,
) -> Result<Option<DeploymentEnd>, Error> {
    let message = session.repository.tag_message(&deployment.tag)?.unwrap_or_default();
    match field(&message, "From") {
        Some(NOTHING) => return Ok(Some(DeploymentEnd::nothing(environment))),
        Some(text) => {
            let version = session.version(line, text).ok();
            let entry = version.and_then(|version| versions.find(&version)).and_then(|at| versions.get(at));
            if let Some(entry) = entry {
                return Ok(Some(DeploymentEnd::tagged(environment, entry, EndSource::DeployTag)));
            }
        }
        None => {}
    }
    let is_older = |other: &&Deployment| {
        other.environment == deployment.environment
            && other.time < deployment.time
            && other.tag.commit != deployment.tag.commit
    };
    let older = versions.deployments.iter().find(is_older);
    older.map(|older| deployed((session, line), versions, environment, older)).transpose()
}

/// The value of a field of a message.
fn field<'m>(message: &'m str, name: &str) -> Option<&'m str> {
    let values = message.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    values.map(str::trim).find(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_has_one_line_for_each_field() {
        let record = DeployRecord {
            environment: "production".to_owned(),
            version: Version::new(1, 2, 0),
            from: Some(None),
            by: Some("Ada\nVersion: 9.9.9".to_owned()),
            run: None,
        };
        let message = record.message();
        assert_eq!(
            message,
            "1.2.0 deployed to production\n\nVersion: 1.2.0\nFrom: nothing\nBy: Ada Version: 9.9.9\n"
        );
        assert_eq!((field(&message, "Version"), field(&message, "Run")), (Some("1.2.0"), None));
    }
}
