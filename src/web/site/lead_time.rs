//! How long commits waited for the version that contains them.

use crate::{
    compare::UpgradeHistory,
    model::{Outcome, Release},
};

use super::site_release::SiteRelease;

const DAY: i64 = 86_400;

/// The days from commit to version, for each release of the content.
pub(super) struct LeadTimes {
    /// For each release, the days that each listed commit waited.
    days: Vec<Vec<i64>>,
}

impl LeadTimes {
    /// The days of the listed commits of all releases.
    pub(super) fn new(history: &UpgradeHistory, pages: &[SiteRelease]) -> Self {
        let of = |release: &Release| -> Vec<i64> {
            let Some(date) = release.date.filter(|_| release.version.is_some()) else { return Vec::new() };
            let released = date.signed_duration_since(chrono::NaiveDate::default()).num_days();
            let listed = release.commits.iter().filter(|commit| commit.outcome == Outcome::Listed);
            let seconds = listed.filter_map(|commit| history.seconds(commit.id));
            // The version may have been tagged in another time zone than that of the commit.
            seconds.map(|seconds| released.saturating_sub(seconds.div_euclid(DAY)).max(0)).collect()
        };
        Self { days: pages.iter().map(|page| of(&page.release)).collect() }
    }

    /// The median of the commits of some releases; `None` without commits.
    pub(super) fn median(&self, releases: &[usize]) -> Option<i64> {
        let mut days: Vec<i64> =
            releases.iter().filter_map(|at| self.days.get(*at)).flatten().copied().collect();
        days.sort_unstable();
        days.get(days.len() / 2).copied()
    }
}
