//! Applies edits to the text of a corrections file. Everything else stays as it is, byte for byte.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

use super::{
    edit::{Edit, EditValue},
    error::Error,
};

/// The text with these edits.
///
/// # Errors
/// If the text is not valid TOML, or an entry is not a table.
pub fn write(file: &str, text: &str, edits: &[Edit]) -> Result<String, Error> {
    let invalid = || Error::Unwritable { file: file.to_owned() };
    let (bom, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    // The library writes line feeds, so a file with other line ends is converted and converted back.
    let has_crlf = body.contains("\r\n");
    let unix = if has_crlf { body.replace("\r\n", "\n") } else { body.to_owned() };
    let mut document: DocumentMut = unix.parse().map_err(|_| invalid())?;
    let is_kept = document.to_string() == unix && (!has_crlf || unix.replace('\n', "\r\n") == body);
    if !is_kept {
        return Err(invalid());
    }
    for edit in edits {
        apply(&mut document, edit).ok_or_else(invalid)?;
    }
    let written = document.to_string();
    Ok(format!("{bom}{}", if has_crlf { written.replace('\n', "\r\n") } else { written }))
}

/// The first edit whose key has another value in `new` than in `old`: it would overwrite what someone else wrote.
#[must_use]
pub fn overwritten<'e>(old: &str, new: &str, edits: &'e [Edit]) -> Option<&'e Edit> {
    let parse = |text: &str| text.trim_start_matches('\u{feff}').parse::<toml::Table>().unwrap_or_default();
    let (old, new) = (parse(old), parse(new));
    let value = |table: &toml::Table, edit: &Edit| -> Option<toml::Value> {
        table.get(edit.table)?.get(&edit.name)?.get(edit.key).cloned()
    };
    edits.iter().find(|edit| value(&old, edit) != value(&new, edit))
}

/// The edit that restores what the key of an edit has in `text`.
#[must_use]
pub fn restored(text: &str, edit: &Edit) -> Edit {
    let table = text.trim_start_matches('\u{feff}').parse::<toml::Table>().unwrap_or_default();
    let value = table.get(edit.table).and_then(|entries| entries.get(&edit.name)?.get(edit.key));
    let lines =
        |items: &Vec<toml::Value>| items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect();
    let value = value.and_then(|value| match value {
        toml::Value::String(text) => Some(EditValue::Text(text.clone())),
        toml::Value::Boolean(flag) => Some(EditValue::Flag(*flag)),
        toml::Value::Array(items) => Some(EditValue::Lines(lines(items))),
        _ => None,
    });
    Edit { value, ..edit.clone() }
}

fn apply(document: &mut DocumentMut, edit: &Edit) -> Option<()> {
    let is_first = document.is_empty();
    let tables = document.entry(edit.table).or_insert_with(implicit_table).as_table_like_mut()?;
    if edit.value.is_none() && tables.get(&edit.name).is_none() {
        return Some(());
    }
    let is_new = tables.get(&edit.name).is_none();
    let entry = tables.entry(&edit.name).or_insert_with(|| Item::Table(Table::new()));
    if is_new && let Some(table) = entry.as_table_mut() {
        table.decor_mut().set_prefix(if is_first { "" } else { "\n" });
    }
    let entry = entry.as_table_like_mut()?;
    match &edit.value {
        Some(value) => set(entry, edit.key, value),
        None => _ = entry.remove(edit.key),
    }
    let is_empty = entry.is_empty();
    if edit.value.is_none() && is_empty && !has_comment(tables.get(&edit.name)?) {
        tables.remove(&edit.name);
    }
    Some(())
}

/// A table without a header of its own: `[commit.a1b2c3d]` needs no `[commit]`.
fn implicit_table() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

/// Sets a key. A comment behind the old value stays.
fn set(entry: &mut dyn TableLike, key: &str, value: &EditValue) {
    let mut new = match value {
        EditValue::Text(text) => Value::from(text.as_str()),
        EditValue::Flag(flag) => Value::from(*flag),
        EditValue::Lines(lines) => Value::Array(lines.iter().map(String::as_str).collect::<Array>()),
    };
    match entry.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => _ = entry.insert(key, Item::Value(new)),
    }
}

fn has_comment(entry: &Item) -> bool {
    let decor = entry.as_table().map(Table::decor);
    let prefix = decor.and_then(|decor| decor.prefix()).and_then(|prefix| prefix.as_str());
    prefix.is_some_and(|prefix| prefix.contains('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(name: &str, key: &'static str, value: Option<&str>) -> Edit {
        let value = value.map(|text| EditValue::Text(text.to_owned()));
        Edit { table: "commit", name: name.to_owned(), key, value }
    }

    const TEXT: &str = "# ours\n[pull_request.12] # see #7\ntitle   =  'a'   # keep\nscope = \"\"\n\n\n# two\n[commit.a1b2c3d]\nhide='x'\n";

    #[test]
    fn only_the_edited_key_changes() {
        let set = Edit {
            table: "pull_request",
            name: "12".to_owned(),
            key: "title",
            value: Some(EditValue::Text("b \"c\"".to_owned())),
        };
        for (from, to) in [("\n", "\n"), ("\n", "\r\n")] {
            let text = TEXT.replace(from, to);
            assert_eq!(write("f", &text, &[]).unwrap(), text);
            assert_eq!(
                write("f", &text, std::slice::from_ref(&set)).unwrap(),
                text.replace("'a'", "'b \"c\"'")
            );
        }
        let bom = format!("\u{feff}{TEXT}");
        assert_eq!(write("f", &bom, &[]).unwrap(), bom);
    }

    #[test]
    fn entries_are_added_and_emptied_ones_are_removed_unless_they_have_a_comment() {
        let added = write("f", TEXT, &[edit("b1b2c3d", "title", Some("x"))]).unwrap();
        assert_eq!(added, format!("{TEXT}\n[commit.b1b2c3d]\ntitle = \"x\"\n"));
        assert_eq!(write("f", &added, &[edit("b1b2c3d", "title", None)]).unwrap(), TEXT);
        let emptied = write("f", TEXT, &[edit("a1b2c3d", "hide", None)]).unwrap();
        assert_eq!(emptied, TEXT.replace("hide='x'\n", ""));
        assert_eq!(write("f", TEXT, &[edit("c1b2c3d", "hide", None)]).unwrap(), TEXT);
        assert_eq!(
            write("f", "", &[edit("a1b2c3d", "hide", Some("x"))]).unwrap(),
            "[commit.a1b2c3d]\nhide = \"x\"\n"
        );
    }

    #[test]
    fn inline_tables_and_dotted_keys_are_edited_in_place() {
        let inline = "commit = { a1b2c3d = { title = \"a\" } }\n";
        let edited = write("f", inline, &[edit("a1b2c3d", "title", Some("b"))]).unwrap();
        assert_eq!(edited, inline.replace("\"a\"", "\"b\""));
        let dotted = "commit.a1b2c3d.title = \"a\"\n";
        let edited = write("f", dotted, &[edit("a1b2c3d", "title", Some("b"))]).unwrap();
        assert_eq!(edited, dotted.replace("\"a\"", "\"b\""));
        assert!(write("f", "commit = 1\n", &[edit("a1b2c3d", "title", Some("b"))]).is_err());
    }

    #[test]
    fn value_that_someone_else_wrote_is_not_overwritten() {
        let edits = [edit("a1b2c3d", "hide", Some("y"))];
        assert_eq!(overwritten(TEXT, &format!("{TEXT}# more\n"), &edits), None);
        assert_eq!(overwritten(TEXT, &TEXT.replace("'x'", "'z'"), &edits), Some(&edits[0]));
        assert_eq!(restored(TEXT, &edits[0]), edit("a1b2c3d", "hide", Some("x")));
        assert_eq!(restored("", &edits[0]), edit("a1b2c3d", "hide", None));
    }
}
