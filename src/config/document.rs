//! The text of a file as a configuration, with the place of what is wrong with it.

use std::path::Path;

use serde::{Deserialize, de::DeserializeOwned};

use super::{Config, Error, location::Location, serde_message::SerdeMessage, validate::validate};

/// Nobody writes as much; each rule and pattern is asked for each commit, and each commit for each.
const LARGEST: usize = 512 << 10;

/// Reads the text of a `tidings.toml`. `path` is only for messages.
///
/// # Errors
/// When the text is not TOML, holds an unknown key or a value of another type, or makes no sense.
pub fn parse(text: &str, path: &Path) -> Result<Config, Error> {
    if text.len() > LARGEST {
        return Err(Error::Senseless {
            path: path.to_owned(),
            at: None,
            entry: "the configuration".to_owned(),
            problem: "it is larger than 512 KiB".to_owned(),
            hint: None,
        });
    }
    let config = from_toml(text, path)?;
    validate(&config, text, path)?;
    Ok(config)
}

/// The text of a `Cargo.toml`, as far as it matters. `T` is a [`Config`], or anything where only its presence counts.
#[derive(Deserialize)]
pub(super) struct Cargo<T> {
    package: Option<CargoTable<T>>,
    workspace: Option<CargoTable<T>>,
}

#[derive(Deserialize)]
struct CargoTable<T> {
    metadata: Option<Tools<T>>,
}

/// The text of a `pyproject.toml`.
#[derive(Deserialize)]
pub(super) struct PyProject<T> {
    tool: Option<Tools<T>>,
}

/// The text of a `package.json`, and any table with a place for every tool.
#[derive(Deserialize)]
pub(super) struct Tools<T> {
    tidings: Option<T>,
}

impl<T> Cargo<T> {
    /// Those of the package and of the workspace.
    pub(super) fn tidings(self) -> (Option<T>, Option<T>) {
        let tidings = |table: Option<CargoTable<T>>| table?.metadata?.tidings;
        (tidings(self.package), tidings(self.workspace))
    }
}

impl<T> PyProject<T> {
    pub(super) fn tidings(self) -> Option<T> {
        self.tool?.tidings
    }
}

impl<T> Tools<T> {
    pub(super) fn tidings(self) -> Option<T> {
        self.tidings
    }
}

pub(super) fn from_toml<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, Error> {
    toml::from_str(text).map_err(|error| {
        let location = Location::of_span(path.to_owned(), text, error.span().unwrap_or_default());
        SerdeMessage::read(error.message()).at(location)
    })
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let place = format!(" at line {line} column {column}");
        let location = Location::of_line(path.to_owned(), text, line, column);
        SerdeMessage::read(message.strip_suffix(&place).unwrap_or(&message)).at(location)
    })
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
    fn an_empty_text_is_the_default() {
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
    fn an_unknown_key_is_shown_with_the_nearest_one() {
        let (message, hint) = refused("# a\n\ntag_patern = 'v{version}'\n");
        assert_eq!(
            message,
            "tidings.toml:3:1: unknown key `tag_patern`\n3 | tag_patern = 'v{version}'\n  | ^^^^^^^^^^"
        );
        assert_eq!(hint.unwrap(), "did you mean `tag_pattern`?");
        assert_eq!(first_line("[[rules]]\nscope = ['a']\n"), "tidings.toml:2:1: unknown key `scope`");
    }

    #[test]
    fn an_unknown_word_is_shown_with_the_nearest_one() {
        let (message, hint) = refused("[repository]\nforge = 'gihub'\n");
        assert!(message.starts_with("tidings.toml:2:9: unknown value `gihub`\n"), "{message}");
        assert_eq!(hint.unwrap(), "did you mean `github`?");
    }

    #[test]
    fn what_is_no_toml_or_of_another_type_is_located() {
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
        assert_eq!(first_line("[[sections]]\ntitle = 'A'\n"), "tidings.toml:1:1: the key `id` is missing");
    }

    #[test]
    fn a_key_twice_is_refused() {
        assert!(
            first_line("sort = 'title'\nsort = 'scope'\n").starts_with("tidings.toml:2:1: duplicate key")
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_a_panic(text in any::<String>(), key in "[a-z_.\\[\\]= '\"\n\r]{0,60}") {
            for text in [&text, &key] {
                if let Err(error) = read(text) {
                    prop_assert!(!error.to_string().is_empty());
                    let _ = error.hint();
                }
                let _ = from_json::<Tools<Config>>(text, Path::new("package.json"));
            }
        }
    }
}
