//! The remote in a configuration: git treats a value that is not a remote name as a URL.

use std::path::Path;

use crate::support::Repo;

#[test]
fn only_remotes_of_the_clone_are_fetched_and_pushed_to() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    let other = repo.bare_clone();
    let other: &Path = other.dir();
    for remote in [
        other.display().to_string(),
        format!("file://{}", other.display()),
        "ext::sh -c touch% pwned".to_owned(),
        "--upload-pack=touch pwned".to_owned(),
        ".".to_owned(),
        "..".to_owned(),
        "https://example.invalid/o/r.git".to_owned(),
    ] {
        repo.write("tidings.toml", format!("[repository]\nremote = \"{remote}\"\n"));
        let ran = repo.run(&["--deepen", "notes"]);
        assert_eq!(ran.status, Some(3), "{remote}: {}", ran.snapshot());
        assert!(ran.stderr.contains("remote"), "{remote}: {}", ran.snapshot());
        let ran = repo.run(&["tag", "v1.1.0", "--push", "--force", "--allow", "changelog"]);
        assert_eq!(ran.status, Some(3), "{remote}: {}", ran.snapshot());
        assert!(!repo.dir().join("pwned").exists());
    }
    let tags = std::process::Command::new("git").arg("--git-dir").arg(other).arg("tag").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&tags.stdout), "v1.0.0\n");
}

#[test]
fn fetch_runs_no_hook_of_the_work_tree() {
    use std::os::unix::fs::PermissionsExt as _;

    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    repo.commit("fix: three");
    let shallow = repo.shallow_clone(1);
    // As set up by husky and others, for hooks that are part of the repository.
    shallow.git(&["config", "core.hooksPath", "hooks"]);
    for hook in ["reference-transaction", "post-checkout", "post-merge", "post-rewrite", "fsmonitor-watchman"]
    {
        shallow.write(&format!("hooks/{hook}"), "#!/bin/sh\ntouch pwned ../pwned\n");
        let path = shallow.dir().join("hooks").join(hook);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let ran = shallow.run(&["--deepen", "notes"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(!shallow.dir().join("pwned").exists() && !repo.home().join("pwned").exists());
    assert!(!shallow.dir().join(".git/pwned").exists());
}
