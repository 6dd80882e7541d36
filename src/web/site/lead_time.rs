//! How long commits waited for the version that contains them.

use crate::{
    error::Error,
    model::{Outcome, Release},
    session::Session,
};

use super::content::Content;

const DAY: i64 = 86_400;

/// The days from commit to version, for each release of the content.
pub(super) struct LeadTimes {
    /// For each release, the days that each listed commit waited.
    days: Vec<Vec<i64>>,
}

impl LeadTimes {
    /// Reads the dates of the listed commits.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub(super) fn new(session: &Session, content: &Content) -> Result<Self, Error> {
        let commits = session.repository.commits()?;
        let of = |release: &Release| -> Result<Vec<i64>, Error> {
            let Some(date) = release.date.filter(|_| release.version.is_some()) else {
                return Ok(Vec::new());
            };
            let released = date.signed_duration_since(chrono::NaiveDate::default()).num_days();
            let listed = release.commits.iter().filter(|commit| commit.outcome == Outcome::Listed);
            let days = listed.map(|commit| {
                let seconds = commits.node(commit.id)?.seconds;
                // The version may have been tagged in another time zone than that of the commit.
                Ok(released.saturating_sub(seconds.div_euclid(DAY)).max(0))
            });
            days.collect()
        };
        let days = content.releases.iter().map(|page| of(&page.release)).collect::<Result<_, _>>()?;
        Ok(Self { days })
    }

    /// The median of the commits of some releases; `None` without commits.
    pub(super) fn median(&self, releases: &[usize]) -> Option<i64> {
        let mut days: Vec<i64> =
            releases.iter().filter_map(|at| self.days.get(*at)).flatten().copied().collect();
        days.sort_unstable();
        days.get(days.len() / 2).copied()
    }
}
