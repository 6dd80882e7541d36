//! Compiles the regular expressions and path sets of a configuration.

use crate::{error::Error, model::PathSet};

/// A path set from the globs of a configuration.
pub(super) fn path_set(include: &[String], exclude: &[String]) -> PathSet {
    PathSet { include: include.to_vec(), exclude: exclude.to_vec() }
}

pub(super) fn pattern(text: &str) -> Result<regex::Regex, Error> {
    regex::Regex::new(text)
        .map_err(|error| Error::usage(format!("`{text}` is not a valid regular expression: {error}"), None))
}

pub(super) fn patterns(texts: &[String]) -> Result<Vec<regex::Regex>, Error> {
    texts.iter().map(|text| pattern(text)).collect()
}
