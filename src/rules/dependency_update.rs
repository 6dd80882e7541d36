//! Reads titles that update a dependency, or a group of them.

use std::sync::LazyLock;

use regex::{Captures, Regex};

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

/// A title that updates a group of dependencies, as Dependabot writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupUpdate {
    /// The name of the group and its folder, in lower case.
    pub(super) name: String,
    /// The number of dependencies, as written.
    pub(super) count: String,
}

impl GroupUpdate {
    /// Parses a title such as `bump the npm group in /web with 3 updates`.
    pub(super) fn parse(title: &str) -> Option<Self> {
        static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(&format!(r"(?i)^{AREA}{VERB} the (?P<name>\S+ group(?: in \S+)?)(?: across [0-9]+ director(?:y|ies))? with (?P<count>[0-9]{{1,4}}) updates?$")).ok()
        });
        let found = FORM.as_ref().filter(|_| may_update(title))?.captures(title)?;
        let text = |name: &str| found.name(name).map(|it| it.as_str());
        Some(Self { name: text("name")?.to_lowercase(), count: text("count")?.to_owned() })
    }

    /// The title of this update and an older one of the same group, given the titles of both.
    pub(super) fn joined_title(&self, title: &str, older: &Self) -> Option<String> {
        let sum = self.count.parse::<u32>().ok()? + older.count.parse::<u32>().ok()?;
        let start = title.strip_suffix('s').unwrap_or(title).strip_suffix(" update")?;
        Some(format!("{}{sum} updates", start.strip_suffix(&self.count)?))
    }
}

impl DependencyUpdate {
    /// The title of this update and an older one of the same dependency: from the old version of the older one.
    pub(super) fn joined_title(&self, title: &str, older: &Self) -> Option<String> {
        let (between, from) = (self.from.as_ref()?, older.from.as_ref()?);
        Some(title.replacen(between, from, 1))
    }
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

    #[test]
    fn updates_of_a_group_are_added() {
        let title = "cargo: bump the cargo-dependencies group with 1 update";
        let group = GroupUpdate::parse(title).unwrap();
        let older =
            GroupUpdate::parse("Bump the cargo-dependencies group across 1 directory with 18 updates")
                .unwrap();
        assert_eq!(group.name, older.name);
        let joined = group.joined_title(title, &older).unwrap();
        assert_eq!(joined, "cargo: bump the cargo-dependencies group with 19 updates");
        assert_ne!(
            GroupUpdate::parse("bump the cargo-dependencies group in /web with 2 updates").unwrap().name,
            group.name
        );
        assert_eq!(GroupUpdate::parse("bump the group of 3 updates"), None);
    }
}
