//! Patterns and path sets, as a configuration writes them.

use crate::{error::Error, model::PathSet};

/// A path set, as a configuration writes it.
pub(super) fn path_set(include: &[String], exclude: &[String]) -> PathSet {
    PathSet { include: include.to_vec(), exclude: exclude.to_vec() }
}

pub(super) fn pattern(text: &str) -> Result<regex::Regex, Error> {
    regex::Regex::new(text)
        .map_err(|error| Error::usage(format!("`{text}` is no regular expression: {error}"), None))
}

pub(super) fn patterns(texts: &[String]) -> Result<Vec<regex::Regex>, Error> {
    texts.iter().map(|text| pattern(text)).collect()
}
