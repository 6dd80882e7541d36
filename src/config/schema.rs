//! The keys of the configuration and its tables, as they are written. `None` and an empty list stand for what is absent.

use serde::{Deserialize, Serialize};

use crate::{
    changes::Unit,
    history::Prereleases,
    lint::SubjectCase,
    model::ForgeKind,
    rules::{BumpLevel, Rule, SectionDefinition, Sort},
};

use super::{
    AttentionConfig, ComponentConfig, DeploymentConfig, Environments, ForbidConfig, ForgeConfig, LinkConfig,
    NetworkConfig, NotifyConfig, PackageConfig, PublishConfig,
};

/// A whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct Config {
    /// How tags are written: a text with `{version}`, or a regular expression with a group `(?<version>…)`.
    pub tag_pattern: Option<String>,
    /// `semver`, `loose`, or `calver:` with a calendar pattern.
    pub scheme: Option<String>,
    /// What becomes of pre-releases once their final version is out.
    pub prereleases: Option<Prereleases>,
    /// The environments whose tags are aliases of a version.
    pub environments: Option<Environments>,
    /// What makes one change.
    pub unit: Option<Unit>,
    /// Whether a squash body of several conventional lines becomes several changes.
    pub split_squash: Option<bool>,
    /// The language of the notes, as in `en` or `zh-TW`, or the path of a locale file (`.toml`).
    pub locale: Option<String>,
    /// `recorded`, `UTC`, or an offset such as `+08:00`.
    pub timezone: Option<String>,
    /// The order inside a section.
    pub sort: Option<Sort>,
    /// Commit types besides the usual ones.
    pub types: Vec<String>,
    /// Whether the built-in rules follow the project's own.
    pub extend_rules: Option<bool>,
    /// Whether the built-in attention entries follow the project's own.
    pub extend_attention: Option<bool>,
    /// Where the repository lives.
    pub repository: RepositoryConfig,
    /// Which commits count at all.
    pub filter: FilterConfig,
    /// The headings, in their order.
    pub sections: Vec<SectionDefinition>,
    /// What becomes of changes, tried in their order.
    pub rules: Vec<Rule>,
    /// What is versioned on its own.
    pub packages: Vec<PackageConfig>,
    /// What becomes a link in texts.
    pub links: Vec<LinkConfig>,
    /// Parts of the product that changes are marked with.
    pub components: Vec<ComponentConfig>,
    /// What operators must know of.
    pub attention: Vec<AttentionConfig>,
    /// The changelog file.
    pub changelog: ChangelogConfig,
    /// The notes of one release.
    pub notes: NotesConfig,
    /// How the next version is found.
    pub bump: BumpConfig,
    /// How messages should be written.
    pub lint: LintConfig,
    /// Who is named as a contributor.
    pub contributors: ContributorsConfig,
    /// How registries are spoken to.
    pub registry: RegistryConfig,
    /// Who is told of deployments.
    pub notify: Vec<NotifyConfig>,
    /// What is said of every deployment.
    pub deployment: DeploymentConfig,
    /// How the forge is asked.
    pub forge: ForgeConfig,
    /// How servers are spoken to.
    pub network: NetworkConfig,
    /// How a version is published on the forge.
    pub publish: PublishConfig,
}

/// `[repository]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct RepositoryConfig {
    /// The name of the git remote that is looked at.
    pub remote: Option<String>,
    /// Which forge it is, where its address does not tell.
    pub forge: Option<ForgeKind>,
    /// The page of the repository.
    pub url: Option<String>,
}

/// `[filter]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct FilterConfig {
    /// Globs of which a commit must touch one.
    pub paths: Vec<String>,
    /// Globs that do not count.
    pub exclude_paths: Vec<String>,
}

/// `[changelog]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct ChangelogConfig {
    /// Its path, relative to the root of the repository.
    pub file: Option<String>,
    /// The form of its sections.
    pub format: Option<ChangelogFormat>,
    /// What a new file begins with.
    pub header: Option<String>,
    /// The path of the template of one release's section.
    pub template: Option<String>,
}

/// The form of a changelog's sections.
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
    /// The directory with templates that the template may include.
    pub include: Option<String>,
    /// Whether contributors are listed.
    pub contributors: Option<bool>,
    /// Whether each change names its authors.
    pub authors: Option<bool>,
    /// Whether each change names its commits.
    pub hashes: Option<bool>,
}

/// `[bump]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct BumpConfig {
    /// The first version.
    pub initial: Option<String>,
    /// What a breaking change raises below 1.0.0.
    pub zero_breaking: Option<BumpLevel>,
    /// What a feature raises below 1.0.0.
    pub zero_feature: Option<BumpLevel>,
    /// The label of a pre-release, as in `rc`.
    pub pre: Option<String>,
}

/// `[lint]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct LintConfig {
    /// Whether subjects must be `type(scope): description`.
    pub conventional: Option<bool>,
    /// The types that may be used.
    pub types: Option<Vec<String>>,
    /// The scopes that may be used.
    pub scopes: Option<Vec<String>>,
    /// Whether there must be a scope.
    pub require_scope: Option<bool>,
    /// The greatest length of the subject in characters; 0 for any.
    pub subject_max: Option<u32>,
    /// The greatest length of a line of the body in characters; 0 for any.
    pub body_line_max: Option<u32>,
    /// How the description begins.
    pub subject_case: Option<SubjectCase>,
    /// Whether the subject must not end with a period.
    pub no_trailing_period: Option<bool>,
    /// Keys of trailers that must be there.
    pub require_trailers: Vec<String>,
    /// A regular expression that some ticket in the message must match.
    pub ticket: Option<String>,
    /// Texts that must not stand in a message.
    pub forbid: Vec<ForbidConfig>,
    /// Whether merge commits made by git may stand.
    pub merges: Option<bool>,
    /// Whether reverts made by git may stand.
    pub reverts: Option<bool>,
    /// Whether `fixup!` and `squash!` commits may stand.
    pub fixups: Option<bool>,
}

/// `[contributors]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct ContributorsConfig {
    /// Regular expressions over names, addresses and logins that are not named.
    pub exclude: Vec<String>,
    /// Whether bots are named.
    pub bots: Option<bool>,
}

/// `[registry]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct RegistryConfig {
    /// The hosts, with their ports, that are spoken to by http.
    pub plain_http: Vec<String>,
}
