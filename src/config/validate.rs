//! What a well-formed configuration may still have wrong.

use std::{collections::HashMap, fmt::Display, path::Path};

use crate::{
    model::CalVer,
    rules::{BumpLevel, Rule},
};

use super::{
    Config, Error, PackageConfig,
    key_path::{Segment, dotted},
    locate::locate,
    patterns,
};

/// What is wrong with an entry, and the way out.
type Problem = (String, Option<String>);

/// Checks what the types cannot say. `text` is what was read from the file.
pub(super) fn validate(config: &Config, text: &str, path: &Path) -> Result<(), Error> {
    let at = |entry: String, key_path: Vec<Segment<'static>>| {
        // Only what is wrong is looked for.
        move |(problem, hint): Problem| {
            let at = locate(text, path, &key_path).map(Box::new);
            Error::Senseless { path: path.to_owned(), at, entry, problem, hint }
        }
    };
    let key = |key: &'static str| at(format!("`{key}`"), dotted(key));
    config.tag_pattern.as_deref().map_or(Ok(()), tag_pattern).map_err(key("tag_pattern"))?;
    config.scheme.as_deref().map_or(Ok(()), scheme).map_err(key("scheme"))?;
    config.timezone.as_deref().map_or(Ok(()), timezone).map_err(key("timezone"))?;
    config.bump.initial.as_deref().map_or(Ok(()), initial).map_err(key("bump.initial"))?;
    no_nothing(config.bump.zero_breaking).map_err(key("bump.zero_breaking"))?;
    no_nothing(config.bump.zero_feature).map_err(key("bump.zero_feature"))?;
    let number = |list: &'static str, index: usize| {
        let key_path = list.split('.').map(Segment::Key).chain([Segment::Index(index)]);
        at(format!("[[{list}]] number {}", index + 1), key_path.collect())
    };
    for (index, rule) in config.rules.iter().enumerate() {
        self::rule(rule).map_err(number("rules", index))?;
    }
    for (index, package) in config.packages.iter().enumerate() {
        self::package(package).map_err(number("packages", index))?;
    }
    let refuse = |list: &'static str| move |(index, problem): (usize, Problem)| number(list, index)(problem);
    named("id", config.sections.iter().map(|it| &*it.id)).map_err(refuse("sections"))?;
    named("name", config.packages.iter().map(|it| &*it.name)).map_err(refuse("packages"))?;
    named("name", config.components.iter().map(|it| &*it.name)).map_err(refuse("components"))?;
    for (index, entry) in config.components.iter().enumerate() {
        some_paths(&entry.paths).map_err(number("components", index))?;
    }
    for (index, entry) in config.attention.iter().enumerate() {
        given("kind", &entry.kind)
            .and_then(|()| some_paths(&entry.paths))
            .map_err(number("attention", index))?;
    }
    for (index, link) in config.links.iter().enumerate() {
        given("pattern", &link.pattern)
            .and_then(|()| given("url", &link.url))
            .map_err(number("links", index))?;
    }
    for (index, forbid) in config.lint.forbid.iter().enumerate() {
        given("pattern", &forbid.pattern).map_err(number("lint.forbid", index))?;
    }
    match patterns::first_wrong(config) {
        Some((key_path, problem)) => Err(at(entry(&key_path), key_path)((problem, None))),
        None => Ok(()),
    }
}

/// What an entry of a list, or a key, is called.
fn entry(key_path: &[Segment<'_>]) -> String {
    let names = |key_path: &[Segment<'_>]| {
        let names = key_path.iter().filter_map(|segment| match segment {
            Segment::Key(key) => Some(*key),
            Segment::Index(_) => None,
        });
        names.collect::<Vec<_>>().join(".")
    };
    // A text in a list stands at the list's key; only a table has a number that people count by.
    let table = key_path.iter().position(|segment| matches!(segment, Segment::Index(_)));
    match table.filter(|at| at + 1 < key_path.len()).and_then(|at| key_path.split_at_checked(at)) {
        Some((list, [Segment::Index(index), ..])) => format!("[[{}]] number {}", names(list), index + 1),
        _ => format!("`{}`", names(key_path)),
    }
}

/// What another stage finds wrong with an entry of a list, from 0, or with a key of it. `text` is
/// that of the file, to tell the place; the message names it relative to `root`.
#[must_use]
pub fn senseless(
    (path, root, text): (&Path, &Path, &str),
    (list, index): (&'static str, usize),
    key: Option<&str>,
    problem: String,
    hint: Option<String>,
) -> Error {
    let key_path = [Segment::Key(list), Segment::Index(index)].into_iter().chain(key.map(Segment::Key));
    let entry = format!("[[{list}]] number {}", index + 1);
    found_wrong((path, root, text), &key_path.collect::<Vec<_>>(), entry, (problem, hint))
}

/// What another stage finds wrong with a key: `network.ca_file`.
#[must_use]
pub fn senseless_key(
    (path, root, text): (&Path, &Path, &str),
    key: &str,
    problem: String,
    hint: Option<String>,
) -> Error {
    found_wrong((path, root, text), &dotted(key), format!("`{key}`"), (problem, hint))
}

fn found_wrong(
    (path, root, text): (&Path, &Path, &str),
    key_path: &[Segment<'_>],
    entry: String,
    (problem, hint): Problem,
) -> Error {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let path = path.strip_prefix(root).unwrap_or(path);
    let at = locate(text, path, key_path).map(Box::new);
    Error::Senseless { path: path.to_owned(), at, entry, problem, hint }
}

fn problem(problem: impl Display, hint: &str) -> Problem {
    (problem.to_string(), (!hint.is_empty()).then(|| hint.to_owned()))
}

fn given(key: &str, value: &str) -> Result<(), Problem> {
    if value.trim().is_empty() { Err(problem(format_args!("`{key}` is empty"), "")) } else { Ok(()) }
}

fn some_paths(paths: &[String]) -> Result<(), Problem> {
    if paths.is_empty() {
        return Err(problem("`paths` is empty", "name at least one, as in `paths = [\"backend/\"]`"));
    }
    Ok(())
}

fn named<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> Result<(), (usize, Problem)> {
    let mut seen = HashMap::new();
    for (index, name) in names.enumerate() {
        given(key, name).map_err(|problem| (index, problem))?;
        if let Some(first) = seen.insert(name, index) {
            let message = format!("the {key} `{name}` is that of number {} too", first + 1);
            return Err((index, problem(message, "")));
        }
    }
    Ok(())
}

fn tag_pattern(pattern: &str) -> Result<(), Problem> {
    if pattern.contains("{version}") || pattern.contains("<version>") {
        return Ok(());
    }
    let message = format!("`{pattern}` does not say where the version stands");
    Err(problem(message, "write `{version}` in its place, as in `v{version}`"))
}

fn scheme(scheme: &str) -> Result<(), Problem> {
    match scheme.strip_prefix("calver:") {
        Some(pattern) => CalVer::parse(pattern).map(drop).map_err(|error| problem(error, "")),
        None if scheme == "semver" || scheme == "loose" => Ok(()),
        None => Err(problem(
            format_args!("unknown scheme `{scheme}`"),
            "use `semver`, `loose`, or a calendar pattern such as `calver:YYYY.0M.MICRO`",
        )),
    }
}

/// Whether it is a version of its scheme is known only where the variables have been put over the file.
fn initial(text: &str) -> Result<(), Problem> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(problem(format_args!("`{text}` is no version"), "write it without a tag's prefix: 0.1.0"))
}

fn timezone(timezone: &str) -> Result<(), Problem> {
    if timezone == "recorded" || timezone.eq_ignore_ascii_case("UTC") || is_offset(timezone) {
        return Ok(());
    }
    let message = format!("unknown time zone `{timezone}`");
    Err(problem(message, "use `recorded`, `UTC`, or an offset such as `+08:00`"))
}

fn is_offset(text: &str) -> bool {
    let two = |text: &str, most: u8| {
        text.len() == 2
            && text.bytes().all(|b| b.is_ascii_digit())
            && text.parse().is_ok_and(|n: u8| n <= most)
    };
    let parts = text.strip_prefix(['+', '-']).and_then(|rest| rest.split_once(':'));
    parts.is_some_and(|(hours, minutes)| two(hours, 14) && two(minutes, 59))
}

fn no_nothing(level: Option<BumpLevel>) -> Result<(), Problem> {
    if level == Some(BumpLevel::None) {
        return Err(problem("`none` would lose the change", "use `major`, `minor` or `patch`"));
    }
    Ok(())
}

fn rule(rule: &Rule) -> Result<(), Problem> {
    let effects = [("section", rule.section.is_some()), ("hide", rule.hide), ("skip", rule.skip)];
    let effects: Vec<_> = effects.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    if let [first, second, ..] = *effects {
        let message = format!("`{first}` and `{second}` cannot stand together");
        return Err(problem(message, "make two rules of it; the first that fits counts"));
    }
    if rule.reason.is_some() && !rule.hide && !rule.skip {
        return Err(problem("`reason` is there without `hide` or `skip`", ""));
    }
    Ok(())
}

fn package(package: &PackageConfig) -> Result<(), Problem> {
    package.tag_pattern.as_deref().map_or(Ok(()), tag_pattern)?;
    package.initial.as_deref().map_or(Ok(()), initial)?;
    package.scheme.as_deref().map_or(Ok(()), scheme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    fn refused(text: &str) -> String {
        parse(text, Path::new("t")).unwrap_err().to_string().lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn sound_values_pass() {
        for text in [
            "tag_pattern = 'release-{version}'",
            "tag_pattern = '^r(?<version>.+)$'",
            "scheme = 'calver:YYYY.0M.MICRO'",
            "scheme = 'loose'",
            "timezone = 'recorded'",
            "timezone = '-03:30'",
            "[[rules]]\nhide = true\nreason = 'x'\n[[rules]]\nsection = 'a'\nhide = false",
            "[bump]\nzero_breaking = 'minor'",
        ] {
            assert!(parse(text, Path::new("t")).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_pattern_names_the_version() {
        assert_eq!(
            refused("tag_pattern = 'v*'"),
            "t:1:15: `tag_pattern`: `v*` does not say where the version stands"
        );
        assert_eq!(
            refused("[[packages]]\nname = 'a'\n[[packages]]\nname = 'b'\ntag_pattern = 'b-'"),
            "t:3:1: [[packages]] number 2: `b-` does not say where the version stands"
        );
    }

    #[test]
    fn schemes_and_time_zones_are_known() {
        assert!(refused("scheme = 'calver:YYYY.XX'").contains("unknown part `XX`"));
        assert!(
            refused("[[packages]]\nname = 'a'\nscheme = 'x'")
                .contains("[[packages]] number 1: unknown scheme")
        );
        for zone in ["Asia/Taipei", "+8", "+15:00", "+08:60", "+0８:00", ""] {
            assert!(refused(&format!("timezone = '{zone}'")).contains("unknown time zone"), "{zone}");
        }
        assert!(refused("[bump]\nzero_feature = 'none'").starts_with("t:2:16: `bump.zero_feature`: "));
    }

    #[test]
    fn a_first_version_has_no_prefix() {
        assert_eq!(refused("[bump]\ninitial = 'v1'"), "t:2:11: `bump.initial`: `v1` is no version");
        assert!(refused("[[packages]]\nname = 'a'\ninitial = 'v1'").contains("[[packages]] number 1: `v1`"));
    }

    #[test]
    fn a_rule_does_one_thing() {
        let text = "[[rules]]\nhide = true\n[[rules]]\nsection = 'a'\nskip = true";
        assert_eq!(refused(text), "t:3:1: [[rules]] number 2: `section` and `skip` cannot stand together");
        assert!(refused("[[rules]]\nsection = 'a'\nreason = 'r'").contains("`reason` is there without"));
    }

    #[test]
    fn names_are_unique() {
        assert_eq!(
            refused("[[sections]]\nid = 'a'\n[[sections]]\nid = 'b'\n[[sections]]\nid = 'a'"),
            "t:5:1: [[sections]] number 3: the id `a` is that of number 1 too"
        );
        assert!(
            refused("[[packages]]\nname = 'a'\n[[packages]]\nname = 'a'").contains("[[packages]] number 2")
        );
        assert_eq!(refused("[[sections]]\nid = ' '"), "t:1:1: [[sections]] number 1: `id` is empty");
    }

    #[test]
    fn entries_say_what_they_are_about() {
        assert!(refused("[[components]]\nname = 'a'").contains("[[components]] number 1: `paths` is empty"));
        assert!(refused("[[attention]]\nkind = 'a'").contains("[[attention]] number 1: `paths` is empty"));
        assert!(
            refused("[[links]]\npattern = ''\nurl = 'x'").contains("[[links]] number 1: `pattern` is empty")
        );
    }
}
