//! Determines what a file is by its path: documentation, a test, part of the CI, a file that only developers see.

use crate::model::FileKind;

/// Folders, at any depth, with everything below them.
const FOLDERS: [(FileKind, &[&str]); 4] = [
    (
        FileKind::Ci,
        &[
            ".azure-pipelines",
            ".buildkite",
            ".ci",
            ".circleci",
            ".gitlab-ci",
            ".semaphore",
            ".teamcity",
            ".tekton",
            ".woodpecker",
        ],
    ),
    (
        FileKind::Housekeeping,
        &[
            ".changes",
            ".changeset",
            ".devcontainer",
            ".gitea",
            ".github",
            ".gitlab",
            ".husky",
            ".idea",
            ".tidings",
            ".vscode",
            "changelog.d",
            "changelogs",
            "newsfragments",
            "relnotes",
            "unreleased_changes",
        ],
    ),
    (
        FileKind::Tests,
        &[
            "__fixtures__",
            "__mocks__",
            "__snapshots__",
            "__tests__",
            "e2e",
            "fixtures",
            "spec",
            "specs",
            "test",
            "test-data",
            "test_data",
            "testdata",
            "tests",
        ],
    ),
    (FileKind::Documentation, &["doc", "docs", "documentation", "man"]),
];

/// Folders at the top of a repository.
const TOP_FOLDERS: [(FileKind, &[&str]); 3] =
    [(FileKind::Ci, &["ci"]), (FileKind::Tests, &["t"]), (FileKind::Documentation, &["website"])];

/// Names of changelogs, as in [`NAMES`].
const CHANGELOGS: [&str; 9] = [
    "changelog",
    "changelog.",
    "changes",
    "changes.",
    "history.",
    "news",
    "news.",
    "release-notes.",
    "releases.",
];

/// File names. One that ends in a dot has any extension of a document: `security.rs` is a source file.
const NAMES: [(FileKind, &[&str]); 4] = [
    (FileKind::Housekeeping, &CHANGELOGS),
    (
        FileKind::Ci,
        &[
            ".appveyor.yml",
            ".cirrus.yml",
            ".codecov.yml",
            ".drone.yml",
            ".gitlab-ci.yml",
            ".pre-commit-config.yaml",
            ".travis.yml",
            ".woodpecker.yml",
            "appveyor.yml",
            "azure-pipelines.yml",
            "bitbucket-pipelines.yml",
            "cloudbuild.yaml",
            "codecov.yml",
            "jenkinsfile",
        ],
    ),
    (
        FileKind::Housekeeping,
        &[
            ".clang-format",
            ".editorconfig",
            ".eslintignore",
            ".eslintrc",
            ".eslintrc.js",
            ".eslintrc.json",
            ".gitattributes",
            ".git-blame-ignore-revs",
            ".gitignore",
            ".gitmodules",
            ".mailmap",
            ".nvmrc",
            ".prettierignore",
            ".prettierrc",
            ".prettierrc.json",
            ".rubocop.yml",
            "authors",
            "authors.",
            "backers.",
            "bun.lock",
            "bun.lockb",
            "cargo.lock",
            "codeowners",
            "composer.lock",
            "copying",
            "deno.lock",
            "eslint.config.js",
            "eslint.config.mjs",
            "eslint.config.ts",
            "flake.lock",
            "gemfile.lock",
            "gemfile.next.lock",
            "go.sum",
            "license",
            "license.",
            "maintainers",
            "maintainers.",
            "mix.lock",
            "npm-shrinkwrap.json",
            "package-lock.json",
            "packages.lock.json",
            "pdm.lock",
            "pipfile.lock",
            "pnpm-lock.yaml",
            "podfile.lock",
            "poetry.lock",
            "pubspec.lock",
            "renovate.json",
            "renovate.json5",
            "rustfmt.toml",
            "sponsors.",
            "uv.lock",
            "yarn.lock",
        ],
    ),
    (
        FileKind::Documentation,
        &[
            "code_of_conduct.",
            "contributing",
            "contributing.",
            "install",
            "mkdocs.yml",
            "readme",
            "readme.",
            "readme_cn.",
            "readme_zh.",
            "roadmap.",
            "security.",
            "support.",
        ],
    ),
];

/// Extensions of texts.
const TEXTS: [&str; 6] = [".md", ".mdown", ".markdown", ".rst", ".adoc", ".asciidoc"];

/// The kind of the file at a path; `None` for a file of the product.
#[must_use]
pub fn file_kind(path: &str) -> Option<FileKind> {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    if lower.starts_with(".github/workflows/") || lower.starts_with(".github/actions/") {
        return Some(FileKind::Ci);
    }
    if let Some(kind) = of_name(name) {
        return Some(kind);
    }
    let in_list = |lists: &[(FileKind, &[&str])], folder: &str| {
        lists.iter().find(|(_, names)| names.contains(&folder)).map(|(kind, _)| *kind)
    };
    let top = folders.split('/').next().unwrap_or_default();
    let of_folder =
        in_list(&TOP_FOLDERS, top).or_else(|| folders.rsplit('/').find_map(|it| in_list(&FOLDERS, it)));
    of_folder
        .or_else(|| is_test(name, path.rsplit('/').next().unwrap_or(path)).then_some(FileKind::Tests))
        .or_else(|| TEXTS.iter().any(|end| name.ends_with(end)).then_some(FileKind::Documentation))
}

/// Whether the name of a file is that of a changelog.
#[must_use]
pub fn is_changelog(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    CHANGELOGS.iter().any(|known| fits(name, known))
}

fn of_name(name: &str) -> Option<FileKind> {
    let is_named = |(_, names): &&(FileKind, &[&str])| names.iter().any(|known| fits(name, known));
    NAMES.iter().find(is_named).map(|(kind, _)| *kind)
}

fn fits(name: &str, known: &str) -> bool {
    match known.strip_suffix('.') {
        Some(stem) => name.strip_prefix(stem).is_some_and(is_document_extension),
        None => name == known,
    }
}

/// Whether the rest of a name is the extension of a document: `.md`, `.zh-CN.md`.
fn is_document_extension(rest: &str) -> bool {
    rest.starts_with(['.', '_', '-'])
        && (rest.ends_with(".txt") || TEXTS.iter().any(|end| rest.ends_with(end)))
}

/// Whether a file is a test by the convention of its language. `name` is in lower case, `written` as it is.
fn is_test(name: &str, written: &str) -> bool {
    const MIDDLES: [&str; 4] = [".test.", ".spec.", ".e2e.", ".cy."];
    const ENDS: [&str; 7] =
        ["_test.go", "_test.py", "_test.rb", "_spec.rb", "_test.exs", "_test.dart", "_test.cc"];
    let stem = written.split('.').next().unwrap_or(written);
    let is_class =
        ["Test", "Tests", "IT"].iter().any(|end| stem.strip_suffix(end).is_some_and(|it| !it.is_empty()))
            && [".java", ".kt", ".cs", ".php", ".scala", ".swift", ".groovy"]
                .iter()
                .any(|end| name.ends_with(end));
    is_class
        || MIDDLES.iter().any(|middle| name.contains(middle))
        || ENDS.iter().any(|end| name.ends_with(end))
        || (name.starts_with("test_") && name.ends_with(".py"))
        || name == "conftest.py"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_kinds() {
        use FileKind::{Ci, Documentation, Housekeeping, Tests};
        for (path, kind) in [
            ("README.md", Documentation),
            ("docs/guide/start.md", Documentation),
            ("docs/images/a.png", Documentation),
            ("packages/a/README.zh-CN.md", Documentation),
            ("Documentation/git-log.adoc", Documentation),
            ("src/notes.md", Documentation),
            ("tests/a.rs", Tests),
            ("t/t0001-init.sh", Tests),
            ("src/a.test.ts", Tests),
            ("pkg/a_test.go", Tests),
            ("src/test/java/a/B.java", Tests),
            ("core/src/FooTest.java", Tests),
            ("spec/models/user_spec.rb", Tests),
            ("app/test_views.py", Tests),
            (".github/workflows/ci.yml", Ci),
            (".gitlab-ci.yml", Ci),
            ("Jenkinsfile", Ci),
            ("ci/install.sh", Ci),
            ("CHANGELOG.md", Housekeeping),
            ("docs/CHANGELOG.md", Housekeeping),
            ("Documentation/RelNotes/2.50.0.adoc", Housekeeping),
            (".changeset/blue-cats.md", Housekeeping),
            (".github/FUNDING.yml", Housekeeping),
            ("SPONSORS.md", Housekeeping),
            ("Cargo.lock", Housekeeping),
            ("web/pnpm-lock.yaml", Housekeeping),
            (".eslintrc.json", Housekeeping),
            ("LICENSE", Housekeeping),
            (".gitignore", Housekeeping),
        ] {
            assert_eq!(file_kind(path), Some(kind), "{path}");
        }
        for path in [
            "src/main.rs",
            "src/security.rs",
            "src/history.ts",
            "src/latest.java",
            "lib/contest.cs",
            "package.json",
            "Cargo.toml",
            "Dockerfile",
            "src/docstring.py",
            "src/testing/mod.rs",
            "app/t/index.html",
            "locales/en.json",
            "src/license.go",
            "news.js",
        ] {
            assert_eq!(file_kind(path), None, "{path}");
        }
    }
}
