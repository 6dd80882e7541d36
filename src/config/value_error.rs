//! What is wrong with a value of a configuration, and the way out.

/// What messages call a sequence.
const LIST: &str = "a list";

/// What is wrong with a value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// A table has a key that it cannot have.
    #[error("unknown key `{key}`")]
    UnknownKey {
        /// The key.
        key: String,
        /// The keys that it can have.
        known: Vec<String>,
    },
    /// A word is none of those that there are.
    #[error("unknown value `{value}`")]
    UnknownValue {
        /// The word.
        value: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A value of another type is wanted.
    #[error("invalid type: {found}, expected {wanted}")]
    Type {
        /// The value.
        found: String,
        /// What is wanted.
        wanted: String,
    },
    /// A table lacks a key.
    #[error("the key `{0}` is missing")]
    Missing(&'static str),
    /// What the type itself says.
    #[error("{0}")]
    Other(String),
}

impl ValueError {
    /// A value of another type than a list.
    pub(super) fn no_list(found: String) -> Self {
        Self::Type { found, wanted: LIST.to_owned() }
    }

    /// Whether a list is wanted.
    pub(super) fn wants_list(&self) -> bool {
        matches!(self, Self::Type { wanted, .. } if wanted == LIST)
    }

    /// The way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { key: word, known } | Self::UnknownValue { value: word, known } => {
                Some(suggest(word, known))
            }
            Self::Type { .. } | Self::Missing(_) | Self::Other(_) => None,
        }
    }
}

/// The nearest of the known words, else all of them.
fn suggest(word: &str, known: &[String]) -> String {
    let near = known.iter().map(|it| (strsim::damerau_levenshtein(&word.to_lowercase(), it), it)).min();
    let allowed = if word.chars().count() <= 4 { 1 } else { 3 };
    match near {
        Some((distance, it)) if distance <= allowed => format!("did you mean `{it}`?"),
        _ => format!("use one of: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_far_word_is_answered_with_all_that_there_are() {
        let known = ["newest".to_owned(), "oldest".to_owned()];
        assert_eq!(suggest("Newst", &known), "did you mean `newest`?");
        assert_eq!(suggest("alphabetical", &known), "use one of: newest, oldest");
    }
}
