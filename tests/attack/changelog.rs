//! Concurrent writes to a changelog, and sections that must not be duplicated.

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::support::{Ran, Repo};

mod publish;

/// 1.0.0 to 1.3.0 are tagged; the last has several commits, so that a run takes some time.
fn released() -> Repo {
    let repo = Repo::new();
    for minor in 0..3 {
        repo.commit(format!("feat: number {minor}").as_str());
        repo.tag(&format!("v1.{minor}.0"));
    }
    for number in 0..300 {
        repo.commit(format!("fix: fault {number}").as_str());
    }
    repo.tag("v1.3.0");
    repo
}

fn write(repo: &Repo, version: &str) -> Ran {
    repo.run(&["changelog", "--as", version, "--write", "--offline"])
}

fn start(repo: &Repo, args: &[&str]) -> Child {
    let mut command: Command = repo.tidings(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn count(text: &str, version: &str) -> usize {
    text.trim_start_matches('\u{feff}')
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .filter(|name| name.starts_with(&format!("[{version}]")) || name.split(' ').next() == Some(version))
        .count()
}

/// The files next to the changelog, without `.git`.
fn siblings(repo: &Repo) -> Vec<String> {
    let entries = fs::read_dir(repo.dir()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != ".git");
    names.sort();
    names
}

/// A point in time within a run of this length, different in each round.
fn delay(round: u32, run_duration: Duration) -> Duration {
    run_duration.mul_f64(f64::from(round * 7919 % 100) / 100.0)
}

/// Measures the duration of a run on this machine.
fn run_duration(repo: &Repo) -> Duration {
    let start = Instant::now();
    repo.run(&["changelog", "--as", "v1.3.0", "--offline"]);
    start.elapsed()
}

/// How the files of the next test start and end.
const STARTS: [(&str, &str); 4] = [
    ("## 3.0.0\n- x\n## 2.0.0\n", "\n"),
    ("## 3.0.0\r\n- x\r\n## 2.0.0\r\n", "\r\n"),
    ("\u{feff}", ""),
    ("# Log\n\n", "\n\n\n"),
];

#[test]
fn section_after_any_last_block_is_written_once() {
    let repo = released();
    let tails = [
        "</details>",
        "<pre>",
        "<pre>x</pre>",
        "<script>",
        "<style>",
        "<textarea>",
        "<!-- open",
        "<!-- closed -->",
        "<?php",
        "<!DOCTYPE x",
        "<![CDATA[",
        "<div>",
        "<table",
        "<x-y>",
        "</x-y>",
        "```",
        "~~~",
        "```\nx\n```",
        "- a",
        "- ```",
        "> a",
        "> <!--",
        "a | b\n--- | ---",
        "[1.0.0]: https://example.org",
        "text\n---",
        "text\n===",
        "    code",
        "---",
        "\\",
        "1.0",
        "\u{2028}",
        "\0",
        "x\r",
        "<a name=\"x\"></a>",
        "<!-- tidings 0123456789abcdef -->",
    ];
    for tail in tails {
        for (start, end) in STARTS.into_iter().filter(|(start, _)| !is_unknown_form(start, tail)) {
            let old = format!(
                "{start}{}{end}",
                if start.contains('\r') { tail.replace('\n', "\r\n") } else { tail.to_owned() }
            );
            repo.write("CHANGELOG.md", &old);
            let ran = write(&repo, "v1.1.0");
            let once = repo.read("CHANGELOG.md");
            assert_eq!(ran.status, Some(0), "{old:?}: {}", ran.snapshot());
            assert_eq!(count(&once, "1.1.0"), 1, "{once:?}");
            let mut rest = once.chars();
            assert!(old.trim_end().chars().all(|c| rest.any(|other| other == c)), "{old:?}\n{once:?}");
            let check = repo.run(&["changelog", "--as", "v1.1.0", "--check", "--offline"]);
            assert_eq!(check.status, Some(0), "{old:?}: {}", check.snapshot());
        }
    }
}

/// Whether a file without sections has a version in a form that is not known, or a second heading: it is refused.
fn is_unknown_form(start: &str, tail: &str) -> bool {
    !start.contains("2.0.0") && (tail == "1.0" || (tail.starts_with("text") && start != "\u{feff}"))
}

#[test]
fn section_without_a_heading_is_refused() {
    let repo = released();
    repo.write("tidings.toml", "[changelog]\ntemplate = \"section.tera\"\n")
        .write("section.tera", "nothing\n");
    for old in ["# Changelog\n\n## 1.0.0\n\n- x\n", ""] {
        repo.write("CHANGELOG.md", old);
        let ran = write(&repo, "v1.1.0");
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
        assert!(ran.stderr.contains("no heading with its version"), "{}", ran.snapshot());
        assert_eq!(repo.read("CHANGELOG.md"), old);
    }
}

#[test]
fn change_during_a_run_is_kept() {
    let repo = released();
    let run_duration = run_duration(&repo);
    let (mut refused, rounds) = (0, 40);
    for round in 0..rounds {
        repo.write("CHANGELOG.md", "# Changelog\n\n## 1.2.0\n\n- old\n");
        let run = start(&repo, &["changelog", "--as", "v1.3.0", "--write", "--offline"]);
        thread::sleep(delay(round, run_duration));
        let path = repo.dir().join("CHANGELOG.md");
        match round % 3 {
            0 => {
                let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
                file.write_all(b"- theirs\n").unwrap();
            }
            1 => {
                let text = fs::read_to_string(&path).unwrap();
                let aside = repo.dir().join("aside");
                fs::write(&aside, text.replace("- old", "- old\n- theirs")).unwrap();
                fs::rename(&aside, &path).unwrap();
            }
            _ => {
                let text = fs::read_to_string(&path).unwrap();
                fs::write(&path, text.replace("- old", "- old\n- theirs")).unwrap();
            }
        }
        let (status, stderr) = end(run);
        let text = repo.read("CHANGELOG.md");
        assert!(text.contains("- theirs"), "round {round}: {text}");
        match status {
            Some(0) => assert_eq!(count(&text, "1.3.0"), 1, "round {round}: {text}\n{stderr}"),
            Some(2) => refused += 1,
            other => panic!("round {round}: {other:?} {stderr}"),
        }
    }
    assert!(refused < rounds / 2, "{refused} of {rounds} runs gave up");
}

#[test]
fn two_writers_of_different_versions_keep_both_sections() {
    let repo = released();
    for round in 0..12 {
        repo.write("CHANGELOG.md", "# Changelog\n\n## 1.0.0\n\n- old\n");
        let versions = ["v1.1.0", "v1.2.0", "v1.3.0"];
        let runs =
            versions.map(|version| start(&repo, &["changelog", "--as", version, "--write", "--offline"]));
        let ended = runs.map(end);
        let text = repo.read("CHANGELOG.md");
        for (version, (status, stderr)) in versions.iter().zip(ended) {
            assert_eq!(status, Some(0), "round {round}: {stderr}");
            assert_eq!(count(&text, &version[1..]), 1, "round {round}: {text}\n{stderr}");
        }
        assert!(text.ends_with("## 1.0.0\n\n- old\n"), "{text}");
    }
    assert_eq!(siblings(&repo), ["CHANGELOG.md"]);
}

#[test]
fn two_writers_of_a_missing_file_keep_both_sections() {
    let repo = released();
    let whole = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"];
    for round in 0..8 {
        drop(fs::remove_file(repo.dir().join("CHANGELOG.md")));
        repo.commit(format!("feat: later {round}").as_str());
        let args = ["changelog", "--write", "--offline", "--as"];
        let runs = ["v2.0.0", "v1.3.0"].map(|version| start(&repo, &[&args[..], &[version]].concat()));
        for (status, stderr) in runs.map(end) {
            assert_eq!(status, Some(0), "round {round}: {stderr}");
        }
        let text = repo.read("CHANGELOG.md");
        for version in whole.iter().chain(&["2.0.0"]) {
            assert_eq!(count(&text, version), 1, "round {round}: {version} of {text}");
        }
    }
}

#[test]
fn full_rewrite_keeps_concurrent_edits() {
    let repo = released();
    repo.write("CHANGELOG.md", "## 1.2.0\n\n- old\n");
    assert_eq!(write(&repo, "v1.3.0").status, Some(0));
    let lock = fs::OpenOptions::new().append(true).open(locks(&repo).pop().unwrap()).unwrap();
    fs4::FileExt::lock(&lock).unwrap();
    let run = start(&repo, &["changelog", "--all", "--write", "--offline"]);
    // The process has now read the file, and is waiting for the lock.
    thread::sleep(run_duration(&repo) * 2 + Duration::from_secs(2));
    let file = fs::OpenOptions::new().append(true).open(repo.dir().join("CHANGELOG.md"));
    file.unwrap().write_all(b"- theirs\n").unwrap();
    drop(lock);
    let (status, stderr) = end(run);
    assert_eq!(status, Some(2), "{stderr}");
    assert!(stderr.contains("was changed while it was being written"), "{stderr}");
    assert!(repo.read("CHANGELOG.md").ends_with("- old\n- theirs\n"));
}

#[test]
fn killed_run_leaves_the_old_or_new_text_and_no_other_file() {
    kill_runs(36);
}

/// Manual: `cargo nextest run --test attack --run-ignored only run_killed_2000_times`.
#[test]
#[ignore = "takes minutes"]
fn run_killed_2000_times_leaves_the_old_or_new_text() {
    kill_runs(2_000);
}

fn kill_runs(rounds: u32) {
    let repo = released();
    let old = format!("# Changelog\n\n## 1.2.0\n\n- old\n{}", "- more\n".repeat(3_000));
    repo.write("CHANGELOG.md", &old);
    let run_duration = run_duration(&repo);
    assert_eq!(write(&repo, "v1.3.0").status, Some(0));
    let new = repo.read("CHANGELOG.md");
    let (mut olds, mut news) = (0, 0);
    for round in 0..rounds {
        repo.write("CHANGELOG.md", &old);
        let mut run = start(&repo, &["changelog", "--as", "v1.3.0", "--write", "--offline"]);
        // Most writes happen near the end of a run.
        thread::sleep(run_duration.mul_f64(0.5) + delay(round, run_duration.mul_f64(0.7)));
        drop(run.kill());
        run.wait().unwrap();
        let text = repo.read("CHANGELOG.md");
        assert!(text == old || text == new, "round {round}: {} bytes", text.len());
        if text == old {
            olds += 1
        } else {
            news += 1
        }
        assert_eq!(siblings(&repo), ["CHANGELOG.md"], "round {round}");
    }
    println!("{rounds} kills: {olds} old, {news} new");
    // The lock of a killed run does not block others, and the next run removes its temporary file.
    repo.write("CHANGELOG.md", &old);
    assert_eq!(write(&repo, "v1.3.0").status, Some(0));
    assert_eq!(repo.read("CHANGELOG.md"), new);
    assert!(locks(&repo).iter().all(|path| path.extension().is_some_and(|kind| kind == "lock")));
    assert!(repo.git(&["status", "--porcelain"]).lines().all(|line| !line.contains("tidings")));
}

fn locks(repo: &Repo) -> Vec<PathBuf> {
    let folder = repo.dir().join(".git/tidings");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn own_temporary_files_are_removed_and_others_kept() {
    let repo = released();
    assert_eq!(write(&repo, "v1.2.0").status, Some(0));
    let lock = locks(&repo).pop().unwrap();
    let left = lock.with_extension("tmp");
    fs::write(&left, "half a changelog").unwrap();
    fs::write(repo.dir().join(".tidings-notes.tmp"), "mine").unwrap();
    assert_eq!(write(&repo, "v2.0.0").status, Some(0));
    assert!(!left.exists());
    assert_eq!(repo.read(".tidings-notes.tmp"), "mine");
    assert!(!repo.read("CHANGELOG.md").contains("half"));
}

#[cfg(unix)]
#[test]
fn planted_temporary_link_is_not_written_through() {
    let repo = released();
    assert_eq!(write(&repo, "v1.2.0").status, Some(0));
    let left = locks(&repo).pop().unwrap().with_extension("tmp");
    repo.write("secret", "secret");
    std::os::unix::fs::symlink(repo.dir().join("secret"), &left).unwrap();
    let ran = write(&repo, "v2.0.0");
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert_eq!(repo.read("secret"), "secret");
    assert_eq!(count(&repo.read("CHANGELOG.md"), "2.0.0"), 1);
    assert!(fs::symlink_metadata(repo.dir().join("CHANGELOG.md")).unwrap().is_file());
}

#[test]
fn locked_changelog_is_waited_for() {
    let repo = released();
    assert_eq!(write(&repo, "v1.2.0").status, Some(0));
    let lock = locks(&repo).pop().unwrap();
    let file = fs::OpenOptions::new().append(true).open(&lock).unwrap();
    fs4::FileExt::lock(&file).unwrap();
    let mut run = start(&repo, &["changelog", "--as", "v2.0.0", "--write", "--offline"]);
    thread::sleep(Duration::from_secs(3));
    assert_eq!(run.try_wait().unwrap(), None);
    assert_eq!(count(&repo.read("CHANGELOG.md"), "2.0.0"), 0);
    drop(file);
    assert_eq!(end(run).0, Some(0));
    assert_eq!(count(&repo.read("CHANGELOG.md"), "2.0.0"), 1);
}

#[test]
fn unusable_lock_folder_does_not_prevent_writing() {
    let repo = released();
    repo.write(".git/tidings", "in the way");
    assert_eq!(write(&repo, "v1.2.0").status, Some(0));
    assert_eq!(siblings(&repo), ["CHANGELOG.md"]);
    assert_eq!(repo.read(".git/tidings"), "in the way");
}

#[test]
fn linked_work_tree_and_bare_repository_lock_in_their_git_directory() {
    let repo = released();
    let tree = repo.worktree("v1.3.0");
    assert_eq!(write(&tree, "v1.3.0").status, Some(0));
    assert_eq!(siblings(&tree), ["CHANGELOG.md", "files"]);
    assert_eq!(locks(&repo).len(), 1);
    let bare = repo.bare_clone();
    let file = repo.home().join("elsewhere.md").display().to_string();
    let ran = bare.run(&["changelog", "--file", &file, "--write", "--offline"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(bare.dir().join("tidings").is_dir());
    assert_eq!(count(&fs::read_to_string(file).unwrap(), "1.3.0"), 1);
}

#[test]
fn configuration_created_during_init_is_not_overwritten() {
    let repo = released();
    let run_duration = run_duration(&repo);
    for round in 0..10 {
        drop(fs::remove_file(repo.dir().join("tidings.toml")));
        let run = start(&repo, &["init"]);
        thread::sleep(delay(round, run_duration));
        let path = repo.dir().join("tidings.toml");
        let mine = fs::File::options().write(true).create_new(true).open(&path);
        let is_mine = mine.is_ok_and(|mut file| file.write_all(b"# mine\n").is_ok());
        let (status, stderr) = end(run);
        assert_eq!(status == Some(2), is_mine, "{stderr}");
        assert_eq!(repo.read("tidings.toml") == "# mine\n", is_mine);
    }
}

#[cfg(unix)]
#[test]
fn configuration_is_not_written_through_a_link() {
    let repo = released();
    repo.write("readme", "x");
    std::os::unix::fs::symlink("../outside", repo.dir().join("tidings.toml")).unwrap();
    let ran = repo.run(&["init"]);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(!repo.home().join("outside").exists());
}
