//! Completions in a shell: of commands, options, and of what is in the repository.

use super::support::Repo;

/// The completions of the last word, as the script for fish asks for them.
fn completed(repo: &Repo, words: &[&str]) -> Vec<String> {
    let mut command = repo.tidings(&[&["--", "tidings"], words].concat());
    command.env("COMPLETE", "fish");
    let ran = repo.run_command(command);
    assert!(ran.status == Some(0) && ran.stderr.is_empty(), "{}", ran.snapshot());
    ran.stdout.lines().map(|line| line.split('\t').next().unwrap_or(line).to_owned()).collect()
}

fn repo() -> Repo {
    let repo = Repo::new();
    repo.write("tidings.toml", "environments = ['staging', 'production']\n");
    for version in ["v1.0.0", "v1.9.0", "v1.10.0", "v2.0.0"] {
        repo.commit("feat: sell books");
        repo.git(&["tag", version]);
    }
    repo
}

#[test]
fn versions_and_environments_are_completed() {
    let repo = repo();
    assert_eq!(completed(&repo, &["notes", "v1"]), ["v1.10.0", "v1.9.0", "v1.0.0"]);
    assert_eq!(completed(&repo, &["preview", "sta"]), ["staging"]);
    assert_eq!(completed(&repo, &["compare", "production", "st"]), ["staging"]);
    assert_eq!(completed(&repo, &["promote", "--version", "v2"]), ["v2.0.0"]);
    assert_eq!(completed(&repo, &["notify", "--environment", "p"]), ["production"]);
    assert_eq!(completed(&repo, &["notes", "--locale", "zh"]), ["zh-TW", "zh-CN"]);
    assert_eq!(completed(&repo, &["notes", "--format", "keep"]), ["keepachangelog"]);
    assert!(completed(&repo, &["pro"]).contains(&"promote".to_owned()));
    // A version to tag does not exist yet.
    assert!(!completed(&repo, &["tag", "v"]).contains(&"v2.0.0".to_owned()));
}

#[test]
fn packages_are_completed() {
    let repo = Repo::new();
    repo.commit("feat: sell books");
    packages(&repo, &["api", "web"]);
    assert_eq!(completed(&repo, &["notes", "--package", "a"]), ["api"]);
    assert_eq!(completed(&repo, &["--package", "w"]), ["web"]);
}

fn packages(repo: &Repo, names: &[&str]) {
    let entry = |name: &&str| format!("[[packages]]\nname = '{name}'\npaths = ['{name}/**']\n");
    repo.write("tidings.toml", names.iter().map(entry).collect::<String>());
}

#[test]
fn another_repository_is_read_if_it_is_named() {
    let (repo, other) = (repo(), Repo::new());
    let path = repo.dir().display().to_string();
    assert_eq!(completed(&other, &["--repo", &path, "notes", "v2"]), ["v2.0.0"]);
}

#[test]
fn names_that_a_shell_would_execute_are_not_completed() {
    let repo = Repo::new();
    repo.commit("feat: sell books");
    packages(&repo, &["$(touch x)", "b;c", "plain", "`d`", "-e"]);
    assert_eq!(completed(&repo, &["notes", "--package", ""]), ["plain"]);
}

#[test]
fn unreadable_repository_completes_nothing_and_prints_no_error() {
    let repo = repo();
    repo.write("tidings.toml", "nonsense = ");
    assert_eq!(completed(&repo, &["notes", "v1"]), [""; 0]);
    assert!(completed(&repo, &["not"]).contains(&"notes".to_owned()));
}

#[test]
fn scripts_ask_the_program() {
    let repo = Repo::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = repo.run(&["completions", shell]).stdout;
        assert!(script.contains("COMPLETE") && script.contains("tidings"), "{shell}: {script}");
    }
}
