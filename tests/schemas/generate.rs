//! The schemas, as they follow from the documentation.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Map, Value, json};

use super::{
    examples::Examples,
    kinds,
    page::{self, PageSection, Row},
};

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The name of the file of each schema, with its content.
pub(super) fn all() -> BTreeMap<String, String> {
    let json = page::read("json.md");
    let configuration = page::read("configuration.md");
    let output = |title: &str, roots: &[&str]| output(&json, title, roots);
    let schemas = [
        ("tidings", self::configuration(&configuration)),
        ("hosts", hosts(&configuration)),
        ("notes-1", output("Notes of Tidings", &["Notes"])),
        ("next-1", output("The next version", &["The next version"])),
        ("check-1", output("The findings of tidings check", &["The checks"])),
        (
            "explain-1",
            output(
                "The explanation of commits or of a version",
                &["An explained commit", "An explained version"],
            ),
        ),
        ("status-1", output("What runs in the environments", &["The status of all environments"])),
        ("promotion-1", output("The record of a promotion", &["The promotion record"])),
        ("plan-1", output("The plan of a promotion", &["The plan of a promotion"])),
    ];
    let file = |(name, mut schema): (&str, Value)| {
        let name = format!("{name}.schema.json");
        let head = json!({ "$schema": DRAFT, "$id": format!("{}/raw/main/schemas/{name}", env!("CARGO_PKG_REPOSITORY")) });
        let mut all = head.as_object().unwrap().clone();
        all.append(schema.as_object_mut().unwrap());
        (name, serde_json::to_string_pretty(&all).unwrap() + "\n")
    };
    schemas.into_iter().map(file).collect()
}

/// The file of a schema.
pub(super) fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name)
}

/// Writes the files if the variable `UPDATE_SCHEMAS` is set.
pub(super) fn update() {
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        all().iter().for_each(|(name, text)| fs::write(path(name), text).unwrap());
    }
}

/// The schema of an output: one of the roots, or a list of the first one where its command can print several.
fn output(page: &[PageSection], title: &str, roots: &[&str]) -> Value {
    let table = Value::Null;
    let definitions: BTreeMap<String, Value> = page
        .iter()
        .filter(|section| !section.rows().is_empty())
        .map(|section| (section.name(), object(&section.rows(), &table)))
        .collect();
    let root = |heading: &&str| page.iter().find(|section| section.heading == **heading).unwrap().name();
    let mut roots = roots.iter().map(root).collect::<Vec<_>>();
    let mut schema = Map::from_iter([("title".to_owned(), json!(title))]);
    let reference = |name: &String| json!({ "$ref": format!("#/definitions/{name}") });
    if let [only] = roots.as_slice()
        && only != "next_version"
    {
        schema.append(&mut definitions[only].as_object().unwrap().clone());
    } else {
        let mut any: Vec<Value> = roots.iter().map(reference).collect();
        any.push(json!({ "type": "array", "items": reference(&roots[0]) }));
        schema.insert("anyOf".to_owned(), Value::Array(any));
    }
    let used = used(&mut roots, &definitions, schema.contains_key("anyOf"));
    if !used.is_empty() {
        schema.insert("definitions".to_owned(), json!(used));
    }
    Value::Object(schema)
}

/// The definitions that the roots refer to.
fn used<'d>(
    roots: &mut Vec<String>,
    definitions: &'d BTreeMap<String, Value>,
    with_roots: bool,
) -> BTreeMap<String, &'d Value> {
    let mut used = BTreeMap::new();
    let mut open: Vec<(String, bool)> = roots.drain(..).map(|root| (root, with_roots)).collect();
    while let Some((name, included)) = open.pop() {
        let definition =
            definitions.get(&name).unwrap_or_else(|| panic!("docs/json.md has no table for `{name}`"));
        if included && used.insert(name, definition).is_some() {
            continue;
        }
        let text = definition.to_string();
        let names = text.split("#/definitions/").skip(1).filter_map(|rest| rest.split('"').next());
        open.extend(names.map(|name| (name.to_owned(), true)));
    }
    used
}

/// The schema of an object with these fields, all of them present unless the type says otherwise.
fn object(rows: &[Row], table: &Value) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for row in rows {
        let kind = row.kind.linked.as_str();
        let present = kind.strip_suffix(", may be absent");
        if present.is_none() {
            required.push(row.name.clone());
        }
        let property = described(&row.meaning.text, kinds::schema(present.unwrap_or(kind), table));
        properties.insert(row.name.clone(), property);
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

/// A schema with a description. A reference cannot stand beside other keys in draft 7.
fn described(description: &str, schema: Value) -> Value {
    let mut all = Map::from_iter([("description".to_owned(), json!(description))]);
    match schema {
        Value::Object(mut schema) if !schema.contains_key("$ref") => all.append(&mut schema),
        reference => drop(all.insert("allOf".to_owned(), json!([reference]))),
    }
    Value::Object(all)
}

fn section<'p>(page: &'p [PageSection], heading: &str) -> &'p PageSection {
    page.iter().find(|section| section.heading == heading).unwrap_or_else(|| panic!("no heading {heading}"))
}

/// The schema of `tidings.toml`.
fn configuration(page: &[PageSection]) -> Value {
    let examples = Examples::read();
    let strings = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    // What the types of keys call a table.
    let rows = |heading: &str| section(page, heading).rows();
    let rollback = table(&examples, "publish.rollback", &rows("`[publish.rollback]`"), &Value::Null);
    let forbid = table(&examples, "lint.forbid", &rows("`[[lint.forbid]]`"), &Value::Null);
    let environment = table(&examples, "environments.NAME", &rows("`[environments.NAME]`"), &strings);
    let environments = json!({ "anyOf": [{ "type": "string" }, environment] });
    let environments = json!({ "type": "object", "additionalProperties": environments });
    let mut root = table(&examples, "", &rows("Top level"), &environments);
    for part in page {
        let heading = part.heading.trim_matches('`');
        let key = heading.trim_matches(['[', ']']);
        if !heading.starts_with('[') || key.contains('.') {
            continue;
        }
        let inner = match key {
            "publish" => &rollback,
            "lint" => &forbid,
            _ => &Value::Null,
        };
        let own = table(&examples, key, &part.rows(), inner);
        let own = if heading.starts_with("[[") { json!({ "type": "array", "items": own }) } else { own };
        root["properties"][key] = described(&part.introduction, own);
    }
    with_title("Configuration of Tidings", root)
}

fn with_title(title: &str, schema: Value) -> Value {
    let mut all = Map::from_iter([("title".to_owned(), json!(title))]);
    all.append(&mut schema.as_object().unwrap().clone());
    Value::Object(all)
}

/// The schema of `hosts.toml`.
fn hosts(page: &[PageSection]) -> Value {
    let host = table(&Examples::read(), "hosts", &section(page, "The user's hosts").rows(), &Value::Null);
    with_title(
        "Hosts that the user of Tidings trusts",
        json!({ "type": "object", "additionalProperties": host }),
    )
}

/// The schema of a table of a configuration, where unknown keys are errors.
fn table(examples: &Examples, path: &str, rows: &[Row], nested: &Value) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut one_of = Value::Null;
    for row in rows {
        let full = if path.is_empty() { row.name.clone() } else { format!("{path}.{}", row.name) };
        let kind = kinds::schema(&row.kind.text, nested);
        let default = default(&row.default.text);
        let examples = examples.of(&full, &kind, default.as_ref(), &row.meaning.text);
        let mut text = row.meaning.text.clone();
        match row.default.text.as_str() {
            "required, unless `in` is set" => {
                one_of = json!([{ "required": [row.name] }, { "required": ["in"] }])
            }
            "required" => required.push(row.name.clone()),
            "" | "none" => {}
            prose if default.is_none() => text += &format!(" Default: {prose}."),
            _ => {}
        }
        let mut property = described(&text, kind);
        if let Some(default) = default {
            property["default"] = default;
        }
        property["examples"] = json!(examples);
        properties.insert(row.name.clone(), property);
    }
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if !one_of.is_null() {
        schema["anyOf"] = one_of;
    }
    schema
}

/// A default that is one value in TOML, without a placeholder such as `NAME`.
fn default(text: &str) -> Option<Value> {
    let code = text.strip_prefix('`')?.strip_suffix('`')?;
    if code.contains('`') || code.contains("NAME") {
        return None;
    }
    super::examples::value(code)
}
