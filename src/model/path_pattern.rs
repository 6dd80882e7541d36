//! The syntax of path patterns: which parts are literal, and how brackets are read.
//!
//! A pattern is a glob (`*`, `?`, `**`, `[…]`, `{…}`; `\` escapes the next character). Brackets also occur in names, as
//! in `app/[slug]`, so a pattern with brackets is read both as a glob and as a name, as git does with pathspecs.

use std::borrow::Cow;

/// A pattern relative to the root, without `./` and a trailing `/`; empty for the root itself (`.`).
#[must_use]
pub fn normalize(pattern: &str) -> &str {
    let mut pattern = pattern;
    while let Some(rest) = pattern.strip_prefix("./") {
        pattern = rest.trim_start_matches('/');
    }
    match pattern.trim_end_matches('/') {
        "." => "",
        trimmed => trimmed.strip_suffix("/.").unwrap_or(trimmed),
    }
}

/// The readings of a pattern, at least one: as a glob, and with its square brackets, its braces or both as characters
/// of names.
#[must_use]
pub fn readings(pattern: &str) -> Vec<Cow<'_, str>> {
    let mut readings = vec![Cow::Borrowed(pattern)];
    for special in [['[', ']'], ['{', '}']] {
        if pattern.contains(special) {
            let escaped: Vec<_> =
                readings.iter().map(|reading| Cow::Owned(escape(reading, &special))).collect();
            readings.extend(escaped);
        }
    }
    readings
}

/// A pattern that matches only the path itself, and what is below it.
#[must_use]
pub fn escape_path(path: &str) -> String {
    escape(path, &['*', '?', '[', ']', '{', '}', '\\'])
}

/// Puts a backslash before each of `special` that has none.
fn escape(text: &str, special: &[char]) -> String {
    let (mut escaped, mut is_escaped) = (String::with_capacity(text.len() + 2), false);
    for character in text.chars() {
        if special.contains(&character) && !is_escaped {
            escaped.push('\\');
        }
        is_escaped = character == '\\' && !is_escaped && !special.contains(&'\\');
        escaped.push(character);
    }
    escaped
}

/// The path that a pattern without wildcards names; `None` if it has wildcards.
#[must_use]
pub fn literal_path(pattern: &str) -> Option<Cow<'_, str>> {
    if !pattern.contains(['*', '?', '[', '{', '\\']) {
        return Some(Cow::Borrowed(pattern));
    }
    let (mut path, mut characters) = (String::with_capacity(pattern.len()), pattern.chars());
    while let Some(character) = characters.next() {
        match character {
            '*' | '?' | '[' | '{' => return None,
            '\\' => path.push(characters.next()?),
            other => path.push(other),
        }
    }
    Some(Cow::Owned(path))
}

/// The literal start of a pattern, in whole path components, and whether everything below it matches.
#[must_use]
pub fn literal_prefix(pattern: &str) -> (String, bool) {
    let mut components = normalize(pattern).split('/').filter(|name| !name.is_empty()).peekable();
    let mut prefix = String::new();
    while let Some(name) = components.peek().and_then(|name| literal_path(name)) {
        if !prefix.is_empty() {
            prefix.push('/');
        }
        prefix.push_str(&name);
        components.next();
    }
    let is_whole = match components.next() {
        None => true,
        Some(last) => last == "**" && components.next().is_none(),
    };
    (prefix, is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_has_several_spellings() {
        for root in [".", "./", "././", "", "./."] {
            assert_eq!(normalize(root), "", "{root}");
        }
        assert_eq!((normalize("./a/"), normalize("a/."), normalize(".github")), ("a", "a", ".github"));
    }

    #[test]
    fn brackets_are_read_as_a_glob_and_as_a_name() {
        assert_eq!(readings("src/**"), ["src/**"]);
        assert_eq!(readings("app/[slug]/**"), ["app/[slug]/**", "app/\\[slug\\]/**"]);
        assert_eq!(readings("{a,b}"), ["{a,b}", "\\{a,b\\}"]);
        assert_eq!(readings("[a]/{b}").len(), 4);
        assert_eq!(readings("app/\\[slug\\]").last().unwrap(), "app/\\[slug\\]");
    }

    #[test]
    fn escaped_path_is_literal() {
        for path in ["a/b", "app/[slug]", "{{cookiecutter.name}}", "a*b?", "back\\slash"] {
            assert_eq!(literal_path(&escape_path(path)).as_deref(), Some(path));
        }
        assert_eq!(literal_path("a/*"), None);
    }

    #[test]
    fn literal_prefix_ends_at_the_first_wildcard() {
        for (pattern, prefix, is_whole) in [
            ("src", "src", true),
            ("./src/", "src", true),
            ("src/**", "src", true),
            ("src/**/x", "src", false),
            ("src/*.rs", "src", false),
            ("**", "", true),
            (".", "", true),
            ("a/\\[b\\]/c", "a/[b]/c", true),
        ] {
            assert_eq!(literal_prefix(pattern), (prefix.to_owned(), is_whole), "{pattern}");
        }
    }
}
