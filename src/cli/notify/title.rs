//! The title of an announcement: what is deployed to which environment, and when.

use chrono::DateTime;

use crate::{
    config::Phase,
    model::{Ends, Notes, Release},
    notify::Status,
    render::Locale,
};

use super::args::Args;

/// The title, with the time; it is also the subject of an email.
pub(super) fn title(
    notes: &Notes,
    args: &Args,
    words: &Locale,
    (window, moment): (Option<&str>, i64),
) -> String {
    let release = notes.releases.first();
    let ends = release.and_then(|release| release.ends.as_deref());
    let text = match ends.filter(|_| release.is_some_and(|release| release.rollback)) {
        Some(ends) => of_rollback(ends, notes, args, words),
        None => of_version(release, notes, args, words),
    };
    words.text("title_time").replace("{time}", &time(notes, args, (window, moment))).replace("{title}", &text)
}

/// When it takes place, or took place: the time window or the recorded time, else that of the message.
pub(super) fn time(notes: &Notes, args: &Args, (window, moment): (Option<&str>, i64)) -> String {
    let since = notes.releases.first().and_then(|release| release.ends.as_ref()?.to.since.as_deref());
    let recorded = since.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let recorded = recorded.filter(|_| args.phase == Phase::After).map(|time| time.to_utc());
    let time = recorded.or_else(|| DateTime::from_timestamp(moment, 0)).unwrap_or_default();
    match window {
        Some(window) if args.phase == Phase::Before => window.to_owned(),
        _ => time.format("%Y-%m-%d %H:%M UTC").to_string(),
    }
}

fn of_version(release: Option<&Release>, notes: &Notes, args: &Args, words: &Locale) -> String {
    let version = release.and_then(|release| release.version.as_ref()).map(ToString::to_string);
    let version = version.or_else(|| release.map(|release| release.commit.short())).unwrap_or_default();
    let name = match &notes.repository.name {
        Some(name) => format!("{name} {version}"),
        None => version,
    };
    let (with, without) = match (args.phase, args.status) {
        (Phase::Before, _) => ("deploy_before_to", "deploy_before"),
        (Phase::After, Some(Status::Failed)) => ("deploy_failed_to", "deploy_failed"),
        // A rollback has both ends, and another title.
        (Phase::After, Some(Status::Succeeded | Status::RolledBack) | None) => {
            ("deploy_succeeded_to", "deploy_succeeded")
        }
    };
    match &args.environment {
        Some(environment) => words.text(with).replace("{name}", &name).replace("{environment}", environment),
        None => words.text(without).replace("{name}", &name),
    }
}

fn of_rollback(ends: &Ends, notes: &Notes, args: &Args, words: &Locale) -> String {
    let (with, without) = match (args.phase, args.status) {
        (Phase::Before, _) => ("rollback_before_to", "rollback_before"),
        (Phase::After, Some(Status::Failed)) => ("rollback_failed_to", "rollback_failed"),
        (Phase::After, Some(Status::Succeeded | Status::RolledBack) | None) => {
            ("rollback_succeeded_to", "rollback_succeeded")
        }
    };
    let environment = args.environment.as_deref().or(ends.environment());
    let text = words.text(if environment.is_some() { with } else { without });
    let text = text.replace("{from}", &ends.from.version_text()).replace("{to}", &ends.to.version_text());
    let text = text.replace("{environment}", environment.unwrap_or_default());
    match &notes.repository.name {
        Some(name) => format!("{name}: {text}"),
        None => text,
    }
}
