//! What serde says of a value that it refuses, as an error of ours.
//!
//! The libraries give a text and a place, and nothing else: their errors have no fields for the key, the known words or the types. So
//! the text is read, and worded for people, here and nowhere else. Its words are fixed by serde's `Error` trait
//! (`unknown_field`, `unknown_variant`, `missing_field`, `invalid_type`).

use super::{
    error::{Error, suggest},
    location::Location,
};

/// What a message of serde says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SerdeMessage {
    Key { key: String, known: Vec<String> },
    Value { value: String, known: Vec<String> },
    Other(String),
}

impl SerdeMessage {
    /// Reads the text.
    pub(super) fn read(message: &str) -> Self {
        let message = message.trim_end();
        if let Some((key, known)) = unknown(message, "unknown field `") {
            return Self::Key { key, known };
        }
        if let Some((value, known)) = unknown(message, "unknown variant `") {
            return Self::Value { value, known };
        }
        if let Some(rest) = message.strip_prefix("missing field ") {
            return Self::Other(format!("the key {rest} is missing"));
        }
        // Where one of some words is wanted, the library speaks of what it could have been made of.
        let message = message.replace("wanted string or table", "expected a text");
        Self::Other(message.replace("a sequence", "a list").replace(": sequence", ": list"))
    }

    pub(super) fn at(self, at: Location) -> Error {
        match self {
            Self::Key { key, known } => Error::UnknownKey { at, key, known },
            Self::Value { value, known } => Error::UnknownValue { at, value, known },
            Self::Other(message) => Error::Invalid { at, message },
        }
    }

    pub(super) fn in_variable(self, name: String) -> Error {
        let (problem, hint) = match self {
            Self::Key { key, known } => (format!("unknown key `{key}`"), Some(suggest(&key, &known))),
            Self::Value { value, known } => {
                (format!("unknown value `{value}`"), Some(suggest(&value, &known)))
            }
            Self::Other(message) => {
                let list = message.contains("expected a list");
                (message, list.then(|| "a list is written `[\"one\", \"two\"]`".to_owned()))
            }
        };
        Error::Variable { name, problem, hint }
    }
}

/// The word may hold anything, even what looks like the rest of the message, so it is cut from both ends.
fn unknown(message: &str, start: &str) -> Option<(String, Vec<String>)> {
    let (word, known) = message.strip_prefix(start)?.rsplit_once("`, expected ")?;
    let known = known.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Some((word.to_owned(), known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_messages_are_read() {
        let key = SerdeMessage::read("unknown field `a`, expected `b`, expected one of `tag`, `types`");
        let known = vec!["tag".to_owned(), "types".to_owned()];
        assert_eq!(key, SerdeMessage::Key { key: "a`, expected `b".to_owned(), known });
        let value = SerdeMessage::read("unknown variant `x`, expected `y` or `z`");
        assert_eq!(
            value,
            SerdeMessage::Value { value: "x".to_owned(), known: vec!["y".to_owned(), "z".to_owned()] }
        );
        assert_eq!(
            SerdeMessage::read("wanted string or table"),
            SerdeMessage::Other("expected a text".to_owned())
        );
        assert_eq!(
            SerdeMessage::read("missing field `id`"),
            SerdeMessage::Other("the key `id` is missing".to_owned())
        );
    }
}
