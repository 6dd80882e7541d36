//! Deployments that a forge records and shows.

use serde_json::{Map, Value, json};

/// A deployment to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeployment {
    /// The tag or commit that is deployed.
    pub reference: String,
    /// `deploy` or `rollback`.
    pub task: &'static str,
    /// The name of the environment.
    pub environment: String,
    /// One line.
    pub description: String,
    /// Whether it is the environment that users use.
    pub is_production: bool,
    /// Data for the workflows that the deployment starts.
    pub payload: Value,
}

/// A recorded deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDeployment {
    /// Its ID.
    pub id: u64,
    /// The ID of the commit.
    pub commit: String,
    /// Its data; null if it has none.
    pub payload: Value,
}

/// The state of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeploymentState {
    /// It is planned for later.
    Queued,
    /// It is running.
    InProgress,
    /// It has succeeded.
    Success,
    /// It has failed.
    Failure,
    /// Another one has replaced it.
    Inactive,
}

/// A change of the state of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentStatus {
    /// The new state.
    pub state: DeploymentState,
    /// One line of at most 140 characters.
    pub description: String,
    /// The URL of the pipeline run.
    pub log_url: Option<String>,
    /// The URL that the forge offers to view the deployment.
    pub environment_url: Option<String>,
}

impl DeploymentState {
    /// The name in GitHub's API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Inactive => "inactive",
        }
    }
}

impl NewDeployment {
    /// Whether an environment with this name is the one that users use.
    #[must_use]
    pub fn is_production(environment: &str) -> bool {
        ["production", "prod"].iter().any(|name| environment.eq_ignore_ascii_case(name))
    }

    /// The body of the request to GitHub. With the defaults of `auto_merge` and `required_contexts`, GitHub would merge
    /// the default branch into the reference, and require that all its checks have passed.
    #[must_use]
    pub fn body(&self) -> Value {
        json!({ "ref": self.reference, "task": self.task, "environment": self.environment,
            "description": self.description, "production_environment": self.is_production, "auto_merge": false,
            "required_contexts": [], "payload": self.payload })
    }
}

impl DeploymentStatus {
    /// The body of the request to GitHub.
    #[must_use]
    pub fn body(&self) -> Value {
        let text = |text: &str| Some(Value::from(text));
        let fields = [
            ("state", text(self.state.name())),
            ("description", text(&self.description)),
            ("log_url", self.log_url.as_deref().and_then(text)),
            ("environment_url", self.environment_url.as_deref().and_then(text)),
        ];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(fields.collect::<Map<_, _>>())
    }
}
