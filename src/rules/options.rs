//! Compiles the sections and rules of a project.

use serde::{Deserialize, Serialize};

use crate::model::PathSets;

use super::{
    builtin,
    compiled_rule::{Action, CompiledRule},
    error::Error,
    plain_messages::ReadingThresholds,
    rule::NamedRule,
    section::{SectionDefinition, Sections},
};

/// The sections and rules of a project. The default has the built-in ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// The sections in the order they are shown. Built-in sections that are not in this list follow in their own order,
    /// except `breaking`, which comes first.
    pub sections: Vec<SectionDefinition>,
    /// Tried in this order, before the built-in ones.
    pub rules: Vec<NamedRule>,
    /// Whether the built-in rules follow the project's own.
    pub built_in_rules: bool,
    /// The order inside each section.
    pub sort: Sort,
    /// How sure the reading of a message must be.
    pub reading: ReadingThresholds,
}

/// The order of the changes inside a section. The sort is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// By scope, ignoring case; changes without a scope last.
    Scope,
    /// By title, ignoring case.
    Title,
}

/// Compiled sections and rules. The default has the built-in ones.
#[derive(Debug, Clone)]
pub struct Options {
    pub(super) sections: Sections,
    pub(super) rules: Vec<CompiledRule>,
    pub(super) sort: Sort,
    pub(super) reading: ReadingThresholds,
}

impl Default for RuleSet {
    fn default() -> Self {
        Self {
            sections: Vec::new(),
            rules: Vec::new(),
            built_in_rules: true,
            sort: Sort::default(),
            reading: ReadingThresholds::default(),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        match Self::compile(RuleSet::default(), &mut PathSets::default()) {
            Ok(options) => options,
            Err(error) => unreachable!("the built-in rules are fixed, and a test compiles them: {error}"),
        }
    }
}

impl Options {
    /// Compiles sections and rules. The path sets of the rules are added to `path_sets`.
    ///
    /// # Errors
    /// If a rule names an unknown section, has an empty pattern or an invalid regular expression, or has no effect; if
    /// a section has an empty ID or that of another one; if there are too many path sets.
    pub fn compile(rule_set: RuleSet, path_sets: &mut PathSets) -> Result<Self, Error> {
        let RuleSet { sections, rules: own, built_in_rules, sort, reading } = rule_set;
        let sections = Sections::merge(sections, builtin::sections())?;
        let built_in = if built_in_rules { builtin::rules() } else { Vec::new() };
        let mut rules = Vec::with_capacity(own.len() + built_in.len());
        for (index, rule) in own.into_iter().enumerate() {
            rules.push(CompiledRule::new(rule, Some(index), &sections, path_sets)?);
        }
        for rule in built_in {
            rules.push(CompiledRule::new(rule, None, &sections, path_sets)?);
        }
        Ok(Self { sections, rules, sort, reading })
    }

    /// The IDs of all sections, in the order they are shown.
    pub fn section_ids(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| &*section.id)
    }

    /// The labels by which the project's own rules choose a section, if a pull request with `labels` has none that a
    /// rule looks at; else empty. A pattern is returned as written.
    #[must_use]
    pub fn missing_labels(&self, labels: &[String]) -> Vec<&str> {
        let own = || self.rules.iter().filter(|rule| !rule.built_in);
        if own().any(|rule| labels.iter().any(|label| rule.names_label(label))) {
            return Vec::new();
        }
        let with_section = own().filter(|rule| matches!(rule.action, Some(Action::Section(_))));
        let all = with_section.flat_map(|rule| &rule.written.labels).map(String::as_str);
        let mut missing: Vec<&str> = Vec::new();
        for label in all.filter(|label| *label != "*") {
            if !missing.contains(&label) {
                missing.push(label);
            }
        }
        missing
    }
}

/// The IDs of a project's own sections and of the built-in ones, in the order they are shown.
///
/// # Errors
/// If an ID is empty or defined twice.
pub fn section_order(own: Vec<SectionDefinition>) -> Result<Vec<String>, Error> {
    let sections = Sections::merge(own, builtin::sections())?;
    Ok(sections.iter().map(|section| section.id.to_string()).collect())
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::rules::Rule;

    fn error_of(rule: Rule) -> Error {
        let rules = vec![NamedRule { name: "rule 1 of tidings.toml".into(), rule }];
        Options::compile(RuleSet { rules, ..RuleSet::default() }, &mut PathSets::default()).unwrap_err()
    }

    #[test]
    fn built_in_rules_compile() {
        assert_eq!(Options::default().section_ids().next(), Some("breaking"));
        assert_eq!(Options::default().section_ids().last(), Some("other"));
    }

    #[test]
    fn unknown_section_hints_at_the_nearest_one() {
        let error = error_of(Rule { section: Some("featurs".into()), ..Rule::default() });
        assert_eq!(
            error.to_string(),
            "rule 1 of tidings.toml names the section `featurs`, which is not defined"
        );
        assert_eq!(error.hint().unwrap(), "did you mean `features`?");
        let error = error_of(Rule { section: Some("zzzzzzzz".into()), ..Rule::default() });
        let hint = "define it in [[sections]], or use one of: breaking, features";
        assert!(error.hint().unwrap().starts_with(hint));
    }

    #[test]
    fn invalid_rules_are_rejected() {
        let hide = || Rule { hide: true, ..Rule::default() };
        let bad = error_of(Rule { message: Some("(".into()), ..hide() });
        let text = "`(` in `message` of rule 1 of tidings.toml is not a valid regular expression";
        assert_eq!(bad.to_string(), text);
        assert!(bad.source().unwrap().to_string().contains("unclosed group"));
        let empty = error_of(Rule { types: vec![" ".into()], ..hide() });
        assert_eq!(empty.to_string(), "empty pattern in `types` of rule 1 of tidings.toml");
        assert!(empty.source().is_none());
        assert_eq!(error_of(Rule::default()).to_string(), "rule 1 of tidings.toml has no effect");
    }

    #[test]
    fn problem_does_not_name_its_rule() {
        let problem = |rule: Rule| match error_of(rule) {
            Error::Rule { index, problem, .. } => (index, problem.key(), problem.to_string()),
            other => panic!("{other:?}"),
        };
        let unknown = Rule { section: Some("x".into()), ..Rule::default() };
        let text = "names the section `x`, which is not defined".to_owned();
        assert_eq!(problem(unknown), (Some(0), Some("section"), text));
        let pattern = Rule { trailers: vec!["Key:".into()], hide: true, ..Rule::default() };
        let text = "empty pattern in `trailers`".to_owned();
        assert_eq!(problem(pattern), (Some(0), Some("trailers"), text));
        assert_eq!(problem(Rule::default()), (Some(0), None, "has no effect".to_owned()));
    }

    #[test]
    fn labels_are_missing_if_no_rule_looks_at_one() {
        let with = |labels: &[&str], section: Option<&str>| NamedRule {
            rule: Rule {
                labels: labels.iter().map(|it| (*it).to_owned()).collect(),
                section: section.map(str::to_owned),
                hide: section.is_none(),
                ..Rule::default()
            },
            ..NamedRule::default()
        };
        let compiled = |rules: Vec<NamedRule>| {
            Options::compile(RuleSet { rules, ..RuleSet::default() }, &mut PathSets::default()).unwrap()
        };
        let some = compiled(vec![with(&["skip"], None), with(&["kind/*", "bug"], Some("fixes"))]);
        let missing = |options: &Options, labels: &[&str]| -> Vec<String> {
            let labels: Vec<String> = labels.iter().map(|it| (*it).to_owned()).collect();
            options.missing_labels(&labels).into_iter().map(str::to_owned).collect()
        };
        assert_eq!(missing(&some, &["other"]), ["kind/*", "bug"]);
        for label in ["Bug", "kind/api", "skip"] {
            assert_eq!(missing(&some, &["other", label]), [""; 0], "{label}");
        }
        // A label that only hides is none that a pull request should have.
        assert_eq!(missing(&compiled(vec![with(&["skip"], None)]), &[]), [""; 0]);
        assert_eq!(missing(&Options::default(), &[]), [""; 0]);
    }

    #[test]
    fn equal_path_sets_of_rules_are_added_once() {
        let on = |path: &str| NamedRule {
            rule: Rule { paths: vec![path.into()], hide: true, ..Rule::default() },
            ..NamedRule::default()
        };
        let mut path_sets = PathSets::default();
        let rule_set = RuleSet { rules: vec![on("a"), on("b"), on("a")], ..RuleSet::default() };
        Options::compile(rule_set, &mut path_sets).unwrap();
        let paths: Vec<_> = path_sets.iter().map(|(id, set)| (id.index(), &*set.include[0])).collect();
        assert_eq!(paths, [(0, "a"), (1, "b")]);
    }
}
