//! Parses the text of a file as a configuration and locates errors in it.

use std::path::Path;

use serde::{Deserialize, de::DeserializeOwned};
use toml::{Table, Value};

use super::{
    Config, Error,
    decode::{Mismatch, decode},
    file_kind::FileKind,
    json_value,
    locate::{locate, locate_key},
    location::Location,
    validate::validate,
    value_error::ValueError,
};

/// In bytes. Every rule and pattern is matched against every commit, so a huge configuration would take hours.
const MAX_BYTES: usize = 512 << 10;

/// Parses the text of a `tidings.toml`. `path` is only used in messages.
///
/// # Errors
/// If the text is not valid TOML, is too large, or has an unknown key, a value of the wrong type or an invalid value.
pub fn parse(text: &str, path: &Path) -> Result<Config, Error> {
    if text.len() > MAX_BYTES {
        return Err(Error::TooLarge { path: path.to_owned(), limit: MAX_BYTES });
    }
    let config = from_toml(text, path)?;
    validate(&config, text, path)?;
    Ok(config)
}

/// A table of tidings in a file.
pub(super) struct OwnTable {
    /// The name in messages, as in `[tool.tidings]`.
    pub(super) name: String,
    /// The table, not yet validated.
    pub(super) value: Value,
}

/// The tables of tidings in a file, in order of precedence; empty if it has none.
///
/// # Errors
/// If the text is not valid TOML (JSON for a `package.json`).
pub(super) fn own_tables(text: &str, path: &Path) -> Result<Vec<OwnTable>, Error> {
    let kind = FileKind::of(path);
    if kind == FileKind::PackageJson {
        let package: PackageJson =
            serde_json::from_str(text).map_err(|source| Error::Json { path: path.to_owned(), source })?;
        let table = package.tidings.map(|value| OwnTable { name: "\"tidings\"".to_owned(), value });
        return Ok(table.into_iter().collect());
    }
    let document = Value::Table(toml_table(text, path)?);
    let table = |keys: &&[&str]| {
        let value = keys.iter().try_fold(&document, |value, key| value.get(key))?.clone();
        Some(OwnTable { name: format!("[{}]", keys.join(".")), value })
    };
    Ok(kind.key_paths().iter().filter_map(table).collect())
}

#[derive(Deserialize)]
struct PackageJson {
    #[serde(default, deserialize_with = "json_value::deserialize")]
    tidings: Option<Value>,
}

fn toml_table(text: &str, path: &Path) -> Result<Table, Error> {
    toml::from_str(text).map_err(|error| Error::Syntax {
        at: Location::of_span(path.to_owned(), text, error.span().unwrap_or_default()),
        message: error.message().to_owned(),
    })
}

/// Deserializes a table of a file.
///
/// # Errors
/// If it has an unknown key or a value of the wrong type.
pub(super) fn read_table<T: DeserializeOwned>(table: &Value, text: &str, path: &Path) -> Result<T, Error> {
    decode(table).map_err(|Mismatch { key_path, problem }| {
        let at = match &problem {
            ValueError::UnknownKey { key, .. } => locate_key(text, path, &key_path, key),
            _ => locate(text, path, &key_path),
        };
        let at = at.unwrap_or_else(|| Location::of_span(path.to_owned(), text, 0..0));
        Error::Mismatch { at: Box::new(at), problem }
    })
}

/// Deserializes a TOML file.
///
/// # Errors
/// If the text is not valid TOML, or has an unknown key or a value of the wrong type.
pub(super) fn from_toml<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, Error> {
    read_table(&Value::Table(toml_table(text, path)?), text, path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        model::ForgeKind,
        rules::{BumpLevel, Sort},
    };

    fn read(text: &str) -> Result<Config, Error> {
        parse(text, Path::new("tidings.toml"))
    }

    fn refused(text: &str) -> (String, Option<String>) {
        let error = read(text).unwrap_err();
        (error.to_string(), error.hint())
    }

    fn first_line(text: &str) -> String {
        refused(text).0.lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn empty_file_is_the_default_configuration() {
        assert_eq!(read("").unwrap(), Config::default());
        assert_eq!(read("\u{feff}# only a comment\r\n").unwrap(), Config::default());
    }

    #[test]
    fn keys_are_read() {
        let config = read(
            "sort = 'oldest'\n[repository]\nforge = 'github'\n[[rules]]\ntypes = ['deps']\nhide = true\n\
             [[sections]]\nid = 'api'\nbump = 'none'\n",
        );
        let config = config.unwrap();
        assert_eq!(config.sort, Some(Sort::Oldest));
        assert_eq!(config.repository.forge, Some(ForgeKind::GitHub));
        assert!(config.rules[0].hide && config.rules[0].types == ["deps"]);
        assert_eq!(config.sections[0].bump, Some(BumpLevel::None));
    }

    #[test]
    fn environments_keep_their_order() {
        let pairs = |text: &str| {
            let environments = read(text).unwrap().environments.unwrap().0;
            environments.into_iter().map(|it| (it.name, it.suffix)).collect::<Vec<_>>()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            pairs("environments = ['staging', 'prod']"),
            [pair("staging", "-staging"), pair("prod", "-prod")]
        );
        assert_eq!(
            pairs("[environments]\nstaging = '-stg'\nprod = '-live'"),
            [pair("staging", "-stg"), pair("prod", "-live")]
        );
    }

    #[test]
    fn unknown_key_is_reported_with_the_closest_one() {
        let (message, hint) = refused("# a\n\ntag_patern = 'v{version}'\n");
        assert_eq!(
            message,
            "tidings.toml:3:1: unknown key `tag_patern`\n3 | tag_patern = 'v{version}'\n  | ^^^^^^^^^^"
        );
        assert_eq!(hint.unwrap(), "did you mean `tag_pattern`?");
        assert_eq!(first_line("[[rules]]\nscope = ['a']\n"), "tidings.toml:2:1: unknown key `scope`");
    }

    #[test]
    fn unknown_value_is_reported_with_the_closest_one() {
        let (message, hint) = refused("[repository]\nforge = 'gihub'\n");
        assert!(message.starts_with("tidings.toml:2:9: unknown value `gihub`\n"), "{message}");
        assert_eq!(hint.unwrap(), "did you mean `github`?");
    }

    #[test]
    fn syntax_and_type_errors_report_their_location() {
        assert!(first_line("sort = \n").starts_with("tidings.toml:1:8: "), "{}", first_line("sort = \n"));
        assert_eq!(
            first_line("\n[notes]\nhashes = 'yes'\n"),
            "tidings.toml:3:10: invalid type: string \"yes\", expected a boolean"
        );
        assert_eq!(
            first_line("types = 'feat'\n"),
            "tidings.toml:1:9: invalid type: string \"feat\", expected a list"
        );
        assert_eq!(
            first_line("notes = 1\n"),
            "tidings.toml:1:9: invalid type: integer `1`, expected a table"
        );
        assert_eq!(first_line("[[sections]]\ntitle = 'A'\n"), "tidings.toml:1:1: missing key `id`");
    }

    #[test]
    fn duplicate_key_is_refused() {
        assert!(
            first_line("sort = 'title'\nsort = 'scope'\n").starts_with("tidings.toml:2:1: duplicate key")
        );
    }

    #[test]
    fn null_in_a_package_json_is_an_absent_key() {
        let first =
            |text: &str| own_tables(text, Path::new("package.json")).map(|tables| tables.into_iter().next());
        let table =
            first("{\"private\": null, \"tidings\": {\"z\": null, \"y\": {\"b\": 1, \"a\": [true]}}}");
        let keys: Vec<_> = table.unwrap().unwrap().value["y"].as_table().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["b", "a"]);
        assert!(first("{\"tidings\": null}").unwrap().is_none() && first("{}").unwrap().is_none());
        assert!(first("{\"tidings\": {\"types\": [null]}}").is_err());
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in any::<String>(), key in "[a-z_.\\[\\]= '\"\n\r]{0,60}") {
            for text in [&text, &key] {
                if let Err(error) = read(text) {
                    prop_assert!(!error.to_string().is_empty());
                    let _ = error.hint();
                }
                let _ = own_tables(text, Path::new("package.json"));
            }
        }
    }
}
