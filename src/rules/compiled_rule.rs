//! Compiles a rule, so that it can be matched against changes.

use std::sync::Arc;

use regex::Regex;

use crate::model::{Change, PathSet, PathSetId, PathSets};

use super::{
    condition::{Condition, TrailerPattern},
    error::{Error, RuleProblem},
    pattern::Pattern,
    rule::{NamedRule, Rule},
    section::{SectionIndex, Sections},
};

/// A [`Rule`] with its conditions compiled.
#[derive(Debug, Clone)]
pub(super) struct CompiledRule {
    pub(super) name: Arc<str>,
    pub(super) conditions: Vec<Condition>,
    /// The action that ends the search; `None` if the rule only marks changes and later rules are tried.
    pub(super) action: Option<Action>,
    pub(super) built_in: bool,
    /// The rule as written. Boxed, because most rules do not match and then need only the fields above.
    pub(super) written: Box<Rule>,
}

/// What a rule does with a change that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Section(SectionIndex),
    Hide,
    Skip,
}

impl CompiledRule {
    /// `index` is the position of the rule in the project's own rules; `None` for a built-in one.
    ///
    /// # Errors
    /// If a condition is invalid, the section is unknown, the rule has no effect, or there are too many path sets.
    pub(super) fn new(
        NamedRule { name, mut rule }: NamedRule,
        index: Option<usize>,
        sections: &Sections,
        path_sets: &mut PathSets,
    ) -> Result<Self, Error> {
        let built_in = index.is_none();
        let touches = touched_set(&rule).map(|set| path_sets.add(set)).transpose()?;
        let compiled = conditions(&rule, touches).and_then(|it| Ok((it, action(&rule, sections)?)));
        match compiled {
            Ok((conditions, action)) => {
                if action == Some(Action::Section(sections.breaking())) {
                    // The section contains nothing but breaking changes, so a change assigned to it becomes one.
                    rule.set_breaking = Some(true);
                }
                Ok(Self { name: name.into(), conditions, action, built_in, written: Box::new(rule) })
            }
            Err((problem, source)) => Err(Error::Rule { rule: name, index, problem, source }),
        }
    }

    pub(super) fn matches(&self, change: &Change, breaking: bool) -> bool {
        self.conditions.iter().all(|condition| condition.holds(change, breaking))
    }

    /// Whether it is about breaking changes: only such a rule may hide one or set its bump level.
    pub(super) fn is_about_breaking(&self) -> bool {
        self.written.set_breaking == Some(true)
            || self.conditions.iter().any(|condition| matches!(condition, Condition::Breaking(true)))
    }

    /// Whether it looks at this label of a pull request.
    pub(super) fn names_label(&self, label: &str) -> bool {
        let names = |condition: &Condition| match condition {
            Condition::Labels(any) => any.iter().any(|pattern| pattern.matches(label)),
            _ => false,
        };
        self.conditions.iter().any(names)
    }

    pub(super) fn has_types(&self) -> bool {
        self.conditions.iter().any(|condition| matches!(condition, Condition::Types(_)))
    }
}

/// The problem with a rule, and the error of its regular expression if that is the cause.
type Problem = (RuleProblem, Option<Box<regex::Error>>);

/// The path set of a rule; `None` if it has no conditions on paths.
fn touched_set(rule: &Rule) -> Option<PathSet> {
    let has_paths = !rule.paths.is_empty() || !rule.exclude_paths.is_empty();
    has_paths.then(|| PathSet { include: rule.paths.clone(), exclude: rule.exclude_paths.clone() })
}

fn action(rule: &Rule, sections: &Sections) -> Result<Option<Action>, Problem> {
    match &rule.section {
        Some(id) => match sections.find(id) {
            Some(index) => Ok(Some(Action::Section(index))),
            None => {
                let known = sections.iter().map(|section| section.id.to_string()).collect();
                Err((RuleProblem::UnknownSection { section: id.clone(), known }, None))
            }
        },
        None if rule.skip => Ok(Some(Action::Skip)),
        None if rule.hide => Ok(Some(Action::Hide)),
        None if rule.bump.is_none() && rule.set_breaking.is_none() => Err((RuleProblem::NoEffect, None)),
        None => Ok(None),
    }
}

fn conditions(rule: &Rule, touches: Option<PathSetId>) -> Result<Vec<Condition>, Problem> {
    let names = |list: &[String], key, condition: fn(Vec<Pattern>) -> Condition| {
        let list: Vec<_> = list.iter().map(|text| compile_pattern(key, text)).collect::<Result<_, _>>()?;
        Ok((!list.is_empty()).then(|| condition(list)))
    };
    let trailers: Vec<_> = rule.trailers.iter().map(|text| trailer(text)).collect::<Result<_, _>>()?;
    let regex = |key, text: &Option<String>| text.as_deref().map(|text| compile_regex(key, text)).transpose();
    // Cheap and selective conditions come first: they are tried in this order.
    let all = [
        names(&rule.types, "types", Condition::Types)?,
        rule.breaking.map(Condition::Breaking),
        rule.pull_request.map(Condition::PullRequest),
        rule.conventional.map(Condition::Conventional),
        rule.reverts_released.map(Condition::RevertsReleased),
        rule.names_version.map(Condition::NamesVersion),
        names(&rule.scopes, "scopes", Condition::Scopes)?,
        touches.map(Condition::Touches),
        names(&rule.labels, "labels", Condition::Labels)?,
        names(&rule.authors, "authors", Condition::Authors)?,
        names(&rule.without_labels, "without_labels", Condition::WithoutLabels)?,
        names(&rule.without_authors, "without_authors", Condition::WithoutAuthors)?,
        rule.bots.map(Condition::Bots),
        (!trailers.is_empty()).then_some(Condition::Trailers(trailers)),
        regex("title", &rule.title)?.map(Condition::Title),
        regex("message", &rule.message)?.map(Condition::Message),
    ];
    Ok(all.into_iter().flatten().collect())
}

/// Compiles `Key` or `Key: value`.
fn trailer(text: &str) -> Result<TrailerPattern, Problem> {
    let (key, value) = text.split_once(':').map_or((text, None), |(key, value)| (key, Some(value)));
    let key = compile_pattern("trailers", key)?;
    Ok(TrailerPattern { key, value: value.map(|value| compile_pattern("trailers", value)).transpose()? })
}

fn compile_pattern(key: &'static str, text: &str) -> Result<Pattern, Problem> {
    Pattern::new(text).ok_or((RuleProblem::EmptyPattern { key }, None))
}

fn compile_regex(key: &'static str, text: &str) -> Result<Regex, Problem> {
    Regex::new(text)
        .map_err(|source| (RuleProblem::Regex { key, pattern: text.to_owned() }, Some(Box::new(source))))
}
