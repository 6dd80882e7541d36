//! A rule: which changes it is about, and what becomes of them.

use std::sync::Arc;

use regex::Regex;

use crate::model::{Change, PathSetId};

use super::{
    bump_level::BumpLevel,
    condition::{Condition, TrailerPattern},
    options::OptionsError,
    pattern::Pattern,
};

/// A rule as plain values. All conditions that are given must hold; within a list one is enough. Without any condition
/// it is about every change. Patterns over names know `*` and `?` and ignore case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleSpec {
    /// How messages name it, as in `rule 3 of tidings.toml`.
    pub name: String,
    /// Patterns over the conventional type.
    pub types: Vec<String>,
    /// Patterns over the conventional scope, or over one of several that commas part.
    pub scopes: Vec<String>,
    /// Trailers of the message.
    pub trailers: Vec<TrailerSpec>,
    /// Patterns over the labels of the pull request.
    pub labels: Vec<String>,
    /// Patterns over labels that the pull request must not have.
    pub without_labels: Vec<String>,
    /// Patterns over authors, as in `authors`, who must not have made it.
    pub without_authors: Vec<String>,
    /// Path sets, one of which the change touches.
    pub touches: Vec<PathSetId>,
    /// Patterns over the first author's name and address and the login of who opened the pull request.
    pub authors: Vec<String>,
    /// Whether a bot made it.
    pub bots: Option<bool>,
    /// A regular expression somewhere in the title.
    pub title: Option<String>,
    /// A regular expression somewhere in the title or in the description (not across both).
    pub message: Option<String>,
    /// Whether it is breaking, as far as the rules before have not changed that.
    pub breaking: Option<bool>,
    /// Whether a pull request is known.
    pub pull_request: Option<bool>,
    /// Whether the message is conventional (has a type).
    pub conventional: Option<bool>,
    /// Whether it reverts something that an earlier version released.
    pub reverts_released: Option<bool>,
    /// Whether it says nothing but the version that it is released in, or that is tagged on its commit.
    pub names_version: Option<bool>,
    /// What becomes of the change; with `None` the rule only marks it, and the rules after it are tried.
    pub action: Option<Action>,
    /// What it asks of the version, in place of what its section or type asks. For a breaking change it counts only
    /// where the rule is about breaking changes (`breaking` is true, or it makes the change one).
    pub bump: Option<BumpLevel>,
    /// Makes the change breaking, or takes that from it.
    pub set_breaking: Option<bool>,
}

/// A trailer that a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrailerSpec {
    /// A pattern over the key.
    pub key: String,
    /// A pattern over the whole value; any value where it is `None`.
    pub value: Option<String>,
}

/// What becomes of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It stands in the section of this id. `breaking` makes it a breaking change.
    Section(String),
    /// It is not shown, and still asks for what its type asks. A breaking change is shown all the same, unless the rule
    /// is about breaking changes.
    Hide {
        /// Why, in words; otherwise the rule is named.
        reason: Option<String>,
    },
    /// As if it had never happened: not shown, asks for nothing, makes nobody a contributor.
    Skip {
        /// Why, in words; otherwise the rule is named.
        reason: Option<String>,
    },
}

/// A compiled [`RuleSpec`].
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) name: Arc<str>,
    pub(super) conditions: Vec<Condition>,
    pub(super) action: Option<Effect>,
    pub(super) bump: Option<BumpLevel>,
    pub(super) set_breaking: Option<bool>,
    pub(super) built_in: bool,
}

/// A compiled [`Action`]: the section by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    Section(usize),
    Hide(Option<String>),
    Skip(Option<String>),
}

impl Rule {
    /// `section` finds the place of a section by its id.
    pub(super) fn compile(
        spec: RuleSpec,
        built_in: bool,
        section: impl FnOnce(&str) -> Result<usize, OptionsError>,
    ) -> Result<Self, OptionsError> {
        let conditions = conditions(&spec)?;
        let RuleSpec { name, action, bump, mut set_breaking, .. } = spec;
        let action = match action {
            None if bump.is_none() && set_breaking.is_none() => {
                return Err(OptionsError::NoEffect { rule: name });
            }
            None => None,
            Some(Action::Section(id)) if id == super::BREAKING => {
                // The section holds breaking changes and nothing else, so whatever is sent there becomes one.
                set_breaking = Some(true);
                Some(Effect::Section(section(&id)?))
            }
            Some(Action::Section(id)) => Some(Effect::Section(section(&id)?)),
            Some(Action::Hide { reason }) => Some(Effect::Hide(reason)),
            Some(Action::Skip { reason }) => Some(Effect::Skip(reason)),
        };
        Ok(Self { name: name.into(), conditions, action, bump, set_breaking, built_in })
    }

    pub(super) fn matches(&self, change: &Change, breaking: bool) -> bool {
        self.conditions.iter().all(|condition| condition.holds(change, breaking))
    }

    /// Whether it is about breaking changes and may therefore hide one or say what one asks for.
    pub(super) fn minds_breaking(&self) -> bool {
        self.set_breaking == Some(true)
            || self.conditions.iter().any(|condition| matches!(condition, Condition::Breaking(true)))
    }

    pub(super) fn names_types(&self) -> bool {
        self.conditions.iter().any(|condition| matches!(condition, Condition::Types(_)))
    }
}

fn conditions(spec: &RuleSpec) -> Result<Vec<Condition>, OptionsError> {
    let names = |list: &[String], key, make: fn(Vec<Pattern>) -> Condition| {
        let list: Vec<_> = list.iter().map(|text| pattern(spec, key, text)).collect::<Result<_, _>>()?;
        Ok((!list.is_empty()).then(|| make(list)))
    };
    let trailers: Vec<_> = spec.trailers.iter().map(|it| trailer(spec, it)).collect::<Result<_, _>>()?;
    let regex = |key, text: &Option<String>| text.as_deref().map(|text| regex(spec, key, text)).transpose();
    // The cheap and telling ones stand first.
    let all = [
        names(&spec.types, "types", Condition::Types)?,
        spec.breaking.map(Condition::Breaking),
        spec.pull_request.map(Condition::PullRequest),
        spec.conventional.map(Condition::Conventional),
        spec.reverts_released.map(Condition::RevertsReleased),
        spec.names_version.map(Condition::NamesVersion),
        names(&spec.scopes, "scopes", Condition::Scopes)?,
        (!spec.touches.is_empty()).then(|| Condition::Touches(spec.touches.clone())),
        names(&spec.labels, "labels", Condition::Labels)?,
        names(&spec.authors, "authors", Condition::Authors)?,
        names(&spec.without_labels, "without_labels", Condition::WithoutLabels)?,
        names(&spec.without_authors, "without_authors", Condition::WithoutAuthors)?,
        spec.bots.map(Condition::Bots),
        (!trailers.is_empty()).then_some(Condition::Trailers(trailers)),
        regex("title", &spec.title)?.map(Condition::Title),
        regex("message", &spec.message)?.map(Condition::Message),
    ];
    Ok(all.into_iter().flatten().collect())
}

fn trailer(spec: &RuleSpec, trailer: &TrailerSpec) -> Result<TrailerPattern, OptionsError> {
    let key = pattern(spec, "trailers", &trailer.key)?;
    let value = trailer.value.as_deref().map(|value| pattern(spec, "trailers", value)).transpose()?;
    Ok(TrailerPattern { key, value })
}

fn pattern(spec: &RuleSpec, key: &'static str, text: &str) -> Result<Pattern, OptionsError> {
    Pattern::new(text).ok_or_else(|| OptionsError::EmptyPattern { rule: spec.name.clone(), key })
}

fn regex(spec: &RuleSpec, key: &'static str, text: &str) -> Result<Regex, OptionsError> {
    Regex::new(text).map_err(|source| OptionsError::Regex {
        rule: spec.name.clone(),
        key,
        pattern: text.to_owned(),
        source: Box::new(source),
    })
}
