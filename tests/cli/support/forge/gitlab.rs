//! GitLab's REST v4, as docs.gitlab.com tells it, and the one GraphQL question that is sent there.

use apollo_compiler::ast::{Definition, Document, Selection, Value as Literal};
use serde_json::{Value, json};

use super::{
    MOMENT,
    server::{Answer, Asked},
    state::{Asset, Comment, Pull, Release, State},
};

/// The longest description of a release, in characters.
const LONGEST_BODY: usize = 1_000_000;

pub(super) fn answer(address: &str, state: &mut State, asked: &Asked) -> Answer {
    if asked.path == "/api/graphql" {
        return graphql(state, asked);
    }
    let Some((method, path)) = asked.below("/api/v4") else { return not_found("") };
    let [projects, project, rest @ ..] = path.as_slice() else { return not_found("") };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    // The token of a job is nobody's, but where releases and packages are concerned.
    let is_job = asked.header == "job-token" && !matches!(rest.first(), Some(&("releases" | "packages")));
    let is_user = asked.token.is_some() && !is_job;
    if projects != "projects" || *project != state.full_name() || (state.is_private && !is_user) {
        return not_found("Project ");
    }
    if method != "GET" && !is_user {
        return Answer::message(401, "401 Unauthorized");
    }
    let page = |state: &State| format!("{address}/{}", state.full_name());
    match (method, rest.as_slice()) {
        (_, ["releases", rest @ ..]) => releases(&page(state), address, state, asked, rest),
        (_, [kind @ ("merge_requests" | "issues"), number, rest @ ..])
            if method != "GET" || !rest.is_empty() =>
        {
            thread(address, state, asked, *kind == "issues", number, rest)
        }
        ("PUT", ["packages", "generic", rest @ ..]) => {
            state.uploads.insert(rest.join("/"), asked.body.clone());
            Answer::json(201, &json!({ "message": "201 Created" }))
        }
        ("GET", ["packages", "generic", rest @ ..]) => match state.uploads.get(&rest.join("/")) {
            Some(content) => Answer::file(content),
            None => not_found("Package "),
        },
        ("GET", []) => {
            let full = state.full_name();
            Answer::json(
                200,
                &json!({ "path_with_namespace": full, "default_branch": "main", "web_url": page(state) }),
            )
        }
        ("GET", rest @ (["merge_requests", ..] | ["repository", "commits", ..])) => {
            requests(&page(state), address, state, asked, rest)
        }
        ("GET", ["repository", "tags", tag]) => match state.tags.get(*tag) {
            Some(sha) => Answer::json(200, &json!({ "name": tag, "commit": { "id": sha } })),
            None => not_found("Tag "),
        },
        _ => not_found(""),
    }
}

/// Merge requests by their numbers and by their commits.
fn requests(page: &str, address: &str, state: &State, asked: &Asked, path: &[&str]) -> Answer {
    let shown = |pulls: Vec<&Pull>| {
        if pulls.iter().any(|pull| pull.is_broken) {
            return Answer::message(500, "500 Internal Server Error");
        }
        Answer::page(address, state, asked, pulls.into_iter().map(|pull| request(page, pull)).collect())
    };
    match path {
        ["merge_requests"] => {
            let wanted = asked.query.iter().filter(|(key, _)| key == "iids[]");
            let wanted: Vec<u64> = wanted.filter_map(|(_, iid)| iid.parse().ok()).collect();
            // Newest first, as GitLab lists them.
            let all = state.pulls.values().rev();
            shown(all.filter(|pull| wanted.is_empty() || wanted.contains(&pull.number)).collect())
        }
        ["merge_requests", iid] => match iid.parse().ok().and_then(|iid| state.pulls.get(&iid)) {
            Some(pull) => Answer::json(200, &request(page, pull)),
            None => not_found(""),
        },
        ["repository", "commits", sha, "merge_requests"] => {
            state.pulls_of(sha).map_or_else(|| not_found("Commit "), shown)
        }
        _ => not_found(""),
    }
}

fn not_found(what: &str) -> Answer {
    Answer::message(404, &format!("404 {what}Not Found"))
}

fn request(page: &str, pull: &Pull) -> Value {
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
        "target_branch": pull.target,
        "labels": pull.labels,
        "author": { "username": pull.author.as_deref().unwrap_or("ghost") },
        "milestone": pull.milestone.as_ref().map(|title| json!({ "title": title })),
    })
}

/// Notes and labels of a merge request or an issue; their numbers are apart.
fn thread(
    address: &str,
    state: &mut State,
    asked: &Asked,
    is_issue: bool,
    number: &str,
    rest: &[&str],
) -> Answer {
    let (id, page_size) = (state.next_id(), state.page_size);
    let number = number.parse().unwrap_or_default();
    let found = if is_issue {
        state.issues.get_mut(&number).map(|issue| (&mut issue.labels, &mut issue.comments))
    } else {
        state.pulls.get_mut(&number).map(|pull| (&mut pull.labels, &mut pull.comments))
    };
    let Some((labels, comments)) = found else { return not_found("") };
    let sent = asked.json();
    let note = |comment: &Comment| json!({ "id": comment.id, "body": comment.body, "system": false });
    match (asked.method.as_str(), rest, sent["body"].as_str()) {
        ("GET", ["notes"], _) => {
            let paged = State { page_size, ..State::default() };
            Answer::page(address, &paged, asked, comments.iter().map(note).collect())
        }
        ("POST", ["notes"], Some(body)) => {
            comments.push(Comment { id, body: body.to_owned() });
            Answer::json(201, &note(comments.last().unwrap()))
        }
        ("DELETE", ["notes", id], _) => {
            let before = comments.len();
            comments.retain(|comment| comment.id.to_string() != *id);
            if comments.len() == before { not_found("Note ") } else { Answer::text(204, "") }
        }
        ("PUT", ["notes", id], Some(body)) => {
            let Some(known) = comments.iter_mut().find(|comment| comment.id.to_string() == *id) else {
                return not_found("Note ");
            };
            known.body = body.to_owned();
            Answer::json(200, &note(known))
        }
        ("PUT", [], _) => {
            // Labels that the project has not are made.
            for label in
                sent["add_labels"].as_str().unwrap_or_default().split(',').filter(|label| !label.is_empty())
            {
                if !labels.iter().any(|known| known == label) {
                    labels.push(label.to_owned());
                }
            }
            Answer::json(200, &json!({ "iid": number, "labels": labels }))
        }
        _ => Answer::message(400, "400 Bad request"),
    }
}

fn releases(page: &str, address: &str, state: &mut State, asked: &Asked, rest: &[&str]) -> Answer {
    let id = state.next_id();
    let at = rest.first().and_then(|tag| state.releases.iter().position(|release| release.tag == *tag));
    match (asked.method.as_str(), rest, at) {
        ("GET", [], _) => {
            let all = state.releases.iter().rev().map(|found| release(page, found)).collect();
            Answer::page(address, state, asked, all)
        }
        ("GET", ["permalink", "latest"], _) => match state.releases.last() {
            Some(found) => Answer::json(200, &release(page, found)),
            None => not_found(""),
        },
        ("POST", [], _) => create(page, state, id, &asked.json()),
        ("GET", [_], Some(at)) => Answer::json(200, &release(page, &state.releases[at])),
        ("PUT", [_], Some(at)) => write(page, state, state.releases[at].clone(), &asked.json(), 200),
        ("DELETE", [_], Some(at)) => Answer::json(200, &release(page, &state.releases.remove(at))),
        ("GET", [_, "assets", "links"], Some(at)) => {
            let links = state.releases[at].assets.iter().map(link).collect();
            Answer::page(address, state, asked, links)
        }
        ("POST", [_, "assets", "links"], Some(at)) => {
            let sent = asked.json();
            let (Some(name), Some(url)) = (sent["name"].as_str(), sent["url"].as_str()) else {
                return Answer::json(400, &json!({ "error": "name is missing, url is missing" }));
            };
            let assets = &mut state.releases[at].assets;
            if assets.iter().any(|asset| asset.name == name || asset.content == url.as_bytes()) {
                return Answer::message(400, "Validation failed: name or url has already been taken");
            }
            let content_type = sent["link_type"].as_str().unwrap_or("other").to_owned();
            assets.push(Asset { id, name: name.to_owned(), content_type, content: url.as_bytes().to_vec() });
            Answer::json(201, &link(assets.last().unwrap()))
        }
        ("DELETE", [_, "assets", "links", id], Some(at)) => {
            state.releases[at].assets.retain(|asset| asset.id.to_string() != *id);
            Answer::json(200, &json!({}))
        }
        // A release that is not there and one that may not be seen look the same.
        _ => not_found(""),
    }
}

fn create(page: &str, state: &mut State, id: u64, sent: &Value) -> Answer {
    let Some(tag) = sent["tag_name"].as_str().map(str::to_owned) else {
        return Answer::json(400, &json!({ "error": "tag_name is missing" }));
    };
    if state.releases.iter().any(|release| release.tag == tag) {
        return Answer::message(409, "Release already exists");
    }
    match (state.tags.contains_key(&tag), sent["ref"].as_str()) {
        (true, _) => {}
        (false, None) => return Answer::message(422, "Ref is not specified"),
        (false, Some(target)) if state.make_tag(&tag, target) => {}
        (false, Some(target)) => {
            return Answer::message(400, &format!("Failed to create tag {tag}: invalid reference {target}"));
        }
    }
    let assets = linked(state, sent);
    write(page, state, Release { id, title: tag.clone(), tag, assets, ..Release::default() }, sent, 201)
}

/// The links that a release is made with.
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

fn write(page: &str, state: &mut State, mut new: Release, sent: &Value, status: u16) -> Answer {
    let text = |name: &str| sent[name].as_str().map(str::to_owned);
    new.title = text("name").unwrap_or(new.title);
    new.body = text("description").unwrap_or(new.body);
    new.released_at = text("released_at").or(new.released_at);
    if let Some(milestones) = sent["milestones"].as_array() {
        new.milestones = milestones.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    let is_known = |title: &&String| state.pulls.values().any(|pull| pull.milestone.as_ref() == Some(title));
    if let Some(unknown) = new.milestones.iter().find(|title| !is_known(title)) {
        return Answer::message(400, &format!("Milestone(s) not found: {unknown}"));
    }
    if new.body.chars().count() > LONGEST_BODY {
        return Answer::message(
            400,
            &format!("Description is too long (maximum is {LONGEST_BODY} characters)"),
        );
    }
    let answer = Answer::json(status, &release(page, &new));
    state.keep(new);
    answer
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
fn graphql(state: &State, asked: &Asked) -> Answer {
    let sent = asked.json();
    let refused = |message: String| Answer::json(200, &json!({ "errors": [{ "message": message }] }));
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
    let is_seen = asked.token.is_some() || !state.is_private;
    if variable(project, "fullPath").as_deref() != Some(&state.full_name()) || !is_seen {
        return Answer::json(200, &json!({ "data": { "project": null } }));
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
    Answer::json(200, &json!({ "data": { "project": counts } }))
}
