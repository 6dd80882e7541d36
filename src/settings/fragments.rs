//! The sections of kinds of fragments that have no built-in one, with the headings of the tool's configuration.

use crate::{
    config::Config,
    error::Error,
    files::ProjectFiles,
    fragments::{self, FragmentMode, Source},
    rules::{RuleSet, SectionDefinition},
};

/// The sources that the project's files declare, unless fragments are not read.
///
/// # Errors
/// If a file is not a regular file inside the work tree, or cannot be read.
pub(super) fn find(config: &Config, files: &ProjectFiles) -> Result<Vec<Source>, Error> {
    if config.fragments == Some(FragmentMode::Never) {
        return Ok(Vec::new());
    }
    fragments::sources(&mut |path| {
        let text = files.find(path)?;
        Ok(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
    })
}

/// Adds their sections.
pub(super) fn add(sources: &[Source], rule_set: &mut RuleSet) {
    for (id, title) in sources.iter().flat_map(Source::own_sections) {
        if !rule_set.sections.iter().any(|section| section.id == id) {
            let title = title.map(str::to_owned);
            rule_set.sections.push(SectionDefinition { id: id.to_owned(), title, bump: None });
        }
    }
}
