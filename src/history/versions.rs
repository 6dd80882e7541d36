//! Parses tags as versions, and sorts them.

use std::collections::BTreeMap;

use crate::model::{ObjectId, Tag, Version, first_few, plural};

use super::{
    constant_suffix::{constant_suffixes, suffix_pattern},
    options::Options,
    pattern::TagPattern,
};

/// A version and its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionTag {
    /// The version.
    pub version: Version,
    /// Its version tag; if it has only environment tags, the first of those.
    pub tag: Tag,
    /// Its environment tags: index of the environment in the options, and tag.
    pub environments: Vec<(usize, Tag)>,
    /// Other version tags of the same version.
    pub aliases: Vec<String>,
}

/// A tag that is not a version tag, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredTag {
    /// The tag's name.
    pub tag: String,
    /// The reason, as shown to the user.
    pub reason: &'static str,
}

/// A deployment that a tag records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The index of the environment in the options.
    pub environment: usize,
    /// The time, in the form of the tag's name: `20260301T080000Z`.
    pub time: String,
    /// The tag.
    pub tag: Tag,
}

/// All versions of a repository, lowest first.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    /// Lowest first, without duplicates.
    pub all: Vec<VersionTag>,
    /// The recorded deployments to declared environments, newest first.
    pub deployments: Vec<Deployment>,
    /// What runs where: the index of each environment in the options, and of its version.
    running: Vec<(usize, usize)>,
    /// The tags that are not version tags, sorted by name.
    pub ignored: Vec<IgnoredTag>,
    /// Warnings about tags, one sentence for each kind.
    pub warnings: Vec<String>,
}

/// The kind of a version tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKind {
    /// The version's own tag: `v1.2.0`.
    Version,
    /// An environment tag, with the index of the environment: `v1.2.0-staging`.
    Environment(usize),
}

impl VersionTag {
    /// Whether the version is a pre-release.
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        self.version.is_prerelease()
    }
}

impl Versions {
    /// Parses and sorts the tags.
    #[must_use]
    pub fn new(tags: &[Tag], options: &Options) -> Self {
        let mut versions = Self::default();
        let mut claims: BTreeMap<Version, Vec<(TagKind, &Tag)>> = BTreeMap::new();
        let (deploy_tags, tags): (Vec<&Tag>, Vec<&Tag>) =
            tags.iter().partition(|tag| options.deploy_tags.matches(&tag.name));
        versions.deployments = deployments(&deploy_tags, options);
        for tag in &tags {
            match read_tag(&tag.name, options) {
                Ok((version, kind)) => claims.entry(version).or_default().push((kind, tag)),
                Err(reason) => versions.ignored.push(IgnoredTag { tag: tag.name.clone(), reason }),
            }
        }
        let mut moved = Vec::new();
        for (version, claims) in claims {
            versions.add(version, &claims, &mut moved);
        }
        let environments = 0..options.environments.len();
        versions.running =
            environments.filter_map(|index| Some((index, versions.in_environment(index)?))).collect();
        versions.warnings.extend(on_different_commits(&moved));
        versions.warnings.extend(constant_suffix_warning(&tags, options));
        if options.environments.is_empty() {
            versions.warn_about_undeclared_environments();
        }
        versions
    }

    /// Adds a version. `moved` gets its tags on other commits, each after the tag that is used.
    fn add<'t>(
        &mut self,
        version: Version,
        claims: &[(TagKind, &'t Tag)],
        moved: &mut Vec<(&'t Tag, &'t Tag)>,
    ) {
        let plain = claims.iter().filter(|(kind, _)| *kind == TagKind::Version);
        // If `v1.0.0` and `1.0.0` exist, use the longer name, independent of the order of `tags`.
        let Some((_, tag)) = plain.max_by_key(|(_, tag)| tag.name.len()).or_else(|| claims.first()) else {
            return;
        };
        let mut entry =
            VersionTag { version, tag: (*tag).clone(), environments: Vec::new(), aliases: Vec::new() };
        for (kind, other) in claims {
            if other.commit != tag.commit {
                moved.push((*tag, *other));
            }
            match kind {
                TagKind::Environment(index) => entry.environments.push((*index, (*other).clone())),
                TagKind::Version if other.name != tag.name => entry.aliases.push(other.name.clone()),
                TagKind::Version => {}
            }
        }
        entry.environments.sort_by_key(|(index, _)| *index);
        self.all.push(entry);
    }

    /// Adds one warning for all suffixes that look like environments. They are never treated as such without a
    /// declaration.
    fn warn_about_undeclared_environments(&mut self) {
        let named: Vec<&VersionTag> =
            self.all.iter().filter(|entry| looks_like_environment(&entry.version)).collect();
        let Some(last) = named.last() else { return };
        let names: std::collections::BTreeSet<String> =
            named.iter().map(|entry| format!("\"{}\"", entry.version.prerelease())).collect();
        let list = names.into_iter().collect::<Vec<_>>().join(", ");
        self.warnings.push(format!(
            "tags such as `{}` are read as pre-releases; if their suffixes are environments, declare them in tidings.toml: \
             environments = [{list}]",
            last.tag.name
        ));
    }

    /// The index of a version.
    #[must_use]
    pub fn find(&self, version: &Version) -> Option<usize> {
        self.all.binary_search_by(|entry| entry.version.cmp(version)).ok()
    }

    /// The index of the version whose tag (its own, an alias, or an environment's) has this name.
    #[must_use]
    pub fn find_tag(&self, name: &str) -> Option<usize> {
        self.all.iter().position(|entry| {
            entry.tag.name == name
                || entry.aliases.iter().any(|alias| alias == name)
                || entry.environments.iter().any(|(_, tag)| tag.name == name)
        })
    }

    /// The indices of the environments that run a version, by the tags.
    #[must_use]
    pub fn environments_running(&self, version: usize) -> Vec<usize> {
        let running = self.running.iter().filter(|(_, at)| *at == version);
        running.map(|(environment, _)| *environment).collect()
    }

    /// The newest recorded deployment to an environment.
    #[must_use]
    pub fn deployment(&self, environment: usize) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.environment == environment)
    }

    /// The index of the version that runs in an environment: that of the newest recorded deployment, else the highest
    /// one that has a tag of the environment.
    #[must_use]
    pub fn in_environment(&self, environment: usize) -> Option<usize> {
        if let Some(deployment) = self.deployment(environment) {
            return self.at(deployment.tag.commit).max();
        }
        self.all.iter().rposition(|entry| entry.environments.iter().any(|(index, _)| *index == environment))
    }

    /// The indices of the versions whose tags point to a commit, lowest first.
    pub fn at(&self, commit: ObjectId) -> impl Iterator<Item = usize> {
        self.all
            .iter()
            .enumerate()
            .filter(move |(_, entry)| entry.tag.commit == commit)
            .map(|(index, _)| index)
    }

    /// The version at an index.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&VersionTag> {
        self.all.get(index)
    }
}

/// The deployments that tags record, newest first.
fn deployments(tags: &[&Tag], options: &Options) -> Vec<Deployment> {
    let deployment = |tag: &&Tag| {
        let (name, time) = options.deploy_tags.parse(&tag.name)?;
        let environment = options.environments.iter().position(|environment| environment.name == name)?;
        Some(Deployment { environment, time: time.to_owned(), tag: (*tag).clone() })
    };
    let mut all: Vec<Deployment> = tags.iter().filter_map(deployment).collect();
    all.sort_by(|one, other| other.time.cmp(&one.time));
    all
}

/// Parses a tag name into its version and kind.
///
/// # Errors
/// The reason why it is not a version tag.
pub fn read_tag(tag: &str, options: &Options) -> Result<(Version, TagKind), &'static str> {
    if options.deploy_tags.matches(tag) {
        return Err("it records a deployment");
    }
    let text = options.pattern.version_text(tag).ok_or("its name does not match the tag pattern")?;
    for (index, environment) in options.environments.iter().enumerate() {
        let version = text.strip_suffix(environment.suffix.as_str());
        if let Some(version) = version.and_then(|text| Version::parse(text, &options.scheme)) {
            return Ok((version, TagKind::Environment(index)));
        }
    }
    let version =
        Version::parse(text, &options.scheme).ok_or("it is not a valid version under the scheme")?;
    Ok((version, TagKind::Version))
}

/// One warning for all tags of a version that point to another commit than the tag that is used.
fn on_different_commits(moved: &[(&Tag, &Tag)]) -> Option<String> {
    let text = |(used, other): &(&Tag, &Tag)| {
        let (name, commit) = (&other.name, other.commit.short());
        format!("`{name}` ({commit}; using `{}`, {})", used.name, used.commit.short())
    };
    match moved {
        [] => None,
        [(tag, other)] => Some(format!(
            "the tags `{}` and `{}` are the same version but point to different commits ({} and {}); using `{}`",
            tag.name,
            other.name,
            tag.commit.short(),
            other.commit.short(),
            tag.name
        )),
        several => {
            let named: Vec<_> = several.iter().map(text).collect();
            let (count, list) = (several.len(), first_few(&named));
            Some(format!(
                "{count} tags are the same version as another tag but point to a different commit: {list}"
            ))
        }
    }
}

/// One warning for all suffixes that are more likely a part of the tag's name than a pre-release.
fn constant_suffix_warning(tags: &[&Tag], options: &Options) -> Option<String> {
    // With a regular expression, the user has decided what is part of the version.
    if matches!(options.pattern, TagPattern::Regex(_)) {
        return None;
    }
    let is_environment = |text: &str| options.environments.iter().any(|it| text.ends_with(&*it.suffix));
    let texts = tags.iter().filter_map(|tag| options.pattern.version_text(&tag.name));
    let suffixes = constant_suffixes(texts.filter(|text| !is_environment(text)));
    let first = suffixes.first()?;
    let tag = tags.iter().rfind(|tag| {
        options
            .pattern
            .version_text(&tag.name)
            .is_some_and(|it| it.strip_suffix(first.suffix) == Some(first.example))
    })?;
    let prefix = tag.name.split_once(first.example)?.0;
    let end = match &options.pattern {
        TagPattern::Around { suffix, .. } => suffix.as_str(),
        TagPattern::Plain | TagPattern::Regex(_) => "",
    };
    let pattern = format!("{}{end}", suffix_pattern(prefix, &suffixes)?);
    let list: Vec<_> = suffixes.iter().map(|it| format!("`{}`", it.suffix)).collect();
    let count = plural(suffixes.iter().map(|it| it.count).sum(), "tag ends", "tags end");
    Some(format!(
        "{count} with {}, as `{}` does: this is read as a pre-release, or not as a version; if it is part of the tag name, set \
         tag_pattern = '{pattern}' in tidings.toml",
        first_few(&list),
        tag.name
    ))
}

/// Whether a pre-release has a common name of an environment.
#[must_use]
pub fn looks_like_environment(version: &Version) -> bool {
    const NAMES: [&str; 9] = ["staging", "stage", "stg", "prod", "production", "uat", "qa", "preprod", "sit"];
    NAMES.contains(&version.prerelease().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Environment;

    fn tag(name: &str, commit: u8) -> Tag {
        let commit = ObjectId::from_bytes([commit; 20]);
        Tag { name: name.to_owned(), object: commit, commit }
    }

    fn staging() -> Options {
        let environment = |name: &str| Environment { name: name.to_owned(), suffix: format!("-{name}") };
        Options { environments: vec![environment("staging"), environment("prod")], ..Options::default() }
    }

    fn texts(versions: &Versions) -> Vec<String> {
        versions.all.iter().map(|entry| entry.version.to_string()).collect()
    }

    #[test]
    fn tags_without_a_version_are_ignored() {
        let tags = ["v0.9.0", "v0.10.0", "v1", "latest", "nightly-2024-01-01", "other@1.0.0"]
            .map(|name| tag(name, 1));
        let versions = Versions::new(&tags, &Options::default());
        assert_eq!(texts(&versions), ["0.9.0", "0.10.0"]);
        let passed: Vec<_> = versions.ignored.iter().map(|passed| passed.tag.as_str()).collect();
        assert_eq!(passed, ["v1", "latest", "nightly-2024-01-01", "other@1.0.0"]);
    }

    #[test]
    fn environments_are_never_guessed_from_suffixes() {
        let tags = [tag("v1.2.0", 1), tag("v1.2.0-prod", 1), tag("v1.2.0-staging", 1)];
        let declared = Versions::new(&tags, &staging());
        assert_eq!(texts(&declared), ["1.2.0"]);
        assert_eq!(declared.all[0].environments.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(declared.in_environment(1), Some(0));
        let undeclared = Versions::new(&tags, &Options::default());
        assert_eq!(texts(&undeclared), ["1.2.0-prod", "1.2.0-staging", "1.2.0"]);
        assert_eq!(undeclared.warnings.len(), 1);
        assert!(
            undeclared.warnings[0].contains("environments = [\"prod\", \"staging\"]"),
            "{:?}",
            undeclared.warnings
        );
    }

    #[test]
    fn newest_recorded_deployment_says_what_runs() {
        let tags = [
            tag("v1.1.0", 1),
            tag("v1.2.0", 2),
            tag("v1.2.0-prod", 2),
            tag("deploy/prod/20260301T080000Z", 2),
            tag("deploy/prod/20260302T080000Z", 1),
            tag("deploy/elsewhere/20260303T080000Z", 2),
        ];
        for pattern in ["v{version}", "(?:deploy/prod/)?v?(?<version>.*)"] {
            let options = Options { pattern: TagPattern::parse(pattern).unwrap(), ..staging() };
            let versions = Versions::new(&tags, &options);
            let is_deploy = |it: &IgnoredTag| it.tag.starts_with("deploy/");
            assert!(!versions.ignored.iter().any(is_deploy), "{pattern}: {:?}", versions.ignored);
            assert_eq!(versions.deployments.len(), 2, "{pattern}");
            assert_eq!(versions.in_environment(1), Some(0), "{pattern}");
            assert_eq!(versions.in_environment(0), None, "{pattern}");
            assert_eq!(versions.environments_running(0), [1], "{pattern}");
            assert_eq!(versions.environments_running(1), [0; 0], "{pattern}");
        }
    }

    #[test]
    fn environment_tag_alone_defines_a_version() {
        let versions = Versions::new(&[tag("v1.2.0-staging", 1)], &staging());
        assert_eq!(texts(&versions), ["1.2.0"]);
        assert_eq!(versions.all[0].tag.name, "v1.2.0-staging");
    }

    #[test]
    fn version_on_two_commits_is_reported() {
        let versions = Versions::new(&[tag("1.0.0", 1), tag("v1.0.0", 2)], &Options::default());
        assert_eq!(texts(&versions), ["1.0.0"]);
        assert_eq!(versions.all[0].tag.name, "v1.0.0");
        assert_eq!(versions.warnings.len(), 1);
    }

    #[test]
    fn warnings_of_one_kind_are_one_line_with_a_count() {
        let moved: Vec<_> = (0..500)
            .flat_map(|minor| [tag(&format!("1.{minor}.0"), 1), tag(&format!("v1.{minor}.0"), 2)])
            .collect();
        let warnings = Versions::new(&moved, &Options::default()).warnings;
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].starts_with("500 tags are the same version as another tag"), "{warnings:?}");
        assert!(warnings[0].contains("`1.0.0` (0101010; using `v1.0.0`, 0202020), `1.1.0`"), "{warnings:?}");
        assert!(warnings[0].ends_with(" and 497 more"), "{warnings:?}");
    }

    #[test]
    fn constant_suffix_is_reported_with_the_pattern_that_reads_it() {
        let names = ["v7.0.0-ember-cli", "v7.1.0-ember-cli", "v7.1.1-ember-cli", "v7.2.0-beta.1-ember-cli"];
        let tags = names.map(|name| tag(name, 1));
        let warnings = Versions::new(&tags, &Options::default()).warnings;
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("4 tags end with `-ember-cli`"), "{warnings:?}");
        assert!(warnings[0].contains("tag_pattern = 'v{version}-ember-cli'"), "{warnings:?}");
        let pattern = TagPattern::parse("v{version}-ember-cli").unwrap();
        let read = Versions::new(&tags, &Options { pattern, ..Options::default() });
        assert_eq!(texts(&read), ["7.0.0", "7.1.0", "7.1.1", "7.2.0-beta.1"]);
        assert_eq!(read.warnings, [""; 0]);
    }
}
