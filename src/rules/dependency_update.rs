//! Reads titles that update a dependency, and joins the updates of one dependency into one change.

use std::{collections::HashMap, sync::LazyLock};

use regex::{Captures, Regex};

use crate::model::Change;

use super::{decision::decide, options::Options, section::SectionIndex};

/// A title that updates one dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DependencyUpdate {
    /// The name, in lower case.
    pub(super) name: String,
    /// The old version, if the title has it.
    pub(super) from: Option<String>,
    /// The new version.
    pub(super) to: String,
}

/// The area in subjects such as `cargo: bump serde to 1.0.2`.
const AREA: &str = r"(?:[a-z0-9_./-]+: )?";
const VERB: &str = r"(?:bump(?:s|ed)?|updat(?:e|es|ed|ing)|upgrad(?:e|es|ed|ing)|升级|更新|升級)";
const NOUN: &str = r"(?:(?:the|dependency|dependencies|dep|module|package|crate|plugin|action|image|docker image|github action|rust crate|npm package|golang|go module|依赖|依賴)\s+)*";
const VERSION: &str = r"[vV^~=>]*[0-9][0-9A-Za-z.+_-]*(?:\s?(?:LTS|\([0-9a-f]{7,}\)))?";

static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    // Version ranges and the suffixes of tools may stand between name and version.
    let name = r"(?P<name>[`'\x22]?[@A-Za-z0-9][@A-Za-z0-9_./:+-]*[`'\x22]?)";
    let filler = r"(?:\s+(?:dependency|crate|module|package|plugin|action|digest|docker tag|version|requirement|gem|libs?))*";
    let tail = r"(?:\s+(?:in|for|on)\s.*|\s*[\[(].*|\s+\+.*)?\s*\.?$";
    [
        format!(r"(?i)^{AREA}{VERB}\s*{NOUN}{name}{filler}\s+from\s+[`'\x22]?(?P<from>{VERSION})[`'\x22]?\s+to\s+[`'\x22]?(?P<to>{VERSION})[`'\x22]?{tail}"),
        format!(r"(?i)^{AREA}{VERB}\s*{NOUN}{name}{filler}:?\s+(?P<from>{VERSION})\s*(?:->|=>|→|➔|to)\s*(?P<to>{VERSION}){tail}"),
        format!(r"(?i)^{AREA}{VERB}\s*{NOUN}{name}{filler}\s*(?:to|@|=>|->|→|至|到|为|為)\s*[`'\x22]?(?P<to>{VERSION})[`'\x22]?{tail}"),
        format!(r"(?i)^{name}\s+(?P<from>{VERSION})\s*(?:->|=>|→|➔)\s*(?P<to>{VERSION}){tail}"),
    ]
    .iter()
    .filter_map(|form| Regex::new(form).ok())
    .collect()
});

impl DependencyUpdate {
    /// Parses a title; `None` if it does not update one dependency from or to a version.
    pub(super) fn parse(title: &str) -> Option<Self> {
        let text = |found: &Captures<'_>, name: &str| found.name(name).map(|it| it.as_str().to_owned());
        if !may_update(title) {
            return None;
        }
        let found = FORMS.iter().find_map(|form| form.captures(title))?;
        let name = text(&found, "name")?;
        let bare = name.trim_matches(['`', '\'', '"', ':']);
        const NO_NAMES: [&str; 8] =
            ["version", "versions", "to", "from", "it", "release", "all", "changelog"];
        let is_name = !NO_NAMES.contains(&bare.to_lowercase().as_str())
            && bare.bytes().any(|byte| byte.is_ascii_alphabetic());
        let update = Self { name: bare.to_lowercase(), from: text(&found, "from"), to: text(&found, "to")? };
        is_name.then_some(update)
    }
}

/// Whether a title has what every form has; most have not.
fn may_update(title: &str) -> bool {
    const STARTS: [&str; 3] = ["bump", "updat", "upgrad"];
    let title = title.split_once(": ").map_or(title, |(_, rest)| rest);
    let starts = |start: &str| title.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start));
    let is_update = STARTS.iter().any(|start| starts(start))
        || ["升级", "更新", "升級"].iter().any(|start| title.starts_with(start))
        || ["->", "=>", "→", "➔"].iter().any(|arrow| title.contains(arrow));
    is_update && title.bytes().any(|byte| byte.is_ascii_digit())
}

/// Joins the updates of one dependency in a section: the newest stays, from the oldest version to the newest. Takes and
/// returns changes newest first.
pub(super) fn join_updates(changes: Vec<Change>, options: &Options) -> Vec<Change> {
    let mut places: HashMap<(String, SectionIndex), usize> = HashMap::new();
    let mut joined: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        let update = if change.breaking { None } else { DependencyUpdate::parse(&change.title) };
        let section = update.as_ref().and_then(|_| decide(&change, options).placement.section());
        let Some(key) = update.map(|update| update.name).zip(section) else {
            joined.push(change);
            continue;
        };
        match places.get(&key).and_then(|at| joined.get_mut(*at)) {
            Some(newer) => join(newer, change),
            None => {
                places.insert(key, joined.len());
                joined.push(change);
            }
        }
    }
    joined
}

/// Adds an older update of the same dependency to a newer one.
fn join(newer: &mut Change, older: Change) {
    let (new, old) = (DependencyUpdate::parse(&newer.title), DependencyUpdate::parse(&older.title));
    if let (Some(new), Some(old)) = (new, old)
        && let (Some(between), Some(from)) = (new.from, old.from)
    {
        newer.title = newer.title.replacen(&between, &from, 1);
    }
    newer.joins_updates = true;
    newer.commits.extend(older.commits);
    for number in older.pull_request.map(|it| it.number).into_iter().chain(older.other_references) {
        if newer.pull_request.as_ref().is_none_or(|own| own.number != number)
            && !newer.other_references.contains(&number)
        {
            newer.other_references.push(number);
        }
    }
    let known: Vec<_> = newer.authors.iter().map(|person| person.email.clone()).collect();
    newer.authors.extend(older.authors.into_iter().filter(|person| !known.contains(&person.email)));
    newer.closes.extend(older.closes);
    newer.closes.sort();
    newer.closes.dedup();
    for set in older.touches {
        if !newer.touches.contains(&set) {
            newer.touches.push(set);
        }
    }
    newer.touches.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn updates_are_parsed_in_every_form() {
        let parse = |title: &str| {
            DependencyUpdate::parse(title)
                .map(|it| format!("{} {} {}", it.name, it.from.unwrap_or_default(), it.to))
        };
        for (title, expected) in [
            ("bump serde from 1.0.1 to 1.0.2", "serde 1.0.1 1.0.2"),
            ("Bump serde from 1.0.1 to 1.0.2 in /api", "serde 1.0.1 1.0.2"),
            ("Bump @types/node from 20.1 to 22.0 in the types group", "@types/node 20.1 22.0"),
            ("update dependency vite to v6", "vite  v6"),
            ("Update rust crate serde to 1.0.2", "serde  1.0.2"),
            ("update module github.com/x/y to v1.2.3 (main)", "github.com/x/y  v1.2.3"),
            ("Update actions/checkout action to v4", "actions/checkout  v4"),
            ("update node Docker tag to v20", "node  v20"),
            ("Upgrade Spring Boot 3.1.0 → 3.1.1", ""),
            ("Upgrade tokio 1.0 → 1.1", "tokio 1.0 1.1"),
            ("tokio 1.0 -> 1.1", "tokio 1.0 1.1"),
            ("bump `serde` to 1.0.2", "serde  1.0.2"),
            ("升级 fastjson 到 2.0.4", "fastjson  2.0.4"),
            ("更新依赖 vue 至 3.4.0", "vue  3.4.0"),
            ("bump version from 1.2.2 to 1.2.3", ""),
            ("cargo: bump serde from 1.0.1 to 1.0.2", "serde 1.0.1 1.0.2"),
            ("Update the docs", ""),
            ("bump the all group with 3 updates", ""),
            ("Update README to mention 2 things", ""),
        ] {
            assert_eq!(parse(title).unwrap_or_default(), expected, "{title}");
        }
    }

    fn change(number: u32, title: &str) -> Change {
        let mut id = [0; 20];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let commits = vec![crate::model::ObjectId::from_bytes(id)];
        Change { title: title.into(), commits, ..Change::default() }
    }

    #[test]
    fn updates_of_one_dependency_are_joined() {
        let titles = ["bump a from 1.2 to 1.3", "add b", "bump a from 1.1 to 1.2", "bump A from 1.0 to 1.1"];
        let changes = (0..).zip(titles).map(|(at, title)| change(at, title)).collect();
        let joined = join_updates(changes, &Options::default());
        let titles: Vec<&str> = joined.iter().map(|change| change.title.as_str()).collect();
        assert_eq!(titles, ["bump a from 1.0 to 1.3", "add b"]);
        let commits: Vec<_> = [0, 2, 3].map(|number| change(number, "").commits[0]).into();
        assert_eq!(joined[0].commits, commits);
        let breaking = vec![
            Change { breaking: true, ..change(0, "bump a from 1 to 2") },
            change(1, "bump a from 0 to 1"),
        ];
        assert_eq!(join_updates(breaking, &Options::default()).len(), 2, "a breaking change stays visible");
    }
}
