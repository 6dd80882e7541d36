//! Deployments on GitHub.
//!
//! Source: docs.github.com, "REST API endpoints for deployments" and "for deployment statuses".

use serde::Deserialize;
use serde_json::Value;

use crate::forge::{DeploymentStatus, Error, NewDeployment, RecordedDeployment, links::escaped};

use super::pull_requests::GitHub;

impl GitHub {
    /// The newest deployments to an environment, newest first.
    pub(in crate::forge) async fn deployments(
        &self,
        environment: &str,
    ) -> Result<Vec<RecordedDeployment>, Error> {
        let path =
            format!("{}/deployments?environment={}&per_page=100", self.own(), escaped(environment, ""));
        let doing = format!("reading the deployments to {environment}");
        let all = self.octo.get::<Vec<RestDeployment>>(&path, &doing).await?;
        let all = all.ok_or_else(|| Error::not_found(self.access.kind, doing))?;
        let mut all: Vec<_> = all.into_iter().map(RestDeployment::into_model).collect();
        all.sort_by_key(|deployment| std::cmp::Reverse(deployment.id));
        Ok(all)
    }

    /// The name of a deployment's state; `None` if it has none yet.
    pub(in crate::forge) async fn deployment_state(&self, id: u64) -> Result<Option<String>, Error> {
        let path = format!("{}/deployments/{id}/statuses?per_page=100", self.own());
        let all = self.octo.get::<Vec<RestStatus>>(&path, "reading the state of a deployment").await?;
        Ok(all.unwrap_or_default().into_iter().max_by_key(|status| status.id).map(|status| status.state))
    }

    /// Creates a deployment and returns its ID.
    pub(in crate::forge) async fn create_deployment(&self, deployment: &NewDeployment) -> Result<u64, Error> {
        let doing =
            format!("creating the deployment of {} to {}", deployment.reference, deployment.environment);
        let path = format!("{}/deployments", self.own());
        let created: Created = self.octo.post(&path, &deployment.body(), &doing).await?;
        // If GitHub has merged branches instead, the response (202) has only a message.
        created.id.ok_or_else(|| Error::Malformed {
            forge: self.access.kind,
            doing,
            problem: created.message.unwrap_or_else(|| "the response has no ID".to_owned()),
        })
    }

    pub(in crate::forge) async fn set_deployment_state(
        &self,
        id: u64,
        status: &DeploymentStatus,
    ) -> Result<(), Error> {
        let doing = format!("setting the state of a deployment to {}", status.state.name());
        let path = format!("{}/deployments/{id}/statuses", self.own());
        self.octo.post::<Value>(&path, &status.body(), &doing).await.map(drop)
    }
}

#[derive(Deserialize)]
struct RestDeployment {
    id: u64,
    sha: String,
    #[serde(default)]
    payload: Value,
}

#[derive(Deserialize)]
struct RestStatus {
    id: u64,
    state: String,
}

#[derive(Deserialize)]
struct Created {
    id: Option<u64>,
    message: Option<String>,
}

impl RestDeployment {
    fn into_model(self) -> RecordedDeployment {
        // The documented type is an object or a string, which contains JSON if it was sent as such.
        let payload = match self.payload {
            Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
            payload => payload,
        };
        RecordedDeployment { id: self.id, commit: self.sha, payload }
    }
}
