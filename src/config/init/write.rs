//! The text of the file, part by part.

use std::fmt::Write as _;

use crate::model::ForgeKind;

use super::{
    layout::{self, Package},
    quote::{quote, quote_all},
    subjects,
    tags::{self, Tag},
};

/// What is known of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The names of all tags, in any order.
    pub tags: Vec<String>,
    /// Its own name, where its remote tells.
    pub name: Option<String>,
    /// The forge that it lives on, where known.
    pub forge: Option<ForgeKind>,
    /// The paths of its files, `/` between names.
    pub files: Vec<String>,
    /// The subjects of some hundred commits.
    pub subjects: Vec<String>,
    /// The changelog that is there, relative to the root.
    pub changelog: Option<String>,
}

/// What a package's tags begin with.
struct Tagged<'a> {
    package: Package<'a>,
    prefix: &'a str,
}

/// Tags of a package from which it is no experiment any more.
const OFTEN: usize = 3;

/// The text of a `tidings.toml`. The same facts give the same text, and it always parses.
#[must_use]
pub fn write(facts: &Facts) -> String {
    let tags: Vec<_> = facts.tags.iter().filter_map(|tag| Tag::read(tag)).collect();
    let packages = layout::packages(&facts.files);
    let mut tagged = tagged(&packages, &tags);
    let mut own = own_tags(&tags, &tagged);
    // With packages there is no version of the whole any more, so they must be how the repository mostly releases, or
    // what it does often enough that the tags of the whole are better those of one more package.
    let count = |it: &Tagged<'_>| tags.iter().filter(|tag| tag.prefix == it.prefix).count();
    let mostly_own = own.len() > tagged.iter().map(count).sum();
    if mostly_own && tagged.iter().filter(|it| count(it) >= OFTEN).count() < 2 {
        tagged.clear();
        own = own_tags(&tags, &tagged);
    }
    let mut text = String::from(
        "# What tidings does here. All keys are optional; docs/configuration.md has every one of them.\n\
         # Lines that begin with `# ` and a key are examples.\n",
    );
    versions(&mut text, &own, &tags, &tagged);
    changes(&mut text, facts);
    changelog(&mut text, facts);
    self::packages(&mut text, &packages, &tagged, &tags);
    // Released as often as any package, it is no leftover of the time before there were packages.
    let is_main = mostly_own || (own.len() >= OFTEN && tagged.iter().all(|it| count(it) <= own.len()));
    if let Some(tag) = own.first().filter(|_| is_main && !tagged.is_empty()) {
        main_package(&mut text, facts, &packages, &tagged, tag);
    }
    lint(&mut text, facts);
    repository(&mut text, facts.forge);
    text
}

/// Each package with the prefix that most of its tags have.
fn tagged<'a>(packages: &[Package<'a>], tags: &[Tag<'a>]) -> Vec<Tagged<'a>> {
    let prefixes = tags::prefixes(tags);
    let of = |package: &Package<'a>| {
        let named = |prefix: &str| {
            let name = prefix.strip_suffix('v').unwrap_or(prefix);
            let Some(name) = name.strip_suffix(['@', '-', '/', '_']) else { return false };
            name == package.name || name == package.folder || layout::last(name) == package.name
        };
        prefixes.iter().map(|(prefix, _)| *prefix).find(|prefix| named(prefix))
    };
    let tagged =
        packages.iter().filter_map(|package| Some(Tagged { prefix: of(package)?, package: package.clone() }));
    tagged.collect()
}

/// The tags of the repository as a whole: those with the prefix that most tags have. Beside tagged packages the prefix
/// must be a general word, since any other is that of a package which is gone or stands elsewhere.
fn own_tags<'a>(tags: &[Tag<'a>], tagged: &[Tagged<'_>]) -> Vec<Tag<'a>> {
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

fn versions(text: &mut String, own: &[Tag<'_>], all: &[Tag<'_>], tagged: &[Tagged<'_>]) {
    text.push_str("\n# How version tags are written. Without this, `1.2.3` and `v1.2.3` are version tags.\n");
    match own.first() {
        Some(tag) if !matches!(tag.prefix, "" | "v") => {
            line(text, format_args!("tag_pattern = {}", quote(&format!("{}{{version}}", tag.prefix))));
        }
        _ => text.push_str("# tag_pattern = \"release-{version}\"\n"),
    }
    text.push_str("\n# `semver`, `loose` (`1.2`, `7.0.8.7`), or a calendar: `calver:YYYY.0M.MICRO`.\n");
    match tags::scheme(if own.is_empty() { all } else { own }) {
        Some(scheme) => line(text, format_args!("scheme = {}", quote(&scheme))),
        None => text.push_str("# scheme = \"semver\"\n"),
    }
    let environments = tags::environments(all);
    if environments.is_empty() {
        text.push_str(
            "\n# Tags such as `v1.2.0-staging` that name where a version runs; else they are pre-releases.\n\
             # environments = [\"staging\", \"prod\"]\n",
        );
    } else {
        text.push_str(
            "\n# Tags that end in these names tell where a version runs. They are no pre-releases of it; take out a \
             name\n# that stands for one.\n",
        );
        line(text, format_args!("environments = {}", quote_all(environments)));
    }
    if !tagged.is_empty() {
        text.push_str("\n# The tags of single packages are named below, under [[packages]].\n");
    }
}

fn changes(text: &mut String, facts: &Facts) {
    text.push_str("\n# The language of the notes.\n");
    match subjects::locale(facts.subjects.iter().map(String::as_str)) {
        Some(locale) => line(text, format_args!("locale = {}", quote(locale))),
        None => text.push_str("# locale = \"en\"\n"),
    }
    text.push_str(
        "\n# Sections in their order, and rules that are tried before the built-in ones.\n\
         # [[sections]]\n# id = \"features\"\n# title = \"New\"\n#\n\
         # [[rules]]\n# scopes = [\"internal\"]\n# hide = true\n# reason = \"of no interest outside\"\n",
    );
    let folders = ["api", "backend", "client", "deploy", "frontend", "infra", "mobile", "server", "web"];
    let there = |folder: &&str| {
        facts.files.iter().any(|it| it.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/')))
    };
    let folder = folders.iter().copied().find(there).unwrap_or("backend");
    text.push_str("\n# Parts of the product that changes are marked with.\n# [[components]]\n");
    line(text, format_args!("# name = {0}\n# paths = [\"{folder}/\"]", quote(folder)));
}

fn changelog(text: &mut String, facts: &Facts) {
    match facts.changelog.as_deref() {
        Some(file) if file != "CHANGELOG.md" && !file.trim().is_empty() => {
            line(text, format_args!("\n[changelog]\nfile = {}", quote(file)));
        }
        _ => text.push_str("\n# [changelog]\n# file = \"CHANGELOG.md\"\n"),
    }
}

fn packages(text: &mut String, packages: &[Package<'_>], tagged: &[Tagged<'_>], tags: &[Tag<'_>]) {
    if !tagged.is_empty() {
        text.push_str("\n# Packages with versions of their own.\n");
    }
    for Tagged { package, prefix } in tagged {
        entry(text, package, &format!("{prefix}{{version}}"));
    }
    let Some(first) = packages.first().filter(|_| tagged.is_empty()) else { return };
    let why = if tags.is_empty() { "there are no version tags yet" } else { "most tags name none of them" };
    line(
        text,
        format_args!(
            "\n# {} packages are there, and {why}. One with versions of its own is written so:",
            packages.len()
        ),
    );
    let mut example = String::new();
    entry(&mut example, first, &format!("{}@{{version}}", first.name));
    for example in example.lines() {
        line(text, format_args!("# {example}"));
    }
}

/// The package whose tags bear no package's name: the one that is called as the repository is, else all that is left.
fn main_package(
    text: &mut String,
    facts: &Facts,
    packages: &[Package<'_>],
    tagged: &[Tagged<'_>],
    tag: &Tag<'_>,
) {
    let pattern = format!("{}{{version}}", tag.prefix);
    let free = |package: &&Package<'_>| tagged.iter().all(|it| it.package != **package);
    let same = |package: &&Package<'_>| facts.name.as_deref() == Some(layout::last(package.folder));
    if let Some(package) = packages.iter().filter(free).find(same) {
        return entry(text, package, &pattern);
    }
    let name = facts.name.as_deref().filter(|name| tagged.iter().all(|it| it.package.name != *name));
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

fn lint(text: &mut String, facts: &Facts) {
    text.push_str("\n# What `tidings check` asks of messages.\n");
    let Some(percent) = subjects::conventional_percent(facts.subjects.iter().map(String::as_str)) else {
        text.push_str("# [lint]\n# conventional = true\n");
        return;
    };
    let wanted = percent >= 60;
    line(
        text,
        format_args!("# {percent} % of the newest messages are of the form `type(scope): description`."),
    );
    line(text, format_args!("[lint]\nconventional = {wanted}"));
    text.push_str("# subject_max = 72\n# require_trailers = [\"Signed-off-by\"]\n");
}

fn repository(text: &mut String, forge: Option<ForgeKind>) {
    let forge = forge.map_or("gitlab", ForgeKind::name);
    text.push_str("\n# Where the repository lives; its remote mostly tells.\n# [repository]\n");
    line(text, format_args!("# forge = {}", quote(forge)));
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
