//! The text of the comment, in Markdown.

use crate::{
    model::{Notes, Release, plural},
    publish,
    render::{self, Options, markdown_code, markdown_line},
};

use super::{
    contribution::{Contribution, NextVersion, Unlisted},
    preview::{Preview, Remark},
};

/// How many items of a list are shown, in the order in which they are tried: fewer if the comment would be too long.
const LISTED: [usize; 5] = [50, 20, 8, 3, 0];
/// The levels of headings: that of the comment, then below it packages, and sections.
const HEADING: u8 = 3;

/// The text of the comment, which starts with `mark` and has at most `limit` characters: then entries are left out
/// first, and their number is given.
///
/// # Errors
/// If the entries cannot be rendered.
pub fn body(preview: &Preview, options: &Options, mark: &str, limit: usize) -> Result<String, render::Error> {
    let around = |listed: usize| (start(preview, mark), end(preview, listed));
    let length = |(start, end): &(String, String)| start.chars().count() + end.chars().count();
    // Half of the room is for entries, if there are any.
    let room = if preview.contributions.iter().any(has_entries) { limit / 2 } else { limit };
    let (start, end) =
        LISTED.into_iter().map(around).find(|around| length(around) <= room).unwrap_or_else(|| around(0));
    let notes = Notes {
        complete: true,
        warnings: Vec::new(),
        repository: preview.repository.clone(),
        releases: preview.contributions.iter().map(|it| it.added.clone()).collect(),
    };
    let text = |notes: &Notes, omitted: usize| -> Result<String, render::Error> {
        let mut text = start.clone();
        for (contribution, release) in preview.contributions.iter().zip(&notes.releases) {
            push_line_state(&mut text, preview, contribution, (release, notes), options)?;
        }
        if omitted > 0 {
            let entries = plural(omitted, "more entry is", "more entries are");
            push_block(&mut text, &format!("{entries} left out, because a comment has a limited length."));
        }
        push_block(&mut text, &end);
        Ok(text)
    };
    let fits = |text: &str| text.chars().count() <= limit;
    Ok(publish::shorten(&notes, &text, &fits)?.0)
}

fn has_entries(contribution: &Contribution) -> bool {
    !contribution.added.sections.is_empty() || !contribution.added.attention.is_empty()
}

fn heading(level: u8, title: &str) -> String {
    format!("{} {title}", "#".repeat(level.into()))
}

/// Appends a block of Markdown, with an empty line before it.
fn push_block(text: &mut String, block: &str) {
    if !text.is_empty() {
        text.truncate(text.trim_end().len());
        text.push_str("\n\n");
    }
    text.push_str(block.trim());
    text.push('\n');
}

/// The text above the entries.
fn start(preview: &Preview, mark: &str) -> String {
    let mut text = format!("{mark}\n");
    push_block(&mut text, &heading(HEADING, "Release notes"));
    if preview.contributions.iter().any(has_entries) {
        return text;
    }
    let target = preview.target_branch.as_deref().map_or("the target branch".to_owned(), markdown_code);
    let because = if preview.commits == 0 {
        format!(", because {target} contains its commits already")
    } else if !preview.unlisted.is_empty() {
        ", because none of its changes is listed".to_owned()
    } else if preview.contributions.is_empty() {
        ", because it changes none of the files that the notes are about".to_owned()
    } else {
        String::new()
    };
    push_block(&mut text, &format!("This pull request adds nothing to the notes{because}."));
    text
}

/// Appends the entries and the next version of one line.
fn push_line_state(
    text: &mut String,
    preview: &Preview,
    contribution: &Contribution,
    (release, notes): (&Release, &Notes),
    options: &Options,
) -> Result<(), render::Error> {
    let is_one = preview.contributions.len() == 1 && contribution.package.is_none();
    let level = if is_one { HEADING } else { HEADING + 1 };
    if let Some(package) = contribution.package.as_deref().filter(|_| !is_one) {
        push_block(text, &heading(level, &markdown_code(package)));
    }
    push_block(text, &next(&contribution.next, &contribution.next_without));
    if !release.sections.is_empty() || !release.attention.is_empty() {
        let one = Notes { releases: vec![release.clone()], ..notes.clone() };
        let options = Options {
            template: None,
            title: None,
            contributors: false,
            heading_level: level,
            ..options.clone()
        };
        let mut out = Vec::new();
        render::render(&one, &options, &mut out)?;
        push_block(text, &String::from_utf8_lossy(&out));
    }
    Ok(())
}

/// The sentences about the next version.
fn next(with: &NextVersion, without: &NextVersion) -> String {
    let bold = |next: &NextVersion| next.version.as_ref().map(|version| format!("**{version}**"));
    let refused = |next: &NextVersion, which: &str| {
        let reason = markdown_line(&next.reason);
        format!("The next version {which} this pull request cannot be computed: {reason}.")
    };
    if with.is_refused {
        return refused(with, "with");
    }
    let text = match (bold(with), bold(without)) {
        (Some(with), Some(other)) if with == other => {
            format!("Next version: {with}, with or without this pull request")
        }
        (Some(with), Some(other)) => {
            format!("Next version: {with} with this pull request, {other} without it")
        }
        (Some(with), None) if without.is_refused => format!("Next version: {with}"),
        (Some(with), None) => format!("Next version: {with} with this pull request, none without it"),
        (None, Some(other)) => format!("Next version: none with this pull request, {other} without it"),
        (None, None) if without.is_refused => "Next version: none is required".to_owned(),
        (None, None) => "Next version: none is required, with or without this pull request".to_owned(),
    };
    let text = format!("{text} ({}).", markdown_line(&with.reason));
    if without.is_refused { format!("{text}\n{}", refused(without, "without")) } else { text }
}

/// The text below the entries, with at most `listed` items of each list.
fn end(preview: &Preview, listed: usize) -> String {
    let mut text = String::new();
    let mut add = |title: &str, items: Vec<String>| {
        if items.is_empty() {
            return;
        }
        push_block(&mut text, &heading(HEADING + 1, title));
        text.push('\n');
        items.iter().take(listed).for_each(|item| text.push_str(&format!("- {item}\n")));
        let more = items.len().saturating_sub(listed);
        if more > 0 {
            text.push_str(&format!("- and {more} more\n"));
        }
    };
    add("Not listed", preview.unlisted.iter().map(unlisted).collect());
    let removed = preview.contributions.iter().flat_map(|contribution| &contribution.removed);
    add("No longer listed", removed.map(unlisted).collect());
    add("Checks", checks(preview));
    let files = preview.notes_files.iter();
    add(
        "Files that decide what the notes say",
        files.map(|(role, path)| format!("{} ({})", markdown_code(path), role.noun())).collect(),
    );
    if !preview.is_complete {
        push_block(&mut text, "The forge did not return all data about pull requests.");
    }
    let (head, base) = (preview.head.short(), preview.base.short());
    let into = match preview.target_branch.as_deref() {
        Some(branch) => format!("{} ({base})", markdown_code(branch)),
        None => base,
    };
    let commit = format!("For commit {head}, as if it were merged into {into}.");
    push_block(&mut text, &format!("{commit} `tidings comment` updates this comment."));
    text
}

fn unlisted(unlisted: &Unlisted) -> String {
    match unlisted.reason.as_str() {
        "" => markdown_line(&unlisted.subject),
        reason => format!("{}: {}", markdown_line(&unlisted.subject), markdown_line(reason)),
    }
}

/// The findings, and the labels that are missing.
fn checks(preview: &Preview) -> Vec<String> {
    let mut items: Vec<String> = preview.findings.iter().map(finding).collect();
    if !preview.missing_labels.is_empty() {
        let labels: Vec<String> = preview.missing_labels.iter().map(|label| markdown_code(label)).collect();
        items.push(format!(
            "warning: labels decide the section, and this pull request has none of them: {}",
            labels.join(", ")
        ));
    }
    items
}

/// A finding: its first line, further lines as a list below it, and what to do.
fn finding(finding: &Remark) -> String {
    let level = if finding.is_error { "error" } else { "warning" };
    let mut lines = finding.message.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut text = format!("{level}: {}", markdown_line(lines.next().unwrap_or_default()));
    for line in lines {
        text.push_str(&format!("\n  - {}", markdown_line(line)));
    }
    if !finding.fix.is_empty() {
        text.push_str(&format!("\n\n  {}", markdown_line(&finding.fix)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Change, NotesFile, ObjectId, RepositoryInfo, Section, Version};

    fn next_version(minor: Option<u64>) -> NextVersion {
        NextVersion {
            version: minor.map(|minor| Version::new(1, minor, 0)),
            reason: "a reason".to_owned(),
            is_refused: false,
        }
    }

    fn preview(entries: usize, unlisted: usize) -> Preview {
        let id = ObjectId::from_bytes([1; 20]);
        let change = |number: usize| Change {
            title: format!("change {number} {}", "x".repeat(100)),
            commits: vec![id],
            ..Change::default()
        };
        let changes: Vec<Change> = (0..entries).map(change).collect();
        let mut added = Release::new(None, id);
        added.sections = vec![Section { id: "features".to_owned(), title: None, changes }];
        added.sections.retain(|section| !section.changes.is_empty());
        let contribution = Contribution {
            package: None,
            added,
            removed: Vec::new(),
            next: next_version(Some(3)),
            next_without: next_version(None),
        };
        let hidden = |number: usize| Unlisted {
            subject: format!("@ada {number} {}", "y".repeat(300)),
            reason: "<!-- hidden -->".to_owned(),
        };
        Preview {
            repository: RepositoryInfo::default(),
            head: id,
            base: id,
            target_branch: Some("main".to_owned()),
            commits: 1,
            contributions: vec![contribution],
            unlisted: (0..unlisted).map(hidden).collect(),
            findings: Vec::new(),
            missing_labels: Vec::new(),
            notes_files: vec![(NotesFile::Configuration, "tidings.toml".to_owned())],
            is_complete: true,
        }
    }

    fn text(preview: &Preview, limit: usize) -> String {
        body(preview, &Options::new(render::Format::Release), "<!-- mark -->", limit).unwrap()
    }

    #[test]
    fn long_comment_keeps_mark_version_and_number_of_entries() {
        for (entries, unlisted) in [(2_000, 0), (0, 500), (2_000, 500)] {
            for limit in [4_000, 32_768] {
                let text = text(&preview(entries, unlisted), limit);
                assert!(text.chars().count() <= limit, "{entries} {unlisted}: {}", text.len());
                assert!(text.starts_with("<!-- mark -->\n") && text.contains("Next version: **1.3.0**"));
                assert_eq!(text.contains("more entries are left out"), entries > 0, "{text}");
                assert_eq!(text.contains("- and "), unlisted > 0, "{text}");
                assert!(text.contains("`tidings.toml` (configuration)"), "{text}");
            }
        }
    }

    #[test]
    fn untrusted_text_is_escaped() {
        let text = text(&preview(0, 1), 65_536);
        let escaped = text.matches(r"\<\!--").count() + text.matches(r"\<!--").count();
        assert_eq!((text.matches("<!--").count() - escaped, escaped), (1, 1), "{text}");
        assert!(text.contains("- `@ada` 0"), "{text}");
    }
}
