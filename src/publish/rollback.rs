//! Plans a rollback of production to a version that was published before.
//!
//! Its release is published again: it is turned back into a draft and published, so that the pipelines that publication
//! starts deploy the same tag, and with it the same image. No tag is moved and no version is created. A notice above
//! the body lists the changes that the rollback loses.

use crate::forge::Fields;

use super::{
    Action, DesiredRelease, Error, Plan, RemoteState,
    body::{has_notice, with_notice},
    plan::{check, plan, publish},
};

/// Plans the rollback from the version of the tag `from`. `notice` lists what is lost, in Markdown.
///
/// # Errors
/// If the forge has no drafts, or the options are invalid.
pub fn rollback(
    desired: &DesiredRelease,
    state: &RemoteState,
    from: &str,
    notice: &str,
) -> Result<Plan, Error> {
    if !state.abilities.drafts {
        return Err(Error::Invalid(format!(
            "{} cannot publish a release again: rerun the deployment of {} in its pipelines",
            state.forge, desired.tag
        )));
    }
    check(desired, state)?;
    let Some(release) = &state.release else {
        let mut plan = plan(desired, state)?;
        for action in &mut plan.actions {
            if let Action::Create { fields: Fields { body: Some(body), .. }, .. } = action {
                *body = with_notice(body, from, notice);
            }
        }
        return Ok(plan);
    };
    let body = with_notice(&release.body, from, notice);
    let has_notice = has_notice(&release.body, from);
    let mut actions = Vec::new();
    let mut remarks = Vec::new();
    match (release.draft, has_notice) {
        (false, true) => remarks.push(format!(
            "{} was already published again to roll back from {from}; remove the notice from its body to publish it once more",
            desired.tag
        )),
        (false, false) => {
            let fields = Fields { body: Some(body), draft: Some(true), ..Fields::default() };
            actions.extend([Action::Withdraw { fields }, publish(desired, state)]);
        }
        (true, false) => {
            let fields = Fields { body: Some(body), ..Fields::default() };
            let old_body = release.body.clone();
            actions.extend([Action::Update { fields, old_body }, publish(desired, state)]);
        }
        (true, true) => actions.push(publish(desired, state)),
    }
    Ok(Plan { tag: desired.tag.clone(), release: Some(release.clone()), actions, remarks })
}
