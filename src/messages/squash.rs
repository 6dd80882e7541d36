//! Splits the body of a squash commit into the squashed commits.
//!
//! Forges write the squashed commits below the subject, as a list of bullets; git writes `Squashed commit of the
//! following:`. A bullet in conventional form becomes a change of its own, with the paragraphs below it. A conventional
//! subject is a change too; then only bullets of interest to users (features, fixes, performance, security, breaking
//! changes …) become further changes, and none that repeats another.

use std::borrow::Cow;

use super::{
    body::{self, BodyLine},
    conventional::{Header, header},
};

/// A conventional line of a squash body, and the lines below it.
#[derive(Debug)]
pub(super) struct Bullet<'a> {
    /// Its header.
    pub(super) header: Header,
    /// The lines below it.
    pub(super) body: Vec<BodyLine<'a>>,
}

/// A squash body, split.
#[derive(Debug, Default)]
pub(super) struct Squash<'l, 'a> {
    /// The lines that belong to no squashed commit.
    pub(super) rest: Cow<'l, [BodyLine<'a>]>,
    /// The squashed commits in conventional form.
    pub(super) bullets: Vec<Bullet<'a>>,
    /// The lines below each of the other squashed commits.
    pub(super) others: Vec<Vec<BodyLine<'a>>>,
}

impl<'l, 'a> Squash<'l, 'a> {
    /// A body without squashed commits.
    pub(super) fn unsplit(lines: &'l [BodyLine<'a>]) -> Self {
        Self { rest: Cow::Borrowed(lines), ..Self::default() }
    }
}

/// Splits a body into squashed commits and the rest.
pub(super) fn split<'l, 'a>(lines: &'l [BodyLine<'a>], types: &[String]) -> Squash<'l, 'a> {
    if is_prose(lines, types) {
        return Squash::unsplit(lines);
    }
    if let Some(squash) = split_log(lines, types) {
        return squash;
    }
    let (mut rest, mut bullets, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let (mut inside, mut closed) = (false, false);
    let mut after_blank = true;
    for line in lines {
        // Below the rule are the trailers of the squash as a whole.
        closed |= !bullets.is_empty() && body::is_rule(line);
        if closed {
            rest.push(*line);
            continue;
        }
        let starts_paragraph = std::mem::replace(&mut after_blank, line.blank);
        if let Some(header) = starts_paragraph.then(|| strict(line, types)).flatten() {
            inside = true;
            bullets.push(Bullet { header, body: Vec::new() });
            continue;
        }
        let item = if line.quoted {
            None
        } else {
            line.text.strip_prefix("* ").or_else(|| line.text.strip_prefix("- "))
        };
        match (item, item.and_then(|item| header(&super::text::line(item), types))) {
            (Some(_), Some(header)) => {
                inside = true;
                bullets.push(Bullet { header, body: Vec::new() });
            }
            // Another squashed commit that is not conventional: the lines below it belong to it.
            (Some(_), None) if !bullets.is_empty() && line.text.starts_with("* ") => {
                inside = false;
                others.push(Vec::new());
            }
            _ => match bullets.last_mut() {
                Some(bullet) if inside => bullet.body.push(*line),
                Some(_) => others.last_mut().into_iter().for_each(|other| other.push(*line)),
                None => rest.push(*line),
            },
        }
    }
    Squash { rest: Cow::Owned(rest), bullets, others }
}

/// Whether no line can be, or start, a squashed commit, as in most bodies.
fn is_prose(lines: &[BodyLine<'_>], types: &[String]) -> bool {
    let mut after_blank = true;
    lines.iter().all(|line| {
        let starts_paragraph = std::mem::replace(&mut after_blank, line.blank);
        let is_header = || starts_paragraph && strict(line, types).is_some();
        !line.text.starts_with(['*', '-']) && !is_header() && !is_log(line)
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

/// A header in strict form, for forges that write each squashed subject as a paragraph.
fn strict(line: &BodyLine<'_>, types: &[String]) -> Option<Header> {
    // Rejecting a line as a header is faster than rejecting it as a strict one.
    let header = if line.quoted || !line.text.contains(": ") { None } else { header(line.text, types) };
    header.filter(|_| git_conventional::Commit::parse(line.text).is_ok())
}

/// Splits the log of `git merge --squash`: each commit has header lines and an indented message.
fn split_log<'l, 'a>(lines: &[BodyLine<'a>], types: &[String]) -> Option<Squash<'l, 'a>> {
    let start = lines.iter().position(is_log)?;
    let mut rest = lines.get(..start).unwrap_or_default().to_vec();
    let (mut bullets, mut others) = (Vec::<Bullet<'a>>::new(), Vec::<Vec<BodyLine<'a>>>::new());
    let (mut wants_subject, mut inside) = (false, false);
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
            let body =
                if inside { bullets.last_mut().map(|bullet| &mut bullet.body) } else { others.last_mut() };
            body.into_iter().for_each(|body| body.push(BodyLine { text, blank, quoted: false }));
        } else if !blank {
            wants_subject = false;
            let header = header(&super::text::line(text), types);
            inside = header.is_some();
            match header {
                Some(header) => bullets.push(Bullet { header, body: Vec::new() }),
                None => others.push(Vec::new()),
            }
        }
    }
    (!bullets.is_empty()).then_some(Squash { rest: Cow::Owned(rest), bullets, others })
}

/// Whether a bullet becomes a change in addition to a conventional subject.
pub(super) fn becomes_change(bullet: &Bullet<'_>) -> bool {
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
    bullet.header.breaking || KINDS.contains(&bullet.header.kind.as_str()) || has_note(bullet)
}

fn has_note(bullet: &Bullet<'_>) -> bool {
    bullet.body.iter().any(|line| !line.quoted && body::breaking(line.text).is_some())
}
