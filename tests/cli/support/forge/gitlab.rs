//! GitLab's REST v4 API, as documented on docs.gitlab.com, and the only GraphQL query that is sent to it.

use apollo_compiler::ast::{Definition, Document, Selection, Value as Literal};
use serde_json::{Value, json};

use super::{
    MOMENT,
    server::{Request, Response},
    state::{Asset, Comment, Pull, Release, State, account_id},
};

/// The maximum length of a release description, in characters.
const MAX_BODY_LENGTH: usize = 1_000_000;

pub(super) fn respond(base_url: &str, state: &mut State, request: &Request) -> Response {
    if request.path == "/api/graphql" {
        return graphql(state, request);
    }
    let Some((method, path)) = request.below("/api/v4") else { return not_found("") };
    if path.as_slice() == ["user"] {
        return match &request.token {
            Some(_) if request.header != "job-token" => Response::json(200, &account(&state.login())),
            _ => Response::message(401, "401 Unauthorized"),
        };
    }
    let [projects, project, rest @ ..] = path.as_slice() else { return not_found("") };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    // A job token has no permissions except for releases and packages.
    let is_job = request.header == "job-token" && !matches!(rest.first(), Some(&("releases" | "packages")));
    let is_user = request.token.is_some() && !is_job;
    if projects != "projects" || *project != state.full_name() || (state.is_private && !is_user) {
        return not_found("Project ");
    }
    if method != "GET" && !is_user {
        return Response::message(401, "401 Unauthorized");
    }
    let page = |state: &State| format!("{base_url}/{}", state.full_name());
    match (method, rest.as_slice()) {
        (_, ["releases", rest @ ..]) => releases(&page(state), base_url, state, request, rest),
        (_, [kind @ ("merge_requests" | "issues"), number, rest @ ..])
            if method != "GET" || !rest.is_empty() =>
        {
            thread(base_url, state, request, *kind == "issues", number, rest)
        }
        ("PUT", ["packages", "generic", rest @ ..]) => {
            state.uploads.insert(rest.join("/"), request.body.clone());
            Response::json(201, &json!({ "message": "201 Created" }))
        }
        ("GET", ["packages", "generic", rest @ ..]) => match state.uploads.get(&rest.join("/")) {
            Some(content) => Response::file(content),
            None => not_found("Package "),
        },
        ("GET", []) => {
            let full = state.full_name();
            Response::json(
                200,
                &json!({ "path_with_namespace": full, "default_branch": "main", "web_url": page(state) }),
            )
        }
        ("GET", rest @ (["merge_requests", ..] | ["repository", "commits", ..])) => {
            merge_requests(&page(state), base_url, state, request, rest)
        }
        ("GET", ["repository", "tags", tag]) => match state.tags.get(*tag) {
            Some(sha) => Response::json(200, &json!({ "name": tag, "commit": { "id": sha } })),
            None => not_found("Tag "),
        },
        _ => not_found(""),
    }
}

/// Merge requests by number and by commit.
fn merge_requests(page: &str, base_url: &str, state: &State, request: &Request, path: &[&str]) -> Response {
    let shown = |pulls: Vec<&Pull>| {
        if pulls.iter().any(|pull| pull.is_broken) {
            return Response::message(500, "500 Internal Server Error");
        }
        Response::page(
            base_url,
            state,
            request,
            pulls.into_iter().map(|pull| merge_request_json(page, pull)).collect(),
        )
    };
    match path {
        ["merge_requests"] => {
            let wanted = request.query.iter().filter(|(key, _)| key == "iids[]");
            let wanted: Vec<u64> = wanted.filter_map(|(_, iid)| iid.parse().ok()).collect();
            // Newest first, as GitLab lists them.
            let all = state.pulls.values().rev();
            let is_open = |pull: &Pull| pull.merged_at.is_none() && !pull.is_closed;
            let open_only = request.parameter("state") == Some("opened");
            let source = request.parameter("source_branch");
            let is_selected = |pull: &&Pull| {
                (wanted.is_empty() || wanted.contains(&pull.number))
                    && (!open_only || is_open(pull))
                    && source.is_none_or(|source| source == pull.source)
            };
            shown(all.filter(is_selected).collect())
        }
        ["merge_requests", iid] => match iid.parse().ok().and_then(|iid| state.pulls.get(&iid)) {
            Some(pull) => Response::json(200, &merge_request_json(page, pull)),
            None => not_found(""),
        },
        ["repository", "commits", sha, "merge_requests"] => {
            state.pulls_of(sha).map_or_else(|| not_found("Commit "), shown)
        }
        _ => not_found(""),
    }
}

fn not_found(what: &str) -> Response {
    Response::message(404, &format!("404 {what}Not Found"))
}

fn merge_request_json(page: &str, pull: &Pull) -> Value {
    let state = match (&pull.merged_at, pull.is_closed) {
        (Some(_), _) => "merged",
        (None, true) => "closed",
        (None, false) => "opened",
    };
    json!({
        "id": 100_000 + pull.number,
        "iid": pull.number,
        "title": pull.title,
        "description": pull.body,
        "state": state,
        "web_url": format!("{page}/-/merge_requests/{}", pull.number),
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_commit,
        "squash_commit_sha": pull.squash_commit,
        "sha": pull.commits.last(),
        "source_branch": pull.source,
        "source_project_id": if pull.fork.is_some() { 2 } else { 1 },
        "target_project_id": 1,
        "diff_refs": { "base_sha": pull.base },
        "target_branch": pull.target,
        "labels": pull.labels,
        "author": { "username": pull.author.as_deref().unwrap_or("ghost") },
        "milestone": pull.milestone.as_ref().map(|title| json!({ "title": title })),
    })
}

fn account(login: &str) -> Value {
    json!({ "id": account_id(login), "username": login })
}

/// Notes and labels of a merge request or an issue, which are numbered separately.
fn thread(
    base_url: &str,
    state: &mut State,
    request: &Request,
    is_issue: bool,
    number: &str,
    rest: &[&str],
) -> Response {
    let page_size = state.page_size;
    let sent = request.json();
    let is_note = request.method == "POST" && rest == ["notes"];
    let body = sent["body"].as_str().filter(|_| is_note);
    let new = body.map(|body| state.new_comments(body)).unwrap_or_default();
    let number = number.parse().unwrap_or_default();
    let found = if is_issue {
        state.issues.get_mut(&number).map(|issue| (&mut issue.labels, &mut issue.comments))
    } else {
        state.pulls.get_mut(&number).map(|pull| (&mut pull.labels, &mut pull.comments))
    };
    let Some((labels, comments)) = found else { return not_found("") };
    let note = |comment: &Comment| json!({ "id": comment.id, "body": comment.body, "system": false, "author": account(&comment.author) });
    match (request.method.as_str(), rest, sent["body"].as_str()) {
        ("GET", ["notes"], _) => {
            let paged = State { page_size, ..State::default() };
            Response::page(base_url, &paged, request, comments.iter().map(note).collect())
        }
        ("POST", ["notes"], Some(_)) => {
            comments.extend(new);
            Response::json(201, &note(comments.last().unwrap()))
        }
        ("DELETE", ["notes", id], _) => {
            let before = comments.len();
            comments.retain(|comment| comment.id.to_string() != *id);
            if comments.len() == before { not_found("Note ") } else { Response::text(204, "") }
        }
        ("PUT", ["notes", id], Some(body)) => {
            let Some(existing) = comments.iter_mut().find(|comment| comment.id.to_string() == *id) else {
                return not_found("Note ");
            };
            existing.body = body.to_owned();
            Response::json(200, &note(existing))
        }
        ("PUT", [], _) => {
            // Labels that the project does not have are created.
            for label in
                sent["add_labels"].as_str().unwrap_or_default().split(',').filter(|label| !label.is_empty())
            {
                if !labels.iter().any(|existing| existing == label) {
                    labels.push(label.to_owned());
                }
            }
            Response::json(200, &json!({ "iid": number, "labels": labels }))
        }
        _ => Response::message(400, "400 Bad request"),
    }
}

fn releases(page: &str, base_url: &str, state: &mut State, request: &Request, rest: &[&str]) -> Response {
    let id = state.next_id();
    let at = rest.first().and_then(|tag| state.releases.iter().position(|release| release.tag == *tag));
    match (request.method.as_str(), rest, at) {
        ("GET", [], _) => {
            let all = state.releases.iter().rev().map(|found| release(page, found)).collect();
            Response::page(base_url, state, request, all)
        }
        ("GET", ["permalink", "latest"], _) => match state.releases.last() {
            Some(found) => Response::json(200, &release(page, found)),
            None => not_found(""),
        },
        ("POST", [], _) => create(page, state, id, &request.json()),
        ("GET", [_], Some(at)) => Response::json(200, &release(page, &state.releases[at])),
        ("PUT", [_], Some(at)) => write(page, state, state.releases[at].clone(), &request.json(), 200),
        ("DELETE", [_], Some(at)) => Response::json(200, &release(page, &state.releases.remove(at))),
        ("GET", [_, "assets", "links"], Some(at)) => {
            let links = state.releases[at].assets.iter().map(link).collect();
            Response::page(base_url, state, request, links)
        }
        ("POST", [_, "assets", "links"], Some(at)) => {
            let sent = request.json();
            let (Some(name), Some(url)) = (sent["name"].as_str(), sent["url"].as_str()) else {
                return Response::json(400, &json!({ "error": "name is missing, url is missing" }));
            };
            let assets = &mut state.releases[at].assets;
            if assets.iter().any(|asset| asset.name == name || asset.content == url.as_bytes()) {
                return Response::message(400, "Validation failed: name or url has already been taken");
            }
            let content_type = sent["link_type"].as_str().unwrap_or("other").to_owned();
            assets.push(Asset { id, name: name.to_owned(), content_type, content: url.as_bytes().to_vec() });
            Response::json(201, &link(assets.last().unwrap()))
        }
        ("DELETE", [_, "assets", "links", id], Some(at)) => {
            state.releases[at].assets.retain(|asset| asset.id.to_string() != *id);
            Response::json(200, &json!({}))
        }
        // A missing release and a hidden release give the same response.
        _ => not_found(""),
    }
}

fn create(page: &str, state: &mut State, id: u64, sent: &Value) -> Response {
    let Some(tag) = sent["tag_name"].as_str().map(str::to_owned) else {
        return Response::json(400, &json!({ "error": "tag_name is missing" }));
    };
    if state.releases.iter().any(|release| release.tag == tag) {
        return Response::message(409, "Release already exists");
    }
    match (state.tags.contains_key(&tag), sent["ref"].as_str()) {
        (true, _) => {}
        (false, None) => return Response::message(422, "Ref is not specified"),
        (false, Some(target)) if state.create_tag(&tag, target) => {}
        (false, Some(target)) => {
            return Response::message(
                400,
                &format!("Failed to create tag {tag}: invalid reference {target}"),
            );
        }
    }
    let assets = linked(state, sent);
    write(page, state, Release { id, title: tag.clone(), tag, assets, ..Release::default() }, sent, 201)
}

/// The links in the request that creates a release.
fn linked(state: &mut State, sent: &Value) -> Vec<Asset> {
    let links = sent["assets"]["links"].as_array().cloned().unwrap_or_default();
    let text = |link: &Value, name: &str| link[name].as_str().unwrap_or_default().to_owned();
    let mut asset = |link: &Value| Asset {
        id: state.next_id(),
        name: text(link, "name"),
        content_type: text(link, "link_type"),
        content: text(link, "url").into_bytes(),
    };
    links.iter().map(&mut asset).collect()
}

fn write(page: &str, state: &mut State, mut new: Release, sent: &Value, status: u16) -> Response {
    let text = |name: &str| sent[name].as_str().map(str::to_owned);
    new.title = text("name").unwrap_or(new.title);
    new.body = text("description").unwrap_or(new.body);
    new.released_at = text("released_at").or(new.released_at);
    if let Some(milestones) = sent["milestones"].as_array() {
        new.milestones = milestones.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    let is_known = |title: &&String| state.pulls.values().any(|pull| pull.milestone.as_ref() == Some(title));
    if let Some(unknown) = new.milestones.iter().find(|title| !is_known(title)) {
        return Response::message(400, &format!("Milestone(s) not found: {unknown}"));
    }
    if new.body.chars().count() > MAX_BODY_LENGTH {
        return Response::message(
            400,
            &format!("Description is too long (maximum is {MAX_BODY_LENGTH} characters)"),
        );
    }
    let response = Response::json(status, &release(page, &new));
    state.store(new);
    response
}

fn release(page: &str, release: &Release) -> Value {
    let links: Vec<Value> = release.assets.iter().map(link).collect();
    let milestones: Vec<Value> = release.milestones.iter().map(|title| json!({ "title": title })).collect();
    json!({
        "tag_name": release.tag,
        "name": release.title,
        "description": release.body,
        "created_at": MOMENT,
        "released_at": release.released_at.as_deref().unwrap_or(MOMENT),
        "upcoming_release": false,
        "milestones": milestones,
        "assets": { "count": links.len(), "links": links },
        "_links": { "self": format!("{page}/-/releases/{}", release.tag) },
    })
}

fn link(asset: &Asset) -> Value {
    let url = String::from_utf8_lossy(&asset.content);
    json!({ "id": asset.id, "name": asset.name, "url": url, "direct_asset_url": url, "link_type": asset.content_type })
}

/// Counts merged merge requests by `authorUsername` and `mergedBefore`.
fn graphql(state: &State, request: &Request) -> Response {
    let sent = request.json();
    let refused = |message: String| Response::json(200, &json!({ "errors": [{ "message": message }] }));
    let document = match Document::parse(sent["query"].as_str().unwrap_or_default(), "query.graphql") {
        Ok(document) => document,
        Err(errors) => return refused(errors.to_string()),
    };
    let Some(Definition::OperationDefinition(operation)) = document.definitions.first() else {
        return refused("No operation".to_owned());
    };
    let Some(project) = operation.selection_set.first().and_then(Selection::as_field) else {
        return refused("No field".to_owned());
    };
    let variable = |field: &apollo_compiler::ast::Field, name: &str| {
        let found = field.arguments.iter().find(|argument| argument.name.as_str() == name)?;
        let Literal::Variable(name) = &*found.value else { return None };
        sent["variables"][name.as_str()].as_str().map(str::to_owned)
    };
    let is_seen = request.token.is_some() || !state.is_private;
    if variable(project, "fullPath").as_deref() != Some(&state.full_name()) || !is_seen {
        return Response::json(200, &json!({ "data": { "project": null } }));
    }
    let mut counts = serde_json::Map::new();
    for field in project.selection_set.iter().filter_map(Selection::as_field) {
        let (author, day) = (variable(field, "authorUsername"), variable(field, "mergedBefore"));
        if field.name.as_str() != "mergeRequests" || author.is_none() {
            return refused(format!("Field '{}' doesn't exist on type 'Project'", field.name));
        }
        let is_early =
            |pull: &&Pull| pull.merged_at.is_some() && pull.merged_at < day && pull.author == author;
        let count = state.pulls.values().filter(is_early).count();
        counts.insert(field.alias.as_ref().unwrap_or(&field.name).to_string(), json!({ "count": count }));
    }
    Response::json(200, &json!({ "data": { "project": counts } }))
}
