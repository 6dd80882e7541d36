use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::config::{Config, parse};

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&it| it.to_owned()).collect()
}

fn tagged_with(tags: &[&str]) -> Detected {
    Detected { tags: strings(tags), ..Detected::default() }
}

fn config(detected: &Detected) -> Config {
    let text = write(detected);
    parse(&text, Path::new("tidings.toml")).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn versions_of(tags: &[&str]) -> (Option<String>, Option<String>) {
    let config = config(&tagged_with(tags));
    (config.tag_pattern, config.scheme)
}

fn pair(pattern: Option<&str>, scheme: Option<&str>) -> (Option<String>, Option<String>) {
    (pattern.map(str::to_owned), scheme.map(str::to_owned))
}

#[test]
fn empty_repository_gets_only_examples() {
    assert_eq!(config(&Detected::default()), Config::default());
}

#[test]
fn examples_are_valid_when_uncommented() {
    let is_example = |line: &str| {
        let key = line.split(" = ").next().unwrap_or_default();
        line.starts_with('[')
            || (line.contains(" = ") && key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    let text = write(&Detected::default());
    let lines = text.lines().map(|line| line.strip_prefix("# ").filter(|it| is_example(it)).unwrap_or(line));
    let config = parse(&lines.collect::<Vec<_>>().join("\n"), Path::new("t")).unwrap();
    assert_eq!(config.tag_pattern.as_deref(), Some("release-{version}"));
    assert_eq!((config.rules.len(), config.sections.len(), config.components.len()), (1, 1, 1));
    assert_eq!(config.changelog.file.as_deref(), Some("CHANGELOG.md"));
    assert_eq!(config.lint.conventional, Some(true));
}

#[test]
fn tag_pattern_and_scheme_are_detected() {
    assert_eq!(versions_of(&["v1.0.0", "v1.1.0-rc.1", "nightly", "v1"]), pair(None, None));
    assert_eq!(versions_of(&["1.0.0", "1.1.0"]), pair(None, None));
    assert_eq!(
        versions_of(&["release-1.0.0", "release-1.1.0", "v0.1.0"]),
        pair(Some("release-{version}"), None)
    );
    assert_eq!(versions_of(&["release/v1.0.0"]), pair(Some("release/v{version}"), None));
    assert_eq!(versions_of(&["7.0.8.7", "7.0.8.8"]), pair(None, Some("loose")));
    assert_eq!(versions_of(&["v1.2", "v1.3"]), pair(None, Some("loose")));
    assert_eq!(versions_of(&["5.0.0.beta1", "5.0.0.rc1"]), pair(None, Some("loose")));
}

#[test]
fn calendar_versions_are_detected() {
    let scheme = |tags: &[&str]| versions_of(tags).1.unwrap();
    assert_eq!(scheme(&["2024.01.3", "2024.11.12", "2025.02.0"]), "calver:YYYY.0M.MICRO");
    assert_eq!(scheme(&["2024.1.3", "2024.11.0"]), "calver:YYYY.MM.MICRO");
    assert_eq!(scheme(&["2024.01.03", "2024.11.12"]), "calver:YYYY.0M.0D");
    assert_eq!(scheme(&["v24.04", "v24.10", "v25.04"]), "calver:YY.0M");
    assert_eq!(scheme(&["2026.01.13", "2026.01.13-2", "2026.02.01"]), "calver:YYYY.0M.0D-MICRO");
    assert_eq!(scheme(&["2026.01.13", "2026.01.13.1", "2026.02.01"]), "calver:YYYY.0M.0D[.MICRO]");
    assert_eq!(scheme(&["2026-01-13", "v2026-02-01"]), "calver:YYYY-0M-0D");
    assert_eq!(scheme(&["2026.01.13.1", "2026.01.13.2"]), "calver:YYYY.0M.0D.MICRO");
    assert_eq!(versions_of(&["v1.0.0", "v2.0.0", "2024.1.0"]), pair(None, None));
}

#[test]
fn environments_are_detected_from_tag_suffixes() {
    let environments = |tags: &[&str]| {
        let environments = config(&tagged_with(tags)).environments.unwrap_or_default().0;
        environments.into_iter().map(|it| it.suffix).collect::<Vec<_>>()
    };
    assert_eq!(environments(&["v1.1.0-prod", "v1.2.0-staging", "v1.2.0"]), ["-staging", "-prod"]);
    assert_eq!(environments(&["v1.2.0-rc.1", "v1.2.0-staging.1"]), [""; 0]);
    assert_eq!(environments(&["v1.2.0-dev"]), [""; 0]);
    let text = write(&tagged_with(&["v1.1.0-prod"]));
    assert!(text.contains("is not a pre-release"), "{text}");
}

#[test]
fn packages_are_set_if_tagged_and_an_example_otherwise() {
    let files = strings(&["Cargo.toml", "crates/core/Cargo.toml", "crates/cli/Cargo.toml"]);
    let tags = strings(&["core-v1.0.0", "core-v1.1.0", "v1.0.0", "cli@0.1.0", "other@1.0.0"]);
    let tagged = Detected { files: files.clone(), tags, ..Detected::default() };
    let patterns: Vec<_> =
        config(&tagged).packages.into_iter().map(|it| (it.name, it.tag_pattern.unwrap())).collect();
    let expected = [("cli", "cli@{version}"), ("core", "core-v{version}")];
    assert_eq!(patterns, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(config(&tagged).tag_pattern, None);

    let rare = strings(&["core-v1.0.0", "v1.0.0", "v1.1.0"]);
    let rare = Detected { files: files.clone(), tags: rare, ..Detected::default() };
    assert_eq!(config(&rare).packages, []);

    let untagged = Detected { files, tags: strings(&["v1.0.0"]), ..Detected::default() };
    assert_eq!(config(&untagged).packages, []);
    assert!(write(&untagged).contains("# Found 2 packages, but most tags belong to none of them."));
}

#[test]
fn main_package_is_set_in_addition_to_tagged_ones() {
    let files = strings(&[
        "package.json",
        "packages/vite/package.json",
        "packages/create-vite/package.json",
        "packages/plugin-legacy/package.json",
    ]);
    let mut tags: Vec<String> = (0..20).map(|number| format!("v1.{number}.0")).collect();
    for name in ["create-vite", "plugin-legacy", "plugin-gone"] {
        tags.extend((0..4).map(|number| format!("{name}@1.{number}.0")));
    }
    let detected = Detected { files, tags, name: Some("vite".into()), ..Detected::default() };
    let packages = |detected: &Detected| {
        let packages = config(detected).packages.into_iter();
        packages.map(|it| (it.name, it.tag_pattern.unwrap(), it.paths, it.exclude_paths)).collect::<Vec<_>>()
    };
    let entry = |name: &str, pattern: &str, paths: &[&str], others: &[&str]| {
        (name.to_owned(), pattern.to_owned(), strings(paths), strings(others))
    };
    let create = entry("create-vite", "create-vite@{version}", &["packages/create-vite/"], &[]);
    let legacy = entry("plugin-legacy", "plugin-legacy@{version}", &["packages/plugin-legacy/"], &[]);
    let main = entry("vite", "v{version}", &["packages/vite/"], &[]);
    assert_eq!(packages(&detected), [create.clone(), legacy.clone(), main]);
    let rest = entry("main", "v{version}", &[], &["packages/create-vite/", "packages/plugin-legacy/"]);
    assert_eq!(packages(&Detected { name: None, ..detected }), [create, legacy, rest]);
}

/// ripgrep has 79 versions and 47 of its crate `ignore`; its crates together have more.
#[test]
fn main_package_is_set_if_released_as_often_as_any_other() {
    let files = strings(&["Cargo.toml", "crates/globset/Cargo.toml", "crates/ignore/Cargo.toml"]);
    let mut tags: Vec<String> = (0..5).map(|number| format!("15.{number}.0")).collect();
    for name in ["globset", "ignore"] {
        tags.extend((0..4).map(|number| format!("{name}-0.{number}.0")));
    }
    let detected = Detected { files, tags: tags.clone(), ..Detected::default() };
    let names = |detected: &Detected| {
        config(detected).packages.into_iter().map(|it| (it.name, it.tag_pattern.unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(names(&detected).last().unwrap(), &("main".to_owned(), "{version}".to_owned()));
    // Three old versions from before the split are not a package.
    tags.drain(..2);
    assert_eq!(names(&Detected { tags, ..detected }).len(), 2);
}

#[test]
fn other_keys_are_set_if_they_differ_from_the_defaults() {
    let subjects = vec!["修正登入時的錯誤".to_owned(); 12];
    let detected = Detected {
        subjects,
        forge: Some(ForgeKind::Gitea),
        changelog: Some("docs/變更\".md".to_owned()),
        files: strings(&["server/main.py"]),
        ..Detected::default()
    };
    let config = config(&detected);
    assert_eq!(config.locale.as_deref(), Some("zh-TW"));
    assert_eq!(config.lint.conventional, Some(false));
    assert_eq!(config.changelog.file.as_deref(), Some("docs/變更\".md"));
    let text = write(&detected);
    assert!(text.contains("# forge = \"gitea\"") && text.contains("# name = \"server\""), "{text}");
}

/// The packages that are proposed for tags and files, each as `name pattern paths`.
fn proposed(tags: &[&str], files: &[&str], name: Option<&str>) -> Vec<String> {
    let name = name.map(str::to_owned);
    let detected = Detected { tags: strings(tags), files: strings(files), name, ..Detected::default() };
    let packages = config(&detected).packages.into_iter();
    packages.map(|it| format!("{} {} {}", it.name, it.tag_pattern.unwrap(), it.paths.join(" "))).collect()
}

#[test]
fn packages_are_found_for_every_common_form_of_tags() {
    for (tags, files, expected) in [
        (
            ["pkg@1.0.0", "other@0.1.0"],
            ["packages/pkg/a", "packages/other/a"],
            "pkg pkg@{version} packages/pkg/",
        ),
        (
            ["@acme/pkg@1.0.0", "@acme/x@1.0.0"],
            ["packages/pkg/a", "x/a"],
            "pkg @acme/pkg@{version} packages/pkg/",
        ),
        (
            ["@acme/pkg@1.0.0", "@acme/x@1.0.0"],
            ["packages/acme-pkg/a", "x/a"],
            "acme-pkg @acme/pkg@{version} packages/acme-pkg/",
        ),
        (["pkg-v1.0.0", "pkg-v1.1.0"], ["crates/pkg/Cargo.toml", "a"], "pkg pkg-v{version} crates/pkg/"),
        (["pkg/v1.0.0", "x/v1.0.0"], ["pkg/go.mod", "x/go.mod"], "pkg pkg/v{version} pkg/"),
        (["dir/sub/v1.0.0", "v1.0.0"], ["dir/sub/go.mod", "go.mod"], "sub dir/sub/v{version} dir/sub/"),
        (
            ["jenkins-0.1.0", "redis-0.2.0"],
            ["charts/jenkins/Chart.yaml", "charts/redis/Chart.yaml"],
            "jenkins jenkins-{version} charts/jenkins/",
        ),
        (["pkg_1.0.0", "pkg_1.1.0"], ["libs/pkg/setup.py", "a"], "pkg pkg_{version} libs/pkg/"),
        (["pkg--v1.0.0", "pkg--v1.1.0"], ["pkg/a", "a"], "pkg pkg--v{version} pkg/"),
        (
            ["grep-regex-1.0.0", "grep-cli-1.0.0"],
            ["crates/regex/Cargo.toml", "crates/cli/Cargo.toml"],
            "regex grep-regex-{version} crates/regex/",
        ),
        (["h2-0.3.0", "h2-0.3.1"], ["h2/Cargo.toml", "a"], "h2 h2-{version} h2/"),
        (
            ["log4j-1.2-api-2.0.0", "log4j-1.2-api-2.1.0"],
            ["log4j-1.2-api/pom.xml", "a"],
            "log4j-1.2-api log4j-1.2-api-{version} log4j-1.2-api/",
        ),
        (
            ["my_lib-1.0.0", "my_lib-1.1.0"],
            ["libs/my-lib/pyproject.toml", "a"],
            "my-lib my_lib-{version} libs/my-lib/",
        ),
        (["release/pkg-1.0.0", "release/pkg-1.1.0"], ["pkg/a", "a"], "pkg release/pkg-{version} pkg/"),
    ] {
        let found = proposed(&tags, &files, Some("shop"));
        assert!(found.iter().any(|it| it == expected), "{tags:?}: {found:?}");
    }
}

#[test]
fn pattern_of_one_package_is_never_that_of_the_repository() {
    // Without folders, there are packages without paths.
    let tags = ["api-1.0.0", "api-1.1.0", "api-1.2.0", "web-1.0.0"];
    assert_eq!(proposed(&tags, &["src/main.rs"], None), ["api api-{version} ", "web web-{version} "]);
    assert_eq!(versions_of(&tags), pair(None, None));
    // A single name without a folder is a prefix of all tags, as is the name of the repository.
    assert_eq!(versions_of(&["shop-1.0.0", "shop-1.1.0"]), pair(Some("shop-{version}"), None));
    let own = Detected {
        tags: strings(&["shop-1.0.0", "shop-1.1.0"]),
        files: strings(&["shop/setup.py"]),
        name: Some("shop".to_owned()),
        ..Detected::default()
    };
    assert_eq!(config(&own).tag_pattern.as_deref(), Some("shop-{version}"));
    // General words are never packages, even if there is a folder.
    assert_eq!(proposed(&["release-1.0.0", "v0.1.0"], &["release/a"], None), [""; 0]);
    assert_eq!(versions_of(&["release-1.0.0", "release-1.1.0"]), pair(Some("release-{version}"), None));
}

#[test]
fn own_tags_are_a_package_unless_all_are_old() {
    let files = strings(&["core/go.mod", "go.mod"]);
    let tags = strings(&["v1.0.0", "1.1.0", "core/v0.1.0", "core/v0.2.0", "core/v0.3.0"]);
    let proposed = |times: [i64; 5]| {
        let times = tags.iter().cloned().zip(times).collect();
        let detected = Detected { tags: tags.clone(), files: files.clone(), times, ..Detected::default() };
        let packages = config(&detected).packages.into_iter();
        packages.map(|it| (it.name, it.tag_pattern.unwrap())).collect::<Vec<_>>()
    };
    let core = ("core".to_owned(), "core/v{version}".to_owned());
    let main = ("main".to_owned(), r"v?(?<version>\d.*)".to_owned());
    assert_eq!(proposed([1, 4, 2, 3, 5]), [core.clone(), main]);
    assert_eq!(proposed([1, 2, 3, 4, 5]), [core]);
}

#[test]
fn constant_suffix_is_part_of_the_pattern() {
    let ember = ["v7.0.0-beta.1-ember-cli", "v7.0.0-ember-cli", "v7.1.0-ember-cli", "v7.2.0-ember-cli"];
    assert_eq!(versions_of(&ember), pair(Some("v{version}-ember-cli"), None));
    let mixed = ["v6.0.0", "v6.1.0", "v6.2.0", "v7.0.0-ember-cli", "v7.1.0-ember-cli", "v7.2.0-ember-cli"];
    assert_eq!(versions_of(&mixed), pair(Some(r"v(?<version>.+?)(\-ember\-cli)?"), None));
    assert_eq!(versions_of(&["1.0.0.RELEASE", "1.1.0.RELEASE"]), pair(Some("{version}.RELEASE"), None));
    assert_eq!(versions_of(&["v1.0.0-alpha", "v1.1.0-alpha", "v1.2.0-alpha"]), pair(None, None));
}

#[test]
fn python_versions_are_detected() {
    let scheme = |tags: &[&str]| versions_of(tags).1;
    let pep440 = Some("pep440".to_owned());
    assert_eq!(scheme(&["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0rc1"]), pep440);
    assert_eq!(scheme(&["1.0.0", "1.0.0.post1"]), pep440);
    assert_eq!(scheme(&["v1.0", "v1.1a1"]), pep440);
    assert_eq!(scheme(&["1.0.0", "1.1.0-rc1"]), None);
    // git: few old pre-releases are spelled so.
    assert_eq!(
        scheme(&["1.0rc1", "1.0", "1.5.0-rc0", "1.5.0-rc1", "1.5.0", "1.5.0.1"]),
        Some("loose".to_owned())
    );
    let text = write(&tagged_with(&["v1.2.3", "v1.2.3-1"]));
    assert!(text.contains("# \"v1.2.3-1\" is a pre-release, unless"), "{text}");
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z\"'\n\r\\\\#=@/v{}\\[\\]-]{0,12}[0-9]{1,4}\\.[0-9]{1,2}(\\.[0-9]{1,2})?(-(prod|rc|\"\n))?",
        "(crates/|packages/|)[a-z\"\n\\\\ \u{202e}é#]{0,6}/(Cargo.toml|package.json|pom.xml)",
        Just("Cargo.toml".to_owned()),
        Just("package.json".to_owned()),
    ]
}

proptest! {
    #[test]
    fn generated_configuration_always_parses(
        tags in prop::collection::vec(hostile(), 0..8),
        files in prop::collection::vec(hostile(), 0..8),
        subjects in prop::collection::vec(any::<String>(), 0..12),
        changelog in prop::option::of(any::<String>()),
        name in "[a-z\"\n\\\\]{1,3}",
    ) {
        let mut detected = Detected { tags, files, subjects, changelog, ..Detected::default() };
        detected.tags.push(format!("{name}@1.0.0"));
        detected.files.push(format!("crates/{name}/Cargo.toml"));
        let text = write(&detected);
        let parsed = parse(&text, Path::new("t"));
        prop_assert!(parsed.is_ok(), "{:?}\n{}", parsed, text);
        prop_assert_eq!(text, write(&detected));
    }
}
