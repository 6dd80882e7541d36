//! Moves the text that was written by hand under "Unreleased" into the section of a release.

use std::collections::HashSet;

use super::{section, subheading};

/// A heading within a section with the text below it.
struct Part {
    title: String,
    /// The heading's source, with its line end.
    heading: String,
    body: String,
}

/// The section of a release with the text of `unreleased`, which is a section too.
///
/// Text below a heading goes to the top of the same heading's text; text above all headings goes below the release
/// heading. An item that the section already has is left out.
pub(super) fn adopted(section: &str, unreleased: &str) -> String {
    let level = section::level(section);
    let (heading, lead, mut parts) = split(&section::at_level(section, level));
    let own: HashSet<&str> = section.lines().map(str::trim).filter(|line| is_item(line)).collect();
    // Only the end of the file may have left a block open.
    let closing = section::closing(unreleased).map(|closing| format!("\n{closing}\n")).unwrap_or_default();
    let unreleased = section::at_level(&format!("{unreleased}{closing}"), level);
    let (_, text, theirs) = split(&without_lines(&unreleased, &own));
    for part in theirs {
        if part.body.trim().is_empty() {
            continue;
        }
        match parts.iter_mut().find(|own| subheading::same(&own.title, &part.title)) {
            Some(own) => own.body = joined(&part.body, &own.body),
            None => {
                let at = place(&parts, &part);
                parts.insert(at, part);
            }
        }
    }
    let mut merged = heading;
    for text in [text, lead] {
        if !text.trim().is_empty() {
            merged.extend(["\n", text.trim_matches('\n'), "\n"]);
        }
    }
    for part in parts {
        merged.extend(["\n", part.heading.trim_end(), "\n\n", part.body.trim_matches('\n'), "\n"]);
    }
    merged
}

/// Splits a section into its heading, the text below it, and the parts with headings of their own.
fn split(section: &str) -> (String, String, Vec<Part>) {
    let headings = section::headings(section);
    let text = |from: usize, to: usize| section.get(from..to).unwrap_or("").to_owned();
    let Some((_, first)) = headings.first() else { return (String::new(), section.to_owned(), Vec::new()) };
    let end_of = |index: usize| headings.get(index + 1).map_or(section.len(), |(_, next)| next.start);
    let level = headings.get(1).map(|(level, _)| *level);
    let mut parts: Vec<Part> = Vec::new();
    for (index, (own, range)) in headings.iter().enumerate().skip(1) {
        let (heading, body) = (text(range.start, range.end), text(range.end, end_of(index)));
        match parts.last_mut().filter(|_| Some(*own) > level) {
            Some(last) => last.body.extend([heading, body]),
            None => parts.push(Part {
                title: heading.trim_matches(['#', ' ', '\n', '\r']).to_owned(),
                heading,
                body,
            }),
        }
    }
    (format!("{}\n", text(first.start, first.end).trim_end()), text(first.end, end_of(0)), parts)
}

/// Where to insert a part: in the order of Keep a Changelog if both have such headings, else at the end.
fn place(parts: &[Part], part: &Part) -> usize {
    let Some(order) = subheading::keep_a_changelog_order(&part.title) else { return parts.len() };
    let later = |own: &Part| subheading::keep_a_changelog_order(&own.title).is_some_and(|it| it > order);
    parts.iter().position(later).unwrap_or(parts.len())
}

/// Two texts, as one list if both are lists.
fn joined(first: &str, second: &str) -> String {
    let (first, second) = (first.trim_matches('\n').trim_end(), second.trim_matches('\n'));
    let ends_in_list = first.lines().last().is_some_and(|line| is_item(line) || line.starts_with(' '));
    let gap = if ends_in_list && second.lines().next().is_some_and(is_item) { "\n" } else { "\n\n" };
    format!("{first}{gap}{second}\n")
}

fn is_item(line: &str) -> bool {
    ["- ", "* ", "+ "].iter().any(|bullet| line.starts_with(bullet))
}

fn without_lines(text: &str, lines: &HashSet<&str>) -> String {
    text.split_inclusive('\n').filter(|line| !lines.contains(line.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_merged_below_the_same_headings() {
        let section = "## [1.1.0] - 2026-01-01\n\n### Features\n\n- a\n\n### Bug fixes\n\n- b\n";
        let unreleased = "# Unreleased\n\nThanks to all.\n\n## Added\n- by hand\n\n## Docs\n\n- c\n\n## Empty\n\n## Fixes\n\n- b\n- d\n";
        assert_eq!(
            adopted(section, unreleased),
            "## [1.1.0] - 2026-01-01\n\nThanks to all.\n\n### Features\n\n- by hand\n- a\n\n### Bug fixes\n\n- d\n- b\n\n### Docs\n\n- c\n"
        );
    }

    #[test]
    fn new_headings_have_the_order_of_keep_a_changelog() {
        let section = "## 1.1.0\n\n### Added\n\n- a\n\n### Fixed\n\n- b\n";
        let merged = adopted(section, "## Unreleased\n\n### Removed\n\n- c\n\n#### Detail\n\nx\n");
        assert_eq!(
            merged,
            "## 1.1.0\n\n### Added\n\n- a\n\n### Removed\n\n- c\n\n#### Detail\n\nx\n\n### Fixed\n\n- b\n"
        );
    }
}
