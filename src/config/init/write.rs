//! Writes the text of the file, part by part.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    history::{constant_suffixes, suffix_pattern},
    model::{ForgeKind, first_few, plural},
};

use super::{
    layout::{self, Folders, Package},
    quote::{quote, quote_all},
    subjects,
    tag_lines::{self, TagLines, package_name},
    tags::{self, Tag},
};

/// The properties of a repository that the configuration is generated from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detected {
    /// The names of all tags, in any order.
    pub tags: Vec<String>,
    /// The times of the commits of tags in seconds, where known.
    pub times: BTreeMap<String, i64>,
    /// The name of the repository, from its remote URL.
    pub name: Option<String>,
    /// Its forge, from its remote URL.
    pub forge: Option<ForgeKind>,
    /// The paths of its files, separated by `/`.
    pub files: Vec<String>,
    /// The subjects of some hundred commits.
    pub subjects: Vec<String>,
    /// The existing changelog, relative to the root.
    pub changelog: Option<String>,
}

/// The text of a `tidings.toml`. It always parses, and equal input gives equal text.
#[must_use]
pub fn write(detected: &Detected) -> String {
    let folders = Folders::of(&detected.files);
    let is_package = |prefix: &str| {
        let name = package_name(prefix);
        !name.is_empty() && folders.find(name).is_some()
    };
    let tags: Vec<_> = detected.tags.iter().filter_map(|tag| Tag::read(tag, is_package)).collect();
    let lines = tag_lines::divide(&tags, &folders, detected.name.as_deref(), &detected.times);
    let mut text = String::from(
        "# Configuration of tidings. All keys are optional; docs/configuration.md describes them.\n\
         # Commented-out keys are examples.\n",
    );
    versions(&mut text, &lines, &tags);
    changes(&mut text, detected);
    changelog(&mut text, detected);
    packages(&mut text, detected, &lines, !tags.is_empty());
    lint(&mut text, detected);
    repository(&mut text, detected.forge);
    text
}

/// The form of the tags of one line of versions.
struct TagForm {
    /// The pattern; `None` for `1.2.3` and `v1.2.3`.
    pattern: Option<String>,
    /// The scheme; `None` for SemVer.
    scheme: Option<String>,
}

impl TagForm {
    fn of(tags: &[Tag<'_>]) -> Self {
        let without_environment = tags.iter().filter(|tag| tag.environment.is_none());
        let suffixes = constant_suffixes(without_environment.map(|tag| tag.version));
        let bare = |tag: &Tag<'_>| -> String {
            let suffix = suffixes.iter().find_map(|it| tag.version.strip_suffix(it.suffix));
            suffix.unwrap_or(tag.version).to_owned()
        };
        let versions: Vec<_> = tags.iter().map(bare).collect();
        let versions: Vec<_> = versions.iter().map(String::as_str).collect();
        let prefix = tags::prefixes(tags).first().map_or("", |(prefix, _)| *prefix);
        let pattern = match prefix {
            "" | "v" => None,
            prefix => Some(format!("{prefix}{{version}}")),
        };
        let pattern = suffix_pattern(prefix, &suffixes).or(pattern);
        Self { pattern, scheme: tags::scheme(&versions) }
    }
}

fn versions(text: &mut String, lines: &TagLines<'_>, all: &[Tag<'_>]) {
    let own = TagForm::of(&lines.own);
    text.push_str("\n# The pattern of version tags. Default: `1.2.3` and `v1.2.3`.\n");
    match own.pattern.filter(|_| lines.packages.is_empty()) {
        Some(pattern) => line(text, format_args!("tag_pattern = {}", quote(&pattern))),
        None => text.push_str("# tag_pattern = \"release-{version}\"\n"),
    }
    text.push_str(
        "\n# The version scheme: `semver`, `loose` (`1.2`, `7.0.8.7`), `pep440` (Python) or a calendar\n\
         # (`calver:YYYY.0M.MICRO`).\n",
    );
    match own.scheme.filter(|_| lines.packages.is_empty()) {
        Some(scheme) => line(text, format_args!("scheme = {}", quote(&scheme))),
        None => text.push_str("# scheme = \"semver\"\n"),
    }
    match all.iter().find(|tag| is_like_post_release(tag, all)) {
        Some(tag) => line(
            text,
            format_args!(
                "\n# {} is a pre-release, unless it is declared as a post-release:",
                quote(tag.name)
            ),
        ),
        None => text.push_str("\n# Post-releases, if the project has tags such as `v1.2.3-1` for them.\n"),
    }
    text.push_str("# post_release = \"-{number}\"\n");
    environments(text, all);
    if !lines.packages.is_empty() {
        text.push_str("\n# For the tags of packages, see [[packages]] below.\n");
    }
}

/// Whether a tag is that of another version and a number.
fn is_like_post_release(tag: &Tag<'_>, all: &[Tag<'_>]) -> bool {
    let Some((version, number)) = tag.version.rsplit_once('-') else { return false };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && all.iter().any(|other| other.prefix == tag.prefix && other.version == version)
}

fn environments(text: &mut String, all: &[Tag<'_>]) {
    let environments = tags::environments(all);
    if environments.is_empty() {
        text.push_str(
            "\n# Environments. Tags such as `v1.2.0-staging` then mark what is deployed there; otherwise they are\n\
             # pre-releases.\n\
             # environments = [\"staging\", \"prod\"]\n",
        );
    } else {
        text.push_str(
            "\n# Environments, from the suffixes of tags. Such a tag marks what is deployed there and is not a \
             pre-release.\n# Remove names that mark pre-releases.\n",
        );
        line(text, format_args!("environments = {}", quote_all(environments)));
    }
}

fn changes(text: &mut String, detected: &Detected) {
    text.push_str("\n# The language of the notes.\n");
    match subjects::locale(detected.subjects.iter().map(String::as_str)) {
        Some(locale) => line(text, format_args!("locale = {}", quote(locale))),
        None => text.push_str("# locale = \"en\"\n"),
    }
    text.push_str(
        "\n# Sections in the order of the notes, and rules that take precedence over the built-in ones.\n\
         # [[sections]]\n# id = \"features\"\n# title = \"New\"\n#\n\
         # [[rules]]\n# scopes = [\"internal\"]\n# hide = true\n# reason = \"internal\"\n",
    );
    let folders = ["api", "backend", "client", "deploy", "frontend", "infra", "mobile", "server", "web"];
    let exists = |folder: &&str| {
        detected.files.iter().any(|it| it.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/')))
    };
    let folder = folders.iter().copied().find(exists).unwrap_or("backend");
    text.push_str(
        "\n# Parts of the product. Changes to their paths are labelled with their name.\n# [[components]]\n",
    );
    line(text, format_args!("# name = {0}\n# paths = [\"{folder}/\"]", quote(folder)));
}

fn changelog(text: &mut String, detected: &Detected) {
    match detected.changelog.as_deref() {
        Some(file) if file != "CHANGELOG.md" && !file.trim().is_empty() => {
            line(text, format_args!("\n[changelog]\nfile = {}", quote(file)));
        }
        _ => text.push_str("\n# [changelog]\n# file = \"CHANGELOG.md\"\n"),
    }
    text.push_str(
        "\n# What notes say about each change: `titles`, `why` (also the reason), or `full` (also what it affects).\n\
         # The changelog has its own key of this name.\n# [notes]\n# detail = \"why\"\n",
    );
}

fn packages(text: &mut String, detected: &Detected, lines: &TagLines<'_>, has_tags: bool) {
    let found = layout::packages(&detected.files);
    if lines.packages.is_empty() {
        let Some(Package { name, folder }) = found.first() else { return };
        let why = if has_tags { "most tags belong to none of them" } else { "there are no version tags yet" };
        let count = plural(found.len(), "package", "packages");
        line(text, format_args!("\n# Found {count}, but {why}. Example of a package with its own versions:"));
        let form = TagForm { pattern: Some(format!("{name}@{{version}}")), scheme: None };
        let mut example = String::new();
        entry(&mut example, name, Some(folder), &form);
        for example in example.lines() {
            line(text, format_args!("# {example}"));
        }
        return;
    }
    text.push_str("\n# Packages with their own versions.\n");
    if lines.packages.iter().all(|package| package.folder.is_none()) {
        text.push_str("# There are no folders of these names: set `paths` to those of each package.\n");
    }
    for package in &lines.packages {
        let mut form = TagForm::of(&package.tags);
        form.pattern.get_or_insert_with(|| format!("{}{{version}}", package.prefix));
        entry(text, package.name, package.folder, &form);
    }
    if !lines.own.is_empty() && !lines.own_is_old {
        main_package(text, detected, lines, &found);
    }
    if !lines.unknown.is_empty() {
        let names: Vec<_> =
            lines.unknown.iter().map(|(name, count)| format!("{} ({count})", quote(name))).collect();
        line(text, format_args!("# Tags that no package reads, by name: {}", first_few(&names)));
    }
}

/// The package for tags without a package name: the one named like the repository, or else all other paths.
fn main_package(text: &mut String, detected: &Detected, lines: &TagLines<'_>, found: &[Package<'_>]) {
    let mut form = TagForm::of(&lines.own);
    form.pattern.get_or_insert_with(|| {
        let prefixes = tags::prefixes(&lines.own);
        match prefixes.as_slice() {
            [(prefix, _)] => format!("{prefix}{{version}}"),
            _ => r"v?(?<version>\d.*)".to_owned(),
        }
    });
    let is_free = |name: &str| lines.packages.iter().all(|it| it.name != name);
    let repository = detected.name.as_deref();
    let is_main = |package: &&Package<'_>| {
        let is_untagged = lines.packages.iter().all(|it| it.folder != Some(package.folder));
        is_untagged && is_free(package.name) && repository == Some(layout::last(package.folder))
    };
    if let Some(package) = found.iter().find(is_main) {
        return entry(text, package.name, Some(package.folder), &form);
    }
    let name = repository.into_iter().chain(["main", "root"]).find(|name| is_free(name)).unwrap_or(".");
    let folders: Vec<_> =
        lines.packages.iter().filter_map(|it| it.folder).map(|folder| format!("{folder}/")).collect();
    line(text, format_args!("[[packages]]\nname = {}", quote(name)));
    if !folders.is_empty() {
        let folders = quote_all(folders.iter().map(String::as_str));
        line(text, format_args!("exclude_paths = {folders}"));
    }
    tag_form(text, &form);
}

fn entry(text: &mut String, name: &str, folder: Option<&str>, form: &TagForm) {
    line(text, format_args!("[[packages]]\nname = {}", quote(name)));
    if let Some(folder) = folder {
        line(text, format_args!("paths = [{}]", quote(&format!("{folder}/"))));
    }
    tag_form(text, form);
    // Packages cannot share a changelog.
    let changelog = match folder {
        Some(folder) => format!("{folder}/CHANGELOG.md"),
        None => format!("CHANGELOG-{}.md", name.trim_start_matches('@').replace('/', "-")),
    };
    line(text, format_args!("changelog = {}", quote(&changelog)));
}

fn tag_form(text: &mut String, form: &TagForm) {
    if let Some(pattern) = &form.pattern {
        line(text, format_args!("tag_pattern = {}", quote(pattern)));
    }
    if let Some(scheme) = &form.scheme {
        line(text, format_args!("scheme = {}", quote(scheme)));
    }
}

fn lint(text: &mut String, detected: &Detected) {
    text.push_str("\n# Requirements for commit messages, checked by `tidings check`.\n");
    let Some(percent) = subjects::conventional_percent(detected.subjects.iter().map(String::as_str)) else {
        text.push_str("# [lint]\n# conventional = true\n");
        return;
    };
    let is_required = percent >= 60;
    line(text, format_args!("# {percent}% of recent messages have the form `type(scope): description`."));
    line(text, format_args!("[lint]\nconventional = {is_required}"));
    text.push_str("# subject_max = 72\n# require_trailers = [\"Signed-off-by\"]\n");
}

fn repository(text: &mut String, forge: Option<ForgeKind>) {
    let forge = forge.map_or("gitlab", ForgeKind::name);
    text.push_str("\n# The forge, if it cannot be derived from the remote URL.\n# [repository]\n");
    line(text, format_args!("# forge = {}", quote(forge)));
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
