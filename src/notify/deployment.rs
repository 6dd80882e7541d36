//! Records a deployment on GitHub: the message before it creates the deployment, the one after it sets its state.

use serde_json::{Value, json};

use super::text::{cut, line};
use crate::forge::{self, DeploymentState, DeploymentStatus, Forge, NewDeployment, RecordedDeployment};

/// The maximum length of a status's description, in characters (docs.github.com, "REST API endpoints for deployment
/// statuses").
const DESCRIPTION_CHARS: usize = 140;
/// The key in the payload that only deployments by tidings have.
const MARKER: &str = "tidings";
/// How many earlier deployments are examined for the one that is replaced.
const EARLIER: usize = 5;

/// What is deployed, and to where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// The tag or commit.
    pub reference: String,
    /// The ID of the commit, if known.
    pub commit: Option<String>,
    /// The version, if it has one.
    pub version: Option<String>,
    /// The version that runs or ran before, if known.
    pub from_version: Option<String>,
    /// The environment.
    pub environment: String,
    /// Whether the version is older than the one before.
    pub is_rollback: bool,
}

/// A deployment with its state, to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentRequest {
    deployment: NewDeployment,
    status: DeploymentStatus,
    commit: Option<String>,
}

/// What recording changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The deployment was created.
    Created,
    /// The state of a recorded deployment was set.
    Updated,
    /// The deployment already had this state.
    Unchanged,
}

impl DeploymentRequest {
    /// The deployment in a state. `title` is that of the announcement; `run` is the URL of the pipeline run, `link`
    /// that of a page with details.
    #[must_use]
    pub fn new(
        deployed: Deployed,
        state: DeploymentState,
        title: &str,
        (run, link): (Option<String>, Option<String>),
    ) -> Self {
        let description = cut(&line(title), DESCRIPTION_CHARS);
        let payload = json!({ MARKER: { "version": deployed.version, "from_version": deployed.from_version,
            "commit": deployed.commit } });
        Self {
            deployment: NewDeployment {
                reference: deployed.reference,
                task: if deployed.is_rollback { "rollback" } else { "deploy" },
                is_production: NewDeployment::is_production(&deployed.environment),
                environment: deployed.environment,
                description: description.clone(),
                payload,
            },
            status: DeploymentStatus { state, description, log_url: run, environment_url: link },
            commit: deployed.commit,
        }
    }

    /// The bodies of the requests that create the deployment and set its state.
    #[must_use]
    pub fn body(&self) -> Value {
        json!({ "deployment": self.deployment.body(), "status": self.status.body() })
    }

    /// Whether a deployment is this one: the same commit and version. The task may differ, because after a deployment
    /// it is not always known what ran before.
    fn is(&self, other: &RecordedDeployment) -> bool {
        let version = |payload: &Value| payload.pointer("/tidings/version").cloned().unwrap_or_default();
        version(&other.payload) == version(&self.deployment.payload)
            && self.commit.as_ref().is_none_or(|commit| *commit == other.commit)
    }

    /// Whether a deployment whose newest deployment in its environment is this one, in this state, is still going on or
    /// is to be recorded as finished.
    fn continues(&self, state: Option<&str>) -> bool {
        let is_finishing = matches!(self.status.state, DeploymentState::Success | DeploymentState::Failure);
        is_finishing || matches!(state, None | Some("queued" | "pending" | "in_progress"))
    }
}

/// Records a deployment. A run that is repeated changes nothing: the newest deployment to the environment that tidings
/// has created is used again, if it is the same and has not ended. After a success, the deployment before becomes
/// inactive, as GitHub itself ensures except for production.
///
/// # Errors
/// If a request fails.
pub async fn record(forge: &Forge, request: &DeploymentRequest) -> Result<Recorded, forge::Error> {
    let mut own = forge.deployments(&request.deployment.environment).await?;
    own.retain(|other| other.payload.get(MARKER).is_some_and(Value::is_object));
    let newest = own.first().filter(|newest| request.is(newest)).map(|newest| newest.id);
    let state = match newest {
        Some(id) => forge.deployment_state(id).await?,
        None => None,
    };
    let existing = newest.filter(|_| request.continues(state.as_deref()));
    let (id, done) = match existing {
        Some(id) if state.as_deref() == Some(request.status.state.name()) => (id, Recorded::Unchanged),
        Some(id) => (id, Recorded::Updated),
        None => (forge.create_deployment(&request.deployment).await?, Recorded::Created),
    };
    if done != Recorded::Unchanged {
        forge.set_deployment_state(id, &request.status).await?;
    }
    if request.status.state == DeploymentState::Success {
        let earlier = own.iter().map(|other| other.id).filter(|other| *other != id).take(EARLIER);
        replace(forge, request, earlier).await?;
    }
    Ok(done)
}

/// Makes the newest of the earlier deployments that succeeded inactive.
async fn replace(
    forge: &Forge,
    request: &DeploymentRequest,
    earlier: impl Iterator<Item = u64>,
) -> Result<(), forge::Error> {
    for id in earlier {
        match forge.deployment_state(id).await?.as_deref() {
            Some("success") => {
                let description = request.status.description.clone();
                let state = DeploymentState::Inactive;
                let status = DeploymentStatus { state, description, log_url: None, environment_url: None };
                return forge.set_deployment_state(id, &status).await;
            }
            Some("inactive") => return Ok(()),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(state: DeploymentState, environment: &str, title: &str) -> DeploymentRequest {
        let deployed = Deployed {
            reference: "v1.2.0".to_owned(),
            commit: Some("c0".to_owned()),
            version: Some("1.2.0".to_owned()),
            from_version: None,
            environment: environment.to_owned(),
            is_rollback: false,
        };
        DeploymentRequest::new(deployed, state, title, (None, Some("https://example.com/".to_owned())))
    }

    #[test]
    fn descriptions_fit_githubs_limit() {
        let body = request(DeploymentState::Queued, "Production", &"部署\n".repeat(200)).body();
        for part in ["/deployment/description", "/status/description"] {
            let description = body.pointer(part).and_then(Value::as_str).unwrap();
            assert!(description.chars().count() == 140 && !description.contains('\n'), "{description}");
        }
        assert_eq!(body.pointer("/deployment/production_environment"), Some(&json!(true)));
        let body = request(DeploymentState::Queued, "staging", "x").body();
        assert_eq!(body.pointer("/deployment/production_environment"), Some(&json!(false)));
        assert_eq!(
            body["status"],
            json!({ "state": "queued", "description": "x",
            "environment_url": "https://example.com/" })
        );
    }

    #[test]
    fn only_a_deployment_that_has_not_ended_continues() {
        let before = request(DeploymentState::InProgress, "production", "x");
        let after = request(DeploymentState::Success, "production", "x");
        for (state, continues) in [
            (None, true),
            (Some("queued"), true),
            (Some("in_progress"), true),
            (Some("success"), false),
            (Some("failure"), false),
            (Some("error"), false),
            (Some("inactive"), false),
        ] {
            assert_eq!((before.continues(state), after.continues(state)), (continues, true), "{state:?}");
        }
    }
}
