//! Reads a value of TOML as a type, with errors that have fields.
//!
//! The errors of the libraries are texts. Theirs is the syntax, then; which keys, words and types there may be is asked by the
//! deserializer here, over the parsed value, whose errors have the parts that serde gives, and the way to the place.

use std::{fmt, slice};

use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, Expected, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, Visitor,
    },
    forward_to_deserialize_any,
};
use toml::Value;

use super::{key_path::Segment, value_error::ValueError};

/// Reads a value as a type.
pub(super) fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, Mismatch<'_>> {
    T::deserialize(ValueDeserializer(value))
}

/// A value that is not of the type that is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mismatch<'v> {
    /// The way to it; for a key that is unknown or missing, to the table.
    pub(super) key_path: Vec<Segment<'v>>,
    /// What is wrong.
    pub(super) problem: ValueError,
}

impl<'v> Mismatch<'v> {
    fn here(problem: ValueError) -> Self {
        Self { key_path: Vec::new(), problem }
    }

    fn wrong_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::here(ValueError::Type { found: type_name(found), wanted: wanted.to_string() })
    }

    /// The same, seen from one segment further out.
    fn below(mut self, segment: Segment<'v>) -> Self {
        self.key_path.insert(0, segment);
        self
    }
}

impl fmt::Display for Mismatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Mismatch<'_> {}

impl de::Error for Mismatch<'_> {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::here(ValueError::Other(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::wrong_type(found, wanted)
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::here(ValueError::UnknownKey { key: key.to_owned(), known: owned(known) })
    }

    fn unknown_variant(value: &str, known: &'static [&'static str]) -> Self {
        Self::here(ValueError::UnknownValue { value: value.to_owned(), known: owned(known) })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::here(ValueError::Missing(key))
    }
}

/// What messages call a value: as TOML calls its types.
fn type_name(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Seq => "list".to_owned(),
        Unexpected::Map => "table".to_owned(),
        other => other.to_string(),
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

struct ValueDeserializer<'v>(&'v Value);

impl<'v> ValueDeserializer<'v> {
    fn unexpected(&self) -> Unexpected<'v> {
        match self.0 {
            Value::String(text) => Unexpected::Str(text),
            Value::Integer(number) => Unexpected::Signed(*number),
            Value::Float(number) => Unexpected::Float(*number),
            Value::Boolean(flag) => Unexpected::Bool(*flag),
            Value::Datetime(_) => Unexpected::Other("date"),
            Value::Array(_) => Unexpected::Seq,
            Value::Table(_) => Unexpected::Map,
        }
    }
}

impl<'de, 'v> Deserializer<'de> for ValueDeserializer<'v> {
    type Error = Mismatch<'v>;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch<'v>> {
        match self.0 {
            Value::String(text) => visitor.visit_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Boolean(flag) => visitor.visit_bool(*flag),
            Value::Datetime(_) => Err(Mismatch::wrong_type(self.unexpected(), &visitor)),
            Value::Array(list) => visitor.visit_seq(List { values: list.iter(), next: 0 }),
            Value::Table(table) => visitor.visit_map(Entries { entries: table.iter(), value: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch<'v>> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch<'v>> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch<'v>> {
        // The visitors of lists speak of sequences.
        if self.0.is_array() {
            return self.deserialize_any(visitor);
        }
        Err(Mismatch::here(ValueError::no_list(type_name(self.unexpected()))))
    }

    /// A word; no type of a configuration has values in its variants.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch<'v>> {
        match self.0 {
            Value::String(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            _ => Err(Mismatch::wrong_type(self.unexpected(), &"a text")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct List<'v> {
    values: slice::Iter<'v, Value>,
    next: usize,
}

impl<'de, 'v> SeqAccess<'de> for List<'v> {
    type Error = Mismatch<'v>;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mismatch<'v>> {
        let Some(value) = self.values.next() else { return Ok(None) };
        let at = self.next;
        self.next += 1;
        seed.deserialize(ValueDeserializer(value)).map(Some).map_err(|error| error.below(Segment::Index(at)))
    }
}

struct Entries<'v> {
    entries: toml::map::Iter<'v, String, Value>,
    /// What belongs to the key that was given last.
    value: Option<(&'v str, &'v Value)>,
}

impl<'de, 'v> MapAccess<'de> for Entries<'v> {
    type Error = Mismatch<'v>;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch<'v>> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some((key, value));
        seed.deserialize(key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch<'v>> {
        let (key, value) = self.value.take().ok_or_else(|| de::Error::custom("a value without a key"))?;
        seed.deserialize(ValueDeserializer(value)).map_err(|error| error.below(Segment::Key(key)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pet {
        #[expect(dead_code, reason = "only read")]
        kind: Kind,
        #[expect(dead_code, reason = "only read")]
        names: Option<Vec<String>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        Cat,
        TreeFrog,
    }

    fn refused(text: &str) -> (String, String) {
        let value = Value::Table(text.parse().unwrap());
        let error = decode::<BTreeMap<String, Vec<Pet>>>(&value).unwrap_err();
        let path: Vec<String> = error
            .key_path
            .iter()
            .map(|step| match step {
                Segment::Key(key) => (*key).to_owned(),
                Segment::Index(index) => index.to_string(),
            })
            .collect();
        (path.join("."), error.problem.to_string())
    }

    #[test]
    fn mismatch_has_the_way_to_it() {
        for (text, path, problem) in [
            ("a = 1", "a", "invalid type: integer `1`, expected a list"),
            ("a = [{ kind = 'cat' }, { kind = 'dog' }]", "a.1.kind", "unknown value `dog`"),
            ("a = [{ kind = ['cat'] }]", "a.0.kind", "invalid type: list, expected a text"),
            ("a = [{ 'kind`, expected `x' = 1 }]", "a.0", "unknown key `kind`, expected `x`"),
            ("a = [{ names = [] }]", "a.0", "the key `kind` is missing"),
            (
                "a = [{ kind = 'tree-frog', names = ['x', 1979-05-27] }]",
                "a.0.names.1",
                "invalid type: date, expected a string",
            ),
            (
                "a = [{ kind = 'cat', names = { x = 1 } }]",
                "a.0.names",
                "invalid type: table, expected a list",
            ),
        ] {
            assert_eq!(refused(text), (path.to_owned(), problem.to_owned()), "{text}");
        }
    }
}
