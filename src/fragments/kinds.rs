//! The kinds of fragments, and the sections that they stand for.

/// The built-in section for a kind, as in `bugfix`; `None` for a kind that has none.
pub(super) fn section(kind: &str) -> Option<&'static str> {
    Some(match kind.to_lowercase().as_str() {
        "major" | "breaking" | "backward" | "backwards" | "incompatible" | "incompat" => "breaking",
        "minor" | "feature" | "features" | "feat" | "added" | "add" | "new" | "enhancement"
        | "improvement" => "features",
        "patch" | "bugfix" | "bugfixes" | "bug" | "fix" | "fixed" | "fixes" => "fixes",
        "doc" | "docs" | "documentation" => "documentation",
        "removal" | "removed" | "remove" => "removed",
        "deprecation" | "deprecated" | "deprecate" => "deprecated",
        "security" => "security",
        "performance" | "perf" => "performance",
        "misc" | "other" | "trivial" | "internal" => "other",
        _ => return None,
    })
}

/// The ID of a section of its own for a kind: its words in lower case, with hyphens.
pub(super) fn id(kind: &str) -> String {
    let words = kind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
