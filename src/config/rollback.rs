//! The key `publish.rollback`: how `publish --rollback-to` starts the deployment of the older version.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

/// How the deployment of a rollback starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Rollback {
    /// The older release is published again.
    #[default]
    Release,
    /// A deployment is created.
    Deployment,
    /// A workflow is started.
    Workflow {
        /// The name of its file, or its ID.
        workflow: String,
        /// The branch or tag that it runs on, with placeholders.
        reference: String,
        /// Its inputs, with placeholders in the values.
        inputs: BTreeMap<String, String>,
    },
    /// An event is sent.
    Event(String),
}

/// A value in a form of [`Rollback`], from the name of a placeholder.
type Placeholder<'v> = &'v dyn Fn(&str) -> Option<String>;

/// The names of placeholders.
const PLACEHOLDERS: [&str; 4] = ["tag", "version", "from", "environment"];
/// The keywords.
const KEYWORDS: &[&str] = &["release", "deployment"];
/// GitHub's limits (docs.github.com, "Create a repository dispatch event", "Create a workflow dispatch event").
const MAX_EVENT: usize = 100;
const MAX_INPUTS: usize = 25;

/// A rollback as a table.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub(super) struct RollbackTable {
    workflow: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    inputs: BTreeMap<String, String>,
    event: Option<String>,
}

impl Rollback {
    /// A text with its placeholders replaced: `{tag}`, `{version}`, `{from}`, `{environment}`. Other braces stay.
    ///
    /// # Errors
    /// The placeholder without a value.
    pub fn expand(text: &str, value: Placeholder<'_>) -> Result<String, String> {
        let (mut expanded, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            expanded.push_str(before);
            let name = after.split_once('}').map(|(name, _)| name);
            let name = name.filter(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_lowercase()));
            match name {
                Some(name) => {
                    expanded.push_str(&value(name).ok_or_else(|| format!("{{{name}}}"))?);
                    rest = after.get(name.len() + 1..).unwrap_or_default();
                }
                None => {
                    expanded.push('{');
                    rest = after;
                }
            }
        }
        expanded.push_str(rest);
        Ok(expanded)
    }

    fn of_table(table: RollbackTable) -> Result<Self, String> {
        let RollbackTable { workflow, reference, inputs, event } = table;
        let is_empty = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
        if is_empty(&workflow) || is_empty(&event) || is_empty(&reference) {
            return Err("`workflow`, `ref` and `event` must not be empty".to_owned());
        }
        match (workflow, event) {
            (Some(workflow), None) => Self::workflow(workflow, reference, inputs),
            (None, Some(_)) if reference.is_some() || !inputs.is_empty() => {
                Err("`ref` and `inputs` are for a `workflow`, not for an `event`".to_owned())
            }
            (None, Some(event)) if event.chars().count() > MAX_EVENT => {
                Err(format!("`event` has more than {MAX_EVENT} characters"))
            }
            (None, Some(event)) => Ok(Self::Event(event)),
            (Some(_), Some(_)) | (None, None) => Err("name either a `workflow` or an `event`".to_owned()),
        }
    }

    fn workflow(
        workflow: String,
        reference: Option<String>,
        inputs: BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let reference = reference.unwrap_or_else(|| "{tag}".to_owned());
        let texts = || inputs.values().chain([&reference]);
        let known = |name: &str| PLACEHOLDERS.contains(&name).then(String::new);
        for text in texts() {
            Self::expand(text, &known).map_err(|unknown| {
                let known = PLACEHOLDERS.map(|name| format!("{{{name}}}"));
                format!("unknown placeholder `{unknown}`: use {}", known.join(", "))
            })?;
        }
        if !texts().any(|text| text.contains("{tag}") || text.contains("{version}")) {
            return Err("the workflow would not know which version to deploy: add an input such as `inputs = { tag = \"{tag}\" }`, or omit `ref`".to_owned());
        }
        if inputs.len() > MAX_INPUTS {
            return Err(format!("`inputs` has more than {MAX_INPUTS} keys"));
        }
        Ok(Self::Workflow { workflow, reference, inputs })
    }
}

impl<'de> Deserialize<'de> for Rollback {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeywordOrTable)
    }
}

struct KeywordOrTable;

impl<'de> Visitor<'de> for KeywordOrTable {
    type Value = Rollback;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"release\", \"deployment\" or a table")
    }

    fn visit_str<E: serde::de::Error>(self, keyword: &str) -> Result<Rollback, E> {
        match keyword {
            "release" => Ok(Rollback::Release),
            "deployment" => Ok(Rollback::Deployment),
            other => Err(E::unknown_variant(other, KEYWORDS)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Rollback, A::Error> {
        let table = RollbackTable::deserialize(MapAccessDeserializer::new(table))?;
        Rollback::of_table(table).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Rollback {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = match self.clone() {
            Self::Release => return serializer.serialize_str("release"),
            Self::Deployment => return serializer.serialize_str("deployment"),
            Self::Workflow { workflow, reference, inputs } => RollbackTable {
                workflow: Some(workflow),
                reference: Some(reference),
                inputs,
                ..RollbackTable::default()
            },
            Self::Event(event) => RollbackTable { event: Some(event), ..RollbackTable::default() },
        };
        table.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Config, apply_variables, parse};

    fn rollback(value: &str) -> Result<Rollback, String> {
        let parsed = parse(&format!("[publish]\nrollback = {value}"), Path::new("t"));
        let error = |error: crate::config::Error| error.to_string().lines().next().unwrap().to_owned();
        parsed.map(|config| config.publish.rollback.unwrap()).map_err(error)
    }

    fn workflow(reference: &str, inputs: &[(&str, &str)]) -> Rollback {
        let inputs = inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Rollback::Workflow { workflow: "deploy.yml".to_owned(), reference: reference.to_owned(), inputs }
    }

    #[test]
    fn each_form_is_read() {
        assert_eq!(rollback("'release'"), Ok(Rollback::Release));
        assert_eq!(rollback("'deployment'"), Ok(Rollback::Deployment));
        assert_eq!(rollback("{ event = 'rollback' }"), Ok(Rollback::Event("rollback".to_owned())));
        assert_eq!(rollback("{ workflow = 'deploy.yml' }"), Ok(workflow("{tag}", &[])));
        let json = "{\"v\":\"{version}\"}";
        let text = format!("{{ workflow = 'deploy.yml', ref = 'main', inputs = {{ with = '{json}' }} }}");
        assert_eq!(rollback(&text), Ok(workflow("main", &[("with", json)])));
    }

    #[test]
    fn environment_variable_sets_and_keeps_it() {
        let variables = |all: &[(&str, &str)]| {
            let all: Vec<_> =
                all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            apply_variables(Config::default(), &all).unwrap().publish.rollback
        };
        let own = ("TIDINGS_PUBLISH__ROLLBACK", "{ workflow = \"deploy.yml\" }");
        let other = ("TIDINGS_PUBLISH__DRAFT", "true");
        assert_eq!(variables(&[own, other]), Some(workflow("{tag}", &[])));
        assert_eq!(
            variables(&[("TIDINGS_PUBLISH__ROLLBACK__EVENT", "x")]),
            Some(Rollback::Event("x".to_owned()))
        );
    }

    #[test]
    fn contradictions_are_refused() {
        for (value, words) in [
            ("'releese'", "unknown value `releese`"),
            ("{ workflows = 'a' }", "unknown key `workflows`"),
            ("{ workflow = 'a', event = 'b' }", "either a `workflow` or an `event`"),
            ("{ inputs = { tag = '{tag}' } }", "either a `workflow` or an `event`"),
            ("{ event = 'b', ref = 'main' }", "not for an `event`"),
            ("{ event = ' ' }", "must not be empty"),
            ("{ workflow = 'a', ref = 'main' }", "would not know which version to deploy"),
            (
                "{ workflow = 'a', inputs = { x = '{tga}' } }",
                "unknown placeholder `{tga}`: use {tag}, {version}",
            ),
            ("true", "expected \"release\", \"deployment\" or a table"),
        ] {
            let error = rollback(value).unwrap_err();
            assert!(error.contains(words), "{value}: {error}");
        }
    }
}
