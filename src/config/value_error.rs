//! Errors of single configuration values, with hints.

/// The name of a sequence in messages.
const LIST: &str = "a list";

/// An invalid configuration value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// A table has an unknown key.
    #[error("unknown key `{key}`")]
    UnknownKey {
        /// The key.
        key: String,
        /// The keys that the table supports.
        known: Vec<String>,
    },
    /// A value that is not one of the accepted keywords.
    #[error("unknown value `{value}`")]
    UnknownValue {
        /// The value.
        value: String,
        /// The accepted keywords.
        known: Vec<String>,
    },
    /// A value of the wrong type.
    #[error("invalid type: {found}, expected {expected}")]
    Type {
        /// The type and value.
        found: String,
        /// The expected type.
        expected: String,
    },
    /// A required key is missing.
    #[error("missing key `{0}`")]
    Missing(&'static str),
    /// A message of the type's own deserializer.
    #[error("{0}")]
    Other(String),
}

impl ValueError {
    /// `found` instead of a list.
    pub(super) fn expected_list(found: String) -> Self {
        Self::Type { found, expected: LIST.to_owned() }
    }

    /// Whether the expected type is a list.
    pub(super) fn expects_list(&self) -> bool {
        matches!(self, Self::Type { expected, .. } if expected == LIST)
    }

    /// What to do next, if known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { key: input, known } | Self::UnknownValue { value: input, known } => {
                Some(suggest(input, known))
            }
            // The message names the expected type, or the missing key.
            Self::Type { .. } | Self::Missing(_) | Self::Other(_) => None,
        }
    }
}

/// Suggests the keyword closest to the input, or lists all of them if none is close.
fn suggest(input: &str, known: &[String]) -> String {
    let near = known.iter().map(|it| (strsim::damerau_levenshtein(&input.to_lowercase(), it), it)).min();
    let allowed = if input.chars().count() <= 4 { 1 } else { 3 };
    match near {
        Some((distance, it)) if distance <= allowed => format!("did you mean `{it}`?"),
        _ => format!("use one of: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestion_lists_all_keywords_if_none_is_close() {
        let known = ["newest".to_owned(), "oldest".to_owned()];
        assert_eq!(suggest("Newst", &known), "did you mean `newest`?");
        assert_eq!(suggest("alphabetical", &known), "use one of: newest, oldest");
    }
}
