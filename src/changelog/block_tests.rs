//! Property tests of insertion into documents with open blocks: the section is found exactly once, and nothing is lost.

use proptest::prelude::*;

use super::*;
use crate::model::{Scheme, Version};

/// Lines that open, close or continue blocks.
const LINES: &[&str] = &[
    // HTML blocks of the kinds 1 to 7 of CommonMark 0.31.2 §4.6, open and closed.
    "<pre>",
    "</pre>",
    "<script>",
    "</script>",
    "<style>x",
    "</style>",
    "<textarea>",
    "</textarea>",
    "<!-- open",
    "-->",
    "<!-- closed -->",
    "<!-- a --> b",
    "--> c",
    "<?php",
    "?>",
    "<!DOCTYPE html",
    ">",
    "<![CDATA[",
    "]]>",
    "<details>",
    "</details>",
    "<summary>x</summary>",
    "<div",
    "</div>",
    "<table>",
    "<hr>",
    "<b>",
    "</b>",
    "<x-y a='b'>",
    "<a name=\"1.0.0\"></a>",
    "<a name=\"x\"></a>",
    " <!-- a",
    "   <pre>",
    // Fences.
    "```",
    "~~~",
    "````",
    "```md",
    "~~~~~",
    " ```",
    "   ~~~",
    "``` `",
    "    ```",
    // Containers with lazy continuation.
    "- a",
    "- ",
    "1. a",
    "> a",
    ">",
    "> ```",
    "- ```",
    "- <!-- a",
    "> <pre>",
    "  b",
    "    code",
    "\tcode",
    "* * *",
    "> ## 2.1.0",
    "- ## 2.2.0",
    "+ <div>",
    "10) x",
    // Tables, definitions, rules, underlines, front matter.
    "a | b",
    "--- | ---",
    "| :-: |",
    "[1.0.0]: https://example.org/1",
    "[x]: <y",
    "[x]:",
    "[Unreleased]: https://example.org/compare/v1.0.0...HEAD",
    "[^1]: note",
    "---",
    "===",
    "-",
    "=",
    "+++",
    "title: x",
    "text",
    "\\",
    "*",
    "&lt;!--",
    "[",
    "`",
    "``",
    // Headings in unusual forms.
    "# Changelog",
    "## 1.0.0",
    "## [1.0.0] - 2026-01-01",
    "##1.0.0",
    "## 1.0.0 ##",
    "##\t3.0.0",
    "   ## 1.2.0",
    "    ## 1.3.0",
    "### 1.0.1",
    "### [1.0.1](u) (d)",
    "# 2.0.0",
    "####### 1.0.0",
    "## **1.4.0**",
    "## __1.4.1__",
    "## `1.4.2`",
    "## \\[1.4.3\\]",
    "## [1\\.4\\.4]",
    "## <small>1.4.5</small>",
    "## Unreleased",
    "## [Unreleased]",
    "1.5.0",
    "v1.6.0 (2026-01-01)",
    "## pkg@1.0.0",
    "## 1.0",
    "## \u{feff}1.7.0",
    "##\u{2028}1.8.0",
    "## 1.9.0\u{2028}x",
    "## 1.9.1\0",
    "## \u{ff11}.0.0",
    "#",
    "##",
    // Markers, valid and invalid.
    "<!-- tidings 0123456789abcdef -->",
    " <!-- tidings 0123456789abcdef -->",
    "<!-- tidings -->",
    // Characters that some parsers treat as line ends or white space.
    "\u{2028}",
    "\u{2029}",
    "\u{85}",
    "\u{b}",
    "\u{c}",
    "\0",
    "\u{feff}",
    "\u{a0}",
    "  ",
    "\t",
    "",
    "",
    "",
    "",
];

const SECTIONS: &[&str] = &[
    "- x",
    "### Fixed\n\n- x",
    "<details>\n\n- x",
    "<details>",
    "```\nopen",
    "  ~~~\n  open",
    "<!-- open",
    "<script>\nx",
    "<!-- a\n-->\n<pre>",
    "- a\n  ```\n  b",
    "> <!-- a",
    "text\n---\nmore",
    "[x]: y",
    "- x\n\n      code",
    "a\r\rb\rc",
    "## 1.0.0-x.1\n\n- x",
    "x\u{2028}",
    "\0",
    "<!-- tidings 0123456789abcdef -->",
];

fn document() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        8 => prop::sample::select(LINES).prop_map(str::to_owned),
        1 => "[-#>`~<!?\\[\\]:=|*+.a 0-9\t]{0,6}",
    ];
    let end = prop_oneof![12 => Just("\n"), 4 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\n")];
    let lines = prop::collection::vec((line, end), 0..14);
    (lines, prop_oneof![4 => Just(""), 1 => Just("\u{feff}")], any::<bool>()).prop_map(
        |(lines, bom, closed)| {
            let mut text = bom.to_owned();
            for (line, end) in lines {
                text.push_str(&line);
                text.push_str(end);
            }
            if !closed {
                text.truncate(text.trim_end_matches(['\r', '\n']).len());
            }
            text
        },
    )
}

/// Well-formed sections, so that insertion in the middle is common, mixed with arbitrary blocks.
fn mixed() -> impl Strategy<Value = String> {
    let tidy = prop::sample::select(
        &["## 3.0.0\n- x\n", "\n## 2.0.0\n\n- x\n", "## [1.0.0]\n", "## 1.0.0\n- a\n- b\n", ""][..],
    );
    prop::collection::vec((document(), tidy), 1..4)
        .prop_map(|parts| parts.into_iter().flat_map(|(blocks, tidy)| [blocks, tidy.to_owned()]).collect())
}

/// Whether `new` contains all characters of `old` except white space, in the same order.
fn contains_all(new: &str, old: &str) -> bool {
    let mut new = new.chars();
    old.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').all(|c| new.any(|other| other == c))
}

fn versions_in(text: &str, options: &Options) -> Vec<Option<Version>> {
    versions(text, options).into_iter().map(|heading| heading.version).collect()
}

/// Inserts a section twice; returns whether it was inserted at all.
fn try_twice(
    text: &str,
    version: Option<&str>,
    body: &str,
    options: &Options,
) -> Result<bool, TestCaseError> {
    let parsed = version.map(|name| Version::parse(name, &Scheme::SemVer).unwrap());
    let markdown =
        format!("## [{}](https://example.org) - 2026-02-03\n\n{body}\n", version.unwrap_or("Unreleased"));
    let url = "https://example.org/o/r/compare/a...b";
    let tag = version.map(|name| format!("v{name}"));
    let entry = ReleaseSection {
        version: parsed.as_ref(),
        markdown: &markdown,
        tag: tag.as_deref(),
        url: Some(url),
        ..ReleaseSection::default()
    };
    let before = versions_in(text, options);
    let once = match insert(text, &entry, options) {
        Ok(once) => once,
        Err(hidden) => {
            prop_assert!(!hidden.to_string().is_empty());
            return Ok(false);
        }
    };
    let after = versions_in(&once.text, options);
    let count = |all: &[Option<Version>]| all.iter().filter(|it| **it == parsed).count();
    match once.status {
        InsertStatus::Added => {
            prop_assert_eq!(count(&before), 0);
            let rest = |all: &[Option<Version>]| -> Vec<_> {
                all.iter().filter(|it| **it != parsed).cloned().collect()
            };
            prop_assert_eq!(count(&after), 1, "{:?}\n{}", text, once.text);
            // Inserting the highest version removes our "Unreleased".
            let is_superseded = version.is_some() && count_unreleased(&after) < count_unreleased(&before);
            if is_superseded {
                prop_assert_eq!(count_unreleased(&after) + 1, count_unreleased(&before));
                let released =
                    |all: &[Option<Version>]| -> Vec<_> { all.iter().flatten().cloned().collect() };
                prop_assert_eq!(released(&rest(&after)), released(&before));
            } else {
                prop_assert_eq!(rest(&after), before, "{:?}\n{}", text, &once.text);
                prop_assert!(contains_all(&once.text, &without_links(text)), "{:?}\n{}", text, once.text);
            }
        }
        InsertStatus::Created => prop_assert_eq!(after, vec![parsed.clone()]),
        InsertStatus::Replaced => prop_assert_eq!(count(&after), count(&before), "{:?}\n{}", text, once.text),
        InsertStatus::Unchanged | InsertStatus::KeptEdited | InsertStatus::KeptForeign => {
            prop_assert_eq!(&once.text, text)
        }
    }
    let twice = insert(&once.text, &entry, options);
    let twice = twice.map_err(|hidden| TestCaseError::fail(format!("{hidden}\n{text:?}\n{}", once.text)))?;
    prop_assert_eq!(&twice.text, &once.text, "{:?}", text);
    if matches!(once.status, InsertStatus::Added | InsertStatus::Created | InsertStatus::Replaced) {
        prop_assert_eq!(twice.status, InsertStatus::Unchanged, "{:?}\n{}", text, once.text);
    }
    Ok(true)
}

fn count_unreleased(all: &[Option<Version>]) -> usize {
    all.iter().filter(|it| it.is_none()).count()
}

/// The text without the definition of `[Unreleased]`, whose base changes.
fn without_links(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.contains("nreleased]")).collect()
}

fn options() -> impl Strategy<Value = Options> {
    (any::<bool>(), any::<bool>()).prop_map(|(replace, definitions)| Options {
        replace,
        definitions,
        ..Options::default()
    })
}

proptest! {
    #[test]
    fn section_is_found_once_after_any_blocks(
        text in prop_oneof![document(), mixed()],
        version in prop::sample::select(&[Some("2.5.0"), Some("9.0.0"), Some("0.0.1"), Some("1.0.0"), None][..]),
        body in prop::sample::select(SECTIONS),
        options in options(),
    ) {
        try_twice(&text, version, body, &options)?;
    }

    #[test]
    fn sections_of_several_versions_are_all_found(text in mixed(), body in prop::sample::select(SECTIONS)) {
        let options = Options::default();
        let mut text = text;
        for version in [None, Some("2.5.0"), Some("0.1.0"), Some("9.0.0"), Some("2.4.9")] {
            if !try_twice(&text, version, body, &options)? {
                return Ok(());
            }
            let parsed = version.map(|name| Version::parse(name, &Scheme::SemVer).unwrap());
            let name = version.unwrap_or("Unreleased");
            let markdown = format!("## [{name}]\n\n{body}\n");
            let entry = ReleaseSection { version: parsed.as_ref(), markdown: &markdown, tag: None, url: None, ..ReleaseSection::default() };
            let Ok(inserted) = insert(&text, &entry, &options) else { return Ok(()) };
            text = inserted.text;
        }
    }

    #[test]
    fn open_block_in_the_header_does_not_hide_a_section(header in document(), body in prop::sample::select(SECTIONS)) {
        let version = Version::new(7, 7, 7);
        let markdown = format!("## 7.7.7\n\n{body}\n");
        let entry = ReleaseSection { version: Some(&version), markdown: &markdown, tag: None, url: None, ..ReleaseSection::default() };
        let options = Options::default();
        if let Ok(text) = create(&header, &[entry], &options) {
            let count = versions_in(&text, &options).iter().filter(|it| it.as_ref() == Some(&version)).count();
            prop_assert_eq!(count, 1, "{}", text);
            prop_assert_eq!(insert(&text, &entry, &options).map(|inserted| inserted.text).ok(), Some(text));
        }
    }
}
