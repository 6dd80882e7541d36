//! Taking production back to a version that was published before.
//!
//! Its release is published once more: it becomes a draft for a moment and is then published again, so that the same tag, and with it
//! the same image, is deployed by whatever the publication of a release starts. No tag is moved and no version made up. A notice
//! above its body says what is lost.

use crate::forge::Fields;

use super::{
    Action, Error, Plan, RemoteState, Wish,
    body::{has_notice, with_notice},
    plan::{plan, possible, publish},
};

/// Decides what is to be done to take production back from the version of the tag `from`. `notice` says what is lost, Markdown.
///
/// # Errors
/// When the forge has no drafts, or what is wanted cannot be.
pub fn rollback(wish: &Wish, state: &RemoteState, from: &str, notice: &str) -> Result<Plan, Error> {
    if !state.abilities.drafts {
        return Err(Error::Senseless(format!(
            "{} publishes no release a second time: run the deployment of {} once more in its pipelines",
            state.forge.title(),
            wish.tag
        )));
    }
    possible(wish, state)?;
    let Some(release) = &state.release else {
        let mut made = plan(wish, state)?;
        for action in &mut made.actions {
            if let Action::Create { fields: Fields { body: Some(body), .. }, .. } = action {
                *body = with_notice(body, from, notice);
            }
        }
        return Ok(made);
    };
    let body = with_notice(&release.body, from, notice);
    let is_told = has_notice(&release.body, from);
    let mut actions = Vec::new();
    let mut remarks = Vec::new();
    match (release.draft, is_told) {
        (false, true) => remarks.push(format!(
            "{} was published again already to take production back from {from}; without the notice in its body it is published once more",
            wish.tag
        )),
        (false, false) => {
            let fields = Fields { body: Some(body), draft: Some(true), ..Fields::default() };
            actions.extend([Action::Withdraw { fields }, publish(wish, state)]);
        }
        (true, false) => {
            let fields = Fields { body: Some(body), ..Fields::default() };
            let old_body = release.body.clone();
            actions.extend([Action::Update { fields, old_body }, publish(wish, state)]);
        }
        (true, true) => actions.push(publish(wish, state)),
    }
    Ok(Plan { tag: wish.tag.clone(), release: Some(release.clone()), actions, remarks })
}
