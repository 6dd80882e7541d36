//! Explains the commits of a pull request.

use crate::{
    error::Error,
    messages::Message,
    model::{Change, ObjectId},
    notes::{Line, Selector, WindowData},
    session::Session,
};

use super::{Explanation, commits};

/// The outcomes of the commits that mention a pull request, and of those that its changes consist of.
pub(super) fn explain(session: &Session, line: &Line, number: u64) -> Result<Explanation, Error> {
    let mut data = session.read(line, &Selector::All(None))?;
    let reading = &session.settings.options.messages;
    data.parse_messages(reading);
    let names = |message: &Message| {
        message.pull_request.as_ref().is_some_and(|mention| mention.number == number)
            || message.changes.iter().any(|change| change.pull_request == Some(number))
    };
    let named = data.commits(reading).filter(|(_, message)| names(message));
    let found: Vec<ObjectId> = named.map(|(commit, _)| commit.id).collect();
    if found.is_empty() {
        let hint = "commits of a rebase merge do not mention their pull request: name a commit instead";
        return Err(Error::usage(format!("no commit mentions pull request #{number}"), Some(hint)));
    }
    let mut all = found.clone();
    for id in commits_of_changes(session, line, &data, &found, number)? {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    commits::explain_in(session, line, data, &all)
}

/// The commits of a pull request's changes; their own messages may not mention it.
fn commits_of_changes(
    session: &Session,
    line: &Line,
    data: &WindowData,
    found: &[ObjectId],
    number: u64,
) -> Result<Vec<ObjectId>, Error> {
    let is_found = |index: &u32| {
        data.selected.commits.get(*index as usize).is_some_and(|commit| found.contains(&commit.id))
    };
    let mut commits = Vec::new();
    for window in data.selected.windows.iter().filter(|window| window.commits.iter().any(is_found)) {
        let judged = session.window_changes(line, data, window)?;
        let own = |change: &Change| change.pull_request.as_ref().is_some_and(|it| it.number == number);
        commits.extend(
            judged
                .classified
                .changes()
                .filter(|entry| own(entry.change))
                .flat_map(|entry| entry.change.commits.clone()),
        );
    }
    Ok(commits)
}
