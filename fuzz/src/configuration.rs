//! Fuzzes the configuration in each supported file, with variables on top. The first byte chooses the kind of file.

use std::{hint::black_box, path::Path};

use tidings::{
    config::{self, Config, Error, ReleaseYml},
    history::TagPattern,
    model::CalVer,
    render::Locale,
};

pub(super) fn target(data: &[u8]) {
    let [kind, rest @ ..] = data else { return };
    let text = String::from_utf8_lossy(rest);
    match kind % 8 {
        0..=2 => {
            if let Ok(config) = config::parse(&text, Path::new("tidings.toml")) {
                accepted(&config);
            }
            corrections(&text);
        }
        3 => variables(&text),
        4 => named("Cargo.toml", &text),
        5 => named("pyproject.toml", &text),
        6 => named("package.json", &text),
        _ => others(&text),
    }
}

/// Corrections are TOML too. What is accepted can be edited, and no edits change nothing.
fn corrections(text: &str) {
    match config::corrections(text, Path::new("corrections.toml"), &["features".to_owned()]) {
        Ok(_) => {
            if let Ok(same) = tidings::corrections::write("corrections.toml", text, &[]) {
                assert_eq!(same, text, "without an edit the file is another");
            }
        }
        Err(error) => shown(&error),
    }
}

/// Errors contain the location and the line; formatting the message must not fail either.
fn shown(error: &Error) {
    let text = format!("{error} {error:?} {:?}", error.hint());
    assert!(!text.is_empty());
}

/// A valid configuration is unchanged after serialising and parsing it again.
fn accepted(config: &Config) {
    let table = toml::Table::try_from(config).unwrap_or_else(|error| panic!("cannot be written: {error}"));
    let again: Config = table.try_into().unwrap_or_else(|error| panic!("cannot be read again: {error}"));
    assert_eq!(again, *config, "written down, the configuration is another");
    for pattern in
        config.tag_pattern.iter().chain(config.packages.iter().filter_map(|it| it.tag_pattern.as_ref()))
    {
        if let Ok(pattern) = TagPattern::parse(pattern) {
            black_box(pattern.version_text("v1.2.3-rc.1+b"));
            drop(pattern.tag_name(&tidings::model::Version::new(1, 2, 3), Some("v1.2.3")));
        }
    }
    if let Some(calendar) = config.scheme.as_deref().and_then(|scheme| scheme.strip_prefix("calver:")) {
        assert!(CalVer::parse(calendar).is_ok(), "an invalid scheme was accepted");
    }
    match config::apply_variables(config.clone(), &[]) {
        Ok(same) => assert_eq!(same, *config),
        Err(error) => panic!("without a variable the configuration is refused: {error}"),
    }
}

/// One `KEY=value` per line.
fn variables(text: &str) {
    let variable = |line: &str| {
        let (key, value) = line.split_once('=')?;
        Some((format!("TIDINGS_{key}"), value.to_owned()))
    };
    let variables: Vec<_> = text.lines().filter_map(variable).collect();
    match config::apply_variables(Config::default(), &variables) {
        Ok(config) => accepted(&config),
        Err(error) => shown(&error),
    }
}

/// A file with this name, as given with `--config` and as found in a repository.
fn named(name: &str, text: &str) {
    let there = |wanted: &str| Ok::<_, Box<dyn std::error::Error>>((wanted == name).then(|| text.to_owned()));
    match (config::read(Path::new(name), text), config::discover(Path::new(""), there)) {
        (Ok(one), Ok(Some(other))) => {
            assert_eq!(one.config, other.config);
            accepted(&one.config);
        }
        (Err(one), other) => {
            shown(&one);
            assert!(!matches!(other, Ok(Some(_))), "found, but not when it is named: {one}");
        }
        (Ok(one), other) => panic!("named, but not found: {one:?} {other:?}"),
    }
}

/// Files next to the configuration: locales, and GitHub's `release.yml`.
fn others(text: &str) {
    if let Ok(locale) = Locale::from_toml("xx", text) {
        locale.keys().for_each(|key| drop(locale.text(key).to_owned()));
    }
    drop(ReleaseYml::parse(text));
}
