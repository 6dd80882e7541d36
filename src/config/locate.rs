//! Locates an entry of a configuration in its file, for errors found after parsing.

use std::{ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{file_kind::FileKind, json, key_path::KeySegment, location::Location};

/// The location of the value at `key_path`, or of its closest existing ancestor; `None` if there is none.
pub(super) fn locate(text: &str, path: &Path, key_path: &[KeySegment<'_>]) -> Option<Location> {
    let span = match FileKind::of(path) {
        FileKind::PackageJson => json::span(text, &in_package_json(key_path))?,
        kind => {
            let document = DeTable::parse(text).ok()?;
            descend(own_table(document.get_ref(), kind)?, key_path).last()?.span()
        }
    };
    Some(Location::of_span(path.to_owned(), text, first_line(text, span)))
}

/// The location of a key in the table at `key_path`; `None` if it does not exist.
pub(super) fn locate_key(
    text: &str,
    path: &Path,
    key_path: &[KeySegment<'_>],
    key: &str,
) -> Option<Location> {
    let span = match FileKind::of(path) {
        FileKind::PackageJson => json::key_span(text, &in_package_json(key_path), key)?,
        kind => {
            let document = DeTable::parse(text).ok()?;
            let own = own_table(document.get_ref(), kind)?;
            let table = match key_path.len().checked_sub(1) {
                Some(last) => descend(own, key_path).nth(last)?.get_ref().as_table()?,
                None => own,
            };
            table.keys().find(|name| name.get_ref() == key)?.span()
        }
    };
    Some(Location::of_span(path.to_owned(), text, span))
}

fn in_package_json<'a>(key_path: &[KeySegment<'a>]) -> Vec<KeySegment<'a>> {
    [KeySegment::Key("tidings")].into_iter().chain(key_path.iter().copied()).collect()
}

/// The table of tidings in a file.
fn own_table<'t, 'i>(document: &'t DeTable<'i>, kind: FileKind) -> Option<&'t DeTable<'i>> {
    kind.key_paths().iter().find_map(|keys| {
        let mut table = document;
        for key in *keys {
            table = in_table(table, key)?.get_ref().as_table()?;
        }
        Some(table)
    })
}

/// The values along the key path, outermost first, as far as they exist.
fn descend<'t, 'i>(
    table: &'t DeTable<'i>,
    key_path: &[KeySegment<'_>],
) -> impl Iterator<Item = &'t Spanned<DeValue<'i>>> {
    let mut values: Vec<&Spanned<DeValue<'_>>> = Vec::new();
    for segment in key_path {
        let next = match (segment, values.last().map(|value| value.get_ref())) {
            (KeySegment::Key(key), None) => in_table(table, key),
            (KeySegment::Key(key), Some(DeValue::Table(table))) => in_table(table, key),
            (KeySegment::Index(index), Some(DeValue::Array(list))) => list.get(*index),
            _ => None,
        };
        match next {
            Some(next) => values.push(next),
            None => break,
        }
    }
    values.into_iter()
}

fn in_table<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<&'t Spanned<DeValue<'i>>> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
}

/// Shortens a span to its first line: the span of a table may include all of its keys.
fn first_line(text: &str, span: Range<usize>) -> Range<usize> {
    let line = text.get(span.clone()).and_then(|text| text.lines().next()).map_or(0, str::len);
    span.start..span.start + line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(file: &str, text: &str, key_path: &[KeySegment<'_>]) -> Option<String> {
        locate(text, Path::new(file), key_path).map(|at| at.to_string())
    }

    #[test]
    fn entries_are_found_in_every_kind_of_file() {
        use KeySegment::{Index, Key};
        let rules = "[[rules]]\nhide = true\n[[rules]]\nsection = 'x'\n";
        let section = [Key("rules"), Index(1), Key("section")];
        assert_eq!(at("tidings.toml", rules, &section).unwrap(), "tidings.toml:4:11");
        assert_eq!(at("tidings.toml", rules, &section[..2]).unwrap(), "tidings.toml:3:1");
        assert_eq!(
            at("tidings.toml", "rules = [{ section = 'x' }]", &[Key("rules"), Index(0), Key("section")])
                .unwrap(),
            "tidings.toml:1:22"
        );
        assert_eq!(at("t.toml", rules, &[Key("rules"), Index(1), Key("no")]).unwrap(), "t.toml:3:1");
        let cargo = "[package]\nname = 'a'\n[workspace.metadata.tidings]\nscheme = 'x'\n";
        assert_eq!(at("Cargo.toml", cargo, &[Key("scheme")]).unwrap(), "Cargo.toml:4:10");
        let python = "[tool.tidings.bump]\nzero_feature = 'none'\n";
        assert_eq!(
            at("pyproject.toml", python, &[Key("bump"), Key("zero_feature")]).unwrap(),
            "pyproject.toml:2:16"
        );
        let json = "{\n  \"tidings\": {\n    \"rules\": [{}, { \"section\": \"x\" }]\n  }\n}\n";
        assert_eq!(at("package.json", json, &section).unwrap(), "package.json:3:32");
        assert_eq!(at("package.json", json, &[Key("scheme")]).unwrap(), "package.json:2:14");
        assert_eq!(at("package.json", "{}", &[Key("scheme")]), None);
        assert_eq!(at("t.toml", rules, &[Key("scheme")]), None);
    }
}
