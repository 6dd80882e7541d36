//! Why a change stands where it stands, in words.

use std::{collections::HashSet, sync::Arc};

use crate::model::Change;

use super::{
    compiled_rule::{Action, CompiledRule},
    condition::Condition,
    decision::{Decision, Placement},
    options::Options,
};

/// Writes reasons. A history has many changes and few reasons, so that equal ones are one text in memory.
pub(super) struct Reasons<'a> {
    options: &'a Options,
    known: HashSet<Arc<str>>,
    text: String,
}

impl<'a> Reasons<'a> {
    pub(super) fn new(options: &'a Options) -> Self {
        Self { options, known: HashSet::new(), text: String::new() }
    }

    pub(super) fn of(&mut self, decision: &Decision, change: &Change) -> Arc<str> {
        self.text.clear();
        self.write(decision, change);
        if let Some(known) = self.known.get(self.text.as_str()) {
            return Arc::clone(known);
        }
        let reason: Arc<str> = self.text.as_str().into();
        self.known.insert(Arc::clone(&reason));
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
                self.write_subject(rule, change);
                self.push(&[" goes to `", section, "` by ", &rule.name]);
            }
            (Placement::Hidden | Placement::Skipped, Some(rule)) => match &rule.written.reason {
                Some(reason) => self.push(&[reason, " (", &rule.name, ")"]),
                None => {
                    self.write_subject(rule, change);
                    let verb = if decision.placement == Placement::Skipped {
                        " is left out by "
                    } else {
                        " is hidden by "
                    };
                    self.push(&[verb, &rule.name]);
                }
            },
            (_, None) => self.push(&["no rule places it"]),
        }
    }

    fn write_breaking(
        &mut self,
        change: &Change,
        rule: Option<&CompiledRule>,
        marked: Option<&CompiledRule>,
    ) {
        match marked {
            Some(marked) => self.push(&["breaking by ", &marked.name]),
            None => self.push(&["breaking"]),
        }
        if let Some(rule) = rule
            && rule.action == Some(Action::Hide)
        {
            self.push(&[", although "]);
            self.write_subject(rule, change);
            self.push(&[" is hidden by ", &rule.name]);
        }
    }

    /// What of the change the rule is about: the first condition that names something.
    fn write_subject(&mut self, rule: &CompiledRule, change: &Change) {
        let about = rule.conditions.iter().find(|it| !matches!(it, Condition::Breaking(_)));
        match (about, &change.kind, &change.scope) {
            (Some(Condition::Types(_)), Some(kind), Some(scope))
                if rule.conditions.iter().any(|it| matches!(it, Condition::Scopes(_))) =>
            {
                self.push(&["type `", kind, "` with scope `", scope, "`"]);
            }
            (Some(Condition::Types(_)), Some(kind), _) => self.push(&["type `", kind, "`"]),
            (Some(Condition::Scopes(_)), _, Some(scope)) => self.push(&["scope `", scope, "`"]),
            (Some(Condition::Labels(_)), ..) => self.push(&["its label"]),
            (Some(Condition::Authors(_) | Condition::Bots(_)), ..) => self.push(&["its author"]),
            (Some(Condition::Trailers(_)), ..) => self.push(&["its trailer"]),
            (Some(Condition::Touches(_)), ..) => self.push(&["what it touches"]),
            (Some(Condition::Title(_) | Condition::Message(_)), ..) => self.push(&["its message"]),
            (Some(Condition::RevertsReleased(_)), ..) => self.push(&["a revert of something released"]),
            (None, Some(kind), _) => self.push(&["type `", kind, "`"]),
            (None, None, _) => self.push(&["a message without a type"]),
            _ => self.push(&["it"]),
        }
    }

    fn push(&mut self, parts: &[&str]) {
        self.text.extend(parts.iter().copied());
    }
}
