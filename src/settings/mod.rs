//! Arguments, variables, configuration and facts of the host to resolved values, and each stage's own options.
//!
//! The only place that reads the clock, the environment and the current directory; everything behind it takes values. It
//! goes in this order: what the command line says, then `TIDINGS_…` variables, then the configuration, then what fits
//! most repositories.

mod forge;
mod host;
mod hosts;
mod judgement;
mod lines;
mod notify;
mod origin;
mod overrides;
mod publish;
mod registry;
mod release_yml;
mod rendering;
mod secret_keys;
mod secrets;
mod texts;
mod tokens;
mod untrusted;

use std::path::{Path, PathBuf};

use crate::{
    bump::ZeroRules,
    config::{self, ComponentConfig, Config},
    error::Error,
    files::ProjectFiles,
    git::Repository,
    lint, messages,
    model::{PathChangeKind, PathSet, PathSetId, PathSets, RepositoryInfo},
    notes::{self, AttentionRule, Line},
    render::{Format, Template},
    rules::BumpLevel,
    ui::Ui,
};

pub use forge::{Asking, ForgeSettings, project};
pub use host::{Host, host};
pub use notify::{Notices, Recipient, Target, notices};
pub use overrides::{ColorChoice, NotifyOverrides, Overrides};
pub use publish::{PipelineFiles, PublishSettings, latest};
pub use registry::{Registries, registries};
pub use rendering::{Rendering, locale, template};
pub use untrusted::{Stranger, refuse_publishing};

use hosts::Hosts;
use origin::{Configured, Origins};
use texts::Texts;

/// Everything that a run needs to know, resolved.
pub struct Settings {
    /// The terminal.
    pub ui: Ui,
    /// The lines of versions: the repository's own, or one for each package (or for the one that was named).
    pub lines: Vec<Line>,
    /// What the stages between the repository and the notes are told.
    pub options: notes::Options,
    /// How notes are rendered.
    pub rendering: Rendering,
    /// The template of the changelog's sections, where one is set.
    pub changelog_template: Option<Template>,
    /// The form of the changelog's sections.
    pub changelog_format: Format,
    /// What a new changelog begins with.
    pub changelog_header: String,
    /// How the next version is found.
    pub next: NextSettings,
    /// How messages are linted.
    pub lint: lint::Options,
    /// Whether the configuration says anything about messages.
    pub lint_is_set: bool,
    /// The name of the remote.
    pub remote: String,
    /// How the forge is asked.
    pub forge: ForgeSettings,
    /// How a version is published.
    pub publish: PublishSettings,
    /// The files through which a pipeline's next steps hear of it.
    pub pipeline_files: PipelineFiles,
    /// The configuration file, where there is one.
    pub config_path: Option<PathBuf>,
    /// What is odd about the configuration, one sentence each.
    pub warnings: Vec<String>,
    /// The files of the project.
    pub files: ProjectFiles,
    /// The text of the mailmap.
    pub mailmap: String,
    origins: Origins,
    /// The changelogs that the configuration names, each with its key.
    changelogs: Vec<(PathBuf, &'static str)>,
}

/// How the next version is found.
#[derive(Debug, Clone, Default)]
pub struct NextSettings {
    /// What changes raise below 1.0.0.
    pub zero: ZeroRules,
    /// The label of pre-releases.
    pub pre: Option<String>,
}

const HEADER: &str = "# Changelog\n\nAll notable changes to this project are documented in this file.\n";

/// The terminal as the options and the host say.
#[must_use]
pub fn ui(overrides: &Overrides, host: &Host) -> Ui {
    let colour = |terminal: bool, wanted: bool| match overrides.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && wanted,
    };
    Ui {
        colour: colour(host.terminals.0, host.colours.0),
        colour_messages: colour(host.terminals.1, host.colours.1),
        quiet: overrides.quiet,
        verbose: overrides.verbose,
        progress: host.terminals.1,
        pager: host.pager.clone().filter(|_| host.terminals.0),
        height: host.size.1,
        secrets: host.secrets.clone(),
        ..Ui::default()
    }
}

/// The terminal before the options are read, for what is wrong with them.
#[must_use]
pub fn plain_ui(host: &Host) -> Ui {
    Ui { colour_messages: host.terminals.1 && host.colours.1, secrets: host.secrets.clone(), ..Ui::default() }
}

/// Resolves everything.
///
/// # Errors
/// When the configuration cannot be read or makes no sense.
pub fn resolve(overrides: &Overrides, host: &Host, repository: &Repository) -> Result<Settings, Error> {
    let root = repository.work_tree().unwrap_or_else(|| repository.path());
    let Configured { config, path, text, mut warnings, origins, files } =
        configuration(overrides, host, root, Some(repository))?;
    let texts = Texts { files: &files, origins: &origins, root };
    let ui = ui(overrides, host);
    let mut sets = PathSets::default();
    let github = release_yml::find(&config, &files, &mut warnings)?;
    let judged = judgement::options(&config, (path.as_deref(), root, &text), github.as_ref(), &mut sets)?;
    let components = components(&config, &mut sets)?;
    let lines = lines::lines(&config, overrides.package.as_deref(), root, &mut sets)?;
    let remote = config.repository.remote.clone().unwrap_or_else(|| "origin".to_owned());
    secrets::of_repository(&host.secrets, repository);
    let hosts = Hosts::read(host, (&config, &origins), Some(root), &mut warnings)?;
    let info = forge::located(&config, &hosts, || repository.remote_url(&remote));
    let forge = forge::forge(overrides, host, (&config, &origins), (&files, hosts), &info)?;
    let offset = offset(config.timezone.as_deref())?;
    let rendering = rendering::rendering(&config, &texts, &ui, host)?.within(overrides);
    let mailmap = mailmap(repository, &files)?;
    Ok(Settings {
        changelog_template: config
            .changelog
            .template
            .as_deref()
            .map(|path| texts.template("changelog.template", path))
            .transpose()?,
        changelog_format: changelog_format(&config),
        changelog_header: config.changelog.header.clone().unwrap_or_else(|| HEADER.to_owned()),
        next: NextSettings { zero: zero_rules(&config), pre: config.bump.pre.clone() },
        lint: judgement::lint(&config)?,
        lint_is_set: config.lint != config::LintConfig::default(),
        options: notes::Options {
            messages: messages(&config, &info),
            unit: config.unit.unwrap_or_default(),
            classify: judged,
            sets,
            components,
            attention: attention(&config),
            repository: info,
            today: offset.and_then(|offset| host.today_at(offset)).unwrap_or(host.today),
            offset,
            excluded: patterns(&config.contributors.exclude)?,
            bots: config.contributors.bots.unwrap_or(false),
        },
        ui,
        lines,
        rendering,
        remote,
        forge,
        publish: publish::publish(&config, &texts)?,
        pipeline_files: publish::pipeline_files(host),
        config_path: path,
        warnings,
        mailmap,
        files,
        origins,
        changelogs: lines::changelogs(&config, root),
    })
}

/// A path set, as a configuration writes it.
fn path_set(include: &[String], exclude: &[String]) -> PathSet {
    PathSet { include: include.to_vec(), exclude: exclude.to_vec() }
}

impl Settings {
    /// Narrows every line to what touches some paths.
    ///
    /// # Errors
    /// When a pattern is not valid, or there are too many path sets.
    pub fn narrow(&mut self, include: &[String], exclude: &[String]) -> Result<(), Error> {
        if let Some(problem) = include.iter().chain(exclude).find_map(|glob| config::glob_problem(glob)) {
            return Err(Error::usage(problem, None));
        }
        if include.is_empty() && exclude.is_empty() {
            return Ok(());
        }
        let filter = self.options.sets.add(path_set(include, exclude))?;
        self.lines.iter_mut().for_each(|line| line.filters.push(filter));
        Ok(())
    }
}

/// The configuration of the repository, or of the folder `root` where there is none. Where the work tree is a stranger's it comes
/// from the base branch's commit.
fn configuration(
    overrides: &Overrides,
    host: &Host,
    root: &Path,
    repository: Option<&Repository>,
) -> Result<Configured, Error> {
    let (source, told) = untrusted::source(overrides, host, repository)?;
    let files = ProjectFiles::new(root, &host.cwd, repository, source)?;
    let found = match &overrides.config {
        Some(path) => Some(config::read(path, &texts::utf8(path, files.read_named(path)?)?)?),
        None => config::discover(root, |name| {
            let bytes = files.find(name)?;
            bytes.map(|bytes| texts::utf8(Path::new(name), bytes)).transpose()
        })?,
    };
    let mut configured = Configured::new(found, root, &host.variables, files)?;
    configured.warnings.splice(0..0, told);
    secret_keys::refuse(&configured, root)?;
    Ok(configured)
}

/// The project's `.mailmap`, and behind it those of the user's git configuration.
fn mailmap(repository: &Repository, files: &ProjectFiles) -> Result<String, Error> {
    let own = files.find(".mailmap")?.map(|text| String::from_utf8_lossy(&text).into_owned());
    // As git does, a file that is not there is passed over.
    let named = repository.mailmap_file().and_then(|path| files.read_named(&path).ok());
    let named = named.map(|text| String::from_utf8_lossy(&text).into_owned());
    let all: Vec<String> = [own, repository.stored_mailmap()?, named].into_iter().flatten().collect();
    Ok(all.join("\n"))
}

fn components(config: &Config, sets: &mut PathSets) -> Result<Vec<(String, PathSetId)>, Error> {
    let numbered = |component: &ComponentConfig| {
        Ok((component.name.clone(), sets.add(path_set(&component.paths, &component.exclude_paths))?))
    };
    config.components.iter().map(numbered).collect()
}

fn messages(config: &Config, info: &RepositoryInfo) -> messages::Options {
    let repository = info.owner.as_ref().zip(info.name.as_ref());
    messages::Options {
        forge: info.forge,
        repository: repository.map(|(owner, name)| format!("{owner}/{name}")),
        split_squash: config.split_squash.unwrap_or(true),
        types: config.types.iter().chain(config.lint.types.iter().flatten()).cloned().collect(),
        keep_trailers: config.rules.iter().any(|rule| !rule.trailers.is_empty()),
    }
}

fn changelog_format(config: &Config) -> Format {
    match config.changelog.format {
        Some(config::ChangelogFormat::KeepAChangelog) => Format::KeepAChangelog,
        Some(config::ChangelogFormat::Markdown) | None => Format::Markdown,
    }
}

fn zero_rules(config: &Config) -> ZeroRules {
    let bump = |level: Option<BumpLevel>, otherwise| level.and_then(BumpLevel::bump).unwrap_or(otherwise);
    let usual = ZeroRules::default();
    ZeroRules {
        breaking: bump(config.bump.zero_breaking, usual.breaking),
        feature: bump(config.bump.zero_feature, usual.feature),
    }
}

fn attention(config: &Config) -> Vec<(PathSet, AttentionRule)> {
    let usual =
        if config.extend_attention.unwrap_or(true) { config::attention_defaults() } else { Vec::new() };
    let all = config.attention.iter().chain(&usual);
    all.map(|rule| {
        let on = match rule.on.as_slice() {
            [] => vec![PathChangeKind::Added, PathChangeKind::Modified, PathChangeKind::Deleted],
            some => some.to_vec(),
        };
        let set = path_set(&rule.paths, &rule.exclude_paths);
        (set, AttentionRule { kind: rule.kind.clone(), title: rule.title.clone(), on })
    })
    .collect()
}

fn pattern(text: &str) -> Result<regex::Regex, Error> {
    regex::Regex::new(text)
        .map_err(|error| Error::usage(format!("`{text}` is no regular expression: {error}"), None))
}

fn patterns(texts: &[String]) -> Result<Vec<regex::Regex>, Error> {
    texts.iter().map(|text| pattern(text)).collect()
}

/// `recorded`, `UTC` or `+08:00` to minutes east of UTC; `None` stands for "as recorded".
fn offset(text: Option<&str>) -> Result<Option<i32>, Error> {
    let invalid = |text: &str| {
        Error::usage(
            format!("`{text}` is no time zone"),
            Some("write recorded, UTC, or an offset such as +08:00"),
        )
    };
    match text {
        None | Some("recorded") => Ok(None),
        Some(utc) if utc.eq_ignore_ascii_case("utc") => Ok(Some(0)),
        Some(text) => {
            let (sign, rest) = match text.split_at_checked(1) {
                Some(("+", rest)) => (1, rest),
                Some(("-", rest)) => (-1, rest),
                _ => return Err(invalid(text)),
            };
            let (hours, minutes) = rest.split_once(':').ok_or_else(|| invalid(text))?;
            let number =
                |digits: &str, most: i32| digits.parse().ok().filter(|number| (0..=most).contains(number));
            match (number(hours, 14), number(minutes, 59)) {
                (Some(hours), Some(minutes)) => Ok(Some(sign * (hours * 60 + minutes))),
                _ => Err(invalid(text)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones() {
        assert_eq!(offset(None).unwrap(), None);
        assert_eq!(offset(Some("recorded")).unwrap(), None);
        assert_eq!(offset(Some("utc")).unwrap(), Some(0));
        assert_eq!(offset(Some("+08:00")).unwrap(), Some(480));
        assert_eq!(offset(Some("-03:30")).unwrap(), Some(-210));
        for bad in ["", "8", "+8", "Asia/Taipei", "+99:00", "+08:99"] {
            assert!(offset(Some(bad)).is_err(), "{bad}");
        }
    }
}
