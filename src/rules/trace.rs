//! Traces which rules were tried for a change, for `explain`, and finds conflicting rules, for `check`.

use std::{mem, sync::Arc};

use crate::model::Change;

use super::{
    compiled_rule::{Action, CompiledRule},
    condition::Condition,
    decision::Overrides,
    options::Options,
    read_by_files::read_by_files,
    section::SectionIndex,
};

/// One rule that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTrace {
    /// The rule's name.
    pub rule: Arc<str>,
    /// The result.
    pub result: RuleResult,
}

/// The result of trying one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleResult {
    /// A condition does not hold.
    Failed {
        /// The first condition that does not hold, as in ``its type is `feat` ``.
        condition: String,
        /// The actual property of the change, as in ``its type is `fix` ``.
        actual: String,
    },
    /// It matched and marked the change; the rules after it were tried.
    Marked {
        /// The effect, as in `marks it as breaking`.
        effect: String,
    },
    /// It matched and decided; no rule after it was tried.
    Decided {
        /// The effect, as in ``lists it in `features` ``.
        effect: String,
    },
}

/// One of several rules that would assign a change to different sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictingRule {
    /// The rule's name.
    pub rule: Arc<str>,
    /// The section's ID.
    pub section: Arc<str>,
}

/// The rules that were tried for a change, in order, up to the one that decided. They read the change as it was before
/// it was corrected.
#[must_use]
pub fn trace(change: &Change, options: &Options) -> Vec<RuleTrace> {
    let written = change.written.as_deref().map(|written| Change {
        title: written.title.clone(),
        scope: written.scope.clone(),
        breaking: written.breaking,
        ..change.clone()
    });
    let change = written.as_ref().unwrap_or(change);
    let by_files = read_by_files(change, options).map(|read| read.change);
    let as_read = change.reading.filter(|reading| reading.placed).and_then(|it| it.class.commit_type());
    let as_read = as_read.map(|kind| Change { kind: Some(kind.to_owned()), ..change.clone() });
    let change = by_files.as_ref().or(as_read.as_ref()).unwrap_or(change);
    let mut overrides = Overrides::of(change);
    let mut traces = Vec::new();
    for (index, rule) in options.rules.iter().enumerate() {
        let failed = rule.conditions.iter().find(|condition| !condition.holds(change, overrides.breaking()));
        let result = match failed {
            Some(condition) => RuleResult::Failed {
                condition: condition.to_string(),
                actual: condition.actual(change, overrides.breaking()),
            },
            None => {
                overrides.add(index, rule);
                let effect = effect(rule, overrides.breaking(), options);
                if rule.action.is_some() {
                    RuleResult::Decided { effect }
                } else {
                    RuleResult::Marked { effect }
                }
            }
        };
        let decided = matches!(result, RuleResult::Decided { .. });
        traces.push(RuleTrace { rule: Arc::clone(&rule.name), result });
        if decided {
            break;
        }
    }
    traces
}

fn effect(rule: &CompiledRule, breaking: bool, options: &Options) -> String {
    let mut parts = Vec::new();
    match rule.written.set_breaking {
        Some(true) => parts.push("marks it as breaking".to_owned()),
        Some(false) => parts.push("marks it as not breaking".to_owned()),
        None => {}
    }
    if let Some(level) = rule.written.bump {
        parts.push(match level.bump() {
            Some(bump) => format!("requires a {} bump", bump.name()),
            None => "requires no new version".to_owned(),
        });
    }
    let id = |index| options.sections.id(index);
    match rule.action {
        None => {}
        Some(Action::Skip) => parts.push("skips it".to_owned()),
        Some(Action::Hide) if !breaking || rule.is_about_breaking() => parts.push("hides it".to_owned()),
        Some(Action::Hide) => parts.push("would hide it, but it is breaking".to_owned()),
        Some(Action::Section(index)) if breaking && index != options.sections.breaking() => {
            parts.push(format!("would list it in `{}`, but it is breaking", id(index)));
        }
        Some(Action::Section(index)) => parts.push(format!("lists it in `{}`", id(index))),
    }
    parts.join(", ")
}

/// The project's own rules that would assign a change to different sections; the first of them wins. A rule whose kinds
/// of conditions are a proper subset of the first one's is a fallback, not a conflict. Empty for a breaking change,
/// which is always in `breaking`.
#[must_use]
pub fn conflicts(change: &Change, options: &Options) -> Vec<ConflictingRule> {
    let own = options.rules.iter().filter(|rule| !rule.built_in && rule.matches(change, change.breaking));
    let mut own = own.filter(|rule| rule.action.is_some()).map(|rule| (rule, section_of(rule)));
    let Some((first, Some(section))) = own.next().filter(|_| !change.breaking) else { return Vec::new() };
    let placing = own.filter_map(|(rule, section)| Some((rule, section?)));
    let others = placing.filter(|(rule, other)| *other != section && !is_fallback(rule, first));
    let mut found: Vec<_> = others.filter_map(|(rule, index)| conflicting(rule, index, options)).collect();
    if !found.is_empty() {
        found.splice(0..0, conflicting(first, section, options));
    }
    found
}

const fn section_of(rule: &CompiledRule) -> Option<SectionIndex> {
    match rule.action {
        Some(Action::Section(index)) => Some(index),
        _ => None,
    }
}

fn conflicting(rule: &CompiledRule, section: SectionIndex, options: &Options) -> Option<ConflictingRule> {
    let section = Arc::clone(&options.sections.get(section)?.id);
    Some(ConflictingRule { rule: Arc::clone(&rule.name), section })
}

fn is_fallback(rule: &CompiledRule, first: &CompiledRule) -> bool {
    let has = |wanted: mem::Discriminant<Condition>| first.conditions.iter().any(|it| it.kind() == wanted);
    rule.conditions.len() < first.conditions.len() && rule.conditions.iter().all(|it| has(it.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::PathSets,
        rules::{NamedRule, Rule, RuleSet},
    };

    fn rule(types: &[&str], scopes: &[&str], section: &str) -> Rule {
        Rule {
            types: types.iter().map(|it| (*it).to_owned()).collect(),
            scopes: scopes.iter().map(|it| (*it).to_owned()).collect(),
            section: Some(section.to_owned()),
            ..Rule::default()
        }
    }

    fn options(rules: Vec<Rule>) -> Options {
        let named = (1..).zip(rules).map(|(number, rule)| NamedRule { name: format!("rule {number}"), rule });
        let rule_set = RuleSet { rules: named.collect(), ..RuleSet::default() };
        Options::compile(rule_set, &mut PathSets::default()).unwrap()
    }

    fn change(kind: &str, scope: &str) -> Change {
        Change { kind: Some(kind.into()), scope: Some(scope.into()), ..Change::default() }
    }

    #[test]
    fn trace_lists_each_rule_up_to_the_one_that_decides() {
        let marks = Rule { section: None, set_breaking: Some(true), ..rule(&["feat"], &["api"], "") };
        let options = options(vec![rule(&["feat"], &["ui"], "other"), marks]);
        let traces = trace(&change("feat", "api"), &options);
        let (condition, actual) = ("its scope is `ui`".into(), "its scope is `api`".into());
        assert_eq!(traces[0].result, RuleResult::Failed { condition, actual });
        assert_eq!(traces[1].result, RuleResult::Marked { effect: "marks it as breaking".into() });
        let last = traces.last().unwrap();
        assert_eq!(&*last.rule, "the built-in rule for features");
        let effect = "would list it in `features`, but it is breaking".into();
        assert_eq!(last.result, RuleResult::Decided { effect });
    }

    #[test]
    fn own_rules_with_different_sections_conflict() {
        let by_type = rule(&["feat"], &[], "features");
        let options = options(vec![by_type, rule(&[], &["api"], "other")]);
        let found = conflicts(&change("feat", "api"), &options);
        let found: Vec<_> = found.iter().map(|it| (&*it.rule, &*it.section)).collect();
        assert_eq!(found, [("rule 1", "features"), ("rule 2", "other")]);
        assert!(conflicts(&change("feat", "ui"), &options).is_empty(), "built-in rules do not conflict");
        assert!(conflicts(&Change { breaking: true, ..change("feat", "api") }, &options).is_empty());
    }

    #[test]
    fn general_rule_after_a_special_one_does_not_conflict() {
        let general = rule(&["feat"], &[], "other");
        let special = rule(&["feat"], &["api"], "features");
        assert!(conflicts(&change("feat", "api"), &options(vec![special, general])).is_empty());
    }

    #[test]
    fn rules_after_one_that_hides_do_not_conflict() {
        let hide = Rule { section: None, hide: true, ..rule(&["feat"], &[], "") };
        let options = options(vec![hide, rule(&[], &["api"], "other"), rule(&["*"], &[], "fixes")]);
        assert!(conflicts(&change("feat", "api"), &options).is_empty());
        assert_eq!(conflicts(&change("perf", "api"), &options).len(), 2);
    }
}
