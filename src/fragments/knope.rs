//! `knope.toml` (knope.tech/reference/config-file), as far as it is about change files.

use toml::{Table, Value};

use super::{Source, Tool, kinds};

/// The source of a project with this configuration; `None` if it is not valid TOML.
pub(super) fn source(text: &str) -> Option<Source> {
    let table: Table = text.parse().ok()?;
    let packages = match (table.get("package"), table.get("packages")) {
        (Some(Value::Table(one)), _) => vec![one],
        (_, Some(Value::Table(all))) => all.values().filter_map(Value::as_table).collect(),
        _ => Vec::new(),
    };
    let mut source = Source::new(Tool::Knope, ".changeset");
    let sections =
        packages.into_iter().filter_map(|package| package.get("extra_changelog_sections")?.as_array());
    for section in sections.flatten().filter_map(Value::as_table) {
        let Some(name) = section.get("name").and_then(Value::as_str) else { continue };
        for kind in
            section.get("types").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
        {
            if kinds::section(kind).is_none() && !source.kinds.iter().any(|it| it.name == kind) {
                source.add_kind(kind, Some(name), true);
            }
        }
    }
    // Knope lists conventional commits too, unless the project configures otherwise.
    let ignored =
        |table: &Table| table.get("ignore_conventional_commits").and_then(Value::as_bool) == Some(true);
    let changes = table.get("changes").and_then(Value::as_table);
    let steps = table.get("workflows").and_then(Value::as_array).into_iter().flatten();
    let steps =
        steps.filter_map(|workflow| workflow.get("steps")?.as_array()).flatten().filter_map(Value::as_table);
    source.lists_commits = !changes.into_iter().chain(steps).any(ignored);
    Some(source)
}
