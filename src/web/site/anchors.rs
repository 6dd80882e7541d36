//! The anchors of the entries of a page.

use std::collections::HashSet;

use crate::model::{Change, Release};

/// How many digits of a commit ID an anchor has.
const DIGITS: usize = 12;

/// The anchors of all changes of a release, by section. An anchor comes from the commit, so that it stays the same when
/// the title is corrected or the change is moved to another section.
pub(super) fn anchors(release: &Release) -> Vec<Vec<String>> {
    let mut used = HashSet::new();
    let mut anchor = |change: &Change| {
        let mut name = String::from("c-");
        match change.commits.first() {
            Some(commit) => name.extend(commit.to_string().chars().take(DIGITS)),
            None => name.push_str("none"),
        }
        if change.ordinal > 1 {
            name.push_str(&format!("-{}", change.ordinal));
        }
        let mut unique = name.clone();
        let mut number = 1;
        while !used.insert(unique.clone()) {
            number += 1;
            unique = format!("{name}.{number}");
        }
        unique
    };
    let sections = release.sections.iter();
    sections.map(|section| section.changes.iter().map(&mut anchor).collect()).collect()
}
