//! Whose word a key of the configuration is: a clone may come from anybody, the environment and the command line are the
//! user's.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::{
    config::{self, Config, Found},
    files::ProjectFiles,
};

/// Who says what a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file of the repository, which may be a stranger's.
    Repository,
    /// The user: a variable of the environment, or a file outside the repository that the command line names.
    User,
}

/// A configuration with the variables over it, and whose word each key is.
pub(super) struct Configured {
    /// The merged configuration.
    pub(super) config: Config,
    /// The file, where there is one.
    pub(super) path: Option<PathBuf>,
    /// What the file says.
    pub(super) text: String,
    /// What is odd about it, one sentence each.
    pub(super) warnings: Vec<String>,
    /// Whose word each key is.
    pub(super) origins: Origins,
    /// The files of the project.
    pub(super) files: ProjectFiles,
}

/// Whose word each key of a configuration is.
#[derive(Debug, Clone)]
pub(super) struct Origins {
    file: Origin,
    /// The keys and tables that variables set, as in `forge.api` and `notify`.
    variables: BTreeSet<String>,
}

impl Origins {
    /// The origins where the file is `file` (`None`: there is none) and these variables are put over it. `root` is the top
    /// directory of the repository: what lies in it comes with the clone, whoever names it.
    pub(super) fn new(file: Option<&Path>, root: &Path, variables: &[(String, String)]) -> Self {
        let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let is_outside = file.is_some_and(|file| !resolved(file).starts_with(resolved(root)));
        Self {
            file: if is_outside { Origin::User } else { Origin::Repository },
            variables: variables.iter().filter_map(|(name, _)| config::variable_key(name)).collect(),
        }
    }

    /// Whose word a key is: `locale`, `forge.api`. An entry of a list has the origin of the list.
    pub(super) fn of(&self, key: &str) -> Origin {
        let sets = |set: &String| {
            key.strip_prefix(set.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if self.variables.iter().any(sets) { Origin::User } else { self.file }
    }

    /// Whether a key is the user's own word.
    pub(super) fn is_users(&self, key: &str) -> bool {
        self.of(key) == Origin::User
    }
}

impl Configured {
    /// Puts variables over what was found.
    ///
    /// # Errors
    /// When a variable names an unknown key, or its value makes no sense.
    pub(super) fn new(
        found: Option<Found>,
        root: &Path,
        variables: &[(String, String)],
        files: ProjectFiles,
    ) -> Result<Self, config::Error> {
        let (config, path, text, warnings) = match found {
            Some(Found { path, text, config, warnings }) => (config, Some(path), text, warnings),
            None => (Config::default(), None, String::new(), Vec::new()),
        };
        // A file of a commit need not lie in the work tree any more, so the path is followed and not the file.
        let place = path.as_ref().map(|path| files.named(path).unwrap_or_else(|_| root.join(path)));
        let origins = Origins::new(place.as_deref(), root, variables);
        Ok(Self { config: config::apply_variables(config, variables)?, path, text, warnings, origins, files })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(file: Option<&Path>, root: &Path, names: &[&str]) -> Origins {
        let variables: Vec<_> = names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        Origins::new(file, root, &variables)
    }

    #[test]
    fn variable_makes_its_key_the_users_word() {
        let origins = origins(None, Path::new("/r"), &["TIDINGS_FORGE__API", "TIDINGS_Notify", "HOME"]);
        assert!(origins.is_users("forge.api"));
        assert!(origins.is_users("notify") && origins.is_users("notify.url_file"));
        assert!(!origins.is_users("forge.token_file") && !origins.is_users("forge"));
        assert!(!origins.is_users("notifyx"));
    }

    #[test]
    fn file_is_the_users_word_only_outside_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repository");
        std::fs::create_dir(&root).unwrap();
        let at = |path: PathBuf| {
            std::fs::write(&path, "").unwrap();
            origins(Some(&path), &root, &[]).of("locale")
        };
        assert_eq!(at(root.join("tidings.toml")), Origin::Repository);
        assert_eq!(at(root.join("../repository/ci.toml")), Origin::Repository);
        assert_eq!(at(folder.path().join("own.toml")), Origin::User);
        assert_eq!(origins(None, &root, &[]).of("locale"), Origin::Repository);
    }
}
