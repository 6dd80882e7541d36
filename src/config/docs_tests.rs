//! `docs/configuration.md` has every key under its heading, and no other.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use crate::rules::{Rule, SectionDefinition};

use super::{
    AttentionConfig, BumpConfig, ChangelogConfig, ComponentConfig, Config, ContributorsConfig, FilterConfig,
    ForbidConfig, ForgeConfig, LinkConfig, LintConfig, NetworkConfig, NotesConfig, PackageConfig,
    PublishConfig, RegistryConfig, RepositoryConfig, decode::decode, environments::EnvironmentTable,
    value_error::ValueError,
};

const PAGE: &str = include_str!("../../docs/configuration.md");

/// serde names all keys when it meets one that it does not know.
fn keys<T: DeserializeOwned>() -> BTreeSet<String> {
    let value = toml::Value::Table("no-such-key = 1".parse().unwrap());
    let Err(error) = decode::<T>(&value) else { panic!("an unknown key was taken") };
    match error.problem {
        ValueError::UnknownKey { known, .. } => known.into_iter().collect(),
        other => panic!("{other:?}"),
    }
}

fn documented(heading: &str) -> BTreeSet<String> {
    let heading = format!("## {heading}");
    let lines = PAGE.lines().skip_while(|line| *line != heading).skip(1);
    let rows = lines.take_while(|line| !line.starts_with("## ")).filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap().to_owned()).collect()
}

#[test]
fn every_key_is_documented_and_no_other() {
    fn check<T: DeserializeOwned>(heading: &str) {
        assert_eq!(documented(heading), keys::<T>(), "{heading}");
    }
    check::<RepositoryConfig>("`[repository]`");
    check::<FilterConfig>("`[filter]`");
    check::<SectionDefinition>("`[[sections]]`");
    check::<Rule>("`[[rules]]`");
    check::<ForgeConfig>("`[forge]`");
    check::<NetworkConfig>("`[network]`");
    check::<PublishConfig>("`[publish]`");
    check::<PackageConfig>("`[[packages]]`");
    check::<LinkConfig>("`[[links]]`");
    check::<ComponentConfig>("`[[components]]`");
    check::<AttentionConfig>("`[[attention]]`");
    check::<ChangelogConfig>("`[changelog]`");
    check::<NotesConfig>("`[notes]`");
    check::<BumpConfig>("`[bump]`");
    check::<LintConfig>("`[lint]`");
    check::<ForbidConfig>("`[[lint.forbid]]`");
    check::<ContributorsConfig>("`[contributors]`");
    check::<RegistryConfig>("`[registry]`");
    check::<super::NotifyConfig>("`[[notify]]`");
    check::<super::DeploymentConfig>("`[deployment]`");
    check::<EnvironmentTable>("`[environments.NAME]`");
    check::<super::HostConfig>("The user's hosts");
}

#[test]
fn every_key_of_the_top_level_is_documented_or_has_a_heading() {
    let mut documented = documented("Top level");
    let headings = PAGE.lines().filter_map(|line| line.strip_prefix("## `["));
    documented.extend(headings.map(|it| it.trim_matches(['[', ']', '`']).to_owned()));
    documented.remove("lint.forbid");
    documented.remove("environments.NAME");
    assert_eq!(documented, keys::<Config>());
}
