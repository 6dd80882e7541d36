//! The forms of the page.

use serde::{Deserialize, Serialize};

use crate::corrections::{ListAction, ListLine, VersionLines};

/// What a form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Act {
    /// Sets title, scope, section and description.
    #[default]
    Save,
    /// Hides the entry, with a reason.
    Hide,
    /// Lists it again.
    List,
    /// Merges it into another one.
    Merge,
    /// Sets the summary and the highlights of the version.
    Version,
}

/// The form of an entry, or of the texts of the version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct EditForm {
    pub(super) act: Act,
    /// The ID of the entry, or the name of the version.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) section: String,
    pub(super) scope: String,
    pub(super) description: String,
    /// What the form was shown with: an unchanged text is not written, even if it means something else meanwhile.
    pub(super) described: String,
    pub(super) titled: String,
    pub(super) sectioned: String,
    pub(super) scoped: String,
    pub(super) reason: String,
    /// The ID of the entry to merge into.
    pub(super) into: String,
    pub(super) summary: String,
    pub(super) highlights: String,
    /// The name of the text of the corrections file that the form was shown with.
    pub(super) seen: String,
}

/// The form that undoes the last edit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct UndoForm {
    /// The number of the edit: another tab may have undone it.
    pub(super) number: usize,
}

impl EditForm {
    /// The lines of the list that do what the form says.
    pub(super) fn to_list(&self) -> String {
        match self.act {
            Act::Version => VersionLines {
                name: self.id.clone(),
                summary: self.summary.clone(),
                highlights: self.highlights.clone(),
            }
            .to_string(),
            Act::Merge => {
                let target = ListLine::new(ListAction::Keep, &self.into);
                format!("{target}{}", ListLine::new(ListAction::Merge, &self.id))
            }
            Act::Hide => {
                let properties = vec![("reason", self.reason.clone())];
                ListLine { properties, ..ListLine::new(ListAction::Hide, &self.id) }.to_string()
            }
            Act::Save | Act::List => {
                let unix = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
                let is_same = self.act == Act::List || unix(&self.description) == unix(&self.described);
                let description = ("description", unix(&self.description));
                let properties = Some(description).filter(|_| !is_same).into_iter().collect();
                let is_placed = self.section == self.sectioned && self.scope == self.scoped;
                let keeps_place = self.section.is_empty() || is_placed && self.act == Act::Save;
                let section = (!keeps_place).then(|| (self.section.clone(), self.scope.clone()));
                let title = if self.title == self.titled { String::new() } else { self.title.clone() };
                let line = ListLine::new(ListAction::Keep, &self.id);
                ListLine { section, title, properties, ..line }.to_string()
            }
        }
    }

    /// The anchor of the entry on the page, to return to it.
    pub(super) fn anchor(&self) -> String {
        match self.act {
            Act::Version => "#summary".to_owned(),
            _ => format!("#{}", anchor(&self.id)),
        }
    }
}

/// The anchor of an entry.
pub(super) fn anchor(id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("entry{}", id.chars().map(plain).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_become_lines_of_a_list() {
        let form = EditForm {
            id: "#12".into(),
            title: "Add\r\nx".into(),
            section: "my \"own\" section".into(),
            scope: "a(b)".into(),
            description: "one\r\ntwo".into(),
            ..EditForm::default()
        };
        let lines =
            "keep #12 \"my \\\"own\\\" section\"(\"a(b)\") Add x\n  description: one\n  description: two\n";
        assert_eq!(form.to_list(), lines);
        let same = EditForm { described: "one\ntwo".into(), ..form.clone() };
        assert_eq!(same.to_list().lines().count(), 1);
        let merge = EditForm { act: Act::Merge, into: "a1b2c3d".into(), ..form.clone() };
        assert_eq!(merge.to_list(), "keep a1b2c3d\nmerge #12\n");
        let hide = EditForm { act: Act::Hide, reason: "not for users\nhide #13".into(), ..form };
        assert_eq!(hide.to_list(), "hide #12\n  reason: not for users\n  reason: hide #13\n");
    }
}
