//! GitHub's REST interface, as docs.github.com tells it.

use serde_json::{Value, json};

use super::{
    MOMENT, graphql,
    server::{Answer, Asked},
    state::{Asset, Comment, Pull, Release, State, published_at},
};

/// The longest body of a release, in characters.
const LONGEST_BODY: usize = 125_000;

pub(super) fn answer(address: &str, state: &mut State, asked: &Asked) -> Answer {
    let api = Api { address, own: format!("{address}/api/v3/repos/{}", state.full_name()) };
    if asked.path == "/api/graphql" {
        return graphql::answer(&api, state, asked);
    }
    if let Some(("GET", path)) = asked.below("/storage") {
        let assets = state.releases.iter().flat_map(|release| &release.assets);
        let found = assets.into_iter().find(|asset| [asset.id.to_string()] == *path);
        // The address itself says who may read; whoever says it twice is refused.
        return match found.filter(|_| asked.token.is_none()) {
            Some(asset) => Answer::file(&asset.content),
            None => Answer::message(400, "Only one auth mechanism allowed"),
        };
    }
    if asked.token.is_none() && asked.method != "GET" {
        return Answer::message(401, "Requires authentication");
    }
    if let Some((_, path)) = asked.below("/api/uploads") {
        return match strip(state, &path).as_deref() {
            Some(["releases", id, "assets"]) => api.upload(state, asked, id),
            _ => not_found(),
        };
    }
    let Some((method, path)) = asked.below("/api/v3") else { return not_found() };
    let is_seen = asked.token.is_some() || !state.is_private;
    let Some(path) = strip(state, &path).filter(|_| is_seen) else { return not_found() };
    match path.as_slice() {
        ["releases", rest @ ..] => api.releases(state, asked, method, rest),
        ["issues", number, rest @ ..] => api.issue(state, asked, method, number, rest),
        _ if method != "GET" => not_found(),
        [] => {
            let full = state.full_name();
            let permissions = json!({ "pull": true, "push": asked.token.is_some() });
            Answer::json(
                200,
                &json!({ "full_name": full, "default_branch": "main", "permissions": permissions }),
            )
        }
        ["pulls", number] => match number.parse().ok().and_then(|number| state.pulls.get(&number)) {
            Some(pull) if pull.is_broken => Answer::message(500, "Something went wrong"),
            Some(pull) => Answer::json(200, &api.pull(state, pull)),
            None => not_found(),
        },
        ["commits", sha, "pulls"] => match state.pulls_of(sha) {
            Some(pulls) => {
                let pulls = pulls.into_iter().map(|pull| api.pull(state, pull)).collect();
                Answer::page(address, state, asked, pulls)
            }
            None => Answer::message(422, &format!("No commit found for SHA: {sha}")),
        },
        ["git", "ref", "tags", tag] => match state.tags.get(*tag) {
            Some(sha) => {
                let object = json!({ "sha": sha, "type": "commit" });
                Answer::json(200, &json!({ "ref": format!("refs/tags/{tag}"), "object": object }))
            }
            None => not_found(),
        },
        _ => not_found(),
    }
}

/// The parts of a path below `repos/OWNER/NAME`.
fn strip<'p>(state: &State, path: &'p [String]) -> Option<Vec<&'p str>> {
    let [repos, owner, name, rest @ ..] = path else { return None };
    let is_own = owner.eq_ignore_ascii_case(&state.owner) && name.eq_ignore_ascii_case(&state.name);
    (repos == "repos" && is_own).then(|| rest.iter().map(String::as_str).collect())
}

fn not_found() -> Answer {
    Answer::message(404, "Not Found")
}

/// A refusal of what was sent, in GitHub's form.
fn invalid(resource: &str, field: &str, code: &str, message: Option<&str>) -> Answer {
    let mut error = json!({ "resource": resource, "field": field, "code": code });
    if let Some(message) = message {
        error["message"] = message.into();
    }
    Answer::json(422, &json!({ "message": "Validation Failed", "errors": [error] }))
}

/// Where the fake stands, for the addresses in its answers.
pub(super) struct Api<'a> {
    address: &'a str,
    own: String,
}

impl Api<'_> {
    /// The page of something: `pull/12`.
    pub(super) fn page(&self, state: &State, what: &str) -> String {
        format!("{}/{}/{what}", self.address, state.full_name())
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
            "head": { "ref": pull.source, "repo": { "full_name": state.full_name() } },
            "base": { "ref": pull.target, "repo": { "full_name": state.full_name() } },
        })
    }

    fn issue(&self, state: &mut State, asked: &Asked, method: &str, number: &str, rest: &[&str]) -> Answer {
        if let ("comments", [id]) = (number, rest) {
            return self.comment(state, asked, method, id);
        }
        let id = state.next_id();
        let page = state.page_size;
        let Some((labels, comments)) = number.parse().ok().and_then(|number| state.thread(number)) else {
            return not_found();
        };
        let sent = asked.json();
        match (method, rest) {
            ("GET", ["comments"]) => {
                let all = comments.iter().map(comment).collect();
                let paged = State { page_size: page, ..State::default() };
                Answer::page(self.address, &paged, asked, all)
            }
            ("POST", ["comments"]) => {
                let Some(body) = sent["body"].as_str() else {
                    return invalid("IssueComment", "body", "missing_field", None);
                };
                comments.push(Comment { id, body: body.to_owned() });
                Answer::json(201, &comment(comments.last().unwrap()))
            }
            ("GET", ["labels"]) => Answer::json(200, &named(labels)),
            ("POST", ["labels"]) => {
                // Labels that the repository has not are made.
                let new = sent["labels"].as_array().unwrap_or(&Vec::new()).clone();
                for label in new.iter().filter_map(Value::as_str) {
                    if !labels.iter().any(|known| known.eq_ignore_ascii_case(label)) {
                        labels.push(label.to_owned());
                    }
                }
                Answer::json(200, &named(labels))
            }
            _ => not_found(),
        }
    }

    fn comment(&self, state: &mut State, asked: &Asked, method: &str, id: &str) -> Answer {
        if method == "DELETE" {
            return if state.delete_comment(id) { Answer::text(204, "") } else { not_found() };
        }
        let threads = state.pulls.values_mut().map(|pull| &mut pull.comments);
        let threads = threads.chain(state.issues.values_mut().map(|issue| &mut issue.comments));
        let found = threads.flatten().find(|comment| comment.id.to_string() == id);
        match (method, found, asked.json()["body"].as_str()) {
            ("PATCH", Some(found), Some(body)) => {
                found.body = body.to_owned();
                Answer::json(200, &comment(found))
            }
            _ => not_found(),
        }
    }

    fn releases(&self, state: &mut State, asked: &Asked, method: &str, rest: &[&str]) -> Answer {
        // Drafts are shown to those who may write only, and never by their tag.
        let is_shown = |release: &&Release| !release.draft || asked.token.is_some();
        let shown = |state: &State, release: Option<&Release>| match release {
            Some(release) => Answer::json(200, &self.release(state, release)),
            None => not_found(),
        };
        match (method, rest) {
            ("GET", []) => {
                let all = state.releases.iter().rev().filter(is_shown);
                let all = all.map(|release| self.release(state, release)).collect();
                Answer::page(self.address, state, asked, all)
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
                self.write(state, new, &asked.json(), 201)
            }
            ("PATCH", [id]) => match id.parse().ok().and_then(|id| state.release(id).cloned()) {
                Some(release) => self.write(state, release, &asked.json(), 200),
                None => not_found(),
            },
            ("GET", ["assets", id]) if asked.accept == "application/octet-stream" => {
                let storage = self.address.replace("127.0.0.1", "localhost");
                Answer::text(302, "").header("Location", &format!("{storage}/storage/{id}"))
            }
            ("DELETE", ["assets", id]) => {
                let before: usize = state.releases.iter().map(|release| release.assets.len()).sum();
                for release in &mut state.releases {
                    release.assets.retain(|asset| asset.id.to_string() != *id);
                }
                let after: usize = state.releases.iter().map(|release| release.assets.len()).sum();
                if before == after { not_found() } else { Answer::text(204, "") }
            }
            ("DELETE", [id]) => {
                let before = state.releases.len();
                state.releases.retain(|release| release.id.to_string() != *id);
                if before == state.releases.len() { not_found() } else { Answer::text(204, "") }
            }
            ("GET", [id, "assets"]) => match id.parse().ok().and_then(|id| state.release(id).cloned()) {
                Some(release) => {
                    let assets = release.assets.iter().map(|asset| self.asset(state, &release, asset));
                    Answer::page(self.address, state, asked, assets.collect())
                }
                None => not_found(),
            },
            _ => not_found(),
        }
    }

    /// Makes or changes a release by what was sent.
    fn write(&self, state: &mut State, mut release: Release, sent: &Value, status: u16) -> Answer {
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
        if release.tag.is_empty() {
            return invalid("Release", "tag_name", "missing_field", None);
        }
        if release.body.chars().count() > LONGEST_BODY {
            let message = format!("body is too long (maximum is {LONGEST_BODY} characters)");
            return invalid("Release", "body", "custom", Some(&message));
        }
        let is_taken = |other: &Release| other.id != release.id && other.tag == release.tag && !other.draft;
        if !release.draft && !state.is_lenient && state.releases.iter().any(is_taken) {
            return invalid("Release", "tag_name", "already_exists", None);
        }
        if !release.draft && was_draft && !state.make_tag(&release.tag, &release.target) {
            return invalid("Release", "target_commitish", "invalid", None);
        }
        // The default is "true", at a change too: who does not say otherwise makes a backport the latest.
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
        let answer = Answer::json(status, &self.release(state, &release));
        state.keep(release);
        answer
    }

    fn upload(&self, state: &mut State, asked: &Asked, id: &str) -> Answer {
        let asset_id = state.next_id();
        let Some(mut release) = id.parse().ok().and_then(|id| state.release(id).cloned()) else {
            return not_found();
        };
        let Some(name) = asked.parameter("name").filter(|_| asked.method == "POST") else {
            return Answer::message(400, "Bad Request");
        };
        if release.assets.iter().any(|asset| asset.name == name) {
            return invalid("ReleaseAsset", "name", "already_exists", None);
        }
        let (content_type, content) = (asked.content_type.clone(), asked.body.clone());
        let asset = Asset { id: asset_id, name: name.to_owned(), content_type, content };
        let answer = Answer::json(201, &self.asset(state, &release, &asset));
        release.assets.push(asset);
        state.keep(release);
        answer
    }

    fn release(&self, state: &State, release: &Release) -> Value {
        let own = format!("{}/releases/{}", self.own, release.id);
        let uploads =
            format!("{}/api/uploads/repos/{}/releases/{}", self.address, state.full_name(), release.id);
        let assets: Vec<Value> =
            release.assets.iter().map(|asset| self.asset(state, release, asset)).collect();
        // A draft has no tag to stand under.
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
            "immutable": false,
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
    json!({ "id": comment.id, "body": comment.body, "user": { "login": "ada" } })
}

fn named(labels: &[String]) -> Value {
    labels.iter().map(|name| json!({ "name": name })).collect()
}
