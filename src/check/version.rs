//! Checks a version against the existing versions and the unreleased changes.

use crate::{
    bump::{self, Fit, Misfit},
    history::{Versions, Window},
    model::Version,
    notes::Line,
    rules::Classified,
    session::Session,
};

use super::finding::Finding;

/// The findings about giving the version `text` to the unreleased changes.
pub(super) fn findings(
    session: &Session,
    line: &Line,
    versions: &Versions,
    window: &Window,
    classified: &Classified,
    text: &str,
) -> Vec<Finding> {
    let version = match session.version(line, text) {
        Ok(version) => version,
        Err(error) => {
            return vec![Finding::error("version", error.to_string(), error.hint().unwrap_or_default())];
        }
    };
    if let Some(entry) = versions.find(&version).and_then(|index| versions.get(index)) {
        let fix = "choose a higher version; existing tags are not moved".to_owned();
        let message =
            format!("{version} is already tagged ({} at {})", entry.tag.name, entry.tag.commit.short());
        return vec![Finding::error("tagged", message, fix)];
    }
    let mut findings =
        vec![Finding::ok("version", format!("{version} is a valid version and not tagged yet"))];
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
    if window.commits.is_empty() {
        findings.push(Finding::warning(
            "empty",
            "there are no commits since the base".to_owned(),
            String::new(),
        ));
    } else if classified.sections.is_empty() {
        let message = match window.commits.len() {
            1 => "the notes would not list the only commit since the base".to_owned(),
            count => format!("the notes would list none of the {count} commits since the base"),
        };
        findings.push(Finding::warning(
            "empty",
            message,
            "run `tidings explain COMMIT` to see why".to_owned(),
        ));
    }
    findings
}
