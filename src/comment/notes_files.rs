//! Which of the changed files decide what the notes say.

use std::collections::BTreeSet;

use crate::{fragments, model::NotesFile};

/// The changed files that decide what the notes say, sorted by role and path. `named` are files and folders with their
/// roles, `sources` the folders of fragments.
#[must_use]
pub fn changed_notes_files(
    changed: &BTreeSet<&str>,
    named: &[(String, NotesFile)],
    sources: &[fragments::Source],
) -> Vec<(NotesFile, String)> {
    let below = |path: &'_ str, folder: &str| -> Option<String> {
        path.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned)
    };
    let role = |path: &str| {
        let is_it = |(name, _): &&(String, NotesFile)| path == name || below(path, name).is_some();
        let named = named.iter().find(is_it).map(|(_, role)| *role);
        let is_fragment = |source: &fragments::Source| {
            below(path, &source.folder).is_some_and(|path| source.is_fragment(&path))
        };
        named.or_else(|| sources.iter().any(is_fragment).then_some(NotesFile::Fragment))
    };
    let found: BTreeSet<(NotesFile, String)> =
        changed.iter().filter_map(|path| Some((role(path)?, (*path).to_owned()))).collect();
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_name_folder_and_kind() {
        let changed = BTreeSet::from([
            "tidings.toml",
            "t/parts/a.tera",
            "t/partsx",
            "src/tidings.toml",
            ".changeset/quick-fox.md",
            ".changeset/README.md",
            "src/lib.rs",
        ]);
        let named = [
            ("tidings.toml".to_owned(), NotesFile::Configuration),
            ("t/parts".to_owned(), NotesFile::Template),
        ];
        let sources = fragments::default_sources();
        let found = changed_notes_files(&changed, &named, &sources);
        assert_eq!(
            found,
            [
                (NotesFile::Configuration, "tidings.toml".to_owned()),
                (NotesFile::Template, "t/parts/a.tera".to_owned()),
                (NotesFile::Fragment, ".changeset/quick-fox.md".to_owned()),
            ]
        );
    }
}
