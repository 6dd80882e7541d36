//! Fakes of the forges: stateful servers on loopback, so that a test can read back what it published.
//!
//! ```
//! let forge = Fake::github("o", "r");
//! forge.pull(12).title("Add a door").label("feature").author("ada").merged_as(&sha);
//! forge.fail_next(502, 1);
//! … run the program with `forge.api()` as the API URL …
//! assert_eq!(forge.lines(), ["POST /api/graphql", "POST /api/graphql"]);
//! assert_eq!(forge.release("v1.0.0").unwrap().body, "…");
//! ```
//!
//! Each fake responds as the forge's documentation describes, including refusals, as far as the program uses the API;
//! any other path is a 404 with a message. All timestamps are [`MOMENT`].

mod bitbucket;
mod contract;
mod deployments;
mod gitea;
mod github;
mod gitlab;
mod graphql;
mod server;
mod state;
mod tunnel;

use std::{
    sync::{Arc, MutexGuard},
    time::Duration,
};

pub(crate) use server::{Request, Response};
pub(crate) use state::{Deployment, Issue, Pull, Release};
pub(crate) use tunnel::{Proxy, Tls, certificates};

use server::{Fault, Running};
use state::State;

/// The timestamp of everything on a fake forge.
pub(crate) const MOMENT: &str = "2026-01-01T00:00:00Z";

/// A fake forge with one repository. It stops when dropped.
pub(crate) struct Fake {
    running: Running,
    /// The path of the API: `/api/v3`.
    root: &'static str,
}

impl Fake {
    /// GitHub Enterprise Server: REST at `/api/v3`, GraphQL at `/api/graphql`, uploads at `/api/uploads`.
    pub(crate) fn github(owner: &str, name: &str) -> Self {
        Self::start(owner, name, "/api/v3", 403, github::respond)
    }

    /// GitLab; the owner may be a path of groups.
    pub(crate) fn gitlab(owner: &str, name: &str) -> Self {
        Self::start(owner, name, "/api/v4", 429, gitlab::respond)
    }

    /// Gitea or Forgejo.
    pub(crate) fn gitea(owner: &str, name: &str) -> Self {
        Self::start(owner, name, "/api/v1", 429, gitea::respond)
    }

    /// Bitbucket Cloud.
    pub(crate) fn bitbucket(workspace: &str, slug: &str) -> Self {
        Self::start(workspace, slug, "/2.0", 429, bitbucket::respond)
    }

    fn start(owner: &str, name: &str, root: &'static str, limited: u16, route: server::Route) -> Self {
        let (owner, name) = (owner.to_owned(), name.to_owned());
        let state = State { owner, name, limit_status: limited, ..State::default() };
        Self { running: Running::start(state, route), root }
    }

    /// The URL of the API: `http://127.0.0.1:PORT/api/v3`.
    pub(crate) fn api(&self) -> String {
        format!("{}{}", self.running.base_url, self.root)
    }

    /// The same fake behind TLS, with a certificate of a private authority; `None` without `openssl`.
    pub(crate) fn behind_tls(&self) -> Option<Tls> {
        Tls::start(self.running.base_url.strip_prefix("http://")?, self.root)
    }

    /// A pull request (merge request), created by the first call: open, titled `Pull request N`, by `ada`, from
    /// `topic-N` into `main`.
    pub(crate) fn pull(&self, number: u64) -> PullBuilder<'_> {
        self.state().pulls.entry(number).or_insert_with(|| Pull::new(number));
        PullBuilder { fake: self, number }
    }

    /// An issue.
    pub(crate) fn issue(&self, number: u64) -> &Self {
        self.state().issues.entry(number).or_default();
        self
    }

    /// Adds a pushed commit, by an email address that belongs to a login.
    pub(crate) fn commit(&self, sha: &str, email: &str, login: Option<&str>) -> &Self {
        self.state().commits.insert(sha.to_owned(), (email.to_owned(), login.map(str::to_owned)));
        self
    }

    /// Adds a pushed tag, with its commit.
    pub(crate) fn tag(&self, name: &str, sha: &str) -> &Self {
        let mut state = self.state();
        state.tags.insert(name.to_owned(), sha.to_owned());
        state.commits.entry(sha.to_owned()).or_insert_with(state::unknown_author);
        drop(state);
        self
    }

    /// Adds an existing release; the forge assigns its `id`. A published release needs its tag.
    pub(crate) fn publish(&self, release: Release) -> u64 {
        let mut state = self.state();
        let id = state.next_id();
        state.releases.push(Release { id, ..release });
        id
    }

    /// The release of a tag, including drafts.
    pub(crate) fn release(&self, tag: &str) -> Option<Release> {
        self.state().releases.iter().find(|release| release.tag == tag).cloned()
    }

    /// All releases, oldest first.
    pub(crate) fn releases(&self) -> Vec<Release> {
        self.state().releases.clone()
    }

    /// The tag of the release that GitHub shows as the latest.
    pub(crate) fn latest(&self) -> Option<String> {
        self.state().latest().map(|release| release.tag.clone())
    }

    /// All deployments, oldest first.
    pub(crate) fn deployments(&self) -> Vec<Deployment> {
        self.state().deployments.clone()
    }

    /// Adds an existing deployment, by another program.
    pub(crate) fn deploy(&self, tag: &str, environment: &str) -> &Self {
        let mut state = self.state();
        let id = state.next_id();
        let sha = state.tags[tag].clone();
        state.deployments.push(Deployment {
            id,
            reference: tag.to_owned(),
            sha,
            task: "deploy".to_owned(),
            environment: environment.to_owned(),
            description: String::new(),
            is_production: false,
            payload: serde_json::json!(""),
            statuses: vec![serde_json::json!({ "id": id, "state": "in_progress" })],
        });
        drop(state);
        self
    }

    /// A pull request as it is now.
    pub(crate) fn pull_now(&self, number: u64) -> Pull {
        self.state().pulls[&number].clone()
    }

    /// An issue as it is now.
    pub(crate) fn issue_now(&self, number: u64) -> Issue {
        self.state().issues[&number].clone()
    }

    /// The next `times` requests get this status and have no effect.
    pub(crate) fn fail_next(&self, status: u16, times: usize) -> &Self {
        self.fail_at("", status, times)
    }

    /// The next `times` requests whose `METHOD /path?query` contains a text get this status and have no effect.
    pub(crate) fn fail_at(&self, part: &str, status: u16, times: usize) -> &Self {
        let message = format!("the fake was set to respond with {status}");
        self.respond_at(part, times, Response::json(status, &serde_json::json!({ "message": message })))
    }

    /// The next `times` requests whose `METHOD /path?query` contains a text get this response and have no effect.
    pub(crate) fn respond_at(&self, part: &str, times: usize, response: Response) -> &Self {
        self.running.fault(Fault {
            part: part.to_owned(),
            times,
            response: Some(response),
            delay: Duration::ZERO,
        });
        self
    }

    /// The next `times` responses are delayed.
    pub(crate) fn slow_next(&self, delay: Duration, times: usize) -> &Self {
        self.running.fault(Fault { part: String::new(), times, response: None, delay });
        self
    }

    /// Allows this many more requests; later ones are refused, as by the forge when its rate limit is exhausted, until
    /// this many seconds from now.
    pub(crate) fn limit(&self, requests: usize, seconds: u64) -> &Self {
        self.state().limit = Some((requests, server::now() + seconds));
        self
    }

    /// No page has more entries than this, whatever the request.
    pub(crate) fn page_size(&self, entries: usize) -> &Self {
        self.state().page_size = Some(entries);
        self
    }

    /// GitHub's GraphQL API responds with 502 to a query with more aliases than this.
    pub(crate) fn max_aliases(&self, aliases: usize) -> &Self {
        self.state().max_aliases = Some(aliases);
        self
    }

    /// Removes all releases, comments and logged requests.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        state.releases.clear();
        state.pulls.values_mut().for_each(|pull| pull.comments.clear());
        drop(state);
        self.clear_log();
    }

    /// Allows several releases per tag, published ones too.
    pub(crate) fn lenient(&self) -> &Self {
        self.state().is_lenient = true;
        self
    }

    /// GitHub's setting "Enable release immutability": releases are immutable once published. Only a token of an
    /// administrator may read the setting.
    pub(crate) fn immutable_releases(&self, is_admin: bool) -> &Self {
        let mut state = self.state();
        (state.makes_immutable, state.is_admin) = (true, is_admin);
        drop(state);
        self
    }

    /// Adds a workflow with the trigger `workflow_dispatch` and these inputs (GitHub).
    pub(crate) fn workflow(&self, file: &str, inputs: &[&str]) -> &Self {
        let inputs = inputs.iter().map(|name| (*name).to_owned()).collect();
        self.state().workflows.insert(file.to_owned(), inputs);
        self
    }

    /// Deletes a release; the tag of an immutable one cannot be used again.
    pub(crate) fn delete_release(&self, tag: &str) {
        let mut state = self.state();
        let (deleted, kept) = std::mem::take(&mut state.releases).into_iter().partition(|it| it.tag == tag);
        state.releases = kept;
        let deleted: Vec<Release> = deleted;
        state.used_tags.extend(deleted.into_iter().filter(|it| it.immutable).map(|it| it.tag));
    }

    /// The token belongs to this account instead of `ada`.
    pub(crate) fn login(&self, login: &str) -> &Self {
        login.clone_into(&mut self.state().login);
        self
    }

    /// The token may not read its account, as that of an app or a job.
    pub(crate) fn hide_account(&self) -> &Self {
        self.state().hides_account = true;
        self
    }

    /// Another run of the same account creates a comment with this body right before the next one.
    pub(crate) fn race(&self, body: &str) -> &Self {
        self.state().racing = Some(body.to_owned());
        self
    }

    /// Adds an existing comment on a pull request, by an account.
    pub(crate) fn comment(&self, number: u64, author: &str, body: &str) -> &Self {
        let mut state = self.state();
        let id = state.next_id();
        let comment = state::Comment { id, body: body.to_owned(), author: author.to_owned() };
        state.pulls.get_mut(&number).expect("a pull request").comments.push(comment);
        drop(state);
        self
    }

    /// Requests without a token get a 404.
    pub(crate) fn private(&self) -> &Self {
        self.state().is_private = true;
        self
    }

    /// Bitbucket has not indexed the pull requests of its commits yet.
    pub(crate) fn unindexed(&self) -> &Self {
        self.state().is_unindexed = true;
        self
    }

    /// Adds a label to the repository; Gitea accepts no others.
    pub(crate) fn label(&self, name: &str) -> &Self {
        self.state().labels.push(name.to_owned());
        self
    }

    /// A file uploaded to GitLab's generic packages, by `PACKAGE/VERSION/FILE`.
    pub(crate) fn upload(&self, path: &str) -> Option<Vec<u8>> {
        self.state().uploads.get(path).cloned()
    }

    /// All requests, oldest first.
    pub(crate) fn log(&self) -> Vec<Request> {
        self.running.log()
    }

    /// All requests as `METHOD /path?query`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.log().iter().map(Request::line).collect()
    }

    /// Clears the log of requests.
    pub(crate) fn clear_log(&self) -> &Self {
        self.running.clear_log();
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.running.state()
    }
}

/// A builder for a pull request; each call takes effect at once.
#[derive(Clone, Copy)]
pub(crate) struct PullBuilder<'f> {
    fake: &'f Fake,
    number: u64,
}

impl PullBuilder<'_> {
    pub(crate) fn title(self, title: &str) -> Self {
        self.edit(|pull| pull.title = title.to_owned())
    }

    pub(crate) fn body(self, body: &str) -> Self {
        self.edit(|pull| pull.body = Some(body.to_owned()))
    }

    pub(crate) fn label(self, label: &str) -> Self {
        self.edit(|pull| pull.labels.push(label.to_owned()))
    }

    pub(crate) fn author(self, login: &str) -> Self {
        self.edit(|pull| pull.author = Some(login.to_owned()))
    }

    /// Its author is a bot.
    pub(crate) fn bot(self, login: &str) -> Self {
        self.author(login).edit(|pull| pull.is_bot = true)
    }

    /// Its author's account was deleted.
    pub(crate) fn ghost(self) -> Self {
        self.edit(|pull| pull.author = None)
    }

    pub(crate) fn milestone(self, title: &str) -> Self {
        self.edit(|pull| pull.milestone = Some(title.to_owned()))
    }

    pub(crate) fn branches(self, source: &str, target: &str) -> Self {
        self.edit(|pull| (pull.source, pull.target) = (source.to_owned(), target.to_owned()))
    }

    /// It closes an issue of the same repository, according to the forge.
    pub(crate) fn closes(self, issue: u64) -> Self {
        self.fake.issue(issue);
        self.edit(|pull| pull.closes.push(issue))
    }

    /// It contains a commit.
    pub(crate) fn brought(self, sha: &str) -> Self {
        self.fake.state().commits.entry(sha.to_owned()).or_insert_with(state::unknown_author);
        self.edit(|pull| pull.commits.push(sha.to_owned()))
    }

    /// Its target branch is at this commit.
    pub(crate) fn onto(self, sha: &str) -> Self {
        self.edit(|pull| pull.base = Some(sha.to_owned()))
    }

    /// It comes from a fork with this full name.
    pub(crate) fn fork(self, name: &str) -> Self {
        self.edit(|pull| pull.fork = Some(name.to_owned()))
    }

    /// It was merged with a merge commit.
    pub(crate) fn merged_as(self, sha: &str) -> Self {
        self.brought(sha).edit(|pull| pull.merge_commit = Some(sha.to_owned())).merged_at(MOMENT)
    }

    /// It was squashed into one commit, without a merge commit.
    pub(crate) fn squashed_as(self, sha: &str) -> Self {
        self.brought(sha).edit(|pull| pull.squash_commit = Some(sha.to_owned())).merged_at(MOMENT)
    }

    /// Sets when it was merged.
    pub(crate) fn merged_at(self, moment: &str) -> Self {
        self.edit(|pull| pull.merged_at = Some(moment.to_owned()))
    }

    /// It was closed without a merge.
    pub(crate) fn closed(self) -> Self {
        self.edit(|pull| pull.is_closed = true)
    }

    /// Requests for it fail: with an error next to the data in GraphQL, otherwise with a 500.
    pub(crate) fn broken(self) -> Self {
        self.edit(|pull| pull.is_broken = true)
    }

    /// It is deleted or not visible.
    pub(crate) fn delete(self) {
        self.fake.state().pulls.remove(&self.number);
    }

    fn edit(self, change: impl FnOnce(&mut Pull)) -> Self {
        change(self.fake.state().pulls.get_mut(&self.number).expect("not deleted"));
        self
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        Arc::clone(&self.running.server).unblock();
        if matches!(self.root, "/api/v3" | "/api/v1") && !std::thread::panicking() {
            let broken: Vec<String> = self.log().iter().filter_map(contract::broken).collect();
            assert!(broken.is_empty(), "against what the forge publishes:\n{}", broken.join("\n"));
        }
    }
}
