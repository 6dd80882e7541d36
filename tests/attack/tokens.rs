//! Tokens are sent only to the hosts they belong to.
//!
//! Every run has a token in each variable that may hold one, and a server on loopback instead of the network: it is the
//! remote's host, or the proxy for any host, and stores every byte.

mod allowed;
mod keys;
mod network;
mod registries;
mod remotes;
mod urls;
mod values;

use std::process::Command;

use crate::support::{Ran, Repo};
use network::Network;

/// Every variable that may hold a token, with its value in these tests.
const TOKENS: [(&str, &str); 13] = [
    ("GITHUB_TOKEN", "tok-github"),
    ("GH_TOKEN", "tok-gh"),
    ("GH_ENTERPRISE_TOKEN", "tok-ghe"),
    ("GITHUB_ENTERPRISE_TOKEN", "tok-githubenterprise"),
    ("GITLAB_TOKEN", "tok-gitlab"),
    ("CI_JOB_TOKEN", "tok-job"),
    ("GITEA_TOKEN", "tok-gitea"),
    ("FORGEJO_TOKEN", "tok-forgejo"),
    ("BITBUCKET_TOKEN", "tok-bitbucket"),
    ("BITBUCKET_USER", "tok-user"),
    ("BITBUCKET_APP_PASSWORD", "tok-password"),
    ("TIDINGS_REGISTRY_USER", "tok-registryuser"),
    ("TIDINGS_REGISTRY_TOKEN", "tok-registry"),
];

/// The commands that query a forge.
const COMMANDS: [&[&str]; 14] = [
    &[],
    &["preview", "v1.1.0"],
    &["notes", "--format", "json"],
    &["next"],
    &["check", "v1.2.0", "--allow", "changelog"],
    &["changelog", "--as", "v1.2.0"],
    &["explain", "HEAD"],
    &["show", "v1.1.0"],
    &["compare", "v1.0.0", "v1.1.0"],
    &["tag", "v1.2.0", "--dry-run"],
    &["publish", "v1.1.0", "--dry-run"],
    &["notify", "v1.1.0", "--to", "slack", "--dry-run"],
    &["notify", "v1.1.0", "--to", "github-deployment", "--environment", "production"],
    &["context"],
];

/// A repository with two versions and unreleased changes, whose commits belong to pull requests.
fn repo(remote: &str) -> Repo {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0").commit("feat: a (#1)");
    repo.tag("v1.1.0").commit("fix: b (#2)");
    repo.materialize();
    repo.git(&["config", "remote.origin.url", remote]);
    repo
}

/// A run with a token in every variable, and the fake network as every proxy.
fn with_tokens(repo: &Repo, network: &Network, args: &[&str]) -> Command {
    let mut command = repo.tidings(args);
    command.envs(TOKENS).env("TIDINGS_NETWORK__TRIES", "1");
    network.set_as_proxy_of(&mut command);
    command
}

/// Asserts that the output contains no token.
fn run(repo: &Repo, command: Command) -> Ran {
    let ran = repo.run_command(command);
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("tok-"), "{}", ran.snapshot());
    ran
}
