//! GitHub's deployments and their statuses.

use serde_json::{Value, json};

use super::{
    MOMENT,
    server::{Request, Response},
    state::{Deployment, State},
};

/// The maximum length of a status's description, in characters.
const MAX_DESCRIPTION: usize = 140;
const STATES: [&str; 7] = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];

/// Responds to a request below `/repos/OWNER/NAME/deployments`.
pub(super) fn respond(
    base_url: &str,
    state: &mut State,
    request: &Request,
    (method, rest): (&str, &[&str]),
) -> Response {
    let by_id = |state: &State, id: &str| state.deployments.iter().position(|one| one.id.to_string() == id);
    match (method, rest) {
        ("GET", []) => {
            let is_asked = |one: &&Deployment| {
                ["environment", "task", "ref", "sha"].into_iter().all(|name| {
                    let value = match name {
                        "environment" => &one.environment,
                        "task" => &one.task,
                        "ref" => &one.reference,
                        _ => &one.sha,
                    };
                    request.parameter(name).is_none_or(|asked| asked == value)
                })
            };
            let all = state.deployments.iter().rev().filter(is_asked).map(deployment).collect();
            Response::page(base_url, state, request, all)
        }
        ("POST", []) => create(state, &request.json()),
        ("GET", [id, "statuses"]) => match by_id(state, id) {
            Some(index) => {
                let all = state.deployments[index].statuses.iter().rev().cloned().collect();
                Response::page(base_url, state, request, all)
            }
            None => Response::message(404, "Not Found"),
        },
        ("POST", [id, "statuses"]) => match by_id(state, id) {
            Some(index) => set_state(state, index, &request.json()),
            None => Response::message(404, "Not Found"),
        },
        _ => Response::message(404, "Not Found"),
    }
}

fn create(state: &mut State, sent: &Value) -> Response {
    let text = |name: &str, default: &str| sent[name].as_str().unwrap_or(default).to_owned();
    let reference = text("ref", "");
    let sha =
        state.tags.get(&reference).or_else(|| state.commits.get_key_value(&reference).map(|(sha, _)| sha));
    let Some(sha) = sha.cloned() else {
        return Response::message(422, &format!("No ref found for: {reference}"));
    };
    // No status check of the fake has passed, and its default branch has other commits.
    if sent["required_contexts"] != json!([]) {
        return Response::message(409, &format!("Conflict: Commit status checks failed for {reference}."));
    }
    if sent["auto_merge"] != json!(false) {
        return Response::json(
            202,
            &json!({ "message": "Auto-merged main into the reference on deployment." }),
        );
    }
    let new = Deployment {
        id: state.next_id(),
        reference,
        sha,
        task: text("task", "deploy"),
        environment: text("environment", "production"),
        description: text("description", ""),
        is_production: sent["production_environment"].as_bool().unwrap_or(false),
        payload: sent["payload"].clone(),
        statuses: Vec::new(),
    };
    let response = Response::json(201, &deployment(&new));
    state.deployments.push(new);
    response
}

fn set_state(state: &mut State, index: usize, sent: &Value) -> Response {
    let name = sent["state"].as_str().unwrap_or_default();
    let description = sent["description"].as_str().unwrap_or_default();
    if !STATES.contains(&name) || description.chars().count() > MAX_DESCRIPTION {
        return Response::message(422, "Validation Failed");
    }
    let status = |id: u64, name: &str| {
        json!({ "id": id, "state": name, "description": description, "log_url": sent["log_url"],
            "environment_url": sent["environment_url"], "created_at": MOMENT })
    };
    let id = state.next_id();
    let new = status(id, name);
    state.deployments[index].statuses.push(new.clone());
    if name == "success" && sent["auto_inactive"] != json!(false) {
        let environment = state.deployments[index].environment.clone();
        for earlier in 0..index {
            let id = state.next_id();
            let other = &mut state.deployments[earlier];
            if other.environment == environment && !other.is_production && other.state() == "success" {
                other.statuses.push(status(id, "inactive"));
            }
        }
    }
    Response::json(201, &new)
}

fn deployment(one: &Deployment) -> Value {
    json!({ "id": one.id, "ref": one.reference, "sha": one.sha, "task": one.task, "environment": one.environment,
        "description": one.description, "production_environment": one.is_production, "payload": one.payload,
        "created_at": MOMENT })
}
