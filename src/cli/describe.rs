//! What a deployment brings, as dry runs print it.

use crate::model::{Summary, plural};

/// The number of changes with their versions, and the migrations, each on an indented line.
pub(super) fn describe_changes(changes: &Summary) -> String {
    let verb = if changes.is_rollback { "loses" } else { "brings" };
    let versions: Vec<String> = changes.versions.iter().map(ToString::to_string).collect();
    let versions = if versions.is_empty() { String::new() } else { format!(" of {}", versions.join(", ")) };
    let mut text = format!(
        "  {verb}: {}{versions}, {} breaking\n",
        plural(changes.changes, "change", "changes"),
        changes.breaking
    );
    let heading = if changes.is_rollback { "migrations that stay applied" } else { "migrations" };
    text.extend(changes.migrations.iter().take(1).map(|_| format!("  {heading}:\n")));
    text.extend(changes.migrations.iter().map(|path| format!("    {path}\n")));
    text
}
