//! Tests of all formats on sample notes.

use serde_json::Value;

use std::io;

use super::*;
use crate::model::{Notes, Release};

fn sample_rendered(options: &Options) -> String {
    rendered(&sample::notes(), options)
}

fn rendered(notes: &Notes, options: &Options) -> String {
    let mut out = Vec::new();
    render(notes, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn custom(source: &str) -> Result<String, Error> {
    let template = Template { name: "notes.tera".into(), source: source.into() };
    let mut out = Vec::new();
    render(&sample::notes(), &Options { template: Some(template), ..Options::default() }, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn changelog_section_has_a_heading_with_version_link_and_date() {
    let notes = sample::notes();
    let heading = |release: &Release| {
        section(release, &notes, &Options::default()).unwrap().lines().next().unwrap().to_owned()
    };
    let mut release = notes.releases[0].clone();
    assert_eq!(heading(&release), "## [1.3.0](https://github.com/o/r/compare/v1.2.0...v1.3.0) - 2026-01-31");
    assert_eq!(heading(&notes.releases[1]), "## [1.2.0] - 2026-01-17");
    (release.version, release.date) = (None, None);
    assert_eq!(heading(&release), "## [Unreleased]");
}

#[test]
fn changelog_section_is_markdown() {
    let notes = sample::notes();
    let text = section(&notes.releases[0], &notes, &Options { hashes: false, ..Options::default() }).unwrap();
    let body = text.split_once("\n\n").unwrap().1;
    assert_eq!(
        body,
        "### Database migrations\n\n- `db/V7__add_orders.sql`\n- `db/V8__index.sql`\n\n\
         ### Breaking changes\n\n- **api:** drop `v1`\n\n  Call `v2` instead.\n\n  It takes the same values.\n\n\
         ### Features\n\n- \\[frontend\\] **web:** show \\<T> as it is ([#12](https://github.com/o/r/pull/12))\n\n\
         ### Bug fixes\n\n- a \\* b_c\n"
    );
}

#[test]
fn release_has_no_heading_and_ends_with_the_comparison_link() {
    let mut notes = sample::notes();
    notes.releases.truncate(1);
    let text = rendered(&notes, &Options::new(Format::Release));
    assert!(text.starts_with("### Database migrations\n"), "{text}");
    assert!(text.contains("\n- Bob (first contribution)\n"));
    let end = "\n\nFull changes: [v1.2.0...v1.3.0](https://github.com/o/r/compare/v1.2.0...v1.3.0)\n";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn keep_a_changelog_has_its_own_headings_and_labels_breaking_changes() {
    let text = sample_rendered(&Options::new(Format::KeepAChangelog));
    let headings: Vec<_> = text.lines().filter(|line| line.starts_with("### ")).collect();
    assert_eq!(headings, ["### Added", "### Fixed"]);
    assert!(text.contains("\n- **Breaking:** **api:** drop `v1`\n"));
}

#[test]
fn no_format_has_superfluous_whitespace() {
    for format in Format::ALL.iter().copied() {
        for contributors in [true, false] {
            let text = sample_rendered(&Options { contributors, ..Options::new(format) });
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{} ends wrong", format.name());
            assert!(!text.starts_with('\n'), "{} starts wrong", format.name());
            assert!(
                text.lines().all(|line| line.trim_end() == line),
                "{} has trailing spaces:\n{text}",
                format.name()
            );
            let too_many = if format == Format::Terminal { "\n\n\n\n" } else { "\n\n\n" };
            assert!(!text.contains(too_many), "{} has a double blank line:\n{text}", format.name());
        }
    }
}

#[test]
fn json_form_has_all_fields() {
    let json: Value = serde_json::from_str(&sample_rendered(&Options::new(Format::Json))).unwrap();
    let release = &json["releases"][1];
    let keys: Vec<_> = release.as_object().unwrap().keys().collect();
    let mut expected = vec![
        "version",
        "tag",
        "commit",
        "date",
        "ends",
        "prerelease",
        "environments",
        "base",
        "bump",
        "compare_url",
        "sections",
        "contributors",
        "attention",
        "commits",
        "statistics",
        "package",
        "rollback",
        "prereleases",
        "range",
        "within",
        "skipped",
        "summary",
        "highlights",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(release["base"], Value::Null);
    let release = &json["releases"][0];
    assert_eq!(release["commit"], "09".repeat(20));
    assert_eq!(release["attention"][0]["title"], "Database migrations");
    assert_eq!(release["sections"][1]["changes"][0]["authors"][0]["login"], "ann");
    assert_eq!(release["sections"][1]["changes"][0]["pull_request"]["number"], 12);
    assert_eq!(release["commits"][0]["outcome"], "listed");
    assert!(!json.to_string().contains("@example.org"), "email addresses must not be published");
}

#[test]
fn terminal_text_is_the_same_without_colour() {
    let plain = sample_rendered(&Options::new(Format::Terminal));
    let coloured = sample_rendered(&Options { colour: true, ..Options::new(Format::Terminal) });
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
    let codes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    assert_eq!(codes.replace_all(&coloured, ""), plain);
}

#[test]
fn terminal_wraps_wide_characters_by_their_width() {
    let mut notes = sample::notes();
    notes.releases[0].sections[2].changes[0].title = "修正登入流程".repeat(20);
    let text = rendered(&notes, &Options::new(Format::Terminal));
    assert!(text.contains("\n    修") || text.contains("\n    正") || text.contains("\n    流"), "{text}");
    assert!(text.lines().all(|line| textwrap::core::display_width(line) <= 80));
}

#[test]
fn slack_message_is_cut_at_the_limits_and_counts_omitted_entries() {
    let mut notes = sample::notes();
    let changes = &mut notes.releases[0].sections[1].changes;
    *changes = vec![crate::model::Change { title: "<".repeat(150), ..changes[0].clone() }; 3_000];
    let json: Value = serde_json::from_str(&rendered(&notes, &Options::new(Format::Slack))).unwrap();
    let blocks = json["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    for text in blocks.iter().filter_map(|block| block["text"]["text"].as_str()) {
        assert!(text.chars().count() <= 3_000 && !text.is_empty());
    }
    assert!(
        blocks
            .iter()
            .any(|block| block["text"]["text"].as_str().is_some_and(|text| text.starts_with("… and ")))
    );
}

#[test]
fn rollback_has_a_notice_in_every_format() {
    let mut notes = sample::notes();
    notes.releases[0].rollback = true;
    notes.releases[0].version = Some(crate::model::Version::new(1, 1, 0));
    for format in
        [Format::Markdown, Format::Release, Format::Text, Format::Html, Format::Terminal, Format::Slack]
    {
        let text = rendered(&notes, &Options::new(format));
        assert!(text.contains("Rolling back from 1.2.0 to 1.1.0 loses these changes:"), "{}", format.name());
    }
}

#[test]
fn open_fence_in_a_note_is_closed() {
    let mut notes = sample::notes();
    notes.releases[0].sections[0].changes[0].breaking_note = Some("Run\n\n```sh\nmv a b\n\n# Heading".into());
    let text = rendered(&notes, &Options::default());
    assert!(text.contains("  Run\n\n  ```\n  mv a b\n\n  # Heading\n  ```\n\n### Features\n"), "{text}");
}

#[test]
fn custom_template_is_escaped_unless_marked_safe() {
    let source = "{% for r in releases %}{% for s in r.sections %}{% for c in s.changes %}{{ c.title }};{% endfor %}\
                  {% endfor %}{% endfor %}";
    assert_eq!(custom(source).unwrap(), r"drop `v1`;show \<T> as it is;a \* b_c;");
    assert_eq!(custom("{{ t.features }} {{ releases[0].commits | length }}").unwrap(), "Features 3");
}

#[test]
fn template_syntax_in_a_subject_is_not_rendered() {
    let mut notes = sample::notes();
    notes.releases[0].sections[2].changes[0].title = "{{ 1 + 1 }}{% include 'x' %}".into();
    for format in [Format::Markdown, Format::Text, Format::Terminal] {
        assert!(rendered(&notes, &Options::new(format)).contains("{{ 1 + 1 }}{% include 'x' %}"));
    }
}

#[test]
fn template_error_has_location_and_name() {
    let error = custom("# a\n{{ releases[0].versio }}").unwrap_err();
    assert_eq!(error.to_string(), "notes.tera:2:16: `versio` is not defined");
    assert!(error.hint().is_some());
    let error = custom("{% for x in %}").unwrap_err();
    assert!(error.to_string().starts_with("notes.tera:1:"), "{error}");
    let error = custom("{{ t.fixes | nosuch }}").unwrap_err();
    assert!(error.to_string().contains("nosuch"), "{error}");
}

#[test]
fn built_in_templates_work_as_custom_templates() {
    for format in [Format::Markdown, Format::Release, Format::Text, Format::Html, Format::Debian, Format::Rpm]
    {
        let (name, source) = template::source(format);
        let template = Template { name: name.into(), source: source.into() };
        check(&template, &[], &Options::new(format)).unwrap();
    }
}

#[test]
fn debian_and_rpm_entries_follow_their_syntax() {
    let mut notes = sample::notes();
    notes.releases.truncate(1);
    notes.releases[0].sections.truncate(2);
    notes.releases[0].sections.remove(0);
    notes.releases[0].sections[0].changes[0].title = "save 5%".into();
    notes.repository.name = Some("My_Tool".into());
    assert_eq!(
        rendered(&notes, &Options::new(Format::Debian)),
        "my-tool (1.3.0) unstable; urgency=medium\n\n  [ Features ]\n  * [frontend] web: save 5% (#12)\n\n \
         -- Ann <ann@example.org>  Sat, 31 Jan 2026 00:00:00 +0000\n"
    );
    assert_eq!(
        rendered(&notes, &Options::new(Format::Rpm)),
        "* Sat Jan 31 2026 Ann <ann@example.org> - 1.3.0\n- [frontend] web: save 5%% (#12)\n"
    );
}

#[test]
fn streamed_notes_equal_rendered_notes() {
    let options = Options::new(Format::Json);
    let notes = sample::notes();
    let head = Notes { releases: Vec::new(), ..notes.clone() };
    let mut out = Vec::new();
    let mut parts = notes.releases.iter().map(|release| part(release, &options));
    stream(&head, &mut parts, &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), sample_rendered(&options));

    let fault = || Err(Error::Write(io::Error::other("a damaged tree")));
    let mut parts = notes
        .releases
        .iter()
        .map(|release| part(release, &options))
        .take(1)
        .chain(std::iter::once_with(fault));
    let error = stream(&head, &mut parts, &mut Vec::new()).unwrap_err();
    assert!(format!("{error:?}").contains("a damaged tree"));
}
