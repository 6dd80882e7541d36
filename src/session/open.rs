//! What every command starts from: the settings, the repository, its tags.

use std::path::{Path, PathBuf};

use crate::{
    error::Error,
    git::{self, BrokenTag, Repository, Tags},
    history,
    model::{Notes, Release, Scheme, Tag, Version},
    notes::{self, Asked, Line, Releases, Wanted, WindowData, discard},
    settings::{self, Host, Overrides, Settings},
    ui::Ui,
};

use super::servers;

/// An opened repository with its settings.
pub struct Session {
    /// The resolved settings.
    pub settings: Settings,
    /// The repository.
    pub repository: Repository,
    /// All its tags, by name.
    pub tags: Vec<Tag>,
    /// Where the user stands.
    standing: Standing,
}

/// The current directory, and the root of the repository.
struct Standing {
    cwd: PathBuf,
    root: PathBuf,
}

impl Session {
    /// Opens the repository and resolves the settings.
    ///
    /// # Errors
    /// When there is no repository, or the configuration cannot be used.
    pub fn open(overrides: &Overrides, host: &Host) -> Result<Self, Error> {
        let mut repository = Repository::open(overrides.repo.as_deref().unwrap_or(&host.cwd))?;
        let mut settings = settings::resolve(overrides, host, &repository)?;
        for warning in &settings.warnings {
            settings.ui.warn(warning);
        }
        repository.set_mailmap(&settings.mailmap);
        servers::recognise(&mut settings)?;
        let root = repository.work_tree().unwrap_or_else(|| repository.path()).to_owned();
        // The library gives paths without symbolic links, the system the current directory with them. Where both agree
        // nothing is asked, since Windows answers with paths of another form.
        let cwd = match host.cwd.starts_with(&root) || root.starts_with(&host.cwd) {
            true => host.cwd.clone(),
            false => host.cwd.canonicalize().unwrap_or_else(|_| host.cwd.clone()),
        };
        let standing = Standing { cwd, root };
        if overrides.deepen {
            git::deepen(&repository, &settings.remote)?;
            repository = Repository::open(repository.path())?;
            repository.set_mailmap(&settings.mailmap);
        }
        let tags = sound(&settings, repository.tags()?)?;
        Ok(Self { settings, repository, tags, standing })
    }

    /// The terminal.
    #[must_use]
    pub fn ui(&self) -> &Ui {
        &self.settings.ui
    }

    /// A path as people are told of it: from the current directory, where it lies there or in the repository around it.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        let Standing { cwd, root } = &self.standing;
        let below =
            |folder: &Path| path.strip_prefix(folder).ok().filter(|path| !path.as_os_str().is_empty());
        if let Some(below) = below(cwd) {
            return below.display().to_string();
        }
        match (cwd.strip_prefix(root), below(root)) {
            (Ok(down), Some(below)) => {
                format!("{}{}", "../".repeat(down.components().count()), below.display())
            }
            _ => path.display().to_string(),
        }
    }

    /// Reads the windows that were asked for.
    ///
    /// # Errors
    /// When the repository cannot answer.
    pub fn read(&self, line: &Line, wanted: &Wanted) -> Result<WindowData, Error> {
        let counter = self.ui().counter();
        let mut data =
            notes::read(&self.repository, &self.tags, line, wanted, &self.settings.options, &|commits| {
                counter.set(commits);
            })?;
        drop(counter);
        self.tell_count(&data);
        servers::ask(&self.settings, &mut data)?;
        Ok(data)
    }

    fn tell_count(&self, data: &WindowData) {
        self.ui().detail(&match data.selected.commits.len() {
            1 => "1 commit was read".to_owned(),
            count => format!("{count} commits were read"),
        });
    }

    /// The notes of every version of several lines, in their order. However many there are, history is read once, and a forge
    /// asked once.
    ///
    /// # Errors
    /// When the repository cannot answer.
    pub fn every(&self, asked: Vec<Asked<'_>>) -> Result<Vec<Notes>, Error> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let counter = self.ui().counter();
        let options = &self.settings.options;
        let progress = |commits| counter.set(commits);
        let mut whole = notes::whole(&self.repository, &self.tags, asked, options, &progress)?;
        drop(counter);
        self.tell_count(&whole.data);
        servers::ask(&self.settings, &mut whole.data)?;
        whole.each(|(line, named), data| self.give(line, &Wanted::All(named), data, Ok, notes::gathered))
    }

    /// The notes of what was asked for.
    ///
    /// # Errors
    /// When the repository cannot answer.
    pub fn notes(&self, line: &Line, wanted: &Wanted) -> Result<Notes, Error> {
        self.stream(line, wanted, Ok, notes::gathered)
    }

    /// Gives the notes of what was asked for to `write`, their head first and what `form` makes of the releases as they are
    /// made.
    ///
    /// # Errors
    /// When the repository cannot answer, and whatever `form` and `write` say.
    pub fn stream<M: Send, T>(
        &self,
        line: &Line,
        wanted: &Wanted,
        form: impl Fn(Release) -> Result<M, Error> + Sync,
        write: impl FnOnce(Notes, Releases<'_, M, Error>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let data = self.read(line, wanted)?;
        let done = self.give(line, wanted, &data, form, write);
        discard(data);
        done
    }

    /// Gives the notes of what was read, after what there is to warn of.
    fn give<M: Send, T>(
        &self,
        line: &Line,
        wanted: &Wanted,
        data: &WindowData,
        form: impl Fn(Release) -> Result<M, Error> + Sync,
        write: impl FnOnce(Notes, Releases<'_, M, Error>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if data.versions.all.is_empty() && !matches!(wanted, Wanted::Range(..)) {
            let tags = match data.versions.passed_over.len() {
                0 => "the repository has no tags".to_owned(),
                1 => "its one tag is no version".to_owned(),
                count => format!("none of its {count} tags is a version"),
            };
            self.ui().warn(&format!(
                "no version is tagged ({tags}), so these are the notes of all history; if the remote has tags: git fetch --tags"
            ));
        }
        if let Some(warning) = far_base(data, line, wanted) {
            self.ui().warn(&warning);
        }
        notes::notes(&self.repository, line, data, &self.settings.options, form, |head, releases| {
            for warning in &head.warnings {
                self.ui().warn(warning);
            }
            write(head, releases)
        })
    }

    /// Reads a version as it is typed, with or without the tag's prefix.
    ///
    /// # Errors
    /// When it is none.
    pub fn version(&self, line: &Line, text: &str) -> Result<Version, Error> {
        version(&line.history, text)
    }

    /// What is asked for by a target and `--as`. A version that is tagged already is that tag's, whatever HEAD is.
    ///
    /// # Errors
    /// When `--as` names no version.
    pub fn wanted(
        &self,
        line: &Line,
        target: Option<&str>,
        as_version: Option<&str>,
    ) -> Result<Wanted, Error> {
        match (target, as_version) {
            (Some(_), Some(_)) => Err(Error::usage(
                "--as names what is unreleased; it does not go with a target",
                Some("leave one of them out"),
            )),
            (Some(target), None) => Ok(Wanted::parse(target)),
            (None, None) => Ok(Wanted::Unreleased(None)),
            (None, Some(text)) => self.named(line, text),
        }
    }

    /// What a version means: its tag where it is there, else what is unreleased.
    ///
    /// # Errors
    /// When the text names no version.
    pub fn named(&self, line: &Line, text: &str) -> Result<Wanted, Error> {
        let version = self.version(line, text)?;
        let versions = crate::history::Versions::new(&self.tags, &line.history);
        let tagged = versions.find(&version).and_then(|index| versions.get(index));
        Ok(match tagged {
            Some(entry) => Wanted::Target(entry.tag.name.clone()),
            None => Wanted::Unreleased(Some(version)),
        })
    }

    /// The lines of versions that a target is about: of several packages the one whose tags are written so (`core@1.2.0`), else all.
    #[must_use]
    pub fn lines(&self, target: Option<&str>) -> &[Line] {
        let lines = self.settings.lines.as_slice();
        let ends = match target.map(Wanted::parse) {
            Some(Wanted::Range(from, to)) => vec![from, to],
            Some(Wanted::Target(name)) => vec![name],
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

    /// The one line of versions that a command is about, by what was named.
    ///
    /// # Errors
    /// When there are several packages, and neither an option nor the name tells which is meant.
    pub fn line_of(&self, target: Option<&str>) -> Result<&Line, Error> {
        match self.lines(target) {
            [only] => Ok(only),
            _ => self.line(),
        }
    }

    /// The one line of versions that a command is about.
    ///
    /// # Errors
    /// When there are several packages and none was named.
    pub fn line(&self) -> Result<&Line, Error> {
        match self.settings.lines.as_slice() {
            [only] => Ok(only),
            several => {
                let names: Vec<&str> = several.iter().filter_map(|line| line.package.as_deref()).collect();
                let hint = format!("--package NAME, with one of: {}", names.join(", "));
                Err(Error::usage(
                    "this repository has several packages, and this command is about one",
                    Some(&hint),
                ))
            }
        }
    }
}

/// The tags that can be used. Each damaged one that may be a version would change the notes: it is an error.
///
/// # Errors
/// When such a tag is damaged.
fn sound(settings: &Settings, tags: Tags) -> Result<Vec<Tag>, Error> {
    let may_be_version =
        |name: &str| settings.lines.iter().any(|line| history::read_tag(name, &line.history).is_ok());
    for BrokenTag { name, error } in tags.broken {
        if may_be_version(&name) {
            return Err(error.into());
        }
        settings.ui.warn(&format!("{error}; it is ignored, since its name is not a version"));
    }
    Ok(tags.all)
}

/// Reads a version as it is typed, with or without the tag's prefix.
///
/// # Errors
/// When it is none.
pub fn version(options: &history::Options, text: &str) -> Result<Version, Error> {
    let bare = options.pattern.version_text(text).unwrap_or(text);
    let plain = bare.strip_prefix('v').unwrap_or(bare);
    let found = Version::parse(bare, &options.scheme).or_else(|| Version::parse(plain, &options.scheme));
    found.ok_or_else(|| {
        let hint = match options.scheme {
            Scheme::SemVer => {
                "under SemVer a version is three numbers: 1.2.0, 1.2.0-rc.1; for others set `scheme` in tidings.toml"
            }
            Scheme::Loose => "a version is up to five numbers: 1.2, 1.2.0.1, 1.2.0-rc.1",
            Scheme::CalVer(_) => "it must fit the calendar pattern of `scheme` in tidings.toml",
        };
        Error::usage(format!("`{text}` is no version"), Some(hint))
    })
}

/// What is unreleased starts at the highest version that HEAD contains. Where that is not the highest there is, the
/// reader should know, and know whether the scheme passes newer tags over.
fn far_base(data: &WindowData, line: &Line, wanted: &Wanted) -> Option<String> {
    let base = data.selected.windows.first()?.base.as_ref()?.version.as_ref()?;
    let is_unreleased = matches!(wanted, Wanted::Unreleased(None) | Wanted::All(None));
    let versions = &data.versions;
    let highest = versions.all.iter().rev().find(|entry| !entry.version.is_prerelease())?;
    let far = is_unreleased && highest.version.number(0) > base.number(0);
    let loose = versions.passed_over.iter().any(|passed| {
        let text = line.history.pattern.version_text(&passed.tag);
        text.and_then(|text| Version::parse(text, &Scheme::Loose))
            .is_some_and(|version| version > *base && version.numbers().len() > 2)
    });
    let advice = if loose && line.history.scheme == Scheme::SemVer {
        "; newer tags are no SemVer versions: scheme = \"loose\" in tidings.toml reads them"
    } else {
        ""
    };
    far.then(|| {
        format!(
            "HEAD does not contain {}; what is unreleased starts at {base}, the highest version that it contains{advice}",
            highest.tag.name
        )
    })
}
