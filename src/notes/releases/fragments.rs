//! Reads the fragments that a window brings, and makes them the texts of its changes.

use std::{collections::HashMap, rc::Rc, sync::Arc};

use crate::{
    fragments::{self, CONFIGURATIONS, FileEvent, Fragment, FragmentMode, Source, Tool},
    git::{self, Repository},
    history::Window,
    model::{Change, Commit, FragmentText, IdMap, IssueRef, ObjectId, plural},
    notes::{
        options::{Line, Options},
        window_data::WindowData,
    },
    rules,
};

/// The largest configuration of a tool that is read, in bytes.
const MAX_CONFIGURATION: usize = 1 << 20;

/// The sources of projects, by the object IDs of their configurations.
pub(super) type KnownSources = HashMap<Vec<Option<ObjectId>>, Rc<Vec<Source>>>;

/// The fragments of a window, by the commit that added them.
#[derive(Debug, Default)]
pub(super) struct WindowFragments {
    by_commit: IdMap<Vec<Found>>,
    /// The tool that lists only changes with a fragment.
    only: Option<&'static str>,
    /// Why fragments are not used, if there are some.
    pub(super) stale: Option<String>,
}

#[derive(Debug)]
struct Found {
    path: Arc<str>,
    tool: &'static str,
    /// `None` if it is about other packages.
    fragment: Option<Fragment>,
}

/// What fragments are read for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) mode: FragmentMode,
    pub(super) package: Option<&'a str>,
    pub(super) window: &'a Window,
}

/// The fragments that a window brings; `None` if its changes are those of its messages. `commits` are newest first.
pub(super) fn find(
    asked: Asked<'_>,
    commits: &[&Commit],
    files: &mut git::CommitFiles<'_>,
    known: &mut KnownSources,
) -> Result<Option<WindowFragments>, git::Error> {
    let Some(newest) = commits.first().filter(|_| asked.mode != FragmentMode::Never) else { return Ok(None) };
    let mut sources = sources(newest.tree, files, known)?;
    if sources.is_empty() && matches!(asked.mode, FragmentMode::Only | FragmentMode::Also) {
        sources = Rc::new(fragments::default_sources());
    }
    let mut found = WindowFragments::default();
    let mut lists_commits = false;
    for source in sources.iter() {
        let of_source = brought(source, asked, commits, files)?;
        if of_source.is_empty() {
            let left = files.files_in(newest.tree, &source.folder)?;
            let left = left.iter().filter(|path| source.is_fragment(path)).count();
            if left > 0 {
                found.stale = Some(stale(source, left));
            }
        } else {
            lists_commits |= source.lists_commits;
            found.only = Some(source.tool.name());
        }
        for (commit, file) in of_source {
            found.by_commit.entry(commit).or_default().push(file);
        }
    }
    match asked.mode {
        FragmentMode::Only => found.only = found.only.or(Some("the configuration")),
        FragmentMode::Also => found.only = None,
        FragmentMode::Auto | FragmentMode::Never if lists_commits => found.only = None,
        FragmentMode::Auto | FragmentMode::Never => {}
    }
    // Otherwise the notes are not those of the commits.
    if asked.mode != FragmentMode::Auto || !found.by_commit.is_empty() {
        found.stale = None;
    }
    let is_empty = found.by_commit.is_empty() && found.only.is_none() && found.stale.is_none();
    Ok((!is_empty).then_some(found))
}

/// A warning about fragments that lie in the tree of a window but are not brought by it.
///
/// # Errors
/// If an object cannot be read.
pub(in crate::notes) fn left_fragments(
    repository: &Repository,
    line: &Line,
    data: &WindowData,
    options: &Options,
    window: &Window,
) -> Result<Option<String>, git::Error> {
    let commits: Vec<&Commit> = data.commits_of(window).collect();
    let asked = Asked { mode: options.fragments, package: line.package.as_deref(), window };
    let mut files = git::CommitFiles::new(repository);
    match find(asked, &commits, &mut files, &mut KnownSources::default()) {
        // Building the releases reports it, if it matters.
        Err(git::Error::Missing { .. }) => Ok(None),
        found => Ok(found?.and_then(|found| found.stale)),
    }
}

fn stale(source: &Source, count: usize) -> String {
    format!(
        "{} has {} from before this version, so the notes are those of the commits; delete what was released, or set \
         `fragments = \"never\"`",
        source.folder,
        plural(count, "fragment", "fragments")
    )
}

/// The sources that the configurations in a tree declare.
fn sources(
    root: ObjectId,
    files: &mut git::CommitFiles<'_>,
    known: &mut KnownSources,
) -> Result<Rc<Vec<Source>>, git::Error> {
    let ids =
        CONFIGURATIONS.map(|path| files.entry(root, path)).into_iter().collect::<Result<Vec<_>, _>>()?;
    if let Some(sources) = known.get(&ids) {
        return Ok(Rc::clone(sources));
    }
    let mut read = |path: &str| -> Result<Option<String>, git::Error> {
        let text = files.file(root, path)?.filter(|text| text.len() <= MAX_CONFIGURATION);
        Ok(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
    };
    let sources = Rc::new(fragments::sources(&mut read)?);
    known.insert(ids, Rc::clone(&sources));
    Ok(sources)
}

/// The fragments of a source that the window brings, each with its commit.
fn brought(
    source: &Source,
    asked: Asked<'_>,
    commits: &[&Commit],
    files: &mut git::CommitFiles<'_>,
) -> Result<Vec<(ObjectId, Found)>, git::Error> {
    let mut events = Vec::new();
    for commit in commits.iter().rev() {
        let changes = files.changes_in(commit, &source.folder)?;
        let changes: Vec<_> = changes.into_iter().filter(|change| source.is_fragment(&change.path)).collect();
        let deletes = changes.iter().any(|change| change.after.is_none());
        let is_release = deletes && (is_version(asked.window, commit) || is_release(commit, source, files)?);
        events.extend(changes.into_iter().map(|change| FileEvent {
            commit: commit.id,
            path: change.path,
            content: change.after,
            before: change.before,
            is_release,
        }));
    }
    let mut all = Vec::new();
    for file in fragments::brought(&events) {
        let text = files.content(file.content)?;
        let about = source.parse(&file.path, &text, None).is_some();
        if about {
            let path = format!("{}/{}", source.folder, file.path).into();
            let fragment = source.parse(&file.path, &text, asked.package);
            all.push((file.commit, Found { path, tool: source.tool.name(), fragment }));
        }
    }
    Ok(all)
}

/// Whether a commit is the one of the version that the window brings.
fn is_version(window: &Window, commit: &Commit) -> bool {
    window.target.version.is_some() && window.target.tag.is_some() && window.target.commit == commit.id
}

/// Whether a commit that deletes fragments is a release: it writes the changelog or, for tools that can do without one,
/// it deletes all fragments and writes a manifest.
fn is_release(
    commit: &Commit,
    source: &Source,
    files: &mut git::CommitFiles<'_>,
) -> Result<bool, git::Error> {
    const MANIFESTS: [&str; 3] = ["package.json", "Cargo.toml", "pyproject.toml"];
    let (mut writes_changelog, mut writes_manifest) = (false, false);
    files.visit(commit, &mut |path, _| {
        let is_fragment = path.strip_prefix(source.folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
        let is_changelog = rules::is_changelog(path) || source.changelog.as_deref() == Some(path);
        writes_changelog |= !is_fragment && is_changelog;
        writes_manifest |= MANIFESTS.contains(&path.rsplit('/').next().unwrap_or(path));
        !writes_changelog
    })?;
    if writes_changelog || !writes_manifest || source.tool == Tool::Towncrier {
        return Ok(writes_changelog);
    }
    Ok(!files.files_in(commit.tree, &source.folder)?.iter().any(|path| source.is_fragment(path)))
}

impl WindowFragments {
    /// Whether a change has a fragment about the package, though none of its paths need be.
    pub(super) fn includes(&self, change: &Change) -> bool {
        self.found(change).any(|found| found.fragment.is_some())
    }

    fn found<'f>(&'f self, change: &'f Change) -> impl Iterator<Item = &'f Found> {
        change.commits.iter().filter_map(|commit| self.by_commit.get(commit)).flatten()
    }

    /// The changes with the texts of their fragments, each fragment an entry of its own.
    pub(super) fn apply(&self, changes: Vec<Change>) -> Vec<Change> {
        let mut all = Vec::with_capacity(changes.len());
        for mut change in changes {
            let mut own = self.found(&change).peekable();
            let is_about_others = own.peek().is_some();
            let texts: Vec<Change> = own.filter_map(|found| with_text(&change, found)).collect();
            if texts.is_empty() {
                change.unlisted = self.only.map(|tool| match is_about_others {
                    true => "its fragment is about other packages".into(),
                    false => format!("no fragment, and {tool} lists only changes with one").into(),
                });
                all.push(change);
                continue;
            }
            let is_breaking = texts.iter().any(|text| text.breaking);
            all.extend(texts);
            if change.breaking && !is_breaking {
                all.push(change);
            }
        }
        all
    }
}

/// A change with the text of a fragment; `None` if that is about other packages.
fn with_text(change: &Change, found: &Found) -> Option<Change> {
    let fragment = found.fragment.as_ref()?;
    let own = change.pull_request.as_ref().map(|pull_request| pull_request.number);
    let issue = fragment.issue.filter(|issue| Some(*issue) != own);
    let text = FragmentText {
        path: Arc::clone(&found.path),
        tool: found.tool,
        kind: fragment.kind.clone(),
        section: fragment.section.clone(),
        bump: fragment.bump,
    };
    Some(Change {
        title: fragment.title.clone(),
        description: fragment.body.as_deref().map(Arc::from),
        reason: None,
        kind: None,
        scope: None,
        breaking: fragment.section.as_deref() == Some("breaking"),
        breaking_note: None,
        squashed_breaking: Vec::new(),
        merged_types: Vec::new(),
        issues: issue.map(|number| IssueRef { number, url: None, repository: None }).into_iter().collect(),
        fragment: Some(Box::new(text)),
        ..change.clone()
    })
}
