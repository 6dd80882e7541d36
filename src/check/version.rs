//! Checks a version against the existing versions and the unreleased changes.

use crate::{
    bump::{self, Fit, Misfit},
    error::Error,
    history::{Versions, Window},
    model::Version,
    notes::Line,
    rules::Classified,
    session::Session,
};

use super::finding::Finding;

/// The findings about giving the version `text` to the unreleased changes.
///
/// # Errors
/// If the repository cannot be read.
pub(super) fn findings(
    session: &Session,
    line: &Line,
    versions: &Versions,
    window: &Window,
    classified: &Classified,
    text: &str,
) -> Result<Vec<Finding>, Error> {
    let refused =
        |name, error: &Error| Finding::error(name, error.to_string(), error.hint().unwrap_or_default());
    let version = match session.new_version(line, text) {
        Ok(version) => version,
        Err(error) => return Ok(vec![refused("version", &error)]),
    };
    if let Some(entry) = versions.find(&version).and_then(|index| versions.get(index)) {
        let fix = "choose a higher version; existing tags are not moved".to_owned();
        let message =
            format!("{version} is already tagged ({} at {})", entry.tag.name, entry.tag.commit.short());
        return Ok(vec![Finding::error("tagged", message, fix)]);
    }
    let higher = match session.check_not_lower(line, &version) {
        Ok(higher) => higher,
        Err(error @ Error::Lower { .. }) => return Ok(vec![refused("order", &error)]),
        Err(error) => return Err(error),
    };
    let mut findings =
        vec![Finding::ok("version", format!("{version} is a valid version and not tagged yet"))];
    if let Some(higher) = higher {
        let message = format!("{version} is lower than {}, which HEAD contains", higher.version);
        findings.push(Finding::warning(
            "order",
            message,
            "choose a higher version, unless this is intended".to_owned(),
        ));
    }
    let base = window.base.as_ref().and_then(|base| base.version.as_ref());
    let (required, scheme) = (classified.bump(), &line.history.scheme);
    let exists = |version: &Version| versions.find(version).is_some();
    findings.push(
        match bump::fits(&version, base, required, session.settings.next.zero, (scheme, &exists)) {
            Ok(Fit::Exact) => {
                let why = classified
                    .required_bump
                    .as_ref()
                    .map_or_else(|| "no change requires more".to_owned(), |required| required.list());
                Finding::ok("bump", format!("{version} is high enough for the changes ({why})"))
            }
            Ok(Fit::Higher { enough }) => Finding::ok(
                "bump",
                format!("{version} is higher than the changes require ({enough} would be enough)"),
            ),
            Ok(Fit::Skips { expected }) => Finding::warning(
                "skips",
                format!("{version} skips versions"),
                format!("the next version is {expected}; ignore this if the gap is intended"),
            ),
            Err(error @ Misfit::NotHigher { .. }) => {
                Finding::error("order", error.to_string(), error.hint().unwrap_or_default())
            }
            Err(error) => Finding::error("bump", error.to_string(), error.hint().unwrap_or_default()),
        },
    );
    findings.extend(empty(window, classified));
    Ok(findings)
}

/// The finding about a version without changes.
fn empty(window: &Window, classified: &Classified) -> Option<Finding> {
    if window.commits.is_empty() {
        let message = "there are no commits since the base".to_owned();
        return Some(Finding::warning("empty", message, String::new()));
    }
    if !classified.sections.is_empty() {
        return None;
    }
    let message = match window.commits.len() {
        1 => "the notes would not list the only commit since the base".to_owned(),
        count => format!("the notes would list none of the {count} commits since the base"),
    };
    Some(Finding::warning("empty", message, "run `tidings explain COMMIT` to see why".to_owned()))
}
