//! Opens the repository, resolves the settings, and builds notes.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock},
};

use crate::{
    error::Error,
    git::{self, BrokenTag, Repository, Tags},
    history::{self, TagsByPattern},
    model::{Notes, Release, Scheme, Tag, Version, first_few, plural},
    notes::{self, CommitCache, Line, LineRequest, Releases, Selector, WindowData, discard},
    settings::{self, LineSelection, Overrides, Process, Settings},
    ui::Ui,
};

use super::servers;

/// An opened repository with its settings.
pub struct Session {
    /// The resolved settings.
    pub settings: Settings,
    /// The repository.
    pub repository: Repository,
    /// All tags, sorted by name.
    pub tags: Vec<Tag>,
    /// The tags of each line; see [`Self::tags_of`].
    line_tags: OnceLock<TagsByPattern>,
    /// The commits that were read, if there are several lines.
    commit_cache: Option<CommitCache>,
    /// The notes and warnings that were printed.
    pub(super) printed: Mutex<BTreeSet<String>>,
    /// The current directory.
    cwd: PathBuf,
    /// The root of the work tree, or the git directory of a bare repository.
    root: PathBuf,
}

impl Session {
    /// Opens the repository and resolves the settings.
    ///
    /// # Errors
    /// If there is no repository, the configuration is invalid, or a tag that may be a version is damaged.
    pub fn open(overrides: &Overrides, process: &Process) -> Result<Self, Error> {
        let open = || Repository::of_run(overrides.repo.as_deref(), &process.git, &process.cwd);
        let mut repository = open()?;
        let mut settings = settings::resolve(overrides, process, &repository)?;
        for warning in &settings.warnings {
            settings.ui.warn(warning);
        }
        repository.set_mailmap(&settings.mailmap);
        servers::set_forge(&mut settings)?;
        let root = repository.work_tree().unwrap_or_else(|| repository.path()).to_owned();
        // The root has no symbolic links, the current directory may have some. It is canonicalized only if needed,
        // because Windows returns canonical paths in another form.
        let cwd = match process.cwd.starts_with(&root) || root.starts_with(&process.cwd) {
            true => process.cwd.clone(),
            false => process.cwd.canonicalize().unwrap_or_else(|_| process.cwd.clone()),
        };
        if overrides.deepen {
            git::deepen(&repository, &settings.remote)?;
            repository = open()?;
            repository.set_mailmap(&settings.mailmap);
        }
        let tags = usable_tags(&settings, repository.tags()?)?;
        // The windows of packages overlap.
        let has_several = settings.lines.len() > 1 && settings.selection.index().is_none();
        if has_several {
            repository.share_commits();
        }
        let commit_cache = has_several.then(CommitCache::default);
        let (line_tags, printed) = (OnceLock::new(), Mutex::default());
        Ok(Self { settings, repository, tags, line_tags, commit_cache, printed, cwd, root })
    }

    /// The tags of each line, sorted when they are first needed.
    pub(super) fn line_tags(&self) -> &TagsByPattern {
        let patterns = || self.settings.lines.iter().map(|line| &line.history.pattern);
        self.line_tags.get_or_init(|| TagsByPattern::new(&self.tags, patterns()))
    }

    /// The output.
    #[must_use]
    pub fn ui(&self) -> &Ui {
        &self.settings.ui
    }

    /// A path for messages: relative to the current directory if it is inside it, or if both are inside the repository.
    #[must_use]
    pub fn display_path(&self, path: &Path) -> String {
        let (cwd, root) = (&self.cwd, &self.root);
        let below =
            |folder: &Path| path.strip_prefix(folder).ok().filter(|path| !path.as_os_str().is_empty());
        if let Some(below) = below(cwd) {
            return below.display().to_string();
        }
        match (cwd.strip_prefix(root), below(root)) {
            (Ok(depth), Some(below)) => {
                format!("{}{}", "../".repeat(depth.components().count()), below.display())
            }
            _ => path.display().to_string(),
        }
    }

    /// Reads the selected windows, with data from the forge.
    ///
    /// # Errors
    /// If the repository cannot be read, or required forge data is missing.
    pub fn read(&self, line: &Line, selector: &Selector) -> Result<WindowData, Error> {
        let counter = self.ui().commit_counter();
        let progress = |commits| counter.set(commits);
        let options = (&self.settings.options, self.commit_cache.as_ref());
        let tags = self.tags_of(line);
        let mut data = notes::read(&self.repository, tags, line, selector, options, &progress)?;
        drop(counter);
        self.report_count(&data);
        servers::enrich(&self.settings, &mut data)?;
        Ok(data)
    }

    fn report_count(&self, data: &WindowData) {
        let commits = plural(data.selected.commits.len(), "commit", "commits");
        self.ui().detail(&format!("read {commits}"));
    }

    /// The notes of all versions of several lines, in the order of the lines. Reads the history once and queries the
    /// forge once for all of them.
    ///
    /// # Errors
    /// If the repository cannot be read, or required forge data is missing.
    pub fn notes_of_all(&self, asked: Vec<LineRequest<'_>>) -> Result<Vec<Notes>, Error> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let counter = self.ui().commit_counter();
        let options = &self.settings.options;
        let progress = |commits| counter.set(commits);
        let mut whole = notes::full_history(
            &self.repository,
            (&self.tags, &|line| self.tags_of(line)),
            asked,
            options,
            &progress,
        )?;
        drop(counter);
        self.report_count(&whole.data);
        servers::enrich(&self.settings, &mut whole.data)?;
        whole.each(|(line, named), data| {
            self.build(line, &Selector::All(named), data, Ok, notes::collect_releases)
        })
    }

    /// The notes of the selected windows.
    ///
    /// # Errors
    /// If the repository cannot be read, or required forge data is missing.
    pub fn notes(&self, line: &Line, selector: &Selector) -> Result<Notes, Error> {
        self.stream(line, selector, Ok, notes::collect_releases)
    }

    /// The notes of windows that were read.
    ///
    /// # Errors
    /// If the repository cannot be read.
    pub fn notes_of(&self, line: &Line, selector: &Selector, data: &WindowData) -> Result<Notes, Error> {
        self.build(line, selector, data, Ok, notes::collect_releases)
    }

    /// Passes the notes of the selected windows to `write`: first the notes without releases, then the releases,
    /// converted by `form`, as they are built.
    ///
    /// # Errors
    /// If the repository cannot be read or required forge data is missing, and those of `form` and `write`.
    pub fn stream<M: Send, T>(
        &self,
        line: &Line,
        selector: &Selector,
        form: impl Fn(Release) -> Result<M, Error> + Sync,
        write: impl FnOnce(Notes, Releases<'_, M, Error>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let data = self.read(line, selector)?;
        let result = self.build(line, selector, &data, form, write);
        discard(data);
        result
    }

    /// Prints the warnings about the windows, then builds their notes.
    fn build<M: Send, T>(
        &self,
        line: &Line,
        selector: &Selector,
        data: &WindowData,
        form: impl Fn(Release) -> Result<M, Error> + Sync,
        write: impl FnOnce(Notes, Releases<'_, M, Error>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.warn_without_versions(line, data, selector);
        if let Selector::Unreleased(named) = selector {
            self.warn_of_untagged(line, named.as_ref());
        }
        self.warn_of_unmatched_paths(data)?;
        if let Some(warning) = base_warning(data, line, selector) {
            self.ui().warn(&warning);
        }
        notes::notes(&self.repository, line, data, &self.settings.options, form, |head, releases| {
            for warning in &head.warnings {
                self.ui().warn(warning);
            }
            write(head, releases)
        })
    }
}

/// The undamaged tags. Warns of damaged tags that cannot be versions.
///
/// # Errors
/// If a damaged tag may be a version: without it, the notes would be wrong.
fn usable_tags(settings: &Settings, tags: Tags) -> Result<Vec<Tag>, Error> {
    let lines = match settings.selection {
        LineSelection::Package(index) => settings.lines.get(index..=index).unwrap_or_default(),
        LineSelection::All | LineSelection::Folder(_) => settings.lines.as_slice(),
    };
    let may_be_version = |name: &str| lines.iter().any(|line| history::read_tag(name, &line.history).is_ok());
    let mut ignored = Vec::new();
    for BrokenTag { name, error } in tags.broken {
        if may_be_version(&name) {
            return Err(error.into());
        }
        ignored.push((format!("`{name}`"), error));
    }
    match ignored.as_slice() {
        [] => {}
        [(_, error)] => {
            settings.ui.warn(&format!("{error}; the tag is ignored, because its name is not a version"));
        }
        [(_, first), ..] => {
            let names: Vec<_> = ignored.iter().map(|(name, _)| name.clone()).collect();
            settings.ui.warn(&format!(
                "ignored {} damaged tags, because their names are not versions: {} (first: {first})",
                names.len(),
                first_few(&names)
            ));
        }
    }
    Ok(tags.all)
}

/// The warning to print if unreleased changes start at a version that the user may not expect: with the line to pass if
/// the branch maintains an older version, or a hint if the scheme ignores newer tags.
fn base_warning(data: &WindowData, line: &Line, selector: &Selector) -> Option<String> {
    let is_unreleased = matches!(selector, Selector::Unreleased(None) | Selector::All(None));
    let base = data.selected.windows.first()?.base.as_ref()?.version.as_ref()?;
    if !is_unreleased || line.history.maintenance.is_some() {
        return None;
    }
    let numbers = |version: &Version| format!("{}.{}", version.number(0), version.number(1));
    if let Some(own) = &data.selected.merged_line {
        let numbers = numbers(own);
        return Some(format!(
            "{base} has merged changes of this branch, so unreleased changes start there; if the branch maintains {numbers}, pass --line {numbers}"
        ));
    }
    let versions = &data.versions;
    let highest = versions.all.iter().rev().find(|entry| !entry.version.is_prerelease())?;
    if highest.version.number(0) <= base.number(0) {
        return None;
    }
    let loose = versions.ignored.iter().any(|passed| {
        let text = line.history.pattern.version_text(&passed.tag);
        text.and_then(|text| Version::parse(text, &Scheme::Loose))
            .is_some_and(|version| version > *base && version.numbers().len() > 2)
    });
    let advice = if loose && *line.history.scheme.base() == Scheme::SemVer {
        "newer tags are not SemVer versions: set scheme = \"loose\" in tidings.toml to read them".to_owned()
    } else {
        let numbers = numbers(base);
        format!("if the branch maintains {numbers}, pass --line {numbers}")
    };
    Some(format!("HEAD does not contain {}; unreleased changes start at {base}; {advice}", highest.tag.name))
}
