use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::config::{Config, parse};

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&it| it.to_owned()).collect()
}

fn tagged_with(tags: &[&str]) -> Facts {
    Facts { tags: strings(tags), ..Facts::default() }
}

fn config(facts: &Facts) -> Config {
    let text = write(facts);
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
fn without_facts_only_examples_are_written() {
    assert_eq!(config(&Facts::default()), Config::default());
}

/// Whoever takes the `# ` away from an example must get a configuration.
#[test]
fn the_examples_are_a_configuration_themselves() {
    let is_example = |line: &str| {
        let key = line.split(" = ").next().unwrap_or_default();
        line.starts_with('[')
            || (line.contains(" = ") && key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    let text = write(&Facts::default());
    let lines = text.lines().map(|line| line.strip_prefix("# ").filter(|it| is_example(it)).unwrap_or(line));
    let config = parse(&lines.collect::<Vec<_>>().join("\n"), Path::new("t")).unwrap();
    assert_eq!(config.tag_pattern.as_deref(), Some("release-{version}"));
    assert_eq!((config.rules.len(), config.sections.len(), config.components.len()), (1, 1, 1));
    assert_eq!(config.changelog.file.as_deref(), Some("CHANGELOG.md"));
    assert_eq!(config.lint.conventional, Some(true));
}

#[test]
fn the_style_of_tags_is_told() {
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
fn pitfall_06_calendar_versions_are_told() {
    let scheme = |tags: &[&str]| versions_of(tags).1.unwrap();
    assert_eq!(scheme(&["2024.01.3", "2024.11.12", "2025.02.0"]), "calver:YYYY.0M.MICRO");
    assert_eq!(scheme(&["2024.1.3", "2024.11.0"]), "calver:YYYY.MM.MICRO");
    assert_eq!(scheme(&["2024.01.03", "2024.11.12"]), "calver:YYYY.0M.0D");
    assert_eq!(scheme(&["v24.04", "v24.10", "v25.04"]), "calver:YY.0M");
    assert_eq!(versions_of(&["v1.0.0", "v2.0.0", "2024.1.0"]), pair(None, None));
}

#[test]
fn pitfall_05_environments_are_declared() {
    let environments = |tags: &[&str]| {
        let environments = config(&tagged_with(tags)).environments.unwrap_or_default().0;
        environments.into_iter().map(|it| it.suffix).collect::<Vec<_>>()
    };
    assert_eq!(environments(&["v1.1.0-prod", "v1.2.0-staging", "v1.2.0"]), ["-staging", "-prod"]);
    assert_eq!(environments(&["v1.2.0-rc.1", "v1.2.0-staging.1"]), [""; 0]);
    assert_eq!(environments(&["v1.2.0-dev"]), [""; 0]);
    let text = write(&tagged_with(&["v1.1.0-prod"]));
    assert!(text.contains("They are no pre-releases of it"), "{text}");
}

#[test]
fn packages_with_tags_are_set_and_others_are_an_example() {
    let files = strings(&["Cargo.toml", "crates/core/Cargo.toml", "crates/cli/Cargo.toml"]);
    let tags = strings(&["core-v1.0.0", "core-v1.1.0", "v1.0.0", "cli@0.1.0", "other@1.0.0"]);
    let tagged = Facts { files: files.clone(), tags, ..Facts::default() };
    let patterns: Vec<_> =
        config(&tagged).packages.into_iter().map(|it| (it.name, it.tag_pattern.unwrap())).collect();
    let expected = [("cli", "cli@{version}"), ("core", "core-v{version}")];
    assert_eq!(patterns, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(config(&tagged).tag_pattern, None);

    let rare = strings(&["core-v1.0.0", "v1.0.0", "v1.1.0"]);
    let rare = Facts { files: files.clone(), tags: rare, ..Facts::default() };
    assert_eq!(config(&rare).packages, []);

    let untagged = Facts { files, tags: strings(&["v1.0.0"]), ..Facts::default() };
    assert_eq!(config(&untagged).packages, []);
    assert!(write(&untagged).contains("# 2 packages are there, and most tags name none of them."));
}

#[test]
fn packages_beside_a_main_one_are_all_set() {
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
    let facts = Facts { files, tags, name: Some("vite".into()), ..Facts::default() };
    let packages = |facts: &Facts| {
        let packages = config(facts).packages.into_iter();
        packages.map(|it| (it.name, it.tag_pattern.unwrap(), it.paths, it.exclude_paths)).collect::<Vec<_>>()
    };
    let entry = |name: &str, pattern: &str, paths: &[&str], others: &[&str]| {
        (name.to_owned(), pattern.to_owned(), strings(paths), strings(others))
    };
    let create = entry("create-vite", "create-vite@{version}", &["packages/create-vite/"], &[]);
    let legacy = entry("plugin-legacy", "plugin-legacy@{version}", &["packages/plugin-legacy/"], &[]);
    let main = entry("vite", "v{version}", &["packages/vite/"], &[]);
    assert_eq!(packages(&facts), [create.clone(), legacy.clone(), main]);
    let rest = entry("main", "v{version}", &[], &["packages/create-vite/", "packages/plugin-legacy/"]);
    assert_eq!(packages(&Facts { name: None, ..facts }), [create, legacy, rest]);
}

/// ripgrep has 79 versions and 47 of its crate `ignore`; its crates together have more.
#[test]
fn a_main_package_that_is_released_as_often_as_any_other_is_set() {
    let files = strings(&["Cargo.toml", "crates/globset/Cargo.toml", "crates/ignore/Cargo.toml"]);
    let mut tags: Vec<String> = (0..5).map(|number| format!("15.{number}.0")).collect();
    for name in ["globset", "ignore"] {
        tags.extend((0..4).map(|number| format!("{name}-0.{number}.0")));
    }
    let facts = Facts { files, tags: tags.clone(), ..Facts::default() };
    let names = |facts: &Facts| {
        config(facts).packages.into_iter().map(|it| (it.name, it.tag_pattern.unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(names(&facts).last().unwrap(), &("main".to_owned(), "{version}".to_owned()));
    // Three versions from before there were packages are no package.
    tags.drain(..2);
    assert_eq!(names(&Facts { tags, ..facts }).len(), 2);
}

#[test]
fn the_rest_is_set_where_it_differs_from_the_defaults() {
    let subjects = vec!["修正登入時的錯誤".to_owned(); 12];
    let facts = Facts {
        subjects,
        forge: Some(ForgeKind::Gitea),
        changelog: Some("docs/變更\".md".to_owned()),
        files: strings(&["server/main.py"]),
        ..Facts::default()
    };
    let config = config(&facts);
    assert_eq!(config.locale.as_deref(), Some("zh-TW"));
    assert_eq!(config.lint.conventional, Some(false));
    assert_eq!(config.changelog.file.as_deref(), Some("docs/變更\".md"));
    let text = write(&facts);
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
    fn any_facts_give_a_text_that_parses(
        tags in prop::collection::vec(hostile(), 0..8),
        files in prop::collection::vec(hostile(), 0..8),
        subjects in prop::collection::vec(any::<String>(), 0..12),
        changelog in prop::option::of(any::<String>()),
        name in "[a-z\"\n\\\\]{1,3}",
    ) {
        let mut facts = Facts { tags, files, subjects, changelog, name: None, forge: None };
        facts.tags.push(format!("{name}@1.0.0"));
        facts.files.push(format!("crates/{name}/Cargo.toml"));
        let text = write(&facts);
        let parsed = parse(&text, Path::new("t"));
        prop_assert!(parsed.is_ok(), "{:?}\n{}", parsed, text);
        prop_assert_eq!(text, write(&facts));
    }
}
