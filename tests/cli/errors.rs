//! Invalid input: the error, the hint and the exit code.

use super::support::{Commit, Ran, Repo, set};

fn released() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0").commit("feat: second");
    repo
}

/// Asserts that a run failed with this code, printed no result, and reported these words.
fn assert_fails(ran: &Ran, status: i32, words: &[&str]) {
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(status), ""), "{}", ran.snapshot());
    for word in words {
        assert!(ran.stderr.contains(word), "`{word}` is not in stderr: {}", ran.snapshot());
    }
}

/// The finding with this name from `check --format json`.
fn finding<'v>(report: &'v serde_json::Value, name: &str) -> &'v serde_json::Value {
    let found = report["findings"].as_array().unwrap().iter().find(|it| it["name"] == name);
    found.unwrap_or_else(|| panic!("no finding `{name}` in {report:#}"))
}

fn report(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.snapshot()))
}

#[test]
fn folder_without_repository_is_an_error() {
    let repo = Repo::new();
    let home = repo.home().display().to_string();
    assert_fails(&repo.run(&["--repo", &home, "notes"]), 3, &["no git repository", &home, "--repo"]);
}

#[test]
fn repository_without_commits_is_an_error() {
    for args in [&["notes"][..], &["notes", "--all"], &["next"], &["changelog"], &[]] {
        assert_fails(&Repo::new().run(args), 3, &["has no commits", "Hint: "]);
    }
}

#[test]
fn unknown_revision_is_an_error() {
    let repo = released();
    assert_fails(&repo.run(&["notes", "nowhere"]), 3, &["no such revision: `nowhere`", "Hint: "]);
    assert_fails(&repo.run(&["notes", "v1.0.0..nowhere"]), 3, &["`nowhere`"]);
    assert_fails(
        &repo.run(&["notes", "v9.0.0"]),
        3,
        &["no tag found for version", "9.0.0", "--as", "v1.0.0"],
    );
}

#[test]
fn environment_without_tags_is_an_error() {
    let repo = released();
    repo.write("tidings.toml", "environments = [\"staging\", \"prod\"]\n");
    let words = &["no version is tagged for the environment `prod`", "v1.2.0-prod", "--environment prod"];
    for args in [&["notes", "prod..HEAD"][..], &["preview", "prod"]] {
        assert_fails(&repo.run(args), 3, words);
    }
}

#[test]
fn deepen_completes_a_shallow_clone() {
    let repo = released();
    repo.commit("fix: third");
    let shallow = repo.shallow_clone(1);
    assert_fails(&shallow.run(&["notes"]), 3, &["shallow", "Hint: ", "--deepen", "fetch-depth: 0"]);
    assert_fails(&shallow.run(&["check"]), 3, &["shallow", "--deepen"]);
    let release = shallow.release(&["--deepen"]);
    assert_eq!((release.base(), release.subjects()), ("v1.0.0", set(&["feat: second", "fix: third"])));
    // The repair is permanent.
    assert_eq!(shallow.release(&[]).base(), "v1.0.0");
}

#[test]
fn failed_fetch_names_the_remote() {
    let repo = released();
    assert_fails(&repo.run(&["--deepen", "notes"]), 3, &["git fetch", "origin"]);
}

#[test]
fn missing_tags_are_a_warning() {
    let repo = Repo::new();
    repo.commit("feat: first");
    let ran = repo.run(&["notes", "--format", "json"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stderr.starts_with("Warning: no version is tagged"), "{}", ran.snapshot());
    assert_eq!(repo.run(&["--quiet", "notes"]).stderr, "");
    assert_fails(&repo.run(&["notes", "--latest"]), 3, &["no tagged version", "git fetch --tags"]);
}

#[test]
fn tag_pattern_without_match_lists_existing_tags() {
    let repo = released();
    repo.write("tidings.toml", "tag_pattern = \"release-{version}\"\n");
    assert_fails(&repo.run(&["notes"]), 3, &["tag pattern", "`v1.0.0`", "tag_pattern"]);
}

#[test]
fn invalid_tag_pattern_is_a_configuration_error() {
    let repo = released();
    repo.write("tidings.toml", "tag_pattern = \"release-*\"\n");
    assert_fails(&repo.run(&["notes"]), 2, &["release-*"]);
}

#[test]
fn toml_syntax_error_reports_line_and_column() {
    let repo = released();
    repo.write("tidings.toml", "locale = \"en\"\nsort = = \n");
    assert_fails(&repo.run(&["notes"]), 2, &["tidings.toml", "2:8"]);
}

#[test]
fn unknown_key_suggests_the_nearest_key() {
    let repo = released();
    repo.write("tidings.toml", "locale = \"en\"\ntag_patern = \"v{version}\"\n");
    assert_fails(&repo.run(&["notes"]), 2, &["tidings.toml", "tag_patern", "tag_pattern", "2:1"]);
}

#[test]
fn invalid_value_reports_its_location() {
    let repo = released();
    repo.write(
        "tidings.toml",
        "[[rules]]\nhide = true\n\n[[rules]]\ntypes = [\"feat\"]\nsection = \"featurs\"\n",
    );
    insta::assert_snapshot!(repo.run(&["notes"]).snapshot(), @r#"
    status: 2
    ----- stderr -----
    Error: tidings.toml:6:11: rule 2: names the section `featurs`, which is not defined
      6 | section = "featurs"
        |           ^^^^^^^^^
    Hint: did you mean `features`?
    "#);
    repo.write("tidings.toml", "[[rules]]\ntitle = \"(\"\nhide = true\n");
    assert_fails(&repo.run(&["notes"]), 2, &["tidings.toml:2:9", "not a valid regular expression"]);
}

#[test]
fn invalid_pattern_reports_its_location_for_every_key() {
    let repo = released();
    repo.write("tidings.toml", "[[links]]\npattern = \"(\"\nurl = \"x\"\n");
    insta::assert_snapshot!(repo.run(&["notes"]).snapshot(), @r#"
    status: 2
    ----- stderr -----
    Error: tidings.toml:2:11: link 1: `(` is not a valid regular expression: unclosed group
      2 | pattern = "("
        |           ^^^
    "#);
    let repo = released();
    repo.write("package.json", "{\n  \"tidings\": { \"lint\": { \"ticket\": \"(\" } }\n}\n");
    assert_fails(
        &repo.run(&["notes"]),
        2,
        &["package.json:2:36: `lint.ticket`: `(` is not a valid regular expression"],
    );
    let repo = released();
    let mut command = repo.tidings(&["notes"]);
    command.env("TIDINGS_LINT__TICKET", "(");
    assert_fails(
        &repo.run_command(command),
        2,
        &["`TIDINGS_LINT__TICKET`: `(` is not a valid regular expression"],
    );
}

#[test]
fn missing_configuration_file_is_named() {
    assert_fails(&released().run(&["--config", "missing.toml", "notes"]), 2, &["missing.toml"]);
}

#[test]
fn template_error_reports_file_line_and_name() {
    let repo = released();
    repo.write("my.tera", "one\n{{ verson }}\n");
    let ran = repo.run(&["notes", "--template", "my.tera"]);
    assert_fails(&ran, 2, &["my.tera:2:4: `verson` is not defined", "`tidings context`"]);
    for (template, words) in [
        ("{{ 1 }}\n{{ releases | nope }}", "my.tera:2:15: unknown filter `nope`"),
        ("{{ 1 }}\n{% include \"no.tera\" %}", "my.tera:2:12: unknown template `no.tera`"),
    ] {
        repo.write("my.tera", template);
        assert_fails(&repo.run(&["notes", "--template", "my.tera"]), 2, &[words]);
    }
    repo.write("my.tera", "one\ntwo\n{% for x %}\n");
    assert_fails(&repo.run(&["notes", "--template", "my.tera"]), 2, &["my.tera:3"]);
    assert_fails(&repo.run(&["notes", "--template", "missing.tera"]), 2, &["missing.tera"]);
}

#[test]
fn unwritable_output_file_is_named() {
    let repo = released();
    assert_fails(
        &repo.run(&["notes", "--output", "nowhere/notes.md"]),
        2,
        &["cannot write `nowhere/notes.md`"],
    );
    std::fs::create_dir(repo.dir().join("folder")).unwrap();
    assert_fails(&repo.run(&["notes", "--output", "folder"]), 2, &["cannot write `folder`"]);
}

#[test]
fn output_file_is_kept_when_rendering_fails() {
    let repo = released();
    repo.write("notes.md", "old\n");
    assert_fails(&repo.run(&["notes", "nowhere", "--output", "notes.md"]), 3, &["nowhere"]);
    assert_eq!(repo.read("notes.md"), "old\n");
    assert_eq!(repo.run(&["notes", "--output", "notes.md"]).status, Some(0));
    assert!(repo.read("notes.md").contains("second"));
    let left: Vec<_> = std::fs::read_dir(repo.dir()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn unknown_format_locale_or_option_is_a_usage_error() {
    let repo = released();
    assert_fails(&repo.run(&["notes", "--format", "markdwon"]), 2, &["markdwon", "markdown"]);
    assert_fails(&repo.run(&["notes", "--locale", "xx"]), 2, &["xx"]);
    assert_fails(&repo.run(&["notes", "--nonsense"]), 2, &["--nonsense"]);
    assert_fails(&repo.run(&["notes", "v1.0.0", "--as", "v1.1.0"]), 2, &["--as"]);
    assert_fails(&repo.run(&["--package", "unknown", "notes"]), 2, &["unknown"]);
}

#[test]
fn non_utf_8_message_is_linted() {
    let repo = released();
    let ran = repo.run_with_input(&["check", "--message", "-", "--format", "json"], b"feat: caf\xe9\n");
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert_eq!(finding(&report(&ran), "encoding")["level"], "warning");
    assert_eq!(repo.run_with_input(&["check", "--message", "-"], "feat: cafe\n").status, Some(0));
    assert_eq!(repo.run_with_input(&["check", "--message", "-"], "no type\n").status, Some(1));
    assert_fails(&repo.run(&["check", "--message", "missing"]), 2, &["cannot read `missing`"]);
}

#[test]
fn non_utf_8_commit_is_linted() {
    let repo = released();
    repo.commit(Commit::new(b"feat: caf\xe9".as_slice()));
    assert_eq!(repo.run(&["check"]).status, Some(0), "{}", repo.run(&["check"]).snapshot());
}

#[test]
fn invalid_version_is_an_error() {
    let repo = released();
    for text in ["1.2", "v1.2.x", "latest", "1.2.3.4", "01.2.3"] {
        assert_fails(&repo.run(&["notes", "--as", text]), 2, &[text, "not a valid version", "Hint: "]);
        assert_fails(&repo.run(&["changelog", "--as", text, "--write"]), 2, &[text, "not a valid version"]);
        assert!(!repo.dir().join("CHANGELOG.md").exists());
    }
}

#[test]
fn invalid_version_is_a_finding_of_check() {
    let ran = released().run(&["check", "1.2", "--format", "json"]);
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    assert_eq!(finding(&report(&ran), "version")["level"], "error");
}

#[test]
fn version_that_cannot_be_next_needs_no_changelog_section() {
    let repo = released();
    repo.write("CHANGELOG.md", "# Changelog\n");
    let names = |args: &[&str]| {
        let report = report(&repo.run(args));
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(!names(&["check", "0.9.0", "--format", "json"]).contains(&"changelog".to_owned()));
    for args in [
        &["check", "1.1.0", "--format", "json"][..],
        &["check", "0.9.0", "--allow", "order", "--format", "json"],
    ] {
        assert!(names(args).contains(&"changelog".to_owned()), "{args:?}");
    }
}

#[test]
fn non_conventional_messages_are_listed() {
    let repo = released();
    for number in 1..=5 {
        repo.commit(format!("Number {number}").as_str());
    }
    let text =
        |args: &[&str]| finding(&report(&repo.run(args)), "messages")["message"].as_str().unwrap().to_owned();
    let short = text(&["check", "--format", "json"]);
    assert!(short.starts_with("5 of 6 messages are not conventional:\n    "), "{short}");
    assert!(short.contains("`Number 3`") && !short.contains("`Number 2`"), "{short}");
    assert!(short.ends_with("\n    and 2 more (--verbose lists them)"), "{short}");
    assert!(text(&["-v", "check", "--format", "json"]).ends_with("`Number 1`"));
}

#[test]
fn change_claimed_by_two_sections_is_a_warning() {
    let repo = released();
    repo.commit("feat(ui): third");
    let rules = "sections = [{ id = \"ui\" }, { id = \"features\" }]\n\
        [[rules]]\nscopes = [\"ui\"]\nsection = \"ui\"\n[[rules]]\ntypes = [\"feat\"]\nsection = \"features\"\n";
    repo.write("tidings.toml", rules);
    let ran = repo.run(&["check", "--format", "json"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    let report = report(&ran);
    let claimed = finding(&report, "rules");
    let message = claimed["message"].as_str().unwrap();
    assert_eq!(claimed["level"], "warning");
    assert!(["third", "(ui)", "(features)"].iter().all(|word| message.contains(word)), "{message}");
}

#[test]
fn closed_pipe_is_not_an_error_in_any_format() {
    let repo = Repo::new();
    for number in 0..400 {
        repo.commit(format!("feat: number {number} {}", "long ".repeat(80).trim()).as_str());
    }
    for format in ["markdown", "json", "text", "html"] {
        let ran = repo.run_into_closed_pipe(&["--quiet", "notes", "--format", format], 1);
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""), "{format}: {}", ran.snapshot());
    }
}

#[test]
fn nothing_to_release_exits_5_on_request() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0").commit("chore: tidy");
    let ran = repo.run(&["next", "--require-change"]);
    assert_fails(&ran, 5, &["nothing to release"]);
    assert_eq!(repo.run(&["next"]).status, Some(0));
}

#[test]
fn empty_variable_counts_as_unset() {
    let repo = Repo::new();
    repo.commit("feat: x");
    let mut command = repo.tidings(&["--quiet", "notes", "--format", "json"]);
    command.env("TIDINGS_LOCALE", "").env("TIDINGS_SCHEME", "");
    let ran = repo.run_command(command);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
}

#[test]
fn help_fits_80_columns() {
    let repo = Repo::new();
    let all: &[&[&str]] = &[
        &["--help"],
        &["preview", "--help"],
        &["notes", "--help"],
        &["changelog", "--help"],
        &["next", "--help"],
        &["check", "--help"],
        &["explain", "--help"],
        &["init", "--help"],
        &["attach", "--help"],
        &["show", "--help"],
        &["promote", "--help"],
        &["publish", "--help"],
    ];
    for args in all {
        let mut command = repo.tidings(args);
        command.env("COLUMNS", "80");
        let help = repo.run_command(command).stdout;
        assert!(help.contains("Global options:"), "{help}");
        let long: Vec<_> = help.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "{args:?}: {long:#?}");
        // One line per global option, without blank lines.
        let global = help.lines().skip_while(|line| *line != "Global options:").skip(1);
        assert_eq!(global.take_while(|line| line.trim_start().starts_with('-')).count(), 19, "{help}");
    }
    assert!(repo.run(&["notes", "--help"]).stdout.contains("keepachangelog"));
}

#[test]
fn no_command_writes_into_a_bare_repository() {
    let bare = released().bare_clone();
    for args in [&["changelog", "--write"][..], &["init"]] {
        assert_fails(&bare.run(args), 2, &["bare repository", "Hint: "]);
    }
    assert!(!bare.dir().join("CHANGELOG.md").exists() && !bare.dir().join("tidings.toml").exists());
    assert_eq!(bare.run(&["changelog", "--write", "--file", "../CHANGES.md"]).status, Some(0));
    assert!(bare.run(&["init", "--print"]).stdout.contains("tidings"));
}

#[test]
fn output_files_are_written_all_or_none() {
    let repo = released();
    repo.write("out/notes.md", "old").write("out/notes.env/in-the-way", "");
    assert_fails(&repo.run(&["notes", "v1.0.0", "--outputs", "out"]), 2, &["notes.env"]);
    let there = std::fs::read_dir(repo.dir().join("out")).unwrap().count();
    assert_eq!(
        (there, std::fs::read_to_string(repo.dir().join("out/notes.md")).unwrap()),
        (2, "old".to_owned())
    );
}

#[test]
fn empty_name_is_not_a_pull_request() {
    assert_fails(&released().run(&["explain", ""]), 3, &["no such revision"]);
}

#[test]
fn context_rejects_options_without_effect() {
    assert_fails(&released().run(&["context", "--output", "x"]), 2, &["--output"]);
}

/// As root, renaming a file over a device would remove it from the whole machine.
#[cfg(unix)]
#[test]
fn output_to_a_device_or_pipe_writes_into_it() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};

    let repo = released();
    let pipe = repo.dir().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    let ran = repo.run(&["notes", "--output", "pipe"]);
    let is_pipe = std::fs::metadata(&pipe).unwrap().file_type().is_fifo();
    assert!(is_pipe && ran.status == Some(0), "{}", ran.snapshot());
    assert!(reader.join().unwrap().contains("second"), "{}", ran.snapshot());
    // A link is kept, and its target is written.
    repo.write("notes.md", "old");
    symlink("notes.md", repo.dir().join("link.md")).unwrap();
    assert_eq!(repo.run(&["notes", "--output", "link.md"]).status, Some(0));
    assert!(repo.dir().join("link.md").is_symlink() && repo.read("notes.md").contains("second"));
    #[cfg(target_os = "linux")]
    assert_fails(&repo.run(&["notes", "--output", "/dev/full"]), 2, &["cannot write `/dev/full`"]);
}
