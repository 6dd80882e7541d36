//! Finds the version that commits request with a `Release-As` trailer.

use crate::{
    messages::{self, DescribedChange},
    model::ObjectId,
};

use super::{options::Line, window_data::WindowData};

/// The version that a commit requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedVersion {
    /// As written.
    pub text: String,
    /// The commit.
    pub commit: ObjectId,
}

/// The newest request in the commits of a line. The bodies of their pull requests count only if `in_pull_requests`: who
/// may edit such a body may not have the right to merge.
#[must_use]
pub fn requested_version(
    data: &WindowData,
    line: &Line,
    options: &messages::Options,
    in_pull_requests: bool,
) -> Option<RequestedVersion> {
    let commits = data.commits(options).filter(|(commit, _)| line.includes(&commit.touches));
    let mut requests = commits.filter_map(|(commit, message)| {
        let pull_request = message.pull_request.as_deref().filter(|_| in_pull_requests);
        let details = pull_request.and_then(|mention| mention.details.as_deref());
        let described = details.map_or(&[][..], |details| details.changes.as_slice());
        let text = request(&message.changes).or_else(|| request(described))?;
        Some(RequestedVersion { text: text.to_owned(), commit: commit.id })
    });
    requests.next()
}

/// The value of the last `Release-As` trailer.
fn request(changes: &[DescribedChange]) -> Option<&str> {
    let trailers = changes.iter().flat_map(|change| &change.trailers);
    let mut named = trailers.filter(|trailer| trailer.key.eq_ignore_ascii_case("release-as"));
    named.next_back().map(|trailer| trailer.value.trim())
}
