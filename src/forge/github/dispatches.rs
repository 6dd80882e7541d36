//! Starts a deployment on GitHub other than by publishing a release: by a workflow, an event or a deployment.
//!
//! Source: docs.github.com, "REST API endpoints for workflows", "for repositories" (repository dispatch events) and
//! "for deployments".

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::forge::{Error, NewDeployment, links::escaped};

use super::pull_requests::GitHub;

/// What starts a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// A run of a workflow that has the trigger `workflow_dispatch`.
    Workflow {
        /// The name of its file, or its ID.
        workflow: String,
        /// The branch or tag that it runs on, and whose file it is.
        reference: String,
        /// Its inputs.
        inputs: BTreeMap<String, String>,
    },
    /// An event for workflows that have the trigger `repository_dispatch`.
    Event {
        /// The type of the event.
        event: String,
        /// Its payload.
        payload: BTreeMap<String, String>,
    },
    /// A deployment, for workflows that have the trigger `deployment`.
    Deployment(NewDeployment),
}

impl Trigger {
    /// The request: its path below that of the repository, and its JSON body.
    #[must_use]
    pub fn request(&self) -> (String, Value) {
        match self {
            Self::Workflow { workflow, reference, inputs } => (
                format!("/actions/workflows/{}/dispatches", escaped(workflow, "")),
                match inputs.is_empty() {
                    true => json!({ "ref": reference }),
                    false => json!({ "ref": reference, "inputs": inputs }),
                },
            ),
            Self::Event { event, payload } => {
                ("/dispatches".to_owned(), json!({ "event_type": event, "client_payload": payload }))
            }
            Self::Deployment(deployment) => ("/deployments".to_owned(), deployment.body()),
        }
    }

    /// A description that starts with a verb.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Workflow { workflow, reference, .. } => {
                format!("start the workflow {workflow} on {reference}")
            }
            Self::Event { event, .. } => format!("send the event {event} to the workflows"),
            Self::Deployment(NewDeployment { reference, environment, .. }) => {
                format!("create a deployment of {reference} to {environment}")
            }
        }
    }

    /// What GitHub needs to accept it.
    #[must_use]
    pub fn requirement(&self) -> String {
        match self {
            Self::Workflow { workflow, reference, inputs } => {
                let inputs: Vec<&str> = inputs.keys().map(String::as_str).collect();
                let inputs = match inputs.is_empty() {
                    true => String::new(),
                    false => format!(" with the inputs {}", inputs.join(", ")),
                };
                format!(
                    "{workflow} on {reference} needs `workflow_dispatch` under `on`{inputs}, and the token needs the permission `actions: write`"
                )
            }
            Self::Event { .. } => "the token needs the permission `contents: write`".to_owned(),
            Self::Deployment(_) => "the token needs the permission `deployments: write`".to_owned(),
        }
    }
}

impl GitHub {
    /// Starts a deployment. What it starts is not known: GitHub only accepts the request.
    pub(in crate::forge) async fn start(&self, trigger: &Trigger) -> Result<(), Error> {
        let (path, body) = trigger.request();
        self.octo.send(&format!("{}{path}", self.own()), &body, "starting the deployment").await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_a_workflow_cannot_change_the_path() {
        let workflow = "../../issues?x=1".to_owned();
        let trigger = Trigger::Workflow { workflow, reference: "v1".to_owned(), inputs: BTreeMap::new() };
        assert_eq!(trigger.request().0, "/actions/workflows/..%2F..%2Fissues%3Fx%3D1/dispatches");
    }
}
