//! Writes a list to edit.

use std::fmt::Write as _;

use super::entry_list::{EntryList, ListAction, ListEntry};

/// The section of an entry that is not listed itself.
pub(super) const NO_SECTION: &str = "-";

/// In columns: the longest line of the explanations.
const WIDTH: usize = 96;

impl EntryList {
    /// The list as text: the version, one line for each entry, and the hidden entries as comments.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        if let Some(version) = &self.version {
            let _ = writeln!(text, "version {}", version.name);
            for line in version.text.summary.iter().flat_map(|summary| summary.lines()) {
                let _ = writeln!(text, "{}", format!("  summary: {line}").trim_end());
            }
            for line in &version.text.highlights {
                let _ = writeln!(text, "  highlight: {line}");
            }
            text.push('\n');
        }
        let mut is_hidden = false;
        let hidden = self.entries.iter().map(|entry| {
            is_hidden = match entry.action {
                ListAction::Merge => is_hidden,
                action => action == ListAction::Hide,
            };
            is_hidden
        });
        let (mut listed, mut comments) = (Vec::new(), Vec::new());
        for (entry, is_hidden) in self.entries.iter().zip(hidden.collect::<Vec<_>>()) {
            if is_hidden { comments.push(entry) } else { listed.push(entry) }
        }
        let width = |of: fn(&ListEntry) -> String| self.entries.iter().map(|it| of(it).chars().count()).max();
        let widths = (width(|entry| entry.id.clone()).unwrap_or(0), width(section).unwrap_or(0));
        for entry in &listed {
            let _ = writeln!(text, "{}", line(entry, widths));
        }
        if !comments.is_empty() {
            text.push_str("\n# Hidden. To list one, remove the `#`, write `keep`, and name a section:\n#\n");
        }
        for entry in &comments {
            let _ = writeln!(text, "# {}", line(entry, widths));
            if let Some(reason) = &entry.reason {
                let _ = writeln!(text, "#   reason: {}", super::entry_list::line(reason));
            }
        }
        self.push_help(&mut text);
        text
    }

    fn push_help(&self, text: &mut String) {
        let mut sections = String::from("Sections:");
        let mut width = sections.len();
        for (number, id) in self.sections.iter().enumerate() {
            let separator = if number + 1 < self.sections.len() { "," } else { "" };
            let id = format!("{}{separator}", token(id));
            width += id.chars().count() + 1;
            if width > WIDTH {
                sections.push_str("\n#  ");
                width = id.chars().count() + 3;
            }
            sections.extend([" ", &id]);
        }
        let _ = write!(
            text,
            "\n# Corrections, written to {file}. What you change is written, nothing else; a line that you\n\
             # remove changes nothing. Their order only matters for `merge`.\n#\n\
             # keep ID SECTION TITLE   list it, with another section or title if you change them\n\
             # hide ID …               do not list it; the line below it says why: `  reason: WHY`\n\
             # merge ID …              make it part of the entry above it\n#\n\
             # {sections}\n\
             # `breaking` has the breaking changes and no others: moving a change there makes it breaking, and\n\
             # moving it away makes it compatible. `fixes(api)` has the scope `api`; `fixes()` removes the scope.\n#\n\
             # More lines below an entry: `  description: TEXT`. Below `version VERSION`: `  summary: TEXT` (Markdown,\n\
             # one line for each of its lines) and `  highlight: TEXT`. An empty text removes what was there.\n",
            file = self.file,
        );
    }
}

fn line(entry: &ListEntry, (id, section_width): (usize, usize)) -> String {
    let pad = |text: &str, width: usize| {
        format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
    };
    let action = pad(entry.action.name(), 5);
    let columns = [action, pad(&entry.id, id), pad(&section(entry), section_width), entry.title.clone()];
    columns.join(" ").trim_end().to_owned()
}

/// The section, with the scope in parentheses.
fn section(entry: &ListEntry) -> String {
    let section = entry.section.as_deref().map_or_else(|| NO_SECTION.to_owned(), token);
    match &entry.scope {
        Some(scope) if entry.section.is_some() => format!("{section}({})", scope_token(scope)),
        _ => section,
    }
}

/// A name as one word: quoted if it contains spaces or other characters that end it.
pub(super) fn token(name: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !"()\"#".contains(c);
    if !name.is_empty() && name != NO_SECTION && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

pub(super) fn scope_token(scope: &str) -> String {
    if scope.contains(['(', ')', '"']) { quoted(scope) } else { scope.to_owned() }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
