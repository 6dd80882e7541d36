//! Finds the commits whose pull request opts out of release notes.

use super::{lineage::Lineage, promotions::Promotions, window_commits::WindowCommits};

/// The commits whose pull request opts out of release notes, each with the reason for leaving it out.
pub(super) fn opt_outs<'a>(
    window: WindowCommits<'a>,
    lineage: &'a Lineage,
    promotions: &'a Promotions,
) -> impl Iterator<Item = (usize, String)> {
    (0..window.len()).filter_map(move |at| {
        let own = window.pull_request(at);
        let mention = own.or_else(|| promotions.pull_request_of(lineage.merge_of(at), window))?;
        let opts_out = mention.details.as_ref().is_some_and(|details| details.needs_no_note);
        let reason = || format!("pull request #{} opts out of release notes", mention.number);
        opts_out.then(|| (at, reason()))
    })
}
