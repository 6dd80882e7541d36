//! The `environments` key: the environments that a version is promoted through, in three forms: `["staging", "prod"]`,
//! `{ staging = "-stg" }`, or with images, `{ staging = { image = "registry.example.com/app" } }`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::Images;

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// As in `staging`.
    pub name: String,
    /// The suffix of its tags after the version, as in `-staging`.
    pub suffix: String,
    /// The repositories of its images.
    pub image: Option<Images>,
    /// The tag of the deployed image; the environment's name if absent.
    pub tag: Option<String>,
}

/// An environment as a table.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a suffix or a table")]
pub(super) struct EnvironmentTable {
    suffix: Option<String>,
    image: Option<Images>,
    tag: Option<String>,
}

/// An environment as written: a suffix or a table.
#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Suffix(String),
    Table(EnvironmentTable),
}

/// Environments in the order of the configuration; names and suffixes are unique and not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environments(pub Vec<Environment>);

impl Environments {
    fn add<E: serde::de::Error>(&mut self, name: String, table: EnvironmentTable) -> Result<(), E> {
        let EnvironmentTable { suffix, image, tag } = table;
        let suffix = suffix.unwrap_or_else(|| format!("-{name}"));
        if name.trim().is_empty() || suffix.trim().is_empty() {
            return Err(E::custom("an environment must have a name and a suffix"));
        }
        if self.0.iter().any(|it| it.name == name) {
            return Err(E::custom(format!("the environment `{name}` is defined twice")));
        }
        if self.0.iter().any(|it| it.suffix == suffix) {
            return Err(E::custom(format!("two environments have the suffix `{suffix}`")));
        }
        self.0.push(Environment { name, suffix, image, tag });
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Environments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListOrTable)
    }
}

struct ListOrTable;

impl<'de> Visitor<'de> for ListOrTable {
    type Value = Environments;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names or a table from names to suffixes or tables")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Environments, A::Error> {
        let mut environments = Environments::default();
        while let Some(name) = list.next_element::<String>()? {
            environments.add(name, EnvironmentTable::default())?;
        }
        Ok(environments)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Environments, A::Error> {
        let mut environments = Environments::default();
        while let Some((name, value)) = table.next_entry::<String, Value>()? {
            let table = match value {
                Value::Suffix(suffix) => {
                    EnvironmentTable { suffix: Some(suffix), ..EnvironmentTable::default() }
                }
                Value::Table(table) => table,
            };
            environments.add(name, table)?;
        }
        Ok(environments)
    }
}

/// Written by hand: serde reports no details of errors inside an untagged enum.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SuffixOrTable;

        impl<'de> Visitor<'de> for SuffixOrTable {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a suffix or a table")
            }

            fn visit_str<E: serde::de::Error>(self, suffix: &str) -> Result<Value, E> {
                Ok(Value::Suffix(suffix.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Value, A::Error> {
                EnvironmentTable::deserialize(MapAccessDeserializer::new(table)).map(Value::Table)
            }
        }

        deserializer.deserialize_any(SuffixOrTable)
    }
}

impl Serialize for Environments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|it| {
            let value = match (&it.image, &it.tag) {
                (None, None) => Value::Suffix(it.suffix.clone()),
                (image, tag) => Value::Table(EnvironmentTable {
                    suffix: Some(it.suffix.clone()),
                    image: image.clone(),
                    tag: tag.clone(),
                }),
            };
            (&it.name, value)
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Config, parse};

    fn read(text: &str) -> Result<Config, crate::config::Error> {
        parse(text, Path::new("t"))
    }

    #[test]
    fn environment_may_be_a_table() {
        let text = "[environments]\nstaging = '-stg'\n[environments.production]\nsuffix = '-prod'\nimage = 'r.example/app'\ntag = 'prod'\n\
                    [environments.uat]\nimage = { web = 'r.example/web', api = 'r.example/api' }\n";
        let environments = read(text).unwrap().environments.unwrap();
        let texts = |of: fn(&Environment) -> String| environments.0.iter().map(of).collect::<Vec<_>>();
        assert_eq!(texts(|it| it.suffix.clone()), ["-stg", "-prod", "-uat"]);
        assert_eq!(environments.0[1].image, Some(Images::One("r.example/app".to_owned())));
        assert_eq!(texts(|it| it.tag.clone().unwrap_or_default()), ["", "prod", ""]);
        // `apply_variables` serializes a configuration and reads it again.
        let again = toml::Table::try_from(&environments).unwrap();
        assert_eq!(Environments::deserialize(again).unwrap(), environments);
    }

    #[test]
    fn unknown_key_of_an_environment_is_refused() {
        let error = read("[environments.staging]\nimge = 'x'").unwrap_err();
        assert!(error.to_string().contains("imge") && error.hint().unwrap().contains("image"), "{error}");
        assert!(read("environments = { staging = 1 }").is_err());
    }
}
