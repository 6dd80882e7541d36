//! Splits the body of a message into the commits that it lists.
//!
//! Forges write the squashed commits below the subject, as a list of bullets or as paragraphs; git writes `Squashed
//! commit of the following:`; people write lists. A line in conventional form starts a commit, with the lines below it
//! as its body. A line of the form `Token: value` is a trailer, unless several of them are headers.
//!
//! A list is untitled if the message has no subject of its own: its first line is a merge, git's text, or an item.

use std::borrow::Cow;

use super::{
    body::{self, BodyLine},
    conventional::{Header, header},
    gitmoji,
    list_item::ListItem,
    merge_subject,
    options::Options,
    references, text, title_references,
};

/// A commit of a list.
#[derive(Debug)]
pub(super) struct ListedCommit<'a> {
    /// Its subject on one line.
    pub(super) subject: String,
    /// The subject as a header, if it is conventional.
    pub(super) header: Option<Header>,
    /// The lines below it.
    pub(super) body: Vec<BodyLine<'a>>,
}

/// A body, split.
#[derive(Debug, Default)]
pub(super) struct Squash<'l, 'a> {
    /// The lines that belong to no commit.
    pub(super) rest: Cow<'l, [BodyLine<'a>]>,
    /// The commits; if there are some, at least one is conventional or comes from git's log.
    pub(super) commits: Vec<ListedCommit<'a>>,
}

impl<'l, 'a> Squash<'l, 'a> {
    /// A body without commits.
    pub(super) fn unsplit(lines: &'l [BodyLine<'a>]) -> Self {
        Self { rest: Cow::Borrowed(lines), commits: Vec::new() }
    }
}

/// The lines of a message that may be an untitled list.
pub(super) struct UntitledList<'a> {
    /// The lines, in which indentation is not code.
    pub(super) lines: Vec<BodyLine<'a>>,
    /// Whether the first of them is the title.
    pub(super) has_title: bool,
}

impl<'a> UntitledList<'a> {
    /// The list of a message with this title and these lines below it; `None` if it has a title of its own.
    /// `is_merge_text` is whether the title is what git or a forge writes for a merge.
    pub(super) fn of(
        title: &'a str,
        below: &[BodyLine<'a>],
        is_merge_text: bool,
        options: &Options,
    ) -> Option<Self> {
        let first = BodyLine { text: title, blank: false, quoted: false, indented: false };
        let has_title = is_log(&first)
            || ListItem::parse(title).is_some()
            || heads_paragraphs(&first, below, &options.types);
        let is_promotion = || merge_subject::is_promotion(title_references::trailing(title, None).title);
        if !has_title && !is_merge_text && !is_promotion() {
            return None;
        }
        // Indented lines belong to the item above.
        let prose = |line: &BodyLine<'a>| BodyLine {
            quoted: line.quoted && !line.indented,
            indented: false,
            ..*line
        };
        let lines = has_title.then_some(first).into_iter().chain(below.iter().map(prose)).collect();
        Some(Self { lines, has_title })
    }
}

/// Whether a title and all that is below it, except trailers at the end, are headers.
fn heads_paragraphs(title: &BodyLine<'_>, below: &[BodyLine<'_>], types: &[String]) -> bool {
    let is_header = |line: &BodyLine<'_>| strict(line, types).is_some();
    let is_trailer =
        |line: &BodyLine<'_>| line.blank || body::is_rule(line) || body::trailer(line.text).is_some();
    let last = below.iter().rposition(|line| !is_trailer(line) || is_header(line));
    let lines = last.and_then(|last| below.get(..=last)).unwrap_or_default();
    // Where subjects are `area: description`, some areas have the name of a type: `config`, `ui`.
    let is_commit =
        |line: &BodyLine<'_>| strict(line, types).is_some_and(|it| is_commit_type(&it.kind, types));
    !lines.is_empty()
        && lines.iter().all(|line| line.blank || is_header(line))
        && is_header(title)
        && (is_commit(title) || lines.iter().any(is_commit))
}

/// Splits a body into commits and the rest. Of an `untitled` list, every conventional line starts a commit.
pub(super) fn split<'l, 'a>(lines: &'l [BodyLine<'a>], options: &Options, untitled: bool) -> Squash<'l, 'a> {
    if is_prose(lines, &options.types) {
        return Squash::unsplit(lines);
    }
    if let Some(squash) = split_log(lines, options, untitled) {
        return squash;
    }
    let mut headers = bare_headers(lines, &options.types, untitled).into_iter().peekable();
    let (mut rest, mut commits) = (Vec::new(), Vec::<ListedCommit<'a>>::new());
    let (mut closed, mut outermost) = (false, None);
    for (at, line) in lines.iter().enumerate() {
        // Below the rule are the trailers of the squash as a whole.
        closed |= !commits.is_empty() && body::is_rule(line);
        let header = headers.next_if(|(start, _)| *start == at).map(|(_, header)| header);
        let item = ListItem::parse(line.text).filter(|_| !line.quoted);
        let commit = match (header, item) {
            _ if closed => None,
            (Some(header), _) => Some((line.text, Some(header))),
            (None, Some(item)) => {
                let outermost = *outermost.get_or_insert(item);
                let may_be_plain = untitled || !commits.is_empty();
                listed(item, outermost, options, untitled, may_be_plain).map(|header| (item.text, header))
            }
            (None, None) => None,
        };
        match (commit, commits.last_mut()) {
            (Some((subject, header)), _) => {
                commits.push(ListedCommit { subject: text::line(subject), header, body: Vec::new() });
            }
            (None, Some(commit)) if !closed => commit.body.push(*line),
            (None, _) => rest.push(*line),
        }
    }
    if commits.iter().all(|commit| commit.header.is_none()) {
        return Squash::unsplit(lines);
    }
    Squash { rest: Cow::Owned(rest), commits }
}

/// Whether an item is a commit, with its header. A plain item is one only beside the outermost item, which is the first
/// of its list; else it belongs to the commit above.
fn listed(
    item: ListItem<'_>,
    outermost: ListItem<'_>,
    options: &Options,
    untitled: bool,
    may_be_plain: bool,
) -> Option<Option<Header>> {
    // Below a subject, an indented list is part of the prose.
    let is_outermost = item.indent <= if untitled { outermost.indent } else { 0 };
    let found = gitmoji::header(&text::line(item.text), options).filter(|_| untitled || is_outermost);
    let is_plain = || {
        // `git merge --log` writes the name of the branch and a colon above its commits.
        may_be_plain && is_outermost && item.marker == outermost.marker && !item.text.ends_with(':')
    };
    (found.is_some() || is_plain()).then_some(found)
}

/// The headers that are lines of their own, each with its index. They start a paragraph or follow one another. A line
/// in a paragraph of trailers is not a header, nor is a line that could be a trailer and is the only one.
fn bare_headers(lines: &[BodyLine<'_>], types: &[String], untitled: bool) -> Vec<(usize, Header)> {
    let mut found = Vec::new();
    let mut start = 0;
    for paragraph in lines.split(|line| line.blank) {
        // Below the name of a branch, `git merge --log` indents the subjects of its commits.
        let names_branch =
            |line: &BodyLine<'_>| untitled && line.text.ends_with(':') && line.text.starts_with("* ");
        let skipped = usize::from(paragraph.first().is_some_and(names_branch));
        let headers = paragraph.iter().skip(skipped).map_while(|line| strict(line, types));
        let headers: Vec<_> = (start + skipped..).zip(headers).collect();
        let is_trailer = |line: &BodyLine<'_>| body::trailer(line.text).is_some();
        if headers.len() + skipped == paragraph.len() || !paragraph.iter().all(is_trailer) {
            found.extend(headers);
        }
        start += paragraph.len() + 1;
    }
    let is_certain = |at: usize| lines.get(at).is_some_and(|line| body::trailer(line.text.trim()).is_none());
    if !untitled && found.len() < 2 {
        found.retain(|(at, _)| is_certain(*at));
    }
    found
}

/// Whether no line can be, or start, a commit, as in most bodies.
fn is_prose(lines: &[BodyLine<'_>], types: &[String]) -> bool {
    let mut after_blank = true;
    lines.iter().all(|line| {
        let starts_paragraph = std::mem::replace(&mut after_blank, line.blank);
        let is_header = || starts_paragraph && strict(line, types).is_some();
        ListItem::parse(line.text).is_none() && !is_header() && !is_log(line)
    })
}

/// Whether a line starts a log of squashed commits.
fn is_log(line: &BodyLine<'_>) -> bool {
    const START: &str = "Squashed commit of the following:";
    line.text.len() >= START.len() && line.text.trim() == START
}

/// The lines that do not come from a squashed commit. Forges write each squashed subject as a bullet between blank
/// lines, with its body below, and their own trailers below a rule; a list without blank lines is prose.
pub(super) fn own<'l, 'a>(lines: &'l [BodyLine<'a>]) -> Cow<'l, [BodyLine<'a>]> {
    if !lines.iter().any(|line| line.text.starts_with("* ")) {
        return Cow::Borrowed(lines);
    }
    let is_blank = |line: Option<&BodyLine<'_>>| line.is_none_or(|line| line.blank);
    let (mut inside, mut after_blank) = (false, true);
    let mut own = Vec::with_capacity(lines.len());
    for (line, next) in lines.iter().zip(1..) {
        let is_bullet = !line.quoted && after_blank && line.text.starts_with("* ");
        inside = (inside && !body::is_rule(line)) || (is_bullet && is_blank(lines.get(next)));
        after_blank = is_blank(Some(line));
        if !inside {
            own.push(*line);
        }
    }
    Cow::Owned(own)
}

/// A header in strict form, for forges that write each squashed subject as a paragraph. Types are in lower case there,
/// which distinguishes them from trailers, and a header has more to say than which issue it is about.
fn strict(line: &BodyLine<'_>, types: &[String]) -> Option<Header> {
    let line_text = line.text.trim();
    // Rejecting a line as a header is faster than rejecting it as a strict one.
    let may_be = !line.quoted && line_text.contains(": ") && !line_text.starts_with(char::is_uppercase);
    let header = if may_be { header(line_text, types) } else { None };
    let is_value = |title: &str| {
        title.bytes().all(|byte| byte.is_ascii_digit())
            || references::is_only_references(title)
            || ["none", "n/a", "no", "yes"].contains(&title)
    };
    header.filter(|header| !is_value(&header.title) && git_conventional::Commit::parse(line_text).is_ok())
}

/// Splits the log of `git merge --squash`: each commit has header lines and an indented message.
fn split_log<'l, 'a>(lines: &[BodyLine<'a>], options: &Options, untitled: bool) -> Option<Squash<'l, 'a>> {
    let start = lines.iter().position(is_log)?;
    let mut rest = lines.get(..start).unwrap_or_default().to_vec();
    let mut commits = Vec::<ListedCommit<'a>>::new();
    let mut wants_subject = false;
    for line in lines.get(start + 1..).unwrap_or_default() {
        if line.text.starts_with("commit ") {
            wants_subject = true;
            continue;
        }
        let blank = line.blank;
        let Some(text) = line.text.strip_prefix("    ").or(blank.then_some("")) else {
            let is_header = ["Author:", "Date:", "Merge:"].iter().any(|key| line.text.starts_with(key));
            if !is_header {
                rest.push(*line);
            }
            continue;
        };
        if !wants_subject {
            let quoted = (line.quoted && !line.indented) || text.starts_with("    ");
            let body = commits.last_mut().map(|commit| &mut commit.body);
            body.into_iter().for_each(|body| body.push(BodyLine { text, blank, quoted, indented: false }));
        } else if !blank {
            wants_subject = false;
            let subject = super::text::line(text);
            let header = gitmoji::header(&subject, options);
            commits.push(ListedCommit { subject, header, body: Vec::new() });
        }
    }
    let is_split = commits.iter().any(|commit| untitled || commit.header.is_some());
    is_split.then_some(Squash { rest: Cow::Owned(rest), commits })
}

/// Whether a type is one of those that conventional commits have in common, or configured.
fn is_commit_type(kind: &str, types: &[String]) -> bool {
    const COMMON: [&str; 15] = [
        "feat", "feature", "fix", "bugfix", "hotfix", "perf", "refactor", "docs", "test", "build", "ci",
        "chore", "style", "revert", "deps",
    ];
    COMMON.contains(&kind) || types.iter().any(|own| own == kind)
}

/// Whether a commit becomes a change in addition to that of the title.
pub(super) fn becomes_change(commit: &ListedCommit<'_>) -> bool {
    const KINDS: [&str; 17] = [
        "feat",
        "feature",
        "add",
        "added",
        "fix",
        "bugfix",
        "hotfix",
        "perf",
        "security",
        "sec",
        "deprecate",
        "deprecated",
        "remove",
        "removed",
        "change",
        "changed",
        "revert",
    ];
    let has_note = || commit.body.iter().any(|line| !line.quoted && body::breaking(line.text).is_some());
    commit
        .header
        .as_ref()
        .is_some_and(|header| header.breaking || KINDS.contains(&header.kind.as_str()) || has_note())
}

/// Whether a commit of an untitled list has no change of its own: it belongs to another one, or is a merge.
pub(super) fn is_part_of_another(commit: &ListedCommit<'_>) -> bool {
    const STARTS: [&str; 6] = [
        "fixup! ",
        "squash! ",
        "amend! ",
        "Merge branch ",
        "Merge remote-tracking branch ",
        "Merge pull request ",
    ];
    STARTS.iter().any(|start| commit.subject.starts_with(start))
}
