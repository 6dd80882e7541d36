//! Opens the repository, resolves the settings, and builds notes.

use std::path::{Path, PathBuf};

use crate::{
    error::Error,
    git::{self, BrokenTag, Repository, Tags},
    history::{self, Versions},
    model::{Notes, Release, Scheme, Tag, Version, plural},
    notes::{self, Line, LineRequest, Releases, Selector, WindowData, discard},
    settings::{self, Overrides, Process, Settings},
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
        let mut repository = Repository::open(overrides.repo.as_deref().unwrap_or(&process.cwd))?;
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
            repository = Repository::open(repository.path())?;
            repository.set_mailmap(&settings.mailmap);
        }
        let tags = usable_tags(&settings, repository.tags()?)?;
        Ok(Self { settings, repository, tags, cwd, root })
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
        let mut data =
            notes::read(&self.repository, &self.tags, line, selector, &self.settings.options, &|commits| {
                counter.set(commits);
            })?;
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
        let mut whole = notes::full_history(&self.repository, &self.tags, asked, options, &progress)?;
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
        if data.versions.all.is_empty() && !matches!(selector, Selector::Range(..)) {
            let tags = match data.versions.ignored.len() {
                0 => "the repository has no tags".to_owned(),
                1 => "its only tag is not a version".to_owned(),
                count => format!("none of its {count} tags is a version"),
            };
            self.ui().warn(&format!(
                "no version is tagged ({tags}), so the notes cover the whole history; if the remote has tags, run `git fetch --tags`"
            ));
        }
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

    /// Parses a version from the command line, with or without the tag prefix.
    ///
    /// # Errors
    /// If it is not a valid version.
    pub fn version(&self, line: &Line, text: &str) -> Result<Version, Error> {
        version(&line.history, text)
    }

    /// The windows selected by a target and `--as`. A version that is already tagged selects its tag, not HEAD.
    ///
    /// # Errors
    /// If both are given, or `--as` is not a valid version.
    pub fn selector(
        &self,
        line: &Line,
        target: Option<&str>,
        as_version: Option<&str>,
    ) -> Result<Selector, Error> {
        match (target, as_version) {
            (Some(_), Some(_)) => Err(Error::usage(
                "--as applies to unreleased changes and cannot be combined with a target",
                Some("remove one of them"),
            )),
            (Some(target), None) => Ok(Selector::parse(target)),
            (None, None) => Ok(Selector::Unreleased(None)),
            (None, Some(text)) => self.named(line, text),
        }
    }

    /// The window of a version: that of its tag if it exists, otherwise the unreleased changes. Warns if HEAD contains
    /// a higher pre-release.
    ///
    /// # Errors
    /// If `text` is not a valid version, ends in the name of an environment, or is lower than a final version that HEAD
    /// contains.
    pub fn named(&self, line: &Line, text: &str) -> Result<Selector, Error> {
        let versions = Versions::new(&self.tags, &line.history);
        let tagged = versions.find_tag(text).or_else(|| versions.find(&self.version(line, text).ok()?));
        if let Some(entry) = tagged.and_then(|index| versions.get(index)) {
            return Ok(Selector::Target(entry.tag.name.clone()));
        }
        let version = self.new_version(line, text)?;
        if let Some(higher) = self.check_not_lower(line, &version)? {
            self.ui().warn(&format!("{version} is lower than {}, which HEAD contains", higher.version));
        }
        Ok(Selector::Unreleased(Some(version)))
    }

    /// The lines of versions of a target: with several packages the one whose tag pattern matches (`core@1.2.0`),
    /// otherwise all.
    #[must_use]
    pub fn lines(&self, target: Option<&str>) -> &[Line] {
        let lines = self.settings.lines.as_slice();
        let ends = match target.map(Selector::parse) {
            Some(Selector::Range(from, to)) => vec![from, to],
            Some(Selector::Target(name)) => vec![name],
            _ => Vec::new(),
        };
        let is_of = |line: &Line, end: &str| {
            let text = line.history.pattern.version_text(end);
            text.is_some_and(|text| Version::parse(text, &line.history.scheme).is_some())
        };
        let mut named = lines.iter().filter(|line| ends.iter().any(|end| is_of(line, end)));
        match (named.next(), named.next()) {
            (Some(only), None) => std::slice::from_ref(only),
            _ => lines,
        }
    }

    /// The single line of versions of a target.
    ///
    /// # Errors
    /// If there are several packages, and neither `--package` nor the target selects one.
    pub fn line_of(&self, target: Option<&str>) -> Result<&Line, Error> {
        match self.lines(target) {
            [only] => Ok(only),
            _ => self.line(),
        }
    }

    /// The single line of versions of a command.
    ///
    /// # Errors
    /// If there are several packages and `--package` selects none.
    pub fn line(&self) -> Result<&Line, Error> {
        match self.settings.lines.as_slice() {
            [only] => Ok(only),
            several => {
                let names: Vec<&str> = several.iter().filter_map(|line| line.package.as_deref()).collect();
                let hint = format!("pass --package NAME with one of: {}", names.join(", "));
                Err(Error::usage(
                    "this repository has several packages, and this command needs exactly one",
                    Some(&hint),
                ))
            }
        }
    }
}

/// The undamaged tags. Warns of damaged tags that cannot be versions.
///
/// # Errors
/// If a damaged tag may be a version: without it, the notes would be wrong.
fn usable_tags(settings: &Settings, tags: Tags) -> Result<Vec<Tag>, Error> {
    let may_be_version =
        |name: &str| settings.lines.iter().any(|line| history::read_tag(name, &line.history).is_ok());
    for BrokenTag { name, error } in tags.broken {
        if may_be_version(&name) {
            return Err(error.into());
        }
        settings.ui.warn(&format!("{error}; the tag is ignored, because its name is not a version"));
    }
    Ok(tags.all)
}

/// Parses a version from the command line, with or without the tag prefix.
///
/// # Errors
/// If it is not a valid version.
pub fn version(options: &history::Options, text: &str) -> Result<Version, Error> {
    let bare = options.pattern.version_text(text).unwrap_or(text);
    let plain = bare.strip_prefix('v').unwrap_or(bare);
    let version = Version::parse(bare, &options.scheme).or_else(|| Version::parse(plain, &options.scheme));
    version.ok_or_else(|| {
        let hint = match options.scheme {
            Scheme::SemVer => {
                "a SemVer version has three numbers: 1.2.0, 1.2.0-rc.1; for other versions, set `scheme` in tidings.toml"
            }
            Scheme::Loose => "a version has up to five numbers: 1.2, 1.2.0.1, 1.2.0-rc.1",
            Scheme::CalVer(_) => "the version must match the calendar pattern of `scheme` in tidings.toml",
        };
        Error::usage(format!("`{text}` is not a valid version"), Some(hint))
    })
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
    let advice = if loose && line.history.scheme == Scheme::SemVer {
        "newer tags are not SemVer versions: set scheme = \"loose\" in tidings.toml to read them".to_owned()
    } else {
        let numbers = numbers(base);
        format!("if the branch maintains {numbers}, pass --line {numbers}")
    };
    Some(format!("HEAD does not contain {}; unreleased changes start at {base}; {advice}", highest.tag.name))
}
