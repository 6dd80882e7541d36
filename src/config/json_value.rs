//! Deserializes JSON as a TOML value.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use toml::{Table, Value};

/// A JSON value as a TOML value, in the order of the file. TOML has no null: a key with null is omitted.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Option::<Nullable>::deserialize(deserializer).map(|value| value.and_then(|value| value.0))
}

struct Nullable(Option<Value>);

impl<'de> Deserialize<'de> for Nullable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor).map(Self)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Option<Value>, E> {
        Ok(Some(Value::Boolean(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Option<Value>, E> {
        Ok(Some(Value::Integer(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Option<Value>, E> {
        let large = |_| E::custom(format!("the number {value} is too large"));
        i64::try_from(value).map(|value| Some(Value::Integer(value))).map_err(large)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Option<Value>, E> {
        Ok(Some(Value::Float(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Option<Value>, E> {
        Ok(Some(Value::String(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Value>, A::Error> {
        let mut values = Vec::new();
        while let Some(Nullable(value)) = list.next_element()? {
            values.push(value.ok_or_else(|| de::Error::custom("a list cannot contain null"))?);
        }
        Ok(Some(Value::Array(values)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Option<Value>, A::Error> {
        let mut table = Table::new();
        while let Some((key, Nullable(value))) = object.next_entry::<String, _>()? {
            table.extend(value.map(|value| (key, value)));
        }
        Ok(Some(Value::Table(table)))
    }
}
