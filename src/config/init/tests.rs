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
        let mut detected = Detected { tags, files, subjects, changelog, name: None, forge: None };
        detected.tags.push(format!("{name}@1.0.0"));
        detected.files.push(format!("crates/{name}/Cargo.toml"));
        let text = write(&detected);
        let parsed = parse(&text, Path::new("t"));
        prop_assert!(parsed.is_ok(), "{:?}\n{}", parsed, text);
        prop_assert_eq!(text, write(&detected));
    }
}
