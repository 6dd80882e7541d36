//! Validates the values of a well-formed configuration.

use std::{collections::HashMap, fmt::Display, path::Path};

use crate::{
    model::{CalVer, PostReleasePattern},
    rules::{BumpLevel, Rule},
};

use super::{
    AttentionConfig, Config, Error, NotifyConfig, PackageConfig,
    attention::ATTENTION_KINDS,
    key_path::{KeySegment, parse_dotted},
    locate::locate,
    patterns,
};

/// What is wrong with an entry, and a hint.
type Problem = (String, Option<String>);

/// Checks what the types cannot express. `text` is the file's text, to locate the entry.
pub(super) fn validate(config: &Config, text: &str, path: &Path) -> Result<(), Error> {
    let at = |entry: String, key_path: Vec<KeySegment<'static>>| {
        // Locating an entry parses the text again, so only errors do it.
        move |(problem, hint): Problem| {
            let at = locate(text, path, &key_path).map(Box::new);
            Error::Invalid { path: path.to_owned(), at, entry, problem, hint }
        }
    };
    let key = |key: &'static str| at(format!("`{key}`"), parse_dotted(key));
    config.tag_pattern.as_deref().map_or(Ok(()), tag_pattern).map_err(key("tag_pattern"))?;
    config.scheme.as_deref().map_or(Ok(()), scheme).map_err(key("scheme"))?;
    config.post_release.as_deref().map_or(Ok(()), post_release).map_err(key("post_release"))?;
    config.timezone.as_deref().map_or(Ok(()), timezone).map_err(key("timezone"))?;
    config.bump.initial.as_deref().map_or(Ok(()), initial).map_err(key("bump.initial"))?;
    not_none(config.bump.zero_breaking).map_err(key("bump.zero_breaking"))?;
    not_none(config.bump.zero_feature).map_err(key("bump.zero_feature"))?;
    let in_list = |list: &'static str, index: usize| {
        let key_path = list.split('.').map(KeySegment::Key).chain([KeySegment::Index(index)]);
        at(entry_label(list, index), key_path.collect())
    };
    for (index, rule) in config.rules.iter().enumerate() {
        self::rule(rule).map_err(in_list("rules", index))?;
    }
    for (index, package) in config.packages.iter().enumerate() {
        self::package(package).map_err(in_list("packages", index))?;
    }
    let refuse = |list: &'static str| move |(index, problem): (usize, Problem)| in_list(list, index)(problem);
    unique("id", config.sections.iter().map(|it| &*it.id)).map_err(refuse("sections"))?;
    unique("name", config.packages.iter().map(|it| &*it.name)).map_err(refuse("packages"))?;
    unique("name", config.components.iter().map(|it| &*it.name)).map_err(refuse("components"))?;
    for (index, entry) in config.components.iter().enumerate() {
        has_paths(&entry.paths).map_err(in_list("components", index))?;
    }
    for index in 0..config.attention.len() {
        attention(&config.attention, index).map_err(in_list("attention", index))?;
    }
    for (index, link) in config.links.iter().enumerate() {
        not_empty("pattern", &link.pattern)
            .and_then(|()| not_empty("url", &link.url))
            .map_err(in_list("links", index))?;
    }
    for (index, entry) in config.notify.iter().enumerate() {
        notify(entry).map_err(in_list("notify", index))?;
    }
    for (index, forbid) in config.lint.forbid.iter().enumerate() {
        not_empty("pattern", &forbid.pattern).map_err(in_list("lint.forbid", index))?;
    }
    match patterns::first_invalid(config) {
        Some((key_path, problem)) => Err(at(key_path_label(&key_path), key_path)((problem, None))),
        None => Ok(()),
    }
}

/// A key without effect would be a message that is not sent as configured.
fn notify(entry: &NotifyConfig) -> Result<(), Problem> {
    if let Some((key, applicable)) = entry.inapplicable_key() {
        let (kind, keys) = (entry.kind.name(), applicable.join(", "));
        return Err((
            format!("`{key}` does not apply to \"{kind}\""),
            Some(format!("\"{kind}\" supports {keys}")),
        ));
    }
    if entry.file.is_some() && (entry.smtp_env.is_some() || entry.smtp_file.is_some()) {
        let hint = "remove one; to send the email and to write it, add two entries".to_owned();
        return Err(("it has both an SMTP server and a file".to_owned(), Some(hint)));
    }
    Ok(())
}

/// An entry of a list of tables, as in `rule 3`. `index` counts from 0, the label from 1.
fn entry_label(list: &str, index: usize) -> String {
    let number = index + 1;
    match list {
        "rules" | "links" | "sections" | "packages" | "components" => {
            format!("{} {number}", list.trim_end_matches('s'))
        }
        list => format!("{list} entry {number}"),
    }
}

/// The entry of a list of tables that contains the key, or the key itself.
fn key_path_label(key_path: &[KeySegment<'_>]) -> String {
    let names = |key_path: &[KeySegment<'_>]| {
        let names = key_path.iter().filter_map(|segment| match segment {
            KeySegment::Key(key) => Some(*key),
            KeySegment::Index(_) => None,
        });
        names.collect::<Vec<_>>().join(".")
    };
    // A string in a list is reported under the list's key; only tables are numbered.
    let table = key_path.iter().position(|segment| matches!(segment, KeySegment::Index(_)));
    match table.filter(|at| at + 1 < key_path.len()).and_then(|at| key_path.split_at_checked(at)) {
        Some((list, [KeySegment::Index(index), ..])) => entry_label(&names(list), *index),
        _ => format!("`{}`", names(key_path)),
    }
}

/// The error for an entry of a list of tables (`index` from 0), or a key of it, that another stage rejects. `text` is
/// the file's text, to locate the entry; the message shows `path` relative to `root`.
#[must_use]
pub fn invalid_entry(
    (path, root, text): (&Path, &Path, &str),
    (list, index): (&'static str, usize),
    key: Option<&str>,
    problem: String,
    hint: Option<String>,
) -> Error {
    let key_path =
        [KeySegment::Key(list), KeySegment::Index(index)].into_iter().chain(key.map(KeySegment::Key));
    let entry = entry_label(list, index);
    invalid((path, root, text), &key_path.collect::<Vec<_>>(), entry, (problem, hint))
}

/// The error for a key, as in `network.ca_file`, that another stage rejects. See [`invalid_entry`].
#[must_use]
pub fn invalid_key(
    (path, root, text): (&Path, &Path, &str),
    key: &str,
    problem: String,
    hint: Option<String>,
) -> Error {
    invalid((path, root, text), &parse_dotted(key), format!("`{key}`"), (problem, hint))
}

fn invalid(
    (path, root, text): (&Path, &Path, &str),
    key_path: &[KeySegment<'_>],
    entry: String,
    (problem, hint): Problem,
) -> Error {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let path = path.strip_prefix(root).unwrap_or(path);
    let at = locate(text, path, key_path).map(Box::new);
    Error::Invalid { path: path.to_owned(), at, entry, problem, hint }
}

fn problem(problem: impl Display, hint: &str) -> Problem {
    (problem.to_string(), (!hint.is_empty()).then(|| hint.to_owned()))
}

fn not_empty(key: &str, value: &str) -> Result<(), Problem> {
    if value.trim().is_empty() { Err(problem(format_args!("`{key}` is empty"), "")) } else { Ok(()) }
}

fn has_paths(paths: &[String]) -> Result<(), Problem> {
    if paths.is_empty() {
        return Err(problem("`paths` is empty", "add at least one path, as in `paths = [\"backend/\"]`"));
    }
    Ok(())
}

/// An entry without paths only sets where a kind is shown, so another entry, or a built-in one, must have the kind.
fn attention(entries: &[AttentionConfig], index: usize) -> Result<(), Problem> {
    let Some(entry) = entries.get(index) else { return Ok(()) };
    not_empty("kind", &entry.kind)?;
    let earlier = entries.iter().take(index);
    let is_set = |other: &AttentionConfig| other.kind == entry.kind && other.shown_in.is_some();
    if let Some(first) = earlier.enumerate().find(|(_, other)| is_set(other)).map(|(at, _)| at + 1)
        && entry.shown_in.is_some()
    {
        let message = format!("entry {first} already sets `in` for the kind `{}`", entry.kind);
        return Err(problem(message, "set `in` once for each kind"));
    }
    let only_sets_in = entry.shown_in.is_some()
        && entry.title.is_none()
        && entry.exclude_paths.is_empty()
        && entry.on.is_empty();
    if !only_sets_in || !entry.paths.is_empty() {
        return has_paths(&entry.paths);
    }
    let built_in = ATTENTION_KINDS.iter().copied();
    let of_entries = entries.iter().filter(|other| !other.paths.is_empty()).map(|other| other.kind.as_str());
    let kinds: Vec<&str> = built_in.chain(of_entries).collect();
    if kinds.contains(&entry.kind.as_str()) {
        return Ok(());
    }
    let message = format!("no entry with paths has the kind `{}`", entry.kind);
    Err(problem(message, &format!("add `paths`, or use one of: {}", kinds.join(", "))))
}

fn unique<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> Result<(), (usize, Problem)> {
    let mut seen = HashMap::new();
    for (index, name) in names.enumerate() {
        not_empty(key, name).map_err(|problem| (index, problem))?;
        if let Some(first) = seen.insert(name, index) {
            let message = format!("the {key} `{name}` is already used by entry {}", first + 1);
            return Err((index, problem(message, "")));
        }
    }
    Ok(())
}

fn tag_pattern(pattern: &str) -> Result<(), Problem> {
    if pattern.contains("{version}") || pattern.contains("<version>") {
        return Ok(());
    }
    let message = format!("`{pattern}` does not contain `{{version}}`");
    Err(problem(message, "mark where the version is, as in `v{version}`"))
}

fn scheme(scheme: &str) -> Result<(), Problem> {
    match scheme.strip_prefix("calver:") {
        Some(pattern) => CalVer::parse(pattern).map(drop).map_err(|error| problem(error, "")),
        None if matches!(scheme, "semver" | "loose" | "pep440") => Ok(()),
        None => Err(problem(
            format_args!("unknown scheme `{scheme}`"),
            "use `semver`, `loose`, `pep440`, or a calendar pattern such as `calver:YYYY.0M.MICRO`",
        )),
    }
}

fn post_release(pattern: &str) -> Result<(), Problem> {
    let parsed = PostReleasePattern::parse(pattern).map(drop);
    parsed.map_err(|error| problem(error, "write it with its separator, as in `-{number}`"))
}

/// Only rejects a prefix: environment variables may still change the scheme, so the version is parsed later.
fn initial(text: &str) -> Result<(), Problem> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(problem(format_args!("`{text}` is not a valid version"), "write it without a tag prefix: 0.1.0"))
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

fn not_none(level: Option<BumpLevel>) -> Result<(), Problem> {
    if level == Some(BumpLevel::None) {
        return Err(problem("`none` is not allowed here", "use `major`, `minor` or `patch`"));
    }
    Ok(())
}

fn rule(rule: &Rule) -> Result<(), Problem> {
    let effects = [("section", rule.section.is_some()), ("hide", rule.hide), ("skip", rule.skip)];
    let effects: Vec<_> = effects.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    if let [first, second, ..] = *effects {
        let message = format!("`{first}` and `{second}` cannot be used together");
        return Err(problem(message, "split it into two rules; the first match wins"));
    }
    if rule.reason.is_some() && !rule.hide && !rule.skip {
        return Err(problem("`reason` requires `hide` or `skip`", ""));
    }
    Ok(())
}

fn package(package: &PackageConfig) -> Result<(), Problem> {
    package.tag_pattern.as_deref().map_or(Ok(()), tag_pattern)?;
    package.initial.as_deref().map_or(Ok(()), initial)?;
    package.post_release.as_deref().map_or(Ok(()), post_release)?;
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
    fn valid_values_are_accepted() {
        for text in [
            "tag_pattern = 'release-{version}'",
            "tag_pattern = '^r(?<version>.+)$'",
            "scheme = 'calver:YYYY.0M.MICRO'",
            "scheme = 'loose'",
            "scheme = 'pep440'",
            "post_release = '-{number}'",
            "timezone = 'recorded'",
            "timezone = '-03:30'",
            "[[rules]]\nhide = true\nreason = 'x'\n[[rules]]\nsection = 'a'\nhide = false",
            "[bump]\nzero_breaking = 'minor'",
        ] {
            assert!(parse(text, Path::new("t")).is_ok(), "{text}");
        }
    }

    #[test]
    fn tag_pattern_must_contain_the_version() {
        assert_eq!(refused("tag_pattern = 'v*'"), "t:1:15: `tag_pattern`: `v*` does not contain `{version}`");
        assert_eq!(
            refused("[[packages]]\nname = 'a'\n[[packages]]\nname = 'b'\ntag_pattern = 'b-'"),
            "t:3:1: package 2: `b-` does not contain `{version}`"
        );
    }

    #[test]
    fn unknown_schemes_and_time_zones_are_refused() {
        assert!(refused("post_release = '-1'").contains("does not contain `{number}`"));
        assert!(refused("scheme = 'calver:YYYY.XX'").contains("unknown part `XX`"));
        assert!(refused("[[packages]]\nname = 'a'\nscheme = 'x'").contains("package 1: unknown scheme"));
        for zone in ["Asia/Taipei", "+8", "+15:00", "+08:60", "+0８:00", ""] {
            assert!(refused(&format!("timezone = '{zone}'")).contains("unknown time zone"), "{zone}");
        }
        assert!(refused("[bump]\nzero_feature = 'none'").starts_with("t:2:16: `bump.zero_feature`: "));
    }

    #[test]
    fn initial_version_with_a_prefix_is_refused() {
        assert_eq!(refused("[bump]\ninitial = 'v1'"), "t:2:11: `bump.initial`: `v1` is not a valid version");
        assert!(refused("[[packages]]\nname = 'a'\ninitial = 'v1'").contains("package 1: `v1`"));
    }

    #[test]
    fn rule_with_two_effects_is_refused() {
        let text = "[[rules]]\nhide = true\n[[rules]]\nsection = 'a'\nskip = true";
        assert_eq!(refused(text), "t:3:1: rule 2: `section` and `skip` cannot be used together");
        assert!(refused("[[rules]]\nsection = 'a'\nreason = 'r'").contains("`reason` requires `hide`"));
    }

    #[test]
    fn names_are_unique() {
        assert_eq!(
            refused("[[sections]]\nid = 'a'\n[[sections]]\nid = 'b'\n[[sections]]\nid = 'a'"),
            "t:5:1: section 3: the id `a` is already used by entry 1"
        );
        assert!(refused("[[packages]]\nname = 'a'\n[[packages]]\nname = 'a'").contains("package 2: "));
        assert_eq!(refused("[[sections]]\nid = ' '"), "t:1:1: section 1: `id` is empty");
    }

    #[test]
    fn empty_required_values_are_refused() {
        assert!(refused("[[components]]\nname = 'a'").contains("component 1: `paths` is empty"));
        assert!(refused("[[attention]]\nkind = 'a'").contains("attention entry 1: `paths` is empty"));
        let only_in = |kind: &str| format!("[[attention]]\nkind = '{kind}'\nin = ['compare']\n");
        assert!(refused(&only_in("kubernets")).contains("no entry with paths has the kind `kubernets`"));
        let title = format!("{}title = 'T'", only_in("kubernetes"));
        assert!(refused(&title).contains("attention entry 1: `paths` is empty"));
        let twice = only_in("kubernetes").repeat(2);
        assert!(
            refused(&twice)
                .contains("attention entry 2: entry 1 already sets `in` for the kind `kubernetes`")
        );
        assert!(refused("[[links]]\npattern = ''\nurl = 'x'").contains("link 1: `pattern` is empty"));
    }
}
