//! GitHub's GraphQL API: any selection over the few types that our queries may use.
//!
//! A query with a field that the fake does not have is refused as a whole, as by GitHub.

use std::collections::BTreeMap;

use apollo_compiler::ast::{Definition, Document, Field, OperationType, Selection, Value as Literal};
use serde_json::{Map, Value, json};

use super::{
    github::Api,
    server::{Request, Response},
    state::{Pull, State},
};

pub(super) fn respond(api: &Api<'_>, state: &State, request: &Request) -> Response {
    if request.token.is_none() {
        return Response::message(401, "This endpoint requires you to be authenticated.");
    }
    let sent = request.json();
    let document = match Document::parse(sent["query"].as_str().unwrap_or_default(), "query.graphql") {
        Ok(document) => document,
        Err(errors) => return refused(&errors.to_string()),
    };
    let mut query =
        Query { api, state, fragments: BTreeMap::new(), variables: &sent["variables"], errors: Vec::new() };
    let mut operation = None;
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(found) => operation = Some(found),
            Definition::FragmentDefinition(fragment) => {
                let content = (fragment.type_condition.as_str(), fragment.selection_set.as_slice());
                query.fragments.insert(fragment.name.as_str(), content);
            }
            _ => return refused("only operations and fragments can be sent"),
        }
    }
    let Some(operation) = operation.filter(|found| found.operation_type == OperationType::Query) else {
        return refused("the fake answers queries");
    };
    match query.root(&operation.selection_set) {
        // GitHub stops queries that take too long.
        _ if state.max_aliases.is_some_and(|most| aliases(&operation.selection_set) > most) => {
            Response::message(502, "Something went wrong while executing your query.")
        }
        Ok(data) if query.errors.is_empty() => Response::json(200, &json!({ "data": data })),
        Ok(data) => Response::json(200, &json!({ "data": data, "errors": query.errors })),
        Err(problem) => refused(&problem),
    }
}

fn refused(message: &str) -> Response {
    Response::json(200, &json!({ "errors": [{ "message": message }] }))
}

/// The number of fields at the top level and directly below it.
fn aliases(set: &[Selection]) -> usize {
    let fields = set.iter().filter_map(Selection::as_field);
    fields.map(|field| field.selection_set.len().max(1)).sum()
}

struct Query<'q> {
    api: &'q Api<'q>,
    state: &'q State,
    fragments: BTreeMap<&'q str, (&'q str, &'q [Selection])>,
    variables: &'q Value,
    errors: Vec<Value>,
}

impl<'q> Query<'q> {
    fn root(&mut self, set: &'q [Selection]) -> Result<Value, String> {
        let mut data = Map::new();
        for field in set.iter().filter_map(Selection::as_field) {
            let key = key(field);
            let value = match field.name.as_str() {
                "repository" => self.repository(field, &key)?,
                "search" => self.search(field)?,
                "rateLimit" => {
                    self.fill(&json!({ "cost": 1, "remaining": 4_999 }), "RateLimit", &field.selection_set)?
                }
                "viewer" => {
                    self.fill(&json!({ "login": self.state.login() }), "User", &field.selection_set)?
                }
                other => return Err(unknown(other, "Query")),
            };
            data.insert(key, value);
        }
        Ok(data.into())
    }

    fn repository(&mut self, field: &'q Field, key: &str) -> Result<Value, String> {
        let (owner, name) = (self.argument(field, "owner"), self.argument(field, "name"));
        let request = format!("{}/{}", text(&owner), text(&name));
        if !request.eq_ignore_ascii_case(&self.state.full_name()) {
            let message = format!("Could not resolve to a Repository with the name '{request}'.");
            self.fail("NOT_FOUND", &message, &[key]);
            return Ok(Value::Null);
        }
        let mut node = Map::new();
        for child in field.selection_set.iter().filter_map(Selection::as_field) {
            let alias = self::key(child);
            let value = self.child(child, &[key, &alias])?;
            node.insert(alias, value);
        }
        Ok(node.into())
    }

    /// A field of the repository.
    fn child(&mut self, field: &'q Field, path: &[&str]) -> Result<Value, String> {
        let (state, set) = (self.state, field.selection_set.as_slice());
        match field.name.as_str() {
            "nameWithOwner" => Ok(state.full_name().into()),
            "defaultBranchRef" => self.fill(&json!({ "name": "main" }), "Ref", set),
            "pullRequest" | "issueOrPullRequest" => {
                let number = self.argument(field, "number").as_u64().unwrap_or_default();
                match state.pulls.get(&number) {
                    Some(pull) if pull.is_broken => {
                        self.fail("SERVICE_UNAVAILABLE", "Something went wrong", path);
                        Ok(Value::Null)
                    }
                    Some(pull) => self.fill(&self.pull(pull), "PullRequest", set),
                    None => {
                        let message =
                            format!("Could not resolve to a PullRequest with the number of {number}.");
                        self.fail("NOT_FOUND", &message, path);
                        Ok(Value::Null)
                    }
                }
            }
            "object" => {
                let oid = self.argument(field, "oid");
                let Some(pulls) = state.pulls_of(text(&oid)) else { return Ok(Value::Null) };
                if pulls.iter().any(|pull| pull.is_broken) {
                    self.fail("SERVICE_UNAVAILABLE", "Something went wrong", path);
                    return Ok(Value::Null);
                }
                let pulls: Vec<Value> = pulls.into_iter().map(|pull| self.pull(pull)).collect();
                let (email, login) = &state.commits[text(&oid)];
                let user = login.as_ref().map(|login| json!({ "login": login }));
                let commit = json!({
                    "oid": oid,
                    "committedDate": super::MOMENT,
                    "author": { "email": email, "user": user },
                    "associatedPullRequests": { "nodes": pulls },
                });
                self.fill(&commit, "Commit", set)
            }
            other => Err(unknown(other, "Repository")),
        }
    }

    /// Counts merged pull requests by `author:` and `merged:<DAY`.
    fn search(&mut self, field: &'q Field) -> Result<Value, String> {
        let query = self.argument(field, "query");
        let word = |prefix: &str| text(&query).split(' ').find_map(|word| word.strip_prefix(prefix));
        let (author, day) = (word("author:"), word("merged:<"));
        let is_own = word("repo:").is_some_and(|name| name.eq_ignore_ascii_case(&self.state.full_name()));
        let merged = self.state.pulls.values().filter(|pull| {
            let is_early = pull.merged_at.as_deref().is_some_and(|at| day.is_none_or(|day| at < day));
            is_own && is_early && author.is_none_or(|login| pull.author.as_deref() == Some(login))
        });
        let count = merged.count();
        self.fill(&json!({ "issueCount": count }), "SearchResultItemConnection", &field.selection_set)
    }

    fn pull(&self, pull: &Pull) -> Value {
        let repository = json!({ "nameWithOwner": self.state.full_name() });
        let labels: Vec<Value> = pull.labels.iter().map(|name| json!({ "name": name })).collect();
        let issue = |number: &u64| {
            let url = self.api.page(self.state, &format!("issues/{number}"));
            json!({ "number": number, "url": url, "repository": repository })
        };
        let closes: Vec<Value> = pull.closes.iter().map(issue).collect();
        let state = match (&pull.merged_at, pull.is_closed) {
            (Some(_), _) => "MERGED",
            (None, true) => "CLOSED",
            (None, false) => "OPEN",
        };
        let kind = if pull.is_bot { "Bot" } else { "User" };
        json!({
            "number": pull.number,
            "url": self.api.page(self.state, &format!("pull/{}", pull.number)),
            "title": pull.title,
            "body": pull.body.as_deref().unwrap_or_default(),
            "state": state,
            "mergedAt": pull.merged_at,
            "headRefName": pull.source,
            "baseRefName": pull.target,
            "mergeCommit": pull.result().map(|oid| json!({ "oid": oid })),
            "author": pull.author.as_ref().map(|login| json!({ "__typename": kind, "login": login })),
            "labels": { "nodes": labels },
            "milestone": pull.milestone.as_ref().map(|title| json!({ "title": title })),
            "closingIssuesReferences": { "nodes": closes },
            "baseRepository": repository,
        })
    }

    /// The selected fields of a node of a type.
    fn fill(&self, node: &Value, kind: &str, set: &'q [Selection]) -> Result<Value, String> {
        match node {
            Value::Array(nodes) => nodes.iter().map(|node| self.fill(node, kind, set)).collect(),
            Value::Object(node) if !set.is_empty() => {
                let mut taken = Map::new();
                self.take(node, kind, set, &mut taken)?;
                Ok(taken.into())
            }
            Value::Object(_) => Err(format!("Field must have selections (a field of type {kind})")),
            plain => Ok(plain.clone()),
        }
    }

    fn take(
        &self,
        node: &Map<String, Value>,
        kind: &str,
        set: &'q [Selection],
        taken: &mut Map<String, Value>,
    ) -> Result<(), String> {
        for selection in set {
            let (condition, inner) = match selection {
                Selection::Field(field) => {
                    let name = field.name.as_str();
                    let mut value = node.get(name).ok_or_else(|| unknown(name, kind))?.clone();
                    let first = self.argument(field, "first").as_u64();
                    if let (Some(first), Some(nodes)) =
                        (first, value.pointer_mut("/nodes").and_then(Value::as_array_mut))
                    {
                        nodes.truncate(usize::try_from(first).unwrap());
                    }
                    taken.insert(key(field), self.fill(&value, name, &field.selection_set)?);
                    continue;
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.fragment_name.as_str();
                    *self
                        .fragments
                        .get(name)
                        .ok_or_else(|| format!("Fragment {name} was used, but not defined"))?
                }
                Selection::InlineFragment(inline) => (
                    inline.type_condition.as_deref().map_or(kind, |name| name),
                    inline.selection_set.as_slice(),
                ),
            };
            // Inside a connection's nodes the type is not followed; the selected fields determine it.
            if condition == kind || kind == "nodes" {
                self.take(node, condition, inner, taken)?;
            }
        }
        Ok(())
    }

    fn argument(&self, field: &Field, name: &str) -> Value {
        let found = field.arguments.iter().find(|argument| argument.name.as_str() == name);
        match found.map(|argument| &*argument.value) {
            Some(Literal::Variable(name)) => self.variables[name.as_str()].clone(),
            Some(Literal::String(text)) => text.clone().into(),
            Some(Literal::Int(number)) => number.as_str().parse::<u64>().map_or(Value::Null, Value::from),
            _ => Value::Null,
        }
    }

    fn fail(&mut self, kind: &str, message: &str, path: &[&str]) {
        self.errors.push(json!({ "type": kind, "message": message, "path": path }));
    }
}

fn key(field: &Field) -> String {
    field.alias.as_ref().unwrap_or(&field.name).to_string()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn unknown(field: &str, kind: &str) -> String {
    format!("Field '{field}' doesn't exist on type '{kind}'")
}
