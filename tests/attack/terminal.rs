//! Untrusted text must not control the terminal, reorder displayed text, or send commands to a pipeline's log.

use std::{ffi::OsString, process::Stdio};

use crate::support::{
    Commit, Repo,
    forge::{Fake, Release, Response},
};

/// Strings that must not be printed, each in a separate word.
const BAD: [&str; 20] = [
    "\u{1b}[31m",
    "\u{1b}[2J",
    "\u{1b}]8;;http://evil.example\u{7}link\u{1b}]8;;\u{7}",
    "\u{1b}]0;title\u{1b}\\",
    "\u{1b}P$q\u{1b}\\",
    "\u{8}\u{8}",
    "a\rb",
    "\u{7f}",
    "\u{9b}31m",
    "\u{90}x\u{9c}",
    "\u{85}",
    "\u{202a}",
    "\u{202b}",
    "\u{202c}",
    "\u{202d}",
    "\u{202e}",
    "\u{2066}",
    "\u{2067}\u{2068}",
    "\u{2069}",
    "\u{2028}",
];

/// Strings that must be printed unchanged: joiners, marks, variation selectors, accents, flags.
const GOOD: &str = "👩\u{200d}💻 ❤\u{fe0f} می\u{200c}خواهم \u{200e}x\u{200f} \u{61c} é 🇩🇪";

/// In small batches, since each run takes time.
fn groups() -> Vec<String> {
    BAD.chunks(5).map(|few| few.join(" ")).collect()
}

fn is_bad(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Asserts that no line is a command to a pipeline's log.
fn assert_no_command(text: &str, what: &str) {
    for line in text.lines() {
        assert!(!line.trim().starts_with("::"), "{what}: {line:?}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "{what}: {line:?}");
    }
}

fn assert_escaped(output: &std::process::Output, what: &str) {
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8(stream.clone()).unwrap();
        let bad: Vec<char> = text.chars().filter(|c| is_bad(*c)).collect();
        assert!(bad.is_empty(), "{what}: {bad:?} in {text:?}");
    }
}

fn repo() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    repo
}

/// Runs the program with this stdin.
fn run(repo: &Repo, args: &[OsString], input: &str) -> std::process::Output {
    let mut command = repo.tidings(&[]);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()));
    child.wait_with_output().unwrap()
}

fn words(args: &[&str]) -> Vec<OsString> {
    args.iter().map(OsString::from).collect()
}

#[test]
fn arguments_are_escaped_in_errors() {
    let repo = repo();
    let mut tried = 0;
    let mut all = groups();
    all.extend(["x\n::error::y", "x\n##[add-mask]y"].map(str::to_owned));
    for bad in all {
        let word = format!("x{bad}y");
        for args in [
            vec![word.as_str()],
            vec!["notes", &word],
            vec!["notes", "--format", &word],
            vec!["--format", &word],
            vec![&format!("--{word}")],
            vec!["notes", &format!("--format={word}")],
            vec!["notes", "--template", &word],
            vec!["notes", "--locale", &word],
            vec!["notes", "--output", &format!("no-such-folder/{word}")],
            vec!["--repo", &word],
            vec!["--config", &word],
            vec!["--package", &word],
            vec!["notes", "--replay", &word],
            vec!["explain", &word],
            vec!["next", "--bump", &word],
            vec!["next", "--pre", &word],
            vec!["check", &word],
            vec!["check", "--allow", &word],
            vec!["check", "--message", &word],
            vec!["compare", &word, "v1.0.0"],
            vec!["show", &word],
            vec!["show", &format!("r.example/{word}")],
            vec!["tag", &word],
            vec!["tag", "v1.0.0", "--environment", &word],
            vec!["changelog", "--as", &word],
            vec!["promote", &word, &word],
            vec!["notify", "--to", &word],
            vec!["notes", "--path", &word],
        ] {
            let mut command = repo.tidings(&args);
            let output = command.stdin(Stdio::null()).output().unwrap();
            assert_escaped(&output, &format!("{args:?}"));
            assert_no_command(&String::from_utf8_lossy(&output.stderr), &format!("{args:?}"));
            tried += 1;
        }
    }
    assert_eq!(tried, 6 * 28);
}

#[test]
fn error_colours_are_kept_and_argument_colours_escaped() {
    let repo = repo();
    // Tests have no terminal, so an option replaces it.
    let ran = repo.run(&["notes", "--color", "always", "x\u{1b}[35my"]);
    assert!(
        ran.stderr.contains("\u{1b}[1m\u{1b}[31mError:") && !ran.stderr.contains("\u{1b}[35m"),
        "{:?}",
        ran.stderr
    );
    let ran = repo
        .run_with_input(&["check", "--message", "-", "--color", "always"], "Bad\u{1b}[35m\u{202e} message.");
    assert!(
        ran.stdout.contains("\u{1b}[31m✗\u{1b}[0m") || ran.stdout.contains("\u{1b}[33m!\u{1b}[0m"),
        "{:?}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("\u{1b}[35m") && !ran.stdout.contains('\u{202e}'), "{:?}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn non_utf_8_path_is_escaped() {
    use std::os::unix::ffi::OsStringExt;
    let repo = repo();
    for args in [["notes", "--template"], ["--repo", ""], ["--config", ""], ["notes", "--record"]] {
        let bytes = b"no-such/\xff\x1b[2J\xc2\x9b\xe2\x80\xae".to_vec();
        let mut all: Vec<OsString> = args.iter().filter(|arg| !arg.is_empty()).map(OsString::from).collect();
        all.push(OsString::from_vec(bytes));
        assert_escaped(&run(&repo, &all, ""), &format!("{all:?}"));
    }
}

#[test]
fn check_escapes_messages() {
    let repo = repo();
    for bad in groups() {
        for format in ["text", "github", "json"] {
            for message in [
                format!("feat:  x{bad}y {GOOD}"),
                format!("x{bad}y"),
                format!("feat: x\n\nBREAKING{bad}CHANGE"),
                format!("feat({bad}): x"),
            ] {
                let output = run(&repo, &words(&["check", "--message", "-", "--format", format]), &message);
                assert_escaped(&output, &format!("{format} {message:?}"));
            }
        }
    }
    let stored =
        run(&repo, &words(&["check", "--message", "-", "--format", "github"]), &format!("feat:  {GOOD}"));
    assert!(!String::from_utf8_lossy(&stored.stdout).contains("\\u{"), "{stored:?}");
}

#[test]
fn message_cannot_inject_log_commands() {
    let repo = repo();
    for hostile in [
        "feat: x\n::set-env name=A::b",
        "::error::x",
        "feat: ::error::x",
        "feat: ##[add-mask]x",
        "##vso[task.setvariable variable=A]b",
        "feat: x%0A::error::y",
        "feat: x\r\n::error::y",
        "x\u{2028}::error::y",
        "feat(::error::): x",
    ] {
        let text = run(&repo, &words(&["check", "--message", "-"]), hostile);
        assert_no_command(&String::from_utf8_lossy(&text.stdout), hostile);
        let github = run(&repo, &words(&["check", "--message", "-", "--format", "github"]), hostile);
        let github = String::from_utf8(github.stdout).unwrap();
        for line in github.lines() {
            assert!(
                line.starts_with("::error title=tidings ")
                    || line.starts_with("::warning title=tidings ")
                    || line.starts_with("::notice title=tidings "),
                "{line}"
            );
        }
        repo.commit(hostile);
        let head = repo.sha(repo.head());
        for args in [
            &["check", "v1.1.0"][..],
            &["explain", &head],
            &["next"],
            &[],
            &["preview"],
            &["-v"],
            &["check", "v1.1.0", "-v"],
        ] {
            let ran = repo.run(args);
            assert_no_command(&ran.stdout, &format!("{args:?} {hostile:?}"));
            assert_no_command(&ran.stderr, &format!("{args:?} {hostile:?}"));
        }
    }
}

#[test]
fn wrapped_title_cannot_inject_log_commands() {
    let repo = repo();
    for width in 40..100 {
        repo.commit(format!("feat: {} ::stop-commands::x", "w".repeat(width)).as_str());
    }
    for args in [
        &[][..],
        &["preview"],
        &["notes", "--format", "terminal"],
        &["compare", "v1.0.0", "HEAD", "--format", "text"],
        &["tag", "v1.1.0", "--dry-run"],
    ] {
        let ran = repo.run(args);
        assert!(ran.stdout.contains("stop-commands"), "{args:?}: {}", ran.snapshot());
        assert_no_command(&ran.stdout, &format!("{args:?}"));
    }
}

#[test]
fn history_is_escaped_in_the_terminal() {
    let repo = repo();
    for (number, bad) in BAD.into_iter().enumerate() {
        let path = format!("db/migrations/V{number}__x{}y.sql", bad.replace(['/', '\\'], "_"));
        repo.commit(
            Commit::new(format!("feat({bad}): {GOOD} x{bad}y\n\nBREAKING CHANGE: {bad}")).file(&path, "1"),
        );
    }
    let head = repo.sha(repo.head());
    for args in [
        &[][..],
        &["preview"],
        &["explain", &head],
        &["explain", &head, "-v"],
        &["explain", &head, "--format", "json"],
        &["check", "v2.0.0"],
        &["check", "v2.0.0", "-v"],
        &["check", "v2.0.0", "--format", "github"],
        &["check", "v2.0.0", "--format", "json"],
        &["next"],
        &["next", "--format", "json"],
        &["context"],
        &["compare", "v1.0.0", "HEAD"],
        &["compare", "v1.0.0", "HEAD", "--format", "terminal"],
        &["compare", "v1.0.0", "HEAD", "--format", "text"],
        &["tag", "v2.0.0", "--dry-run"],
        &["init", "--print"],
        &["notify", "HEAD", "--to", "slack", "--dry-run"],
        &["notify", "HEAD", "--to", "webhook", "--dry-run"],
        &["notify", "HEAD", "--to", "teams", "--dry-run"],
        &["notes", "--format", "terminal"],
        &["notes", "--format", "terminal", "--all"],
    ] {
        let output = repo.tidings(args).output().unwrap();
        assert!(!output.stdout.is_empty(), "{args:?}: {output:?}");
        assert_escaped(&output, &format!("{args:?}"));
    }
    let shown = repo.run(&["explain", &head]).stdout;
    assert!(shown.contains(GOOD), "{shown}");
}

#[test]
fn stored_notes_are_escaped_into_a_pipe() {
    for bad in groups() {
        let repo = Repo::new();
        repo.commit("feat: start");
        repo.annotated_tag(
            "v1.0.0",
            &format!("## 1.0.0\n\n- x{bad}y {GOOD}\n- ::error::x\n::error::x\n"),
            1_772_000_000,
        );
        for args in [
            &["show", "v1.0.0"][..],
            &["show", "v1.0.0", "--format", "markdown"],
            &["show", "v1.0.0", "--format", "text"],
            &["show", "v1.0.0", "--format", "terminal", "--color", "always"],
        ] {
            let output = repo.tidings(args).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(text.contains(GOOD), "{output:?}");
            assert_escaped(&output, &format!("{args:?} {bad:?}"));
            assert_no_command(&text, &format!("{args:?}"));
        }
    }
}

#[test]
fn stored_json_is_shown_as_json() {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    let json = repo.run(&["notes", "v1.0.0", "--format", "json"]).stdout;
    for bad in ["\u{7f}", "\u{9b}31m", "\u{202e}", "\u{2066}\u{2069}", "\u{2028}"] {
        let hostile = json.replace("start", &format!("st{bad}art"));
        assert_ne!(hostile, json);
        repo.write("../note", &hostile);
        repo.git(&["notes", "--ref", "refs/notes/tidings", "add", "-f", "-F", "../note", "v1.0.0"]);
        let output = repo.tidings(&["show", "v1.0.0", "--format", "json"]).output().unwrap();
        assert_escaped(&output, &format!("{bad:?}"));
        let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(shown, serde_json::from_str::<serde_json::Value>(&hostile).unwrap());
    }
}

#[test]
fn server_messages_are_escaped() {
    for bad in groups() {
        let fake = Fake::github("o", "r");
        let repo = repo();
        repo.write(
            "tidings.toml",
            "[repository]\nurl = 'https://forge.example/o/r'\nforge = 'github'\n[network]\ntries = 1\n",
        );
        fake.tag("v1.0.0", &repo.sha(repo.head()));
        fake.publish(Release {
            tag: "v1.0.0".to_owned(),
            title: format!("x{bad}y"),
            body: format!("## 1.0.0\n\n- x{bad}y\n\n::error::x\n"),
            ..Release::default()
        });
        for args in [
            &["show", "v1.0.0"][..],
            &["show", "v1.0.0", "--format", "terminal", "--color", "always"],
            &["publish", "v1.0.0", "--dry-run"],
            &["publish", "v1.0.0", "--dry-run", "--mode", "replace", "--color", "always"],
        ] {
            let mut command = repo.tidings(args);
            command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", "hidden");
            let output = command.output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(!text.is_empty(), "{args:?}: {output:?}");
            assert_escaped(&output, &format!("{args:?} {bad:?}"));
            assert_no_command(&text, &format!("{args:?}"));
        }
        let message = serde_json::json!({ "message": format!("x{bad}y\n::error::z") }).to_string();
        fake.respond_at("", usize::MAX, Response::text(500, &message));
        for args in [&["notes", "v1.0.0", "--forge", "-v"][..], &["publish", "v1.0.0"], &["show", "v1.0.0"]] {
            let mut command = repo.tidings(args);
            command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", "hidden");
            let output = command.output().unwrap();
            assert_escaped(&output, &format!("{args:?} {bad:?}"));
            assert_no_command(&String::from_utf8_lossy(&output.stderr), &format!("{args:?}"));
        }
    }
}

#[test]
fn configuration_is_escaped_in_errors() {
    let repo = repo();
    for bad in BAD {
        let quoted: String = bad.chars().map(|c| format!("\\u{:04X}", u32::from(c))).collect();
        for text in [
            format!("{bad} = 1"),
            format!("\"x{quoted}\" = 1"),
            format!("scheme = \"{quoted}\""),
            format!("timezone = \"x{quoted}\\n::error::y\""),
            format!("tag_pattern = \"({quoted}\""),
            format!("# {bad}\nscheme = 1"),
            format!("[[rules]]\nmessage = \"({quoted}\""),
            format!("[notes]\ntemplate = \"no-such-{quoted}\""),
        ] {
            repo.write("tidings.toml", &text);
            let output = repo.tidings(&["notes"]).output().unwrap();
            assert_escaped(&output, &text);
            assert_no_command(&String::from_utf8_lossy(&output.stderr), &text);
        }
    }
}

// `script` has other options elsewhere.
#[cfg(target_os = "linux")]
#[test]
fn pager_receives_escaped_text() {
    use std::os::unix::fs::PermissionsExt;
    let repo = repo();
    for (number, bad) in BAD.into_iter().enumerate() {
        repo.commit(format!("feat: {number} x{bad}y").as_str());
    }
    let pager = repo.home().join("pager");
    std::fs::write(&pager, "#!/bin/sh\ncat > ../paged\n").unwrap();
    std::fs::set_permissions(&pager, std::fs::Permissions::from_mode(0o755)).unwrap();
    // It provides a terminal.
    let line = format!("stty rows 10 cols 80; {} --color always", env!("CARGO_BIN_EXE_tidings"));
    let command = repo.tidings(&[]);
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(repo.dir()).env_clear();
    script.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    script.env("PAGER", &pager).env("TERM", "xterm").stdin(Stdio::null());
    let Ok(output) = script.output() else { return crate::required::missing("script") };
    let Ok(text) = std::fs::read_to_string(repo.home().join("paged")) else {
        panic!("{output:?}");
    };
    assert!(text.contains("\u{1b}[1m"), "our own colours: {text:?}");
    let colours = text.replace("\u{1b}[0m", "");
    let rest: String = colours
        .split("\u{1b}[")
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once('m').map_or(part, |(_, rest)| rest) })
        .collect();
    assert!(!rest.chars().any(is_bad), "{rest:?}");
}
