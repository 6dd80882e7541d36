//! The files of a project that decide what its notes say.

use std::path::Path;

use crate::{
    config::{self, Config},
    fragments,
    model::NotesFile,
};

/// The files that a configuration names, and those that are read without being named. Relative to the root; a folder
/// stands for all files in it.
pub(super) fn notes_files(config: &Config, path: Option<&Path>, root: &Path) -> Vec<(String, NotesFile)> {
    let own = path.and_then(|path| Some(path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/")));
    // Manifests contain more than the configuration, so they count only where they contain one.
    let manifests = ["Cargo.toml", "pyproject.toml", "package.json"];
    let configurations = config::CANDIDATES.into_iter().filter(|name| !manifests.contains(name));
    let mut all: Vec<(String, NotesFile)> =
        configurations.map(str::to_owned).chain(own).map(|it| (it, NotesFile::Configuration)).collect();
    let release_yml = [".github/release.yml", ".github/release.yaml", ".mailmap"];
    let tools = fragments::CONFIGURATIONS.into_iter().filter(|name| !manifests.contains(name));
    let read = release_yml.into_iter().chain(tools);
    all.extend(read.map(|name| (name.to_owned(), NotesFile::Configuration)));
    let is_file = |name: &&String| name.ends_with(".toml");
    let templates = [
        config.notes.template.as_ref(),
        config.notes.include.as_ref(),
        config.changelog.template.as_ref(),
        config.publish.template.as_ref(),
        config.locale.as_ref().filter(is_file),
    ];
    all.extend(templates.into_iter().flatten().map(|name| (name.clone(), NotesFile::Template)));
    for (name, _) in &mut all {
        *name = name.trim_start_matches("./").trim_end_matches('/').to_owned();
    }
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_templates_and_the_own_file_count() {
        let config = Config { locale: Some("de".to_owned()), ..Config::default() };
        let config = Config {
            notes: config::NotesConfig {
                template: Some("./t/notes.tera".to_owned()),
                ..config.notes.clone()
            },
            ..config
        };
        let files = notes_files(&config, Some(Path::new("/r/Cargo.toml")), Path::new("/r"));
        let has = |name: &str, kind| files.contains(&(name.to_owned(), kind));
        assert!(has("t/notes.tera", NotesFile::Template) && has("Cargo.toml", NotesFile::Configuration));
        assert!(has("tidings.toml", NotesFile::Configuration) && !has("de", NotesFile::Template));
        assert!(!has("package.json", NotesFile::Configuration));
    }
}
