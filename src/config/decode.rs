//! Deserializes a TOML value with structured errors.
//!
//! The errors of the `toml` crate are strings, so it only parses the syntax. The deserializer here reads the parsed
//! value and reports unknown keys, unknown values and wrong types as a [`ValueError`] with the key path.

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

use super::{key_path::KeySegment, value_error::ValueError};

/// Deserializes a value.
pub(super) fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, Mismatch<'_>> {
    T::deserialize(ValueDeserializer(value))
}

/// A value that does not match the type.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mismatch<'v> {
    /// The path of the value; of its table, if a key is unknown or missing.
    pub(super) key_path: Vec<KeySegment<'v>>,
    /// What is wrong.
    pub(super) problem: ValueError,
}

impl<'v> Mismatch<'v> {
    fn here(problem: ValueError) -> Self {
        Self { key_path: Vec::new(), problem }
    }

    fn wrong_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::here(ValueError::Type { found: type_name(found), expected: expected.to_string() })
    }

    /// Prepends the segment that contains the value.
    fn below(mut self, segment: KeySegment<'v>) -> Self {
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

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong_type(found, expected)
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

/// The value in messages, with the names of the documentation for sequences and maps.
fn type_name(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Seq => "list".to_owned(),
        Unexpected::Map => "table".to_owned(),
        other => other.to_string(),
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
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
        // serde's visitors for lists would report "a sequence" as the expected type.
        if self.0.is_array() {
            return self.deserialize_any(visitor);
        }
        Err(Mismatch::here(ValueError::expected_list(type_name(self.unexpected()))))
    }

    /// serde's visitors for structs would take a list as the values of their fields, in order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch<'v>> {
        if self.0.is_array() {
            return Err(Mismatch::wrong_type(self.unexpected(), &visitor));
        }
        self.deserialize_any(visitor)
    }

    /// Only unit variants: no enum of the configuration has others.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch<'v>> {
        match self.0 {
            Value::String(variant) => visitor.visit_enum(variant.as_str().into_deserializer()),
            _ => Err(Mismatch::wrong_type(self.unexpected(), &"a string")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map identifier ignored_any
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
        seed.deserialize(ValueDeserializer(value))
            .map(Some)
            .map_err(|error| error.below(KeySegment::Index(at)))
    }
}

struct Entries<'v> {
    entries: toml::map::Iter<'v, String, Value>,
    /// The key returned last, and its value.
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
        seed.deserialize(ValueDeserializer(value)).map_err(|error| error.below(KeySegment::Key(key)))
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
            .map(|segment| match segment {
                KeySegment::Key(key) => (*key).to_owned(),
                KeySegment::Index(index) => index.to_string(),
            })
            .collect();
        (path.join("."), error.problem.to_string())
    }

    #[test]
    fn mismatch_contains_the_key_path() {
        for (text, path, problem) in [
            ("a = 1", "a", "invalid type: integer `1`, expected a list"),
            ("a = [{ kind = 'cat' }, { kind = 'dog' }]", "a.1.kind", "unknown value `dog`"),
            ("a = [{ kind = ['cat'] }]", "a.0.kind", "invalid type: list, expected a string"),
            ("a = [{ 'kind`, expected `x' = 1 }]", "a.0", "unknown key `kind`, expected `x`"),
            ("a = [{ names = [] }]", "a.0", "missing key `kind`"),
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
