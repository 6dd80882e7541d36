//! What the comment says.

use super::*;

/// The comment of a dry run on GitHub.
fn said(world: &World, fake: &Fake) -> String {
    world.ok(fake, &["--dry-run", "--pull-request", "12"]).stdout
}

#[test]
fn whole_comment() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let body = said(&world, &fake).replace(&world.head[..7], "[head]").replace(&world.base[..7], "[base]");
    let page = fake.api().replace("/api/v3", "");
    insta::assert_snapshot!(body.replace(&page, "[forge]"), @r"
    <!-- tidings:pull-request -->

    ### Release notes

    Next version: **1.1.0** with this pull request, **1.0.1** without it (minor: 1 feature since 1.0.0).

    #### Features

    - add a door ([#12]([forge]/o/r/pull/12))

    For commit [head], as if it were merged into `main` ([base]). `tidings comment` updates this comment.
    ");
}

#[test]
fn pull_request_that_adds_nothing_says_why() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    fake.pull(12).title("chore: sweep");
    let body = said(&world, &fake);
    assert!(body.contains("adds nothing to the notes, because none of its changes is listed"), "{body}");
    assert!(body.contains("- chore: sweep: hidden by the built-in rule"), "{body}");
    assert_eq!(body.matches("sweep").count(), 1, "{body}");

    world.repo.git(&["update-ref", "refs/remotes/origin/main", &world.head]);
    let body = said(&world, &fake);
    assert!(
        body.contains("adds nothing to the notes, because `main` contains its commits already"),
        "{body}"
    );
}

#[test]
fn reverted_entry_is_no_longer_listed() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let revert = format!("Revert \"fix: oil the hinges\"\n\nThis reverts commit {}.\n", world.base);
    world.repo.commit(Commit::new(revert));
    fake.pull(12).brought(&world.sha("topic"));
    let body = said(&world, &fake);
    let gone = body.split("#### No longer listed").nth(1).unwrap_or_default();
    assert!(gone.contains("- oil the hinges: reverted by"), "{body}");
}

#[test]
fn files_that_decide_what_the_notes_say_are_named() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "[notes]\ntemplate = 't/n.tera'\n");
    world.repo.commit(
        Commit::new("chore: change files")
            .file(".tidings/corrections.toml", "")
            .file("t/n.tera", "x")
            .file(".changeset/config.json", "{}")
            .file(".changeset/quick-fox.md", "---\n'r': minor\n---\n\nText\n")
            .file(".mailmap", "A <a@x>\n")
            .file("src/lib.rs", "x"),
    );
    world.repo.materialize();
    world.repo.git(&["checkout", "--quiet", "topic"]);
    fake.pull(12).brought(&world.sha("topic"));
    let body = said(&world, &fake);
    for line in [
        "- `.mailmap` (configuration)",
        "- `.changeset/config.json` (configuration)",
        "- `.tidings/corrections.toml` (corrections)",
        "- `t/n.tera` (template)",
        "- `.changeset/quick-fox.md` (fragment)",
    ] {
        assert!(body.contains(line), "{line}: {body}");
    }
    assert!(!body.contains("src/lib.rs"), "{body}");
}

#[test]
fn findings_about_title_and_messages_are_listed() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "[lint]\nconventional = true\n");
    world.repo.commit("Not conventional");
    fake.pull(12).title("Add a door").brought(&world.sha("topic"));
    let body = said(&world, &fake);
    let checks = body.split("#### Checks").nth(1).unwrap_or_default();
    assert!(checks.contains("error: title: ") && checks.contains("`Not conventional`"), "{body}");
    assert!(!checks.contains("add a door"), "{body}");
}

#[test]
fn missing_labels_are_named() {
    let fake = Fake::github("o", "r");
    let rule = "[[rules]]\nlabels = ['kind/feature', 'kind/fix']\nsection = 'features'\n";
    let world = world(&fake, "github", rule);
    world.repo.checkout("main").branch("plain");
    world.repo.commit("Add a door");
    fake.pull(12).title("Add a door").branches("plain", "main").brought(&world.sha("plain"));
    let missing = "this pull request has none of them: `kind/feature`, `kind/fix`";
    assert!(said(&world, &fake).contains(missing), "{}", said(&world, &fake));
    fake.pull(12).label("kind/fix");
    assert!(!said(&world, &fake).contains(missing));
}

#[test]
fn migration_is_listed_as_attention_item() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    world.repo.commit(Commit::new("feat: table").file("db/migration/V2__x.sql", "create table x();"));
    fake.pull(12).brought(&world.sha("topic"));
    assert!(said(&world, &fake).contains("`db/migration/V2__x.sql`"), "{}", said(&world, &fake));
}

#[test]
fn packages_have_a_heading_and_others_are_left_out() {
    let fake = Fake::github("o", "r");
    let packages = ["a", "b", "c"].map(|name| format!("[[packages]]\nname = '{name}'\npaths = ['{name}']\n"));
    let repo = Repo::new();
    let text = format!("{}{}", packages.concat(), configuration("github"));
    let base = repo.commit(
        Commit::new("feat: start")
            .file("tidings.toml", text)
            .file("a/x", "1")
            .file("b/x", "1")
            .file("c/x", "1"),
    );
    for name in ["a", "b", "c"] {
        repo.tag(&format!("{name}@1.0.0"));
    }
    repo.branch("topic");
    let head = repo.commit(Commit::new("feat: more").file("a/x", "2").file("b/x", "2"));
    repo.materialize();
    let (base, head) = (repo.sha(base), repo.sha(head));
    repo.git(&["update-ref", "refs/remotes/origin/main", &base]);
    fake.pull(12).title("feat: more").branches("topic", "main").brought(&head).onto(&base);
    let world = World { repo, base, head };
    let body = said(&world, &fake);
    assert!(body.contains("#### `a`") && body.contains("#### `b`") && !body.contains("#### `c`"), "{body}");
    assert_eq!(body.matches("- more ([#12]").count(), 2, "{body}");
    assert!(!body.contains("Not listed"), "{body}");
}

#[test]
fn target_branch_decides_the_maintenance_line() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    world.repo.checkout("main").branch("mend");
    world.repo.commit("fix: mend");
    world.repo.checkout("main");
    world.repo.commit("feat: later");
    world.repo.tag("v1.1.0");
    let head = world.sha("mend");
    world.repo.git(&["update-ref", "refs/remotes/origin/release/1.0", &world.base]);
    fake.pull(12).title("fix: mend").branches("mend", "release/1.0").brought(&head);
    let body = said(&world, &fake);
    assert!(body.contains("Next version: **1.0.1**, with or without"), "{body}");
    fake.pull(12).branches("mend", "other").onto(&world.base);
    let body = said(&world, &fake);
    assert!(body.contains("Next version: **1.1.1**") && !body.contains("No longer listed"), "{body}");
}
