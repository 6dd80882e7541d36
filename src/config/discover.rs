//! Where a configuration stands.

use std::path::{Path, PathBuf};

use super::{
    Config, Error,
    document::{OwnTable, own_tables, parse, read_table},
    file_kind::FileKind,
    validate::validate,
};

/// A configuration and where it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// What it says.
    pub config: Config,
    /// What the user should know, one sentence each.
    pub warnings: Vec<String>,
}

/// The files that may hold a configuration, relative to the root; the first that does counts.
const CANDIDATES: [&str; 6] =
    ["tidings.toml", ".tidings.toml", ".config/tidings.toml", "Cargo.toml", "pyproject.toml", "package.json"];

/// Looks for the configuration of a repository. `root` is its top directory; messages name files relative to it. `text` gives
/// what the file of a name in it holds, where there is one.
///
/// # Errors
/// When the file that counts is faulty, and what `text` says.
pub fn discover<E: From<Error>>(
    root: &Path,
    text: impl Fn(&str) -> Result<Option<String>, E>,
) -> Result<Option<Found>, E> {
    let mut found: Option<Found> = None;
    for name in CANDIDATES {
        let path = root.join(name);
        let Some(text) = text(name)? else { continue };
        if let Some(found) = &mut found {
            if let Some(second) = named(&text, Path::new(name)) {
                let first = found.path.strip_prefix(root).unwrap_or(&found.path).display();
                found.warnings.push(format!("both {first} and {second} configure tidings; {first} counts"));
            }
        } else if let Some((config, warnings)) = extract(&text, Path::new(name))? {
            found = Some(Found { path, text, config, warnings });
        }
    }
    Ok(found)
}

/// Reads the configuration from the text of a file that the user names. Its name tells its kind.
///
/// # Errors
/// When it is faulty, or is a file of another tool without a table for tidings.
pub fn read(path: &Path, text: &str) -> Result<Found, Error> {
    match extract(text, path)? {
        Some((config, warnings)) => {
            Ok(Found { path: path.to_owned(), text: text.to_owned(), config, warnings })
        }
        None => Err(Error::NoTable { path: path.to_owned(), tables: FileKind::of(path).tables() }),
    }
}

/// The configuration in a text, with warnings; `None` where it is a file of another tool that says nothing of tidings.
fn extract(text: &str, path: &Path) -> Result<Option<(Config, Vec<String>)>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let kind = FileKind::of(path);
    // What is wrong in a file that does not even mention tidings is no business of tidings.
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
        format!("both {name} and {} in {file} configure tidings; the first counts", other.name)
    };
    let warnings = others.iter().map(warning).collect();
    let config = read_table(&table.value, text, path)?;
    validate(&config, text, path)?;
    Ok(Some((config, warnings)))
}

/// How a warning names a file, where it holds a configuration, sound or not.
fn named(text: &str, path: &Path) -> Option<String> {
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

    fn found(files: &[(&str, &str)]) -> Result<Option<Found>, Error> {
        let text =
            |name: &str| files.iter().find(|(file, _)| *file == name).map(|(_, text)| (*text).to_owned());
        discover(Path::new("/r"), |name| Ok(text(name)))
    }

    fn locale(files: &[(&str, &str)]) -> Option<String> {
        found(files).unwrap()?.config.locale
    }

    const CARGO: &str =
        "[package]\nname = 'x'\nversion = '1.0.0'\n[package.metadata.tidings]\nlocale = 'c'\n";
    const PACKAGE_JSON: &str = "{\n  \"name\": \"x\",\n  \"tidings\": { \"locale\": \"j\" }\n}\n";

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert_eq!(found(&[]).unwrap(), None);
        let others =
            [("Cargo.toml", "[package]\nname = 'tidings'\n"), ("package.json", "{\"name\": \"tidings\"}")];
        assert_eq!(found(&others).unwrap(), None);
        assert_eq!(found(&[(".config", "a file"), ("package.json", "// no JSON")]).unwrap(), None);
    }

    #[test]
    fn each_place_is_found() {
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
    fn of_two_the_first_counts_and_both_are_named() {
        let files = [
            ("tidings.toml", ""),
            ("Cargo.toml", CARGO),
            ("package.json", PACKAGE_JSON),
            ("pyproject.toml", ""),
        ];
        assert_eq!(
            found(&files).unwrap().unwrap().warnings,
            [
                "both tidings.toml and [package.metadata.tidings] in Cargo.toml configure tidings; tidings.toml counts",
                "both tidings.toml and \"tidings\" in package.json configure tidings; tidings.toml counts",
            ]
        );
        let both = format!("{CARGO}[workspace.metadata.tidings]\nlocale = 'w'\n");
        let both = found(&[("Cargo.toml", &both)]).unwrap().unwrap();
        assert_eq!((both.config.locale.as_deref(), both.warnings.len()), (Some("c"), 1));
    }

    #[test]
    fn faults_are_located_in_the_file_that_holds_them() {
        let message = |name: &str, text: &str| {
            let message = found(&[(name, text)]).unwrap_err().to_string();
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
    fn a_named_file_must_hold_a_configuration() {
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
