//! The messages and path sets of commits, kept between the windows of several lines of versions.

use std::sync::{Mutex, PoisonError};

use crate::{
    git::{self, Repository},
    messages::{self, Message},
    model::{Commit, IdMap},
};

use super::{options::Options, window_data::Messages};

/// The commits that were read with some [`Options`], each with its path sets, and their messages.
#[derive(Default)]
pub struct CommitCache(Mutex<IdMap<(Commit, Box<Message>)>>);

impl CommitCache {
    /// Sets the path sets that the commits touch, and returns their messages.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub(super) fn read(
        &self,
        repository: &Repository,
        commits: &mut [Box<Commit>],
        options: &Options,
    ) -> Result<Messages, git::Error> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = commits.iter().filter(|commit| !known.contains_key(&commit.id));
        let mut new: Vec<Box<Commit>> = new.cloned().collect();
        options.compute_touches(repository, &mut new)?;
        let parsed = messages::parse_commits(&new, &options.messages);
        for (mut commit, message) in new.into_iter().zip(parsed) {
            // The message is parsed, its text is in the caller's commit.
            commit.message = Box::default();
            known.insert(commit.id, (*commit, message));
        }
        let mut messages = Vec::with_capacity(commits.len());
        for commit in commits {
            if let Some((read, message)) = known.get(&commit.id) {
                commit.touches.clone_from(&read.touches);
                messages.push(message.clone());
            }
        }
        Ok(Messages::Parsed(messages))
    }
}
