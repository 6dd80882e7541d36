//! Completes a title that a forge has cut: GitHub ends it with `…` after 69 characters.

use super::{body::BodyLine, list_item::ListItem, text, title_references};

/// The whole title, and the lines below it that are not part of it. The rest of it is the first line of the body, which
/// then begins with `…`, or the body repeats it as the subject of a commit. `None` if the title is not cut, or nothing
/// completes it.
pub(super) fn complete<'l, 'a>(
    title: &str,
    below: &'l [BodyLine<'a>],
) -> Option<(String, &'l [BodyLine<'a>])> {
    let stem = title.strip_suffix('…')?;
    let mut lines = below.iter().enumerate().filter(|(_, line)| !line.blank && !line.quoted);
    let (at, first) = lines.clone().next()?;
    if let Some(rest) = first.text.strip_prefix('…') {
        let rest = title_references::trailing(rest, None).title;
        return Some((text::line(&format!("{stem}{rest}")), below.get(at + 1..)?));
    }
    let subject = |line: &BodyLine<'a>| ListItem::parse(line.text).map_or(line.text, |item| item.text);
    let whole = lines.find_map(|(_, line)| completed_title(title, subject(line)))?;
    Some((whole, below))
}

/// A subject without its references, if a cut title is the start of it.
pub(crate) fn completed_title(title: &str, subject: &str) -> Option<String> {
    /// Fewer letters at the start may be equal by chance.
    const MIN_START: usize = 20;
    let stem = title.strip_suffix('…')?.trim_end();
    let whole = title_references::trailing(subject, None).title;
    let is_start = stem.chars().count() >= MIN_START && whole.starts_with(stem) && whole.len() > stem.len();
    (is_start && !whole.ends_with('…')).then(|| text::line(whole))
}

#[cfg(test)]
mod tests {
    use super::{super::body, *};

    #[test]
    fn cut_title_is_completed_by_the_body() {
        let whole = |title: &str, text: &str| complete(title, &body::lines(text)).map(|(title, _)| title);
        for (title, below, expected) in [
            (
                "fix: no crash without a Content…",
                "…-Type header (#12)\n\nx",
                "fix: no crash without a Content-Type header",
            ),
            (
                "Disable the editor of old vers…",
                "* Disable the editor of old versions\n\n* fix ut",
                "Disable the editor of old versions",
            ),
        ] {
            assert_eq!(whole(title, below).as_deref(), Some(expected));
        }
        for (title, below) in [
            ("Disable the editor of old vers…", "It was useless."),
            ("Loading…", "* Loading… takes long"),
            ("Disable the editor of old versions", "* Disable the editor of old versions, too"),
        ] {
            assert_eq!(whole(title, below), None, "{title}");
        }
    }
}
