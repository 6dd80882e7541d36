//! The environments that a version is promoted through, as `["staging", "prod"]` or `{ staging = "-stg" }`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
};

/// An environment with what its tags end in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// As in `staging`.
    pub name: String,
    /// What follows the version in its tags, as in `-staging`.
    pub suffix: String,
}

/// Environments in the order of the configuration; names and suffixes are unique and not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environments(pub Vec<Environment>);

impl Environments {
    fn add<E: serde::de::Error>(&mut self, name: String, suffix: String) -> Result<(), E> {
        if name.trim().is_empty() || suffix.trim().is_empty() {
            return Err(E::custom("an environment needs a name and a suffix"));
        }
        if self.0.iter().any(|it| it.name == name) {
            return Err(E::custom(format!("the environment `{name}` is named twice")));
        }
        if self.0.iter().any(|it| it.suffix == suffix) {
            return Err(E::custom(format!("two environments have the suffix `{suffix}`")));
        }
        self.0.push(Environment { name, suffix });
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
        f.write_str("a list of names or a table from names to suffixes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Environments, A::Error> {
        let mut environments = Environments::default();
        while let Some(name) = list.next_element::<String>()? {
            let suffix = format!("-{name}");
            environments.add(name, suffix)?;
        }
        Ok(environments)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Environments, A::Error> {
        let mut environments = Environments::default();
        while let Some((name, suffix)) = table.next_entry::<String, String>()? {
            environments.add(name, suffix)?;
        }
        Ok(environments)
    }
}

impl Serialize for Environments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|it| (&it.name, &it.suffix)))
    }
}
