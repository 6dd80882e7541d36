//! Parses the changes that a message describes, each with the prose, trailers and references that belong to it.

use std::{
    collections::{HashMap, hash_map},
    sync::Arc,
};

use super::{
    body::{self, BodyLine, Parts},
    conventional::{self, Header},
    merge_subject,
    message::DescribedChange,
    options::Options,
    references, squash, text,
};

/// Whether a line was added by git or a forge and carries no information for readers of the notes.
fn is_boilerplate(line: &str) -> bool {
    // Most lines are prose: the first letter is enough to reject them.
    match line.as_bytes().first() {
        Some(b'S' | b' ' | b'\t') => merge_subject::merge_request(line).is_some(),
        Some(b'(') => line.starts_with("(cherry picked from commit "),
        Some(b'-') => line.len() >= 3 && line.bytes().all(|byte| byte == b'-'),
        Some(first) => b"cCfFrR".contains(first) && references::is_closing(line),
        None => false,
    }
}

/// The changes that a message with this title and these lines below it describes; never empty.
pub(super) fn described_changes(
    title: &Arc<str>,
    lines: &[BodyLine<'_>],
    options: &Options,
) -> Vec<DescribedChange> {
    let squash::Squash { rest, bullets, mut others } = if options.split_squash {
        squash::split(lines, &options.types)
    } else {
        squash::Squash::unsplit(lines)
    };
    let own = conventional::header(title, &options.types);
    let mut changes = Vec::with_capacity(1 + bullets.len());
    let is_conventional = own.is_some();
    if is_conventional || bullets.is_empty() {
        changes.push(described_change(own, title, &rest, options));
    } else {
        others.push(rest.into_owned());
    }
    if bullets.is_empty() && others.is_empty() {
        return changes;
    }
    let mut positions: HashMap<_, _> =
        changes.iter().zip(0..).map(|(change, at)| (identity(change), at)).collect();
    for bullet in bullets {
        if is_conventional && !squash::becomes_change(&bullet) {
            others.push(bullet.body);
            continue;
        }
        let (short, numbers) = references::trailing(&bullet.header.title, options.repository.as_deref());
        let header = Header { title: short.to_owned(), ..bullet.header };
        let mut change = described_change(Some(header), title, &bullet.body, options);
        change.pull_request = numbers.last().copied();
        match positions.entry(identity(&change)) {
            hash_map::Entry::Occupied(position) => {
                if let Some(same) = changes.get_mut(*position.get()) {
                    same.merge(change);
                }
            }
            hash_map::Entry::Vacant(position) => {
                position.insert(changes.len());
                changes.push(change);
            }
        }
    }
    // Squashed commits that are not described on their own still close issues and may be breaking.
    for lines in others {
        changes
            .first_mut()
            .into_iter()
            .for_each(|first| first.merge(described_change(None, &Arc::default(), &lines, options)));
    }
    for change in &mut changes {
        change.closes.sort();
        change.closes.dedup();
    }
    changes
}

impl DescribedChange {
    /// Adds the trailers, closed issues and breaking notes of another change.
    fn merge(&mut self, other: Self) {
        self.breaking |= other.breaking;
        self.trailers.extend(other.trailers);
        self.closes.extend(other.closes);
        match (&mut self.breaking_note, other.breaking_note) {
            (Some(note), Some(more)) if *note != more => note.extend(["\n\n", &more]),
            (Some(_), _) => {}
            (note, more) => *note = more,
        }
    }
}

/// The key by which two changes of one message are the same.
fn identity(change: &DescribedChange) -> (String, Option<Box<str>>) {
    (change.title.to_ascii_lowercase(), change.scope.clone())
}

fn described_change(
    header: Option<Header>,
    title: &Arc<str>,
    lines: &[BodyLine<'_>],
    options: &Options,
) -> DescribedChange {
    let Parts { description, breaking_note, mut trailers } =
        body::parts(lines, &is_boilerplate, options.keep_trailers);
    trailers.shrink_to_fit();
    let closes = references::closes(lines);
    // A subject that is itself a breaking footer: `BREAKING CHANGE: x`.
    let bare = body::breaking(title).filter(|_| header.is_none());
    let description = description.map(Arc::from);
    let mut change = DescribedChange { description, trailers, closes, ..DescribedChange::default() };
    change.breaking = breaking_note.is_some() || bare.is_some();
    change.breaking_note = breaking_note;
    match header {
        Some(header) => {
            change.breaking |= header.breaking;
            change.kind = Some(header.kind.into());
            change.scope = header.scope.map(|scope| text::line(&scope).into());
            change.title = text::line(&header.title).into();
        }
        None => change.title = bare.map_or_else(|| Arc::clone(title), |bare| text::line(bare).into()),
    }
    change
}
