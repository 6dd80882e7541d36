//! Dispatches deployments to the forge's client.

use super::{DeploymentStatus, Error, Forge, NewDeployment, RecordedDeployment, github::GitHub};

impl Forge {
    /// The newest deployments to an environment, newest first; at most 100.
    ///
    /// # Errors
    /// If the forge is not GitHub, or the request fails.
    pub async fn deployments(&self, environment: &str) -> Result<Vec<RecordedDeployment>, Error> {
        self.with_deployments()?.deployments(environment).await
    }

    /// The name of a deployment's state, as in the forge's API; `None` if it has none yet.
    ///
    /// # Errors
    /// If the forge is not GitHub, or the request fails.
    pub async fn deployment_state(&self, id: u64) -> Result<Option<String>, Error> {
        self.with_deployments()?.deployment_state(id).await
    }

    /// Creates a deployment and returns its ID.
    ///
    /// # Errors
    /// If the forge is not GitHub, or the request fails, as it does if the forge does not have the reference.
    pub async fn create_deployment(&self, deployment: &NewDeployment) -> Result<u64, Error> {
        self.with_deployments()?.create_deployment(deployment).await
    }

    /// Sets the state of a deployment.
    ///
    /// # Errors
    /// If the forge is not GitHub, or the request fails.
    pub async fn set_deployment_state(&self, id: u64, status: &DeploymentStatus) -> Result<(), Error> {
        self.with_deployments()?.set_deployment_state(id, status).await
    }

    fn with_deployments(&self) -> Result<&GitHub, Error> {
        match self {
            Self::GitHub(github) => Ok(github),
            Self::GitLab(_) | Self::Gitea(_) | Self::Bitbucket(_) => {
                Err(Error::Unsupported { forge: self.kind(), what: "recording a deployment" })
            }
        }
    }
}
