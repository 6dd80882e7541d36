//! What the files that a change touches say about it.

use super::feature::Feature;
use crate::{
    model::{FileCounts, FileKind, PathChangeKind},
    rules::file_kind::file_kind,
};

/// Files that say how the product is built, or what it depends on.
const BUILD_FILES: [&str; 30] = [
    "build.gradle",
    "build.gradle.kts",
    "build.sbt",
    "build.xml",
    "cargo.toml",
    "cmakelists.txt",
    "composer.json",
    "configure.ac",
    "containerfile",
    "deno.json",
    "docker-compose.yml",
    "dockerfile",
    "gemfile",
    "go.mod",
    "gradle.properties",
    "lerna.json",
    "makefile",
    "makefile.am",
    "meson.build",
    "package.json",
    "pipfile",
    "pnpm-workspace.yaml",
    "pom.xml",
    "pyproject.toml",
    "requirements.txt",
    "rollup.config.js",
    "setup.cfg",
    "setup.py",
    "tsconfig.json",
    "vite.config.ts",
];

/// Adds a file that a change touches.
pub fn count_file(counts: &mut FileCounts, path: &str, change: PathChangeKind) {
    counts.total += 1;
    let count = match file_kind(path) {
        Some(FileKind::Documentation) => &mut counts.documents,
        Some(FileKind::Tests) => &mut counts.tests,
        Some(FileKind::Ci) => &mut counts.ci,
        Some(FileKind::Housekeeping) => &mut counts.housekeeping,
        None if is_build_file(path) => &mut counts.build,
        None => {
            match change {
                PathChangeKind::Added => counts.added_sources += 1,
                PathChangeKind::Deleted => counts.deleted_sources += 1,
                PathChangeKind::Modified => {}
            }
            &mut counts.sources
        }
    };
    *count += 1;
}

/// The kinds of the files, as in `sources+tests`.
pub(super) const fn summary(counts: &FileCounts) -> &'static str {
    let internal = counts.documents + counts.tests + counts.ci + counts.housekeeping;
    match (counts.sources > 0, counts.tests > 0, counts.added_sources > 0) {
        (true, true, true) => "new sources+tests",
        (true, false, true) => "new sources",
        (true, true, false) => "sources+tests",
        (true, false, false) => "sources",
        (false, _, _) if counts.total == 0 => "none",
        (false, _, _) if counts.build > 0 => "build",
        (false, _, _) if counts.documents == internal => "documents",
        (false, _, _) if counts.tests == internal => "tests",
        (false, _, _) if counts.ci == internal => "ci",
        _ => "internal",
    }
}

/// Visits the features of the touched files.
pub(super) fn visit_files(counts: &FileCounts, visit: &mut dyn FnMut(Feature<'_>)) {
    visit(Feature::Files(match counts.total {
        0 => "no file",
        1 => "1 file",
        2 => "2 files",
        3..=5 => "3 to 5 files",
        6..=10 => "6 to 10 files",
        11..=30 => "11 to 30 files",
        _ => "many files",
    }));
    visit(Feature::Files(summary(counts)));
    let kinds = [
        (counts.documents, "some documentation", "mostly documentation"),
        (counts.tests, "some tests", "mostly tests"),
        (counts.ci, "some CI", "mostly CI"),
        (counts.housekeeping, "some changelogs or lock files", "mostly changelogs or lock files"),
        (counts.build, "some build files", "mostly build files"),
        (counts.sources, "some sources", "mostly sources"),
        (counts.added_sources, "some new sources", "mostly new sources"),
        (counts.deleted_sources, "some deleted sources", "mostly deleted sources"),
    ];
    for (count, some, most) in kinds.into_iter().filter(|(count, ..)| *count > 0) {
        visit(Feature::Files(some));
        if count * 2 > counts.total {
            visit(Feature::Files(most));
        }
    }
}

fn is_build_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    BUILD_FILES.contains(&name.as_str())
}
