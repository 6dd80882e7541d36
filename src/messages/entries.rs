//! The entries of a message: each thing that it says was done, with the prose, trailers and references that belong to it.

use std::{
    collections::{HashMap, hash_map::Entry as Slot},
    sync::Arc,
};

use super::{
    body::{self, Line, Parts},
    conventional::{self, Header},
    merge_subject,
    message::Entry,
    options::Options,
    references, squash, text,
};

/// Whether a line is one that forges add, and that says nothing.
fn is_boilerplate(line: &str) -> bool {
    // Most lines are prose, which the first letter says.
    match line.as_bytes().first() {
        Some(b'S' | b' ' | b'\t') => merge_subject::merge_request(line).is_some(),
        Some(b'(') => line.starts_with("(cherry picked from commit "),
        Some(b'-') => line.len() >= 3 && line.bytes().all(|byte| byte == b'-'),
        Some(first) => b"cCfFrR".contains(first) && references::is_closing(line),
        None => false,
    }
}

/// The entries of a message with this title, below which these lines stand.
pub(super) fn entries(title: &Arc<str>, lines: &[Line<'_>], options: &Options) -> Vec<Entry> {
    let squash::Squash { rest, bullets, mut others } = if options.split_squash {
        squash::split(lines, &options.types)
    } else {
        squash::Squash::unsplit(lines)
    };
    let own = conventional::header(title, &options.types);
    let mut entries = Vec::with_capacity(1 + bullets.len());
    let is_conventional = own.is_some();
    if is_conventional || bullets.is_empty() {
        entries.push(entry(own, title, &rest, options));
    } else {
        others.push(rest.into_owned());
    }
    if bullets.is_empty() && others.is_empty() {
        return entries;
    }
    let mut places: HashMap<_, _> =
        entries.iter().zip(0..).map(|(entry, at)| (identity(entry), at)).collect();
    for bullet in bullets {
        if is_conventional && !squash::becomes_entry(&bullet) {
            others.push(bullet.body);
            continue;
        }
        let (short, numbers) = references::trailing(&bullet.header.title, options.repository.as_deref());
        let header = Header { title: short.to_owned(), ..bullet.header };
        let mut entry = entry(Some(header), title, &bullet.body, options);
        entry.pull_request = numbers.last().copied();
        match places.entry(identity(&entry)) {
            Slot::Occupied(place) => {
                if let Some(twin) = entries.get_mut(*place.get()) {
                    twin.take(entry);
                }
            }
            Slot::Vacant(place) => {
                place.insert(entries.len());
                entries.push(entry);
            }
        }
    }
    // What makes no entry still closes issues and breaks what it breaks.
    for lines in others {
        entries
            .first_mut()
            .into_iter()
            .for_each(|first| first.take(self::entry(None, &Arc::default(), &lines, options)));
    }
    for entry in &mut entries {
        entry.closes.sort();
        entry.closes.dedup();
    }
    entries
}

impl Entry {
    /// Takes over what another says beside its title.
    fn take(&mut self, other: Self) {
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

/// What entries that say the same have in common.
fn identity(entry: &Entry) -> (String, Option<Box<str>>) {
    (entry.title.to_ascii_lowercase(), entry.scope.clone())
}

fn entry(header: Option<Header>, title: &Arc<str>, lines: &[Line<'_>], options: &Options) -> Entry {
    let Parts { description, breaking_note, mut trailers } =
        body::parts(lines, &is_boilerplate, options.keep_trailers);
    trailers.shrink_to_fit();
    let closes = references::closes(lines);
    // A header that is nothing but the footer: `BREAKING CHANGE: x`.
    let bare = body::breaking(title).filter(|_| header.is_none());
    let description = description.map(Arc::from);
    let mut entry = Entry { description, trailers, closes, ..Entry::default() };
    entry.breaking = breaking_note.is_some() || bare.is_some();
    entry.breaking_note = breaking_note;
    match header {
        Some(header) => {
            entry.breaking |= header.breaking;
            entry.kind = Some(header.kind.into());
            entry.scope = header.scope.map(|scope| text::line(&scope).into());
            entry.title = text::line(&header.title).into();
        }
        None => entry.title = bare.map_or_else(|| Arc::clone(title), |bare| text::line(bare).into()),
    }
    entry
}
