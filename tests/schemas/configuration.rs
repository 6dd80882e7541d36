//! The written files, and the schema of the configuration beside what the program accepts.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{generate, schema};

#[test]
fn schemas_follow_from_the_documentation() {
    generate::update();
    for (name, text) in generate::all() {
        let written = fs::read_to_string(generate::path(&name)).unwrap_or_default();
        assert!(
            written == text,
            "schemas/{name} is not what docs/ says: UPDATE_SCHEMAS=1 cargo test --test schemas"
        );
    }
    let files = fs::read_dir(generate::path("")).unwrap().count();
    assert_eq!(files, generate::all().len(), "schemas/ has a file that is not generated");
}

/// The configuration with a value at a path, and the keys that its tables require. `beside` are more keys of the
/// innermost table.
fn with(schema: &Value, path: &[&str], value: &Value, beside: &[&str]) -> Value {
    let Some((key, rest)) = path.split_first() else { return value.clone() };
    if *key == "[]" {
        return json!([with(&schema["items"], rest, value, beside)]);
    }
    if *key == "NAME" {
        return json!({ "staging": with(&schema["additionalProperties"]["anyOf"][1], rest, value, beside) });
    }
    let properties = &schema["properties"];
    let required = [&schema["required"], &schema["anyOf"][0]["required"]].map(|names| names.as_array());
    let required = required.into_iter().flatten().flatten().filter_map(Value::as_str);
    let mut table = serde_json::Map::new();
    for name in required.chain(beside.iter().copied().filter(|_| rest.is_empty())) {
        table.insert(name.to_owned(), properties[name]["examples"][0].clone());
    }
    // "`email`: …" describes a key for that kind.
    let of = properties[key]["description"].as_str().unwrap().split('`').nth(1);
    if let Some(kind) =
        properties["kind"]["enum"].as_array().into_iter().flatten().find(|kind| kind.as_str() == of)
    {
        table.insert("kind".to_owned(), kind.clone());
    }
    table.insert((*key).to_owned(), with(alternative(&properties[key], rest), rest, value, beside));
    Value::Object(table)
}

/// Whether the program accepts a value, alone or beside one or two other keys that it needs.
fn is_accepted(schema: &Value, path: &[&str], value: &Value) -> Result<(), String> {
    let alone = parse(&with(schema, path, value, &[]));
    if alone.is_ok() {
        return alone;
    }
    let mut table = schema;
    for (at, key) in path.iter().enumerate().take(path.len() - 1) {
        table = match *key {
            "[]" => &table["items"],
            "NAME" => &table["additionalProperties"]["anyOf"][1],
            key => alternative(&table["properties"][key], &path[at + 1..]),
        };
    }
    let others: Vec<&str> = table["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut pairs = others.iter().flat_map(|one| others.iter().map(move |other| [*one, *other]));
    if pairs.any(|pair| parse(&with(schema, path, value, &pair)).is_ok()) { Ok(()) } else { alone }
}

/// The alternative of a schema that the rest of a path is in.
fn alternative<'s>(schema: &'s Value, rest: &[&str]) -> &'s Value {
    let fits = |schema: &&Value| match rest.first() {
        Some(&"[]") => schema["type"] == "array",
        Some(&"NAME") => schema["additionalProperties"].is_object(),
        Some(_) => schema["properties"].is_object(),
        None => true,
    };
    std::iter::once(schema).chain(schema["anyOf"].as_array().into_iter().flatten()).find(fits).unwrap()
}

/// The paths of all keys below a schema, each with its schema.
fn keys<'s>(schema: &'s Value, path: &[&'s str], all: &mut Vec<(Vec<&'s str>, &'s Value)>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = [path, &[name.as_str()]].concat();
        all.push((path.clone(), property));
        for schema in std::iter::once(property).chain(property["anyOf"].as_array().into_iter().flatten()) {
            keys(schema, &path, all);
            keys(&schema["items"], &[path.as_slice(), &["[]"]].concat(), all);
            keys(&schema["additionalProperties"]["anyOf"][1], &[path.as_slice(), &["NAME"]].concat(), all);
        }
    }
}

fn parse(configuration: &Value) -> Result<(), String> {
    let text: String = configuration
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| format!("{key} = {}\n", toml(value)))
        .collect();
    tidings::config::parse(&text, Path::new("tidings.toml"))
        .map(drop)
        .map_err(|error| format!("{error}: {text}"))
}

/// A value in TOML, on one line.
fn toml(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Object(table) => {
            let keys = table.iter().map(|(key, value)| format!("{key:?} = {}", toml(value)));
            format!("{{ {} }}", keys.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn configuration_schema() -> Value {
    serde_json::from_str(&fs::read_to_string(generate::path("tidings.schema.json")).unwrap()).unwrap()
}

#[test]
fn configuration_schema_allows_what_the_program_accepts() {
    let schema = configuration_schema();
    let mut all = Vec::new();
    keys(&schema, &[], &mut all);
    assert!(all.len() > 150, "{}", all.len());
    let samples = [
        json!(true),
        json!(1),
        json!(0.5),
        json!("x"),
        json!(""),
        json!("true"),
        json!([]),
        json!(["x"]),
        json!([1]),
        json!({}),
        json!({ "x": "y" }),
        json!([{}]),
    ];
    for (path, _) in &all {
        for sample in &samples {
            let configuration = with(&schema, path, sample, &[]);
            let problems = schema::problems("tidings", &configuration);
            assert!(problems.is_empty() || parse(&configuration).is_err(), "{configuration}: {problems:?}");
        }
    }
}

#[test]
fn examples_and_defaults_of_the_configuration_schema_are_accepted() {
    let schema = configuration_schema();
    let mut all = Vec::new();
    keys(&schema, &[], &mut all);
    for (path, property) in all {
        let is_table = property.get("examples").is_none();
        assert!(property["description"].as_str().is_some_and(|text| !text.is_empty()), "{path:?}");
        let values = property["examples"].as_array().into_iter().flatten().chain(property.get("default"));
        let values: Vec<&Value> = values.collect();
        assert!(is_table || !values.is_empty(), "{path:?} has no example");
        for value in values {
            schema::assert_valid("tidings", &with(&schema, &path, value, &[]), &path.join("."));
            assert_eq!(is_accepted(&schema, &path, value), Ok(()), "{path:?}");
        }
    }
}

#[test]
fn configuration_schema_rejects_what_the_program_rejects() {
    for wrong in [
        json!({ "tag_patern": "v{version}" }),
        json!({ "sort": "up" }),
        json!({ "notes": { "authors": "yes" } }),
        json!({ "rules": [{ "hide": 1 }] }),
        json!({ "environments": { "staging": { "sufix": "-stg" } } }),
        json!({ "publish": { "rollback": { "flow": "x" } } }),
        json!({ "packages": [{ "paths": ["a"] }] }),
        json!({ "bump": [] }),
    ] {
        assert!(parse(&wrong).is_err(), "{wrong}");
        assert!(!schema::problems("tidings", &wrong).is_empty(), "{wrong}");
    }
}
