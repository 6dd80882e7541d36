//! What was written by this run, to undo it, and the texts that pages have shown, to notice what others wrote.

use std::collections::VecDeque;

use sha2::{Digest as _, Sha256};

use crate::corrections::Edit;

/// How many texts are remembered: more tabs than these need a reload.
const TEXTS: usize = 64;

/// How many edits can be undone.
const UNDOABLE: usize = 200;

/// The edits of a run.
#[derive(Debug, Default)]
pub(super) struct EditLog {
    shown: VecDeque<(String, String)>,
    written: Vec<WrittenEdit>,
    count: usize,
}

/// An edit that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrittenEdit {
    /// Its number in the run.
    pub(super) number: usize,
    pub(super) edits: Vec<Edit>,
    /// The text of the file; `None` if there was none.
    pub(super) before: Option<String>,
    pub(super) after: String,
}

impl WrittenEdit {
    /// What was done: `title of #12`, `hiding #13`.
    pub(super) fn about(&self) -> String {
        let Some(first) = self.edits.first() else { return String::new() };
        let sign = if first.table == "pull_request" { "#" } else { "" };
        let name = format!("{sign}{}", first.name);
        let done = match (first.key, first.value.is_some()) {
            ("hide", true) => format!("hiding {name}"),
            ("merge_into", true) => format!("merging {name}"),
            ("hide" | "merge_into", false) => format!("listing {name} again"),
            ("breaking", _) => format!("section of {name}"),
            (key, _) => format!("{key} of {name}"),
        };
        match self.edits.len() - 1 {
            0 => done,
            more => format!("{done}, and {more} more"),
        }
    }
}

impl EditLog {
    /// Remembers a text that a page shows, and returns its name.
    pub(super) fn show(&mut self, text: &str) -> String {
        let name: String = Sha256::digest(text).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        if self.text(&name).is_none() {
            self.shown.push_back((name.clone(), text.to_owned()));
            while self.shown.len() > TEXTS {
                self.shown.pop_front();
            }
        }
        name
    }

    /// The text with a name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.shown.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str())
    }

    /// Adds an edit that was written.
    pub(super) fn push(&mut self, (edits, before, after): (Vec<Edit>, Option<String>, String)) {
        self.count += 1;
        let written = WrittenEdit { number: self.count, edits, before, after };
        if self.written.len() == UNDOABLE {
            self.written.remove(0);
        }
        self.written.push(written);
    }

    /// The edit that is undone next.
    pub(super) fn last(&self) -> Option<&WrittenEdit> {
        self.written.last()
    }

    /// Forgets it.
    pub(super) fn pop(&mut self) {
        self.written.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oldest_texts_are_forgotten() {
        let mut edits = EditLog::default();
        let first = edits.show("0");
        assert_eq!(edits.show("0"), first);
        (1..=TEXTS).for_each(|number| _ = edits.show(&number.to_string()));
        assert_eq!(edits.text(&first), None);
        let last = edits.show("64");
        assert_eq!(edits.text(&last), Some("64"));
    }
}
