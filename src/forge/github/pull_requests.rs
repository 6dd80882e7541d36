//! Pull requests on GitHub: GraphQL in batches where there is a token, REST one by one where there is none.
//!
//! With a token a question of n takes ⌈n / 100⌉ requests, and one more for each that GitHub could not answer whole. Without one
//! each pull request and each commit takes one, of the sixty that GitHub allows an hour.

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
    answer::{Answer, CommitNode, Pull, RestPull},
    client::Octo,
    query,
};
use crate::forge::{
    Access, Error, Found,
    found::{seconds, short},
    rest::each,
};

/// How many requests are on their way at once. GitHub asks for few (docs.github.com, "Best practices").
const AT_ONCE: usize = 3;
/// A commit without a pull request may get one within this time, in seconds: GitHub's index lags.
const SETTLED: i64 = 3_600;

/// A repository on GitHub.
#[derive(Debug)]
pub struct GitHub {
    pub(super) octo: Octo,
    pub(super) access: Access,
}

/// One question of a batch: what it asks for, and what takes its answer.
struct Batch<'q, Q> {
    questions: &'q [Q],
    alias: fn(&Q) -> String,
    body: &'q (dyn Fn(&[Q]) -> Value + Sync),
    title: fn(&Q) -> String,
}

impl GitHub {
    pub(in crate::forge) fn new(client: http::Client, access: Access) -> Result<Self, Error> {
        Ok(Self { octo: Octo::new(client, &access)?, access })
    }

    /// Whether GraphQL is asked, which wants a token.
    pub(in crate::forge) fn has_token(&self) -> bool {
        self.access.credentials.is_some()
    }

    pub(in crate::forge) async fn pull_requests(&self, numbers: &[u64]) -> Found {
        let (mut found, unknown) = self.kept_pulls(numbers);
        if !self.has_token() {
            found.extend(self.rest_pulls(&unknown).await);
            return found;
        }
        let (owner, name) = (&self.access.owner, &self.access.name);
        let body = |numbers: &[u64]| query::by_number(owner, name, numbers);
        let (answers, missing) = self
            .batches(&Batch {
                questions: &unknown,
                alias: |number| format!("p{number}"),
                body: &body,
                title: |number| format!("pull request #{number}"),
            })
            .await;
        found.missing = missing;
        for (number, node) in answers {
            match node.map(serde_json::from_value::<Pull>) {
                None => drop(found.absent.insert(number)),
                Some(Ok(pull)) => self.take(pull, &mut found),
                Some(Err(error)) => found.missing.push(format!("pull request #{number}: {error}")),
            }
        }
        found
    }

    pub(in crate::forge) async fn of_commits(&self, commits: &[ObjectId]) -> Found {
        let (mut found, unknown) = self.kept_commits(commits);
        if !self.has_token() {
            found.extend(self.rest_commits(&unknown).await);
            return found;
        }
        let (owner, name) = (&self.access.owner, &self.access.name);
        let body = |commits: &[ObjectId]| query::by_commit(owner, name, commits);
        let (answers, missing) = self
            .batches(&Batch {
                questions: &unknown,
                alias: |commit| format!("c{commit}"),
                body: &body,
                title: |commit| format!("commit {}", short(*commit)),
            })
            .await;
        found.missing = missing;
        for (commit, node) in answers {
            // A commit that GitHub does not know has not been pushed, or has been rewritten.
            let Some(node) = node else { continue };
            match serde_json::from_value::<CommitNode>(node) {
                Ok(node) => {
                    self.keep_commit(commit, &node);
                    self.take_commit(commit, node, &mut found);
                }
                Err(error) => found.missing.push(format!("commit {}: {error}", short(commit))),
            }
        }
        found
    }

    pub(in crate::forge) async fn newcomers(&self, logins: &[String], before: i64) -> Option<Vec<String>> {
        let asked = logins.get(..logins.len().min(query::PEOPLE))?;
        if asked.is_empty() || !self.has_token() {
            return None;
        }
        let day = chrono::DateTime::from_timestamp(before, 0)?.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let body = query::merged_before(&self.access.owner, &self.access.name, asked, &day);
        let key = self.key(&format!("newcomers {body}"));
        let kept = self.octo.http.cache().and_then(|cache| serde_json::from_str(&cache.fresh(&key)?).ok());
        let data: Value = match kept {
            Some(data) => data,
            None => {
                let answer: Answer = self.octo.graphql(&body, "earlier pull requests").await.ok()?;
                let data = answer.data.filter(|_| answer.errors.is_empty())?;
                self.keep(&key, &data);
                data
            }
        };
        let is_new =
            |at: usize| data.get(format!("u{at}"))?.get("issueCount")?.as_u64().map(|count| count == 0);
        asked
            .iter()
            .enumerate()
            .map(|(at, login)| Some((login, is_new(at)?)))
            .collect::<Option<Vec<_>>>()
            .map(|all| {
                all.into_iter().filter(|(_, is_new)| *is_new).map(|(login, _)| login.clone()).collect()
            })
    }

    /// The answers to all questions, `None` for what GitHub says is not there, and what could not be had.
    async fn batches<Q: Copy + Send + Sync>(
        &self,
        batch: &Batch<'_, Q>,
    ) -> (Vec<(Q, Option<Value>)>, Vec<String>) {
        let chunks: Vec<&[Q]> = batch.questions.chunks(query::BATCH).collect();
        let asked = stream::iter(chunks).map(|chunk| self.batch(batch, chunk)).buffered(AT_ONCE);
        let (mut answers, mut missing) = (Vec::new(), Vec::new());
        for (some, without) in asked.collect::<Vec<_>>().await {
            answers.extend(some);
            missing.extend(without);
        }
        missing.dedup();
        (answers, missing)
    }

    /// One request; where GitHub fails over it (a 502 says that it took too long), two with half of the questions each.
    async fn batch<Q: Copy + Sync>(
        &self,
        batch: &Batch<'_, Q>,
        questions: &[Q],
    ) -> (Vec<(Q, Option<Value>)>, Vec<String>) {
        let answer = self.octo.graphql::<Answer>(&(batch.body)(questions), "pull requests").await;
        let is_too_much = matches!(&answer, Err(Error::Refused { status: 502 | 504, .. }));
        if is_too_much
            && let Some((first, second)) = questions.split_at_checked(questions.len() / 2)
            && !first.is_empty()
        {
            let (mut answers, mut missing) = Box::pin(self.batch(batch, first)).await;
            let (more, without) = Box::pin(self.batch(batch, second)).await;
            answers.extend(more);
            missing.extend(without);
            return (answers, missing);
        }
        match answer {
            Err(error) => (Vec::new(), vec![error.to_string()]),
            Ok(answer) => sorted(answer, batch, questions),
        }
    }

    async fn rest_pulls(&self, numbers: &[u64]) -> Found {
        let own = self.own();
        let (answers, missing) = each(numbers, |number| {
            let path = format!("{own}/pulls/{number}");
            async move { self.octo.get::<RestPull>(&path, &format!("pull request #{number}")).await }
        })
        .await;
        let mut found = Found { missing, ..Found::default() };
        if let Err(error) = self.be_seen(&answers).await {
            found.missing.push(error.to_string());
            return found;
        }
        let pulls = answers.into_iter().map(|(number, pull)| (number, pull.map(RestPull::into_model)));
        found.insert_answers(pulls);
        found
    }

    async fn rest_commits(&self, commits: &[ObjectId]) -> Found {
        let own = self.own();
        let (answers, missing) = each(commits, |commit| {
            let path = format!("{own}/commits/{commit}/pulls");
            async move {
                let doing = format!("the pull requests of commit {}", short(commit));
                match self.octo.get::<Vec<RestPull>>(&path, &doing).await {
                    // 422: GitHub does not know the commit.
                    Err(Error::Refused { status: 422, .. }) => Ok(Some(None)),
                    Ok(pulls) => Ok(pulls.map(Some)),
                    Err(error) => Err(error),
                }
            }
        })
        .await;
        let mut found = Found { missing, ..Found::default() };
        if let Err(error) = self.be_seen(&answers).await {
            found.missing.push(error.to_string());
            return found;
        }
        let (owner, name) = (&self.access.owner, &self.access.name);
        for (commit, pulls) in answers {
            let Some(pulls) = pulls.flatten() else { continue };
            let own = pulls.into_iter().filter(|pull| pull.is_of(owner, name));
            found.insert(commit, own.map(RestPull::into_model).collect());
        }
        found
    }

    /// Whether the repository itself can be seen, where that is in doubt: a 404 may mean it too.
    async fn be_seen<Q, A>(&self, answers: &[(Q, Option<A>)]) -> Result<(), Error> {
        if answers.is_empty() || answers.iter().any(|(_, answer)| answer.is_some()) {
            return Ok(());
        }
        let doing = "the repository".to_owned();
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

    /// The path of the repository in the REST interface.
    pub(super) fn own(&self) -> String {
        format!("/repos/{}/{}", self.access.owner, self.access.name)
    }

    fn take(&self, pull: Pull, found: &mut Found) {
        let (owner, name) = (&self.access.owner, &self.access.name);
        if pull.is_merged() {
            self.keep(&self.key(&format!("pull {}", pull.number)), &pull);
        }
        let pull = pull.into_model(owner, name);
        found.pull_requests.insert(pull.number, pull);
    }

    fn take_commit(&self, commit: ObjectId, node: CommitNode, found: &mut Found) {
        let (owner, name) = (&self.access.owner, &self.access.name);
        found.logins.extend(node.login());
        let own = node.pulls().filter(|pull| pull.is_of(owner, name));
        found.insert(commit, own.map(|pull| pull.into_model(owner, name)).collect());
    }

    fn keep_commit(&self, commit: ObjectId, node: &CommitNode) {
        let Some(cache) = self.octo.http.cache() else { return };
        let age = seconds(node.committed_date.as_deref()).map_or(0, |at| cache.now() - at);
        let is_settled = node.clone().pulls().next().map_or(age > SETTLED, |pull| pull.is_merged());
        if is_settled {
            self.keep(&self.key(&format!("commit {commit}")), node);
        }
    }

    /// What the cache knows of these pull requests, and the numbers that it does not know.
    fn kept_pulls(&self, numbers: &[u64]) -> (Found, Vec<u64>) {
        let (mut found, mut unknown) = (Found::default(), Vec::new());
        let (owner, name) = (&self.access.owner, &self.access.name);
        for number in numbers {
            match self.kept::<Pull>(&format!("pull {number}")) {
                Some(pull) => drop(found.pull_requests.insert(*number, pull.into_model(owner, name))),
                None => unknown.push(*number),
            }
        }
        (found, unknown)
    }

    fn kept_commits(&self, commits: &[ObjectId]) -> (Found, Vec<ObjectId>) {
        let (mut found, mut unknown) = (Found::default(), Vec::new());
        for commit in commits {
            match self.kept::<CommitNode>(&format!("commit {commit}")) {
                Some(node) => self.take_commit(*commit, node, &mut found),
                None => unknown.push(*commit),
            }
        }
        (found, unknown)
    }

    /// What GraphQL told before; it tells nothing without a token, and what it showed to one is not for who has none.
    fn kept<T: DeserializeOwned>(&self, what: &str) -> Option<T> {
        if !self.has_token() {
            return None;
        }
        serde_json::from_str(&self.octo.http.cache()?.fresh(&self.key(what))?).ok()
    }

    fn keep(&self, key: &str, value: &impl Serialize) {
        if let (Some(cache), Ok(text)) = (self.octo.http.cache(), serde_json::to_string(value)) {
            cache.put(key, &text, None, None);
        }
    }

    fn key(&self, what: &str) -> String {
        let Access { api, owner, name, .. } = &self.access;
        format!("graphql {api} {owner}/{name} {what}")
    }
}

/// Puts each alias of an answer to its question. An error about one alias leaves the others as they are.
fn sorted<Q: Copy>(
    answer: Answer,
    batch: &Batch<'_, Q>,
    questions: &[Q],
) -> (Vec<(Q, Option<Value>)>, Vec<String>) {
    let repository = answer.data.as_ref().and_then(|data| data.get("repository"));
    let (mut answers, mut missing) = (Vec::new(), Vec::new());
    let Some(repository) = repository.filter(|repository| !repository.is_null()) else {
        let said = answer.errors.first().map_or("GitHub gave no data", |fault| fault.message.as_str());
        return (answers, vec![format!("pull requests: {said}")]);
    };
    for question in questions {
        let alias = (batch.alias)(question);
        let fault = answer.errors.iter().find(|fault| fault.alias() == Some(&alias));
        match (repository.get(&alias).filter(|node| !node.is_null()), fault) {
            (Some(node), _) => answers.push((*question, Some(node.clone()))),
            (None, None) => answers.push((*question, None)),
            (None, Some(fault)) if fault.is_not_found() => answers.push((*question, None)),
            (None, Some(fault)) => missing.push(format!("{}: {}", (batch.title)(question), fault.message)),
        }
    }
    (answers, missing)
}
