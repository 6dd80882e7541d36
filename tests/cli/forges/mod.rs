//! The forge clients against their fakes, and the fakes against the forges' documentation.

use std::time::Duration;

use serde_json::{Value, json};
use tidings::{
    forge::{Access, Credentials, Forge, LookupResult},
    http::{Cache, Client, Options, Secret},
    model::{ForgeKind, ObjectId},
};

use crate::support::forge::Fake;

mod bitbucket;
mod gitea;
mod github;
mod gitlab;
mod notes;
mod refusals;
mod times;
mod tunnels;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const C: &str = "cccccccccccccccccccccccccccccccccccccccc";
/// A commit that no forge has.
const D: &str = "dddddddddddddddddddddddddddddddddddddddd";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn client() -> Client {
    Client::new(Options { tries: 2, max_wait: Duration::from_secs(5), ..Options::default() }).unwrap()
}

/// A client for a fake.
struct Reader {
    client: Client,
    access: Access,
}

impl Reader {
    fn new(fake: &Fake, kind: ForgeKind, token: Option<&str>) -> Self {
        let credentials =
            token.map_or(Credentials::None, |token| Credentials::Token(Secret::new(token).unwrap()));
        let (owner, name) = ("o".to_owned(), "r".to_owned());
        Self { client: client(), access: Access { kind, api: fake.api(), owner, name, credentials } }
    }

    fn pulls(&self, numbers: &[u64]) -> LookupResult {
        run(async { self.forge().pull_requests(numbers).await })
    }

    fn commits(&self, commits: &[&str]) -> LookupResult {
        let commits: Vec<ObjectId> = commits.iter().map(|commit| id(commit)).collect();
        run(async { self.forge().of_commits(&commits).await })
    }

    fn newcomers(&self, logins: &[&str], before: i64) -> Option<Vec<String>> {
        let logins: Vec<String> = logins.iter().map(|login| (*login).to_owned()).collect();
        run(async { self.forge().newcomers(&logins, before).await })
    }

    fn forge(&self) -> Forge {
        Forge::new(self.client.clone(), self.access.clone()).unwrap()
    }
}

/// A pull request of each kind, on any forge.
fn fill(fake: &Fake) {
    fake.pull(12)
        .title("Add a door")
        .body("Why not")
        .label("bug")
        .milestone("1.0")
        .branches("door", "develop");
    fake.pull(12).merged_as(A);
    fake.pull(13).brought(B).closed();
    fake.pull(14).ghost().brought(C);
}

fn id(commit: &str) -> ObjectId {
    commit.parse().unwrap()
}

/// Sends JSON with a token, as another program would, and returns status and body.
fn call(method: &str, address: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(method, address, "application/json", body.into_bytes())
}

fn send(method: &str, address: &str, kind: &str, body: Vec<u8>) -> (u16, Value) {
    let request = http::Request::builder().method(method).uri(address).header("authorization", "token t");
    let request = request.header("content-type", kind).body(body.into()).unwrap();
    let response = run(client().send(request)).unwrap();
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

fn numbers(found: &LookupResult) -> Vec<u64> {
    found.pull_requests.keys().copied().collect()
}
