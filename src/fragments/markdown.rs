//! The parts of a fragment's text.

use std::sync::LazyLock;

use regex::Regex;

/// The first paragraph on one line, without the `#` of a heading, and the rest; `None` for an empty text.
pub(super) fn parts(text: &str) -> Option<(String, Option<String>)> {
    let text = text.trim();
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.first()?;
    let is_heading = is_heading(first);
    let starts_block = |line: &str| {
        let line = line.trim_start();
        line.is_empty()
            || ["- ", "* ", "+ ", "```", "~~~", "> ", "|"].iter().any(|mark| line.starts_with(mark))
    };
    let end = match is_heading {
        true => 1,
        false => 1 + lines.iter().skip(1).take_while(|line| !starts_block(line)).count(),
    };
    let (title, body) = lines.split_at_checked(end)?;
    let title = title.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let title = title.trim_start_matches(if is_heading { "#" } else { "" }).trim();
    // A fragment may be written as an item of a list.
    let title = title.strip_prefix("- ").or_else(|| title.strip_prefix("* ")).unwrap_or(title).trim();
    let body = body.join("\n");
    let body = body.trim_matches(['\n', '\r']).trim_end();
    (!title.is_empty()).then(|| (title.to_owned(), (!body.is_empty()).then(|| body.to_owned())))
}

fn is_heading(line: &str) -> bool {
    let rest = line.trim_start_matches('#');
    rest.len() < line.len() && rest.starts_with(' ')
}

/// Code, roles and links of reStructuredText as Markdown.
pub(super) fn from_rst(text: &str) -> String {
    static ROLE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r":[a-zA-Z][\w:+.-]*:`~?!?([^`<]+?)(?:\s*<[^`>]*>)?`").ok());
    static LINK: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"`([^`<]+?)\s*<([^`<>\s]+)>`__?").ok());
    let text = match (&*ROLE, &*LINK) {
        (Some(role), Some(link)) => {
            let text = role.replace_all(text, "`$1`");
            link.replace_all(&text, "[$1]($2)").into_owned()
        }
        _ => text.to_owned(),
    };
    text.replace("``", "`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_paragraph_is_the_title() {
        let parts = |text: &str| parts(text).map(|(title, body)| (title, body.unwrap_or_default()));
        let pair = |title: &str, body: &str| Some((title.to_owned(), body.to_owned()));
        assert_eq!(parts("Adds a\nnew icon.\n\nMore\ntext.\n"), pair("Adds a new icon.", "More\ntext."));
        assert_eq!(parts("# `a` is new\n\nIt is."), pair("`a` is new", "It is."));
        assert_eq!(parts("#12 is fixed"), pair("#12 is fixed", ""));
        assert_eq!(parts("Fixes:\n- a\n- b"), pair("Fixes:", "- a\n- b"));
        assert_eq!(parts("- Fixes a\n"), pair("Fixes a", ""));
        assert_eq!(parts(" \n\n"), None);
    }

    #[test]
    fn restructured_text_becomes_markdown() {
        assert_eq!(
            from_rst(
                "``a`` and :func:`b.c`, :ref:`this <that>`, `page <https://a.example>`__ by :user:`ann`"
            ),
            "`a` and `b.c`, `this`, [page](https://a.example) by `ann`"
        );
    }
}
