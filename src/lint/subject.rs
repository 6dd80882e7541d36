//! Splits the first line of a message into the parts of `type(scope)!: title`.
//!
//! Accepts deviations from that form, so that the linter can report exactly what is wrong.

/// The parts of a subject as written. They may be invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) kind: &'a str,
    /// The text between the parentheses; may be empty.
    pub(super) scope: Option<&'a str>,
    pub(super) breaking: bool,
    pub(super) title: &'a str,
    /// Whether the colon is `:`, with no space before and exactly one after it.
    pub(super) tidy: bool,
    /// Whether the colon is full-width, with no space before it.
    pub(super) full_width: bool,
}

/// Splits a line; `None` if it does not resemble the form at all.
pub(super) fn parse(line: &str) -> Option<Parts<'_>> {
    let (head, colon, rest) = split_at_colon(line)?;
    // `std::mem: …` and `https://…` have a colon but no type.
    if rest.starts_with(':') || rest.starts_with("//") {
        return None;
    }
    let (head, breaking) = match head.trim_end().strip_suffix('!') {
        Some(head) => (head, true),
        None => (head, false),
    };
    let (kind, scope) = match head.trim_end().strip_suffix(')') {
        Some(head) => head.split_once('(').map(|(kind, scope)| (kind, Some(scope)))?,
        None => (head, None),
    };
    let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let bare = kind.trim();
    if !bare.starts_with(char::is_alphabetic) || !bare.chars().all(word) {
        return None;
    }
    let title = rest.trim();
    let bang = if breaking { "!" } else { "" };
    let tight = match scope {
        Some(scope) => bare.len() + scope.len() + 2 + bang.len(),
        None => bare.len() + bang.len(),
    };
    let before = line.len() - rest.len() - colon.len_utf8();
    let one_space = rest.strip_prefix(' ').is_some_and(|rest| !rest.starts_with(char::is_whitespace));
    let tidy = colon == ':' && before == tight && (one_space || title.is_empty());
    let full_width = colon == '：' && before == tight;
    Some(Parts { kind: bare, scope, breaking, title, tidy, full_width })
}

/// Splits at the first colon outside of parentheses. A scope may contain one, as in `fix(std::mem): …`.
fn split_at_colon(line: &str) -> Option<(&str, char, &str)> {
    let mut depth = 0_usize;
    for (at, c) in line.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ':' | '：' if depth == 0 => {
                let (head, rest) = line.split_at(at);
                return Some((head, c, rest.strip_prefix(c)?));
            }
            _ => {}
        }
    }
    None
}

/// The canonical subject with these parts.
pub(super) fn canonical(kind: &str, scope: Option<&str>, breaking: bool, title: &str) -> String {
    let kind = kind.to_lowercase();
    let scope = scope.map(str::trim).filter(|scope| !scope.is_empty());
    let scope = scope.map(|scope| format!("({scope})")).unwrap_or_default();
    format!("{kind}{scope}{}: {}", if breaking { "!" } else { "" }, title.trim())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_are_found_in_tidy_and_untidy_lines() {
        let parts = parse("feat(api)!: x y").unwrap();
        assert_eq!(
            parts,
            Parts {
                kind: "feat",
                scope: Some("api"),
                breaking: true,
                title: "x y",
                tidy: true,
                full_width: false
            }
        );
        assert_eq!(parse("fix(std::mem): x").unwrap().scope, Some("std::mem"));
        for line in ["feat:x", "feat:  x", "feat : x", "feat (api): x", "feat：x", " feat: x", "feat ! : x"]
        {
            assert!(!parse(line).unwrap().tidy, "{line}");
        }
        for line in ["Add x", "https://example.com", "std::mem: x", ": x", "add the x: y", "(api): x", ""] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn canonical_form_round_trips(kind in "[a-z]{1,8}", scope in "[a-z-]{0,5}", breaking: bool, title in "[a-z]([a-z :()!]{0,10}[a-z])?") {
            let line = canonical(&kind, Some(&scope), breaking, &title);
            let parts = parse(&line).unwrap();
            prop_assert!(parts.tidy);
            prop_assert_eq!((parts.kind, parts.breaking, parts.title), (&*kind, breaking, &*title));
            prop_assert_eq!(parts.scope.unwrap_or_default(), scope);
        }

        #[test]
        fn any_line_parses_without_panic(line in "\\PC{0,40}") {
            let _ = parse(&line);
        }
    }
}
