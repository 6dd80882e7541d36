//! Converts the sections, rules and message rules of a configuration to stage options.

use std::path::Path;

use crate::{
    config::{self, Config, ReleaseYml},
    error::Error,
    fragments::Source,
    lint,
    model::{Confidence, PathSets},
    rules::{self, NamedRule, Options, ReadingThresholds, Rule, RuleSet},
};

/// The options of sections and rules.
///
/// # Errors
/// If a rule is not valid, or there are too many path sets.
pub(super) fn options(
    config: &Config,
    (path, root, text): (Option<&Path>, &Path, &str),
    (github, sources): (Option<&ReleaseYml>, &[Source]),
    path_sets: &mut PathSets,
) -> Result<Options, Error> {
    let file = path
        .and_then(Path::file_name)
        .map_or_else(|| "the configuration".into(), |name| name.to_string_lossy());
    let named = |(number, rule): (usize, &Rule)| NamedRule {
        name: match &rule.name {
            Some(name) => format!("rule {number} ({name}) of {file}"),
            None => format!("rule {number} of {file}"),
        },
        rule: rule.clone(),
    };
    let mut rule_set = RuleSet {
        sections: config.sections.clone(),
        rules: (1..).zip(&config.rules).map(named).collect(),
        built_in_rules: config.extend_rules.unwrap_or(true),
        sort: config.sort.unwrap_or_default(),
        reading: reading(config),
    };
    if let Some(github) = github {
        super::release_yml::add(github, &mut rule_set);
    }
    super::fragments::add(sources, &mut rule_set);
    Options::compile(rule_set, path_sets).map_err(|error| match (error, path) {
        (rules::Error::Rule { index: Some(index), problem, source, .. }, Some(path))
            if index < config.rules.len() =>
        {
            let text_of_problem = match source {
                Some(source) => format!("{problem}: {source}"),
                None => problem.to_string(),
            };
            let (key, hint) = (problem.key(), problem.hint());
            config::invalid_entry((path, root, text), ("rules", index), key, text_of_problem, hint).into()
        }
        (error, _) => error.into(),
    })
}

/// How sure the reading of a message must be. The stricter threshold is at least the other one.
fn reading(config: &Config) -> ReadingThresholds {
    let defaults = ReadingThresholds::default();
    let place = config.plain_confidence.map_or(defaults.place, Confidence::permille);
    let strict = config.plain_strict_confidence.map_or(defaults.strict, Confidence::permille);
    ReadingThresholds { place, strict: strict.max(place) }
}

/// The message rules.
///
/// # Errors
/// If a regular expression is not valid.
pub(super) fn lint(config: &Config) -> Result<lint::Options, Error> {
    let (written, defaults) = (&config.lint, lint::Options::default());
    let limit = |written: Option<u32>, default: Option<usize>| match written {
        Some(0) => None,
        Some(limit) => usize::try_from(limit).ok(),
        None => default,
    };
    let mut options = defaults;
    options.conventional = written.conventional.unwrap_or(options.conventional);
    options.types.clone_from(&written.types);
    options.scopes.clone_from(&written.scopes);
    options.require_scope = written.require_scope.unwrap_or(options.require_scope);
    options.subject_max = limit(written.subject_max, options.subject_max);
    options.body_line_max = limit(written.body_line_max, options.body_line_max);
    options.subject_case = written.subject_case;
    options.no_trailing_period = written.no_trailing_period.unwrap_or(options.no_trailing_period);
    options.require_trailers.clone_from(&written.require_trailers);
    options.allow_fixup = written.fixups.unwrap_or(options.allow_fixup);
    options.allow_merge = written.merges.unwrap_or(options.allow_merge);
    options.allow_revert = written.reverts.unwrap_or(options.allow_revert);
    if let Some(ticket) = &written.ticket {
        options = options.with_ticket(ticket)?;
    }
    for forbidden in &written.forbid {
        options = options.with_forbidden(&forbidden.pattern, forbidden.message.clone())?;
    }
    Ok(options)
}
