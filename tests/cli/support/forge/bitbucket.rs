//! Bitbucket Cloud's REST 2.0, as developer.atlassian.com tells it.

use serde_json::{Value, json};

use super::{
    server::{Answer, Asked},
    state::{Comment, Pull, State},
};

/// The most pull requests on a page.
const LONGEST_PAGE: usize = 50;

pub(super) fn answer(address: &str, state: &mut State, asked: &Asked) -> Answer {
    let Some((method, path)) = asked.below("/2.0") else { return not_found("Resource not found") };
    let [repositories, workspace, slug, rest @ ..] = path.as_slice() else {
        return not_found("Resource not found");
    };
    let is_own = *workspace == state.owner && *slug == state.name;
    if repositories != "repositories" || !is_own || (state.is_private && asked.token.is_none()) {
        return not_found(&format!("Repository {workspace}/{slug} not found"));
    }
    if method != "GET" && asked.token.is_none() {
        return refused(401, "Authentication required");
    }
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (method, rest.as_slice()) {
        ("GET", []) => Answer::json(200, &json!({ "full_name": state.full_name(), "slug": state.name })),
        ("GET", ["pullrequests"]) => {
            let states = asked.query.iter().filter(|(key, _)| key == "state");
            let states: Vec<&str> = states.map(|(_, value)| value.as_str()).collect();
            let ids: Vec<Option<u64>> = asked.parameter("q").map_or(Vec::new(), |query| {
                query.split(" OR ").map(|part| part.strip_prefix("id=")?.parse().ok()).collect()
            });
            if ids.contains(&None) {
                return refused(400, "Invalid query");
            }
            let is_asked = |pull: &&Pull| {
                let is_state = if states.is_empty() {
                    state_of(pull) == "OPEN"
                } else {
                    states.contains(&state_of(pull))
                };
                is_state && (ids.is_empty() || ids.contains(&Some(pull.number)))
            };
            let pulls: Vec<&Pull> = state.pulls.values().rev().filter(is_asked).collect();
            if pulls.iter().any(|pull| pull.is_broken) {
                return refused(500, "Something went wrong");
            }
            let pulls = pulls.into_iter().map(|pull| request(address, state, pull)).collect();
            page(address, state, asked, pulls)
        }
        ("GET", ["pullrequests", number]) => match number.parse().ok().and_then(|id| state.pulls.get(&id)) {
            Some(pull) => Answer::json(200, &request(address, state, pull)),
            None => not_found("Pull request not found"),
        },
        ("GET", ["commit", sha, "pullrequests"]) => match state.pulls_of(sha) {
            Some(pulls) if !state.is_unindexed => {
                // No more than this is told here.
                let named =
                    |pull: &Pull| json!({ "type": "pullrequest", "id": pull.number, "title": pull.title });
                page(address, state, asked, pulls.into_iter().map(named).collect())
            }
            _ => not_found("Commit not found"),
        },
        (_, ["pullrequests", number, "comments", rest @ ..]) => {
            let id = state.next_id();
            let Some(pull) = number.parse().ok().and_then(|number| state.pulls.get_mut(&number)) else {
                return not_found("Pull request not found");
            };
            comments(address, pull, asked, id, rest)
        }
        _ => not_found("Resource not found"),
    }
}

fn refused(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "type": "error", "error": { "message": message } }))
}

fn not_found(message: &str) -> Answer {
    refused(404, message)
}

fn state_of(pull: &Pull) -> &'static str {
    match (&pull.merged_at, pull.is_closed) {
        (Some(_), _) => "MERGED",
        (None, true) => "DECLINED",
        (None, false) => "OPEN",
    }
}

fn request(address: &str, state: &State, pull: &Pull) -> Value {
    let page = format!("{address}/{}/pull-requests/{}", state.full_name(), pull.number);
    let kind = if pull.is_bot { "app_user" } else { "user" };
    let end = |name: &str| json!({ "branch": { "name": name } });
    json!({
        "type": "pullrequest",
        "id": pull.number,
        "title": pull.title,
        "description": pull.body.as_deref().unwrap_or_default(),
        "state": state_of(pull),
        "author": pull.author.as_ref().map(|name| json!({ "type": kind, "nickname": name })),
        "source": end(&pull.source),
        "destination": end(&pull.target),
        "merge_commit": pull.result().map(|sha| json!({ "type": "commit", "hash": &sha[..12] })),
        "links": { "html": { "href": page } },
    })
}

fn comments(address: &str, pull: &mut Pull, asked: &Asked, id: u64, rest: &[&str]) -> Answer {
    let shown = |comment: &Comment| json!({ "id": comment.id, "content": { "raw": comment.body } });
    let sent = asked.json();
    match (asked.method.as_str(), rest, sent["content"]["raw"].as_str()) {
        ("GET", [], _) => {
            let all = pull.comments.iter().map(shown).collect();
            page(address, &State::default(), asked, all)
        }
        ("POST", [], Some(body)) => {
            pull.comments.push(Comment { id, body: body.to_owned() });
            Answer::json(201, &shown(pull.comments.last().unwrap()))
        }
        ("PUT", [id], Some(body)) => {
            let Some(known) = pull.comments.iter_mut().find(|comment| comment.id.to_string() == *id) else {
                return not_found("Comment not found");
            };
            known.body = body.to_owned();
            Answer::json(200, &shown(known))
        }
        _ => refused(400, "Bad request"),
    }
}

/// One page, which names the next one in its body.
fn page(address: &str, state: &State, asked: &Asked, values: Vec<Value>) -> Answer {
    let number = |name: &str| asked.parameter(name).and_then(|text| text.parse::<usize>().ok());
    let wanted = number("pagelen").unwrap_or(10);
    if !(1..=LONGEST_PAGE).contains(&wanted) {
        return refused(400, "Invalid pagelen");
    }
    let (size, at) = (state.page_size.unwrap_or(wanted).min(wanted), number("page").unwrap_or(1));
    let is_last = at * size >= values.len();
    let total = values.len();
    let values: Vec<Value> = values.into_iter().skip((at - 1) * size).take(size).collect();
    let mut answer = json!({ "pagelen": size, "page": at, "size": total, "values": values });
    if !is_last {
        answer["next"] = format!("{address}{}", asked.with_page(at + 1)).into();
    }
    Answer::json(200, &answer)
}
