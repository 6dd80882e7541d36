//! The keys of the configuration and its tables, as written in the file. An absent key is `None` or an empty list.

use serde::{Deserialize, Serialize};

use crate::{
    changes::Unit,
    fragments::FragmentMode,
    history::Prereleases,
    lint::SubjectCase,
    messages::SplitSquash,
    model::{ComponentDisplay, Confidence, Detail, ForgeKind},
    rules::{BumpLevel, PlainMessages, Rule, SectionDefinition, Sort},
};

use super::{
    AttentionConfig, ComponentConfig, DeploymentConfig, Environments, ForbidConfig, ForgeConfig, LinkConfig,
    NetworkConfig, NotifyConfig, PackageConfig, PublishConfig,
};

/// A configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct Config {
    /// The pattern of version tags: a string with `{version}`, or a regular expression with a group `(?<version>…)`.
    pub tag_pattern: Option<String>,
    /// `semver`, `loose`, `pep440`, or `calver:` with a calendar pattern.
    pub scheme: Option<String>,
    /// How post-releases are written after their version, with `{number}`.
    pub post_release: Option<String>,
    /// Whether pre-releases collapse into their final version.
    pub prereleases: Option<Prereleases>,
    /// The names of branches that maintain an older line of versions, with `{line}` for its numbers.
    pub maintenance: Option<Vec<String>>,
    /// The manifests whose versions `check` compares with the version to tag.
    pub manifests: Option<Vec<String>>,
    /// The environments whose tags are aliases of a version.
    pub environments: Option<Environments>,
    /// Whether a pull request or a commit becomes one change.
    pub unit: Option<Unit>,
    /// Which squashes become several changes.
    pub split_squash: Option<SplitSquash>,
    /// Which messages without a type are read.
    pub plain: Option<PlainMessages>,
    /// How sure the reading of a message must be to list its change in a section, from 0 to 1.
    pub plain_confidence: Option<Confidence>,
    /// How sure it must be to require a minor version, or to hide the change, from 0 to 1.
    pub plain_strict_confidence: Option<Confidence>,
    /// Whether entries come from fragments of other tools.
    pub fragments: Option<FragmentMode>,
    /// Whether 💥 at the start of a subject marks a breaking change.
    pub breaking_gitmoji: Option<bool>,
    /// The language of the notes, as in `en` or `zh-TW`, or the path of a locale file (`.toml`).
    pub locale: Option<String>,
    /// The path of the corrections file, relative to the root of the repository.
    pub corrections: Option<String>,
    /// `recorded`, `UTC`, or an offset such as `+08:00`.
    pub timezone: Option<String>,
    /// The order inside a section.
    pub sort: Option<Sort>,
    /// Commit types in addition to the built-in ones.
    pub types: Vec<String>,
    /// Whether the built-in rules follow the project's.
    pub extend_rules: Option<bool>,
    /// Whether the built-in attention entries follow the project's.
    pub extend_attention: Option<bool>,
    /// The repository on its forge.
    pub repository: RepositoryConfig,
    /// The commits to include.
    pub filter: FilterConfig,
    /// The sections, in the order of the notes.
    pub sections: Vec<SectionDefinition>,
    /// The rules, in the order they are tried.
    pub rules: Vec<Rule>,
    /// Packages with their own versions.
    pub packages: Vec<PackageConfig>,
    /// Text to turn into links.
    pub links: Vec<LinkConfig>,
    /// Parts of the product to label changes with.
    pub components: Vec<ComponentConfig>,
    /// Paths whose changes become attention items.
    pub attention: Vec<AttentionConfig>,
    /// The changelog file.
    pub changelog: ChangelogConfig,
    /// The notes of one release.
    pub notes: NotesConfig,
    /// How the next version is computed.
    pub bump: BumpConfig,
    /// Requirements for commit messages.
    pub lint: LintConfig,
    /// Who is listed as a contributor.
    pub contributors: ContributorsConfig,
    /// Connections to registries.
    pub registry: RegistryConfig,
    /// The recipients of deployment messages.
    pub notify: Vec<NotifyConfig>,
    /// Defaults of deployment messages.
    pub deployment: DeploymentConfig,
    /// Requests to the forge.
    pub forge: ForgeConfig,
    /// Connections to servers.
    pub network: NetworkConfig,
    /// Releases on the forge.
    pub publish: PublishConfig,
}

/// `[repository]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct RepositoryConfig {
    /// The name of the git remote.
    pub remote: Option<String>,
    /// The forge, if it cannot be derived from the remote URL.
    pub forge: Option<ForgeKind>,
    /// The web page of the repository.
    pub url: Option<String>,
}

/// `[filter]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct FilterConfig {
    /// Globs; only commits that touch a matching path count.
    pub paths: Vec<String>,
    /// Globs of paths to exclude from `paths`.
    pub exclude_paths: Vec<String>,
}

/// `[changelog]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct ChangelogConfig {
    /// Its path, relative to the root of the repository.
    pub file: Option<String>,
    /// The format of its sections.
    pub format: Option<ChangelogFormat>,
    /// The header of a new file.
    pub header: Option<String>,
    /// The path of the template for the section of one release.
    pub template: Option<String>,
    /// How much each change says.
    pub detail: Option<Detail>,
}

/// The format of a changelog's sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangelogFormat {
    /// A heading for each section of the configuration.
    Markdown,
    /// The six headings of Keep a Changelog, and link definitions at the end.
    KeepAChangelog,
}

/// `[notes]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct NotesConfig {
    /// The path of the template.
    pub template: Option<String>,
    /// The directory of templates that the template may include.
    pub include: Option<String>,
    /// Whether contributors are listed.
    pub contributors: Option<bool>,
    /// Whether each change lists its authors.
    pub authors: Option<bool>,
    /// Whether each change without a pull request links its commit.
    pub hashes: Option<bool>,
    /// How much each change says.
    pub detail: Option<Detail>,
    /// How the components of changes are shown, also in the changelog.
    pub components_as: Option<ComponentDisplay>,
}

/// `[bump]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct BumpConfig {
    /// The first version.
    pub initial: Option<String>,
    /// The part that a breaking change raises below 1.0.0.
    pub zero_breaking: Option<BumpLevel>,
    /// The part that a feature raises below 1.0.0.
    pub zero_feature: Option<BumpLevel>,
    /// The label of a pre-release, as in `rc`.
    pub pre: Option<String>,
    /// Whether the `!` of a commit inside a squash makes it a breaking change.
    pub squashed_breaking: Option<bool>,
    /// Whether a `Release-As` trailer in the body of a pull request counts.
    pub release_as_in_pull_requests: Option<bool>,
}

/// `[lint]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct LintConfig {
    /// Whether subjects must be `type(scope): description`.
    pub conventional: Option<bool>,
    /// The allowed types.
    pub types: Option<Vec<String>>,
    /// The allowed scopes.
    pub scopes: Option<Vec<String>>,
    /// Whether a scope is required.
    pub require_scope: Option<bool>,
    /// The maximum length of the subject in characters; 0 for no limit.
    pub subject_max: Option<u32>,
    /// The maximum length of a body line in characters; 0 for no limit.
    pub body_line_max: Option<u32>,
    /// The case of the first character of the description.
    pub subject_case: Option<SubjectCase>,
    /// Whether the subject must not end with a period.
    pub no_trailing_period: Option<bool>,
    /// Keys of required trailers.
    pub require_trailers: Vec<String>,
    /// A regular expression that a ticket in the message must match.
    pub ticket: Option<String>,
    /// Text that a message must not contain.
    pub forbid: Vec<ForbidConfig>,
    /// Whether messages of merge commits written by git are allowed.
    pub merges: Option<bool>,
    /// Whether messages of reverts written by git are allowed.
    pub reverts: Option<bool>,
    /// Whether `fixup!` and `squash!` commits are allowed.
    pub fixups: Option<bool>,
    /// Whether the `commit-msg` hook allows them.
    pub hook_fixups: Option<bool>,
}

/// `[contributors]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct ContributorsConfig {
    /// Regular expressions of names, email addresses and logins to exclude.
    pub exclude: Vec<String>,
    /// Whether bots are listed.
    pub bots: Option<bool>,
}

/// `[registry]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct RegistryConfig {
    /// Hosts, with their ports, to connect to over plain HTTP.
    pub plain_http: Vec<String>,
}
