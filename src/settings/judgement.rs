//! The sections, rules and message rules of a configuration to the options of the stage that judges.

use std::path::Path;

use crate::{
    config::{self, Config, ReleaseYml, RuleConfig},
    error::Error,
    lint::LintOptions,
    model::PathSets,
    rules::{Action, Options, OptionsError, OptionsSpec, RuleSpec, SectionDef, TrailerSpec},
};

use super::path_set;

/// The sections and rules.
pub(super) fn options(
    config: &Config,
    (path, root, text): (Option<&Path>, &Path, &str),
    github: Option<&ReleaseYml>,
    sets: &mut PathSets,
) -> Result<Options, Error> {
    let file = path
        .and_then(Path::file_name)
        .map_or_else(|| "the configuration".into(), |name| name.to_string_lossy());
    let sections = config.sections.iter().map(|section| SectionDef {
        id: section.id.clone(),
        title: section.title.clone(),
        bump: section.bump,
    });
    let mut sections = sections.collect();
    let rules = config.rules.iter().enumerate().map(|(at, written)| rule(written, at + 1, &file, sets));
    let mut rules = rules.collect::<Result<Vec<RuleSpec>, Error>>()?;
    let names: Vec<String> = rules.iter().map(|rule| rule.name.clone()).collect();
    if let Some(github) = github {
        super::release_yml::add(github, &mut sections, &mut rules);
    }
    let spec = OptionsSpec {
        sections,
        rules,
        built_in_rules: config.extend_rules.unwrap_or(true),
        sort: config.sort.unwrap_or_default(),
    };
    Options::compile(spec).map_err(|error| located(error, &names, path.map(|path| (path, root, text))))
}

/// What is wrong with a rule, with its place in the file.
fn located(error: OptionsError, names: &[String], place: Option<(&Path, &Path, &str)>) -> Error {
    let found = error.rule().and_then(|(rule, key)| {
        let index = names.iter().position(|name| name == rule)?;
        // The place names the rule already.
        let text = error.to_string();
        let text = text.replace(&format!(" of {rule}"), "");
        let text = text.strip_prefix(rule).unwrap_or(&text).trim();
        let problem = match std::error::Error::source(&error) {
            Some(source) => format!("{text}: {source}"),
            None => text.to_owned(),
        };
        Some(config::senseless(place?, ("rules", index), key, problem, error.hint()))
    });
    found.map_or_else(|| error.into(), Error::from)
}

fn rule(written: &RuleConfig, number: usize, file: &str, sets: &mut PathSets) -> Result<RuleSpec, Error> {
    let by_path = !written.paths.is_empty() || !written.exclude_paths.is_empty();
    let action = match &written.section {
        Some(section) => Some(Action::Section(section.clone())),
        None if written.skip => Some(Action::Skip { reason: written.reason.clone() }),
        None if written.hide => Some(Action::Hide { reason: written.reason.clone() }),
        None => None,
    };
    let trailers = written.trailers.iter().map(|trailer| match trailer.split_once(':') {
        Some((key, value)) => {
            TrailerSpec { key: key.trim().to_owned(), value: Some(value.trim().to_owned()) }
        }
        None => TrailerSpec { key: trailer.trim().to_owned(), value: None },
    });
    Ok(RuleSpec {
        name: match &written.name {
            Some(name) => format!("rule {number} ({name}) of {file}"),
            None => format!("rule {number} of {file}"),
        },
        types: written.types.clone(),
        scopes: written.scopes.clone(),
        trailers: trailers.collect(),
        labels: written.labels.clone(),
        touches: if by_path {
            vec![sets.add(path_set(&written.paths, &written.exclude_paths))?]
        } else {
            Vec::new()
        },
        authors: written.authors.clone(),
        without_labels: Vec::new(),
        without_authors: Vec::new(),
        bots: written.bots,
        title: written.title.clone(),
        message: written.message.clone(),
        breaking: written.breaking,
        pull_request: written.pull_request,
        conventional: written.conventional,
        reverts_released: None,
        names_version: None,
        action,
        bump: written.bump,
        set_breaking: written.set_breaking,
    })
}

/// The message rules.
pub(super) fn lint(config: &Config) -> Result<LintOptions, Error> {
    let (written, usual) = (&config.lint, LintOptions::default());
    let most = |written: Option<u32>, usual: Option<usize>| match written {
        Some(0) => None,
        Some(most) => usize::try_from(most).ok(),
        None => usual,
    };
    let mut options = usual;
    options.conventional = written.conventional.unwrap_or(options.conventional);
    options.types.clone_from(&written.types);
    options.scopes.clone_from(&written.scopes);
    options.require_scope = written.require_scope.unwrap_or(options.require_scope);
    options.subject_max = most(written.subject_max, options.subject_max);
    options.body_line_max = most(written.body_line_max, options.body_line_max);
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
