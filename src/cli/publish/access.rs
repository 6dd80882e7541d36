//! Whether the forge is read and written, or a dry run does without it.

use crate::{
    error::Error,
    forge::{self, Access},
    session::Session,
    settings::ForgeAccess,
};

/// The access to the forge.
pub(super) enum PublishAccess {
    /// With a token.
    Allowed(Box<Access>),
    /// None, in a dry run, for this reason.
    Unread(String),
}

/// The access to the forge, which needs a token: publishing is never anonymous. A dry run shows the plan without one.
///
/// # Errors
/// If the forge has no releases, or cannot be accessed with a token and this is no dry run.
pub(super) fn access(session: &Session, is_dry_run: bool) -> Result<PublishAccess, Error> {
    let repository = &session.settings.options.repository;
    if let Some(forge) = repository.forge.filter(|forge| !forge.abilities().releases) {
        return Err(forge::Error::Unsupported { forge, what: "publishing a release" }.into());
    }
    let (refusal, reason) = match session.settings.forge.forced().access(repository)? {
        ForgeAccess::Allowed(access) if access.credentials.is_some() => {
            return Ok(PublishAccess::Allowed(Box::new(access)));
        }
        ForgeAccess::Allowed(access) => {
            let variables = access.kind.token_variables();
            let refusal = Error::usage(
                format!("publishing on {} needs a token", access.kind.title()),
                Some(&format!("set {variables}; --dry-run shows the release without one")),
            );
            (refusal, format!("there is no token in {variables}"))
        }
        ForgeAccess::Disabled => {
            let refusal = Error::usage(
                "publishing needs the forge, but requests to it are disabled",
                Some("remove --offline, or `ask = \"never\"` under [forge]"),
            );
            (refusal, "requests to it are disabled".to_owned())
        }
        ForgeAccess::Anonymous(_, reason) | ForgeAccess::TokenWithheld(reason) => {
            (Error::usage(reason.clone(), None), reason)
        }
        ForgeAccess::Unavailable(reason) => {
            let hint = "set `url` and `forge` under [repository]";
            (Error::usage(reason.clone(), Some(hint)), reason)
        }
    };
    if is_dry_run { Ok(PublishAccess::Unread(reason)) } else { Err(refusal) }
}
