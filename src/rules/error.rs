//! What can be wrong with sections and rules.

use std::fmt;

use crate::model::TooManyPathSets;

/// The sections or rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule cannot be used.
    #[error("{}", problem.with_rule(Some(rule)))]
    Rule {
        /// The rule's name.
        rule: String,
        /// Which of the rules that were given it is, from 0; `None` for a built-in one.
        index: Option<usize>,
        /// What is wrong with it.
        problem: RuleProblem,
        /// What is wrong with its regular expression.
        source: Option<Box<regex::Error>>,
    },
    /// Two sections have one id.
    #[error("the section `{id}` is defined twice")]
    DuplicateSection {
        /// The id.
        id: String,
    },
    /// A section has no id.
    #[error("a section has an empty id")]
    EmptyId,
    /// The rules name more paths than can be told apart.
    #[error(transparent)]
    PathSets(#[from] TooManyPathSets),
}

/// What is wrong with a rule. Its text does not name the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleProblem {
    /// It names a section that there is not.
    UnknownSection {
        /// What it says.
        section: String,
        /// The ids that there are, in their order.
        known: Vec<String>,
    },
    /// A pattern is empty.
    EmptyPattern {
        /// The condition.
        key: &'static str,
    },
    /// A regular expression cannot be read.
    Regex {
        /// The condition.
        key: &'static str,
        /// The expression.
        pattern: String,
    },
    /// It neither places nor marks a change.
    NoEffect,
}

impl RuleProblem {
    /// The key of the rule that it is about.
    #[must_use]
    pub const fn key(&self) -> Option<&'static str> {
        match self {
            Self::UnknownSection { .. } => Some("section"),
            Self::EmptyPattern { key } | Self::Regex { key, .. } => Some(key),
            Self::NoEffect => None,
        }
    }

    /// The way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownSection { section, known } => {
                let near = known.iter().map(|id| (strsim::damerau_levenshtein(id, section), id)).min();
                Some(match near {
                    Some((distance, id)) if distance <= 2 => format!("did you mean `{id}`?"),
                    _ => format!("define it, or use one of: {}", known.join(", ")),
                })
            }
            Self::NoEffect => {
                Some("say what becomes of its changes: a section, hide, skip, a bump or breaking".to_owned())
            }
            Self::EmptyPattern { .. } => Some("`*` stands for any text".to_owned()),
            Self::Regex { .. } => None,
        }
    }

    /// The text with the name of the rule, where one is given.
    fn with_rule(&self, rule: Option<&str>) -> String {
        let (subject, of) = match rule {
            Some(rule) => (format!("{rule} "), format!(" of {rule}")),
            None => (String::new(), String::new()),
        };
        match self {
            Self::UnknownSection { section, .. } => {
                format!("{subject}names the section `{section}`, which is not defined")
            }
            Self::EmptyPattern { key } => format!("an empty pattern in `{key}`{of}"),
            Self::Regex { key, pattern } => format!("`{pattern}` in `{key}`{of} is no regular expression"),
            Self::NoEffect => format!("{subject}does nothing"),
        }
    }
}

impl fmt::Display for RuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_rule(None))
    }
}

impl Error {
    /// The way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Rule { problem, .. } => problem.hint(),
            Self::DuplicateSection { .. } | Self::EmptyId | Self::PathSets(_) => None,
        }
    }
}
