//! Reads the names of the hosts that the user has logged in to with `gh` or `glab`. Tokens are not read.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, de::IgnoredAny};

/// In bytes; `gh` and `glab` write only a few KiB.
const MAX_BYTES: u64 = 1 << 20;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Glab {
    hosts: BTreeMap<String, IgnoredAny>,
}

/// The hosts in `hosts.yml` of gh; empty if the file is missing or cannot be parsed.
#[must_use]
pub fn gh_hosts(path: &Path) -> Vec<String> {
    let hosts: BTreeMap<String, IgnoredAny> =
        text(path).and_then(|text| serde_saphyr::from_str(&text).ok()).unwrap_or_default();
    hosts.into_keys().collect()
}

/// The hosts in `config.yml` of glab; empty if the file is missing or cannot be parsed.
#[must_use]
pub fn glab_hosts(path: &Path) -> Vec<String> {
    let file: Glab = text(path).and_then(|text| serde_saphyr::from_str(&text).ok()).unwrap_or_default();
    file.hosts.into_keys().collect()
}

fn text(path: &Path) -> Option<String> {
    let is_small = fs::metadata(path).ok().is_some_and(|file| file.is_file() && file.len() <= MAX_BYTES);
    is_small.then(|| fs::read_to_string(path).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_host_names_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hosts.yml");
        let write = |text: &str| std::fs::write(&path, text).unwrap();
        write(
            "github.com:\n    user: ada\n    users:\n        ada:\n            oauth_token: x\nghe.example:\n    user: ada\n",
        );
        assert_eq!(gh_hosts(&path), ["ghe.example", "github.com"]);
        assert_eq!(glab_hosts(&path), [""; 0]);
        write(
            "git_protocol: ssh\nhosts:\n    gitlab.com:\n        token:\n    lab.example:\n        api_host: x\nhost: gitlab.com\n",
        );
        assert_eq!(glab_hosts(&path), ["gitlab.com", "lab.example"]);
        for odd in ["", "{}", "[]", "a", "hosts: 1", "\u{0}", "a: &a [*a]", "hosts:\n  - x\n"] {
            write(odd);
            assert!(gh_hosts(&path).len() <= 1 && glab_hosts(&path).is_empty(), "{odd}");
        }
        assert!(gh_hosts(folder.path()).is_empty() && gh_hosts(&folder.path().join("none")).is_empty());
    }
}
