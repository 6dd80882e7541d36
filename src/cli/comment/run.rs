//! Runs `tidings comment`: finds the pull request, reads what it changes, and creates or updates the comment.

use crate::{
    cli::context::Context,
    comment::{self, Action, Outcome},
    error::Error,
    forge::{self, Access, Credentials, Forge},
    http,
    model::ForgeKind,
    render::Format,
    session::{self, Session},
    settings::{self, ForgeAccess},
};

use super::{args::Args, preview::preview, target};

/// The limit of a comment on a forge that is not known, in characters.
const LONGEST: usize = 65_536;

/// Runs the command.
///
/// # Errors
/// If there is no such pull request, the repository cannot be read, or the forge fails.
pub(in crate::cli) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let mut session = context.session()?;
    let event = target::own_event(args, settings::pull_request_event(&context.process));
    let is_named = args.pull_request.is_some() || args.head.is_some() || event.is_some();
    if !is_named && !args.dry_run {
        return Err(target::unnamed());
    }
    let access = access(&session, args.dry_run)?.filter(|_| is_named);
    let read = async |forge: &Forge| target::read(forge, &session, (args, event.as_ref())).await;
    let found = match access.clone().map(|access| with_forge(&session, access, read)).transpose() {
        Err(Error::Comment(error)) if is_left_to_a_newer_run(&error) => {
            session.ui().info(&format!("{error}: its run writes the comment"));
            return Ok(());
        }
        found => found?,
    };
    let target = target::target(&session, args, event.as_ref(), found)?;
    let forge = session.settings.options.repository.forge;
    let preview = preview(&mut session, &target)?;
    let options = session.settings.rendering.options(Format::Release);
    let mark = comment::mark(forge);
    let limit = forge.and_then(|forge| forge.abilities().longest_comment).unwrap_or(LONGEST);
    let body = comment::body(&preview, &options, mark, limit)?;
    session.ui().warn_of_secrets(body.as_bytes());
    if args.dry_run {
        session.ui().show(&body)?;
    }
    let (Some(access), Some(number)) = (access, target.number) else { return Ok(()) };
    let thread = format!("{}{number}", access.kind.pull_request_sign());
    if args.dry_run {
        let plan = async |forge: &Forge| Ok(comment::fetch_plan(forge, number, mark, &body).await?);
        let (action, _) = with_forge(&session, access, plan)?;
        session.ui().info(&describe(&action, &thread));
        return Ok(());
    }
    let head = target.head.to_string();
    let write = async |forge: &Forge| Ok(comment::perform(forge, (number, &head), mark, &body).await?);
    match with_forge(&session, access, write) {
        Ok(outcome) => session.ui().info(&done(outcome, &thread)),
        Err(Error::Comment(error)) if is_left_to_a_newer_run(&error) => {
            session.ui().info(&format!("{error}: its run writes the comment"));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Whether the pull request has a newer commit: the pipeline for it writes the comment.
fn is_left_to_a_newer_run(error: &comment::Error) -> bool {
    matches!(error, comment::Error::Outdated { .. })
}

fn describe(action: &Action, thread: &str) -> String {
    match action {
        Action::Create => format!("would create the comment on {thread}"),
        Action::Update(_) => format!("would update the comment on {thread}"),
        Action::Keep(_) => format!("the comment on {thread} is up to date"),
    }
}

fn done(outcome: Outcome, thread: &str) -> String {
    match outcome {
        Outcome::Created => format!("created the comment on {thread}"),
        Outcome::Updated => format!("updated the comment on {thread}"),
        Outcome::Unchanged => format!("nothing to do: the comment on {thread} is up to date"),
    }
}

fn with_forge<T>(
    session: &Session,
    access: Access,
    work: impl AsyncFnOnce(&Forge) -> Result<T, Error>,
) -> Result<T, Error> {
    // Cached responses may be out of date.
    let fresh = http::Options { cache: None, ..session.settings.forge.http.clone() };
    session::with_client(session.ui(), fresh, async |client| work(&Forge::new(client, access)?).await)
}

/// The access to the forge, which needs a token; `None` in a dry run without one.
///
/// # Errors
/// If the forge has no such comments, or cannot be accessed with a token and this is no dry run.
fn access(session: &Session, is_dry_run: bool) -> Result<Option<Access>, Error> {
    let repository = &session.settings.options.repository;
    let refused = |error: Error| if is_dry_run { Ok(None) } else { Err(error) };
    if let Some(forge) = repository.forge.filter(|forge| forge.abilities().longest_comment.is_none()) {
        return refused(forge::Error::Unsupported { forge, what: "commenting on a pull request" }.into());
    }
    let hint = "--dry-run prints the comment without one";
    match session.settings.forge.forced().access(repository)? {
        ForgeAccess::Allowed(Access {
            kind: ForgeKind::GitLab, credentials: Credentials::Job(_), ..
        }) => {
            let message = "commenting on GitLab needs GITLAB_TOKEN: the token of a job cannot comment";
            refused(Error::usage(message, Some(hint)))
        }
        ForgeAccess::Allowed(access) if access.credentials.is_some() => Ok(Some(access)),
        ForgeAccess::Allowed(access) => {
            let message = format!("commenting on {} needs a token", access.kind.title());
            let variables = access.kind.token_variables();
            refused(Error::usage(message, Some(&format!("set {variables}; {hint}"))))
        }
        ForgeAccess::Disabled => refused(Error::usage(
            "commenting needs the forge, but requests to it are disabled",
            Some("remove --offline, or `ask = \"never\"` under [forge]; --dry-run prints the comment"),
        )),
        ForgeAccess::Anonymous(_, reason) | ForgeAccess::TokenWithheld(reason) => {
            refused(Error::usage(reason, None))
        }
        ForgeAccess::Unavailable(reason) => {
            refused(Error::usage(reason, Some("set `url` and `forge` under [repository]")))
        }
    }
}
