//! Writes the text of the file, part by part.

use std::fmt::Write as _;

use crate::model::{ForgeKind, plural};

use super::{
    layout::{self, Package},
    quote::{quote, quote_all},
    subjects,
    tags::{self, Tag},
};

/// The properties of a repository that the configuration is generated from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detected {
    /// The names of all tags, in any order.
    pub tags: Vec<String>,
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

/// A package with the prefix of its tags.
struct TaggedPackage<'a> {
    package: Package<'a>,
    prefix: &'a str,
}

/// The number of tags from which on a package counts as released regularly.
const REGULAR: usize = 3;

/// The text of a `tidings.toml`. It always parses, and equal input gives equal text.
#[must_use]
pub fn write(detected: &Detected) -> String {
    let tags: Vec<_> = detected.tags.iter().filter_map(|tag| Tag::read(tag)).collect();
    let packages = layout::packages(&detected.files);
    let mut tagged = tagged(&packages, &tags);
    let mut own = own_tags(&tags, &tagged);
    // A configuration with packages has no version for the whole repository. So it gets packages only if most tags
    // belong to them, or if at least two are released regularly; the repository's own tags then become one more
    // package.
    let count = |it: &TaggedPackage<'_>| tags.iter().filter(|tag| tag.prefix == it.prefix).count();
    let mostly_own = own.len() > tagged.iter().map(count).sum();
    if mostly_own && tagged.iter().filter(|it| count(it) >= REGULAR).count() < 2 {
        tagged.clear();
        own = own_tags(&tags, &tagged);
    }
    let mut text = String::from(
        "# Configuration of tidings. All keys are optional; docs/configuration.md describes them.\n\
         # Commented-out keys are examples.\n",
    );
    versions(&mut text, &own, &tags, &tagged);
    changes(&mut text, detected);
    changelog(&mut text, detected);
    self::packages(&mut text, &packages, &tagged, &tags);
    // If released as often as any package, it is not just left over from before the split into packages.
    let is_main = mostly_own || (own.len() >= REGULAR && tagged.iter().all(|it| count(it) <= own.len()));
    if let Some(tag) = own.first().filter(|_| is_main && !tagged.is_empty()) {
        main_package(&mut text, detected, &packages, &tagged, tag);
    }
    lint(&mut text, detected);
    repository(&mut text, detected.forge);
    text
}

/// The packages that have tags, each with its most frequent prefix.
fn tagged<'a>(packages: &[Package<'a>], tags: &[Tag<'a>]) -> Vec<TaggedPackage<'a>> {
    let prefixes = tags::prefixes(tags);
    let of = |package: &Package<'a>| {
        let named = |prefix: &str| {
            let name = prefix.strip_suffix('v').unwrap_or(prefix);
            let Some(name) = name.strip_suffix(['@', '-', '/', '_']) else { return false };
            name == package.name || name == package.folder || layout::last(name) == package.name
        };
        prefixes.iter().map(|(prefix, _)| *prefix).find(|prefix| named(prefix))
    };
    let tagged = packages
        .iter()
        .filter_map(|package| Some(TaggedPackage { prefix: of(package)?, package: package.clone() }));
    tagged.collect()
}

/// The tags of the repository as a whole: those with the most frequent prefix. If packages have tags, the prefix must
/// be a generic one, since any other belongs to a removed or unrecognized package.
fn own_tags<'a>(tags: &[Tag<'a>], tagged: &[TaggedPackage<'_>]) -> Vec<Tag<'a>> {
    let general = |prefix: &str| {
        let word = prefix.trim_end_matches(['v', '-', '_', '/', '@', '.']).to_ascii_lowercase();
        matches!(&*word, "" | "release" | "releases" | "rel" | "version" | "ver")
    };
    let fits = |(prefix, count): &(&str, usize)| {
        if tagged.is_empty() { count * 2 > tags.len() } else { general(prefix) }
    };
    let prefix = tags::prefixes(tags).into_iter().find(fits).map(|(prefix, _)| prefix);
    tags.iter().filter(|tag| Some(tag.prefix) == prefix).cloned().collect()
}

fn versions(text: &mut String, own: &[Tag<'_>], all: &[Tag<'_>], tagged: &[TaggedPackage<'_>]) {
    text.push_str("\n# The pattern of version tags. Default: `1.2.3` and `v1.2.3`.\n");
    match own.first() {
        Some(tag) if !matches!(tag.prefix, "" | "v") => {
            line(text, format_args!("tag_pattern = {}", quote(&format!("{}{{version}}", tag.prefix))));
        }
        _ => text.push_str("# tag_pattern = \"release-{version}\"\n"),
    }
    text.push_str(
        "\n# The version scheme: `semver`, `loose` (`1.2`, `7.0.8.7`) or a calendar (`calver:YYYY.0M.MICRO`).\n",
    );
    match tags::scheme(if own.is_empty() { all } else { own }) {
        Some(scheme) => line(text, format_args!("scheme = {}", quote(&scheme))),
        None => text.push_str("# scheme = \"semver\"\n"),
    }
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
    if !tagged.is_empty() {
        text.push_str("\n# For the tags of packages, see [[packages]] below.\n");
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
}

fn packages(text: &mut String, packages: &[Package<'_>], tagged: &[TaggedPackage<'_>], tags: &[Tag<'_>]) {
    if !tagged.is_empty() {
        text.push_str("\n# Packages with their own versions.\n");
    }
    for TaggedPackage { package, prefix } in tagged {
        entry(text, package, &format!("{prefix}{{version}}"));
    }
    let Some(first) = packages.first().filter(|_| tagged.is_empty()) else { return };
    let why =
        if tags.is_empty() { "there are no version tags yet" } else { "most tags belong to none of them" };
    let found = plural(packages.len(), "package", "packages");
    line(text, format_args!("\n# Found {found}, but {why}. Example of a package with its own versions:"));
    let mut example = String::new();
    entry(&mut example, first, &format!("{}@{{version}}", first.name));
    for example in example.lines() {
        line(text, format_args!("# {example}"));
    }
}

/// The package for tags without a package name: the one named like the repository, or else all other paths.
fn main_package(
    text: &mut String,
    detected: &Detected,
    packages: &[Package<'_>],
    tagged: &[TaggedPackage<'_>],
    tag: &Tag<'_>,
) {
    let pattern = format!("{}{{version}}", tag.prefix);
    let is_untagged = |package: &&Package<'_>| tagged.iter().all(|it| it.package != **package);
    let has_repository_name =
        |package: &&Package<'_>| detected.name.as_deref() == Some(layout::last(package.folder));
    if let Some(package) = packages.iter().filter(is_untagged).find(has_repository_name) {
        return entry(text, package, &pattern);
    }
    let name = detected.name.as_deref().filter(|name| tagged.iter().all(|it| it.package.name != *name));
    let folders: Vec<_> = tagged.iter().map(|it| format!("{}/", it.package.folder)).collect();
    let folders = quote_all(folders.iter().map(String::as_str));
    line(text, format_args!("[[packages]]\nname = {}", quote(name.unwrap_or("main"))));
    line(text, format_args!("exclude_paths = {folders}\ntag_pattern = {}", quote(&pattern)));
}

fn entry(text: &mut String, package: &Package<'_>, pattern: &str) {
    let Package { name, folder } = package;
    line(text, format_args!("[[packages]]\nname = {}", quote(name)));
    line(text, format_args!("paths = [{}]\ntag_pattern = {}", quote(&format!("{folder}/")), quote(pattern)));
    line(text, format_args!("changelog = {}", quote(&format!("{folder}/CHANGELOG.md"))));
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
