//! How the rules came to their decision about one change: for `explain` and `check`.

use std::{mem, sync::Arc};

use crate::model::Change;

use super::{
    compiled_rule::{Action, CompiledRule},
    condition::Condition,
    decision::Overrides,
    options::Options,
    section::SectionIndex,
};

/// One rule that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTrace {
    /// The rule's name.
    pub rule: Arc<str>,
    /// What came of it.
    pub result: RuleResult,
}

/// What came of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleResult {
    /// A condition does not hold.
    Failed {
        /// The first one that does not, as it would hold, as in ``its type is `feat` ``.
        condition: String,
        /// What it looked at instead, as in ``its type is `fix` ``.
        found: String,
    },
    /// It matched and marked the change; the rules after it were tried.
    Marked {
        /// What it did, in words.
        effect: String,
    },
    /// It matched and decided; no rule after it was tried.
    Decided {
        /// What it decided, in words.
        effect: String,
    },
}

/// A rule that would put a change into another section than the one that decides, or that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictingRule {
    /// The rule's name.
    pub rule: Arc<str>,
    /// The section's id.
    pub section: Arc<str>,
}

/// The rules that were tried for a change, in their order, up to the one that decided. `change` is as it was before it was
/// classified.
#[must_use]
pub fn trace(change: &Change, options: &Options) -> Vec<RuleTrace> {
    let mut overrides = Overrides::of(change);
    let mut traces = Vec::new();
    for (index, rule) in options.rules.iter().enumerate() {
        let failed = rule.conditions.iter().find(|condition| !condition.holds(change, overrides.breaking()));
        let result = match failed {
            Some(condition) => RuleResult::Failed {
                condition: condition.to_string(),
                found: condition.found(change, overrides.breaking()),
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
        Some(true) => parts.push("makes it breaking".to_owned()),
        Some(false) => parts.push("takes it for not breaking".to_owned()),
        None => {}
    }
    if let Some(level) = rule.written.bump {
        parts.push(format!("asks for {}", level.bump().map_or("no new version", |bump| bump.name())));
    }
    let id = |index| options.sections.id(index);
    match rule.action {
        None => {}
        Some(Action::Skip) => parts.push("leaves it out".to_owned()),
        Some(Action::Hide) if !breaking || rule.is_about_breaking() => parts.push("hides it".to_owned()),
        Some(Action::Hide) => parts.push("would hide it, but a breaking change is shown".to_owned()),
        Some(Action::Section(index)) if breaking && index != options.sections.breaking() => {
            parts.push(format!("would put it into `{}`, but it is breaking", id(index)));
        }
        Some(Action::Section(index)) => parts.push(format!("puts it into `{}`", id(index))),
    }
    parts.join(", ")
}

/// The project's own rules that would put one change into different sections: the first is the one that wins, the others may
/// surprise. A rule that asks for less than the first one (by the kinds of its conditions) is its fallback, and no conflict.
/// Empty for a breaking change, which has but one place.
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
    fn each_rule_up_to_the_one_that_decides() {
        let marks = Rule { section: None, set_breaking: Some(true), ..rule(&["feat"], &["api"], "") };
        let options = options(vec![rule(&["feat"], &["ui"], "other"), marks]);
        let traces = trace(&change("feat", "api"), &options);
        let (condition, found) = ("its scope is `ui`".into(), "its scope is `api`".into());
        assert_eq!(traces[0].result, RuleResult::Failed { condition, found });
        assert_eq!(traces[1].result, RuleResult::Marked { effect: "makes it breaking".into() });
        let last = traces.last().unwrap();
        assert_eq!(&*last.rule, "the built-in rule for features");
        let effect = "would put it into `features`, but it is breaking".into();
        assert_eq!(last.result, RuleResult::Decided { effect });
    }

    #[test]
    fn two_own_rules_that_claim_one_change_conflict() {
        let by_type = rule(&["feat"], &[], "features");
        let options = options(vec![by_type, rule(&[], &["api"], "other")]);
        let claims = conflicts(&change("feat", "api"), &options);
        let claims: Vec<_> = claims.iter().map(|claim| (&*claim.rule, &*claim.section)).collect();
        assert_eq!(claims, [("rule 1", "features"), ("rule 2", "other")]);
        assert!(conflicts(&change("feat", "ui"), &options).is_empty(), "the built-in rules are no conflict");
        assert!(conflicts(&Change { breaking: true, ..change("feat", "api") }, &options).is_empty());
    }

    #[test]
    fn a_special_rule_before_a_general_one_is_no_conflict() {
        let general = rule(&["feat"], &[], "other");
        let special = rule(&["feat"], &["api"], "features");
        assert!(conflicts(&change("feat", "api"), &options(vec![special, general])).is_empty());
    }

    #[test]
    fn what_an_own_rule_hides_is_claimed_by_no_section() {
        let hide = Rule { section: None, hide: true, ..rule(&["feat"], &[], "") };
        let options = options(vec![hide, rule(&[], &["api"], "other"), rule(&["*"], &[], "fixes")]);
        assert!(conflicts(&change("feat", "api"), &options).is_empty());
        assert_eq!(conflicts(&change("perf", "api"), &options).len(), 2);
    }
}
