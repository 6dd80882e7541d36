//! Every request that reaches the fakes of GitHub and Gitea, held against what GitHub and Forgejo publish of their interfaces.
//!
//! What they publish comes from npm and crates.io (`tests/contract/package.json`: `npm ci && npm run forgejo && npm run digest` there). Where it is absent
//! nothing is held against it, and the test at the end says so.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{LazyLock, Mutex},
};

use apollo_compiler::{ExecutableDocument, Schema, validation::Valid};
use serde::Deserialize;
use serde_json::Value;

use super::Asked;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/node_modules");

fn published(name: &str) -> Option<String> {
    fs::read_to_string(Path::new(FOLDER).join(name)).ok()
}

/// GitHub's schema; it defines two fields twice, which is an error of the schema and none of ours.
static SCHEMA: LazyLock<Option<Valid<Schema>>> = LazyLock::new(|| {
    let text = published("@octokit/graphql-schema/schema.graphql")?;
    let schema = Schema::parse(text, "schema.graphql").unwrap_or_else(|errors| errors.partial);
    Some(Valid::assume_valid(schema))
});

/// The paths of a repository with their methods.
type Paths = Option<HashMap<String, HashMap<String, Operation>>>;

static GITHUB: LazyLock<Paths> = LazyLock::new(|| digest(".github-paths.json"));
static FORGEJO: LazyLock<Paths> = LazyLock::new(|| digest(".forgejo-paths.json"));

fn digest(name: &str) -> Paths {
    Some(serde_json::from_str(&published(name)?).expect("a digest"))
}

/// A document is the same but for its numbers in many tests.
static KNOWN: LazyLock<Mutex<HashMap<String, Option<String>>>> = LazyLock::new(Mutex::default);

#[derive(Deserialize)]
struct Operation {
    query: Vec<String>,
    body: Option<Value>,
}

/// What is wrong with a request, where something is and GitHub's descriptions are there.
pub(super) fn broken(asked: &Asked) -> Option<String> {
    let below = |root| asked.path.strip_prefix(root);
    let fault = match (below("/api/v3"), below("/api/v1")) {
        _ if asked.path == "/api/graphql" => document(&asked.json()),
        (Some(path), _) => operation(&GITHUB, asked, path),
        (None, Some(path)) => operation(&FORGEJO, asked, path),
        // GitHub's uploads have a host of their own, which the description leaves out.
        (None, None) => None,
    };
    fault.map(|fault| format!("{}: {fault}", asked.line()))
}

fn document(body: &Value) -> Option<String> {
    let schema = SCHEMA.as_ref()?;
    let query = body["query"].as_str()?.to_owned();
    let mut known = KNOWN.lock().unwrap();
    let fault = known.entry(query.clone()).or_insert_with(|| {
        ExecutableDocument::parse_and_validate(schema, query, "sent.graphql")
            .err()
            .map(|errors| errors.errors.to_string())
    });
    fault.clone()
}

fn operation(paths: &Paths, asked: &Asked, path: &str) -> Option<String> {
    let paths = paths.as_ref()?;
    // Of several templates that fit, the one with the most fixed parts is meant: `releases/latest`, not `releases/{id}`.
    let fitting = paths.iter().filter(|(template, _)| fits(template, path));
    let best =
        fitting.max_by_key(|(template, _)| template.split('/').filter(|part| !part.contains('{')).count());
    let Some((template, methods)) = best else { return Some("no such path is published".to_owned()) };
    let Some(operation) = methods.get(&asked.method) else {
        return Some(format!("{template} has no such method"));
    };
    if let Some((name, _)) = asked.query.iter().find(|(name, _)| !operation.query.contains(name)) {
        return Some(format!("{template} knows no parameter `{name}`"));
    }
    let is_json = !asked.body.is_empty() && !asked.content_type.starts_with("multipart/");
    let schema = operation.body.as_ref().filter(|_| is_json)?;
    jsonschema::validate(schema, &asked.json()).err().map(|error| error.to_string())
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            // A ref is a path of its own: `tags/v1.0.0`.
            (Some("{ref}"), Some(_)) => return true,
            (Some(part), Some(other)) if part.starts_with('{') || part == other => {}
            _ => return false,
        }
    }
}

#[test]
fn the_contract_is_there_or_the_suite_says_so() {
    if SCHEMA.is_none() || GITHUB.is_none() {
        println!(
            "skipped: requests are not held against what GitHub publishes; `npm ci && npm run digest` in tests/contract"
        );
        return;
    }
    let query = |text: &str| document(&serde_json::json!({ "query": text }));
    assert_eq!(query("query { viewer { login } }"), None);
    assert!(query("query { viewer { logn } }").unwrap().contains("logn"));
    let asked = |method: &str, url: &str, body: &str| {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let query = query.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        broken(&Asked {
            accept: String::new(),
            method: method.to_owned(),
            path: format!("/api/v3{path}"),
            query: query.into_iter().collect(),
            url: url.to_owned(),
            body: body.as_bytes().to_vec(),
            content_type: String::new(),
            token: None,
            header: "",
        })
    };
    assert_eq!(asked("GET", "/repos/o/r/releases?per_page=100", ""), None);
    assert_eq!(asked("POST", "/repos/o/r/releases", r#"{"tag_name":"v1","draft":true}"#), None);
    assert!(asked("POST", "/repos/o/r/releases", r#"{"tag_name":1}"#).is_some());
    assert!(asked("POST", "/repos/o/r/releases", r#"{"name":"x"}"#).unwrap().contains("tag_name"));
    assert!(asked("GET", "/repos/o/r/release", "").is_some());
    assert!(asked("GET", "/repos/o/r/releases?perpage=1", "").is_some());
    assert!(asked("PATCH", "/repos/o/r/releases", "{}").is_some());
}
