//! The sections and rules of a project, compiled once.

use serde::{Deserialize, Serialize};

use crate::model::PathSets;

use super::{
    builtin,
    compiled_rule::CompiledRule,
    error::Error,
    rule::NamedRule,
    section::{SectionDefinition, Sections},
};

/// What a project says about sections and rules. The default is what holds without any configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// The sections in the order they are shown. Built-in ones that are not named follow in their own order; `breaking`
    /// stands first where it is not named.
    pub sections: Vec<SectionDefinition>,
    /// Tried in this order, before the built-in ones.
    pub rules: Vec<NamedRule>,
    /// Whether the built-in rules stand after the project's own.
    pub built_in_rules: bool,
    /// The order inside each section.
    pub sort: Sort,
}

/// The order of the changes inside a section. Equal ones stay as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// As given: newest first.
    #[default]
    Newest,
    /// The other way round.
    Oldest,
    /// By scope, those without one last.
    Scope,
    /// By title, whatever its case.
    Title,
}

/// Compiled sections and rules. The default is what holds without any configuration.
#[derive(Debug, Clone)]
pub struct Options {
    pub(super) sections: Sections,
    pub(super) rules: Vec<CompiledRule>,
    pub(super) sort: Sort,
}

impl Default for RuleSet {
    fn default() -> Self {
        Self { sections: Vec::new(), rules: Vec::new(), built_in_rules: true, sort: Sort::default() }
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
    /// Compiles sections and rules. The paths that rules ask for are added to `path_sets`.
    ///
    /// # Errors
    /// When a rule names an unknown section, holds an empty pattern or a bad regular expression, or does nothing, when two
    /// sections have one id, and when there are too many path sets.
    pub fn compile(rule_set: RuleSet, path_sets: &mut PathSets) -> Result<Self, Error> {
        let RuleSet { sections, rules: own, built_in_rules, sort } = rule_set;
        let sections = Sections::merge(sections, builtin::sections())?;
        let built_in = if built_in_rules { builtin::rules() } else { Vec::new() };
        let mut rules = Vec::with_capacity(own.len() + built_in.len());
        for (index, rule) in own.into_iter().enumerate() {
            rules.push(CompiledRule::new(rule, Some(index), &sections, path_sets)?);
        }
        for rule in built_in {
            rules.push(CompiledRule::new(rule, None, &sections, path_sets)?);
        }
        Ok(Self { sections, rules, sort })
    }

    /// The ids of all sections, in the order they are shown.
    pub fn section_ids(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| &*section.id)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::rules::Rule;

    fn refused(rule: Rule) -> Error {
        let rules = vec![NamedRule { name: "rule 1 of tidings.toml".into(), rule }];
        Options::compile(RuleSet { rules, ..RuleSet::default() }, &mut PathSets::default()).unwrap_err()
    }

    #[test]
    fn the_built_in_rules_compile() {
        assert_eq!(Options::default().section_ids().next(), Some("breaking"));
        assert_eq!(Options::default().section_ids().last(), Some("other"));
    }

    #[test]
    fn an_unknown_section_is_named_with_the_nearest_one() {
        let error = refused(Rule { section: Some("featurs".into()), ..Rule::default() });
        assert_eq!(
            error.to_string(),
            "rule 1 of tidings.toml names the section `featurs`, which is not defined"
        );
        assert_eq!(error.hint().unwrap(), "did you mean `features`?");
        let error = refused(Rule { section: Some("zzzzzzzz".into()), ..Rule::default() });
        assert!(error.hint().unwrap().starts_with("define it, or use one of: breaking, features"));
    }

    #[test]
    fn faulty_rules_are_refused() {
        let hide = || Rule { hide: true, ..Rule::default() };
        let bad = refused(Rule { message: Some("(".into()), ..hide() });
        assert_eq!(bad.to_string(), "`(` in `message` of rule 1 of tidings.toml is no regular expression");
        assert!(bad.source().unwrap().to_string().contains("unclosed group"));
        let empty = refused(Rule { types: vec![" ".into()], ..hide() });
        assert_eq!(empty.to_string(), "an empty pattern in `types` of rule 1 of tidings.toml");
        assert!(empty.source().is_none());
        assert_eq!(refused(Rule::default()).to_string(), "rule 1 of tidings.toml does nothing");
    }

    #[test]
    fn problem_of_a_rule_is_told_without_its_name_too() {
        let told = |rule: Rule| match refused(rule) {
            Error::Rule { index, problem, .. } => (index, problem.key(), problem.to_string()),
            other => panic!("{other:?}"),
        };
        let unknown = Rule { section: Some("x".into()), ..Rule::default() };
        let text = "names the section `x`, which is not defined".to_owned();
        assert_eq!(told(unknown), (Some(0), Some("section"), text));
        let pattern = Rule { trailers: vec!["Key:".into()], hide: true, ..Rule::default() };
        assert_eq!(told(pattern), (Some(0), Some("trailers"), "an empty pattern in `trailers`".to_owned()));
        assert_eq!(told(Rule::default()), (Some(0), None, "does nothing".to_owned()));
    }

    #[test]
    fn paths_of_rules_are_numbered_together() {
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
