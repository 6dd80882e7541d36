//! Bitbucket Cloud: REST 2.0, with or without a token.
//!
//! m pull requests take ⌈m / 50⌉ requests. n commits take n, and ⌈m / 50⌉ more for the m pull requests that they name. Where not one of
//! the commits is known, one more tells whether the repository can be seen at all.
//!
//! Source: developer.atlassian.com, "The Bitbucket Cloud REST API", "Pullrequests" and "Filter and sort API objects".

use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    http as web,
    model::{ObjectId, PullRequest, PullRequestState},
};

use super::{
    Access, Error, Found,
    found::short,
    links::escaped,
    rest::{Rest, beside, each},
};

/// How many pull requests stand on a page at most.
const BATCH: usize = 50;
/// The most pages that are followed.
const MOST_PAGES: usize = 50;
/// How many digits name a commit of a window for certain.
const SHORTEST: usize = 12;
/// Why commits cannot be looked up, and what to do about it.
const NOT_INDEXED: &str = "Bitbucket has not indexed which pull requests its commits belong to: open a commit in the \
    browser once and click on its pull request, or wait";

/// A repository on Bitbucket Cloud.
#[derive(Debug)]
pub struct Bitbucket {
    rest: Rest,
    /// The path of the repository in the interface.
    own: String,
}

/// What Bitbucket knows of a commit.
enum Known {
    /// The numbers of its pull requests.
    In(Vec<u64>),
    /// Nothing: it has not been pushed, or nothing has been indexed.
    Nothing,
    /// Nothing yet.
    Later,
}

impl Bitbucket {
    pub(super) fn new(client: web::Client, access: &Access) -> Self {
        let own = format!("/repositories/{}/{}", escaped(&access.owner, ""), escaped(&access.name, ""));
        Self { rest: Rest::new(client, access), own }
    }

    pub(super) async fn pull_requests(&self, numbers: &[u64]) -> Found {
        self.pulls(numbers, &[]).await
    }

    /// The pull requests with these numbers. Of the commits that they became Bitbucket tells a part of the name: which of `commits` it
    /// is.
    async fn pulls(&self, numbers: &[u64], commits: &[ObjectId]) -> Found {
        let answer = self
            .rest
            .batched::<Pull>(numbers, BATCH, "id", async |batch| {
                let ids: Vec<String> = batch.iter().map(|number| format!("id={number}")).collect();
                // Without the states only the open ones are given.
                let states = "state=MERGED&state=OPEN&state=DECLINED&state=SUPERSEDED";
                let query = escaped(&ids.join(" OR "), "");
                let path = format!("{}/pullrequests?pagelen={BATCH}&{states}&q={query}", self.own);
                let doing = match batch {
                    [one] => format!("pull request #{one}"),
                    _ => "pull requests".to_owned(),
                };
                self.pages(&path, &doing).await
            })
            .await;
        let mut found = Found { missing: answer.missing, ..Found::default() };
        found.absent.extend(answer.absent);
        let all = answer.entries.into_iter().map(|(number, entry)| (number, entry.into_model(commits)));
        found.pull_requests.extend(all);
        found
    }

    pub(super) async fn of_commits(&self, commits: &[ObjectId]) -> Found {
        let (answers, mut missing) = each(commits, |commit| self.of_commit(commit)).await;
        let knows_some = answers.iter().any(|(_, known)| matches!(known, Known::In(_)));
        if !answers.is_empty() && !knows_some {
            missing.push(self.why_nothing().await);
        } else if answers.iter().any(|(_, known)| matches!(known, Known::Later)) {
            missing.push(NOT_INDEXED.to_owned());
        }
        let mut found = Found { missing, ..Found::default() };
        for (commit, known) in answers {
            if let Known::In(mut numbers) = known {
                numbers.sort_unstable();
                found.of_commits.insert(commit, numbers);
            }
        }
        // The list of a commit names its pull requests and tells no more of them.
        let mut numbers: Vec<u64> = found.of_commits.values().flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut pulls = self.pulls(&numbers, commits).await;
        pulls.absent.clear();
        found.extend(pulls);
        found
    }

    async fn of_commit(&self, commit: ObjectId) -> Result<Known, Error> {
        let doing = format!("the pull requests of commit {}", short(commit));
        let path = format!("{}/commit/{commit}/pullrequests?pagelen={BATCH}", self.own);
        let response = self.rest.ask(&path).await?;
        match response.status() {
            StatusCode::ACCEPTED => return Ok(Known::Later),
            StatusCode::NOT_FOUND => return Ok(Known::Nothing),
            _ => {}
        }
        let page: Page<Named> = self.rest.read(&response, &doing)?;
        let mut numbers: Vec<u64> = page.values.iter().map(|pull| pull.id).collect();
        if let Some(next) = page.next.and_then(|next| beside(&path, &next)) {
            numbers.extend(self.pages::<Named>(&next, &doing).await?.iter().map(|pull| pull.id));
        }
        Ok(Known::In(numbers))
    }

    /// Why not one commit is known.
    async fn why_nothing(&self) -> String {
        let response = self.rest.ask(&self.own).await;
        let seen = response.and_then(|response| {
            self.rest.read::<serde::de::IgnoredAny>(&response, "the repository").map(drop)
        });
        seen.map_or_else(|error| error.to_string(), |()| NOT_INDEXED.to_owned())
    }

    /// All values, page after page: each names the next one.
    async fn pages<T: DeserializeOwned>(&self, path: &str, doing: &str) -> Result<Vec<T>, Error> {
        let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
        for _ in 0..MOST_PAGES {
            let Some(path) = next else { break };
            let response = self.rest.ask(&path).await?;
            let mut page: Page<T> = self.rest.read(&response, doing)?;
            all.append(&mut page.values);
            next = page.next.and_then(|next| beside(&path, &next));
        }
        Ok(all)
    }
}

#[derive(Debug, Deserialize)]
struct Page<T> {
    values: Vec<T>,
    /// The address of the next one.
    next: Option<String>,
}

/// A pull request in the list of a commit.
#[derive(Debug, Deserialize)]
struct Named {
    id: u64,
}

/// A pull request as Bitbucket gives it, as far as it is read. It has no labels and no milestone, and does not tell when it was
/// merged.
#[derive(Debug, Deserialize)]
struct Pull {
    #[serde(rename = "id")]
    number: u64,
    title: String,
    description: Option<String>,
    state: String,
    author: Option<Account>,
    source: Option<End>,
    destination: Option<End>,
    merge_commit: Option<Hash>,
    links: Option<Links>,
}

#[derive(Debug, Deserialize)]
struct Account {
    #[serde(rename = "type", default)]
    kind: String,
    /// What Bitbucket shows after an `@`; logins are secret.
    nickname: Option<String>,
}

#[derive(Debug, Deserialize)]
struct End {
    branch: Option<Branch>,
}

#[derive(Debug, Deserialize)]
struct Branch {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Hash {
    /// Often its first twelve digits alone.
    hash: String,
}

#[derive(Debug, Deserialize)]
struct Links {
    html: Option<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    href: String,
}

impl Pull {
    fn into_model(self, commits: &[ObjectId]) -> PullRequest {
        let state = match self.state.as_str() {
            "MERGED" => PullRequestState::Merged,
            "OPEN" | "DRAFT" => PullRequestState::Open,
            _ => PullRequestState::Closed,
        };
        let whole = |hash: String| {
            let is_it = |commit: &&ObjectId| hash.len() >= SHORTEST && commit.to_string().starts_with(&hash);
            hash.parse().ok().or_else(|| commits.iter().find(is_it).copied())
        };
        let branch = |end: Option<End>| end.and_then(|end| end.branch).map(|branch| branch.name);
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
            merge_commit: self.merge_commit.and_then(|commit| whole(commit.hash)),
            ..PullRequest::default()
        }
    }
}
