//! Validates every request to the fakes of GitHub and Gitea against the API descriptions of GitHub and Forgejo.
//!
//! The descriptions come from npm and crates.io (`tests/contract/package.json`: run
//! `npm ci && npm run forgejo && npm run digest` there). If they are missing, nothing is validated, and the test at the
//! end reports it.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{LazyLock, Mutex},
};

use apollo_compiler::{ExecutableDocument, Schema, validation::Valid};
use serde::Deserialize;
use serde_json::Value;

use super::Request;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/node_modules");

fn published(name: &str) -> Option<String> {
    fs::read_to_string(Path::new(FOLDER).join(name)).ok()
}

/// GitHub's schema defines two fields twice, which is an error in the schema, not in our queries.
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

/// Many tests send the same query with other numbers.
static VALIDATED: LazyLock<Mutex<HashMap<String, Option<String>>>> = LazyLock::new(Mutex::default);

#[derive(Deserialize)]
struct Operation {
    query: Vec<String>,
    body: Option<Value>,
}

/// Why a request is invalid; `None` if it is valid or GitHub's descriptions are missing.
pub(super) fn broken(request: &Request) -> Option<String> {
    let below = |root| request.path.strip_prefix(root);
    let fault = match (below("/api/v3"), below("/api/v1")) {
        _ if request.path == "/api/graphql" => document(&request.json()),
        (Some(path), _) => operation(&GITHUB, request, path),
        (None, Some(path)) => operation(&FORGEJO, request, path),
        // GitHub's uploads have a separate host, which the description omits.
        (None, None) => None,
    };
    fault.map(|fault| format!("{}: {fault}", request.line()))
}

fn document(body: &Value) -> Option<String> {
    let schema = SCHEMA.as_ref()?;
    let query = body["query"].as_str()?.to_owned();
    let mut validated = VALIDATED.lock().unwrap();
    let fault = validated.entry(query.clone()).or_insert_with(|| {
        ExecutableDocument::parse_and_validate(schema, query, "sent.graphql")
            .err()
            .map(|errors| errors.errors.to_string())
    });
    fault.clone()
}

fn operation(paths: &Paths, request: &Request, path: &str) -> Option<String> {
    let paths = paths.as_ref()?;
    // Of several matching templates, the one with the most fixed parts wins: `releases/latest`, not `releases/{id}`.
    let fitting = paths.iter().filter(|(template, _)| fits(template, path));
    let best =
        fitting.max_by_key(|(template, _)| template.split('/').filter(|part| !part.contains('{')).count());
    let Some((template, methods)) = best else { return Some("no such path is published".to_owned()) };
    let Some(operation) = methods.get(&request.method) else {
        return Some(format!("{template} has no such method"));
    };
    if let Some((name, _)) = request.query.iter().find(|(name, _)| !operation.query.contains(name)) {
        return Some(format!("{template} has no parameter `{name}`"));
    }
    let is_json = !request.body.is_empty() && !request.content_type.starts_with("multipart/");
    let schema = operation.body.as_ref().filter(|_| is_json)?;
    jsonschema::validate(schema, &request.json()).err().map(|error| error.to_string())
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            // A ref is a path: `tags/v1.0.0`.
            (Some("{ref}"), Some(_)) => return true,
            (Some(part), Some(other)) if part.starts_with('{') || part == other => {}
            _ => return false,
        }
    }
}

#[test]
fn missing_contract_is_reported() {
    if SCHEMA.is_none() || GITHUB.is_none() {
        println!("`npm ci && npm run digest` in tests/contract installs the API descriptions");
        crate::required::missing("contract");
        return;
    }
    let query = |text: &str| document(&serde_json::json!({ "query": text }));
    assert_eq!(query("query { viewer { login } }"), None);
    assert!(query("query { viewer { logn } }").unwrap().contains("logn"));
    let request = |method: &str, url: &str, body: &str| {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let query = query.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        broken(&Request {
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
    assert_eq!(request("GET", "/repos/o/r/releases?per_page=100", ""), None);
    assert_eq!(request("POST", "/repos/o/r/releases", r#"{"tag_name":"v1","draft":true}"#), None);
    assert!(request("POST", "/repos/o/r/releases", r#"{"tag_name":1}"#).is_some());
    assert!(request("POST", "/repos/o/r/releases", r#"{"name":"x"}"#).unwrap().contains("tag_name"));
    assert!(request("GET", "/repos/o/r/release", "").is_some());
    assert!(request("GET", "/repos/o/r/releases?perpage=1", "").is_some());
    assert!(request("PATCH", "/repos/o/r/releases", "{}").is_some());
}
