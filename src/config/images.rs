//! The `image` key of an environment, in three forms: one repository, a list of them, or a table from components to
//! repositories.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};

/// The image repositories of an environment, in the order of the configuration; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Images {
    /// One repository.
    One(String),
    /// A list of repositories.
    List(Vec<String>),
    /// Repositories with the name of their component.
    ByComponent(Vec<(String, String)>),
}

impl<'de> Deserialize<'de> for Images {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyForm)
    }
}

struct AnyForm;

impl<'de> Visitor<'de> for AnyForm {
    type Value = Images;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an image repository, a list of them, or a table from components to repositories")
    }

    fn visit_str<E: Error>(self, repository: &str) -> Result<Images, E> {
        Ok(Images::One(repository.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Images, A::Error> {
        let mut all = Vec::new();
        while let Some(repository) = list.next_element::<String>()? {
            all.push(repository);
        }
        require_some(all.len())?;
        Ok(Images::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Images, A::Error> {
        let mut all: Vec<(String, String)> = Vec::new();
        while let Some((component, repository)) = table.next_entry::<String, String>()? {
            if component.trim().is_empty() {
                return Err(A::Error::custom("a component must have a name"));
            }
            all.push((component, repository));
        }
        require_some(all.len())?;
        Ok(Images::ByComponent(all))
    }
}

fn require_some<E: Error>(repositories: usize) -> Result<(), E> {
    if repositories == 0 {
        return Err(E::custom("a collection of images needs at least one repository"));
    }
    Ok(())
}

impl Serialize for Images {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(repository) => serializer.serialize_str(repository),
            Self::List(all) => serializer.collect_seq(all),
            Self::ByComponent(all) => serializer.collect_map(all.iter().map(|(name, image)| (name, image))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Holder {
        image: Images,
    }

    #[test]
    fn each_form_is_read_and_written_back() {
        for text in [
            "{\"image\":\"r.example/app\"}",
            "{\"image\":[\"r.example/a\",\"r.example/b\"]}",
            "{\"image\":[\"r.example/a\"]}",
            "{\"image\":{\"web\":\"r.example/a\",\"api\":\"r.example/b\"}}",
        ] {
            let read: Holder = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }

    #[test]
    fn empty_and_other_values_are_errors() {
        for (text, part) in [
            ("[]", "at least one repository"),
            ("{}", "at least one repository"),
            ("{\" \": \"r.example/a\"}", "must have a name"),
            ("5", "a list of them, or a table from components"),
        ] {
            let error = serde_json::from_str::<Images>(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
