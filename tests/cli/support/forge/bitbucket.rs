//! Bitbucket Cloud's REST 2.0 API, as documented on developer.atlassian.com.

use serde_json::{Value, json};

use super::{
    server::{Request, Response},
    state::{Comment, Pull, State, account_id},
};

/// The maximum number of pull requests on a page.
const MAX_PAGE_SIZE: usize = 50;
/// The maximum length of a comment, in characters.
const MAX_COMMENT_LENGTH: usize = 32_768;

pub(super) fn respond(base_url: &str, state: &mut State, request: &Request) -> Response {
    let Some((method, path)) = request.below("/2.0") else { return not_found("Resource not found") };
    if path.as_slice() == ["user"] {
        return match &request.token {
            Some(_) => Response::json(200, &account(&state.login())),
            None => refused(401, "Authentication required"),
        };
    }
    let [repositories, workspace, slug, rest @ ..] = path.as_slice() else {
        return not_found("Resource not found");
    };
    let is_own = *workspace == state.owner && *slug == state.name;
    if repositories != "repositories" || !is_own || (state.is_private && request.token.is_none()) {
        return not_found(&format!("Repository {workspace}/{slug} not found"));
    }
    if method != "GET" && request.token.is_none() {
        return refused(401, "Authentication required");
    }
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (method, rest.as_slice()) {
        ("GET", []) => Response::json(200, &json!({ "full_name": state.full_name(), "slug": state.name })),
        ("GET", ["pullrequests"]) => pull_requests(base_url, state, request),
        ("GET", ["pullrequests", number]) => match number.parse().ok().and_then(|id| state.pulls.get(&id)) {
            Some(pull) => Response::json(200, &pull_json(base_url, state, pull)),
            None => not_found("Pull request not found"),
        },
        ("GET", ["commit", sha, "pullrequests"]) => match state.pulls_of(sha) {
            Some(pulls) if !state.is_unindexed => {
                // The API returns no more fields here.
                let named =
                    |pull: &Pull| json!({ "type": "pullrequest", "id": pull.number, "title": pull.title });
                page(base_url, state, request, pulls.into_iter().map(named).collect())
            }
            _ => not_found("Commit not found"),
        },
        (_, ["pullrequests", number, "comments", rest @ ..]) => {
            let sent = request.json();
            let body = sent["content"]["raw"].as_str().filter(|_| method == "POST");
            let new = body.map(|body| state.new_comments(body)).unwrap_or_default();
            let Some(pull) = number.parse().ok().and_then(|number| state.pulls.get_mut(&number)) else {
                return not_found("Pull request not found");
            };
            comments(base_url, pull, request, new, rest)
        }
        _ => not_found("Resource not found"),
    }
}

/// The pull requests with the states and numbers of the query.
fn pull_requests(base_url: &str, state: &State, request: &Request) -> Response {
    let states = request.query.iter().filter(|(key, _)| key == "state");
    let states: Vec<&str> = states.map(|(_, value)| value.as_str()).collect();
    let ids: Vec<Option<u64>> = request.parameter("q").map_or(Vec::new(), |query| {
        query.split(" OR ").map(|part| part.strip_prefix("id=")?.parse().ok()).collect()
    });
    if ids.contains(&None) {
        return refused(400, "Invalid query");
    }
    let is_selected = |pull: &&Pull| {
        let is_state =
            if states.is_empty() { state_of(pull) == "OPEN" } else { states.contains(&state_of(pull)) };
        is_state && (ids.is_empty() || ids.contains(&Some(pull.number)))
    };
    let pulls: Vec<&Pull> = state.pulls.values().rev().filter(is_selected).collect();
    if pulls.iter().any(|pull| pull.is_broken) {
        return refused(500, "Something went wrong");
    }
    let pulls = pulls.into_iter().map(|pull| pull_json(base_url, state, pull)).collect();
    page(base_url, state, request, pulls)
}

fn refused(status: u16, message: &str) -> Response {
    Response::json(status, &json!({ "type": "error", "error": { "message": message } }))
}

fn not_found(message: &str) -> Response {
    refused(404, message)
}

fn state_of(pull: &Pull) -> &'static str {
    match (&pull.merged_at, pull.is_closed) {
        (Some(_), _) => "MERGED",
        (None, true) => "DECLINED",
        (None, false) => "OPEN",
    }
}

fn pull_json(base_url: &str, state: &State, pull: &Pull) -> Value {
    let page = format!("{base_url}/{}/pull-requests/{}", state.full_name(), pull.number);
    let kind = if pull.is_bot { "app_user" } else { "user" };
    let end = |name: &str, commit: Option<&String>, repository: &str| {
        let hash = commit.map(|sha| json!({ "type": "commit", "hash": &sha[..12] }));
        json!({ "branch": { "name": name }, "commit": hash, "repository": { "full_name": repository } })
    };
    let own = state.full_name();
    let source = pull.fork.as_deref().unwrap_or(&own);
    json!({
        "type": "pullrequest",
        "id": pull.number,
        "title": pull.title,
        "description": pull.body.as_deref().unwrap_or_default(),
        "state": state_of(pull),
        "author": pull.author.as_ref().map(|name| json!({ "type": kind, "nickname": name })),
        "source": end(&pull.source, pull.commits.last(), source),
        "destination": end(&pull.target, pull.base.as_ref(), &own),
        "merge_commit": pull.result().map(|sha| json!({ "type": "commit", "hash": &sha[..12] })),
        "links": { "html": { "href": page } },
    })
}

fn account(name: &str) -> Value {
    json!({ "type": "user", "uuid": format!("{{{}}}", account_id(name)), "nickname": name })
}

fn comments(
    base_url: &str,
    pull: &mut Pull,
    request: &Request,
    new: Vec<Comment>,
    rest: &[&str],
) -> Response {
    let shown = |comment: &Comment| {
        json!({
            "id": comment.id,
            "content": { "raw": comment.body },
            "user": account(&comment.author),
            "deleted": false,
        })
    };
    let sent = request.json();
    let at = rest.first().and_then(|id| pull.comments.iter().position(|it| it.id.to_string() == *id));
    let body = sent["content"]["raw"].as_str();
    if body.is_some_and(|body| body.chars().count() > MAX_COMMENT_LENGTH) {
        return refused(400, "content.raw: too long");
    }
    match (request.method.as_str(), rest, body, at) {
        ("GET", [], _, _) => {
            let all = pull.comments.iter().map(shown).collect();
            page(base_url, &State::default(), request, all)
        }
        ("POST", [], Some(_), _) => {
            pull.comments.extend(new);
            Response::json(201, &shown(pull.comments.last().unwrap()))
        }
        ("PUT", [_], Some(body), Some(at)) => {
            body.clone_into(&mut pull.comments[at].body);
            Response::json(200, &shown(&pull.comments[at]))
        }
        ("DELETE", [_], _, Some(at)) => {
            pull.comments.remove(at);
            Response::text(204, "")
        }
        ("PUT" | "DELETE", [_], _, None) => not_found("Comment not found"),
        _ => refused(400, "Bad request"),
    }
}

/// One page, with the next page's URL in its body.
fn page(base_url: &str, state: &State, request: &Request, values: Vec<Value>) -> Response {
    let number = |name: &str| request.parameter(name).and_then(|text| text.parse::<usize>().ok());
    let wanted = number("pagelen").unwrap_or(10);
    if !(1..=MAX_PAGE_SIZE).contains(&wanted) {
        return refused(400, "Invalid pagelen");
    }
    let (size, at) = (state.page_size.unwrap_or(wanted).min(wanted), number("page").unwrap_or(1));
    let is_last = at * size >= values.len();
    let total = values.len();
    let values: Vec<Value> = values.into_iter().skip((at - 1) * size).take(size).collect();
    let mut response = json!({ "pagelen": size, "page": at, "size": total, "values": values });
    if !is_last {
        response["next"] = format!("{base_url}{}", request.with_page(at + 1)).into();
    }
    Response::json(200, &response)
}
