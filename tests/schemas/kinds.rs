//! The types that the tables of the documentation name, as JSON Schema.

use serde_json::{Value, json};

use super::page::definition;

/// The schema of a type, as in `list of strings or null`. A link is to the definition with its anchor. `table` is the
/// schema of what the type calls a table.
pub(super) fn schema(kind: &str, table: &Value) -> Value {
    if let Some(excluded) = kind.strip_prefix("bump level, not ") {
        let levels =
            ["major", "minor", "patch", "none"].into_iter().filter(|level| !excluded.contains(level));
        return json!({ "enum": levels.collect::<Vec<_>>() });
    }
    if let Some(items) = kind.strip_prefix("list of ").filter(|items| items.starts_with('`')) {
        return json!({ "type": "array", "items": schema(items, table) });
    }
    let mut constants = Vec::new();
    let mut others: Vec<Value> = Vec::new();
    for alternative in alternatives(kind) {
        match alternative.strip_prefix('`').and_then(|code| code.strip_suffix('`')) {
            Some(code) => {
                constants.push(serde_json::from_str(code).unwrap_or_else(|_| panic!("{kind}: {code}")))
            }
            None => others.push(noun(alternative, table)),
        }
    }
    let null = json!({ "type": "null" });
    match (constants.as_slice(), others.as_slice()) {
        ([], [one]) => one.clone(),
        ([one], []) => json!({ "const": one }),
        (_, []) => json!({ "enum": constants }),
        ([], [one, other]) if *other == null && one.get("type").is_some_and(Value::is_string) => {
            let mut one = one.clone();
            one["type"] = json!([one["type"], "null"]);
            one
        }
        (_, [other]) if *other == null && !constants.is_empty() => {
            constants.push(Value::Null);
            json!({ "enum": constants })
        }
        _ => {
            if !constants.is_empty() {
                others.insert(0, json!({ "enum": constants }));
            }
            json!({ "anyOf": others })
        }
    }
}

/// The parts of a type between commas and `or`.
fn alternatives(kind: &str) -> impl Iterator<Item = &str> {
    kind.split(", ").flat_map(|part| part.split(" or ")).map(|part| part.trim_start_matches("a "))
}

fn noun(noun: &str, table: &Value) -> Value {
    if let Some(items) = noun.strip_prefix("list of ") {
        return json!({ "type": "array", "items": self::noun(items, table) });
    }
    if let Some((_, anchor)) = noun.split_once("](#") {
        return json!({ "$ref": format!("#/definitions/{}", definition(anchor.trim_end_matches(')'))) });
    }
    match noun.strip_suffix('s').unwrap_or(noun) {
        "null" => json!({ "type": "null" }),
        "boolean" => json!({ "type": "boolean" }),
        // The format `regex` stands for those of JavaScript.
        "string" | "path" | "glob" | "name pattern" | "regular expression" => json!({ "type": "string" }),
        "integer" => json!({ "type": "integer" }),
        "second" | "minute" => json!({ "type": "integer", "minimum": 0 }),
        "number" => json!({ "type": "number" }),
        "number from 0 to 1" => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        "bump level" => json!({ "enum": ["major", "minor", "patch", "none"] }),
        "commit ID" => json!({ "type": "string", "pattern": "^[0-9a-f]{40}$" }),
        "date" => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        "time" => json!({ "type": "string", "format": "date-time" }),
        "digest" => json!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" }),
        "list" => json!({ "type": "array", "items": { "type": "string" } }),
        "table of string" => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        "table" => table.clone(),
        other => panic!("`{other}` is no type of the tables: add it to {}", file!()),
    }
}

#[test]
fn types_have_their_schema() {
    let table = json!({ "type": "object" });
    let cases = [
        ("string", json!({ "type": "string" })),
        ("list of strings or null", json!({ "type": ["array", "null"], "items": { "type": "string" } })),
        ("`\"a\"`, `\"b\"` or null", json!({ "enum": ["a", "b", null] })),
        ("[end](#an-end) or null", json!({ "anyOf": [{ "$ref": "#/definitions/end" }, { "type": "null" }] })),
        (
            "list of [commits](#a-commit)",
            json!({ "type": "array", "items": { "$ref": "#/definitions/commit" } }),
        ),
        (
            "list of `\"before\"`, `\"after\"`",
            json!({ "type": "array", "items": { "enum": ["before", "after"] } }),
        ),
        ("`1`", json!({ "const": 1 })),
        ("bump level, not `\"none\"`", json!({ "enum": ["major", "minor", "patch"] })),
        ("`\"a\"` or a table", json!({ "anyOf": [{ "enum": ["a"] }, { "type": "object" }] })),
    ];
    for (kind, expected) in cases {
        assert_eq!(schema(kind, &table), expected, "{kind}");
    }
}
