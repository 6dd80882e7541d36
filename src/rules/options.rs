//! The sections and rules of a project, compiled once.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    BREAKING, builtin,
    bump_level::BumpLevel,
    rule::{Rule, RuleSpec},
};

/// What a project says about sections and rules, as plain values. The default is what holds without any configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsSpec {
    /// The sections in the order they are shown. Built-in ones that are not named follow in their own order; `breaking`
    /// stands first where it is not named.
    pub sections: Vec<SectionDef>,
    /// Tried in this order, before the built-in ones.
    pub rules: Vec<RuleSpec>,
    /// Whether the built-in rules stand after the project's own.
    pub built_in_rules: bool,
    /// The order inside each section.
    pub sort: Sort,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SectionDef {
    /// Its name in the configuration and in the JSON form.
    pub id: String,
    /// Its heading; the locale's word for the id where it is `None`.
    pub title: Option<String>,
    /// What its changes ask of the version. Where it is `None`: what a later rule that names their type asks, else a patch
    /// (for a built-in section that is only given a title: what it asks by itself).
    pub bump: Option<BumpLevel>,
}

/// The order of the changes inside a section. Equal ones stay as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// As given.
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
    pub(super) sections: Vec<CompiledSection>,
    pub(super) breaking: usize,
    pub(super) rules: Vec<Rule>,
    pub(super) sort: Sort,
}

#[derive(Debug, Clone)]
pub(super) struct CompiledSection {
    pub(super) id: Arc<str>,
    pub(super) title: Option<String>,
    pub(super) bump: Option<BumpLevel>,
}

/// The sections or rules make no sense.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// A rule names a section that there is not.
    #[error("{rule} names the section `{section}`, which is not defined")]
    UnknownSection {
        /// The rule's name.
        rule: String,
        /// What it says.
        section: String,
        /// The ids that there are, in their order.
        known: Vec<String>,
    },
    /// Two sections have one id.
    #[error("the section `{id}` is defined twice")]
    DuplicateSection {
        /// The id.
        id: String,
    },
    /// A section has no id.
    #[error("a section has an empty id")]
    EmptyId,
    /// A pattern is empty.
    #[error("an empty pattern in `{key}` of {rule}")]
    EmptyPattern {
        /// The rule's name.
        rule: String,
        /// The condition.
        key: &'static str,
    },
    /// A regular expression cannot be read.
    #[error("`{pattern}` in `{key}` of {rule} is no regular expression")]
    Regex {
        /// The rule's name.
        rule: String,
        /// The condition.
        key: &'static str,
        /// The expression.
        pattern: String,
        /// What is wrong with it.
        source: Box<regex::Error>,
    },
    /// A rule neither places nor marks a change.
    #[error("{rule} does nothing")]
    NoEffect {
        /// The rule's name.
        rule: String,
    },
}

impl OptionsError {
    /// The name of the rule that it is about, and the key of it.
    #[must_use]
    pub fn rule(&self) -> Option<(&str, Option<&'static str>)> {
        match self {
            Self::UnknownSection { rule, .. } => Some((rule, Some("section"))),
            Self::EmptyPattern { rule, key } | Self::Regex { rule, key, .. } => Some((rule, Some(key))),
            Self::NoEffect { rule } => Some((rule, None)),
            Self::DuplicateSection { .. } | Self::EmptyId => None,
        }
    }

    /// The way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownSection { section, known, .. } => {
                let near = known.iter().map(|id| (strsim::damerau_levenshtein(id, section), id)).min();
                Some(match near {
                    Some((distance, id)) if distance <= 2 => format!("did you mean `{id}`?"),
                    _ => format!("define it, or use one of: {}", known.join(", ")),
                })
            }
            Self::NoEffect { .. } => {
                Some("say what becomes of its changes: a section, hide, skip, a bump or breaking".to_owned())
            }
            Self::EmptyPattern { .. } => Some("`*` stands for any text".to_owned()),
            Self::DuplicateSection { .. } | Self::EmptyId | Self::Regex { .. } => None,
        }
    }
}

impl Default for OptionsSpec {
    fn default() -> Self {
        Self { sections: Vec::new(), rules: Vec::new(), built_in_rules: true, sort: Sort::default() }
    }
}

impl Default for Options {
    fn default() -> Self {
        match Self::compile(OptionsSpec::default()) {
            Ok(options) => options,
            Err(error) => unreachable!("the built-in rules are fixed, and a test compiles them: {error}"),
        }
    }
}

impl Options {
    /// Compiles sections and rules.
    ///
    /// # Errors
    /// When a rule names an unknown section, holds an empty pattern or a bad regular expression, or does nothing, and
    /// when two sections have one id.
    pub fn compile(spec: OptionsSpec) -> Result<Self, OptionsError> {
        let OptionsSpec { sections, rules, built_in_rules, sort } = spec;
        let sections = merge_sections(sections)?;
        let own = rules.into_iter().map(|rule| (rule, false));
        let built_in = if built_in_rules { builtin::rules() } else { Vec::new() };
        let all = own.chain(built_in.into_iter().map(|rule| (rule, true)));
        let rules = all.map(|(rule, built_in)| compile_rule(rule, built_in, &sections));
        let rules = rules.collect::<Result<_, _>>()?;
        let breaking = sections.iter().position(|section| &*section.id == BREAKING).unwrap_or(0);
        Ok(Self { sections, breaking, rules, sort })
    }

    /// The ids of all sections, in the order they are shown.
    pub fn section_ids(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| &*section.id)
    }
}

fn compile_rule(spec: RuleSpec, built_in: bool, sections: &[CompiledSection]) -> Result<Rule, OptionsError> {
    let name = spec.name.clone();
    Rule::compile(spec, built_in, |id| {
        sections.iter().position(|section| &*section.id == id).ok_or_else(|| OptionsError::UnknownSection {
            rule: name,
            section: id.to_owned(),
            known: sections.iter().map(|section| section.id.to_string()).collect(),
        })
    })
}

/// The project's sections in their order, then the built-in ones that it does not name.
fn merge_sections(own: Vec<SectionDef>) -> Result<Vec<CompiledSection>, OptionsError> {
    let mut built_in = builtin::sections();
    let mut merged: Vec<CompiledSection> = Vec::with_capacity(own.len() + built_in.len());
    for SectionDef { id, title, bump } in own {
        if id.trim().is_empty() {
            return Err(OptionsError::EmptyId);
        }
        if merged.iter().any(|section| *section.id == *id) {
            return Err(OptionsError::DuplicateSection { id });
        }
        let known = built_in.iter().position(|section| section.id == id).map(|at| built_in.remove(at));
        let bump = bump.or_else(|| known.and_then(|section| section.bump));
        merged.push(CompiledSection { id: id.into(), title, bump });
    }
    for SectionDef { id, title, bump } in built_in {
        let at = if id == BREAKING { 0 } else { merged.len() };
        merged.insert(at, CompiledSection { id: id.into(), title, bump });
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::{super::Action, *};

    fn rule(action: Option<Action>) -> RuleSpec {
        RuleSpec { name: "rule 1 of tidings.toml".into(), action, ..RuleSpec::default() }
    }

    fn compile(rule: RuleSpec) -> Result<Options, OptionsError> {
        Options::compile(OptionsSpec { rules: vec![rule], ..OptionsSpec::default() })
    }

    #[test]
    fn the_built_in_rules_compile() {
        assert_eq!(Options::default().section_ids().next(), Some("breaking"));
        assert_eq!(Options::default().section_ids().last(), Some("other"));
    }

    #[test]
    fn an_unknown_section_is_named_with_the_nearest_one() {
        let error = compile(rule(Some(Action::Section("featurs".into())))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "rule 1 of tidings.toml names the section `featurs`, which is not defined"
        );
        assert_eq!(error.hint().unwrap(), "did you mean `features`?");
        let error = compile(rule(Some(Action::Section("zzzzzzzz".into())))).unwrap_err();
        assert!(error.hint().unwrap().starts_with("define it, or use one of: breaking, features"));
    }

    #[test]
    fn faulty_rules_are_refused() {
        let hide = || rule(Some(Action::Hide { reason: None }));
        let bad = compile(RuleSpec { message: Some("(".into()), ..hide() }).unwrap_err();
        assert_eq!(bad.to_string(), "`(` in `message` of rule 1 of tidings.toml is no regular expression");
        let empty = compile(RuleSpec { types: vec![" ".into()], ..hide() }).unwrap_err();
        assert_eq!(empty.to_string(), "an empty pattern in `types` of rule 1 of tidings.toml");
        assert!(matches!(compile(rule(None)), Err(OptionsError::NoEffect { .. })));
    }

    #[test]
    fn own_sections_come_first_and_breaking_before_them_unless_it_is_placed() {
        let ids = |ids: &[&str]| {
            let sections = ids.iter().map(|id| SectionDef { id: (*id).to_owned(), ..SectionDef::default() });
            let spec = OptionsSpec { sections: sections.collect(), ..OptionsSpec::default() };
            Options::compile(spec).map(|options| options.section_ids().map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(ids(&["api", "fixes"]).unwrap()[..4], ["breaking", "api", "fixes", "features"]);
        assert_eq!(ids(&["fixes", "breaking"]).unwrap()[..3], ["fixes", "breaking", "features"]);
        assert!(matches!(ids(&["a", "a"]), Err(OptionsError::DuplicateSection { .. })));
        assert!(matches!(ids(&[""]), Err(OptionsError::EmptyId)));
    }
}
