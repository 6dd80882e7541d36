//! The sources of a project, by the configurations of the tools.

use super::{Source, Tool, knope, towncrier};

/// The files, from the root, that say which sources a project has.
pub const CONFIGURATIONS: [&str; 4] =
    ["knope.toml", ".changeset/config.json", "towncrier.toml", "pyproject.toml"];

/// The sources of a project; `read` returns the text of one of the [`CONFIGURATIONS`].
///
/// # Errors
/// Those of `read`.
pub fn sources<E>(read: &mut dyn FnMut(&str) -> Result<Option<String>, E>) -> Result<Vec<Source>, E> {
    let mut sources = Vec::new();
    let [knope, changesets, towncrier, pyproject] = CONFIGURATIONS;
    // Both tools have the same folder.
    match read(knope)?.and_then(|text| knope::source(&text)) {
        Some(source) => sources.push(source),
        None if read(changesets)?.is_some() => sources.push(Source::new(Tool::Changesets, ".changeset")),
        None => {}
    }
    for name in [towncrier, pyproject] {
        if let Some(source) = read(name)?.and_then(|text| towncrier::source(&text)) {
            sources.push(source);
            break;
        }
    }
    Ok(sources)
}

/// The usual folders, for a project that asks for fragments without the configuration of a tool.
#[must_use]
pub fn default_sources() -> Vec<Source> {
    let folders = ["newsfragments", "changes", "changelog.d"].map(towncrier::default);
    std::iter::once(Source::new(Tool::Changesets, ".changeset")).chain(folders).collect()
}
