//! Tracks the origin of configuration keys: the repository, which may not be trusted, or the user.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::{
    config::{self, Config, LoadedConfig},
    files::ProjectFiles,
};

/// Who has set a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file of the repository, which may not be trusted.
    Repository,
    /// The user: by an environment variable, or by a file outside the repository named on the command line.
    User,
}

/// A configuration with environment variables applied, and the origin of each key.
pub(super) struct Configured {
    /// The merged configuration.
    pub(super) config: Config,
    /// The file, if there is one.
    pub(super) path: Option<PathBuf>,
    /// The content of the file.
    pub(super) text: String,
    /// Warnings about it, one sentence each.
    pub(super) warnings: Vec<String>,
    /// The origin of each key.
    pub(super) origins: Origins,
    /// The files of the project.
    pub(super) files: ProjectFiles,
}

/// The origin of each key of a configuration.
#[derive(Debug, Clone)]
pub(super) struct Origins {
    file: Origin,
    /// The keys and tables set by variables, such as `forge.api` and `notify`.
    variables: BTreeSet<String>,
}

impl Origins {
    /// The origins of the keys of `file` (`None`: no file) with these variables applied. `root` is the top folder of
    /// the repository: a file inside it comes with the clone, even if the command line names it.
    pub(super) fn new(file: Option<&Path>, root: &Path, variables: &[(String, String)]) -> Self {
        let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let is_outside = file.is_some_and(|file| !resolved(file).starts_with(resolved(root)));
        Self {
            file: if is_outside { Origin::User } else { Origin::Repository },
            variables: variables.iter().filter_map(|(name, _)| config::variable_key(name)).collect(),
        }
    }

    /// The origin of a key, such as `locale` or `forge.api`. An entry of a list has the origin of the list.
    pub(super) fn of(&self, key: &str) -> Origin {
        let sets = |set: &String| {
            key.strip_prefix(set.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if self.variables.iter().any(sets) { Origin::User } else { self.file }
    }

    /// Whether the user has set a key.
    pub(super) fn is_set_by_user(&self, key: &str) -> bool {
        self.of(key) == Origin::User
    }
}

impl Configured {
    /// Applies variables to a configuration file.
    ///
    /// # Errors
    /// If a variable names an unknown key, or its value is not valid.
    pub(super) fn new(
        found: Option<LoadedConfig>,
        root: &Path,
        variables: &[(String, String)],
        files: ProjectFiles,
    ) -> Result<Self, config::Error> {
        let (config, path, text, warnings) = match found {
            Some(LoadedConfig { path, text, config, warnings }) => (config, Some(path), text, warnings),
            None => (Config::default(), None, String::new(), Vec::new()),
        };
        // A file in a commit may not exist in the work tree, so the path is resolved, not the file.
        let resolved =
            path.as_ref().map(|path| files.resolve_user_path(path).unwrap_or_else(|_| root.join(path)));
        let origins = Origins::new(resolved.as_deref(), root, variables);
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
    fn key_set_by_a_variable_is_set_by_the_user() {
        let origins = origins(None, Path::new("/r"), &["TIDINGS_FORGE__API", "TIDINGS_Notify", "HOME"]);
        assert!(origins.is_set_by_user("forge.api"));
        assert!(origins.is_set_by_user("notify") && origins.is_set_by_user("notify.url_file"));
        assert!(!origins.is_set_by_user("forge.token_file") && !origins.is_set_by_user("forge"));
        assert!(!origins.is_set_by_user("notifyx"));
    }

    #[test]
    fn only_a_file_outside_the_repository_is_set_by_the_user() {
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
