//! Overrides a configuration with environment variables, as in `TIDINGS_CHANGELOG__FILE=docs/CHANGES.md`.

use std::path::Path;

use toml::{Table, Value, map::Entry};

use super::{
    Config, Error,
    decode::{Mismatch, decode},
    validate::validate,
};

const PREFIX: &str = "TIDINGS_";

/// Applies variables to a valid configuration, in their order. A name is `TIDINGS_` and the key in any case, with `__`
/// between a table and its key; a value is parsed as TOML, or else taken as a string. Other variables are ignored. The
/// caller must remove those that stand for options.
///
/// # Errors
/// If a variable names an unknown key, or its value has the wrong type or is invalid.
pub fn apply_variables(config: Config, variables: &[(String, String)]) -> Result<Config, Error> {
    let ours = variables.iter().filter_map(|(name, value)| Some((name, name.strip_prefix(PREFIX)?, value)));
    ours.into_iter().try_fold(config, |config, (name, key, value)| set(&config, name, key, value))
}

/// The key that a variable sets, as in `forge.api` for `TIDINGS_FORGE__API`; `None` without the prefix.
#[must_use]
pub fn variable_key(name: &str) -> Option<String> {
    Some(name.strip_prefix(PREFIX)?.to_lowercase().replace("__", "."))
}

fn set(config: &Config, name: &str, key: &str, value: &str) -> Result<Config, Error> {
    let refuse = |Mismatch { problem, .. }: Mismatch<'_>| {
        let list = || problem.expects_list().then(|| "write a list as `[\"one\", \"two\"]`".to_owned());
        let hint = problem.hint().or_else(list);
        Error::Variable { name: name.to_owned(), problem: problem.to_string(), hint }
    };
    let key = key.to_lowercase();
    let with = |value: Value| {
        let mut table = Table::try_from(config).map_err(|error| Error::Variable {
            name: name.to_owned(),
            problem: error.to_string(),
            hint: None,
        })?;
        insert(&mut table, &key, value);
        decode(&Value::Table(table)).map_err(refuse)
    };
    let text = || Value::String(value.to_owned());
    let config = match value.parse::<Value>() {
        // `TIDINGS_TAG_PATTERN=1` and `TIDINGS_BUMP__PRE=true` are strings, though they parse as other types.
        Ok(value) if !value.is_str() => with(value).or_else(|error| with(text()).map_err(|_| error))?,
        Ok(value) => with(value)?,
        Err(_) => with(text())?,
    };
    match validate(&config, "", Path::new("")) {
        Err(Error::Invalid { problem, hint, .. }) => {
            Err(Error::Variable { name: name.to_owned(), problem, hint })
        }
        checked => checked.map(|()| config),
    }
}

/// Inserts a value at a key. A value that is not a table on the way there is replaced by one; `decode` rejects that.
fn insert(table: &mut Table, key: &str, value: Value) {
    let Some((outer, inner)) = key.split_once("__") else {
        table.insert(key.to_owned(), value);
        return;
    };
    let entry = match table.entry(outer) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => entry.insert(Value::Table(Table::new())),
    };
    if !entry.is_table() {
        *entry = Value::Table(Table::new());
    }
    if let Value::Table(table) = entry {
        insert(table, inner, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::parse, rules::Sort};

    fn apply(text: &str, variables: &[(&str, &str)]) -> Result<Config, Error> {
        let config = parse(text, Path::new("tidings.toml")).unwrap();
        let variables: Vec<_> = variables.iter().map(|&(a, b)| (a.to_owned(), b.to_owned())).collect();
        apply_variables(config, &variables)
    }

    const FULL: &str = "tag_pattern = 'v{version}'\ntypes = ['ops']\nextend_rules = false\nsort = 'scope'\n\
        [environments]\nz = '-z'\na = '-live'\n[[rules]]\nname = 'x'\nhide = true\nreason = 'r'\nbump = 'none'\n\
        [[attention]]\nkind = 'k'\npaths = ['p']\non = ['added']\n[[packages]]\nname = 'n'\ninitial = '1.0.0'\n\
        [lint]\nsubject_max = 72\ntypes = []\nforbid = [{ pattern = 'a', message = 'b' }]\n\
        [[links]]\npattern = 'a'\nurl = 'b'\n[repository]\nforge = 'azure'\n";

    #[test]
    fn unnamed_keys_keep_their_value() {
        let before = parse(FULL, Path::new("t")).unwrap();
        let mut after = apply(FULL, &[("TIDINGS_LOCALE", "zh-TW"), ("HOME", "/x")]).unwrap();
        assert_eq!(after.locale.take().as_deref(), Some("zh-TW"));
        assert_eq!(after, before);
    }

    #[test]
    fn values_are_toml_or_else_strings() {
        let config = apply(
            "",
            &[
                ("TIDINGS_CHANGELOG__FILE", "docs/CHANGES.md"),
                ("TIDINGS_Sort", "title"),
                ("TIDINGS_TYPES", "[\"ops\"]"),
                ("TIDINGS_LINT__SUBJECT_MAX", "72"),
                ("TIDINGS_NOTES__HASHES", "true"),
                ("TIDINGS_BUMP__INITIAL", "1.0"),
                ("TIDINGS_TIMEZONE", "\"+08:00\""),
                ("TIDINGS_REPOSITORY__URL", "1\nremote = 2"),
            ],
        );
        let config = config.unwrap();
        assert_eq!(config.changelog.file.as_deref(), Some("docs/CHANGES.md"));
        assert_eq!((config.sort, config.types), (Some(Sort::Title), vec!["ops".to_owned()]));
        assert_eq!((config.lint.subject_max, config.notes.hashes), (Some(72), Some(true)));
        assert_eq!(config.bump.initial.as_deref(), Some("1.0"));
        assert_eq!(config.timezone.as_deref(), Some("+08:00"));
        assert_eq!(config.repository.url.as_deref(), Some("1\nremote = 2"));
        assert_eq!(config.repository.remote, None);
    }

    #[test]
    fn later_variable_wins() {
        let both = [("TIDINGS_LOCALE", "en"), ("TIDINGS_LOCALE", "fr")];
        assert_eq!(apply("", &both).unwrap().locale.as_deref(), Some("fr"));
    }

    #[test]
    fn errors_contain_the_variable() {
        let refused = |name: &str, value: &str| {
            let error = apply("", &[(name, value)]).unwrap_err();
            (error.to_string(), error.hint().unwrap_or_default())
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            refused("TIDINGS_CHANGELOG__FIEL", "x"),
            pair(
                "environment variable `TIDINGS_CHANGELOG__FIEL`: unknown key `fiel`",
                "did you mean `file`?"
            )
        );
        assert_eq!(
            refused("TIDINGS_SORT", "newst"),
            pair("environment variable `TIDINGS_SORT`: unknown value `newst`", "did you mean `newest`?")
        );
        assert!(refused("TIDINGS_TYPES", "ops").1.starts_with("write a list as"));
        assert!(refused("TIDINGS_BREAKING_GITMOJI", "yes").0.ends_with("expected a boolean"));
        assert!(refused("TIDINGS_SORT__X", "1").0.contains("`TIDINGS_SORT__X`"));
        assert!(refused("TIDINGS_", "1").0.contains("unknown key ``"));
        let invalid = refused("TIDINGS_SCHEME", "cal").0;
        assert_eq!(invalid, "environment variable `TIDINGS_SCHEME`: unknown scheme `cal`");
    }
}
