//! Checks the changelog: the section of the version to tag, versions without a tag, text that is not released.

use crate::{
    changelog::{self, Markup},
    error::Error,
    model::Version,
    notes::Line,
    session::{Session, Untagged, read_changelog},
};

use super::finding::Finding;

/// The findings about the changelog of a line of versions, if it has one.
///
/// If the version `is_rejected`, another one will be tagged, so that a missing section is not an error.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn findings(
    session: &Session,
    line: &Line,
    version: Option<&str>,
    is_rejected: bool,
) -> Result<Vec<Finding>, Error> {
    let version = version.and_then(|text| session.version(line, text).ok());
    let target = session.settings.changelog(line)?;
    let Some(text) = read_changelog(&target)? else { return Ok(Vec::new()) };
    if let (Some(_), Err(error)) =
        (&version, session.refuse_shared_changelogs(std::slice::from_ref(line), None))
    {
        let hint = error.hint().unwrap_or_default();
        return Ok(vec![Finding::error("changelog", error.to_string(), hint)]);
    }
    let options = changelog::Options { scheme: line.history.scheme.clone(), ..changelog::Options::default() };
    let name = session.display_path(&line.changelog);
    let mut findings = Vec::new();
    if let Some(version) = version.as_ref().filter(|_| !is_rejected) {
        findings.push(match changelog::markup(target.display_path(), &text) {
            Some(markup) => foreign_section(&text, version, &name, markup),
            None => section(&text, (version, &session.version_name(line, version)), &name, &options),
        });
        findings.extend(unreleased(&text, version, &name, &options));
    }
    if let Some(untagged) = Untagged::in_text(session, line, &name, &text, version.as_ref()) {
        let (message, fix) = (untagged.message(), untagged.hint());
        match version {
            Some(_) => findings.push(Finding::error("untagged", message, fix)),
            None if untagged.is_certain() => findings.push(Finding::warning("untagged", message, fix)),
            None => {}
        }
    }
    Ok(findings)
}

/// Whether the file has one section for the version.
fn section(
    text: &str,
    (version, typed): (&Version, &str),
    name: &str,
    options: &changelog::Options,
) -> Finding {
    let headings = changelog::versions(text, options);
    match headings.iter().filter(|heading| heading.version.as_ref() == Some(version)).count() {
        0 => Finding::error(
            "changelog",
            format!("{name} has no section for {version}"),
            format!("run `tidings changelog --as {typed} --write`"),
        ),
        1 => Finding::ok("changelog", format!("{name} has a section for {version}")),
        count => Finding::error(
            "changelog",
            format!("{name} has {count} sections for {version}"),
            "keep only one of them".to_owned(),
        ),
    }
}

/// Whether a file that is not Markdown names the version: its headings are not parsed.
fn foreign_section(text: &str, version: &Version, name: &str, markup: Markup) -> Finding {
    let version = version.to_string();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    let names =
        text.split(|c: char| !is_part(c)).map(|word| word.trim_matches(['.', '-', '+'])).any(|word| {
            let word = word.strip_prefix('v').unwrap_or(word);
            // The revision of a Debian package: `1.2.0-1`.
            let upstream =
                word.rsplit_once('-').filter(|_| markup == Markup::Debian).map(|(upstream, _)| upstream);
            word == version || upstream == Some(version.as_str())
        });
    if names {
        return Finding::ok("changelog", format!("{name} names {version}"));
    }
    let format = if markup == Markup::Debian { "debian" } else { "text" };
    Finding::error(
        "changelog",
        format!("{name} does not name {version}"),
        format!(
            "add it by hand, since the file is {}: tidings notes --as {version} --format {format}",
            markup.title()
        ),
    )
}

/// Text under "Unreleased" that the version leaves there.
fn unreleased(text: &str, version: &Version, name: &str, options: &changelog::Options) -> Option<Finding> {
    let line = changelog::unreleased_text(text, options)?;
    Some(Finding::warning(
        "unreleased",
        format!(
            "{name} has text under [Unreleased] (line {line}) that was written by hand and is not part of {version}"
        ),
        format!("to move it there: tidings changelog --as {version} --write --adopt-unreleased"),
    ))
}
