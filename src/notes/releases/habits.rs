//! Whether the messages of a window are read: by the habit of its authors, unless configured.

use std::cell::{OnceCell, RefCell};

use crate::{
    git, messages,
    model::{Change, Commit, IdMap, ObjectId},
    notes::{
        habit::{CommitHabit, writes_types},
        options::Options,
        window_data::{Messages, WindowData},
    },
    rules::{self, PlainMessages},
};

/// What is known about commits, for the habit of their authors.
pub(super) struct Habits<'a> {
    data: &'a WindowData,
    options: &'a Options,
    /// The index of each commit in the data, by ID.
    positions: OnceCell<IdMap<usize>>,
    known: RefCell<IdMap<Option<CommitHabit>>>,
}

impl<'a> Habits<'a> {
    pub(super) fn new(data: &'a WindowData, options: &'a Options) -> Self {
        Self { data, options, positions: OnceCell::new(), known: RefCell::default() }
    }

    /// Whether messages without a type are read in a window that ends at `target`. Commits outside the data are read
    /// with `commits`.
    pub(super) fn reads_plain(
        &self,
        changes: &[Change],
        target: ObjectId,
        commits: &git::Commits<'_>,
    ) -> bool {
        match self.options.plain {
            PlainMessages::Never => false,
            PlainMessages::Always => true,
            // Conventional histories are seldom asked.
            PlainMessages::Auto => {
                changes.iter().any(rules::may_be_read) && !writes_types(target, |id| self.habit(id, commits))
            }
        }
    }

    fn habit(&self, id: ObjectId, commits: &git::Commits<'_>) -> Option<CommitHabit> {
        if let Some(known) = self.known.borrow().get(&id) {
            return known.clone();
        }
        let habit = self.in_data(id).or_else(|| {
            // Commits beyond the edge of a shallow clone are missing.
            let commit = commits.commit(id).ok()?;
            Some(self.habit_of(&commit, &commit.subject()))
        });
        self.known.borrow_mut().insert(id, habit.clone());
        habit
    }

    fn in_data(&self, id: ObjectId) -> Option<CommitHabit> {
        let all = &self.data.selected.commits;
        let positions = self
            .positions
            .get_or_init(|| all.iter().enumerate().map(|(at, commit)| (commit.id, at)).collect());
        let at = *positions.get(&id)?;
        let commit = all.get(at)?;
        Some(match &self.data.messages {
            // The raw text of parsed messages is freed.
            Messages::Parsed(messages) => self.habit_of(commit, &messages.get(at)?.subject),
            Messages::Unparsed(_) => self.habit_of(commit, &commit.subject()),
        })
    }

    fn habit_of(&self, commit: &Commit, subject: &str) -> CommitHabit {
        CommitHabit {
            parents: commit.parents.iter().copied().collect(),
            seconds: commit.committer_time.seconds,
            says_type: (!commit.is_merge()).then(|| messages::says_type(subject, &self.options.messages)),
        }
    }
}
