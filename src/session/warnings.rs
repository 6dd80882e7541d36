//! Warnings about the tags and paths of a run. Each is printed once, however many windows are read.

use std::sync::PoisonError;

use crate::{
    error::Error,
    history::{Versions, Window},
    model::plural,
    notes::{self, Line, Selector, WindowChanges, WindowData},
};

use super::open::Session;

impl Session {
    /// Prints a note, unless it was printed before.
    pub(super) fn inform_once(&self, text: &str) {
        if self.is_new(text) {
            self.ui().info(text);
        }
    }

    /// Prints a warning, unless it was printed before.
    pub fn warn_once(&self, text: &str) {
        if self.is_new(text) {
            self.ui().warn(text);
        }
    }

    fn is_new(&self, text: &str) -> bool {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned())
    }

    /// Warns if no version of the line is tagged. A new package in a repository with tags is nothing unusual.
    pub(super) fn warn_without_versions(&self, line: &Line, data: &WindowData, selector: &Selector) {
        if !data.versions.all.is_empty() || matches!(selector, Selector::Range(..)) {
            return;
        }
        self.warn_of_similar_tags(line, &data.versions);
        if line.package.is_some() && !self.tags.is_empty() {
            return;
        }
        let tags = match data.versions.ignored.len() {
            0 => "the repository has no tags".to_owned(),
            1 => "its only tag is not a version".to_owned(),
            count => format!("none of its {count} tags is a version"),
        };
        self.warn_once(&format!(
            "no version is tagged ({tags}), so the notes cover the whole history; if the remote has tags, run `git fetch --tags`"
        ));
    }

    /// The changes of one window. Warns if they are not read by their files because a partial clone lacks trees.
    ///
    /// # Errors
    /// If an object that is needed for it cannot be read.
    pub fn window_changes(
        &self,
        line: &Line,
        data: &WindowData,
        window: &Window,
    ) -> Result<WindowChanges, Error> {
        let changes = notes::window_changes(&self.repository, line, data, &self.settings.options, window)?;
        if changes.lacks_trees {
            self.warn_once(
                "the clone lacks trees, so changes of only documentation, tests or CI count as changes of the product; to fetch the trees: git fetch --refetch --filter=blob:none",
            );
        }
        if let Some(warning) = &changes.stale_fragments {
            self.warn_once(warning);
        }
        Ok(changes)
    }

    /// Warns if a package has no versions, but there are tags with its name in another form.
    pub fn warn_of_similar_tags(&self, line: &Line, versions: &Versions) {
        let warning = versions.all.is_empty().then(|| self.similar_tags_warning(line)).flatten();
        warning.iter().for_each(|warning| self.warn_once(warning));
    }

    /// The warning about a package without versions if there are tags with its name in another form.
    #[must_use]
    pub fn similar_tags_warning(&self, line: &Line) -> Option<String> {
        let package = line.package.as_deref()?;
        let name = package.rsplit('/').next().unwrap_or(package).to_lowercase();
        let names = self.line_tags().unmatched().iter().map(|tag| tag.name.as_str());
        let similar: Vec<&str> = names.filter(|tag| is_version_of(tag, &name)).collect();
        let example = similar.last()?;
        let form = line.history.pattern.tag_name(&line.initial, None);
        Some(format!(
            "no version of {package} is tagged in the form `{form}`, but {} its name, such as `{example}`; if {package} \
             has versions, set `tag_pattern` in its [[packages]]",
            plural(similar.len(), "tag has", "tags have")
        ))
    }

    /// Warns of paths from the command line that match nothing: a mistyped path would give empty notes.
    pub(super) fn warn_of_unmatched_paths(&self, data: &WindowData) -> Result<(), Error> {
        if self.settings.paths.is_empty() {
            return Ok(());
        }
        let windows = &data.selected.windows;
        let ends =
            windows.iter().take(1).chain(windows.last()).flat_map(|window| {
                [Some(window.target.commit), window.base.as_ref().map(|base| base.commit)]
            });
        let head = self.repository.head()?.map(|head| head.commit);
        let mut commits: Vec<_> = ends.chain([head]).flatten().collect();
        commits.sort_unstable();
        commits.dedup();
        for path in &self.settings.paths {
            let mut is_found = false;
            for commit in &commits {
                is_found = is_found || self.repository.has_path(*commit, &path.pattern)?;
            }
            if !is_found && !self.is_touched(&path.pattern, data) {
                let pattern =
                    if path.pattern == path.spec { String::new() } else { format!(" ({})", path.pattern) };
                self.warn_once(&format!(
                    "no path matches `{}`{pattern}, neither in the last commit nor in the selected ones",
                    path.spec
                ));
            }
        }
        Ok(())
    }

    /// Whether a commit of the windows touches a path that only existed in between. Known if it is the only path.
    fn is_touched(&self, pattern: &str, data: &WindowData) -> bool {
        let options = &self.settings.options;
        let own = options.sets.iter().filter(|(_, set)| set.include == [pattern] && set.exclude.is_empty());
        let own: Vec<_> = own.map(|(id, _)| id).collect();
        data.selected.commits.iter().any(|commit| commit.touches.iter().any(|set| own.contains(set)))
    }
}

/// Whether a tag consists of a package's name and a version, in any common form: `core-1.0.0`, `core/v1.0.0`,
/// `@acme/core@1.0.0`. `name` is in lower case.
fn is_version_of(tag: &str, name: &str) -> bool {
    let tag = tag.to_lowercase();
    let mut ends = tag.match_indices(name).map(|(start, _)| (start, start + name.len()));
    ends.any(|(start, end)| {
        let before = tag.get(..start).unwrap_or_default().chars().next_back();
        let after = tag.get(end..).unwrap_or_default();
        let rest = after.trim_start_matches(['@', '-', '_', '/', ':', '.', ' ']);
        let rest_of_version = rest.strip_prefix('v').unwrap_or(rest);
        before.is_none_or(|before| before == '/')
            && rest.len() < after.len()
            && rest_of_version.starts_with(|first: char| first.is_ascii_digit())
            && rest_of_version.contains('.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_with_a_packages_name_are_recognised() {
        for tag in ["core-1.0.0", "core/v1.0.0", "Core_1.2", "@acme/core@1.0.0", "packages/core/v2.0.0-rc.1"]
        {
            assert!(is_version_of(tag, "core"), "{tag}");
        }
        for tag in
            ["core", "v1.0.0", "core-utils-1.0.0", "my-core-1.0.0", "core-2", "score-1.0.0", "core1.0.0"]
        {
            assert!(!is_version_of(tag, "core"), "{tag}");
        }
    }
}
