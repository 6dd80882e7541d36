//! Dry runs that read nothing from the forge: without a token, a remote or a known forge, and offline.

use super::*;

/// A dry run without a token.
fn dry(repo: &Repo, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = repo.tidings(&[&["publish", "--dry-run"], args].concat());
    command.envs(variables.iter().copied());
    let ran = repo.run_command(command);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    ran
}

#[test]
fn body_is_shown_without_a_token() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.write("sums.txt", "abc");
    let api = fake.api();
    let ran = dry(&repo, &["--attach", "sums.txt", "--announce"], &[("TIDINGS_FORGE__API", &api)]);
    insta::assert_snapshot!(ran.snapshot(), @r#"
    status: 0
    ----- stdout -----
    - create a draft of the release v1.1.0, titled "v1.1.0", with this body, as a full release

    --- /dev/null
    +++ b/v1.1.0
    @@ -0,0 +1,15 @@
    +<!-- tidings:begin 2fa2df6c0d1a34c1 -->
    +### Features
    +
    +- add a door ([#11](https://forge.example/o/r/pull/11))
    +
    +### Bug fixes
    +
    +- oil the hinges ([#12](https://forge.example/o/r/pull/12))
    +
    +### Contributors
    +
    +- Ada Lovelace
    +
    +Full changes: [v1.0.0...v1.1.0](https://forge.example/o/r/compare/v1.0.0...v1.1.0)
    +<!-- tidings:end -->

    - attach the file sums.txt (3 bytes)
    - publish the release v1.1.0, as the latest
    - comment on pull request #11: v1.1.0 is released
    - comment on pull request #12: v1.1.0 is released
    ----- stderr -----
    Warning: nothing was read from GitHub, so this is the plan for a version without a release: there is no token in GITHUB_TOKEN or GH_TOKEN
    "#);
    repo.write("CHANGELOG.md", "## 1.1.0\n\nWe wrote this.\n");
    let ran = dry(&repo, &["--body-from", "changelog"], &[("TIDINGS_FORGE__API", &api)]);
    assert!(ran.stdout.contains("\n+We wrote this.\n"), "{}", ran.snapshot());
    assert_eq!(writes(&fake), [""; 0]);
}

#[test]
fn reason_why_nothing_was_read_is_named() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let body = |ran: &Ran, words: &str| {
        assert!(ran.stdout.contains("add a door"), "{}", ran.snapshot());
        assert!(ran.stderr.contains(words), "`{words}`: {}", ran.snapshot());
    };
    let token = [("GITHUB_TOKEN", HIDDEN)];
    body(
        &dry(&repo, &["--offline"], &token),
        "from GitHub, so this is the plan for a version without a release",
    );
    body(&dry(&repo, &["--offline"], &token), "requests to it are disabled");
    // The host is named by the repository alone.
    body(&dry(&repo, &[], &token), "the token is not sent to forge.example");
    repo.write("tidings.toml", "");
    body(&dry(&repo, &[], &token), "nothing was read from the forge, so");
    repo.git(&["remote", "add", "origin", "https://code.example/o/r"]);
    body(&dry(&repo, &[], &[]), "the forge of the repository is not known");
    body(&dry(&repo, &["--draft", "--milestone", "1.1", "--discussion", "News"], &[]), "not known");
    configure(&repo, "gitlab", "");
    let ran = dry(&repo, &["v1.2.0", "--create-tag"], &[]);
    assert!(ran.stdout.contains("- create the release v1.2.0"), "{}", ran.snapshot());
    assert!(ran.stdout.contains("with a new tag at"), "{}", ran.snapshot());
    assert_eq!(writes(&fake), [""; 0]);
}

#[test]
fn rollback_and_announcement_are_shown() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let ran = dry(&repo, &["--rollback-to", "v1.0.0"], &[]);
    assert!(ran.stdout.contains("+Rolling back from 1.1.0 to 1.0.0 loses"), "{}", ran.snapshot());
    let ran = dry(&repo, &["--announce-only"], &[]);
    assert_eq!(
        ran.stdout,
        "- comment on pull request #11: v1.1.0 is released\n- comment on pull request #12: v1.1.0 is released\n"
    );
}

#[test]
fn forge_without_releases_is_still_an_error() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    configure(&repo, "bitbucket", "");
    assert_eq!(repo.run(&["publish", "--dry-run"]).status, Some(4));
}
