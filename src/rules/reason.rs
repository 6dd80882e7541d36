//! Writes the reason for the placement of a change.

use std::{collections::HashSet, sync::Arc};

use crate::model::Change;

use super::{
    compiled_rule::{Action, CompiledRule},
    condition::Condition,
    decision::{Decision, Placement},
    options::Options,
};

/// Writes reasons. A history has many changes but few different reasons, so equal ones share one string.
pub(super) struct Reasons<'a> {
    options: &'a Options,
    interned: HashSet<Arc<str>>,
    text: String,
}

impl<'a> Reasons<'a> {
    pub(super) fn new(options: &'a Options) -> Self {
        Self { options, interned: HashSet::new(), text: String::new() }
    }

    /// The reason for a decision. `why` is why the change is read as it is, if its message does not say it.
    pub(super) fn of(&mut self, decision: &Decision, change: &Change, why: Option<&str>) -> Arc<str> {
        self.text.clear();
        self.write(decision, change);
        if let Some(why) = why {
            self.push(&["; ", why]);
        }
        if let Some(reason) = self.interned.get(self.text.as_str()) {
            return Arc::clone(reason);
        }
        let reason: Arc<str> = self.text.as_str().into();
        self.interned.insert(Arc::clone(&reason));
        reason
    }

    fn write(&mut self, decision: &Decision, change: &Change) {
        let rules = &self.options.rules;
        let rule = decision.rule.and_then(|index| rules.get(index));
        match (decision.placement, rule) {
            (Placement::Section(_), rule) if decision.breaking => {
                let marked = decision.breaking_rule.and_then(|index| rules.get(index));
                self.write_breaking(change, rule, marked);
            }
            (Placement::Section(index), Some(rule)) => {
                let section = self.options.sections.id(index);
                self.push(&["listed in `", section, "` by ", &rule.name]);
                self.write_match(rule, change);
            }
            (Placement::Hidden | Placement::Skipped, Some(rule)) => match &rule.written.reason {
                Some(reason) => self.push(&[reason, " (", &rule.name, ")"]),
                None => {
                    let is_skipped = decision.placement == Placement::Skipped;
                    self.push(&[if is_skipped { "skipped by " } else { "hidden by " }, &rule.name]);
                    self.write_match(rule, change);
                }
            },
            (_, None) => self.push(&["hidden: no rule assigns it to a section"]),
        }
    }

    fn write_breaking(
        &mut self,
        change: &Change,
        rule: Option<&CompiledRule>,
        marked: Option<&CompiledRule>,
    ) {
        match marked {
            Some(marked) => self.push(&["marked as breaking by ", &marked.name]),
            None => self.push(&["breaking change"]),
        }
        if let Some(rule) = rule
            && rule.action == Some(Action::Hide)
        {
            self.push(&[", not hidden by ", &rule.name]);
            self.write_match(rule, change);
        }
    }

    /// Writes in parentheses what the rule matched: the first condition that is not about breaking changes.
    fn write_match(&mut self, rule: &CompiledRule, change: &Change) {
        // What its message was read as follows.
        if change.reading.is_some_and(|reading| reading.placed) {
            return;
        }
        let first = rule.conditions.iter().find(|it| !matches!(it, Condition::Breaking(_)));
        match (first, &change.kind, &change.scope) {
            (Some(Condition::Types(_)), Some(kind), Some(scope))
                if rule.conditions.iter().any(|it| matches!(it, Condition::Scopes(_))) =>
            {
                self.push(&[" (type `", kind, "`, scope `", scope, "`)"]);
            }
            (Some(Condition::Types(_)), Some(kind), _) => self.push(&[" (type `", kind, "`)"]),
            (Some(Condition::Scopes(_)), _, Some(scope)) => self.push(&[" (scope `", scope, "`)"]),
            (Some(Condition::Labels(_)), ..) => self.push(&[" (label)"]),
            (Some(Condition::Authors(_) | Condition::Bots(_)), ..) => self.push(&[" (author)"]),
            (Some(Condition::Trailers(_)), ..) => self.push(&[" (trailer)"]),
            (Some(Condition::Touches(_)), ..) => self.push(&[" (changed paths)"]),
            (Some(Condition::Title(_) | Condition::Message(_)), ..) => self.push(&[" (message)"]),
            (Some(Condition::RevertsReleased(_)), ..) => self.push(&[" (revert of a released change)"]),
            (None, Some(kind), _) => self.push(&[" (type `", kind, "`)"]),
            (None, None, _) => self.push(&[" (no type)"]),
            _ => {}
        }
    }

    fn push(&mut self, parts: &[&str]) {
        self.text.extend(parts.iter().copied());
    }
}
