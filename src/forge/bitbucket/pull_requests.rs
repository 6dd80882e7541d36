//! Pull requests on Bitbucket Cloud: REST 2.0, with or without a token.
//!
//! m pull requests take ⌈m / 50⌉ requests. n commits take n, and ⌈m / 50⌉ more for their m pull requests. If Bitbucket
//! has none of the commits, one more request checks whether the repository is accessible.
//!
//! Source: developer.atlassian.com, "The Bitbucket Cloud REST API", "Pullrequests" and "Filter and sort API objects".

use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    http as web,
    model::{ObjectId, PullRequest, PullRequestState},
};

use crate::forge::{
    Access, Error, LookupResult,
    links::escaped,
    lookup_result::short,
    rest::{Rest, each, with_query_of},
};

/// Maximum number of pull requests per page.
const BATCH: usize = 50;
/// Maximum number of pages to read.
const MAX_PAGES: usize = 50;
/// The message if commits cannot be looked up.
const NOT_INDEXED: &str = "Bitbucket has not indexed which pull requests its commits belong to: open a commit in the \
    browser once and click its pull request, or wait";

/// A repository on Bitbucket Cloud.
#[derive(Debug)]
pub struct Bitbucket {
    pub(super) rest: Rest,
    /// The path of the repository in the API.
    pub(super) own: String,
}

/// The pull requests of a commit.
enum CommitPulls {
    /// Their numbers.
    Numbers(Vec<u64>),
    /// Unknown commit: it has not been pushed, or the repository has not been indexed.
    Unknown,
    /// Being indexed (202).
    Pending,
}

impl Bitbucket {
    pub(in crate::forge) fn new(client: web::Client, access: &Access) -> Self {
        let own = format!("/repositories/{}/{}", escaped(&access.owner, ""), escaped(&access.name, ""));
        Self { rest: Rest::new(client, access), own }
    }

    pub(in crate::forge) async fn pull_requests(&self, numbers: &[u64]) -> LookupResult {
        let batched = self
            .rest
            .batched::<Pull>(numbers, BATCH, "id", async |batch| {
                let ids: Vec<String> = batch.iter().map(|number| format!("id={number}")).collect();
                // The default is open ones only.
                let states = "state=MERGED&state=OPEN&state=DECLINED&state=SUPERSEDED";
                let query = escaped(&ids.join(" OR "), "");
                let path = format!("{}/pullrequests?pagelen={BATCH}&{states}&q={query}", self.own);
                let doing = match batch {
                    [one] => format!("reading pull request #{one}"),
                    _ => "reading pull requests".to_owned(),
                };
                self.pages(&path, &doing).await
            })
            .await;
        let mut result = LookupResult { missing: batched.missing, ..LookupResult::default() };
        result.absent.extend(batched.absent);
        let all = batched.entries.into_iter().map(|(number, entry)| (number, entry.into_model()));
        result.pull_requests.extend(all);
        result
    }

    pub(in crate::forge) async fn of_commits(&self, commits: &[ObjectId]) -> LookupResult {
        let (results, mut missing) = each(commits, |commit| self.of_commit(commit)).await;
        let has_some = results.iter().any(|(_, pulls)| matches!(pulls, CommitPulls::Numbers(_)));
        if !results.is_empty() && !has_some {
            missing.push(self.explain_no_results().await);
        } else if results.iter().any(|(_, pulls)| matches!(pulls, CommitPulls::Pending)) {
            missing.push(NOT_INDEXED.to_owned());
        }
        let mut result = LookupResult { missing, ..LookupResult::default() };
        for (commit, pulls) in results {
            if let CommitPulls::Numbers(mut numbers) = pulls {
                numbers.sort_unstable();
                result.of_commits.insert(commit, numbers);
            }
        }
        // The list of a commit contains only the numbers of its pull requests.
        let mut numbers: Vec<u64> = result.of_commits.values().flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut pulls = self.pull_requests(&numbers).await;
        pulls.absent.clear();
        result.extend(pulls);
        result
    }

    async fn of_commit(&self, commit: ObjectId) -> Result<CommitPulls, Error> {
        let doing = format!("reading the pull requests of commit {}", short(commit));
        let path = format!("{}/commit/{commit}/pullrequests?pagelen={BATCH}", self.own);
        let response = self.rest.request_path(&path).await?;
        match response.status() {
            StatusCode::ACCEPTED => return Ok(CommitPulls::Pending),
            StatusCode::NOT_FOUND => return Ok(CommitPulls::Unknown),
            _ => {}
        }
        let page: Page<PullNumber> = self.rest.parse(&response, &doing)?;
        let mut numbers: Vec<u64> = page.values.iter().map(|pull| pull.id).collect();
        if let Some(next) = page.next.and_then(|next| with_query_of(&path, &next)) {
            numbers.extend(self.pages::<PullNumber>(&next, &doing).await?.iter().map(|pull| pull.id));
        }
        Ok(CommitPulls::Numbers(numbers))
    }

    /// The message if Bitbucket has none of the commits.
    async fn explain_no_results(&self) -> String {
        let response = self.rest.request_path(&self.own).await;
        let accessible = response.and_then(|response| {
            self.rest.parse::<serde::de::IgnoredAny>(&response, "reading the repository").map(drop)
        });
        accessible.map_or_else(|error| error.to_string(), |()| NOT_INDEXED.to_owned())
    }

    /// All values of a list; each page contains the URL of the next.
    pub(super) async fn pages<T: DeserializeOwned>(&self, path: &str, doing: &str) -> Result<Vec<T>, Error> {
        let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
        for _ in 0..MAX_PAGES {
            let Some(path) = next else { break };
            let response = self.rest.request_path(&path).await?;
            let mut page: Page<T> = self.rest.parse(&response, doing)?;
            all.append(&mut page.values);
            next = page.next.and_then(|next| with_query_of(&path, &next));
        }
        Ok(all)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) values: Vec<T>,
    /// The URL of the next page.
    pub(super) next: Option<String>,
}

/// A pull request in the list of a commit.
#[derive(Debug, Deserialize)]
struct PullNumber {
    id: u64,
}

/// The fields of Bitbucket's pull requests that are used. There are no labels, no milestone, and no time of the merge.
#[derive(Debug, Deserialize)]
struct Pull {
    #[serde(rename = "id")]
    number: u64,
    title: String,
    description: Option<String>,
    state: String,
    author: Option<Account>,
    source: Option<BranchSide>,
    destination: Option<BranchSide>,
    merge_commit: Option<Hash>,
    links: Option<PullLinks>,
}

#[derive(Debug, Deserialize)]
struct Account {
    #[serde(rename = "type", default)]
    kind: String,
    /// The name after `@`; logins are not public.
    nickname: Option<String>,
}

#[derive(Debug, Deserialize)]
struct BranchSide {
    branch: Option<Branch>,
}

#[derive(Debug, Deserialize)]
struct Branch {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Hash {
    /// Often abbreviated to 12 hex digits.
    hash: String,
}

#[derive(Debug, Deserialize)]
struct PullLinks {
    html: Option<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    href: String,
}

impl Pull {
    fn into_model(self) -> PullRequest {
        let state = match self.state.as_str() {
            "MERGED" => PullRequestState::Merged,
            "OPEN" | "DRAFT" => PullRequestState::Open,
            _ => PullRequestState::Closed,
        };
        let branch = |side: Option<BranchSide>| side.and_then(|side| side.branch).map(|branch| branch.name);
        PullRequest {
            number: self.number,
            url: self.links.and_then(|links| links.html).map(|link| link.href),
            title: Some(self.title),
            body: self.description,
            author_is_bot: self.author.as_ref().is_some_and(|author| author.kind == "app_user"),
            author: self.author.and_then(|author| author.nickname),
            source_branch: branch(self.source),
            target_branch: branch(self.destination),
            state: Some(state),
            merge_commits: self
                .merge_commit
                .and_then(|commit| commit.hash.parse().ok())
                .into_iter()
                .collect(),
            ..PullRequest::default()
        }
    }
}
