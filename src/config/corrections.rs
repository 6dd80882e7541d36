//! Parses the corrections file, as strictly as the configuration.

use std::path::Path;

use crate::corrections::{CommitKey, Reference, WrittenCorrection, WrittenCorrections};

use super::{Error, document::from_toml, key_path::KeySegment, locate::locate, value_error::ValueError};

/// In bytes: tens of thousands of entries.
const MAX_BYTES: usize = 2 << 20;

/// Parses a corrections file. `sections` are the IDs of the sections; `path` is only used in messages.
///
/// # Errors
/// If the text is not valid TOML or too large, has an unknown key, a value of the wrong type or an invalid value, or
/// merges a change into itself.
pub fn corrections(text: &str, path: &Path, sections: &[String]) -> Result<WrittenCorrections, Error> {
    if text.len() > MAX_BYTES {
        return Err(Error::TooLarge { path: path.to_owned(), limit: MAX_BYTES });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let written: WrittenCorrections = from_toml(text, path)?;
    for (table, name, correction) in written.entries() {
        let invalid =
            |key: Option<&'static str>, problem: Problem| error((text, path), (table, name, key), problem);
        check_name(table, name).map_err(|problem| invalid(None, problem))?;
        check(correction, sections).map_err(|(key, problem)| invalid(Some(key), problem))?;
        if leads_back(&written, (table, name)) {
            let problem = "`merge_into` leads back to the same change".to_owned();
            let hint = "remove `merge_into` from the change that is to be listed".to_owned();
            return Err(invalid(Some("merge_into"), (problem, Some(hint))));
        }
    }
    for (name, version) in &written.version {
        if let Some(line) = version.highlights.iter().find(|line| line.contains('\n')) {
            let problem = format!("`{}` has several lines", line.lines().next().unwrap_or_default());
            let key = ("version", name.as_str(), Some("highlights"));
            return Err(error((text, path), key, (problem, Some("write one line for each".to_owned()))));
        }
    }
    Ok(written)
}

/// What is wrong, and a hint.
type Problem = (String, Option<String>);

fn error(
    (text, path): (&str, &Path),
    (table, name, key): (&str, &str, Option<&str>),
    (problem, hint): Problem,
) -> Error {
    let key_path = [Some(table), Some(name), key].into_iter().flatten().map(KeySegment::Key);
    let at = locate(text, path, &key_path.collect::<Vec<_>>()).map(Box::new);
    let entry = format!("{} {name}", table.replace('_', " "));
    Error::Invalid { path: path.to_owned(), at, entry, problem, hint }
}

/// The error for the commit ID of an entry, or of its `merge_into`, that names several objects.
#[must_use]
pub fn ambiguous_commit(text: &str, path: &Path, digits: &str) -> Error {
    let written: WrittenCorrections = from_toml(text, path).unwrap_or_default();
    let has_digits = |text: &str| {
        text.parse().is_ok_and(|reference| match reference {
            Reference::Commit(CommitKey { digits: own, .. }) => own == digits,
            Reference::Number(_) => false,
        })
    };
    let of_name = written.commit.keys().find(|name| has_digits(name)).map(|name| ("commit", &**name, None));
    let of_merge = || {
        let mut entries = written.entries();
        let found = entries.find(|(_, _, it)| it.merge_into.as_deref().is_some_and(has_digits));
        found.map(|(table, name, _)| (table, name, Some("merge_into")))
    };
    let at = of_name.or_else(of_merge).unwrap_or(("commit", digits, None));
    let problem = format!("`{digits}` is the start of several object IDs");
    error((text, path), at, (problem, Some("write more digits".to_owned())))
}

fn check_name(table: &str, name: &str) -> Result<(), Problem> {
    let (is_valid, expected) = match table {
        "commit" => (name.parse::<CommitKey>().is_ok(), "a commit ID of at least 7 digits, as in `a1b2c3d`"),
        _ => (format!("#{name}").parse::<Reference>().is_ok(), "a number, as in `12`"),
    };
    if is_valid { Ok(()) } else { Err((format!("the name of the table is not {expected}"), None)) }
}

fn check(correction: &WrittenCorrection, sections: &[String]) -> Result<(), (&'static str, Problem)> {
    let lines = [("title", &correction.title), ("scope", &correction.scope), ("hide", &correction.hide)];
    for (key, value) in lines {
        let Some(value) = value else { continue };
        if value.trim().contains('\n') {
            return Err((key, (format!("`{key}` has several lines"), Some("write one line".to_owned()))));
        }
        if value.trim().is_empty() && key != "scope" {
            let hint = (key == "hide").then(|| "write why the change is hidden".to_owned());
            return Err((key, (format!("`{key}` is empty"), hint)));
        }
    }
    if let Some(section) = &correction.section {
        check_section(section, sections).map_err(|problem| ("section", problem))?;
    }
    if let Some(target) = &correction.merge_into {
        if target.parse::<Reference>().is_err() {
            let hint = "write a commit ID of at least 7 digits, or `#12` for a pull request".to_owned();
            return Err(("merge_into", (format!("`{target}` names no change"), Some(hint))));
        }
        if correction.hide.is_some() {
            let hint = "remove one: a merged change is not listed itself".to_owned();
            return Err(("merge_into", ("it has both `hide` and `merge_into`".to_owned(), Some(hint))));
        }
    }
    Ok(())
}

fn check_section(section: &str, sections: &[String]) -> Result<(), Problem> {
    if section == "breaking" {
        let hint = "write `breaking = true`: the section has all breaking changes, and no others".to_owned();
        return Err(("changes are not moved to `breaking`".to_owned(), Some(hint)));
    }
    if sections.iter().any(|known| known == section) {
        return Ok(());
    }
    let known: Vec<String> = sections.iter().filter(|known| *known != "breaking").cloned().collect();
    let unknown = ValueError::UnknownValue { value: section.to_owned(), known };
    Err((format!("the section `{section}` is not defined"), unknown.hint()))
}

/// Whether following `merge_into` from an entry leads back to it, by the names in the file.
fn leads_back(written: &WrittenCorrections, start: (&str, &str)) -> bool {
    let mut at = start;
    for _ in 0..=written.entries().count() {
        let entry = written.entries().find(|(table, name, _)| (*table, *name) == at);
        let Some(target) = entry.and_then(|(_, _, it)| it.merge_into.as_deref()?.parse().ok()) else {
            return false;
        };
        let Some(next) = named(written, &target) else { return false };
        at = next;
        if at == start {
            return true;
        }
    }
    false
}

/// The entry of the change that a reference names.
fn named<'w>(written: &'w WrittenCorrections, target: &Reference) -> Option<(&'static str, &'w str)> {
    match target {
        Reference::Number(number) => {
            let name = number.to_string();
            let pull_request =
                written.pull_request.get_key_value(&name).map(|(name, _)| ("pull_request", name));
            let issue = || written.issue.get_key_value(&name).map(|(name, _)| ("issue", name));
            pull_request.or_else(issue).map(|(table, name)| (table, name.as_str()))
        }
        Reference::Commit(key) => {
            let is_same = |name: &&String| {
                name.parse::<CommitKey>().is_ok_and(|own| {
                    let (one, other) = (&own.digits, &key.digits);
                    own.ordinal == key.ordinal && (one.starts_with(other) || other.starts_with(&**one))
                })
            };
            written.commit.keys().find(is_same).map(|name| ("commit", name.as_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (String, Option<String>) {
        let sections = ["breaking", "features", "fixes"].map(str::to_owned);
        let error = corrections(text, Path::new("c.toml"), &sections).unwrap_err();
        (error.to_string().lines().next().unwrap_or_default().to_owned(), error.hint())
    }

    #[test]
    fn errors_name_the_place_and_the_nearest_valid_name() {
        for (text, message, hint) in [
            ("[commit.a1b2c3d]\ntitel = 'x'", "c.toml:2:1: unknown key `titel`", "did you mean `title`?"),
            ("[commits.a1b2c3d]", "c.toml:1:2: unknown key `commits`", "did you mean `commit`?"),
            (
                "[issue.7]\nsection = 'fixs'",
                "c.toml:2:11: issue 7: the section `fixs` is not defined",
                "did you mean `fixes`?",
            ),
            (
                "[pull_request.12]\nsection = 'breaking'",
                "c.toml:2:11: pull request 12: changes are not moved to `breaking`",
                "write `breaking = true`: the section has all breaking changes, and no others",
            ),
            (
                "[commit.a1b2c3d]\nhide = ' '",
                "c.toml:2:8: commit a1b2c3d: `hide` is empty",
                "write why the change is hidden",
            ),
            (
                "[commit.a1b2c3d]\nmerge_into = 'x'",
                "c.toml:2:14: commit a1b2c3d: `x` names no change",
                "write a commit ID of at least 7 digits, or `#12` for a pull request",
            ),
        ] {
            assert_eq!(refused(text), (message.to_owned(), Some(hint.to_owned())), "{text}");
        }
        let (message, _) = refused("[commit.a1b2c3]\n");
        assert!(message.ends_with("not a commit ID of at least 7 digits, as in `a1b2c3d`"), "{message}");
        assert!(refused("[commit.a1b2c3d]\nhide = true").0.contains("invalid type: boolean `true`"));
    }

    #[test]
    fn cycle_of_merges_is_refused() {
        for text in [
            "[commit.a1b2c3d]\nmerge_into = 'a1b2c3d4'",
            "[commit.a1b2c3d]\nmerge_into = '#12'\n[pull_request.12]\nmerge_into = '#7'\n[issue.7]\nmerge_into = 'a1b2c3d4'",
        ] {
            assert!(refused(text).0.contains("leads back to the same change"), "{text}");
        }
        let chain = "[issue.1]\nmerge_into = '#2'\n[issue.2]\nmerge_into = '#3'\n[issue.3]\n";
        assert!(corrections(chain, Path::new("c.toml"), &[]).is_ok());
    }
}
