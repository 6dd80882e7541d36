//! Creates or updates the comment.
//!
//! Two runs at once may both create one: each reads the comments again after creating, and a run that was not first
//! deletes its own comment and updates the first one.

use crate::forge::{Forge, Identity, Thread, creation_order};

use super::{
    error::Error,
    plan::{Action, first_own, plan},
};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The comment was created.
    Created,
    /// Its body was replaced.
    Updated,
    /// It had the body already.
    Unchanged,
}

/// Reads the comments of a pull request, and plans what to do with them.
///
/// # Errors
/// If a request fails.
pub async fn fetch_plan(
    forge: &Forge,
    number: u64,
    mark: &str,
    body: &str,
) -> Result<(Action, Identity), Error> {
    let own = forge.identity().await?;
    let comments = forge.comments(Thread::PullRequest(number)).await?;
    Ok((plan(&comments, &own, mark, body), own))
}

/// Creates or updates the comment on a pull request, unless its newest commit is no longer `head`: then the run for the
/// newer commit writes it.
///
/// # Errors
/// If a request fails, or there is a newer commit.
pub async fn perform(
    forge: &Forge,
    (number, head): (u64, &str),
    mark: &str,
    body: &str,
) -> Result<Outcome, Error> {
    let thread = Thread::PullRequest(number);
    let (action, own) = fetch_plan(forge, number, mark, body).await?;
    if let Action::Keep(_) = action {
        return Ok(Outcome::Unchanged);
    }
    let now = forge.pull_request_head(number).await?;
    if now.is_none_or(|now| !now.is_at(head)) {
        return Err(Error::Outdated { number });
    }
    match action {
        Action::Keep(_) => Ok(Outcome::Unchanged),
        Action::Update(comment) => {
            forge.update_comment(thread, &comment, body).await?;
            Ok(Outcome::Updated)
        }
        Action::Create => {
            let created = forge.comment(thread, body).await?;
            // A token may not be able to read its account; what it wrote tells whose it is.
            let own = created.author.clone().unwrap_or(own);
            let comments = forge.comments(thread).await?;
            let order = creation_order(&created.id);
            let first = first_own(&comments, &own, mark);
            let Some(first) = first.filter(|first| creation_order(&first.id) < order) else {
                return Ok(Outcome::Created);
            };
            forge.delete_comment(thread, &created).await?;
            forge.update_comment(thread, first, body).await?;
            Ok(Outcome::Updated)
        }
    }
}
