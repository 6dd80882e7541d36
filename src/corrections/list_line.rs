//! A line of a list as a program writes it, for forms that edit one entry.

use std::fmt;

use super::{
    entry_list::{ListAction, line},
    list_text::{NO_SECTION, scope_token, token},
};

/// What is to be done with an entry. As a text it is a line of the list with the lines below it, which
/// [`EntryList::edits`](super::EntryList::edits) reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListLine {
    /// What is done with it.
    pub action: ListAction,
    /// The ID of the entry.
    pub id: String,
    /// Its section, and its scope, empty for none; `None` to change neither.
    pub section: Option<(String, String)>,
    /// Its title; empty to keep it.
    pub title: String,
    /// The lines below it, such as `reason`. A text may have several lines.
    pub properties: Vec<(&'static str, String)>,
}

impl ListLine {
    /// A line that changes nothing yet.
    #[must_use]
    pub fn new(action: ListAction, id: &str) -> Self {
        Self { action, id: line(id), section: None, title: String::new(), properties: Vec::new() }
    }
}

impl fmt::Display for ListLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.action.name(), self.id)?;
        match &self.section {
            Some((section, scope)) => {
                write!(f, " {}({}) {}", token(section), scope_token(&line(scope)), line(&self.title))?;
            }
            None if !self.title.is_empty() => write!(f, " {NO_SECTION} {}", line(&self.title))?,
            None => {}
        }
        writeln!(f)?;
        push_properties(f, &self.properties)
    }
}

/// The texts of a version as a program writes them: lines of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLines {
    /// The name of the version.
    pub name: String,
    /// The summary; empty for none.
    pub summary: String,
    /// The highlights, one on each line; empty for none.
    pub highlights: String,
}

impl fmt::Display for VersionLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "version {}", line(&self.name))?;
        push_properties(f, &[("summary", self.summary.clone()), ("highlight", self.highlights.clone())])
    }
}

fn push_properties(f: &mut fmt::Formatter<'_>, properties: &[(&'static str, String)]) -> fmt::Result {
    for (name, text) in properties {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<&str> = if text.is_empty() { vec![""] } else { text.lines().collect() };
        for text in lines {
            writeln!(f, "  {name}: {text}")?;
        }
    }
    Ok(())
}
