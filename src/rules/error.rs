//! Errors in sections and rules.

use std::fmt;

use crate::model::TooManyPathSets;

/// The sections or rules are invalid.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule is invalid.
    #[error("{}", problem.with_rule(Some(rule)))]
    Rule {
        /// The rule's name.
        rule: String,
        /// Its position in the project's own rules, from 0; `None` for a built-in one.
        index: Option<usize>,
        /// The problem.
        problem: RuleProblem,
        /// The error of its regular expression.
        source: Option<Box<regex::Error>>,
    },
    /// Two sections have the same ID.
    #[error("the section `{id}` is defined twice")]
    DuplicateSection {
        /// The ID.
        id: String,
    },
    /// A section has an empty ID.
    #[error("a section has an empty id")]
    EmptyId,
    /// The rules have too many different path sets.
    #[error(transparent)]
    PathSets(#[from] TooManyPathSets),
}

/// The problem with a rule. Its `Display` does not name the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleProblem {
    /// It names a section that does not exist.
    UnknownSection {
        /// The ID that it names.
        section: String,
        /// The existing IDs, in order.
        known: Vec<String>,
    },
    /// A pattern is empty.
    EmptyPattern {
        /// The key of the rule.
        key: &'static str,
    },
    /// A regular expression is invalid.
    Regex {
        /// The key of the rule.
        key: &'static str,
        /// The expression.
        pattern: String,
    },
    /// It neither places nor marks changes.
    NoEffect,
}

impl RuleProblem {
    /// The key of the rule that is invalid; `None` if it is the rule as a whole.
    #[must_use]
    pub const fn key(&self) -> Option<&'static str> {
        match self {
            Self::UnknownSection { .. } => Some("section"),
            Self::EmptyPattern { key } | Self::Regex { key, .. } => Some(key),
            Self::NoEffect => None,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownSection { section, known } => {
                let near = known.iter().map(|id| (strsim::damerau_levenshtein(id, section), id)).min();
                Some(match near {
                    Some((distance, id)) if distance <= 2 => format!("did you mean `{id}`?"),
                    Some(_) | None => {
                        format!("define it in [[sections]], or use one of: {}", known.join(", "))
                    }
                })
            }
            Self::NoEffect => {
                Some("set one of `section`, `hide`, `skip`, `bump` and `set_breaking`".to_owned())
            }
            Self::EmptyPattern { .. } => Some("remove the pattern, or use `*` to match anything".to_owned()),
            // The source describes the syntax error.
            Self::Regex { .. } => None,
        }
    }

    /// The message, with the name of the rule if there is one.
    fn with_rule(&self, rule: Option<&str>) -> String {
        let (subject, of) = match rule {
            Some(rule) => (format!("{rule} "), format!(" of {rule}")),
            None => (String::new(), String::new()),
        };
        match self {
            Self::UnknownSection { section, .. } => {
                format!("{subject}names the section `{section}`, which is not defined")
            }
            Self::EmptyPattern { key } => format!("empty pattern in `{key}`{of}"),
            Self::Regex { key, pattern } => {
                format!("`{pattern}` in `{key}`{of} is not a valid regular expression")
            }
            Self::NoEffect => format!("{subject}has no effect"),
        }
    }
}

impl fmt::Display for RuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_rule(None))
    }
}

impl Error {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Rule { problem, .. } => problem.hint(),
            // The message names the fix.
            Self::DuplicateSection { .. } | Self::EmptyId | Self::PathSets(_) => None,
        }
    }
}
