//! Unified diffs of a changelog.

use similar::TextDiff;

/// A unified diff with three lines of context; empty if the texts are equal.
///
/// `name` is the path to show, with `/`; the headers are `a/name` and `b/name`, as `git apply` expects.
#[must_use]
pub fn diff(old: &str, new: &str, name: &str) -> String {
    if old == new {
        return String::new();
    }
    let from = if old.is_empty() { "/dev/null".to_owned() } else { format!("a/{name}") };
    TextDiff::from_lines(old, new).unified_diff().header(&from, &format!("b/{name}")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diff_has_the_headers_of_git_apply() {
        let shown = diff("a\nb\n", "a\nc\n", "CHANGELOG.md");
        assert_eq!(shown, "--- a/CHANGELOG.md\n+++ b/CHANGELOG.md\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        assert_eq!(diff("a", "a", "x"), "");
        assert!(
            diff("", "a\n", "x").starts_with("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n"),
            "{}",
            diff("", "a\n", "x")
        );
    }
}
