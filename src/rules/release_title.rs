//! The titles of commits that record a version, or prepare a release or the time after it.

/// Titles that name nothing but a version. The names in capitals stand for the expressions below. `Bump serde to 1.2.3`
/// and `Python 3.13` are changes.
const VERSIONS: [&str; 4] = [
    // 1.2.3 · Release v1.2.3 · prepare for the 2.0.0 release · core-1.2.3 · 发布 v1.2.3
    r"(?:(?:RELEASE|PREPARE|cut|publish|tag|version|mark|final|for|the|of|new|next|版本)[\s:-]*[\s:-])*(?:发布|发版|發布|版本)?\s*NAMEVERSION(?:\s+(?:release|released|final))?",
    // release1.2.3 · prepare1.2.4
    r"(?:RELEASE|PREPARE|version|发布)VERSION",
    // Release core 1.2.3 · Release core v1.2.3 and macros v0.4.0
    r"(?:(?:new|cut|publish|prepare)\s+)?RELEASE[\s:]+PACKAGE[\s@-]VERSION(?:(?:\s*,\s*|\s+and\s+|\s*&\s*)(?:PACKAGE[\s@-])?VERSION)*",
    // Bump to 1.2.3 · bump version 1.2.3
    r"bump[\s:]+(?:the[\s:]+)?(?:version[\s:]+)?(?:to[\s:]+)?VERSION",
];

/// Titles that may also be those of features, as in `feat: add release notes`: a type says which.
const PREPARATIONS: [&str; 13] = [
    // Bump version: 1.2.2 → 1.2.3 · Set version to 1.3.0-SNAPSHOT · update crate versions
    r"(?:bump|bumping|bumped|set|CHANGE|increment|increase|upgrade)[\s:]+(?:the\s+|all\s+|package\s+|crate\s+|project\s+|app\s+|dev\s+|development\s+|snapshot\s+)*versions?(?:\s+numbers?)?(?:[\s:]+(?:from\s+)?VERSION)?(?:[\s:]*(?:to|for|=>|->|→)?\s*VERSION)?(?:\s+(?:for|after|before)\s+(?:(?:the|next|new)\s+)*(?:RELEASE|VERSION|development)\bREST)?",
    // 升级版本号到 1.2.3
    r"(?:升级|更新|修改|升級)版本号?\s*(?:到|至|为|為)?\s*(?:VERSION)?",
    // version bump · Version Packages
    r"(?:version|release)\s+(?:bumps?|packages)(?:\s+(?:to|for)\s+VERSION)?(?:\s+\([a-z]+\))?",
    // Prepare release · prep for the next minor release · release prep
    r"PREPARE\s+(?:(?:for|to|the|a|an|next|new|upcoming|final|patch|minor|major|bugfix|stable|beta|rc|VERSION)\s+)*(?:release|releasing)(?:\s+(?:of\s+)?(?:VERSION|(?:all\s+)?(?:packages|crates|modules)))?",
    r"(?:new\s+)?release(?:s|\s+candidates?)?",
    r"(?:pre-?)?release\s+(?:prep|preparations?|preparation|commit)(?:\s+(?:for|of)\sREST)?",
    // Update CHANGELOG.md · Add release notes for 1.2.3 · changelog
    r"(?:add|write|edit|fix|generate|finali[sz]e|polish|CHANGE)[\s:]+(?:the\s+)?CHANGELOG(?:\s+(?:for|of|to|with|before|after)\sREST)?",
    r"CHANGELOG(?:\s+(?:for|of|updates?)(?:\sREST)?|\s+VERSION)?",
    r"(?:(?:add|CHANGE)\s+)?VERSION\s+CHANGELOG|更新日志|更新变更日志|更新 ?changelog",
    // Upgrade to 1.3.0-SNAPSHOT
    r"(?:bump|set|CHANGE|upgrade)\s+(?:version\s+)?(?:to\s+)?[0-9]+(?:\.[0-9]+)*-SNAPSHOT",
    // Start preparing for 1.2.4 · Start the 1.3 cycle · Prepare for developing 1.3.0
    r"(?:start|begin|open)\s+(?:preparing\s+(?:for\s+)?(?:PACKAGE\s+)?VERSION|(?:the\s+)?(?:PACKAGE\s+)?VERSION\s+(?:release\s+|development\s+)?cycle(?:,\sREST)?)|PREPARE\s+(?:for\s+)?(?:developing|the\s+development\s+of)\s+(?:PACKAGE\s+)?VERSION",
    // post-release · Prepare next development iteration · Back to development · start 1.3 development
    r"post[\s-]+release(?:[\s:]REST)?",
    r"(?:PREPARE|start|begin|open|back|return|bump)\s+(?:(?:for|to|the|next|new|VERSION)\s+)*(?:development|dev|snapshot)(?:\s+(?:iteration|version|cycle|snapshot))?(?:\s+(?:of\s+|for\s+)?VERSION)?",
];

const NAMES: [(&str, &str); 8] = [
    ("REST", "(?u:.*)"),
    ("NAME", r"(?:@?[a-z][a-z0-9_./-]*[@-])?"),
    ("PACKAGE", r"[`'\x22]?@?[a-z][a-z0-9_./-]*[`'\x22]?"),
    ("VERSION", r"[`'\x22]?v?[0-9]+(?:\.[0-9]+){1,4}(?:[-.+]?[0-9a-z][0-9a-z.+-]*)?[`'\x22]?"),
    ("RELEASE", r"(?:release|releases|releasing|released)"),
    ("PREPARE", r"(?:prepare|prepares|prepared|preparing|prep)"),
    (
        "CHANGELOG",
        r"(?:change-?log|release[\s-]*notes?|news)(?:\.(?:md|rst|txt|adoc))?(?:\s+(?:entry|entries|file))?",
    ),
    ("CHANGE", r"(?:change|update|updates|updated|updating|adjust|tweak)"),
];

/// The expression for titles that name nothing but a version.
pub(super) fn version() -> String {
    expression(&VERSIONS)
}

/// The expression for titles that prepare a release or the time after it.
pub(super) fn preparation() -> String {
    expression(&PREPARATIONS)
}

/// The expression for titles of these forms, with or without emoji before them.
fn expression(forms: &[&str]) -> String {
    let mut forms = forms.join("|");
    for (name, expression) in NAMES {
        forms = forms.replace(name, expression);
    }
    let emoji = r"(?:(?:(?u:[\u{2300}-\u{2bff}\u{1f000}-\u{1faff}\u{fe0f}\u{200d}])|:[a-z0-9_]+:)\s*)*";
    // Names and numbers are ASCII: compiling Unicode classes would take longer than reading a small window.
    format!(r"(?i-u)^{emoji}(?:{forms})(?:\s*\[(?:skip ci|ci skip)\])?[\s.!]*(?:🚀|🎉|✨)?$")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(expression: String) -> impl Fn(&str) -> bool {
        let regex = regex::Regex::new(&expression).unwrap();
        move |title| regex.is_match(title)
    }

    #[test]
    fn versions_alone_are_recognised() {
        let is_version = matches(version());
        for title in [
            "1.2.3",
            "v1.2",
            "Release v1.2.3",
            "release: 1.2.3-rc.1",
            "🔖 v1.2.3",
            ":bookmark: Release 1.2.3",
            "🚀 Release v1.2.3 🎉",
            "Bump version to 1.2.3",
            "Bump to 7.0.8.7",
            "Prepare release 2.0.0.",
            "prepare for the 2.0.0 release",
            "ignore-0.4.22",
            "release @scope/pkg@1.0.0",
            "2.0.0.beta1",
            "release5.8.43",
            "🐢prepare5.8.44",
            "☃️release 5.8.17",
            "Release axum v0.8.8 and axum-extra v0.12.3",
            "Release @google-cloud/storage v2.0.1",
            "Release 'google-cloud-bigquery' 1.14.0.",
            "Prep bigquery-0.25.0 release.",
            "发布 v1.2.3",
            "版本 1.2.3",
        ] {
            assert!(is_version(title), "{title}");
        }
        for title in ["Update changelog", "version bump", "Bump serde to 1.2.3", "Release the lock in 1.2.3"]
        {
            assert!(!is_version(title), "{title}");
        }
    }

    #[test]
    fn preparations_are_recognised() {
        let is_preparation = matches(preparation());
        for title in [
            "Bump version: 1.2.2 → 1.2.3",
            "bump crate versions",
            "bump version for the next release",
            "version bump",
            "Version Packages (beta)",
            "Set version to 1.3.0-SNAPSHOT",
            "update version number to 1.2.3",
            "Preparing for the next minor release",
            "release prep",
            "Release",
            "New release candidates",
            "Update changelog",
            "Update CHANGELOG.md for v1.2.3",
            "Add release notes for 1.2.3",
            "changelog for 1.2.3",
            "1.2.3 changelog",
            "Add 1.2.3 release notes",
            "prepare for next development iteration",
            "Start 1.3.0 development",
            "Back to development",
            "post-release version bump",
            "升级版本号到 1.2.3",
            "更新日志",
            "Start preparing for 2.54.1",
            "Start Git 2.56 cycle",
            "Start 2.52 cycle, the first batch",
            "Prepare for developing Halo 2.9.0",
            "Preparing for a release of all packages.",
            "Upgrade to 2.4.0-SNAPSHOT",
        ] {
            assert!(is_preparation(title), "{title}");
        }
    }

    #[test]
    fn changes_are_neither() {
        let (is_version, is_preparation) = (matches(version()), matches(preparation()));
        for title in [
            "Bump serde to 1.2.3",
            "bump lodash-4.17.21",
            "bump serde from 1.2.2 to 1.2.3",
            "Python 3.13",
            "Support 1.2.3",
            "Release the lock in 1.2.3",
            "Start the 1.2 server",
            "Start the cycle again",
            "Upgrade to Spring 2.4.0",
            "Prepare 3.13 support",
            "Release notes in the sidebar",
            "revert release 1.2.3 of the parser",
            "2 fixes",
            "Update the version of the protocol",
            "Update versions for the new API",
            "Add a changelog page",
            "Fix the changelog parser",
            "Prepare statements before release of the lock",
            "Start the development server",
            "发布功能",
            "",
        ] {
            assert!(!is_version(title) && !is_preparation(title), "{title}");
        }
    }
}
