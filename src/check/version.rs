//! Whether a version is the right one for what has changed.

use crate::{
    bump::{self, Fit, Misfit},
    history::{Versions, Window},
    model::Version,
    notes::Line,
    rules::Classified,
    session::Session,
};

use super::finding::Finding;

/// The findings about `text` as the version of what is unreleased.
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
        let fix = "choose a higher version; a tag is never moved".to_owned();
        let message =
            format!("{version} is tagged already ({} on {})", entry.tag.name, entry.tag.commit.short());
        return vec![Finding::error("tagged", message, fix)];
    }
    let mut findings = vec![Finding::right("version", format!("{version} is a version, and not tagged yet"))];
    let base = window.base.as_ref().and_then(|base| base.version.as_ref());
    let (asked, scheme) = (classified.bump(), &line.history.scheme);
    let exists = |version: &Version| versions.find(version).is_some();
    findings.push(match bump::fits(&version, base, asked, session.settings.next.zero, (scheme, &exists)) {
        Ok(Fit::Right) => {
            let why = classified
                .required_bump
                .as_ref()
                .map_or_else(|| "nothing asks for more".to_owned(), |required| required.list());
            Finding::right("bump", format!("{version} is big enough for the changes ({why})"))
        }
        Ok(Fit::Larger { enough }) => Finding::right(
            "bump",
            format!("{version} is bigger than the changes ask for ({enough} would do)"),
        ),
        Ok(Fit::Skips { expected }) => Finding::warning(
            "skips",
            format!("{version} leaves out versions"),
            format!("{expected} is the next one; leave it if that is meant"),
        ),
        Err(error @ Misfit::NotHigher { .. }) => {
            Finding::error("order", error.to_string(), error.hint().unwrap_or_default())
        }
        Err(error) => Finding::error("bump", error.to_string(), error.hint().unwrap_or_default()),
    });
    if window.commits.is_empty() {
        findings.push(Finding::warning(
            "empty",
            "there is no commit since the base".to_owned(),
            String::new(),
        ));
    } else if classified.sections.is_empty() {
        let message = format!("none of the {} commits since the base would be shown", window.commits.len());
        findings.push(Finding::warning("empty", message, "tidings explain COMMIT tells why".to_owned()));
    }
    findings
}
