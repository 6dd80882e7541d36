//! Pull requests on GitHub: batches through GraphQL with a token, single requests through REST without one.
//!
//! With a token, a lookup of n takes ⌈n / 100⌉ requests, and more for batches that exceed GitHub's time limit. Without
//! one, each pull request and each commit takes one request, and GitHub allows 60 per hour.

use futures_util::{StreamExt, stream};
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

use crate::{
    http,
    model::{ForgeKind, ObjectId},
};

use super::{
    client::Octo,
    query,
    response::{CommitNode, GraphQlResponse, Pull, RestPull},
};
use crate::forge::{
    Access, Error, LookupResult,
    lookup_result::{seconds, short},
    rest::each,
};

/// Number of concurrent requests. GitHub recommends few (docs.github.com, "Best practices").
const CONCURRENCY: usize = 3;
/// The age, in seconds, from which a commit without a pull request is cached: GitHub's index lags.
const SETTLED: i64 = 3_600;

/// A repository on GitHub.
#[derive(Debug)]
pub struct GitHub {
    pub(super) octo: Octo,
    pub(super) access: Access,
}

/// A batched lookup.
struct Batch<'q, Q> {
    items: &'q [Q],
    alias: fn(&Q) -> String,
    body: &'q (dyn Fn(&[Q]) -> Value + Sync),
    describe: fn(&Q) -> String,
}

impl GitHub {
    pub(in crate::forge) fn new(client: http::Client, access: Access) -> Result<Self, Error> {
        Ok(Self { octo: Octo::new(client, &access)?, access })
    }

    /// Whether there is a token, which GraphQL requires.
    pub(in crate::forge) fn has_token(&self) -> bool {
        self.access.credentials.is_some()
    }

    pub(in crate::forge) async fn pull_requests(&self, numbers: &[u64]) -> LookupResult {
        let (mut result, unknown) = self.cached_pulls(numbers);
        if !self.has_token() {
            result.extend(self.rest_pulls(&unknown).await);
            return result;
        }
        let (owner, name) = (&self.access.owner, &self.access.name);
        let body = |numbers: &[u64]| query::by_number(owner, name, numbers);
        let (results, missing) = self
            .batches(&Batch {
                items: &unknown,
                alias: |number| format!("p{number}"),
                body: &body,
                describe: |number| format!("pull request #{number}"),
            })
            .await;
        result.missing = missing;
        for (number, node) in results {
            match node.map(serde_json::from_value::<Pull>) {
                None => drop(result.absent.insert(number)),
                Some(Ok(pull)) => self.add_pull(pull, &mut result),
                Some(Err(error)) => result.missing.push(format!("pull request #{number}: {error}")),
            }
        }
        result
    }

    pub(in crate::forge) async fn of_commits(&self, commits: &[ObjectId]) -> LookupResult {
        let (mut result, unknown) = self.cached_commits(commits);
        if !self.has_token() {
            result.extend(self.rest_commits(&unknown).await);
            return result;
        }
        let (owner, name) = (&self.access.owner, &self.access.name);
        let body = |commits: &[ObjectId]| query::by_commit(owner, name, commits);
        let (results, missing) = self
            .batches(&Batch {
                items: &unknown,
                alias: |commit| format!("c{commit}"),
                body: &body,
                describe: |commit| format!("commit {}", short(*commit)),
            })
            .await;
        result.missing = missing;
        for (commit, node) in results {
            // An unknown commit has not been pushed, or has been rewritten.
            let Some(node) = node else { continue };
            match serde_json::from_value::<CommitNode>(node) {
                Ok(node) => {
                    self.store_commit(commit, &node);
                    self.add_commit(commit, node, &mut result);
                }
                Err(error) => result.missing.push(format!("commit {}: {error}", short(commit))),
            }
        }
        result
    }

    pub(in crate::forge) async fn newcomers(&self, logins: &[String], before: i64) -> Option<Vec<String>> {
        let logins = logins.get(..logins.len().min(query::MAX_LOGINS))?;
        if logins.is_empty() || !self.has_token() {
            return None;
        }
        let day = chrono::DateTime::from_timestamp(before, 0)?.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let body = query::merged_before(&self.access.owner, &self.access.name, logins, &day);
        let key = self.key(&format!("newcomers {body}"));
        let cached = self.octo.http.cache().and_then(|cache| serde_json::from_str(&cache.fresh(&key)?).ok());
        let data: Value = match cached {
            Some(data) => data,
            None => {
                let response: GraphQlResponse =
                    self.octo.graphql(&body, "reading earlier pull requests").await.ok()?;
                let data = response.data.filter(|_| response.errors.is_empty())?;
                self.store(&key, &data);
                data
            }
        };
        let is_new =
            |at: usize| data.get(format!("u{at}"))?.get("issueCount")?.as_u64().map(|count| count == 0);
        logins
            .iter()
            .enumerate()
            .map(|(at, login)| Some((login, is_new(at)?)))
            .collect::<Option<Vec<_>>>()
            .map(|all| {
                all.into_iter().filter(|(_, is_new)| *is_new).map(|(login, _)| login.clone()).collect()
            })
    }

    /// The results of all lookups, `None` for what does not exist, and messages about what is missing.
    async fn batches<Q: Copy + Send + Sync>(
        &self,
        batch: &Batch<'_, Q>,
    ) -> (Vec<(Q, Option<Value>)>, Vec<String>) {
        let chunks: Vec<&[Q]> = batch.items.chunks(query::BATCH).collect();
        let responses = stream::iter(chunks).map(|chunk| self.batch(batch, chunk)).buffered(CONCURRENCY);
        let (mut results, mut missing) = (Vec::new(), Vec::new());
        for (some, without) in responses.collect::<Vec<_>>().await {
            results.extend(some);
            missing.extend(without);
        }
        missing.dedup();
        (results, missing)
    }

    /// Sends one query; if GitHub times out (502 or 504), splits it in half.
    async fn batch<Q: Copy + Sync>(
        &self,
        batch: &Batch<'_, Q>,
        items: &[Q],
    ) -> (Vec<(Q, Option<Value>)>, Vec<String>) {
        let response =
            self.octo.graphql::<GraphQlResponse>(&(batch.body)(items), "reading pull requests").await;
        let timed_out = matches!(&response, Err(Error::Refused { status: 502 | 504, .. }));
        if timed_out
            && let Some((first, second)) = items.split_at_checked(items.len() / 2)
            && !first.is_empty()
        {
            let (mut results, mut missing) = Box::pin(self.batch(batch, first)).await;
            let (more, without) = Box::pin(self.batch(batch, second)).await;
            results.extend(more);
            missing.extend(without);
            return (results, missing);
        }
        match response {
            Err(error) => (Vec::new(), vec![error.to_string()]),
            Ok(response) => assign_aliases(response, batch, items),
        }
    }

    async fn rest_pulls(&self, numbers: &[u64]) -> LookupResult {
        let own = self.own();
        let (results, missing) = each(numbers, |number| {
            let path = format!("{own}/pulls/{number}");
            async move { self.octo.get::<RestPull>(&path, &format!("reading pull request #{number}")).await }
        })
        .await;
        let mut result = LookupResult { missing, ..LookupResult::default() };
        if let Err(error) = self.check_accessible(&results).await {
            result.missing.push(error.to_string());
            return result;
        }
        let pulls = results.into_iter().map(|(number, pull)| (number, pull.map(RestPull::into_model)));
        result.insert_by_number(pulls);
        result
    }

    async fn rest_commits(&self, commits: &[ObjectId]) -> LookupResult {
        let own = self.own();
        let (results, missing) = each(commits, |commit| {
            let path = format!("{own}/commits/{commit}/pulls");
            async move {
                let doing = format!("reading the pull requests of commit {}", short(commit));
                match self.octo.get::<Vec<RestPull>>(&path, &doing).await {
                    // 422: unknown commit.
                    Err(Error::Refused { status: 422, .. }) => Ok(Some(None)),
                    Ok(pulls) => Ok(pulls.map(Some)),
                    Err(error) => Err(error),
                }
            }
        })
        .await;
        let mut result = LookupResult { missing, ..LookupResult::default() };
        if let Err(error) = self.check_accessible(&results).await {
            result.missing.push(error.to_string());
            return result;
        }
        let (owner, name) = (&self.access.owner, &self.access.name);
        for (commit, pulls) in results {
            let Some(pulls) = pulls.flatten() else { continue };
            let own = pulls.into_iter().filter(|pull| pull.is_of(owner, name));
            result.insert(commit, own.map(RestPull::into_model).collect());
        }
        result
    }

    /// Checks that the repository is accessible if there are only 404s, which may also mean that it is not.
    async fn check_accessible<Q, A>(&self, results: &[(Q, Option<A>)]) -> Result<(), Error> {
        if results.is_empty() || results.iter().any(|(_, answer)| answer.is_some()) {
            return Ok(());
        }
        let doing = "reading the repository".to_owned();
        match self.octo.get::<IgnoredAny>(&self.own(), &doing).await? {
            Some(_) => Ok(()),
            None => Err(Error::Refused {
                forge: ForgeKind::GitHub,
                doing,
                status: 404,
                message: "Not Found".to_owned(),
            }),
        }
    }

    /// The path of the repository in the REST API.
    pub(super) fn own(&self) -> String {
        format!("/repos/{}/{}", self.access.owner, self.access.name)
    }

    fn add_pull(&self, pull: Pull, result: &mut LookupResult) {
        let (owner, name) = (&self.access.owner, &self.access.name);
        if pull.is_merged() {
            self.store(&self.key(&format!("pull {}", pull.number)), &pull);
        }
        let pull = pull.into_model(owner, name);
        result.pull_requests.insert(pull.number, pull);
    }

    fn add_commit(&self, commit: ObjectId, node: CommitNode, result: &mut LookupResult) {
        let (owner, name) = (&self.access.owner, &self.access.name);
        result.logins.extend(node.login());
        let own = node.pulls().filter(|pull| pull.is_of(owner, name));
        result.insert(commit, own.map(|pull| pull.into_model(owner, name)).collect());
    }

    fn store_commit(&self, commit: ObjectId, node: &CommitNode) {
        let Some(cache) = self.octo.http.cache() else { return };
        let age = seconds(node.committed_date.as_deref()).map_or(0, |at| cache.now() - at);
        let is_settled = node.clone().pulls().next().map_or(age > SETTLED, |pull| pull.is_merged());
        if is_settled {
            self.store(&self.key(&format!("commit {commit}")), node);
        }
    }

    /// The cached pull requests, and the numbers that are not cached.
    fn cached_pulls(&self, numbers: &[u64]) -> (LookupResult, Vec<u64>) {
        let (mut result, mut unknown) = (LookupResult::default(), Vec::new());
        let (owner, name) = (&self.access.owner, &self.access.name);
        for number in numbers {
            match self.cached::<Pull>(&format!("pull {number}")) {
                Some(pull) => drop(result.pull_requests.insert(*number, pull.into_model(owner, name))),
                None => unknown.push(*number),
            }
        }
        (result, unknown)
    }

    fn cached_commits(&self, commits: &[ObjectId]) -> (LookupResult, Vec<ObjectId>) {
        let (mut result, mut unknown) = (LookupResult::default(), Vec::new());
        for commit in commits {
            match self.cached::<CommitNode>(&format!("commit {commit}")) {
                Some(node) => self.add_commit(*commit, node, &mut result),
                None => unknown.push(*commit),
            }
        }
        (result, unknown)
    }

    /// A cached GraphQL result; `None` without a token, because the result may depend on its permissions.
    fn cached<T: DeserializeOwned>(&self, what: &str) -> Option<T> {
        if !self.has_token() {
            return None;
        }
        serde_json::from_str(&self.octo.http.cache()?.fresh(&self.key(what))?).ok()
    }

    fn store(&self, key: &str, value: &impl Serialize) {
        if let (Some(cache), Ok(text)) = (self.octo.http.cache(), serde_json::to_string(value)) {
            cache.put(key, &text, None, None);
        }
    }

    fn key(&self, what: &str) -> String {
        let Access { api, owner, name, .. } = &self.access;
        format!("graphql {api} {owner}/{name} {what}")
    }
}

/// Assigns the aliases of a response to the lookups. An error for one alias does not affect the others.
fn assign_aliases<Q: Copy>(
    response: GraphQlResponse,
    batch: &Batch<'_, Q>,
    items: &[Q],
) -> (Vec<(Q, Option<Value>)>, Vec<String>) {
    let repository = response.data.as_ref().and_then(|data| data.get("repository"));
    let (mut results, mut missing) = (Vec::new(), Vec::new());
    let Some(repository) = repository.filter(|repository| !repository.is_null()) else {
        let message =
            response.errors.first().map_or("GitHub returned no data", |error| error.message.as_str());
        return (results, vec![format!("pull requests: {message}")]);
    };
    for item in items {
        let alias = (batch.alias)(item);
        let error = response.errors.iter().find(|error| error.alias() == Some(&alias));
        match (repository.get(&alias).filter(|node| !node.is_null()), error) {
            (Some(node), _) => results.push((*item, Some(node.clone()))),
            (None, None) => results.push((*item, None)),
            (None, Some(error)) if error.is_not_found() => results.push((*item, None)),
            (None, Some(error)) => missing.push(format!("{}: {}", (batch.describe)(item), error.message)),
        }
    }
    (results, missing)
}
