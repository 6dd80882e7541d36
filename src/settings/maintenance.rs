//! Determines the maintenance line of the current branch.

use crate::{error::Error, git::Repository, model::MaintenanceLine, notes::Line};

use super::{
    overrides::Overrides,
    process::{BRANCH_VARIABLES, Process},
};

/// The names of branches that maintain an older line of versions, unless configured.
const BRANCHES: [&str; 13] = [
    "{line}",
    "release/{line}",
    "release-{line}",
    "releases/{line}",
    "releases-{line}",
    "support/{line}",
    "support-{line}",
    "maint/{line}",
    "maint-{line}",
    "maintenance/{line}",
    "maintenance-{line}",
    "stable/{line}",
    "stable-{line}",
];

/// How the maintenance line of a branch is determined.
#[derive(Debug, Clone)]
pub struct MaintenanceBranches {
    /// The names of the branches, with `{line}`.
    names: Vec<String>,
    /// Whether the user has given the line, so that no branch decides.
    is_line_given: bool,
}

impl MaintenanceBranches {
    pub(super) fn new(configured: Option<&[String]>, overrides: &Overrides) -> Self {
        let default = || BRANCHES.iter().map(|name| (*name).to_owned()).collect();
        Self {
            names: configured.map_or_else(default, <[String]>::to_vec),
            is_line_given: overrides.line.is_some(),
        }
    }

    /// Sets the maintenance line to that of a branch, unless the user has given one.
    pub fn set_line_of(&self, branch: &str, lines: &mut [Line]) {
        if !self.is_line_given {
            let line = self.line_of(branch);
            lines.iter_mut().for_each(|it| it.history.maintenance.clone_from(&line));
        }
    }

    fn line_of(&self, branch: &str) -> Option<MaintenanceLine> {
        self.names.iter().find_map(|name| line_of(name, branch))
    }
}

/// Sets the maintenance line of the current branch, or the one given by the user.
///
/// # Errors
/// If the line given by the user is not valid, or HEAD cannot be read.
pub(super) fn set_line(
    lines: &mut [Line],
    overrides: &Overrides,
    process: &Process,
    (repository, branches): (&Repository, &MaintenanceBranches),
) -> Result<(), Error> {
    let maintenance = maintenance_line(overrides, process, repository, branches)?;
    lines.iter_mut().for_each(|line| line.history.maintenance.clone_from(&maintenance));
    Ok(())
}

fn maintenance_line(
    overrides: &Overrides,
    process: &Process,
    repository: &Repository,
    branches: &MaintenanceBranches,
) -> Result<Option<MaintenanceLine>, Error> {
    if let Some(text) = overrides.line.as_deref() {
        let line = MaintenanceLine::parse(text).ok_or_else(|| {
            Error::usage(
                format!("`{text}` is not a maintenance line"),
                Some("write its first numbers, such as 1.9 or 1"),
            )
        })?;
        return Ok(Some(line));
    }
    let head = repository.branch()?;
    // Pipelines check out a commit, not a branch.
    let named = || BRANCH_VARIABLES.iter().filter_map(|name| process.pipeline(name)).find_map(branch_name);
    let Some(branch) = head.or_else(|| named().map(str::to_owned)) else { return Ok(None) };
    Ok(branches.line_of(&branch))
}

/// The name of a branch from its ref, or the name itself; `None` for another ref.
fn branch_name(text: &str) -> Option<&str> {
    text.strip_prefix("refs/heads/")
        .or_else(|| (!text.is_empty() && !text.starts_with("refs/")).then_some(text))
}

/// The line in the name of a branch, if it has the form of `pattern`.
fn line_of(pattern: &str, branch: &str) -> Option<MaintenanceLine> {
    let (before, after) = pattern.split_once("{line}")?;
    MaintenanceLine::parse(branch.strip_prefix(before)?.strip_suffix(after)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branch_names_give_the_line() {
        let line = |branch: &str| {
            let line = BRANCHES.iter().find_map(|pattern| line_of(pattern, branch));
            line.map(|line| line.to_string())
        };
        for branch in
            ["release/1.9", "release-1.9", "1.9.x", "v1.9", "maint-1.9", "support/1.9", "stable-1.9"]
        {
            assert_eq!(line(branch).as_deref(), Some("1.9"), "{branch}");
        }
        assert_eq!(line("support/1").as_deref(), Some("1"));
        for branch in
            ["main", "release/next", "feature/1.9-login", "release/1.9.0", "hotfix/1.9.1", "release/"]
        {
            assert_eq!(line(branch), None, "{branch}");
        }
    }
}
