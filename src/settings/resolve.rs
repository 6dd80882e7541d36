//! Resolves the settings of a run on a repository.

use std::path::{Path, PathBuf};

use crate::{
    bump::ZeroRules,
    config::{self, ComponentConfig, Config},
    corrections::Corrections,
    error::Error,
    files::{Document, ProjectFiles, WriteTarget},
    git::Repository,
    lint, messages,
    model::{NotesFile, PathChangeKind, PathSet, PathSetId, PathSets, RepositoryInfo},
    notes::{self, AttentionRule, Line},
    render::{self, Format, Template},
    rules::{self, BumpLevel},
    ui::Ui,
};

use super::{
    configuration::configuration,
    corrections::CorrectionsFile,
    forge::{self, ForgeSettings},
    fragments, gitmoji,
    hosts::Hosts,
    line_selection::LineSelection,
    lines,
    maintenance::MaintenanceBranches,
    notes_files::notes_files,
    origin::{Configured, Origins},
    overrides::Overrides,
    packages::PackagePaths,
    pathspec::UserPath,
    patterns::{path_set, patterns},
    process::Process,
    publish::{self, PipelineFiles, PublishSettings},
    release_yml,
    rendering::{self, Rendering},
    rule_options, secrets,
    terminal::ui,
    text_files::TextFiles,
    time_zone::offset,
};

/// The resolved settings of a run.
pub struct Settings {
    /// The output.
    pub ui: Ui,
    /// The lines of versions: that of the repository, or one for each package.
    pub lines: Vec<Line>,
    /// The lines that commands mean.
    pub selection: LineSelection,
    /// The paths from the command line.
    pub paths: Vec<UserPath>,
    /// The options of the stages between the repository and the notes.
    pub options: notes::Options,
    /// How notes are rendered.
    pub rendering: Rendering,
    /// The template of changelog sections, if configured.
    pub changelog_template: Option<Template>,
    /// The format of changelog sections; `None` if the configuration has none, so that an existing file decides.
    pub changelog_format: Option<Format>,
    /// The header of a new changelog.
    pub changelog_header: String,
    /// How the next version is computed.
    pub next: NextSettings,
    /// The message rules.
    pub lint: lint::Options,
    /// Whether the configuration has message rules.
    pub lint_is_set: bool,
    /// Whether the `commit-msg` hook allows fixup commits.
    pub allows_fixup_in_hook: bool,
    /// The manifests whose versions `check` compares; `None` for those at the root.
    pub manifests: Option<Vec<String>>,
    /// The name of the remote.
    pub remote: String,
    /// Whether and how the forge is queried.
    pub forge: ForgeSettings,
    /// How a version is published.
    pub publish: PublishSettings,
    /// The output files for later pipeline steps.
    pub pipeline_files: PipelineFiles,
    /// The configuration file, if there is one.
    pub config_path: Option<PathBuf>,
    /// Warnings about the configuration, one sentence each.
    pub warnings: Vec<String>,
    /// The files of the project.
    pub files: ProjectFiles,
    /// The corrections file.
    pub corrections: CorrectionsFile,
    /// The content of all mailmaps.
    pub mailmap: String,
    /// How the maintenance line of a branch is determined.
    pub maintenance: MaintenanceBranches,
    /// The files that decide what the notes say, besides the corrections file and fragments: relative to the root; a
    /// folder stands for all files in it.
    pub notes_files: Vec<(String, NotesFile)>,
    origins: Origins,
    /// The changelogs named by the configuration, each with its key.
    changelogs: Vec<(PathBuf, &'static str)>,
}

/// How the next version is computed.
#[derive(Debug, Clone, Default)]
pub struct NextSettings {
    /// The bumps that changes require below 1.0.0.
    pub zero: ZeroRules,
    /// The label of pre-releases.
    pub pre: Option<String>,
    /// Whether `Release-As` trailers count in the bodies of pull requests.
    pub release_as_in_pull_requests: bool,
}

const HEADER: &str = "# Changelog\n\nAll notable changes to this project are documented in this file.\n";

/// Resolves all settings.
///
/// # Errors
/// If the configuration, or a file that it names, cannot be read or is invalid.
pub fn resolve(overrides: &Overrides, process: &Process, repository: &Repository) -> Result<Settings, Error> {
    secrets::of_repository(&process.secrets, repository);
    let mut settings = without_corrections(overrides, process, repository)?;
    let Settings { corrections, files, options, remote, warnings, .. } = &mut settings;
    let host = (repository, remote.as_str());
    options.corrections = corrections.read(files, host, options.rules.section_ids(), warnings)?;
    // A clone without trees cannot tell which commits only edit the file, and `next` needs no trees otherwise.
    let own_set = own_path_set(corrections).filter(|_| !repository.omits_trees(remote));
    let own_set = own_set.map(|set| options.sets.add(set));
    options.corrections.path_set = own_set.transpose()?;
    Ok(settings)
}

/// All settings, before the corrections are read.
fn without_corrections(
    overrides: &Overrides,
    process: &Process,
    repository: &Repository,
) -> Result<Settings, Error> {
    let root = repository.work_tree().unwrap_or_else(|| repository.path());
    let Configured { config, path, text, mut warnings, origins, files } =
        configuration(overrides, process, root, Some(repository))?;
    let texts = TextFiles { files: &files, origins: &origins, root };
    let (ui, mut sets) = (ui(overrides, process), PathSets::default());
    let project = (&files, repository);
    let judged = rule_options((&config, (path.as_deref(), root, &text)), project, &mut warnings, &mut sets)?;
    let (components, offset) = (components(&config, &mut sets)?, offset(config.timezone.as_deref())?);
    let selected = lines::selected(&config, (overrides, process), (root, repository), &mut sets)?;
    let hosts = Hosts::read(process, (&config, &origins), Some(root), &mut warnings)?;
    let info = forge::located(&config, &hosts, || repository.remote_url(remote(&config)));
    let rendering = rendering::rendering(&config, &texts, &ui, (overrides, process))?;
    Ok(Settings {
        forge: forge::forge(overrides, process, (&config, &origins), (&files, hosts), &info)?,
        mailmap: mailmap(repository, &files)?,
        changelog_template: changelog_template(&config, &texts)?,
        changelog_format: changelog_format(&config),
        changelog_header: config.changelog.header.clone().unwrap_or_else(|| HEADER.to_owned()),
        next: next_settings(&config),
        lint: rule_options::lint(&config)?,
        allows_fixup_in_hook: config.lint.hook_fixups.unwrap_or(true),
        manifests: config.manifests.clone(),
        lint_is_set: config.lint != config::LintConfig::default(),
        options: notes::Options {
            messages: messages(&config, &info, repository),
            unit: config.unit.unwrap_or_default(),
            plain: config.plain.unwrap_or_default(),
            rules: judged,
            sets,
            empty_commits: selected.empty_commits,
            components,
            areas: rendering.names_areas(),
            package_folders: PackagePaths::new(&config).folders(),
            attention: attention(&config),
            repository: info,
            today: offset.and_then(|offset| process.today_at(offset)).unwrap_or(process.today),
            offset,
            excluded: patterns(&config.contributors.exclude)?,
            bots: config.contributors.bots.unwrap_or(false),
            fragments: config.fragments.unwrap_or_default(),
            corrections: Corrections::default(),
            assumed: None,
        },
        corrections: CorrectionsFile::new(&config, &origins),
        maintenance: selected.maintenance,
        notes_files: notes_files(&config, path.as_deref(), root),
        ui,
        lines: selected.lines,
        selection: selected.selection,
        paths: selected.paths,
        rendering,
        remote: remote(&config).to_owned(),
        publish: publish::publish(&config, &texts)?,
        pipeline_files: publish::pipeline_files(process),
        config_path: path,
        warnings,
        files,
        origins,
        changelogs: lines::changelogs(&config, root),
    })
}

impl Settings {
    /// The write target of a line's changelog: inside the work tree, unless the user has configured the path.
    ///
    /// # Errors
    /// If the path is not allowed.
    pub fn changelog(&self, line: &Line) -> Result<WriteTarget, Error> {
        let named = self.changelogs.iter().find(|(path, _)| *path == line.changelog);
        let key = named.map(|(_, key)| *key);
        if key.is_some_and(|key| self.origins.is_set_by_user(key)) {
            return Ok(self.files.user_target(&line.changelog)?);
        }
        Ok(self.files.document_target(key, &line.changelog, Document::Changelog)?)
    }

    /// The content of a line's changelog in `files`, which are those of the project at some commit, or of its work
    /// tree; `None` if it does not exist.
    ///
    /// # Errors
    /// If the path is not allowed, or the file cannot be read.
    pub fn read_changelog(&self, line: &Line, files: &ProjectFiles) -> Result<Option<Vec<u8>>, Error> {
        let named = self.changelogs.iter().find(|(path, _)| *path == line.changelog);
        let key = named.map(|(_, key)| *key);
        if key.is_some_and(|key| self.origins.is_set_by_user(key)) {
            return Ok(Some(files.read_user_document(&line.changelog)?));
        }
        Ok(files.find_document(key, &line.changelog, Document::Changelog)?)
    }

    /// The options of the body of a release.
    #[must_use]
    pub fn release_options(&self) -> render::Options {
        let template = self.publish.template.clone();
        render::Options { template, ..self.rendering.options(Format::Release) }
    }

    /// Whether the configuration gives a package a changelog of its own.
    #[must_use]
    pub fn has_own_changelog(&self, line: &Line) -> bool {
        self.changelogs.iter().any(|(path, key)| *key == "packages.changelog" && *path == line.changelog)
    }
}

/// The options of sections and rules, with those that files of other tools add.
fn rule_options(
    (config, written): (&Config, (Option<&Path>, &Path, &str)),
    (files, repository): (&ProjectFiles, &Repository),
    warnings: &mut Vec<String>,
    sets: &mut PathSets,
) -> Result<rules::Options, Error> {
    let head = if repository.omits_trees(remote(config)) { None } else { files.at_head(repository)? };
    let files = head.as_ref().unwrap_or(files);
    let github = release_yml::find(config, files, warnings)?;
    let sources = fragments::find(config, files)?;
    rule_options::options(config, written, (github.as_ref(), &sources), sets)
}

/// The name of the remote whose forge the repository is on.
fn remote(config: &Config) -> &str {
    config.repository.remote.as_deref().unwrap_or("origin")
}

/// The project's `.mailmap`, followed by the mailmaps of the user's git configuration.
fn mailmap(repository: &Repository, files: &ProjectFiles) -> Result<String, Error> {
    let own = files.find(".mailmap")?.map(|text| String::from_utf8_lossy(&text).into_owned());
    // A missing file is ignored, as git does.
    let named = repository.mailmap_file().and_then(|path| files.read_user_path(&path).ok());
    let named = named.map(|text| String::from_utf8_lossy(&text).into_owned());
    let all: Vec<String> = [own, repository.mailmap_blob()?, named].into_iter().flatten().collect();
    Ok(all.join("\n"))
}

/// The path set of the corrections file, to find commits that only edit it; `None` if there is no file.
fn own_path_set(file: &CorrectionsFile) -> Option<PathSet> {
    let path = file.text.as_ref().and_then(|_| file.path.to_str()).filter(|_| !file.is_set_by_user)?;
    Some(path_set(&[path.to_owned()], &[]))
}

fn next_settings(config: &Config) -> NextSettings {
    NextSettings {
        zero: zero_rules(config),
        pre: config.bump.pre.clone(),
        release_as_in_pull_requests: config.bump.release_as_in_pull_requests.unwrap_or(false),
    }
}

fn components(config: &Config, sets: &mut PathSets) -> Result<Vec<(String, PathSetId)>, Error> {
    let numbered = |component: &ComponentConfig| {
        Ok((component.name.clone(), sets.add(path_set(&component.paths, &component.exclude_paths))?))
    };
    config.components.iter().map(numbered).collect()
}

fn messages(config: &Config, info: &RepositoryInfo, repository: &Repository) -> messages::Options {
    let name = info.owner.as_ref().zip(info.name.as_ref());
    messages::Options {
        repository: name.map(|(owner, name)| format!("{owner}/{name}")),
        url: info.url.clone(),
        split_squash: config.split_squash.unwrap_or_default(),
        squashed_breaking: config.bump.squashed_breaking.unwrap_or(false),
        types: config.types.iter().chain(config.lint.types.iter().flatten()).cloned().collect(),
        breaking_gitmoji: gitmoji::is_breaking(repository, config.breaking_gitmoji),
    }
}

fn changelog_template(config: &Config, texts: &TextFiles<'_>) -> Result<Option<Template>, Error> {
    let path = config.changelog.template.as_deref();
    path.map(|path| texts.template("changelog.template", path)).transpose()
}

fn changelog_format(config: &Config) -> Option<Format> {
    config.changelog.format.map(|format| match format {
        config::ChangelogFormat::KeepAChangelog => Format::KeepAChangelog,
        config::ChangelogFormat::Markdown => Format::Markdown,
    })
}

fn zero_rules(config: &Config) -> ZeroRules {
    let bump = |level: Option<BumpLevel>, otherwise| level.and_then(BumpLevel::bump).unwrap_or(otherwise);
    let defaults = ZeroRules::default();
    ZeroRules {
        breaking: bump(config.bump.zero_breaking, defaults.breaking),
        feature: bump(config.bump.zero_feature, defaults.feature),
    }
}

fn attention(config: &Config) -> Vec<(PathSet, AttentionRule)> {
    let defaults =
        if config.extend_attention.unwrap_or(true) { config::attention_defaults() } else { Vec::new() };
    let own = config.attention.iter().map(|entry| (entry, None));
    let all = own.chain(defaults.iter().map(|built_in| (&built_in.entry, built_in.content)));
    // An entry without paths only sets where its kind is shown.
    all.filter(|(entry, _)| !entry.paths.is_empty())
        .map(|(entry, content)| {
            let on = match entry.on.as_slice() {
                [] => vec![PathChangeKind::Added, PathChangeKind::Modified, PathChangeKind::Deleted],
                some => some.to_vec(),
            };
            let set = path_set(&entry.paths, &entry.exclude_paths);
            (set, AttentionRule { kind: entry.kind.clone(), title: entry.title.clone(), on, content })
        })
        .collect()
}
