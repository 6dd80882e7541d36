//! Pull requests on Gitea and Forgejo: REST v1, with or without a token.
//!
//! m pull requests take m requests and n commits n: neither has a question about several. Where not one of them is there, one
//! more request tells whether the repository can be seen at all.
//!
//! Source: `/swagger.v1.json` of any Gitea or Forgejo, "repository".

use serde::Deserialize;

use crate::{
    http,
    model::{ObjectId, PullRequest, PullRequestState},
};

use crate::forge::{
    Access, Error, Found,
    found::{seconds, short},
    links::escaped,
    rest::{Rest, each},
};

/// A repository on Gitea or Forgejo.
#[derive(Debug)]
pub struct Gitea {
    pub(in crate::forge) rest: Rest,
    /// The path of the repository in the interface.
    pub(super) own: String,
}

impl Gitea {
    pub(in crate::forge) fn new(client: http::Client, access: &Access) -> Self {
        let own = format!("/repos/{}/{}", escaped(&access.owner, ""), escaped(&access.name, ""));
        Self { rest: Rest::new(client, access), own }
    }

    pub(in crate::forge) async fn pull_requests(&self, numbers: &[u64]) -> Found {
        let (answers, missing) = each(numbers, |number| async move {
            let path = format!("{}/pulls/{number}", self.own);
            self.rest.get::<Pull>(&path, &format!("pull request #{number}")).await
        })
        .await;
        let mut found = Found { missing, ..Found::default() };
        if let Err(error) = self.be_seen(&answers).await {
            found.missing.push(error.to_string());
            return found;
        }
        found.insert_answers(answers.into_iter().map(|(number, pull)| (number, pull.map(Pull::into_model))));
        found
    }

    pub(in crate::forge) async fn of_commits(&self, commits: &[ObjectId]) -> Found {
        // What was not there a moment ago is kept too: a commit without a pull request is a 404 here, and there are many.
        let (kept, unknown): (Vec<ObjectId>, Vec<ObjectId>) =
            commits.iter().partition(|commit| self.is_kept(**commit));
        let (answers, missing) = each(&unknown, |commit| async move {
            let path = format!("{}/commits/{commit}/pull", self.own);
            self.rest.get::<Pull>(&path, &format!("the pull request of commit {}", short(commit))).await
        })
        .await;
        let mut found = Found { missing, ..Found::default() };
        if let Err(error) = self.be_seen(&answers).await {
            found.missing.push(error.to_string());
            return found;
        }
        for (commit, pull) in answers {
            if pull.is_none() {
                self.keep(commit);
            }
            found.insert(commit, pull.map(Pull::into_model).into_iter().collect());
        }
        for commit in kept {
            found.insert(commit, Vec::new());
        }
        found
    }

    /// Whether the repository itself can be seen, where that is in doubt: a 404 may mean it too.
    async fn be_seen<Q>(&self, answers: &[(Q, Option<Pull>)]) -> Result<(), Error> {
        if answers.is_empty() || answers.iter().any(|(_, pull)| pull.is_some()) {
            return Ok(());
        }
        let response = self.rest.ask(&self.own).await?;
        self.rest.read::<serde::de::IgnoredAny>(&response, "the repository").map(drop)
    }

    fn is_kept(&self, commit: ObjectId) -> bool {
        self.rest.cache().is_some_and(|cache| cache.fresh(&self.key(commit)).is_some())
    }

    fn keep(&self, commit: ObjectId) {
        if let Some(cache) = self.rest.cache() {
            cache.put(&self.key(commit), "none", None, None);
        }
    }

    fn key(&self, commit: ObjectId) -> String {
        format!("no pull request of {} {commit}", self.rest.address(&self.own))
    }
}

/// A pull request as Gitea gives it, as far as it is read.
#[derive(Debug, Deserialize)]
struct Pull {
    number: u64,
    html_url: Option<String>,
    title: String,
    body: Option<String>,
    state: String,
    #[serde(default)]
    merged: bool,
    merged_at: Option<String>,
    merge_commit_sha: Option<String>,
    head: Option<Branch>,
    base: Option<Branch>,
    /// `null` where there are none.
    labels: Option<Vec<Label>>,
    user: Option<User>,
    milestone: Option<Milestone>,
}

#[derive(Debug, Deserialize)]
struct Branch {
    /// Its name; `ref` is `refs/pull/12/head` where it is gone.
    label: String,
}

#[derive(Debug, Deserialize)]
struct Label {
    name: String,
}

#[derive(Debug, Deserialize)]
struct User {
    #[serde(default)]
    id: i64,
    login: String,
}

#[derive(Debug, Deserialize)]
struct Milestone {
    title: String,
}

impl Pull {
    fn into_model(self) -> PullRequest {
        let state = match (self.merged, self.state.as_str()) {
            (true, _) => PullRequestState::Merged,
            (false, "open") => PullRequestState::Open,
            _ => PullRequestState::Closed,
        };
        // -1 is whoever is gone; what is below are programs.
        let author = self.user.filter(|user| user.id != -1);
        PullRequest {
            number: self.number,
            url: self.html_url,
            title: Some(self.title),
            body: self.body,
            labels: self.labels.unwrap_or_default().into_iter().map(|label| label.name).collect(),
            author_is_bot: author.as_ref().is_some_and(|user| user.id < -1 || user.login.ends_with("[bot]")),
            author: author.map(|user| user.login),
            source_branch: self.head.map(|branch| branch.label),
            target_branch: self.base.map(|branch| branch.label),
            milestone: self.milestone.map(|milestone| milestone.title),
            closes: Vec::new(),
            state: Some(state),
            merged_at: seconds(self.merged_at.as_deref()),
            merge_commit: self
                .merge_commit_sha
                .filter(|_| state == PullRequestState::Merged)
                .and_then(|commit| commit.parse().ok()),
        }
    }
}
