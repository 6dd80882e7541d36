//! Plans a rollback of production to a version that was published before.
//!
//! Its release is published again: it is turned back into a draft and published, so that the pipelines that publication
//! starts deploy the same tag, and with it the same image. No tag is moved and no version is created. A notice above
//! the body lists the changes that the rollback loses.
//!
//! An immutable release cannot be published again. A [`Trigger`] starts the deployment instead, and the notice is added
//! afterwards: a run that failed in between starts the deployment once more, rather than never.

use crate::forge::{Fields, Release, Trigger};

use super::{
    Action, DesiredRelease, Error, Plan, RemoteState,
    body::{has_notice, with_notice},
    plan::{check, latest, plan, publish},
};

/// What is rolled back, and how.
#[derive(Debug, Clone)]
pub struct Rollback {
    /// The tag of the version that is rolled back.
    pub from: String,
    /// What is lost, in Markdown.
    pub notice: String,
    /// What starts the deployment; `None` if publishing the release again does.
    pub trigger: Option<Trigger>,
    /// The owner and name of the repository.
    pub repository: String,
}

/// Plans a rollback.
///
/// # Errors
/// If the forge cannot publish a release again or start a deployment, or the options are invalid.
pub fn rollback(desired: &DesiredRelease, state: &RemoteState, rollback: &Rollback) -> Result<Plan, Error> {
    if let Some(trigger) = &rollback.trigger {
        return started(desired, state, rollback, trigger);
    }
    if !state.abilities.drafts {
        return Err(Error::Invalid(format!(
            "{} cannot publish a release again: rerun the deployment of {} in its pipelines",
            state.forge, desired.tag
        )));
    }
    check(desired, state)?;
    let Rollback { from, notice, .. } = rollback;
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
    let mut actions = Vec::new();
    let mut remarks = Vec::new();
    match (release.draft, has_notice(&release.body, from)) {
        (false, true) => remarks.push(done_remark(desired, from, "published again")),
        (false, false) if release.immutable => {
            return Err(Error::ImmutableRelease { forge: state.forge, tag: desired.tag.clone() });
        }
        (false, false) => {
            if state.makes_immutable {
                remarks.push(format!(
                    "{} is immutable afterwards: the next rollback to it needs `rollback` under [publish]",
                    desired.tag
                ));
            }
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

/// The plan that starts the deployment, then adds the notice to the release, if there is one.
fn started(
    desired: &DesiredRelease,
    state: &RemoteState,
    rollback: &Rollback,
    trigger: &Trigger,
) -> Result<Plan, Error> {
    if !state.abilities.triggers {
        return Err(Error::Invalid(format!(
            "{} cannot start a deployment: `rollback` under [publish] is for GitHub",
            state.forge
        )));
    }
    check(desired, state)?;
    let Rollback { from, notice, repository, .. } = rollback;
    let mut plan = Plan {
        tag: desired.tag.clone(),
        release: state.release.clone(),
        actions: Vec::new(),
        remarks: Vec::new(),
    };
    let has_notice = |release: &Release| has_notice(&release.body, from);
    if state.release.as_ref().is_some_and(has_notice) {
        plan.remarks.push(done_remark(desired, from, "deployed again"));
        return Ok(plan);
    }
    plan.actions.push(Action::Start { trigger: trigger.clone(), repository: repository.clone() });
    if let Some(release) = &state.release {
        let body = with_notice(&release.body, from, notice);
        let latest = latest(desired, state).map(|is| is && !release.draft);
        let fields = Fields { body: Some(body), latest, ..Fields::default() };
        plan.actions.push(Action::Update { fields, old_body: release.body.clone() });
    }
    Ok(plan)
}

fn done_remark(desired: &DesiredRelease, from: &str, done: &str) -> String {
    format!(
        "{} was already {done} to roll back from {from}; remove the notice from its body to do it once more",
        desired.tag
    )
}
