//! Looks up merge requests on GitLab: REST v4, with or without a token.
//!
//! m merge requests take ⌈m / 100⌉ requests. n commits take n: GitLab has no endpoint for several commits. Newcomers
//! are looked up through GraphQL, ten per request.
//!
//! Source: docs.gitlab.com, "Merge requests API", "Commits API" and "GraphQL API resources".

use std::fmt::Write as _;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    http::{self as web, Idempotent},
    model::{ForgeKind, ObjectId, PullRequest, PullRequestState},
};

use crate::forge::{
    Access, Credentials, Error, LookupResult,
    links::escaped,
    lookup_result::{seconds, short},
    rest::{Rest, each},
};

/// Maximum number of numbers per request, so that the URL stays below 2,000 characters.
const BATCH: usize = 100;
/// Maximum number of logins per query; GitLab limits the complexity of a query.
const LOGINS_PER_QUERY: usize = 10;
/// Maximum number of logins in total.
const MAX_LOGINS: usize = 50;

/// A project on GitLab.
#[derive(Debug)]
pub struct GitLab {
    pub(in crate::forge) rest: Rest,
    graphql: Rest,
    /// `group/subgroup/name`.
    project: String,
    /// The path of the project in the API.
    pub(super) own: String,
    pub(super) is_job: bool,
}

impl GitLab {
    pub(in crate::forge) fn new(client: web::Client, access: &Access) -> Self {
        let project = format!("{}/{}", access.owner, access.name);
        // GraphQL is at `/api/graphql`, next to `/api/v4`.
        let graphql_api = access.api.strip_suffix("/v4").unwrap_or(&access.api).to_owned();
        Self {
            rest: Rest::new(client.clone(), access),
            graphql: Rest::new(client, &Access { api: graphql_api, ..access.clone() }),
            own: format!("/projects/{}", escaped(&project, "")),
            is_job: matches!(access.credentials, Credentials::Job(_)),
            project,
        }
    }

    pub(in crate::forge) async fn pull_requests(&self, numbers: &[u64]) -> LookupResult {
        let batched = self
            .rest
            .batched::<MergeRequest>(numbers, BATCH, "iid", async |batch| {
                let mut path = format!("{}/merge_requests?per_page={BATCH}", self.own);
                for number in batch {
                    let _ = write!(path, "&iids%5B%5D={number}");
                }
                let doing = match batch {
                    [one] => format!("reading merge request !{one}"),
                    _ => "reading merge requests".to_owned(),
                };
                self.rest.pages(&path, &doing).await
            })
            .await;
        let mut result = LookupResult { missing: self.explained(batched.missing), ..LookupResult::default() };
        result.absent.extend(batched.absent);
        result
            .pull_requests
            .extend(batched.entries.into_iter().map(|(number, entry)| (number, entry.into_model())));
        result
    }

    pub(in crate::forge) async fn of_commits(&self, commits: &[ObjectId]) -> LookupResult {
        let (results, missing) = each(commits, |commit| async move {
            let path = format!("{}/repository/commits/{commit}/merge_requests?per_page=100", self.own);
            let doing = format!("reading the merge requests of commit {}", short(commit));
            match self.rest.pages::<MergeRequest>(&path, &doing).await {
                Ok(requests) => Ok(Some(requests)),
                // The commit has not been pushed, or has been rewritten.
                Err(Error::Refused { status: 404, message, .. }) if message.contains("Commit") => Ok(None),
                Err(error) => Err(error),
            }
        })
        .await;
        let mut result = LookupResult { missing: self.explained(missing), ..LookupResult::default() };
        for (commit, requests) in results {
            if let Some(requests) = requests {
                result.insert(commit, requests.into_iter().map(MergeRequest::into_model).collect());
            }
        }
        result
    }

    pub(in crate::forge) async fn newcomers(&self, logins: &[String], before: i64) -> Option<Vec<String>> {
        let logins = logins.get(..logins.len().min(MAX_LOGINS))?;
        let day = chrono::DateTime::from_timestamp(before, 0)?.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let batches: Vec<&[String]> = logins.chunks(LOGINS_PER_QUERY).collect();
        let day = day.as_str();
        let (results, missing) = each(&batches, |batch| self.merged_before(batch, day)).await;
        let is_complete = missing.is_empty() && !results.is_empty();
        is_complete.then(|| results.into_iter().flat_map(|(_, new)| new).collect())
    }

    /// Which of these logins had nothing merged before a time.
    async fn merged_before(&self, logins: &[String], day: &str) -> Result<Vec<String>, Error> {
        let doing = "reading earlier merge requests";
        let body = document(&self.project, logins, day);
        let key = self.newcomers_key(&body);
        let cached = self.rest.cache().and_then(|cache| serde_json::from_str(&cache.fresh(&key)?).ok());
        let data: Value = match cached {
            Some(data) => data,
            None => {
                let mut request = self.graphql.json(Method::POST, "/graphql", &body)?;
                request.extensions_mut().insert(Idempotent);
                let response: Value = self.graphql.send(request, doing).await?;
                if let Some(cache) = self.rest.cache().filter(|_| response.get("errors").is_none()) {
                    cache.put(&key, &response.to_string(), None, None);
                }
                response
            }
        };
        let count = |at: usize| data.pointer(&format!("/data/project/u{at}/count")).and_then(Value::as_u64);
        let counts: Option<Vec<u64>> = (0..logins.len()).map(count).collect();
        let counts = counts.ok_or_else(|| Error::Malformed {
            forge: ForgeKind::GitLab,
            doing: doing.to_owned(),
            problem: "a count is missing".to_owned(),
        })?;
        let new = logins.iter().zip(counts).filter(|(_, count)| *count == 0);
        Ok(new.map(|(login, _)| login.clone()).collect())
    }

    /// The cache key. Contains the API URL: projects on two instances may have the same path.
    fn newcomers_key(&self, body: &Value) -> String {
        format!("{} {} newcomers {body}", self.graphql.url("/graphql"), self.own)
    }

    /// Adds the cause to messages about requests that are denied to a job token.
    fn explained(&self, missing: Vec<String>) -> Vec<String> {
        let cause = "; a job token cannot read merge requests: use GITLAB_TOKEN with the scope read_api";
        let explain = |text: String| {
            let is_denied =
                self.is_job && [": 401 ", ": 403 ", ": 404 "].iter().any(|part| text.contains(part));
            if is_denied { text + cause } else { text }
        };
        missing.into_iter().map(explain).collect()
    }
}

/// The query for how many merge requests of each login were merged before a time, as `u0`, `u1`, … All input is in
/// variables.
fn document(project: &str, logins: &[String], day: &str) -> Value {
    let (mut aliases, mut parameters) = (String::new(), "$project: ID!, $day: Time!".to_owned());
    let mut variables = serde_json::Map::new();
    variables.insert("project".to_owned(), project.into());
    variables.insert("day".to_owned(), day.into());
    for (at, login) in logins.iter().enumerate() {
        let _ = write!(parameters, ", $u{at}: String!");
        let _ = write!(
            aliases,
            "u{at}: mergeRequests(authorUsername: $u{at}, state: merged, mergedBefore: $day) {{ count }} "
        );
        variables.insert(format!("u{at}"), login.as_str().into());
    }
    let query = format!("query({parameters}) {{ project(fullPath: $project) {{ {aliases}}} }}");
    json!({ "query": query, "variables": variables })
}

/// The fields of GitLab's merge requests that are used.
#[derive(Debug, Deserialize)]
struct MergeRequest {
    iid: u64,
    title: String,
    description: Option<String>,
    state: String,
    web_url: Option<String>,
    merged_at: Option<String>,
    merge_commit_sha: Option<String>,
    squash_commit_sha: Option<String>,
    /// The last commit of the branch.
    sha: Option<String>,
    source_branch: Option<String>,
    target_branch: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
    author: Option<User>,
    milestone: Option<Milestone>,
}

#[derive(Debug, Deserialize)]
struct User {
    username: String,
}

#[derive(Debug, Deserialize)]
struct Milestone {
    title: String,
}

impl MergeRequest {
    fn into_model(self) -> PullRequest {
        let state = match self.state.as_str() {
            "merged" => PullRequestState::Merged,
            // `locked`: it is being merged.
            "opened" | "locked" => PullRequestState::Open,
            _ => PullRequestState::Closed,
        };
        let merged = [self.merge_commit_sha, self.squash_commit_sha];
        // After a fast-forward merge, only `sha` is set, and that commit is on the target branch.
        let sha = self.sha.filter(|_| merged == [None, None]);
        let merged = merged.into_iter().chain([sha]).flatten().filter(|_| state == PullRequestState::Merged);
        // `ghost` is the owner of deleted users' contributions.
        let author = self.author.map(|author| author.username).filter(|login| login != "ghost");
        PullRequest {
            number: self.iid,
            url: self.web_url,
            title: Some(self.title),
            body: self.description,
            labels: self.labels,
            author_is_bot: author.as_deref().is_some_and(is_bot),
            author,
            source_branch: self.source_branch,
            target_branch: self.target_branch,
            milestone: self.milestone.map(|milestone| milestone.title),
            closes: Vec::new(),
            state: Some(state),
            merged_at: seconds(self.merged_at.as_deref()),
            merge_commits: merged.filter_map(|commit| commit.parse().ok()).collect(),
        }
    }
}

/// Whether a login is a user that GitLab creates for access tokens: `project_12_bot_1a2b`, `group_7_bot`.
fn is_bot(login: &str) -> bool {
    let rest = login.strip_prefix("project_").or_else(|| login.strip_prefix("group_"));
    let after = rest.map(|rest| (rest, rest.trim_start_matches(|c: char| c.is_ascii_digit())));
    after.is_some_and(|(rest, after)| after.len() < rest.len() && after.starts_with("_bot"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CommitPrefix;

    #[test]
    fn bot_users_of_tokens_are_recognized() {
        for bot in ["project_12_bot", "project_12_bot_1a2b", "group_7_bot1"] {
            assert!(is_bot(bot), "{bot}");
        }
        for human in ["project_bot", "project_x_bot", "group_7", "ada"] {
            assert!(!is_bot(human), "{human}");
        }
    }

    #[test]
    fn cache_key_contains_the_instance() {
        let key = |api: &str| {
            let access = Access {
                kind: ForgeKind::GitLab,
                api: api.to_owned(),
                owner: "o".to_owned(),
                name: "r".to_owned(),
                credentials: Credentials::None,
            };
            let client = web::Client::new(web::Options::default()).unwrap();
            GitLab::new(client, &access).newcomers_key(&Value::Null)
        };
        assert_ne!(key("https://a/api/v4"), key("https://b/api/v4"));
    }

    #[test]
    fn input_is_not_part_of_the_query() {
        let body = document("o\") { x }", &["evil\") {".to_owned()], "2026-01-01");
        let query = body["query"].as_str().unwrap();
        assert!(query.contains("u0: mergeRequests") && !query.contains("evil") && !query.contains("o\")"));
        assert_eq!(body["variables"]["u0"], "evil\") {");
    }

    #[test]
    fn merge_commit_of_a_merge_request() {
        let read = |text: &str| serde_json::from_str::<MergeRequest>(text).unwrap().into_model();
        let (merge, squash, head) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
        let base = format!("\"iid\": 1, \"title\": \"\", \"sha\": \"{head}\"");
        let merged = format!("{{ {base}, \"state\": \"merged\"");
        let prefixes =
            |ids: &[&String]| ids.iter().map(|id| id.parse().unwrap()).collect::<Vec<CommitPrefix>>();
        let merge_commits = |rest: &str| read(&format!("{merged}{rest} }}")).merge_commits;
        assert_eq!(merge_commits(&format!(", \"squash_commit_sha\": \"{squash}\"")), prefixes(&[&squash]));
        let both = format!(", \"squash_commit_sha\": \"{squash}\", \"merge_commit_sha\": \"{merge}\"");
        assert_eq!(merge_commits(&both), prefixes(&[&merge, &squash]));
        assert_eq!(merge_commits(""), prefixes(&[&head]));
        assert_eq!(read(&format!("{{ {base}, \"state\": \"opened\" }}")).merge_commits, []);
    }
}
