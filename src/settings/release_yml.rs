//! Converts GitHub's `.github/release.yml` to rules and sections.
//!
//! They apply after the project's own rules and before the built-in ones. A category with a label of a built-in section
//! becomes that section with the category's title, so that it requires the same bump; any other category becomes a new
//! section.

use crate::{
    config::{Category, Config, Excluded, ReleaseYml},
    error::Error,
    files::ProjectFiles,
    rules::{NamedRule, Rule, RuleSet, SectionDefinition, section_of_label},
};

/// Reads the file, unless it is disabled. Invalid content is a warning.
///
/// # Errors
/// If it is not a regular file inside the work tree, or cannot be read.
pub(super) fn find(
    config: &Config,
    files: &ProjectFiles,
    warnings: &mut Vec<String>,
) -> Result<Option<ReleaseYml>, Error> {
    if config.forge.release_yml == Some(false) {
        return Ok(None);
    }
    for name in [".github/release.yml", ".github/release.yaml"] {
        if let Some(text) = files.find(name)? {
            let read = ReleaseYml::parse(&String::from_utf8_lossy(&text));
            let warn = |problem| warnings.push(format!("cannot read {name}: {problem}"));
            return Ok(read.map_err(warn).ok());
        }
    }
    Ok(None)
}

/// Adds the rules and sections of the file.
pub(super) fn add(file: &ReleaseYml, rule_set: &mut RuleSet) {
    let RuleSet { sections, rules, .. } = rule_set;
    let excluded = |about: &str, rule: Rule| NamedRule {
        name: format!("the exclusion by {about} of .github/release.yml"),
        rule: Rule { hide: true, ..rule },
    };
    let Excluded { labels, authors } = &file.exclude;
    if !labels.is_empty() {
        rules.push(excluded("label", Rule { labels: labels.clone(), ..Rule::default() }));
    }
    if !authors.is_empty() {
        rules.push(excluded("author", Rule { authors: authors.clone(), ..Rule::default() }));
    }
    for category in file.categories.iter().filter(|category| !category.labels.is_empty()) {
        let id = id(category, sections);
        if !sections.iter().any(|section| section.id == id) {
            let title = Some(category.title.clone()).filter(|title| !title.trim().is_empty());
            sections.push(SectionDefinition { id: id.clone(), title, bump: None });
        }
        let is_rest = category.labels.iter().any(|label| label == "*");
        let rule = Rule {
            labels: if is_rest { Vec::new() } else { category.labels.clone() },
            // `*` matches pull requests without a matching label, unless their title has a conventional type.
            pull_request: is_rest.then_some(true),
            conventional: is_rest.then_some(false),
            without_labels: category.exclude.labels.clone(),
            without_authors: category.exclude.authors.clone(),
            section: Some(id),
            ..Rule::default()
        };
        let name = format!("the category `{}` of .github/release.yml", category.title);
        rules.push(NamedRule { name, rule });
    }
}

fn id(category: &Category, sections: &[SectionDefinition]) -> String {
    if category.labels.iter().any(|label| label == "*") {
        return "other".to_owned();
    }
    let known = category.labels.iter().find_map(|label| section_of_label(label));
    if let Some(known) = known.filter(|known| !sections.iter().any(|section| section.id == **known)) {
        return known.to_owned();
    }
    let words: Vec<String> = category
        .title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() { "labelled".to_owned() } else { words.join("-") }
}
