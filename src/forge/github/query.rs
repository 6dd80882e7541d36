//! Builds GraphQL queries for GitHub, with up to [`BATCH`] lookups each, under aliases.
//!
//! Source: docs.github.com, "GraphQL API / Reference / Objects". A query contains only pull request numbers and commit
//! IDs; all other input is in variables.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::model::ObjectId;

/// Maximum number of lookups per query. More are likely to exceed GitHub's time limit.
pub(super) const BATCH: usize = 100;
/// Maximum number of logins per query; each is a search, and GitHub allows thirty searches a minute.
pub(super) const MAX_LOGINS: usize = 25;

const FIELDS: &str = "fragment fields on PullRequest { number url title body state mergedAt headRefName baseRefName \
    mergeCommit { oid } author { __typename login } labels(first: 30) { nodes { name } } milestone { title } \
    closingIssuesReferences(first: 20) { nodes { number url repository { nameWithOwner } } } \
    baseRepository { nameWithOwner } }";

/// The query for pull requests by number, with aliases such as `p12`.
pub(super) fn by_number(owner: &str, name: &str, numbers: &[u64]) -> Value {
    let mut aliases = String::new();
    for number in numbers {
        let _ = write!(aliases, "p{number}: pullRequest(number: {number}) {{ ...fields }} ");
    }
    in_repository(owner, name, &aliases)
}

/// The query for the pull requests that contain commits, with aliases of `c` and the commit ID.
pub(super) fn by_commit(owner: &str, name: &str, commits: &[ObjectId]) -> Value {
    let mut aliases = String::new();
    for commit in commits {
        let _ = write!(
            aliases,
            "c{commit}: object(oid: \"{commit}\") {{ ... on Commit {{ committedDate author {{ email user {{ login }} }} \
             associatedPullRequests(first: 10) {{ nodes {{ ...fields }} }} }} }} "
        );
    }
    in_repository(owner, name, &aliases)
}

fn in_repository(owner: &str, name: &str, aliases: &str) -> Value {
    let query = format!(
        "query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ {aliases}}} }} {FIELDS}"
    );
    json!({ "query": query, "variables": { "owner": owner, "name": name } })
}

/// The query for how many pull requests of each login were merged before a time, as `u0`, `u1`, …
pub(super) fn merged_before(owner: &str, name: &str, logins: &[String], day: &str) -> Value {
    let (mut aliases, mut parameters, mut variables) = (String::new(), String::new(), serde_json::Map::new());
    for (at, login) in logins.iter().enumerate() {
        let _ = write!(aliases, "u{at}: search(query: $q{at}, type: ISSUE, first: 1) {{ issueCount }} ");
        let _ = write!(parameters, "{}$q{at}: String!", if at == 0 { "" } else { ", " });
        let search = format!("repo:{owner}/{name} is:pr is:merged author:{login} merged:<{day}");
        variables.insert(format!("q{at}"), search.into());
    }
    json!({ "query": format!("query({parameters}) {{ {aliases}}}"), "variables": variables })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_not_part_of_the_query() {
        let body = by_number("o\") { x }", "r", &[1, 2]);
        let query = body["query"].as_str().unwrap();
        assert!(query.contains("p1: pullRequest(number: 1)") && query.contains("p2: "), "{query}");
        assert!(!query.contains("o\")"), "{query}");
        let body = merged_before("o", "r", &["evil\") {".to_owned()], "2026-01-01");
        assert!(!body["query"].as_str().unwrap().contains("evil"));
        assert_eq!(body["variables"]["q0"], "repo:o/r is:pr is:merged author:evil\") { merged:<2026-01-01");
    }
}
