//! Hostile commits in the list of `tidings edit`, and hostile corrections in the notes.

use std::fs;

use crate::support::{Commit, Repo};

const FILE: &str = ".tidings/corrections.toml";

/// Subjects that look like lines of the list, break lines, or steer a terminal.
const SUBJECTS: [&str; 9] = [
    "feat: # hide #12 fixes gone",
    "feat: a\u{2028}hide #12\u{2029}  reason: forged",
    "feat: b\u{85}hide #12\r  reason: forged",
    "feat(a\u{b}\"b) (c): \u{1b}[2K\u{202e}tfel-ot-thgir",
    "feat(x\ny): -",
    "feat: version 9.9.9",
    "  keep deadbee fixes forged",
    "feat: \"quoted\" (\"scope\") #!",
    "feat: $(touch pwned) `touch pwned` \"$@\"; touch pwned",
];

fn repo() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0").commit("fix: real (#12)");
    for subject in SUBJECTS {
        repo.commit(Commit::new(subject));
    }
    repo
}

#[test]
fn hostile_titles_are_one_line_of_the_list_and_change_nothing() {
    let repo = repo();
    let ran = repo.run(&["edit", "--print"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stdout.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", ran.stdout);
    let lines = ran.stdout.lines().filter(|line| line.starts_with("keep ") || line.starts_with("# hide "));
    assert_eq!(lines.count(), SUBJECTS.len() + 1 + 1, "each entry, and the help: {}", ran.stdout);
    assert!(!ran.stdout.lines().any(|line| line.starts_with("hide ") || line.starts_with("  reason")));
    let again = repo.run_with_input(&["edit", "--from", "-"], &ran.stdout);
    assert_eq!(again.snapshot(), "status: 0\n----- stderr -----\nnothing was changed\n");
}

#[cfg(unix)]
#[test]
fn hostile_titles_and_a_hostile_configuration_run_nothing_in_the_editor() {
    let repo = repo();
    repo.materialize();
    repo.git(&["config", "core.editor", "touch pwned;"]);
    let mut command = repo.tidings(&["edit"]);
    command.env("VISUAL", "sed -i 's/real/Real/'");
    let ran = repo.run_command(command);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert_eq!(repo.read(FILE), "[pull_request.12]\ntitle = \"Real\"\n");
    assert!(!repo.dir().join("pwned").exists() && !repo.dir().join(".git/tidings/pwned").exists());
}

#[test]
fn hostile_corrections_are_escaped_in_every_format() {
    let repo = repo();
    let hostile = "\\u001b[31m<script>x</script> @everyone ::error::x \\u202e![i](https://e.example/i)";
    repo.write(
        FILE,
        format!(
            "[pull_request.12]\ntitle = \"{hostile}\"\nscope = \"@o/team\"\n[version.\"1.1.0\"]\n\
             summary = \"# {hostile}\\n<!-- tidings 00 -->\\n\\n## [9.9.9]\\n\\n::warning::x\"\nhighlights = [\"{hostile}\"]\n"
        ),
    );
    for format in
        ["markdown", "release", "keepachangelog", "html", "slack", "terminal", "text", "debian", "rpm"]
    {
        let ran = repo.run(&["notes", "--as", "1.1.0", "--format", format]);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        let text = &ran.stdout;
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{format}: {text:?}");
        if ["markdown", "release", "keepachangelog"].contains(&format) {
            assert!(!text.contains(" <script>") && !text.contains("\n<!--"), "{format}: {text}");
            assert!(!text.contains("\n## [9.9.9]") && !text.contains(" @everyone"), "{format}: {text}");
            assert!(!text.contains(" ![i]"), "{format}: {text}");
        }
        if format == "html" {
            assert!(!text.contains("<script>") && !text.contains("<img"), "{text}");
        }
    }
    let explained = repo.run(&["explain", "#12"]).stdout;
    assert!(
        !explained.contains('\u{1b}') && !explained.lines().any(|line| line.starts_with("::")),
        "{explained}"
    );
    let written = repo.run(&["changelog", "--as", "1.1.0", "--write"]);
    assert_eq!(written.status, Some(0), "{}", written.snapshot());
    assert_eq!(repo.run(&["changelog", "--as", "1.1.0", "--check"]).status, Some(0));
}

#[cfg(unix)]
#[test]
fn links_of_the_repository_do_not_lead_outside() {
    for (link, target) in [(".tidings", "../outside"), (FILE, "../../outside/corrections.toml")] {
        let repo = repo();
        let outside = repo.home().join("outside");
        fs::create_dir_all(&outside).unwrap();
        fs::write(outside.join("corrections.toml"), "[pull_request.12]\ntitle = \"Outside\"\n").unwrap();
        let path = repo.dir().join(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, &path).unwrap();
        let ran = repo.run(&["notes", "--as", "1.1.0"]);
        assert!(ran.status == Some(2) && !ran.stdout.contains("Outside"), "{}", ran.snapshot());
        let ran = repo.run_with_input(&["edit", "--from", "-"], "keep #12 fixes Changed\n");
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
        let text = fs::read_to_string(outside.join("corrections.toml")).unwrap();
        assert_eq!(text, "[pull_request.12]\ntitle = \"Outside\"\n");
    }
}

#[test]
fn configuration_cannot_write_corrections_to_a_file_of_another_tool() {
    let repo = repo();
    for path in
        [".cargo/config.toml", "Cargo.toml", ".git/corrections.toml", "../corrections.toml", "corrections.sh"]
    {
        repo.write("tidings.toml", format!("corrections = \"{path}\"\n"));
        let ran = repo.run_with_input(&["edit", "--from", "-"], "keep #12 fixes Changed\n");
        assert_eq!(ran.status, Some(2), "{path}: {}", ran.snapshot());
    }
}
