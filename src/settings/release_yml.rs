//! GitHub's own `.github/release.yml` to rules and sections.
//!
//! They stand behind the project's own rules and before the built-in ones. A category whose labels a built-in section knows is that section
//! under its own title, so that it asks for the same version; the others are sections of their own.

use crate::{
    config::{Category, Config, Excluded, ReleaseYml},
    error::Error,
    files::ProjectFiles,
    rules::{NamedRule, Rule, RuleSet, SectionDefinition, section_of_label},
};

/// The file, unless it is not wanted; what is wrong with what it says is a warning.
///
/// # Errors
/// When it is no regular file inside the project.
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
            let warn = |problem| warnings.push(format!("{name} cannot be read: {problem}"));
            return Ok(read.map_err(warn).ok());
        }
    }
    Ok(None)
}

/// Adds what the file says.
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
            // The rest is what no label places; the type of a conventional title still may.
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
