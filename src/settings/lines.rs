//! Resolves the lines of versions (that of the repository, or one for each package), and which of them are meant.

use std::path::{Path, PathBuf};

use crate::{
    config::{Config, PackageConfig},
    error::Error,
    git::Repository,
    history::{self, DeployTagPrefix, Environment, TagPattern},
    model::{CalVer, PathSetId, PathSets, PostReleasePattern, Scheme, Version},
    notes::{EmptyCommitOwner, EmptyCommits, Line},
};

use super::{
    line_selection::{LineSelection, shortened},
    maintenance::{self, MaintenanceBranches},
    overrides::Overrides,
    packages::{PackagePaths, is_root, scopes},
    pathspec::{UserPath, WorkingFolder},
    patterns::path_set,
    process::Process,
};

/// The lines of a repository, those that commands mean, and the paths that limit them.
pub(super) struct SelectedLines {
    pub(super) lines: Vec<Line>,
    pub(super) selection: LineSelection,
    pub(super) empty_commits: EmptyCommits,
    pub(super) paths: Vec<UserPath>,
    pub(super) maintenance: MaintenanceBranches,
}

/// Resolves the lines of a run.
///
/// # Errors
/// As [`lines`], [`selection`] and [`narrow`].
pub(super) fn selected(
    config: &Config,
    (overrides, process): (&Overrides, &Process),
    (root, repository): (&Path, &Repository),
    sets: &mut PathSets,
) -> Result<SelectedLines, Error> {
    let here = WorkingFolder::new(root, &process.cwd, overrides.repo.is_some());
    let mut lines = lines(config, root, sets)?;
    let maintenance = MaintenanceBranches::new(config.maintenance.as_deref(), overrides);
    maintenance::set_line(&mut lines, overrides, process, (repository, &maintenance))?;
    let selection = selection(config, overrides, &here)?;
    let mut empty_commits = empty_commits(config, &lines);
    let exists = |path: &str| {
        let head = repository.head().ok().flatten();
        head.is_some_and(|head| repository.has_path(head.commit, path).unwrap_or(false))
    };
    let paths = narrow(&mut lines, overrides, (&here, &exists), (sets, &mut empty_commits))?;
    Ok(SelectedLines { lines, selection, empty_commits, paths, maintenance })
}

/// The lines of a repository: its own, or one for each package.
///
/// # Errors
/// If a tag pattern, scheme or initial version is not valid, or there are too many path sets.
pub(super) fn lines(config: &Config, root: &Path, sets: &mut PathSets) -> Result<Vec<Line>, Error> {
    let filter = &config.filter;
    let general = (!filter.paths.is_empty() || !filter.exclude_paths.is_empty())
        .then(|| sets.add_separate(path_set(&filter.paths, &filter.exclude_paths)))
        .transpose()?;
    let general: Vec<_> = general.map(|set| vec![set]).into_iter().collect();
    if config.packages.is_empty() {
        return Ok(vec![line(config, None, general, root)?]);
    }
    let paths = PackagePaths::new(config);
    let mut lines = Vec::with_capacity(config.packages.len());
    for (index, package) in config.packages.iter().enumerate() {
        let mut filters = general.clone();
        let is_limited = !package.paths.is_empty() || !package.exclude_paths.is_empty();
        if is_limited || config.packages.len() > 1 {
            let own = paths.sets(index).into_iter().map(|set| sets.add_separate(set));
            filters.push(own.collect::<Result<_, _>>()?);
        }
        lines.push(line(config, Some(package), filters, root)?);
    }
    Ok(lines)
}

fn line(
    config: &Config,
    package: Option<&PackageConfig>,
    filters: Vec<Vec<PathSetId>>,
    root: &Path,
) -> Result<Line, Error> {
    let own = |of: fn(&PackageConfig) -> &Option<String>| package.and_then(|package| of(package).as_deref());
    let pattern = own(|package| &package.tag_pattern).or(config.tag_pattern.as_deref());
    let usual = package.map(|package| format!("{}@{{version}}", package.name));
    let scheme = scheme(own(|package| &package.scheme).or(config.scheme.as_deref()))?;
    let post = own(|package| &package.post_release).or(config.post_release.as_deref());
    let scheme = match post.map(PostReleasePattern::parse).transpose() {
        Ok(Some(pattern)) => scheme.with_post_releases(pattern),
        Ok(None) => scheme,
        Err(error) => {
            return Err(Error::usage(
                error.to_string(),
                Some("write, for example, post_release = \"-{number}\""),
            ));
        }
    };
    let initial = match own(|package| &package.initial).or(config.bump.initial.as_deref()) {
        Some(text) => Version::parse(text, &scheme).ok_or_else(|| {
            Error::usage(
                format!("the initial version `{text}` is not a valid version"),
                Some("write it without the tag prefix: 0.1.0"),
            )
        })?,
        None => Version::new(0, 1, 0),
    };
    let file =
        own(|package| &package.changelog).or(config.changelog.file.as_deref()).unwrap_or("CHANGELOG.md");
    Ok(Line {
        package: package.map(|package| package.name.clone()),
        history: history::Options {
            pattern: pattern.or(usual.as_deref()).map(TagPattern::parse).transpose()?.unwrap_or_default(),
            scheme,
            environments: environments(config),
            deploy_tags: deploy_tags(config)?,
            prereleases: config.prereleases.unwrap_or_default(),
            maintenance: None,
        },
        filters,
        explicit: pattern.is_some(),
        initial,
        changelog: root.join(file),
    })
}

/// The prefix of the tags that record deployments.
///
/// # Errors
/// If no tag name can begin with it.
pub(super) fn deploy_tags(config: &Config) -> Result<DeployTagPrefix, Error> {
    let Some(text) = &config.deployment.tag_prefix else { return Ok(DeployTagPrefix::default()) };
    DeployTagPrefix::new(text).ok_or_else(|| {
        Error::usage(
            format!("the prefix `{text}` of deployment tags is not a valid part of a tag name"),
            Some("write it as in tag_prefix = \"deploy/\""),
        )
    })
}

/// The lines that commands mean.
///
/// # Errors
/// If there is no package with the name that the command line selects.
pub(super) fn selection(
    config: &Config,
    overrides: &Overrides,
    here: &WorkingFolder<'_>,
) -> Result<LineSelection, Error> {
    let index = |name: &str| config.packages.iter().position(|package| package.name == name);
    if let Some(name) = &overrides.package {
        let hint = if config.packages.is_empty() {
            "the configuration has no [[packages]]".to_owned()
        } else {
            let names = config.packages.iter().map(|package| package.name.as_str());
            format!("use one of: {}", shortened(names))
        };
        let index = index(name);
        let index =
            index.ok_or_else(|| Error::usage(format!("there is no package `{name}`"), Some(&hint)))?;
        return Ok(LineSelection::Package(index));
    }
    let package = PackagePaths::new(config).of_folder(&here.folder).filter(|_| !overrides.all_packages);
    let index = package.and_then(|package| index(&package.name));
    Ok(index.map_or(LineSelection::All, LineSelection::Folder))
}

/// Who gets the commits that touch no path.
fn empty_commits(config: &Config, lines: &[Line]) -> EmptyCommits {
    let owner = |(line, package): (&Line, &PackageConfig)| EmptyCommitOwner {
        package: package.name.clone(),
        scopes: scopes(package),
        is_root: is_root(package),
        sets: line.filters.iter().flatten().copied().collect(),
    };
    EmptyCommits {
        general: lines
            .iter()
            .filter(|line| line.package.is_none())
            .flat_map(|line| &line.filters)
            .flatten()
            .copied()
            .collect(),
        owners: lines.iter().zip(&config.packages).map(owner).collect(),
    }
}

/// The declared environments, for parsing environment tags.
pub(super) fn environments(config: &Config) -> Vec<Environment> {
    let declared = config.environments.iter().flat_map(|environments| &environments.0);
    declared.map(|one| Environment { name: one.name.clone(), suffix: one.suffix.clone() }).collect()
}

fn scheme(text: Option<&str>) -> Result<Scheme, Error> {
    match text {
        None | Some("semver") => Ok(Scheme::SemVer),
        Some("loose") => Ok(Scheme::Loose),
        Some("pep440") => Ok(Scheme::Pep440),
        Some(other) => match other.strip_prefix("calver:") {
            Some(pattern) => CalVer::parse(pattern).map(Scheme::CalVer).map_err(|error| {
                Error::usage(error.to_string(), Some("write, for example, scheme = \"calver:YYYY.0M.MICRO\""))
            }),
            None => Err(Error::usage(
                format!("`{other}` is not a valid scheme"),
                Some("use semver, loose, pep440, or calver: with a pattern, such as calver:YYYY.0M.MICRO"),
            )),
        },
    }
}

/// Restricts every line to commits that touch the paths from the command line. Returns these paths.
///
/// # Errors
/// If a path is not valid, or there are too many path sets.
fn narrow(
    lines: &mut [Line],
    overrides: &Overrides,
    (here, exists): (&WorkingFolder<'_>, &dyn Fn(&str) -> bool),
    (sets, empty_commits): (&mut PathSets, &mut EmptyCommits),
) -> Result<Vec<UserPath>, Error> {
    let patterns = |specs: &[String]| -> Result<Vec<String>, Error> {
        specs.iter().map(|spec| here.pattern(spec, exists)).collect()
    };
    let (paths, exclude) = (patterns(&overrides.paths)?, patterns(&overrides.exclude_paths)?);
    if !paths.is_empty() || !exclude.is_empty() {
        let filter = sets.add_separate(path_set(&paths, &exclude))?;
        lines.iter_mut().for_each(|line| line.filters.push(vec![filter]));
        // As in git, a commit without paths touches no path that is asked for. It touches none that is excluded either.
        if paths.is_empty() || paths.iter().any(|path| path == ".") {
            empty_commits.add_to_all(filter);
        }
    }
    let specs = overrides.paths.iter().chain(&overrides.exclude_paths);
    let named = specs.zip(paths.into_iter().chain(exclude));
    Ok(named.map(|(spec, pattern)| UserPath { spec: spec.clone(), pattern }).collect())
}

/// The changelogs named by the configuration, each with its key.
pub(super) fn changelogs(config: &Config, root: &Path) -> Vec<(PathBuf, &'static str)> {
    let packages = config.packages.iter().filter_map(|package| package.changelog.as_ref());
    let packages = packages.map(|file| (root.join(file), "packages.changelog"));
    let own = config.changelog.file.iter().map(|file| (root.join(file), "changelog.file"));
    packages.chain(own).collect()
}
