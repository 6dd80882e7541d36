//! What a deployment brings, in numbers.

use crate::model::{Notes, Release, Summary, Version};

/// Summarizes the notes between two ends.
#[must_use]
pub fn summary(notes: &Notes) -> Summary {
    let changes = || notes.releases.iter().flat_map(|release| &release.sections).flat_map(|it| &it.changes);
    let items = notes.releases.iter().rev().flat_map(|release| &release.attention);
    let migrations = items.filter(|item| item.kind == "migration").flat_map(|item| &item.paths);
    let release = notes.releases.first();
    let is_rollback = release.is_some_and(|release| release.rollback);
    let versions = release.into_iter().flat_map(|release| versions(release, is_rollback));
    Summary {
        versions: versions.collect(),
        changes: changes().count(),
        breaking: changes().filter(|change| change.breaking).count(),
        migrations: migrations.cloned().collect(),
        is_rollback,
    }
}

fn versions(release: &Release, is_rollback: bool) -> Vec<Version> {
    let base = release.base.as_ref().and_then(|base| base.version.as_ref());
    let newer = if is_rollback { base } else { release.version.as_ref() };
    let newer = newer.filter(|_| base != release.version.as_ref());
    newer.into_iter().chain(&release.skipped).cloned().collect()
}
