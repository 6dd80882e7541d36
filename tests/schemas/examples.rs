//! Examples of the keys of the configuration, from the documentation.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};

use super::page;

/// The most examples of a key.
const MOST: usize = 3;

/// Values by the path of their key, as in `notify.kind`; environments and lists have no name or number in it.
pub(super) struct Examples(BTreeMap<String, Vec<Value>>);

impl Examples {
    /// The values in the TOML blocks of all pages.
    pub(super) fn read() -> Self {
        let mut all = Self(BTreeMap::new());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        let mut pages: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".md"))
            .collect();
        pages.sort();
        for page in pages {
            for (language, text) in page::read(&page).into_iter().flat_map(|section| section.blocks) {
                if language == "toml" {
                    let table: toml::Table =
                        text.parse().unwrap_or_else(|error| panic!("{page}: {error}\n{text}"));
                    all.add("", &serde_json::to_value(table).unwrap());
                }
            }
        }
        all
    }

    fn add(&mut self, path: &str, value: &Value) {
        let known = self.0.entry(path.to_owned()).or_default();
        if !known.contains(value) && known.len() < MOST {
            known.push(value.clone());
        }
        match value {
            Value::Object(table) => {
                for (key, value) in table {
                    let path = match path {
                        "" if key.contains(['.', ':']) => "hosts".to_owned(),
                        "" => key.clone(),
                        // The name of an environment.
                        "environments" => "environments.NAME".to_owned(),
                        path => format!("{path}.{key}"),
                    };
                    self.add(&path, value);
                }
            }
            Value::Array(items) if items.iter().all(Value::is_object) => {
                items.iter().for_each(|item| self.add(path, item))
            }
            _ => {}
        }
    }

    /// The examples of a key: from a block, from `as in …` in its meaning, one of the allowed values, or the default;
    /// none if the documentation has none.
    pub(super) fn of(&self, path: &str, kind: &Value, default: Option<&Value>, meaning: &str) -> Vec<Value> {
        let fits = |value: &&Value| jsonschema::is_valid(kind, value);
        let in_blocks = self.0.get(path).into_iter().flatten().filter(fits).cloned().collect::<Vec<_>>();
        if !in_blocks.is_empty() {
            return in_blocks;
        }
        let codes = meaning.split("as in `").skip(1).filter_map(|rest| rest.split('`').next());
        let named = codes.flat_map(|code| [value(code), value(code).map(|value| json!([value]))]).flatten();
        if let Some(named) = named.into_iter().find(|value| fits(&value)) {
            return vec![named];
        }
        let allowed =
            ["/enum", "/items/enum", "/anyOf/0/enum"].iter().find_map(|at| kind.pointer(at)?.as_array());
        if let Some(allowed) = allowed {
            let is_list = kind["type"] == "array";
            let other = allowed.iter().find(|value| Some(*value) != default).unwrap();
            return vec![if is_list { json!([other]) } else { other.clone() }];
        }
        if kind["type"] == "boolean" {
            return vec![json!(default != Some(&json!(true)))];
        }
        let empty = |value: &Value| *value == json!([]) || *value == json!({}) || *value == json!("");
        default.filter(|value| !empty(value)).cloned().into_iter().collect()
    }
}

/// A value in TOML.
pub(super) fn value(code: &str) -> Option<Value> {
    let table: toml::Table = format!("value = {code}").parse().ok()?;
    serde_json::to_value(table.get("value")?).ok()
}
