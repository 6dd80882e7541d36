//! How the rules came to their verdict over one change: for `explain` and `check`.

use std::{mem, sync::Arc};

use crate::model::Change;

use super::{
    condition::Condition,
    judge::Marks,
    options::Options,
    rule::{Effect, Rule},
};

/// One rule that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTrace {
    /// The rule's name.
    pub rule: Arc<str>,
    /// What came of it.
    pub step: Step,
}

/// What came of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
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

/// A rule that would place a change in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The rule's name.
    pub rule: Arc<str>,
    /// The section's id.
    pub section: Arc<str>,
}

/// The rules that were tried for a change, in their order, up to the one that decided. `change` is as it was before it was
/// classified.
#[must_use]
pub fn trace(change: &Change, options: &Options) -> Vec<RuleTrace> {
    let mut marks = Marks::of(change);
    let mut traces = Vec::new();
    for (index, rule) in options.rules.iter().enumerate() {
        let failed = rule.conditions.iter().find(|condition| !condition.holds(change, marks.breaking()));
        let step = match failed {
            Some(condition) => Step::Failed {
                condition: condition.to_string(),
                found: condition.found(change, marks.breaking()),
            },
            None => {
                marks.take(index, rule);
                let effect = effect(rule, marks.breaking(), options);
                if rule.action.is_some() { Step::Decided { effect } } else { Step::Marked { effect } }
            }
        };
        let decided = matches!(step, Step::Decided { .. });
        traces.push(RuleTrace { rule: Arc::clone(&rule.name), step });
        if decided {
            break;
        }
    }
    traces
}

fn effect(rule: &Rule, breaking: bool, options: &Options) -> String {
    let mut parts = Vec::new();
    match rule.set_breaking {
        Some(true) => parts.push("makes it breaking".to_owned()),
        Some(false) => parts.push("takes it for not breaking".to_owned()),
        None => {}
    }
    if let Some(ask) = rule.bump {
        parts.push(format!("asks for {}", ask.bump().map_or("no new version", |bump| bump.name())));
    }
    let id = |index: usize| options.sections.get(index).map_or("", |section| &*section.id);
    match &rule.action {
        None => {}
        Some(Effect::Skip(_)) => parts.push("leaves it out".to_owned()),
        Some(Effect::Hide(_)) if !breaking || rule.minds_breaking() => parts.push("hides it".to_owned()),
        Some(Effect::Hide(_)) => parts.push("would hide it, but a breaking change is shown".to_owned()),
        Some(Effect::Section(index)) if breaking && *index != options.breaking => {
            parts.push(format!("would put it into `{}`, but it is breaking", id(*index)));
        }
        Some(Effect::Section(index)) => parts.push(format!("puts it into `{}`", id(*index))),
    }
    parts.join(", ")
}

/// The claims of the project's own rules on one change, where they differ: the first is the one that wins, the others may
/// surprise. A rule that asks for less than the first one (by the kinds of its conditions) is its fallback, and no conflict.
/// Empty for a breaking change, which has but one place.
#[must_use]
pub fn conflicts(change: &Change, options: &Options) -> Vec<Claim> {
    let own = options.rules.iter().filter(|rule| !rule.built_in && rule.matches(change, change.breaking));
    let mut own = own.filter(|rule| rule.action.is_some()).map(|rule| (rule, section_of(rule)));
    let Some((first, Some(section))) = own.next().filter(|_| !change.breaking) else { return Vec::new() };
    let claims = own.filter_map(|(rule, section)| Some((rule, section?)));
    let others = claims.filter(|(rule, other)| *other != section && !is_fallback(rule, first));
    let mut found: Vec<_> = others.filter_map(|(rule, index)| claim(rule, index, options)).collect();
    if !found.is_empty() {
        found.splice(0..0, claim(first, section, options));
    }
    found
}

const fn section_of(rule: &Rule) -> Option<usize> {
    match rule.action {
        Some(Effect::Section(index)) => Some(index),
        _ => None,
    }
}

fn claim(rule: &Rule, section: usize, options: &Options) -> Option<Claim> {
    let section = Arc::clone(&options.sections.get(section)?.id);
    Some(Claim { rule: Arc::clone(&rule.name), section })
}

fn is_fallback(rule: &Rule, first: &Rule) -> bool {
    let has = |wanted: mem::Discriminant<Condition>| first.conditions.iter().any(|it| it.sort() == wanted);
    rule.conditions.len() < first.conditions.len() && rule.conditions.iter().all(|it| has(it.sort()))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Action, OptionsSpec, RuleSpec},
        *,
    };

    fn rule(number: usize, types: &[&str], scopes: &[&str], section: &str) -> RuleSpec {
        RuleSpec {
            name: format!("rule {number}"),
            types: types.iter().map(|it| (*it).to_owned()).collect(),
            scopes: scopes.iter().map(|it| (*it).to_owned()).collect(),
            action: Some(Action::Section(section.to_owned())),
            ..RuleSpec::default()
        }
    }

    fn options(rules: Vec<RuleSpec>) -> Options {
        Options::compile(OptionsSpec { rules, ..OptionsSpec::default() }).unwrap()
    }

    fn change(kind: &str, scope: &str) -> Change {
        Change { kind: Some(kind.into()), scope: Some(scope.into()), ..Change::default() }
    }

    #[test]
    fn each_rule_up_to_the_one_that_decides() {
        let marks =
            RuleSpec { action: None, set_breaking: Some(true), ..rule(2, &["feat"], &["api"], "other") };
        let options = options(vec![rule(1, &["feat"], &["ui"], "other"), marks]);
        let traces = trace(&change("feat", "api"), &options);
        let (condition, found) = ("its scope is `ui`".into(), "its scope is `api`".into());
        assert_eq!(traces[0].step, Step::Failed { condition, found });
        assert_eq!(traces[1].step, Step::Marked { effect: "makes it breaking".into() });
        let last = traces.last().unwrap();
        assert_eq!(&*last.rule, "the built-in rule for features");
        let effect = "would put it into `features`, but it is breaking".into();
        assert_eq!(last.step, Step::Decided { effect });
    }

    #[test]
    fn two_own_rules_that_claim_one_change_conflict() {
        let by_type = rule(1, &["feat"], &[], "features");
        let options = options(vec![by_type, rule(2, &[], &["api"], "other")]);
        let claims = conflicts(&change("feat", "api"), &options);
        let claims: Vec<_> = claims.iter().map(|claim| (&*claim.rule, &*claim.section)).collect();
        assert_eq!(claims, [("rule 1", "features"), ("rule 2", "other")]);
        assert!(conflicts(&change("feat", "ui"), &options).is_empty(), "the built-in rules are no conflict");
        assert!(conflicts(&Change { breaking: true, ..change("feat", "api") }, &options).is_empty());
    }

    #[test]
    fn a_special_rule_before_a_general_one_is_no_conflict() {
        let general = rule(2, &["feat"], &[], "other");
        let special = rule(1, &["feat"], &["api"], "features");
        assert!(conflicts(&change("feat", "api"), &options(vec![special, general])).is_empty());
    }

    #[test]
    fn what_an_own_rule_hides_is_claimed_by_no_section() {
        let hide = RuleSpec { action: Some(Action::Hide { reason: None }), ..rule(1, &["feat"], &[], "") };
        let options = options(vec![hide, rule(2, &[], &["api"], "other"), rule(3, &["*"], &[], "fixes")]);
        assert!(conflicts(&change("feat", "api"), &options).is_empty());
        assert_eq!(conflicts(&change("perf", "api"), &options).len(), 2);
    }
}
