//! Detects what a query names: a commit, a pull request or a version.

use crate::{error::Error, git, model::ObjectId, session::Session};

use super::{Explanation, commits, pull_request, version};

/// Explains a commit, a pull request (`#12`) or a version.
///
/// # Errors
/// If the repository cannot be read, or has no such commit, pull request or version.
pub fn explain(session: &Session, what: &str) -> Result<Explanation, Error> {
    let line = session.line_of(Some(what))?;
    let versions = session.versions(line);
    let is_version = versions.find_tag(what).is_some()
        || session.version(line, what).is_ok_and(|version| versions.find(&version).is_some());
    let is_number = (1..7).contains(&what.len()) && what.bytes().all(|byte| byte.is_ascii_digit());
    let bare = what.strip_prefix('#').or(is_number.then_some(what));
    if let Some(number) = bare.filter(|_| !is_version) {
        let number = number
            .parse()
            .map_err(|_| Error::usage(format!("`{what}` is not a pull request number"), Some("write #12")))?;
        return pull_request::explain(session, line, number);
    }
    if is_version {
        return version::explain(session, line, &session.target_name(line, what));
    }
    commits::explain(session, line, &[commit(session, what)?])
}

/// The commit that a revision or an image tag such as `sha-a1b2c3d` names.
fn commit(session: &Session, name: &str) -> Result<ObjectId, Error> {
    let found = session.repository.resolve(name);
    Ok(match (found, name.strip_prefix("sha-")) {
        (Err(git::Error::NoSuchRevision { .. }), Some(sha)) => session.repository.resolve(sha)?,
        (found, _) => found?,
    })
}
