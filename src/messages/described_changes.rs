//! Parses the changes that a message describes, each with the prose, trailers and references that belong to it.

use std::{
    collections::{HashMap, hash_map},
    sync::Arc,
};

use super::{
    body::{self, BodyLine, Parts},
    conventional::{self, Header},
    full_stop::without_full_stop,
    gitmoji,
    list_item::ListItem,
    merge_subject,
    message::DescribedChange,
    options::{Options, SplitSquash},
    references,
    squash::{self, ListedCommit},
    text,
    title_references::{self, TitleReferences},
};

use crate::model::IssueRef;

/// Whether a line was added by git or a forge and carries no information for readers of the notes.
fn is_boilerplate(line: &str) -> bool {
    // Most lines are prose: the first letter is enough to reject them.
    match line.as_bytes().first() {
        Some(b'S' | b' ' | b'\t') => merge_subject::merge_request(line, None).is_some(),
        Some(b'M') => line.starts_with("Merge pull request !"),
        Some(b'(') => line.starts_with("(cherry picked from commit "),
        Some(b'-') => line.len() >= 3 && line.bytes().all(|byte| byte == b'-'),
        Some(first) => b"cCfFiIrR".contains(first) && references::is_closing(line),
        None => false,
    }
}

/// The changes that a message with this title and these lines below it describes; never empty. The first is that of the
/// title, which is `written` with references at its end.
pub(super) fn described_changes(
    title: &Arc<str>,
    written: &Arc<str>,
    lines: &[BodyLine<'_>],
    options: &Options,
) -> Vec<DescribedChange> {
    let squash = match options.split_squash {
        SplitSquash::Never => squash::Squash::unsplit(lines),
        SplitSquash::Auto | SplitSquash::Always => squash::split(lines, options, false),
    };
    let heading = Heading { subject: Arc::clone(written), ..Heading::of(title, options) };
    let mut first = described_change(heading, &squash.rest, options);
    if squash.commits.is_empty() {
        return vec![first];
    }
    if options.split_squash == SplitSquash::Always {
        return with_commits(vec![first], squash.commits, squash::becomes_change, options);
    }
    if first.kind.is_none() {
        let headers = squash.commits.iter().map(|commit| commit.header.as_ref());
        let kinds = headers.map(|header| header.map(|header| header.kind.as_str()));
        // Items before the first conventional one are commits without a type.
        let is_item = |line: &BodyLine<'_>| ListItem::parse(line.text).is_some_and(|item| item.indent == 0);
        let plain = squash.rest.iter().any(is_item).then_some(None);
        first.kind = conventional::main_type(kinds.chain(plain)).map(Into::into);
        first.has_squashed_kind = first.kind.is_some();
    }
    with_commits(vec![first], squash.commits, |_| false, options)
}

/// The changes of an untitled list; `None` if the lines are not one.
pub(super) fn listed_changes(lines: &[BodyLine<'_>], options: &Options) -> Option<Vec<DescribedChange>> {
    let squash = squash::split(lines, options, true);
    let mut changes =
        with_commits(Vec::new(), squash.commits, |commit| !squash::is_part_of_another(commit), options);
    let first = changes.first_mut()?;
    first.merge(described_change(Heading::default(), &squash.rest, options));
    sort_closed_issues(&mut changes);
    Some(changes)
}

/// Adds those of the commits that are changes of their own; one that repeats a change is merged into it. The others
/// still close issues and may be breaking: that is added to the first change.
fn with_commits(
    mut changes: Vec<DescribedChange>,
    commits: Vec<ListedCommit<'_>>,
    is_change: impl Fn(&ListedCommit<'_>) -> bool,
    options: &Options,
) -> Vec<DescribedChange> {
    let mut positions: HashMap<_, _> =
        changes.iter().zip(0..).map(|(change, at)| (identity(change), at)).collect();
    let mut others = Vec::new();
    for commit in commits {
        if !is_change(&commit) {
            others.push(commit);
            continue;
        }
        let subject: Arc<str> = commit.subject.into();
        let mut heading = match commit.header {
            Some(header) => Heading { header: Some(header), ..Heading::plain(&subject) },
            None => Heading::of(&subject, options),
        };
        let numbers = heading.take_references(options);
        let mut change = described_change(heading, &commit.body, options);
        change.pull_request = numbers.last().copied();
        match positions.entry(identity(&change)) {
            hash_map::Entry::Occupied(position) => {
                if let Some(same) = changes.get_mut(*position.get()) {
                    // Of a plain subject that a commit repeats, only the commit says the type.
                    same.kind = same.kind.take().or_else(|| change.kind.take());
                    same.merge(change);
                }
            }
            hash_map::Entry::Vacant(position) => {
                position.insert(changes.len());
                changes.push(change);
            }
        }
    }
    if let Some(first) = changes.first_mut() {
        for commit in others {
            first.merge(described_change(Heading::default(), &commit.body, options));
            first.closes.extend(references::closes_in(&commit.subject, options));
            if commit.header.is_some_and(|header| header.breaking) {
                first.squashed_breaking.push(commit.subject);
            }
        }
        first.breaking |= options.squashed_breaking && !first.squashed_breaking.is_empty();
        if first.breaking {
            first.squashed_breaking.clear();
        }
    }
    sort_closed_issues(&mut changes);
    changes
}

fn sort_closed_issues(changes: &mut [DescribedChange]) {
    for change in changes {
        change.closes.sort();
        change.closes.dedup();
    }
}

/// The subject of a change, parsed.
#[derive(Default)]
struct Heading {
    /// The whole subject, with the references around it.
    subject: Arc<str>,
    /// The subject as a header, if it is conventional.
    header: Option<Header>,
    /// Whether it has the gitmoji of a breaking change; only if there is no header.
    breaking: bool,
    /// The title; only if there is no header.
    title: Arc<str>,
    /// The issues that the references around the subject name.
    issues: Vec<u64>,
}

impl Heading {
    fn plain(subject: &Arc<str>) -> Self {
        Self { subject: Arc::clone(subject), title: Arc::clone(subject), ..Self::default() }
    }

    fn of(subject: &Arc<str>, options: &Options) -> Self {
        let item = ListItem::parse(subject).map_or(&**subject, |item| item.text);
        if let Some(header) = gitmoji::header(item, options) {
            return Self { header: Some(header), ..Self::plain(subject) };
        }
        let TitleReferences { title: bare, issues, is_fix, .. } = title_references::leading(item);
        let plain = Self { issues, ..Self::plain(subject) };
        let is_shorter = bare.len() < item.len();
        if let Some(header) = is_shorter.then(|| gitmoji::header(bare, options)).flatten() {
            return Self { header: Some(header), ..plain };
        }
        if is_fix {
            let header =
                Header { kind: "fix".to_owned(), scope: None, breaking: false, title: bare.to_owned() };
            return Self { header: Some(header), ..plain };
        }
        if let Some(text) = breaking(bare) {
            return Self { breaking: true, title: text::line(text).into(), ..plain };
        }
        match gitmoji::marked(bare) {
            Some(mark) => {
                let (_, title) = gitmoji::scope_and_title(mark.rest);
                let breaking = mark.is_boom && options.breaking_gitmoji;
                Self { breaking, title: title.into(), ..plain }
            }
            None if bare.len() < subject.len() => Self { title: bare.into(), ..plain },
            None => plain,
        }
    }

    /// Takes the references off the end of the title; returns the numbers of pull requests.
    fn take_references(&mut self, options: &Options) -> Vec<u64> {
        let title = self.header.as_ref().map_or(&*self.title, |header| &header.title);
        let found = title_references::trailing(title, options.repository.as_deref());
        let (short, numbers) = (found.title.to_owned(), found.pull_requests);
        self.issues.extend(found.issues);
        match &mut self.header {
            Some(header) => header.title = short,
            None => self.title = short.into(),
        }
        numbers
    }

    /// The issues that the subject closes. What is reverted is not closed.
    fn closes(&self, options: &Options) -> Vec<IssueRef> {
        let is_revert = self.header.as_ref().is_some_and(|header| header.kind == "revert")
            || self.subject.contains("Revert \"");
        if is_revert { Vec::new() } else { references::closes_in(&self.subject, options) }
    }
}

impl DescribedChange {
    /// Adds issues that its title names.
    pub(super) fn add_issues(&mut self, issues: impl IntoIterator<Item = u64>) {
        /// More than any real title has; each is compared with those before it.
        const MAX: usize = 100;
        for issue in issues.into_iter().take(MAX) {
            if !self.issues.contains(&issue) {
                self.issues.push(issue);
            }
        }
    }

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

/// The text of a subject that says that it breaks something: a footer, as in `BREAKING CHANGE: x`, or `Breaking: x`.
fn breaking(subject: &str) -> Option<&str> {
    const WORD: &str = "breaking";
    body::breaking(subject).or_else(|| {
        let (word, rest) = subject.split_at_checked(WORD.len())?;
        let text = rest.strip_prefix([':', '：'])?.trim();
        (word.eq_ignore_ascii_case(WORD) && !text.is_empty()).then_some(text)
    })
}

/// The key by which two changes of one message are the same.
fn identity(change: &DescribedChange) -> (String, Option<Box<str>>) {
    (change.title.to_ascii_lowercase(), change.scope.clone())
}

fn described_change(heading: Heading, lines: &[BodyLine<'_>], options: &Options) -> DescribedChange {
    let Parts { description, breaking_note, mut trailers } = body::parts(lines, &is_boilerplate);
    trailers.shrink_to_fit();
    let mut closes = references::closes(lines, options);
    let in_subject = heading.closes(options);
    if !in_subject.is_empty() {
        closes.extend(in_subject);
        closes.sort();
        closes.dedup();
    }
    let description = description.map(Arc::from);
    let mut change = DescribedChange { description, trailers, closes, ..DescribedChange::default() };
    change.breaking = breaking_note.is_some() || heading.breaking;
    change.breaking_note = breaking_note;
    let title = match heading.header {
        Some(header) => {
            change.breaking |= header.breaking;
            change.kind = Some(header.kind.into());
            match header.scope.as_deref().and_then(title_references::issues_of_scope) {
                Some(issues) => change.add_issues(issues),
                None => change.scope = header.scope.map(|scope| text::line(&scope).into()),
            }
            text::line(&header.title).into()
        }
        None => heading.title,
    };
    change.add_issues(heading.issues);
    let found = title_references::leading(&title);
    let short = without_full_stop(found.title);
    change.add_issues(found.issues);
    change.title = if short.len() == title.len() { title } else { short.into() };
    change
}
