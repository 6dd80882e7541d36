//! Accessors for the JSON form.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Repo;

/// One release of the JSON form.
#[derive(Debug, Clone)]
pub(crate) struct Release(pub(crate) Value);

impl Repo {
    /// The only release of `tidings notes --format json` with these arguments.
    pub(crate) fn release(&self, args: &[&str]) -> Release {
        let releases = self.releases(args);
        assert_eq!(releases.len(), 1, "{args:?}: {releases:#?}");
        releases.into_iter().next().unwrap()
    }

    /// All releases of `tidings notes --format json` with these arguments, newest first.
    pub(crate) fn releases(&self, args: &[&str]) -> Vec<Release> {
        let notes = self.run_json(&[&["notes", "--format", "json"], args].concat());
        notes["releases"].as_array().unwrap().iter().cloned().map(Release).collect()
    }

    /// For each version of `tidings notes --all`, the subjects of its window; those of unreleased commits under an
    /// empty name.
    pub(crate) fn windows(&self) -> BTreeMap<String, BTreeSet<String>> {
        let releases = self.releases(&["--all"]);
        let windows: BTreeMap<_, _> = releases
            .iter()
            .map(|release| (release.version().unwrap_or_default(), release.subjects()))
            .collect();
        assert_eq!(windows.len(), releases.len(), "a version is in two releases");
        windows
    }
}

impl Release {
    /// The version, without the tag's prefix.
    pub(crate) fn version(&self) -> Option<String> {
        self.0["version"].as_str().map(str::to_owned)
    }

    /// The tag of the base; empty if there is none.
    pub(crate) fn base(&self) -> &str {
        self.0["base"]["tag"].as_str().unwrap_or_default()
    }

    /// The IDs of the window's commits.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        let ids: BTreeSet<_> = self.commits().iter().map(|commit| text(&commit["id"])).collect();
        assert_eq!(ids.len(), self.commits().len(), "a commit is in a window twice");
        ids
    }

    /// The subjects of the window's commits.
    pub(crate) fn subjects(&self) -> BTreeSet<String> {
        self.commits().iter().map(|commit| text(&commit["subject"])).collect()
    }

    /// The ID of each section with the titles of its changes, in order.
    pub(crate) fn sections(&self) -> Vec<(String, Vec<String>)> {
        let sections = self.0["sections"].as_array().unwrap().iter();
        let titles = |section: &Value| {
            section["changes"].as_array().unwrap().iter().map(|it| text(&it["title"])).collect()
        };
        sections.map(|section| (text(&section["id"]), titles(section))).collect()
    }

    /// The titles of all changes.
    pub(crate) fn titles(&self) -> Vec<String> {
        self.sections().into_iter().flat_map(|(_, titles)| titles).collect()
    }

    /// The titles of a section; empty if there is no such section.
    pub(crate) fn section(&self, id: &str) -> Vec<String> {
        self.sections().into_iter().find(|(name, _)| name == id).map(|(_, titles)| titles).unwrap_or_default()
    }

    /// All changes.
    pub(crate) fn changes(&self) -> Vec<&Value> {
        let sections = self.0["sections"].as_array().unwrap().iter();
        sections.flat_map(|section| section["changes"].as_array().unwrap()).collect()
    }

    /// The change with this title.
    pub(crate) fn change(&self, title: &str) -> &Value {
        let found = self.changes().into_iter().find(|change| change["title"] == title);
        found.unwrap_or_else(|| panic!("no change `{title}` in {:#?}", self.sections()))
    }

    /// The outcome of the commit with this subject, and the reason.
    pub(crate) fn outcome(&self, subject: &str) -> (&str, &str) {
        let found = self.commits().iter().find(|commit| commit["subject"] == subject);
        let commit = found.unwrap_or_else(|| panic!("no commit `{subject}` in {:#?}", self.subjects()));
        (commit["outcome"].as_str().unwrap(), commit["reason"].as_str().unwrap())
    }

    /// The commits of the window with their outcomes.
    pub(crate) fn commits(&self) -> &[Value] {
        self.0["commits"].as_array().unwrap()
    }

    /// Asserts that each commit has one outcome with a reason, and is `listed` exactly when a change contains its ID.
    pub(crate) fn assert_accounts_for_all(&self) {
        let with = |outcome: &str| -> BTreeSet<String> {
            self.commits().iter().filter(|it| it["outcome"] == outcome).map(|it| text(&it["id"])).collect()
        };
        let changes = self.changes();
        let shown = |skipped: usize| -> BTreeSet<String> {
            let of_each = changes.iter().map(|it| it["commits"].as_array().unwrap().iter().skip(skipped));
            of_each.flatten().map(text).collect()
        };
        let first: BTreeSet<String> = changes.iter().map(|it| text(&it["commits"][0])).collect();
        assert_eq!(with("listed"), first, "listed, and the first commit of a change");
        let others: BTreeSet<String> = shown(1).difference(&first).cloned().collect();
        assert!(others.is_subset(&with("merged")), "merged into the first commit: {others:?}");
        for commit in self.commits() {
            let outcome = commit["outcome"].as_str().unwrap();
            assert!(["listed", "hidden", "merged", "reverted", "duplicate"].contains(&outcome), "{commit}");
            assert!(!commit["reason"].as_str().unwrap().is_empty(), "{commit}");
            assert_eq!(commit["section"].is_string(), outcome == "listed", "{commit}");
        }
        assert_eq!(self.ids().len(), self.commits().len());
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A set of strings, for comparing.
pub(crate) fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
