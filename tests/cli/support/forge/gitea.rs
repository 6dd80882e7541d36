//! The REST v1 API of Gitea and Forgejo, as described by their `swagger.v1.json`.

use serde_json::{Value, json};

use super::{
    MOMENT,
    server::{Request, Response},
    state::{Asset, Comment, Pull, Release, State, account_id, published_at},
};

pub(super) fn respond(base_url: &str, state: &mut State, request: &Request) -> Response {
    let downloads = format!("/{}/releases/download", state.full_name());
    if let Some(("GET", path)) =
        request.below(&downloads).filter(|_| request.token.is_some() || !state.is_private)
    {
        let [tag, name] = path.as_slice() else { return not_found() };
        let release = state.releases.iter().find(|release| release.tag == *tag);
        let found = release.and_then(|release| release.assets.iter().find(|asset| asset.name == *name));
        return found.map_or_else(not_found, |asset| Response::file(&asset.content));
    }
    let Some((method, path)) = request.below("/api/v1") else { return not_found() };
    if path.as_slice() == ["user"] {
        return match &request.token {
            None => Response::message(401, "token is required"),
            Some(_) if state.hides_account => {
                Response::message(403, "token does not have the scope read:user")
            }
            Some(_) => Response::json(200, &account(&state.login())),
        };
    }
    let [repos, owner, name, rest @ ..] = path.as_slice() else { return not_found() };
    let is_own = owner.eq_ignore_ascii_case(&state.owner) && name.eq_ignore_ascii_case(&state.name);
    if repos != "repos" || !is_own || (state.is_private && request.token.is_none()) {
        return not_found();
    }
    if method != "GET" && request.token.is_none() {
        return Response::message(401, "token is required");
    }
    let page = format!("{base_url}/{}", state.full_name());
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (method, rest.as_slice()) {
        (_, ["releases", rest @ ..]) => releases(&page, base_url, state, request, rest),
        (_, ["issues", number, rest @ ..]) => thread(base_url, state, request, number, rest),
        ("GET", ["labels"]) => {
            let labels = state.labels.iter().enumerate();
            let labels = labels.map(|(at, name)| json!({ "id": at + 1, "name": name })).collect();
            Response::page(base_url, state, request, labels)
        }
        ("POST", ["labels"]) => {
            let sent = request.json();
            let (Some(name), Some(_)) = (sent["name"].as_str(), sent["color"].as_str()) else {
                return Response::message(422, "[Color]: Required");
            };
            state.labels.push(name.to_owned());
            Response::json(201, &json!({ "id": state.labels.len(), "name": name }))
        }
        ("GET", []) => {
            Response::json(200, &json!({ "full_name": state.full_name(), "default_branch": "main" }))
        }
        ("GET", rest) => read(&page, base_url, state, request, rest),
        _ => not_found(),
    }
}

/// Pull requests and tags.
fn read(page: &str, base_url: &str, state: &State, request: &Request, rest: &[&str]) -> Response {
    match rest {
        ["pulls", number] => match number.parse().ok().and_then(|number| state.pulls.get(&number)) {
            Some(pull) => of_pull(page, state, pull),
            None => not_found(),
        },
        ["pulls"] => {
            let is_open = |pull: &&Pull| pull.merged_at.is_none() && !pull.is_closed;
            let all = state.pulls.values().rev().filter(is_open);
            let all = all.map(|pull| pull_json(page, state, pull)).collect();
            Response::page(base_url, state, request, all)
        }
        ["commits", sha, "pull"] => {
            // The API only has the commit that resulted from a pull request, and returns only one pull request.
            let is_result =
                |pull: &&&Pull| pull.merged_at.is_some() && pull.result().is_some_and(|id| id == sha);
            match state.pulls_of(sha).unwrap_or_default().iter().find(is_result) {
                Some(pull) => of_pull(page, state, pull),
                None => not_found(),
            }
        }
        ["tags", tag] => match state.tags.get(*tag) {
            Some(sha) => Response::json(200, &json!({ "name": tag, "commit": { "sha": sha } })),
            None => not_found(),
        },
        _ => not_found(),
    }
}

fn not_found() -> Response {
    Response::message(404, "The target couldn't be found.")
}

fn of_pull(page: &str, state: &State, pull: &Pull) -> Response {
    if pull.is_broken {
        return Response::message(500, "");
    }
    Response::json(200, &pull_json(page, state, pull))
}

fn pull_json(page: &str, state: &State, pull: &Pull) -> Value {
    let labels: Vec<Value> = pull.labels.iter().map(|name| json!({ "name": name })).collect();
    let is_merged = pull.merged_at.is_some();
    let id = if pull.is_bot { -2 } else { 1 };
    let user = pull.author.as_ref().map(|login| json!({ "id": id, "login": login }));
    let own = || state.full_name();
    json!({
            "number": pull.number,
            "html_url": format!("{page}/pulls/{}", pull.number),
            "title": pull.title,
            "body": pull.body.as_deref().unwrap_or_default(),
            "state": if is_merged || pull.is_closed { "closed" } else { "open" },
            "merged": is_merged,
            "merged_at": pull.merged_at,
            "merge_commit_sha": pull.result(),
            "labels": if labels.is_empty() { Value::Null } else { labels.into() },
            "user": user.unwrap_or_else(|| json!({ "id": -1, "login": "Ghost" })),
            "milestone": pull.milestone.as_ref().map(|title| json!({ "title": title })),
            // The branch was deleted.
            "head": {
            "label": pull.source,
            "ref": format!("refs/pull/{}/head", pull.number),
            "sha": pull.commits.last().map_or("", String::as_str),
            "repo": { "full_name": pull.fork.clone().unwrap_or_else(own) },
        },
        "base": {
            "label": pull.target,
            "ref": pull.target,
            "sha": pull.base.as_deref().unwrap_or_default(),
            "repo": { "full_name": own() },
        },
    })
}

fn thread(base_url: &str, state: &mut State, request: &Request, number: &str, rest: &[&str]) -> Response {
    let sent = request.json();
    if let ("comments", [id], "DELETE") = (number, rest, request.method.as_str()) {
        return if state.delete_comment(id) { Response::text(204, "") } else { not_found() };
    }
    if let ("comments", [id]) = (number, rest) {
        let threads = state.pulls.values_mut().map(|pull| &mut pull.comments);
        let mut all = threads.chain(state.issues.values_mut().map(|issue| &mut issue.comments)).flatten();
        return match (
            request.method.as_str(),
            all.find(|comment| comment.id.to_string() == *id),
            sent["body"].as_str(),
        ) {
            ("PATCH", Some(found), Some(body)) => {
                found.body = body.to_owned();
                Response::json(200, &comment(found))
            }
            _ => not_found(),
        };
    }
    let (existing, page_size) = (state.labels.clone(), state.page_size);
    let is_comment = request.method == "POST" && rest == ["comments"];
    let body = sent["body"].as_str().filter(|_| is_comment);
    let new = body.map(|body| state.new_comments(body)).unwrap_or_default();
    let Some((labels, comments)) = number.parse().ok().and_then(|number| state.thread(number)) else {
        return not_found();
    };
    match (request.method.as_str(), rest) {
        // All of them: Gitea does not paginate here.
        ("GET", ["comments"]) => Response::json(200, &comments.iter().map(comment).collect()),
        ("POST", ["comments"]) if new.is_empty() => Response::message(422, "[Body]: Required"),
        ("POST", ["comments"]) => {
            comments.extend(new);
            Response::json(201, &comment(comments.last().unwrap()))
        }
        ("GET", ["labels"]) => {
            let named = labels.iter().map(|name| json!({ "name": name })).collect();
            Response::page(base_url, &State { page_size, ..State::default() }, request, named)
        }
        ("POST", ["labels"]) => {
            for wanted in sent["labels"].as_array().unwrap_or(&Vec::new()) {
                let by_id =
                    wanted.as_u64().and_then(|id| existing.get(usize::try_from(id).ok()?.checked_sub(1)?));
                let by_name = wanted.as_str().and_then(|name| existing.iter().find(|label| *label == name));
                // A label that the repository does not have is ignored silently.
                if let Some(label) = by_id.or(by_name).filter(|label| !labels.contains(label)) {
                    labels.push(label.clone());
                }
            }
            Response::json(200, &labels.iter().map(|name| json!({ "name": name })).collect())
        }
        _ => not_found(),
    }
}

fn comment(comment: &Comment) -> Value {
    json!({ "id": comment.id, "body": comment.body, "user": account(&comment.author) })
}

fn account(login: &str) -> Value {
    json!({ "login": login, "id": account_id(login) })
}

fn releases(page: &str, base_url: &str, state: &mut State, request: &Request, rest: &[&str]) -> Response {
    let id = state.next_id();
    let is_shown = |release: &&Release| !release.draft || request.token.is_some();
    let of_id =
        rest.first().and_then(|id| state.releases.iter().position(|found| found.id.to_string() == *id));
    match (request.method.as_str(), rest, of_id) {
        ("GET", [], _) => {
            let all = state.releases.iter().rev().filter(is_shown);
            Response::page(base_url, state, request, all.map(|found| release(page, found)).collect())
        }
        ("GET", ["latest"], _) => {
            let mut full =
                state.releases.iter().rev().filter(|release| !release.draft && !release.prerelease);
            full.next().map_or_else(not_found, |found| Response::json(200, &release(page, found)))
        }
        ("GET", ["tags", tag], _) => {
            let found = state.releases.iter().find(|release| release.tag == *tag && !release.draft);
            found.map_or_else(not_found, |found| Response::json(200, &release(page, found)))
        }
        ("POST", [], _) => {
            let new = Release { id, target: "main".to_owned(), ..Release::default() };
            write(page, state, new, &request.json(), 201)
        }
        ("GET", [_], Some(at)) => Response::json(200, &release(page, &state.releases[at])),
        ("PATCH", [_], Some(at)) => write(page, state, state.releases[at].clone(), &request.json(), 200),
        ("DELETE", [_], Some(at)) => {
            state.releases.remove(at);
            Response::text(204, "")
        }
        ("GET", [_, "assets"], Some(at)) => {
            let found = &state.releases[at];
            Response::json(200, &found.assets.iter().map(|asset| attachment(page, found, asset)).collect())
        }
        ("POST", [_, "assets"], Some(at)) => {
            let Some((file, content_type, content)) = request.form_file("attachment") else {
                return Response::message(400, "http: no such file");
            };
            let name = request.parameter("name").unwrap_or(&file).to_owned();
            let found = &mut state.releases[at];
            // Two files may have the same name.
            found.assets.push(Asset { id, name, content_type, content });
            Response::json(201, &attachment(page, found, found.assets.last().unwrap()))
        }
        ("DELETE", [_, "assets", id], Some(at)) => {
            let assets = &mut state.releases[at].assets;
            let before = assets.len();
            assets.retain(|asset| asset.id.to_string() != *id);
            if assets.len() == before { not_found() } else { Response::text(204, "") }
        }
        _ => not_found(),
    }
}

fn write(page: &str, state: &mut State, mut new: Release, sent: &Value, status: u16) -> Response {
    let text = |name: &str| sent[name].as_str().map(str::to_owned);
    let flag = |name: &str, now| sent[name].as_bool().unwrap_or(now);
    new.tag = text("tag_name").unwrap_or(new.tag);
    new.title = text("name").unwrap_or(new.title);
    new.body = text("body").unwrap_or(new.body);
    new.target = text("target_commitish").unwrap_or(new.target);
    (new.draft, new.prerelease) = (flag("draft", new.draft), flag("prerelease", new.prerelease));
    if new.tag.is_empty() {
        return Response::message(422, "[TagName]: Required");
    }
    let is_taken = |other: &Release| other.id != new.id && other.tag == new.tag;
    if !state.is_lenient && state.releases.iter().any(is_taken) {
        return Response::message(409, "Release is has no Tag");
    }
    if !new.draft && !state.create_tag(&new.tag, &new.target) {
        return not_found();
    }
    let response = Response::json(status, &release(page, &new));
    state.store(new);
    response
}

fn release(page: &str, release: &Release) -> Value {
    let assets: Vec<Value> = release.assets.iter().map(|asset| attachment(page, release, asset)).collect();
    json!({
        "id": release.id,
        "tag_name": release.tag,
        "target_commitish": release.target,
        "name": release.title,
        "body": release.body,
        "html_url": format!("{page}/releases/tag/{}", release.tag),
        "draft": release.draft,
        "prerelease": release.prerelease,
        "created_at": MOMENT,
        "published_at": published_at(release).unwrap_or(MOMENT),
        "assets": assets,
    })
}

fn attachment(page: &str, release: &Release, asset: &Asset) -> Value {
    json!({
        "id": asset.id,
        "name": asset.name,
        "size": asset.content.len(),
        "browser_download_url": format!("{page}/releases/download/{}/{}", release.tag, asset.name),
    })
}
