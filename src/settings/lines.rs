//! Resolves the lines of versions: that of the repository, or one for each package.

use std::path::{Path, PathBuf};

use crate::{
    config::{self, Config, PackageConfig},
    error::Error,
    history::{self, Environment, TagPattern},
    model::{CalVer, PathSetId, PathSets, Scheme, Version},
    notes::Line,
};

use super::{overrides::Overrides, patterns::path_set};

/// The lines of a run: all, or only that of the package `wanted`.
///
/// # Errors
/// If there is no such package, or a tag pattern, scheme or initial version is not valid.
pub(super) fn lines(
    config: &Config,
    wanted: Option<&str>,
    root: &Path,
    sets: &mut PathSets,
) -> Result<Vec<Line>, Error> {
    let filter = &config.filter;
    let general = (!filter.paths.is_empty() || !filter.exclude_paths.is_empty())
        .then(|| sets.add(path_set(&filter.paths, &filter.exclude_paths)))
        .transpose()?;
    let names = || config.packages.iter().map(|package| package.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = wanted {
        let hint = if config.packages.is_empty() {
            "the configuration has no [[packages]]".to_owned()
        } else {
            format!("use one of: {}", names())
        };
        let package = config.packages.iter().find(|package| package.name == name);
        let package =
            package.ok_or_else(|| Error::usage(format!("there is no package `{name}`"), Some(&hint)))?;
        return Ok(vec![line(config, Some(package), general, root, sets)?]);
    }
    if config.packages.is_empty() {
        return Ok(vec![line(config, None, general, root, sets)?]);
    }
    config.packages.iter().map(|package| line(config, Some(package), general, root, sets)).collect()
}

fn line(
    config: &Config,
    package: Option<&PackageConfig>,
    general: Option<PathSetId>,
    root: &Path,
    sets: &mut PathSets,
) -> Result<Line, Error> {
    let own = |of: fn(&PackageConfig) -> &Option<String>| package.and_then(|package| of(package).as_deref());
    let pattern = own(|package| &package.tag_pattern).or(config.tag_pattern.as_deref());
    let usual = package.map(|package| format!("{}@{{version}}", package.name));
    let scheme = scheme(own(|package| &package.scheme).or(config.scheme.as_deref()))?;
    let initial = match own(|package| &package.initial).or(config.bump.initial.as_deref()) {
        Some(text) => Version::parse(text, &scheme).ok_or_else(|| {
            Error::usage(
                format!("the initial version `{text}` is not a valid version"),
                Some("write it without the tag prefix: 0.1.0"),
            )
        })?,
        None => Version::new(0, 1, 0),
    };
    let mut filters: Vec<PathSetId> = general.into_iter().collect();
    if let Some(package) =
        package.filter(|package| !package.paths.is_empty() || !package.exclude_paths.is_empty())
    {
        filters.push(sets.add(path_set(&package.paths, &package.exclude_paths))?);
    }
    let file =
        own(|package| &package.changelog).or(config.changelog.file.as_deref()).unwrap_or("CHANGELOG.md");
    Ok(Line {
        package: package.map(|package| package.name.clone()),
        history: history::Options {
            pattern: pattern.or(usual.as_deref()).map(TagPattern::parse).transpose()?.unwrap_or_default(),
            scheme,
            environments: environments(config),
            prereleases: config.prereleases.unwrap_or_default(),
            maintenance: None,
        },
        filters,
        explicit: pattern.is_some(),
        initial,
        changelog: root.join(file),
    })
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
        Some(other) => match other.strip_prefix("calver:") {
            Some(pattern) => CalVer::parse(pattern).map(Scheme::CalVer).map_err(|error| {
                Error::usage(error.to_string(), Some("write, for example, scheme = \"calver:YYYY.0M.MICRO\""))
            }),
            None => Err(Error::usage(
                format!("`{other}` is not a valid scheme"),
                Some("use semver, loose, or calver: with a pattern, such as calver:YYYY.0M.MICRO"),
            )),
        },
    }
}

/// Restricts every line to commits that touch the paths from the command line.
///
/// # Errors
/// If a glob is not valid, or there are too many path sets.
pub(super) fn narrow(lines: &mut [Line], overrides: &Overrides, sets: &mut PathSets) -> Result<(), Error> {
    let (paths, exclude) = (&overrides.paths, &overrides.exclude_paths);
    if let Some(problem) = paths.iter().chain(exclude).find_map(|glob| config::glob_problem(glob)) {
        return Err(Error::usage(problem, None));
    }
    if !paths.is_empty() || !exclude.is_empty() {
        let filter = sets.add(path_set(paths, exclude))?;
        lines.iter_mut().for_each(|line| line.filters.push(filter));
    }
    Ok(())
}

/// The changelogs named by the configuration, each with its key.
pub(super) fn changelogs(config: &Config, root: &Path) -> Vec<(PathBuf, &'static str)> {
    let packages = config.packages.iter().filter_map(|package| package.changelog.as_ref());
    let packages = packages.map(|file| (root.join(file), "packages.changelog"));
    let own = config.changelog.file.iter().map(|file| (root.join(file), "changelog.file"));
    packages.chain(own).collect()
}
