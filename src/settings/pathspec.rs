//! Resolves the paths of the command line, which are relative to the current directory as in git.
//!
//! In: a path or glob as typed. Out: a path pattern relative to the root of the repository.

use std::path::Path;

use crate::{config, error::Error, model::path_pattern::escape_path};

/// A path from the command line.
pub struct UserPath {
    /// As typed.
    pub spec: String,
    /// The pattern relative to the root of the repository.
    pub pattern: String,
}

/// Where the command runs: the root of the repository, and the folder in it.
pub(super) struct WorkingFolder<'r> {
    root: &'r Path,
    /// The current directory relative to the root, with `/` as separator; empty outside the repository and with
    /// `--repo`.
    pub(super) folder: String,
}

impl<'r> WorkingFolder<'r> {
    /// The current directory `cwd` in the work tree `root`; with `--repo`, the root.
    pub(super) fn new(root: &'r Path, cwd: &Path, has_repo_option: bool) -> Self {
        let folder = if has_repo_option { None } else { below(root, cwd) };
        Self { root, folder: folder.unwrap_or_default() }
    }

    /// The pattern of a path or glob: relative to the current directory, to the root (`:/x`, `:(top)x`), or absolute.
    /// `exists` returns whether a path exists in the last commit.
    ///
    /// # Errors
    /// If it leads outside the repository, is not a valid glob, or has magic that is not supported.
    pub(super) fn pattern(&self, spec: &str, exists: &dyn Fn(&str) -> bool) -> Result<String, Error> {
        let outside =
            || Error::usage(format!("`{spec}` is outside the repository {}", self.root.display()), None);
        let (from_top, path) = match spec.strip_prefix(":/").or_else(|| spec.strip_prefix(":(top)")) {
            Some(path) => (true, path.to_owned()),
            None if spec.starts_with(":!") || spec.starts_with(":^") || spec.starts_with(":(") => {
                let hint = "use --exclude-path to exclude paths, and :/PATH for paths from the root of the repository";
                return Err(Error::usage(
                    format!("`{spec}`: this form of pathspec is not supported"),
                    Some(hint),
                ));
            }
            None if Path::new(spec).is_absolute() => {
                (true, below(self.root, Path::new(spec)).ok_or_else(outside)?)
            }
            None => (false, slashes(spec)),
        };
        let mut names: Vec<String> = Vec::new();
        if !from_top {
            names.extend(self.folder.split('/').filter(|name| !name.is_empty()).map(escape_path));
        }
        for name in path.split('/') {
            match name {
                "" | "." => {}
                ".." => drop(names.pop().ok_or_else(outside)?),
                name => names.push(name.to_owned()),
            }
        }
        let pattern = if names.is_empty() { ".".to_owned() } else { names.join("/") };
        match config::glob_problem(&path, false) {
            Some(problem) if config::glob_problem(&path, true).is_some() || !exists(&pattern) => {
                Err(Error::usage(problem, None))
            }
            _ => Ok(pattern),
        }
    }
}

/// A path relative to `root`, with `/` as separator; empty for the root itself, `None` if it is outside. Only the root
/// is compared without symbolic links: those inside the repository are part of its paths.
fn below(root: &Path, path: &Path) -> Option<String> {
    let relative = |path: &Path| slashes(&path.to_string_lossy());
    if let Ok(rest) = path.strip_prefix(root) {
        return Some(relative(rest));
    }
    let canonical = root.canonicalize().ok()?;
    let same = path.ancestors().find(|outer| outer.canonicalize().is_ok_and(|outer| outer == canonical))?;
    path.strip_prefix(same).ok().map(relative)
}

fn slashes(path: &str) -> String {
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(folder: &str, spec: &str) -> Result<String, String> {
        let root = Path::new("/srv/shop");
        let here = WorkingFolder::new(root, &root.join(folder), false);
        here.pattern(spec, &|_| false).map_err(|error| error.to_string())
    }

    #[test]
    fn paths_are_relative_to_the_current_directory() {
        for (folder, spec, expected) in [
            ("", ".", "."),
            ("", "./", "."),
            ("", "src/./x//y/", "src/x/y"),
            ("a/b", ".", "a/b"),
            ("a/b", "../x", "a/x"),
            ("a/b", "../..", "."),
            ("a/b", ":/x", "x"),
            ("a/b", ":(top)x/*.rs", "x/*.rs"),
            ("a/b", "/srv/shop/c", "c"),
            ("a/b", "/srv/shop", "."),
            ("app/[slug]", "*.tsx", "app/\\[slug\\]/*.tsx"),
        ] {
            assert_eq!(pattern(folder, spec).as_deref(), Ok(expected), "{folder} {spec}");
        }
    }

    #[test]
    fn paths_outside_the_repository_are_refused() {
        for (folder, spec) in
            [("", ".."), ("a", "../../x"), ("a", "/srv/other"), ("a", "/srv/shopping"), ("a", ":/..")]
        {
            let error = pattern(folder, spec).unwrap_err();
            assert_eq!(error, format!("`{spec}` is outside the repository /srv/shop"));
        }
        assert_eq!(pattern("", ":!x").unwrap_err(), "`:!x`: this form of pathspec is not supported");
        assert_eq!(
            pattern("", "a[z-a]").unwrap_err(),
            "`a[z-a]` is not a valid path pattern: invalid range; 'z' > 'a'"
        );
    }

    #[test]
    fn other_repository_is_read_from_its_root() {
        let root = Path::new("/srv/shop");
        let here = WorkingFolder::new(root, &root.join("a"), true);
        assert_eq!(here.pattern("x", &|_| false).unwrap(), "x");
    }
}
