//! One change of the corrections file: a key that is set or removed.

use std::fmt;

/// A key of an entry that is set or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// `commit`, `pull_request`, `issue` or `version`.
    pub table: &'static str,
    /// The name of the entry.
    pub name: String,
    /// The key.
    pub key: &'static str,
    /// The new value; `None` to remove the key.
    pub value: Option<EditValue>,
}

/// A value of the corrections file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditValue {
    /// A string.
    Text(String),
    /// A boolean.
    Flag(bool),
    /// A list of strings.
    Lines(Vec<String>),
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, name, key, value } = self;
        write!(f, "{} {name}: ", table.replace('_', " "))?;
        match value {
            Some(EditValue::Text(text)) => write!(f, "{key} = {text:?}"),
            Some(EditValue::Flag(flag)) => write!(f, "{key} = {flag}"),
            Some(EditValue::Lines(lines)) => write!(f, "{key} = {lines:?}"),
            None => write!(f, "{key} removed"),
        }
    }
}
