//! GitHub's REST API, as documented on docs.github.com.

use serde_json::{Value, json};

use super::{
    MOMENT, deployments, graphql,
    server::{Request, Response},
    state::{Asset, Comment, Pull, Release, State, account_id, published_at},
};

/// The maximum length of a release body, in characters.
const MAX_BODY_LENGTH: usize = 125_000;
/// The maximum length of a comment, in characters.
const MAX_COMMENT_LENGTH: usize = 65_536;

pub(super) fn respond(base_url: &str, state: &mut State, request: &Request) -> Response {
    let api = Api { base_url, own: format!("{base_url}/api/v3/repos/{}", state.full_name()) };
    if request.path == "/api/graphql" {
        return graphql::respond(&api, state, request);
    }
    if let Some(("GET", path)) = request.below("/storage") {
        let assets = state.releases.iter().flat_map(|release| &release.assets);
        let found = assets.into_iter().find(|asset| [asset.id.to_string()] == *path);
        // The URL itself contains the permission; a request that also sends credentials is refused.
        return match found.filter(|_| request.token.is_none()) {
            Some(asset) => Response::file(&asset.content),
            None => Response::message(400, "Only one auth mechanism allowed"),
        };
    }
    if request.token.is_none() && request.method != "GET" {
        return Response::message(401, "Requires authentication");
    }
    if let Some((_, path)) = request.below("/api/uploads") {
        return match strip(state, &path).as_deref() {
            Some(["releases", id, "assets"]) => api.upload(state, request, id),
            _ => not_found(),
        };
    }
    let Some((method, path)) = request.below("/api/v3") else { return not_found() };
    if path.as_slice() == ["user"] {
        return match &request.token {
            None => Response::message(401, "Requires authentication"),
            Some(_) if state.hides_account => {
                Response::message(403, "Resource not accessible by integration")
            }
            Some(_) => Response::json(200, &account(&state.login())),
        };
    }
    let is_seen = request.token.is_some() || !state.is_private;
    let Some(path) = strip(state, &path).filter(|_| is_seen) else { return not_found() };
    match path.as_slice() {
        ["releases", rest @ ..] => api.releases(state, request, method, rest),
        ["deployments", rest @ ..] => deployments::respond(base_url, state, request, (method, rest)),
        ["issues", number, rest @ ..] => api.issue(state, request, method, number, rest),
        path if method == "GET" => api.read(state, request, path),
        path if method == "POST" => start(state, path, &request.json()),
        _ => not_found(),
    }
}

/// The parts of a path after `repos/OWNER/NAME`.
fn strip<'p>(state: &State, path: &'p [String]) -> Option<Vec<&'p str>> {
    let [repos, owner, name, rest @ ..] = path else { return None };
    let is_own = owner.eq_ignore_ascii_case(&state.owner) && name.eq_ignore_ascii_case(&state.name);
    (repos == "repos" && is_own).then(|| rest.iter().map(String::as_str).collect())
}

fn not_found() -> Response {
    Response::message(404, "Not Found")
}

/// A validation error in GitHub's form.
fn invalid(resource: &str, field: &str, code: &str, message: Option<&str>) -> Response {
    let mut error = json!({ "resource": resource, "field": field, "code": code });
    if let Some(message) = message {
        error["message"] = message.into();
    }
    Response::json(422, &json!({ "message": "Validation Failed", "errors": [error] }))
}

/// Starts a deployment.
fn start(state: &mut State, path: &[&str], sent: &Value) -> Response {
    let reference = sent["ref"].as_str().unwrap_or_default();
    // The only branch is `main`.
    let has_ref = reference == "main" || state.tags.contains_key(reference);
    let no_ref = || Response::message(422, &format!("No ref found for: {reference}"));
    match path {
        ["dispatches"] => Response::text(204, ""),
        ["actions", "workflows", workflow, "dispatches"] => match state.workflows.get(*workflow) {
            Some(inputs) if has_ref => dispatch(inputs, sent),
            Some(_) => no_ref(),
            None => not_found(),
        },
        _ => not_found(),
    }
}

/// Starts a workflow, unless it does not declare an input.
fn dispatch(inputs: &[String], sent: &Value) -> Response {
    let none = serde_json::Map::new();
    let sent = sent["inputs"].as_object().unwrap_or(&none);
    let unknown: Vec<&String> = sent.keys().filter(|name| !inputs.contains(name)).collect();
    match unknown.is_empty() {
        true => Response::text(204, ""),
        false => Response::message(422, &format!("Unexpected inputs provided: {unknown:?}")),
    }
}

/// Deletes a file, unless its release is immutable.
fn delete_asset(state: &mut State, id: &str) -> Response {
    let has = |release: &&mut Release| release.assets.iter().any(|asset| asset.id.to_string() == id);
    match state.releases.iter_mut().find(has) {
        Some(release) if release.immutable => {
            custom("ReleaseAsset", None, "Cannot delete asset from an immutable release")
        }
        Some(release) => {
            release.assets.retain(|asset| asset.id.to_string() != id);
            Response::text(204, "")
        }
        None => not_found(),
    }
}

/// Deletes a release; the tag of an immutable one cannot be used again.
fn delete_release(state: &mut State, id: &str) -> Response {
    let Some(at) = state.releases.iter().position(|release| release.id.to_string() == id) else {
        return not_found();
    };
    let deleted = state.releases.remove(at);
    state.used_tags.extend(deleted.immutable.then_some(deleted.tag));
    Response::text(204, "")
}

fn too_long() -> Response {
    let message = format!("Body is too long (maximum is {MAX_COMMENT_LENGTH} characters)");
    custom("IssueComment", Some("body"), &message)
}

/// A validation error with a message of its own.
fn custom(resource: &str, field: Option<&str>, message: &str) -> Response {
    let mut error = json!({ "resource": resource, "code": "custom", "message": message });
    if let Some(field) = field {
        error["field"] = field.into();
    }
    Response::json(422, &json!({ "message": "Validation Failed", "errors": [error] }))
}

/// GitHub's three errors for the tag of an immutable release that was deleted.
fn used_tag() -> Response {
    let error = |field: &str, message: &str| json!({ "resource": "Release", "code": "custom", "field": field, "message": message });
    let rules = "pre_receive Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n";
    let errors = [
        error("pre_receive", rules),
        error("tag_name", "tag_name was used by an immutable release"),
        json!({ "resource": "Release", "code": "custom", "message": "Published releases must have a valid tag" }),
    ];
    Response::json(422, &json!({ "message": "Validation Failed", "errors": errors }))
}

/// The base URL of the fake, for the URLs in its responses.
pub(super) struct Api<'a> {
    base_url: &'a str,
    own: String,
}

impl Api<'_> {
    /// The URL of a page: `pull/12`.
    pub(super) fn page(&self, state: &State, what: &str) -> String {
        format!("{}/{}/{what}", self.base_url, state.full_name())
    }

    /// Responds to a `GET` of what is neither a release nor an issue.
    fn read(&self, state: &State, request: &Request, path: &[&str]) -> Response {
        match path {
            [] => {
                let full = state.full_name();
                let permissions = json!({ "pull": true, "push": request.token.is_some() });
                Response::json(
                    200,
                    &json!({ "full_name": full, "default_branch": "main", "permissions": permissions }),
                )
            }
            // For others GitHub hides the setting, also if it is on.
            ["immutable-releases"] if !state.is_admin => {
                Response::message(403, "Resource not accessible by integration")
            }
            ["immutable-releases"] if state.makes_immutable => {
                Response::json(200, &json!({ "enabled": true, "enforced_by_owner": false }))
            }
            ["pulls", number] => match number.parse().ok().and_then(|number| state.pulls.get(&number)) {
                Some(pull) if pull.is_broken => Response::message(500, "Something went wrong"),
                Some(pull) => Response::json(200, &self.pull(state, pull)),
                None => not_found(),
            },
            ["pulls"] => {
                let head = request.parameter("head");
                let is_open = |pull: &&Pull| pull.merged_at.is_none() && !pull.is_closed;
                let is_from = |pull: &&Pull| {
                    let full = pull.fork.clone().unwrap_or_else(|| state.full_name());
                    let owner = full.split('/').next().unwrap_or_default().to_owned();
                    head.is_none_or(|head| head == format!("{owner}:{}", pull.source))
                };
                let all = state.pulls.values().rev().filter(is_open).filter(is_from);
                let all = all.map(|pull| self.pull(state, pull)).collect();
                Response::page(self.base_url, state, request, all)
            }
            ["commits", sha, "pulls"] => match state.pulls_of(sha) {
                Some(pulls) => {
                    let pulls = pulls.into_iter().map(|pull| self.pull(state, pull)).collect();
                    Response::page(self.base_url, state, request, pulls)
                }
                None => Response::message(422, &format!("No commit found for SHA: {sha}")),
            },
            ["git", "ref", "tags", tag] => match state.tags.get(*tag) {
                Some(sha) => {
                    let object = json!({ "sha": sha, "type": "commit" });
                    Response::json(200, &json!({ "ref": format!("refs/tags/{tag}"), "object": object }))
                }
                None => not_found(),
            },
            _ => not_found(),
        }
    }

    fn pull(&self, state: &State, pull: &Pull) -> Value {
        let number = pull.number;
        let labels: Vec<Value> = pull.labels.iter().map(|name| json!({ "name": name })).collect();
        let is_open = pull.merged_at.is_none() && !pull.is_closed;
        json!({
            "url": format!("{}/pulls/{number}", self.own),
            "html_url": self.page(state, &format!("pull/{number}")),
            "number": number,
            "title": pull.title,
            "body": pull.body,
            "state": if is_open { "open" } else { "closed" },
            "user": pull.author.as_ref().map(|login| {
                json!({ "login": login, "type": if pull.is_bot { "Bot" } else { "User" } })
            }),
            "labels": labels,
            "milestone": pull.milestone.as_ref().map(|title| json!({ "title": title })),
            "merged_at": pull.merged_at,
            "merge_commit_sha": pull.result(),
            "head": {
                "ref": pull.source,
                "sha": pull.commits.last(),
                "repo": { "full_name": pull.fork.clone().unwrap_or_else(|| state.full_name()) },
            },
            "base": { "ref": pull.target, "sha": pull.base, "repo": { "full_name": state.full_name() } },
        })
    }

    fn issue(
        &self,
        state: &mut State,
        request: &Request,
        method: &str,
        number: &str,
        rest: &[&str],
    ) -> Response {
        if let ("comments", [id]) = (number, rest) {
            return self.comment(state, request, method, id);
        }
        let page = state.page_size;
        let is_comment = method == "POST" && rest == ["comments"];
        let body = request.json()["body"].as_str().filter(|_| is_comment).map(str::to_owned);
        let new = body.map(|body| state.new_comments(&body)).unwrap_or_default();
        let Some((labels, comments)) = number.parse().ok().and_then(|number| state.thread(number)) else {
            return not_found();
        };
        let sent = request.json();
        match (method, rest) {
            ("GET", ["comments"]) => {
                let all = comments.iter().map(comment).collect();
                let paged = State { page_size: page, ..State::default() };
                Response::page(self.base_url, &paged, request, all)
            }
            ("POST", ["comments"]) => {
                let Some(body) = new.last().map(|comment| &comment.body) else {
                    return invalid("IssueComment", "body", "missing_field", None);
                };
                if body.chars().count() > MAX_COMMENT_LENGTH {
                    return too_long();
                }
                comments.extend(new);
                Response::json(201, &comment(comments.last().unwrap()))
            }
            ("GET", ["labels"]) => Response::json(200, &named(labels)),
            ("POST", ["labels"]) => {
                // Labels that the repository does not have are created.
                let new = sent["labels"].as_array().unwrap_or(&Vec::new()).clone();
                for label in new.iter().filter_map(Value::as_str) {
                    if !labels.iter().any(|existing| existing.eq_ignore_ascii_case(label)) {
                        labels.push(label.to_owned());
                    }
                }
                Response::json(200, &named(labels))
            }
            _ => not_found(),
        }
    }

    fn comment(&self, state: &mut State, request: &Request, method: &str, id: &str) -> Response {
        if method == "DELETE" {
            return if state.delete_comment(id) { Response::text(204, "") } else { not_found() };
        }
        let threads = state.pulls.values_mut().map(|pull| &mut pull.comments);
        let threads = threads.chain(state.issues.values_mut().map(|issue| &mut issue.comments));
        let found = threads.flatten().find(|comment| comment.id.to_string() == id);
        match (method, found, request.json()["body"].as_str()) {
            ("PATCH", Some(_), Some(body)) if body.chars().count() > MAX_COMMENT_LENGTH => too_long(),
            ("PATCH", Some(found), Some(body)) => {
                found.body = body.to_owned();
                Response::json(200, &comment(found))
            }
            _ => not_found(),
        }
    }

    fn releases(&self, state: &mut State, request: &Request, method: &str, rest: &[&str]) -> Response {
        // Drafts are visible only with push permission, and never by their tag.
        let is_shown = |release: &&Release| !release.draft || request.token.is_some();
        let shown = |state: &State, release: Option<&Release>| match release {
            Some(release) => Response::json(200, &self.release(state, release)),
            None => not_found(),
        };
        match (method, rest) {
            ("GET", []) => {
                let all = state.releases.iter().rev().filter(is_shown);
                let all = all.map(|release| self.release(state, release)).collect();
                Response::page(self.base_url, state, request, all)
            }
            ("GET", ["latest"]) => shown(state, state.latest()),
            ("GET", ["tags", tag]) => {
                shown(state, state.releases.iter().find(|release| release.tag == *tag && !release.draft))
            }
            ("GET", [id]) => {
                let found = state.releases.iter().filter(is_shown);
                shown(state, found.into_iter().find(|release| release.id.to_string() == *id))
            }
            ("POST", []) => {
                let id = state.next_id();
                let new = Release { id, target: "main".to_owned(), ..Release::default() };
                self.write(state, new, &request.json(), 201)
            }
            ("PATCH", [id]) => match id.parse().ok().and_then(|id| state.release(id).cloned()) {
                Some(release) => self.write(state, release, &request.json(), 200),
                None => not_found(),
            },
            ("GET", ["assets", id]) if request.accept == "application/octet-stream" => {
                let storage = self.base_url.replace("127.0.0.1", "localhost");
                Response::text(302, "").header("Location", &format!("{storage}/storage/{id}"))
            }
            ("DELETE", ["assets", id]) => delete_asset(state, id),
            ("DELETE", [id]) => delete_release(state, id),
            ("GET", [id, "assets"]) => match id.parse().ok().and_then(|id| state.release(id).cloned()) {
                Some(release) => {
                    let assets = release.assets.iter().map(|asset| self.asset(state, &release, asset));
                    Response::page(self.base_url, state, request, assets.collect())
                }
                None => not_found(),
            },
            _ => not_found(),
        }
    }

    /// Creates or updates a release from the request.
    fn write(&self, state: &mut State, mut release: Release, sent: &Value, status: u16) -> Response {
        let text = |name: &str| sent[name].as_str().map(str::to_owned);
        let flag = |name: &str, now| sent[name].as_bool().unwrap_or(now);
        release.tag = text("tag_name").unwrap_or(release.tag);
        release.title = text("name").unwrap_or(release.title);
        release.body = text("body").unwrap_or(release.body);
        release.target = text("target_commitish").unwrap_or(release.target);
        release.discussion = text("discussion_category_name").or(release.discussion);
        let was_draft = release.draft || status == 201;
        (release.draft, release.prerelease) =
            (flag("draft", release.draft), flag("prerelease", release.prerelease));
        if release.immutable && release.draft {
            return custom("Release", Some("state"), "state cannot be changed when release is immutable");
        }
        if !release.draft && was_draft && state.used_tags.contains(&release.tag) {
            return used_tag();
        }
        release.immutable |= !release.draft && was_draft && state.makes_immutable;
        if release.tag.is_empty() {
            return invalid("Release", "tag_name", "missing_field", None);
        }
        if release.body.chars().count() > MAX_BODY_LENGTH {
            let message = format!("body is too long (maximum is {MAX_BODY_LENGTH} characters)");
            return invalid("Release", "body", "custom", Some(&message));
        }
        let is_taken = |other: &Release| other.id != release.id && other.tag == release.tag && !other.draft;
        if !release.draft && !state.is_lenient && state.releases.iter().any(is_taken) {
            return invalid("Release", "tag_name", "already_exists", None);
        }
        if !release.draft && was_draft && !state.create_tag(&release.tag, &release.target) {
            return invalid("Release", "target_commitish", "invalid", None);
        }
        // The default is "true", for updates too: without it, a backport becomes the latest.
        let latest = text("make_latest").unwrap_or_else(|| "true".to_owned());
        if !["true", "false", "legacy"].contains(&latest.as_str()) {
            return invalid("Release", "make_latest", "invalid", None);
        }
        if !release.draft && !release.prerelease && latest == "true" {
            state.releases.iter_mut().for_each(|other| other.is_latest = false);
            release.is_latest = true;
        } else if latest == "false" || release.draft || release.prerelease {
            release.is_latest = false;
        }
        let response = Response::json(status, &self.release(state, &release));
        state.store(release);
        response
    }

    fn upload(&self, state: &mut State, request: &Request, id: &str) -> Response {
        let asset_id = state.next_id();
        let Some(mut release) = id.parse().ok().and_then(|id| state.release(id).cloned()) else {
            return not_found();
        };
        let Some(name) = request.parameter("name").filter(|_| request.method == "POST") else {
            return Response::message(400, "Bad Request");
        };
        if release.immutable {
            return Response::message(422, "Cannot upload assets to an immutable release.");
        }
        if release.assets.iter().any(|asset| asset.name == name) {
            return invalid("ReleaseAsset", "name", "already_exists", None);
        }
        let (content_type, content) = (request.content_type.clone(), request.body.clone());
        let asset = Asset { id: asset_id, name: name.to_owned(), content_type, content };
        let response = Response::json(201, &self.asset(state, &release, &asset));
        release.assets.push(asset);
        state.store(release);
        response
    }

    fn release(&self, state: &State, release: &Release) -> Value {
        let own = format!("{}/releases/{}", self.own, release.id);
        let uploads =
            format!("{}/api/uploads/repos/{}/releases/{}", self.base_url, state.full_name(), release.id);
        let assets: Vec<Value> =
            release.assets.iter().map(|asset| self.asset(state, release, asset)).collect();
        // A draft has no tag.
        let page = if release.draft { format!("untagged-{:x}", release.id) } else { release.tag.clone() };
        let discussion = release.discussion.as_ref().filter(|_| !release.draft);
        json!({
            "url": own,
            "assets_url": format!("{own}/assets"),
            "upload_url": format!("{uploads}/assets{{?name,label}}"),
            "html_url": self.page(state, &format!("releases/tag/{page}")),
            "id": release.id,
            "node_id": format!("RE_{}", release.id),
            "tag_name": release.tag,
            "target_commitish": release.target,
            "name": release.title,
            "body": release.body,
            "draft": release.draft,
            "prerelease": release.prerelease,
            "immutable": release.immutable,
            "created_at": MOMENT,
            "published_at": published_at(release),
            "discussion_url": discussion.map(|_| self.page(state, "discussions/1")),
            "author": { "login": "ada", "type": "User" },
            "assets": assets,
        })
    }

    fn asset(&self, state: &State, release: &Release, asset: &Asset) -> Value {
        json!({
            "url": format!("{}/releases/assets/{}", self.own, asset.id),
            "browser_download_url": self.page(state, &format!("releases/download/{}/{}", release.tag, asset.name)),
            "id": asset.id,
            "name": asset.name,
            "state": "uploaded",
            "content_type": asset.content_type,
            "size": asset.content.len(),
        })
    }
}

fn comment(comment: &Comment) -> Value {
    json!({ "id": comment.id, "body": comment.body, "user": account(&comment.author) })
}

fn account(login: &str) -> Value {
    let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
    json!({ "login": login, "id": account_id(login), "type": kind })
}

fn named(labels: &[String]) -> Value {
    labels.iter().map(|name| json!({ "name": name })).collect()
}
