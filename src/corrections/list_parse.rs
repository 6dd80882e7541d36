//! Reads an edited list, and finds what was changed in it.

use super::{
    edit::{Edit, EditValue},
    entry_list::{EntryList, ListAction, ListEntry, line},
    list_text::NO_SECTION,
    reference::Reference,
};

/// A line of an edited list that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ListError {
    /// From 1.
    pub line: usize,
    /// What is wrong, and what to write instead.
    pub problem: String,
}

/// A line of the list with those below it.
#[derive(Debug, Default)]
struct Block<'t> {
    line: usize,
    words: &'t str,
    /// The number of each line, its name and its text.
    properties: Vec<(usize, &'t str, &'t str)>,
}

impl Block<'_> {
    /// The lines of a property joined; `None` if it has none.
    fn property(&self, name: &str) -> Option<String> {
        let lines: Vec<&str> =
            self.properties.iter().filter(|(_, own, _)| *own == name).map(|(.., text)| *text).collect();
        (!lines.is_empty()).then(|| lines.join("\n").trim().to_owned())
    }

    fn error(&self, problem: impl Into<String>) -> ListError {
        ListError { line: self.line, problem: problem.into() }
    }
}

/// Whether a text has no line of a list, only comments: then nothing is to be changed.
#[must_use]
pub fn is_empty_list(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.starts_with('#'))
}

impl EntryList {
    /// What an edited list changes.
    ///
    /// # Errors
    /// If a line cannot be read. All such lines are returned.
    pub fn edits(&self, text: &str) -> Result<Vec<Edit>, Vec<ListError>> {
        let (mut edits, mut errors) = (Vec::new(), Vec::new());
        let mut blocks = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            match read_line(text, line, &mut blocks) {
                Ok(()) => {}
                Err(error) => errors.push(error),
            }
        }
        let mut above: Option<(&ListEntry, ListAction)> = None;
        let mut seen: Vec<(&str, usize)> = Vec::new();
        for block in &blocks {
            let read = match block.words.strip_prefix("version ") {
                Some(name) => self.version_edits(block, name.trim()),
                None => self.entry_edits(block, &mut above, &mut seen),
            };
            match read {
                Ok(more) => edits.extend(more),
                Err(error) => errors.push(error),
            }
        }
        errors.sort_by_key(|error| error.line);
        if errors.is_empty() { Ok(edits) } else { Err(errors) }
    }

    fn version_edits(&self, block: &Block<'_>, name: &str) -> Result<Vec<Edit>, ListError> {
        check_properties(block, &["summary", "highlight"])?;
        let own = self.version.as_ref().filter(|version| version.name == name);
        let mut edits = Vec::new();
        let mut edit = |key, value| {
            edits.push(Edit { table: "version", name: name.to_owned(), key, value });
        };
        if let Some(summary) = block.property("summary") {
            let old = own.and_then(|version| version.text.summary.clone()).unwrap_or_default();
            let is_same = old.lines().map(str::trim_end).eq(summary.lines());
            let new = if summary.contains('\n') { format!("{summary}\n") } else { summary };
            if !is_same {
                edit("summary", Some(EditValue::Text(new.clone())).filter(|_| !new.trim().is_empty()));
            }
        }
        if let Some(highlights) = block.property("highlight") {
            let lines: Vec<String> = highlights.lines().map(line).filter(|line| !line.is_empty()).collect();
            let old = own.map(|version| version.text.highlights.clone()).unwrap_or_default();
            if lines != old {
                edit("highlights", Some(EditValue::Lines(lines.clone())).filter(|_| !lines.is_empty()));
            }
        }
        Ok(edits)
    }

    fn entry_edits<'l, 't>(
        &'l self,
        block: &Block<'t>,
        above: &mut Option<(&'l ListEntry, ListAction)>,
        seen: &mut Vec<(&'l str, usize)>,
    ) -> Result<Vec<Edit>, ListError> {
        let line = Line::read(block, self)?;
        let entry = line.entry;
        if let Some((_, first)) = seen.iter().find(|(id, _)| *id == entry.id) {
            return Err(block.error(format!("{} is also on line {first}; remove one of them", entry.id)));
        }
        seen.push((&entry.id, block.line));
        let target = *above;
        if line.action != ListAction::Merge {
            *above = Some((entry, line.action));
        }
        let mut edits = Vec::new();
        match line.action {
            ListAction::Keep => self.keep(block, &line, &mut edits)?,
            ListAction::Hide => hide(block, entry, &mut edits)?,
            ListAction::Merge => self.merge(block, entry, target, &mut edits)?,
        }
        texts(block, &line, &mut edits);
        Ok(edits)
    }

    fn keep(&self, block: &Block<'_>, line: &Line<'_, '_>, edits: &mut Vec<Edit>) -> Result<(), ListError> {
        check_properties(block, &["description"])?;
        let entry = line.entry;
        match entry.action {
            ListAction::Hide if entry.is_corrected => edits.push(removal(block, entry, "hide")?),
            ListAction::Merge => edits.push(removal(block, entry, "merge_into")?),
            ListAction::Hide if line.section.is_none() => {
                let problem = format!("name a section instead of `-`: {}", self.sections.join(", "));
                return Err(block.error(problem));
            }
            ListAction::Hide | ListAction::Keep => {}
        }
        let Some(section) = &line.section else { return Ok(()) };
        if Some(section) == entry.section.as_ref() {
            return Ok(());
        }
        if section == "breaking" {
            edits.push(set(entry, "breaking", EditValue::Flag(true)));
            return Ok(());
        }
        if entry.section.as_deref() == Some("breaking") {
            edits.push(set(entry, "breaking", EditValue::Flag(false)));
        }
        edits.push(set(entry, "section", EditValue::Text(section.clone())));
        Ok(())
    }

    fn merge<'l>(
        &'l self,
        block: &Block<'_>,
        entry: &'l ListEntry,
        above: Option<(&'l ListEntry, ListAction)>,
        edits: &mut Vec<Edit>,
    ) -> Result<(), ListError> {
        check_properties(block, &[])?;
        let Some((target, action)) = above else {
            return Err(block.error("`merge` needs an entry above it to merge into"));
        };
        if action == ListAction::Hide {
            return Err(block.error(format!("the entry above, {}, is hidden", target.id)));
        }
        if self.target_of(entry).is_some_and(|own| own.id == target.id) {
            return Ok(());
        }
        if entry.action == ListAction::Hide && entry.is_corrected {
            edits.push(removal(block, entry, "hide")?);
        }
        let (table, name) = &target.home;
        let reference = match *table {
            "pull_request" => format!("#{name}"),
            _ => name.clone(),
        };
        edits.push(set(entry, "merge_into", EditValue::Text(reference)));
        Ok(())
    }

    /// The entry that an entry is merged into before it was edited.
    fn target_of(&self, entry: &ListEntry) -> Option<&ListEntry> {
        if entry.action != ListAction::Merge {
            return None;
        }
        let at = self.entries.iter().position(|it| std::ptr::eq(it, entry))?;
        let mut before = self.entries.get(..at)?.iter().rev();
        before.find(|it| it.action != ListAction::Merge)
    }
}

/// Appends a line to the block that it belongs to, or starts one.
fn read_line<'t>(text: &'t str, line: usize, blocks: &mut Vec<Block<'t>>) -> Result<(), ListError> {
    if text.trim().is_empty() || text.starts_with('#') {
        return Ok(());
    }
    if !text.starts_with([' ', '\t']) {
        blocks.push(Block { line, words: text.trim(), properties: Vec::new() });
        return Ok(());
    }
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| ListError { line, problem: "an indented line is `  NAME: TEXT`".to_owned() })?;
    // Code in a summary is indented.
    let value = value.strip_prefix(' ').unwrap_or(value).trim_end();
    match blocks.last_mut() {
        Some(block) => block.properties.push((line, name.trim(), value)),
        None => return Err(ListError { line, problem: "there is no entry above it".to_owned() }),
    }
    Ok(())
}

fn check_properties(block: &Block<'_>, known: &[&str]) -> Result<(), ListError> {
    match block.properties.iter().find(|(_, name, _)| !known.contains(name)) {
        Some((line, name, _)) => {
            let word = block.words.split_whitespace().next().unwrap_or_default();
            let problem = match known {
                [] => format!("`{name}:` does not apply to `{word}`"),
                known => format!("`{name}:` does not apply to `{word}`; use one of: {}", known.join(", ")),
            };
            Err(ListError { line: *line, problem })
        }
        None => Ok(()),
    }
}

/// A line of an entry.
struct Line<'l, 't> {
    action: ListAction,
    entry: &'l ListEntry,
    /// `None` for `-`, and if the line ends before it.
    section: Option<String>,
    /// `None` without parentheses.
    scope: Option<String>,
    title: &'t str,
}

impl<'l, 't> Line<'l, 't> {
    fn read(block: &Block<'t>, list: &'l EntryList) -> Result<Self, ListError> {
        let (word, rest) = first_word(block.words);
        let action = ListAction::ALL.into_iter().find(|action| action.name() == word);
        let action = action.ok_or_else(|| {
            block.error(format!("`{}` is not an action; use keep, hide, merge or version", line(word)))
        })?;
        let (id, rest) = first_word(rest);
        let entry = find(list, id).ok_or_else(|| {
            let problem = match id {
                "" => "the line names no entry".to_owned(),
                id => format!("`{}` is not an entry of this list", line(id)),
            };
            block.error(problem)
        })?;
        let mut parsed = Self { action, entry, section: None, scope: None, title: "" };
        if rest.is_empty() {
            parsed.section.clone_from(&entry.section);
            return Ok(parsed);
        }
        let (section, rest) = name(rest, &[' ', '\t', '(']).map_err(|problem| block.error(problem))?;
        if section != NO_SECTION {
            if !list.sections.contains(&section) {
                let problem = format!(
                    "the section `{}` is not defined; use one of: {}",
                    line(&section),
                    list.sections.join(", ")
                );
                return Err(block.error(problem));
            }
            parsed.section = Some(section);
        }
        let mut rest = rest;
        if let Some(inner) = rest.strip_prefix('(') {
            let (scope, after) = name(inner, &[')']).map_err(|problem| block.error(problem))?;
            rest = after.strip_prefix(')').ok_or_else(|| block.error("the scope has no `)` at its end"))?;
            parsed.scope = Some(line(&scope));
        }
        parsed.title = rest.trim();
        Ok(parsed)
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// A name that ends before one of these characters, or a quoted one.
fn name<'t>(text: &'t str, ends: &[char]) -> Result<(String, &'t str), String> {
    if !text.starts_with('"') {
        let end = text.find(|c| ends.contains(&c)).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        return Ok((name.to_owned(), rest));
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
    match values.next() {
        Some(Ok(name)) => Ok((name, text.get(values.byte_offset()..).unwrap_or_default())),
        Some(Err(_)) | None => Err("a quoted name has no `\"` at its end".to_owned()),
    }
}

/// The entry with a name: as in the list, or a longer or shorter commit ID.
fn find<'l>(list: &'l EntryList, id: &str) -> Option<&'l ListEntry> {
    if let Some(entry) = list.entries.iter().find(|entry| entry.id == id) {
        return Some(entry);
    }
    let mut named = list.entries.iter().filter(|entry| match id.parse() {
        Ok(Reference::Number(number)) => entry.pull_request == Some(number),
        Ok(Reference::Commit(key)) => {
            let is_own = entry.commits.iter().any(|commit| commit.to_string().starts_with(&key.digits));
            let own = entry.id.rsplit_once('-').and_then(|(_, ordinal)| ordinal.parse().ok());
            is_own && (own == key.ordinal || key.ordinal.is_none())
        }
        Err(_) => false,
    });
    let found = named.next();
    found.filter(|_| named.next().is_none())
}

fn set(entry: &ListEntry, key: &'static str, value: EditValue) -> Edit {
    let (table, name) = entry.home.clone();
    Edit { table, name, key, value: Some(value) }
}

/// The removal of a key from the entry of the file that sets it.
fn removal(block: &Block<'_>, entry: &ListEntry, key: &'static str) -> Result<Edit, ListError> {
    let own = entry.entries.iter().find(|own| **own == entry.home).or(entry.entries.first());
    match own {
        Some((table, name)) if *table != "issue" => Ok(Edit { table, name: name.clone(), key, value: None }),
        Some((table, name)) => {
            let problem = format!(
                "`{key}` is set for {table} {name}, which other changes may close too; edit the file"
            );
            Err(block.error(problem))
        }
        None => Err(block.error(format!("`{key}` is not set in the file"))),
    }
}

fn hide(block: &Block<'_>, entry: &ListEntry, edits: &mut Vec<Edit>) -> Result<(), ListError> {
    check_properties(block, &["reason", "description"])?;
    let reason = block.property("reason").map(|reason| line(&reason)).filter(|reason| !reason.is_empty());
    let shown = entry.reason.as_deref().map(line);
    match (entry.action, reason) {
        (ListAction::Hide, None) => {}
        (ListAction::Hide, reason) if reason == shown => {}
        (_, Some(reason)) => {
            if entry.action == ListAction::Merge {
                edits.push(removal(block, entry, "merge_into")?);
            }
            edits.push(set(entry, "hide", EditValue::Text(reason)));
        }
        (_, None) => {
            return Err(block.error("`hide` needs a reason: add a line `  reason: WHY` below it"));
        }
    }
    Ok(())
}

/// The corrected title, scope and description.
fn texts(block: &Block<'_>, line: &Line<'_, '_>, edits: &mut Vec<Edit>) {
    let entry = line.entry;
    let title = self::line(line.title);
    if !title.is_empty() && title != entry.title {
        edits.push(set(entry, "title", EditValue::Text(title)));
    }
    let old = entry.scope.as_deref().unwrap_or_default();
    if let Some(scope) = line.scope.as_deref().filter(|scope| *scope != old && entry.section.is_some()) {
        edits.push(set(entry, "scope", EditValue::Text(scope.to_owned())));
    }
    if let Some(description) = block.property("description") {
        let value = (!description.is_empty()).then_some(EditValue::Text(description));
        let (table, name) = entry.home.clone();
        edits.push(Edit { table, name, key: "description", value });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{entry_list::ListVersion, resolved::VersionText},
        *,
    };

    fn entry(id: &str, action: ListAction, (section, scope, title): (Option<&str>, &str, &str)) -> ListEntry {
        ListEntry {
            id: id.to_owned(),
            action,
            section: section.map(str::to_owned),
            scope: Some(line(scope)).filter(|scope| !scope.is_empty()),
            title: line(title),
            description: None,
            is_breaking: false,
            reason: (action == ListAction::Hide).then(|| title.to_owned()),
            is_corrected: action != ListAction::Keep,
            commits: Vec::new(),
            pull_request: None,
            home: ("commit", id.to_owned()),
            entries: vec![("commit", id.to_owned())],
        }
    }

    fn list(entries: Vec<ListEntry>, sections: &[&str]) -> EntryList {
        let sections = sections.iter().map(|id| (*id).to_owned()).collect();
        EntryList { file: "f".to_owned(), version: None, entries, sections }
    }

    fn edit(key: &'static str, value: Option<EditValue>) -> Edit {
        Edit { table: "commit", name: "a1b2c3d".to_owned(), key, value }
    }

    #[test]
    fn section_breaking_is_whether_a_change_is_breaking() {
        let list = list(
            vec![entry("a1b2c3d", ListAction::Keep, (Some("breaking"), "", "x"))],
            &["breaking", "fixes"],
        );
        let fixes = EditValue::Text("fixes".to_owned());
        assert_eq!(
            list.edits("keep a1b2c3d fixes x").unwrap(),
            [edit("breaking", Some(EditValue::Flag(false))), edit("section", Some(fixes))]
        );
        assert_eq!(list.edits("keep a1b2c3d").unwrap(), []);
        assert_eq!(list.edits("").unwrap(), []);
    }

    #[test]
    fn lines_of_a_summary_keep_their_indentation() {
        let text =
            VersionText { summary: Some("Run:\n\n```\n  a:\n    b\n```".to_owned()), highlights: Vec::new() };
        let version = ListVersion { name: "1.0.0".to_owned(), text };
        let list = EntryList { version: Some(version), ..list(Vec::new(), &[]) };
        assert_eq!(list.edits(&list.to_text()).unwrap(), []);
        let edits = list.edits(&list.to_text().replace("Run:", "Call:")).unwrap();
        let new = "Call:\n\n```\n  a:\n    b\n```\n".to_owned();
        assert_eq!(edits.iter().map(|edit| &edit.value).collect::<Vec<_>>(), [&Some(EditValue::Text(new))]);
    }

    #[test]
    fn hidden_entry_is_listed_by_removing_its_correction() {
        let list = list(vec![entry("a1b2c3d", ListAction::Hide, (None, "", "x"))], &["fixes"]);
        assert_eq!(list.edits("keep a1b2c3d - x").unwrap(), [edit("hide", None)]);
        assert_eq!(list.edits("hide a1b2c3d - x\n  reason: x").unwrap(), []);
    }

    proptest! {
        #[test]
        fn unchanged_list_has_no_edits(
            titles in prop::collection::vec(("[ -~\\s\u{85}\u{2028}\u{200b}-\u{2069}é字]{0,12}", "[ -~\u{2028}]{0,8}"), 1..6),
            section in "[ -~\\n字]{1,8}",
        ) {
            let actions = [ListAction::Keep, ListAction::Merge, ListAction::Hide];
            let entries = titles.iter().zip(actions.iter().cycle()).enumerate().map(|(at, ((title, scope), action))| {
                let own = (*action == ListAction::Keep).then_some(section.as_str());
                entry(&format!("{at:07x}"), *action, (own, scope, title))
            });
            let list = list(entries.collect(), &[&section]);
            let text = list.to_text();
            prop_assert_eq!(list.edits(&text), Ok(Vec::new()), "{}", text);
            // The hidden ones too, when their comments are removed.
            let uncommented = text.replace("\n# hide ", "\nhide ").replace("\n#   reason", "\n  reason");
            let of_list = uncommented.split("\n# Corrections,").next().unwrap_or_default();
            prop_assert_eq!(list.edits(of_list), Ok(Vec::new()), "{}", of_list);
        }

        #[test]
        fn reading_never_panics(text in any::<String>(), words in "([a-z#\"():\\- \\n]|keep |merge |hide |a1b2c3d |  reason: ){0,30}") {
            let list = list(vec![entry("a1b2c3d", ListAction::Keep, (Some("a"), "", "x"))], &["a"]);
            for text in [&text, &words] {
                if let Err(errors) = list.edits(text) {
                    prop_assert!(errors.iter().all(|error| error.line > 0 && error.line <= text.lines().count()));
                }
            }
        }
    }
}
