//! Inputs designed to be slow or large: patterns, templates, messages.
//!
//! A run has a time limit of 90 seconds, in a debug build and on a busy machine; without the limits under test it takes
//! many minutes, or exhausts the memory.

use std::{
    fs::File,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::support::{Commit, Repo};

const LIMIT: Duration = Duration::from_secs(90);

/// The result of a run.
#[derive(Debug)]
struct Finished {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Runs the program, and kills it after the time limit.
fn run_limited(repo: &Repo, args: &[&str]) -> Finished {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut command = repo.tidings(args);
    command.stdout(File::create(path("stdout")).unwrap()).stderr(File::create(path("stderr")).unwrap());
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("{args:?} still runs after {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let read = |name: &str| String::from_utf8(std::fs::read(path(name)).unwrap()).unwrap();
    Finished { status: status.code(), stdout: read("stdout"), stderr: read("stderr") }
}

fn released() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0");
    repo
}

#[test]
fn invalid_path_arguments_are_a_usage_error() {
    let repo = released();
    for (args, problem) in [
        (["notes", "--path", "["], "`[` is not a valid path pattern: unclosed character class; missing ']'"),
        (["notes", "--exclude-path", "a{"], "`a{` is not a valid path pattern: unclosed alternate group"),
        (["preview", "--path", "a[z-a]"], "`a[z-a]` is not a valid path pattern: invalid range; 'z' > 'a'"),
        (["context", "--exclude-path", "[!"], "`[!` is not a valid path pattern: unclosed character class"),
    ] {
        let done = run_limited(&repo, &args);
        assert_eq!(done.status, Some(2), "{args:?}: {done:?}");
        assert!(done.stderr.contains(problem), "{args:?}: {done:?}");
    }
}

#[test]
fn long_path_patterns_terminate() {
    let repo = released();
    repo.commit(Commit::new("feat: two").file("src/a.rs", "x"));
    let (name, folders) = ("a".repeat(40_000), "a/".repeat(20_000));
    for (place, status) in [
        ("[filter]\npaths = ['PATTERN']", 0),
        ("[filter]\nexclude_paths = ['PATTERN']", 0),
        ("[[rules]]\nhide = true\npaths = ['PATTERN/**']", 0),
        ("[[components]]\nname = 'x'\npaths = ['PATTERN']", 0),
        ("[[attention]]\nkind = 'x'\npaths = ['PATTERN']", 0),
        ("[[attention]]\nkind = 'x'\npaths = ['PATTERN*']", 2),
        ("[filter]\npaths = ['**/PATTERN']", 2),
    ] {
        for pattern in [&name, &folders] {
            repo.write("tidings.toml", place.replace("PATTERN", pattern));
            let done = run_limited(&repo, &["notes", "--offline"]);
            assert_eq!(done.status, Some(status), "{place}: {}", done.stderr);
            assert!(done.stderr.len() < 1_000, "{place}: a message tells the start of a pattern");
        }
    }
    let names: String = (0..20_000).map(|number| format!("'p{number}',")).collect();
    repo.write("tidings.toml", format!("[filter]\npaths = [{names} 'src']"));
    assert!(run_limited(&repo, &["notes", "--offline"]).stdout.contains("two"));
    repo.write("tidings.toml", format!("[filter]\npaths = [{}]", "'a',".repeat(200_000)));
    let done = run_limited(&repo, &["notes", "--offline"]);
    assert_eq!(done.status, Some(2));
    assert!(done.stderr.contains("is larger than 512 KiB"), "{}", done.stderr);
}

/// A loop of ten billion iterations.
fn rounds(inside: &str) -> String {
    let range = "range(end=100000)";
    format!("{{% for a in {range} %}}{{% for b in {range} %}}{inside}{{% endfor %}}{{% endfor %}}")
}

#[test]
fn templates_stop_at_their_limits() {
    let repo = released();
    repo.commit("feat: two");
    for (template, problem) in [
        (rounds(""), "rendering takes longer than 2 s"),
        (rounds("{% set c = a %}"), "rendering takes longer than 2 s"),
        (format!("{{% set s %}}{}{{% endset %}}", rounds("xxxxxxxx")), "rendering takes longer than 2 s"),
        (rounds(&"x".repeat(10_000)), "rendering writes more than 1 MiB"),
        ("{{ range(end=1000000000000000000) | length }}".into(), "exceeds the limit of 100000"),
        ("{% include 't.tera' %}".into(), "circular include"),
        ("{% component a() %}{{ <a /> }}{% endcomponent a %}{{ <a /> }}".into(), "recursion depth"),
        ("{% if true %}".repeat(10_000), "nesting is too deep"),
        ("x".repeat(2 << 20), "is larger than 1048576 bytes"),
    ] {
        repo.write("t.tera", &template);
        let args = [
            "--template-timeout",
            "2",
            "--template-max-output",
            "1",
            "notes",
            "--offline",
            "--template",
            "t.tera",
        ];
        let done = run_limited(&repo, &args);
        let start = template.get(..60).unwrap_or(&template);
        assert_eq!(done.status, Some(2), "{start}: {}", done.stderr);
        assert!(done.stderr.contains("t.tera") && done.stderr.contains(problem), "{start}: {}", done.stderr);
    }
    repo.write(
        "t.tera",
        "{% set s = 'x' %}{% for a in range(end=64) %}{% set_global s = s ~ s %}{% endfor %}",
    );
    let done = run_limited(&repo, &["notes", "--offline", "--template", "t.tera"]);
    assert_eq!(done.status, Some(2), "a text that doubles: {}", done.stderr);
    assert!(done.stderr.contains("t.tera: rendering takes "), "{}", done.stderr);
}

#[test]
fn configured_templates_are_limited_and_cannot_raise_the_limits() {
    let repo = released();
    repo.commit("feat: two");
    repo.write("t.tera", rounds(""));
    for (config, args) in [
        ("[notes]\ntemplate = 't.tera'", &["notes", "--offline"][..]),
        ("[changelog]\ntemplate = 't.tera'", &["changelog", "--as", "v1.1.0", "--offline"]),
    ] {
        repo.write("tidings.toml", config);
        let mut command = vec!["--template-timeout", "1"];
        command.extend(args);
        let done = run_limited(&repo, &command);
        assert_eq!(done.status, Some(2), "{config}: {done:?}");
        assert!(done.stderr.contains("t.tera: rendering takes longer than 1 s"), "{config}: {done:?}");
    }
    for key in ["template_timeout", "template_max_output"] {
        for table in ["", "[notes]\n"] {
            repo.write("tidings.toml", format!("{table}{key} = 100\n"));
            assert_eq!(run_limited(&repo, &["notes", "--offline"]).status, Some(2), "{table}{key}");
        }
    }
}

#[test]
fn overlong_locale_string_is_refused() {
    let repo = released();
    repo.write("own.toml", format!("by = '{}'", "{names}".repeat(1_000)));
    let done = run_limited(&repo, &["notes", "--offline", "--locale", "own.toml"]);
    assert_eq!(done.status, Some(2));
    assert!(done.stderr.contains("own.toml: `by` is longer than 1000 bytes"), "{}", done.stderr);
}

#[test]
fn only_the_first_megabyte_of_a_message_is_read() {
    let repo = released();
    repo.commit(format!("feat: two\n\n{}\nBREAKING CHANGE: the end", "新 word ".repeat(3_000_000)).as_str());
    let done = run_limited(&repo, &["notes", "--offline", "--format", "json"]);
    assert_eq!(done.status, Some(0), "{}", done.stderr);
    assert!(done.stdout.len() < 1_100_000, "{}", done.stdout.len());
    assert!(!done.stdout.contains("the end") && !done.stdout.contains('\u{fffd}'));
    let explained = run_limited(&repo, &["explain", "HEAD", "--offline"]);
    assert!(explained.stdout.contains("  message  only its first 1 MiB is read\n"), "{}", explained.stdout);
}

/// A message that repeats one element up to a megabyte.
fn full(of: &str) -> String {
    let many = |text: &str| text.repeat((1 << 20) / text.len());
    let numbered = |text: &str| {
        (0..(1 << 20) / (text.len() + 5)).map(|at| text.replace('N', &at.to_string())).collect::<String>()
    };
    match of {
        "trailers" => format!("feat: x\n\nbody\n\n{}", numbered("Key-N: value\n")),
        "notes" => format!("feat: x\n\n{}", numbered("BREAKING CHANGE: note N\n\n")),
        "lists in a note" => format!("feat: x\n\nBREAKING CHANGE: a\n{}", many("- x\n:-:\n")),
        "fences in a note" => format!("feat: x\n\nBREAKING CHANGE: a\n{}", many("```\nx\n```\n")),
        "names in a note" => format!("feat: x\n\nBREAKING CHANGE: {}", many("@a ")),
        "a word in a note" => format!("feat: x\n\nBREAKING CHANGE: {}", many("w")),
        "bullets" => format!("Squash (#1)\n\n{}", numbered("* feat: xN\n\n")),
        "closed issues" => format!("feat: x\n\nCloses #1{}", numbered(", #N")),
        "authors" => format!("feat: x\n\n{}", numbered("Co-authored-by: N <N@b.c>\n")),
        "references" => format!("feat: x {}", numbered("(#N) ")),
        "backticks" => {
            format!("feat: {}", (1..1_400).map(|length| "`".repeat(length) + " ").collect::<String>())
        }
        "parentheses" => format!("feat({}", many("(")),
        "emoji" => format!("{} feat: x", many("✨")),
        "reverts" => format!(
            "Revert x\n\n{}",
            numbered("This reverts commit 000000000000000000000000000000000000N.\n")
        ),
        "reverts of reverts" => format!("{}x", many("Revert \"")),
        "quotes" => format!("feat: x\n\n{}", many(">")),
        "escapes" => format!("feat: x{}", many("\u{1b}[")),
        "flags" => format!("feat: {}\u{202e}", many("\u{1f3f4}")),
        "addresses" => format!("feat: {}", many("a@-.")),
        other => panic!("{other}"),
    }
}

#[test]
fn message_that_repeats_one_element_is_rendered() {
    let things = [
        "trailers",
        "notes",
        "lists in a note",
        "fences in a note",
        "names in a note",
        "a word in a note",
        "bullets",
        "closed issues",
        "authors",
        "references",
        "backticks",
        "parentheses",
        "emoji",
        "reverts",
        "reverts of reverts",
        "quotes",
        "escapes",
        "flags",
        "addresses",
    ];
    for thing in things {
        let repo = released();
        repo.commit(full(thing).as_str());
        // Long text is wrapped for a terminal.
        let formats = if thing.contains("note") { &["markdown", "terminal"][..] } else { &["markdown"] };
        for format in formats.iter().copied() {
            let done = run_limited(&repo, &["notes", "--offline", "--format", format]);
            assert_eq!(done.status, Some(0), "{thing}, {format}: {}", done.stderr);
        }
    }
}

#[test]
fn rules_apply_to_the_first_changes_of_a_commit() {
    let repo = released();
    repo.write("tidings.toml", "split_squash = 'always'\n");
    repo.commit(full("bullets").as_str());
    let done = run_limited(&repo, &["explain", "HEAD", "--offline"]);
    assert_eq!(done.status, Some(0), "{}", done.stderr);
    assert!(done.stdout.lines().filter(|line| line.starts_with("  change   ")).count() > 40_000);
    assert!(done.stdout.len() < 4 << 20, "{}", done.stdout.len());
}
