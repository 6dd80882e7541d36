//! Fakes of the forges: a server on loopback with a memory, so that what a test published it can read back.
//!
//! ```
//! let forge = Fake::github("o", "r");
//! forge.pull(12).title("Add a door").label("feature").author("ada").merged_as(&sha);
//! forge.fail_next(502, 1);
//! … run the program with `forge.api()` as the address of the interface …
//! assert_eq!(forge.lines(), ["POST /api/graphql", "POST /api/graphql"]);
//! assert_eq!(forge.release("v1.0.0").unwrap().body, "…");
//! ```
//!
//! Each answers what the forge's documentation says that it answers, its refusals too, as far as the program asks; any
//! other path is a 404 that says so. Clocks stand still: everything happens at [`MOMENT`].

mod bitbucket;
mod contract;
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

pub(crate) use server::{Answer, Asked};
pub(crate) use state::{Issue, Pull, Release};
pub(crate) use tunnel::{Proxy, Tls};

use server::{Fault, Running};
use state::State;

/// When everything happens on a fake forge.
pub(crate) const MOMENT: &str = "2026-01-01T00:00:00Z";

/// A fake forge with one repository. It ends with its value.
pub(crate) struct Fake {
    running: Running,
    /// The path of the interface: `/api/v3`.
    root: &'static str,
}

impl Fake {
    /// GitHub Enterprise Server: REST at `/api/v3`, GraphQL at `/api/graphql`, uploads at `/api/uploads`.
    pub(crate) fn github(owner: &str, name: &str) -> Self {
        Self::start(owner, name, "/api/v3", 403, github::answer)
    }

    /// GitLab; the owner may be a path of groups.
    pub(crate) fn gitlab(owner: &str, name: &str) -> Self {
        Self::start(owner, name, "/api/v4", 429, gitlab::answer)
    }

    /// Gitea or Forgejo.
    pub(crate) fn gitea(owner: &str, name: &str) -> Self {
        Self::start(owner, name, "/api/v1", 429, gitea::answer)
    }

    /// Bitbucket Cloud.
    pub(crate) fn bitbucket(workspace: &str, slug: &str) -> Self {
        Self::start(workspace, slug, "/2.0", 429, bitbucket::answer)
    }

    fn start(owner: &str, name: &str, root: &'static str, limited: u16, answer: server::Route) -> Self {
        let (owner, name) = (owner.to_owned(), name.to_owned());
        let state = State { owner, name, limit_status: limited, ..State::default() };
        Self { running: Running::start(state, answer), root }
    }

    /// The address of the interface: `http://127.0.0.1:PORT/api/v3`.
    pub(crate) fn api(&self) -> String {
        format!("{}{}", self.running.address, self.root)
    }

    /// The same fake behind TLS, with a certificate of an authority of its own; `None` without `openssl`.
    pub(crate) fn behind_tls(&self) -> Option<Tls> {
        Tls::start(self.running.address.strip_prefix("http://")?, self.root)
    }

    /// A pull request (merge request), made at the first call: open, titled `Pull request N`, by `ada`, from `topic-N` into
    /// `main`.
    pub(crate) fn pull(&self, number: u64) -> PullBuilder<'_> {
        self.state().pulls.entry(number).or_insert_with(|| Pull::new(number));
        PullBuilder { fake: self, number }
    }

    /// An issue.
    pub(crate) fn issue(&self, number: u64) -> &Self {
        self.state().issues.entry(number).or_default();
        self
    }

    /// A commit that was pushed, by an address that belongs to a login.
    pub(crate) fn commit(&self, sha: &str, email: &str, login: Option<&str>) -> &Self {
        self.state().commits.insert(sha.to_owned(), (email.to_owned(), login.map(str::to_owned)));
        self
    }

    /// A tag that was pushed, with its commit.
    pub(crate) fn tag(&self, name: &str, sha: &str) -> &Self {
        let mut state = self.state();
        state.tags.insert(name.to_owned(), sha.to_owned());
        state.commits.entry(sha.to_owned()).or_insert_with(state::unknown_author);
        drop(state);
        self
    }

    /// A release that somebody made before; its `id` is given by the forge. A published one needs its tag.
    pub(crate) fn publish(&self, release: Release) -> u64 {
        let mut state = self.state();
        let id = state.next_id();
        state.releases.push(Release { id, ..release });
        id
    }

    /// The release of a tag, drafts too.
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

    /// A pull request as it is now.
    pub(crate) fn pull_now(&self, number: u64) -> Pull {
        self.state().pulls[&number].clone()
    }

    /// An issue as it is now.
    pub(crate) fn issue_now(&self, number: u64) -> Issue {
        self.state().issues[&number].clone()
    }

    /// The next `times` requests get this status and nothing happens.
    pub(crate) fn fail_next(&self, status: u16, times: usize) -> &Self {
        self.fail_at("", status, times)
    }

    /// The next `times` requests whose `METHOD /path?query` contains a text get this status and nothing happens.
    pub(crate) fn fail_at(&self, part: &str, status: u16, times: usize) -> &Self {
        let message = format!("the fake was told to answer {status}");
        self.answer_at(part, times, Answer::json(status, &serde_json::json!({ "message": message })))
    }

    /// The next `times` requests whose `METHOD /path?query` contains a text get this answer and nothing happens.
    pub(crate) fn answer_at(&self, part: &str, times: usize, answer: Answer) -> &Self {
        self.running.fault(Fault {
            part: part.to_owned(),
            times,
            answer: Some(answer),
            delay: Duration::ZERO,
        });
        self
    }

    /// The next `times` requests are answered late.
    pub(crate) fn slow_next(&self, delay: Duration, times: usize) -> &Self {
        self.running.fault(Fault { part: String::new(), times, answer: None, delay });
        self
    }

    /// From now on this many requests are answered; what comes after is refused, as the forge does where its limit is used
    /// up, until this many seconds from now.
    pub(crate) fn limit(&self, requests: usize, seconds: u64) -> &Self {
        self.state().limit = Some((requests, server::now() + seconds));
        self
    }

    /// No page has more entries than this, whatever is asked for.
    pub(crate) fn page_size(&self, entries: usize) -> &Self {
        self.state().page_size = Some(entries);
        self
    }

    /// GitHub's GraphQL answers 502 to a document with more aliases than this.
    pub(crate) fn most_aliases(&self, aliases: usize) -> &Self {
        self.state().most_aliases = Some(aliases);
        self
    }

    /// No releases and comments, and nothing in the log.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        state.releases.clear();
        state.pulls.values_mut().for_each(|pull| pull.comments.clear());
        drop(state);
        self.forget();
    }

    /// A tag may have several releases, published ones too.
    pub(crate) fn lenient(&self) -> &Self {
        self.state().is_lenient = true;
        self
    }

    /// Only who has a token sees anything; to all else it is a 404.
    pub(crate) fn private(&self) -> &Self {
        self.state().is_private = true;
        self
    }

    /// Bitbucket has not indexed which pull requests its commits belong to.
    pub(crate) fn unindexed(&self) -> &Self {
        self.state().is_unindexed = true;
        self
    }

    /// A label of the repository; Gitea knows no others.
    pub(crate) fn label(&self, name: &str) -> &Self {
        self.state().labels.push(name.to_owned());
        self
    }

    /// A file that was uploaded to GitLab's generic packages, by `PACKAGE/VERSION/FILE`.
    pub(crate) fn upload(&self, path: &str) -> Option<Vec<u8>> {
        self.state().uploads.get(path).cloned()
    }

    /// All requests, in the order in which they came.
    pub(crate) fn log(&self) -> Vec<Asked> {
        self.running.log()
    }

    /// All requests as `METHOD /path?query`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.log().iter().map(Asked::line).collect()
    }

    /// Forgets the requests that came.
    pub(crate) fn forget(&self) -> &Self {
        self.running.forget();
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.running.state()
    }
}

/// A pull request that is being described; each call takes effect at once.
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

    /// Its author's account is gone.
    pub(crate) fn ghost(self) -> Self {
        self.edit(|pull| pull.author = None)
    }

    pub(crate) fn milestone(self, title: &str) -> Self {
        self.edit(|pull| pull.milestone = Some(title.to_owned()))
    }

    pub(crate) fn branches(self, source: &str, target: &str) -> Self {
        self.edit(|pull| (pull.source, pull.target) = (source.to_owned(), target.to_owned()))
    }

    /// The forge says that it closes an issue of the same repository.
    pub(crate) fn closes(self, issue: u64) -> Self {
        self.fake.issue(issue);
        self.edit(|pull| pull.closes.push(issue))
    }

    /// It brought in a commit.
    pub(crate) fn brought(self, sha: &str) -> Self {
        self.fake.state().commits.entry(sha.to_owned()).or_insert_with(state::unknown_author);
        self.edit(|pull| pull.commits.push(sha.to_owned()))
    }

    /// It was merged with a merge commit.
    pub(crate) fn merged_as(self, sha: &str) -> Self {
        self.brought(sha).edit(|pull| pull.merge_commit = Some(sha.to_owned())).merged_at(MOMENT)
    }

    /// It was squashed into one commit, without a merge commit.
    pub(crate) fn squashed_as(self, sha: &str) -> Self {
        self.brought(sha).edit(|pull| pull.squash_commit = Some(sha.to_owned())).merged_at(MOMENT)
    }

    /// It was merged at a moment.
    pub(crate) fn merged_at(self, moment: &str) -> Self {
        self.edit(|pull| pull.merged_at = Some(moment.to_owned()))
    }

    /// It was closed without having been merged.
    pub(crate) fn closed(self) -> Self {
        self.edit(|pull| pull.is_closed = true)
    }

    /// Whoever asks for it gets an error: in a GraphQL answer beside the data, else a 500.
    pub(crate) fn broken(self) -> Self {
        self.edit(|pull| pull.is_broken = true)
    }

    /// It is gone, or nobody may see it.
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
