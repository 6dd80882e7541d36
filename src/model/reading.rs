//! What a message without a type was read as.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// A probability, as written in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "f64")]
pub struct Confidence(u16);

/// Reads a number, so that the error says which.
struct ConfidenceVisitor;

impl de::Visitor<'_> for ConfidenceVisitor {
    type Value = Confidence;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number from 0 to 1")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Confidence, E> {
        Confidence::try_from(value).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Confidence, E> {
        let value = u8::try_from(value).map_or(f64::INFINITY, f64::from);
        self.visit_f64(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Confidence, E> {
        let value = u8::try_from(value).map_or(f64::INFINITY, f64::from);
        self.visit_f64(value)
    }
}

impl<'de> Deserialize<'de> for Confidence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(ConfidenceVisitor)
    }
}

impl Confidence {
    /// The probability, from 0 to 1000.
    #[must_use]
    pub const fn permille(self) -> u16 {
        self.0
    }
}

impl TryFrom<f64> for Confidence {
    type Error = &'static str;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        // Compared in steps, since a cast of a float may lose its value.
        (0..=1000_u16)
            .find(|permille| (f64::from(*permille) / 1000.0 - value).abs() < 0.000_5)
            .map(Self)
            .ok_or("a confidence is a number from 0 to 1")
    }
}

impl From<Confidence> for f64 {
    fn from(confidence: Confidence) -> Self {
        Self::from(confidence.0) / 1000.0
    }
}

/// What a message without a type was read as, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The most probable class.
    pub class: ReadingClass,
    /// The probability of the class, from 0 to 1000.
    pub permille: u16,
    /// Whether it placed the change: it was sure enough, and nothing else placed the change.
    pub placed: bool,
}

/// The classes of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReadingClass {
    /// A new feature, or a better one.
    Feature,
    /// A fix of a fault.
    Fix,
    /// The same, faster or with less memory.
    Performance,
    /// Documentation.
    Documentation,
    /// Tests.
    Tests,
    /// The configuration of the CI.
    Ci,
    /// The version of a dependency.
    Dependencies,
    /// The same behaviour in other code.
    Refactoring,
    /// Anything else.
    Other,
}

impl ReadingClass {
    /// All classes, in the order of the model.
    pub const ALL: [Self; 9] = [
        Self::Feature,
        Self::Fix,
        Self::Performance,
        Self::Documentation,
        Self::Tests,
        Self::Ci,
        Self::Dependencies,
        Self::Refactoring,
        Self::Other,
    ];

    /// The type of a conventional commit of the class; `None` for [`Self::Other`].
    #[must_use]
    pub const fn commit_type(self) -> Option<&'static str> {
        Some(match self {
            Self::Feature => "feat",
            Self::Fix => "fix",
            Self::Performance => "perf",
            Self::Documentation => "docs",
            Self::Tests => "test",
            Self::Ci => "ci",
            Self::Dependencies => "deps",
            Self::Refactoring => "refactor",
            Self::Other => return None,
        })
    }

    /// What a change of the class is called in a sentence, with its article where it has one.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Feature => "a feature",
            Self::Fix => "a fix",
            Self::Performance => "a performance improvement",
            Self::Documentation => "documentation",
            Self::Tests => "tests",
            Self::Ci => "a change of the CI",
            Self::Dependencies => "an update of dependencies",
            Self::Refactoring => "a refactoring",
            Self::Other => "another change",
        }
    }
}

impl Reading {
    /// The probability of the class, from 0 to 1.
    #[must_use]
    pub fn confidence(self) -> f64 {
        f64::from(self.permille) / 1000.0
    }
}
