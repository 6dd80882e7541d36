//! Compares lists of environment variables (`.env.example`): whether one of them is new, or has a new value.

use std::collections::HashMap;

/// Whether the newer list has a variable that the older one lacks, or with another value.
///
/// A variable in a comment (`#PORT=80`) is optional: it counts only if the older list does not name it at all.
pub(super) fn has_new(old: &[u8], new: &[u8]) -> bool {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let old: HashMap<&str, Variable<'_>> = variables(&old).map(|it| (it.name, it)).collect();
    variables(&new).any(|it| match old.get(it.name) {
        None => true,
        Some(_) if it.is_comment => false,
        Some(before) => before.is_comment || before.value != it.value,
    })
}

struct Variable<'a> {
    name: &'a str,
    value: &'a str,
    is_comment: bool,
}

fn variables(text: &str) -> impl Iterator<Item = Variable<'_>> {
    text.trim_start_matches('\u{feff}').lines().filter_map(variable)
}

fn variable(line: &str) -> Option<Variable<'_>> {
    let line = line.trim();
    let bare = line.trim_start_matches(['#', ' ', '\t']);
    let is_comment = bare.len() != line.len();
    let bare = bare.strip_prefix("export ").unwrap_or(bare);
    let (name, value) = bare.split_once('=')?;
    let name = name.trim_end();
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_name =
        name.starts_with(is_start) && name.chars().all(|c| is_start(c) || c.is_ascii_digit() || c == '.');
    // A sentence in a comment may contain `=`.
    let is_prose = is_comment && name.chars().any(|c| c.is_ascii_lowercase());
    (is_name && !is_prose).then(|| Variable { name, value: unquoted(value.trim()), is_comment })
}

/// The value without its quotes, or without the comment after it.
fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some((inner, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inner;
        }
    }
    if value.starts_with('#') {
        return "";
    }
    value.split_once(" #").map_or(value, |(value, _)| value).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_new(old: &str, new: &str) -> bool {
        has_new(old.as_bytes(), new.as_bytes())
    }

    #[test]
    fn added_and_changed_variables_are_new() {
        for (old, new) in [
            ("", "PORT=80"),
            ("PORT=80", "PORT=81"),
            ("A=1", "A=1\r\nexport B=\"x\"\r\n"),
            ("A=1", "A=1\n# CACHE_URL=redis://localhost\n"),
            ("#A=1", "A=1"),
            ("A=", "A=\nb.c=1"),
        ] {
            assert!(is_new(old, new), "{old:?} → {new:?}");
        }
    }

    #[test]
    fn comments_order_and_removed_variables_are_not_new() {
        for (old, new) in [
            ("", ""),
            ("", "# Copy this file to .env\n"),
            ("", "# Set debug=true to see more\n"),
            ("A=1\nB=2", "# numbers\nB=2\nA=1\n"),
            ("A=1\nB=2", "B=2"),
            ("A=1", "A='1'"),
            ("A=1", "A = 1 # the first"),
            ("A=1", "#A=1"),
            ("#A=1", "#A=2"),
            ("\u{feff}A=1", "A=1\r\n"),
        ] {
            assert!(!is_new(old, new), "{old:?} → {new:?}");
        }
    }
}
