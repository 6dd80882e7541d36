//! The gate: names of findings, manifests, the commit hook.

use super::support::{Commit, Ran, Repo};

fn repo() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    repo.commit("feat: add a door");
    repo.materialize();
    repo
}

fn hook(repo: &Repo, message: &str) -> Ran {
    repo.write(".git/COMMIT_EDITMSG", message);
    repo.run(&["check", "--message", ".git/COMMIT_EDITMSG"])
}

#[test]
fn known_finding_may_be_allowed_without_effect_and_an_unknown_one_is_an_error() {
    let repo = repo();
    let ran = repo.run(&["check", "v1.1.0", "--allow", "changelog"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""), "{}", ran.snapshot());
    for args in [
        &["check", "v1.1.0", "--allow", "chanelog"][..],
        &["tag", "v1.1.0", "--dry-run", "--allow", "chanelog"],
    ] {
        let ran = repo.run(args);
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
        assert!(ran.stderr.contains("`chanelog` is not the name of a finding"), "{}", ran.stderr);
        assert!(ran.stderr.contains("did you mean `changelog`?"), "{}", ran.stderr);
    }
    let ran = repo.run(&["check", "v1.1.0", "--allow", "everything"]);
    assert!(ran.status == Some(2) && ran.stderr.contains("use one of: "), "{}", ran.snapshot());
}

#[test]
fn hook_is_silent_when_all_is_well_and_lets_fixups_pass() {
    let repo = repo();
    for message in
        ["feat: add a window\n# comment\n", "fixup! feat: add a door\n", "squash! x\n", "amend! x\n"]
    {
        let ran = hook(&repo, message);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""), "{message}");
    }
    assert_eq!(hook(&repo, "nonsense\n").status, Some(1));
    repo.write("tidings.toml", "[lint]\nhook_fixups = false\n");
    let ran = hook(&repo, "fixup! feat: add a door\n");
    assert!(ran.status == Some(1) && ran.stdout.contains("fixup commit"), "{}", ran.snapshot());
}

#[test]
fn every_finding_of_a_message_is_reported() {
    let repo = repo();
    repo.write(
        "tidings.toml",
        "[lint]\nscopes = [\"web\"]\nbody_line_max = 20\nrequire_trailers = [\"Signed-off-by\"]\n",
    );
    let long = "a line that is too long for this project";
    let ran = hook(&repo, &format!("Feat(api, db): add it.\n\n{long}\nshort\n{long}\n"));
    for words in [
        "`Feat` is not lower case",
        "`api` is not an allowed scope",
        "`db` is not an allowed scope",
        "ends with a period",
        "line 2 of the body",
        "line 4 of the body",
        "`Signed-off-by` is missing",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.snapshot());
    }
}

#[test]
fn manifest_with_another_version_is_a_warning() {
    let repo = repo();
    repo.commit(
        Commit::new("chore: prepare 1.2.0")
            .file("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.2.0\"\n")
            .file("web/package.json", "{\"version\": \"1.3.0\"}")
            .file("package.json", "{\"version\": \"0.0.1\", \"private\": true}"),
    );
    repo.materialize();
    let warnings = |version: &str| {
        let ran = repo.run(&["check", version]);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        ran.stdout.lines().filter(|line| line.contains("manifest")).collect::<Vec<_>>().join("\n")
    };
    let words = "manifest: Cargo.toml of the commit to be tagged states 1.2.0, not 1.1.0";
    assert!(warnings("v1.1.0").contains(words), "{}", warnings("v1.1.0"));
    assert_eq!(warnings("v1.2.0"), "");
    assert_eq!(repo.run(&["check", "v1.1.0", "--strict"]).status, Some(1));
    repo.write("tidings.toml", "manifests = [\"web/package.json\"]\n");
    assert!(warnings("v1.2.0").contains("web/package.json of the commit to be tagged states 1.3.0"));
    repo.write("tidings.toml", "manifests = []\n");
    assert_eq!(warnings("v1.1.0"), "");
}
