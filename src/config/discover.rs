//! Finds the configuration of a repository among the files that may contain it.

use std::path::{Path, PathBuf};

use super::{
    Config, Error,
    document::{OwnTable, own_tables, parse, read_table},
    file_kind::FileKind,
    validate::validate,
};

/// A configuration and its file.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedConfig {
    /// The file.
    pub path: PathBuf,
    /// The text of the file.
    pub text: String,
    /// The parsed configuration.
    pub config: Config,
    /// Warnings for the user, one sentence each.
    pub warnings: Vec<String>,
}

/// The files that may contain a configuration, relative to the root, in order of precedence.
pub const CANDIDATES: [&str; 6] =
    ["tidings.toml", ".tidings.toml", ".config/tidings.toml", "Cargo.toml", "pyproject.toml", "package.json"];

/// Finds the configuration of a repository; `None` if there is none. `root` is its top directory; messages show paths
/// relative to it. `text` returns the text of a file in `root`, or `None` if it does not exist.
///
/// # Errors
/// If the first file with a configuration is invalid, or if `text` fails.
pub fn discover<E: From<Error>>(
    root: &Path,
    text: impl Fn(&str) -> Result<Option<String>, E>,
) -> Result<Option<LoadedConfig>, E> {
    let mut loaded: Option<LoadedConfig> = None;
    for name in CANDIDATES {
        let path = root.join(name);
        let Some(text) = text(name)? else { continue };
        if let Some(loaded) = &mut loaded {
            if let Some(second) = describe(&text, Path::new(name)) {
                let first = loaded.path.strip_prefix(root).unwrap_or(&loaded.path).display();
                let warning = format!("both {first} and {second} configure tidings; using {first}");
                loaded.warnings.push(warning);
            }
        } else if let Some((config, warnings)) = extract(&text, Path::new(name))? {
            loaded = Some(LoadedConfig { path, text, config, warnings });
        }
    }
    Ok(loaded)
}

/// Parses a configuration file that the user names. The file name determines the kind, as in `Cargo.toml`.
///
/// # Errors
/// If the configuration is invalid, or a `Cargo.toml`, `pyproject.toml` or `package.json` has no table for tidings.
pub fn read(path: &Path, text: &str) -> Result<LoadedConfig, Error> {
    match extract(text, path)? {
        Some((config, warnings)) => {
            Ok(LoadedConfig { path: path.to_owned(), text: text.to_owned(), config, warnings })
        }
        None => Err(Error::NoTable { path: path.to_owned(), tables: FileKind::of(path).tables() }),
    }
}

/// The configuration in a text, with warnings; `None` if a file of another tool has no table for tidings.
fn extract(text: &str, path: &Path) -> Result<Option<(Config, Vec<String>)>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let kind = FileKind::of(path);
    // A syntax error in another tool's file must not fail tidings unless the file may configure it.
    if kind != FileKind::Own && !text.contains("tidings") {
        return Ok(None);
    }
    if kind == FileKind::Own {
        return Ok(Some((parse(text, path)?, Vec::new())));
    }
    let tables = own_tables(text, path)?;
    let Some((table, others)) = tables.split_first() else { return Ok(None) };
    let (name, file) = (&table.name, path.display());
    let warning = |other: &OwnTable| {
        format!("both {name} and {} in {file} configure tidings; using {name}", other.name)
    };
    let warnings = others.iter().map(warning).collect();
    let config = read_table(&table.value, text, path)?;
    validate(&config, text, path)?;
    Ok(Some((config, warnings)))
}

/// The name for a warning about a file that contains a configuration, valid or not; `None` if it contains none.
fn describe(text: &str, path: &Path) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if FileKind::of(path) == FileKind::Own {
        return Some(path.display().to_string());
    }
    let tables = own_tables(text, path).ok()?;
    Some(format!("{} in {}", tables.first()?.name, path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(files: &[(&str, &str)]) -> Result<Option<LoadedConfig>, Error> {
        let text =
            |name: &str| files.iter().find(|(file, _)| *file == name).map(|(_, text)| (*text).to_owned());
        discover(Path::new("/r"), |name| Ok(text(name)))
    }

    fn locale(files: &[(&str, &str)]) -> Option<String> {
        load(files).unwrap()?.config.locale
    }

    const CARGO: &str =
        "[package]\nname = 'x'\nversion = '1.0.0'\n[package.metadata.tidings]\nlocale = 'c'\n";
    const PACKAGE_JSON: &str = "{\n  \"name\": \"x\",\n  \"tidings\": { \"locale\": \"j\" }\n}\n";

    #[test]
    fn files_without_a_configuration_are_skipped() {
        assert_eq!(load(&[]).unwrap(), None);
        let others =
            [("Cargo.toml", "[package]\nname = 'tidings'\n"), ("package.json", "{\"name\": \"tidings\"}")];
        assert_eq!(load(&others).unwrap(), None);
        assert_eq!(load(&[(".config", "a file"), ("package.json", "// not JSON")]).unwrap(), None);
    }

    #[test]
    fn every_candidate_is_found() {
        for name in ["tidings.toml", ".tidings.toml", ".config/tidings.toml"] {
            assert_eq!(locale(&[(name, "locale = 'a'")]).as_deref(), Some("a"), "{name}");
        }
        assert_eq!(locale(&[("Cargo.toml", CARGO)]).as_deref(), Some("c"));
        let workspace = "[workspace]\nmembers = []\n[workspace.metadata.tidings]\nlocale = 'w'\n";
        assert_eq!(locale(&[("Cargo.toml", workspace)]).as_deref(), Some("w"));
        assert_eq!(locale(&[("pyproject.toml", "[tool.tidings]\nlocale = 'p'\n")]).as_deref(), Some("p"));
        assert_eq!(locale(&[("package.json", &format!("\u{feff}{PACKAGE_JSON}"))]).as_deref(), Some("j"));
    }

    #[test]
    fn first_of_two_configurations_wins_with_a_warning() {
        let files = [
            ("tidings.toml", ""),
            ("Cargo.toml", CARGO),
            ("package.json", PACKAGE_JSON),
            ("pyproject.toml", ""),
        ];
        assert_eq!(
            load(&files).unwrap().unwrap().warnings,
            [
                "both tidings.toml and [package.metadata.tidings] in Cargo.toml configure tidings; using tidings.toml",
                "both tidings.toml and \"tidings\" in package.json configure tidings; using tidings.toml",
            ]
        );
        let both = format!("{CARGO}[workspace.metadata.tidings]\nlocale = 'w'\n");
        let both = load(&[("Cargo.toml", &both)]).unwrap().unwrap();
        assert_eq!((both.config.locale.as_deref(), both.warnings.len()), (Some("c"), 1));
    }

    #[test]
    fn errors_report_their_location_in_every_kind_of_file() {
        let message = |name: &str, text: &str| {
            let message = load(&[(name, text)]).unwrap_err().to_string();
            message.lines().next().unwrap().to_owned()
        };
        let cargo = CARGO.replace("locale", "local");
        assert_eq!(message("Cargo.toml", &cargo), "Cargo.toml:5:1: unknown key `local`");
        let json = PACKAGE_JSON.replace("locale", "local");
        assert_eq!(message("package.json", &json), "package.json:3:16: unknown key `local`");
        assert_eq!(
            message(".config/tidings.toml", "scheme = 'cal'"),
            ".config/tidings.toml:1:10: `scheme`: unknown scheme `cal`"
        );
    }

    #[test]
    fn named_file_without_a_configuration_is_an_error() {
        let at = |name: &str, text: &str| read(Path::new(name), text);
        assert_eq!(at("ci.toml", "locale = 'x'").unwrap().config.locale.as_deref(), Some("x"));
        let none = at("Cargo.toml", "[package]\n").unwrap_err();
        assert!(matches!(none, Error::NoTable { .. }));
        assert!(
            none.to_string().ends_with(
                "Cargo.toml has no table [package.metadata.tidings] or [workspace.metadata.tidings]"
            )
        );
        assert!(matches!(at("no.toml", "\u{0}"), Err(Error::Syntax { .. })));
    }
}
