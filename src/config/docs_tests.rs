//! Checks that `docs/configuration.md` lists exactly the keys of each table under its heading.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use crate::rules::{Rule, SectionDefinition};

use super::{
    AttentionConfig, BumpConfig, ChangelogConfig, ComponentConfig, Config, ContributorsConfig, FilterConfig,
    ForbidConfig, ForgeConfig, LinkConfig, LintConfig, NetworkConfig, NotesConfig, PackageConfig,
    PublishConfig, RegistryConfig, RepositoryConfig, decode::decode, environments::EnvironmentTable,
    rollback::RollbackTable, value_error::ValueError,
};

const PAGE: &str = include_str!("../../docs/configuration.md");

/// The keys of a table: serde's error for an unknown key lists all of them.
fn keys<T: DeserializeOwned>() -> BTreeSet<String> {
    let value = toml::Value::Table("no-such-key = 1".parse().unwrap());
    let Err(error) = decode::<T>(&value) else { panic!("an unknown key was accepted") };
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
fn tables_are_documented_with_exactly_their_keys() {
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
    check::<RollbackTable>("`[publish.rollback]`");
    check::<super::HostConfig>("The user's hosts");
}

#[test]
fn top_level_keys_are_documented_or_have_a_heading() {
    let mut documented = documented("Top level");
    let headings = PAGE.lines().filter_map(|line| line.strip_prefix("## `["));
    documented.extend(headings.map(|it| it.trim_matches(['[', ']', '`']).to_owned()));
    documented.remove("lint.forbid");
    documented.remove("environments.NAME");
    documented.remove("publish.rollback");
    assert_eq!(documented, keys::<Config>());
}
