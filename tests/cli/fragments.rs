//! Fragments: the change files of Changesets, Knope and towncrier.

use serde_json::json;

use crate::support::{Commit, Repo};

const CHANGESET: &str = ".changeset/calm-carts.md";

fn changeset(kind: &str, text: &str) -> String {
    format!("---\n\"@acme/shop\": {kind}\n---\n\n{text}\n")
}

/// A repository that uses Changesets, at version 1.0.0.
fn with_changesets() -> Repo {
    let repo = Repo::new();
    repo.commit(Commit::new("chore: start").file(".changeset/config.json", "{}").file("package.json", "1"));
    repo.tag("v1.0.0");
    repo
}

/// A repository that uses towncrier, at version 1.0.0.
fn with_towncrier(configuration: &str) -> Repo {
    let repo = Repo::new();
    let text = format!("[tool.towncrier]\ndirectory = \"news\"\nfilename = \"NEWS.md\"\n{configuration}");
    repo.commit(Commit::new("Start").file("pyproject.toml", text));
    repo.tag("v1.0.0");
    repo
}

#[test]
fn fragments_are_the_entries_and_other_commits_are_hidden() {
    let repo = with_changesets();
    let text = changeset("minor", "Carts can be shared\n\nSend the link:\n\n```js\nshare()\n```");
    let added =
        repo.commit(Commit::new("work on carts (#12)").file(CHANGESET, text).file("src/cart.js", "1"));
    repo.commit(Commit::new("feat: internal").file("src/x.js", "1"));
    repo.commit(Commit::new("feat!: drop Node.js 18").file("src/y.js", "1"));
    repo.commit(
        Commit::new("Version Packages").remove(CHANGESET).file("CHANGELOG.md", "x").file("package.json", "2"),
    );
    repo.tag("v2.0.0");
    let release = repo.release(&["v2.0.0"]);
    assert_eq!(release.titles(), ["drop Node.js 18", "Carts can be shared"]);
    assert_eq!(release.section("features"), ["Carts can be shared"]);
    let change = release.change("Carts can be shared");
    assert_eq!(change["fragment"], CHANGESET);
    assert_eq!(change["description"], "Send the link:\n\n```js\nshare()\n```");
    assert_eq!(change["pull_request"]["number"], 12);
    assert_eq!(
        release.outcome("feat: internal"),
        ("hidden", "no fragment, and Changesets lists only changes with one")
    );
    assert_eq!(
        release.outcome("work on carts (#12)"),
        ("listed", "listed by .changeset/calm-carts.md (Changesets: minor)")
    );
    release.assert_accounts_for_all();
    let explained = repo.run(&["explain", &repo.sha(added)]).stdout;
    assert!(explained.contains("text     from the fragment .changeset/calm-carts.md"), "{explained}");
    let markdown = repo.run(&["notes", "v2.0.0", "--format", "markdown"]).stdout;
    assert!(markdown.contains("\n  Send the link:\n\n  ```"), "{markdown}");
}

#[test]
fn all_of_history_has_the_fragments_of_each_version() {
    let repo = with_changesets();
    for (version, kind) in [("v1.1.0", "minor"), ("v1.1.1", "patch")] {
        let text = changeset(kind, &format!("In {version}"));
        repo.commit(Commit::new("work").file(CHANGESET, text));
        repo.commit(Commit::new("Version Packages").remove(CHANGESET).file("CHANGELOG.md", version));
        repo.tag(version);
    }
    for release in repo.releases(&["--all"]) {
        let Some(version) = release.version().filter(|version| version != "1.0.0") else { continue };
        assert_eq!(release.titles(), [format!("In v{version}")]);
        assert_eq!(repo.release(&[&format!("v{version}")]).sections(), release.sections());
    }
}

#[test]
fn kind_requires_the_bump() {
    for (kind, version) in [("patch", "1.0.1"), ("minor", "1.1.0"), ("major", "2.0.0")] {
        let repo = with_changesets();
        repo.commit("feat!: without a fragment it would be 2.0.0");
        repo.commit(Commit::new("work").file(CHANGESET, changeset(kind, "Text")));
        let next = repo.run_json(&["next", "--format", "json"]);
        // A breaking change counts in any case.
        assert_eq!(next["version"], "2.0.0", "{kind}");
        let repo = with_changesets();
        repo.commit("feat: hidden");
        repo.commit(Commit::new("work").file(CHANGESET, changeset(kind, "Text")));
        assert_eq!(repo.run_json(&["next", "--format", "json"])["version"], version);
    }
}

#[test]
fn last_text_counts_and_withdrawn_fragments_do_not() {
    let repo = with_changesets();
    repo.commit(Commit::new("work").file(CHANGESET, changeset("minor", "First text")));
    repo.commit(Commit::new("review").file(CHANGESET, changeset("patch", "Last text")));
    repo.commit(Commit::new("more").file(".changeset/b.md", changeset("minor", "Withdrawn")));
    repo.commit(Commit::new("not that").remove(".changeset/b.md").file("src/x.js", "1"));
    repo.commit(Commit::new("other").file(".changeset/c.md", changeset("patch", "Renamed")));
    repo.commit(
        Commit::new("rename")
            .remove(".changeset/c.md")
            .file(".changeset/d.md", changeset("patch", "Renamed")),
    );
    // Neither a source file with a name like that of a changelog nor a manifest makes a release of a commit.
    repo.commit(Commit::new("even more").file(".changeset/e.md", changeset("minor", "Withdrawn too")));
    repo.commit(
        Commit::new("nor that")
            .remove(".changeset/e.md")
            .file("src/history.js", "1")
            .file("package.json", "3"),
    );
    let release = repo.release(&[]);
    assert_eq!(
        release.sections(),
        [("fixes".to_owned(), vec!["Renamed".to_owned(), "Last text".to_owned()])]
    );
    assert_eq!(release.outcome("other").0, "listed");
    assert_eq!(release.outcome("rename").0, "hidden");
}

#[test]
fn fragment_of_a_merged_branch_is_the_entry_of_its_pull_request() {
    let repo = with_changesets();
    repo.branch("carts");
    repo.commit(Commit::new("one").file("src/a.js", "1"));
    repo.commit(Commit::new("two").file(CHANGESET, changeset("minor", "Carts")));
    repo.commit(Commit::new("three").file("src/a.js", "2"));
    repo.checkout("main");
    repo.merge("carts", "Merge pull request #7 from acme/carts\n\nAdd carts");
    let release = repo.release(&[]);
    assert_eq!(release.titles(), ["Carts"]);
    let change = release.change("Carts");
    assert_eq!(
        (&change["pull_request"]["number"], change["commits"].as_array().unwrap().len()),
        (&json!(7), 4)
    );
    release.assert_accounts_for_all();
}

#[test]
fn packages_list_the_fragments_that_name_them() {
    let repo = Repo::new();
    repo.write(
        "tidings.toml",
        "[[packages]]\nname = \"@acme/shop\"\npaths = [\"shop/\"]\n[[packages]]\nname = \"api\"\npaths = [\"api/\"]\n",
    );
    repo.commit(
        Commit::new("chore: start")
            .file(".changeset/config.json", "{}")
            .file("shop/a", "1")
            .file("api/a", "1"),
    );
    repo.tag("@acme/shop@1.0.0").tag("api@1.0.0");
    let both = "---\n\"@acme/shop\": minor\n\"@acme/api\": patch\n---\n\nFor both\n";
    repo.commit(Commit::new("both").file(".changeset/a.md", both).file("shop/a", "2"));
    repo.commit(
        Commit::new("one").file(".changeset/b.md", changeset("patch", "Only the shop")).file("api/a", "2"),
    );
    let shop = repo.release(&["--package", "@acme/shop"]);
    assert_eq!(
        (shop.section("features"), shop.section("fixes")),
        (vec!["For both".to_owned()], vec!["Only the shop".to_owned()])
    );
    let api = repo.release(&["--package", "api"]);
    assert_eq!(api.sections(), [("fixes".to_owned(), vec!["For both".to_owned()])]);
    assert_eq!(api.outcome("one"), ("hidden", "its fragment is about other packages"));
}

#[test]
fn towncrier_has_its_kinds_issues_and_sections() {
    let repo = with_towncrier(
        "[[tool.towncrier.type]]\ndirectory = \"change\"\nname = \"Changes\"\n\
         [[tool.towncrier.type]]\ndirectory = \"bugfix\"\nname = \"Bugfixes\"\n\
         [[tool.towncrier.type]]\ndirectory = \"misc\"\nname = \"Misc\"\nshowcontent = false\n",
    );
    repo.commit(
        Commit::new("Work")
            .file("news/12.bugfix.rst", "Fix ``cart()`` of\n:class:`Shop <shop.Shop>`.\n")
            .file("news/13.change.md", "Ask [twice](https://a.example).")
            .file("news/+x.misc.md", "Tidy.")
            .file("news/README.md", "How to"),
    );
    repo.commit(Commit::new("Other work").file("src/x.py", "1"));
    repo.commit(
        Commit::new("Release")
            .remove("news/12.bugfix.rst")
            .remove("news/13.change.md")
            .remove("news/+x.misc.md")
            .file("NEWS.md", "x"),
    );
    repo.tag("v1.1.0");
    repo.materialize();
    let release = repo.release(&["v1.1.0"]);
    assert_eq!(release.section("fixes"), ["Fix `cart()` of `Shop`."]);
    assert_eq!(release.section("change"), ["Ask [twice](https://a.example)."]);
    assert_eq!(release.change("Fix `cart()` of `Shop`.")["issues"][0]["number"], 12);
    assert_eq!(release.titles().len(), 2);
    let text = repo.run(&["notes", "v1.1.0", "--format", "markdown"]).stdout;
    assert!(text.contains("### Changes\n\n- Ask [twice](https://a.example)."), "{text}");
    assert_eq!(repo.bare_clone().run(&["notes", "v1.1.0", "--format", "markdown"]).stdout, text);
    assert_eq!(release.outcome("Other work").0, "hidden");
}

#[test]
fn knope_lists_conventional_commits_too() {
    let repo = Repo::new();
    let sections = "[package]\nextra_changelog_sections = [{ name = \"Notes\", types = [\"note\"] }]\n";
    repo.commit(Commit::new("chore: start").file("knope.toml", sections));
    repo.tag("v1.0.0");
    repo.commit(Commit::new("work").file(CHANGESET, "---\ndefault: note\n---\n\n# Read this\n\nTwice.\n"));
    repo.commit("fix: crash");
    repo.materialize();
    let release = repo.release(&[]);
    assert_eq!(
        (release.section("fixes"), release.section("note")),
        (vec!["crash".to_owned()], vec!["Read this".to_owned()])
    );
    repo.commit(
        Commit::new("chore: settle")
            .file("knope.toml", format!("{sections}[changes]\nignore_conventional_commits = true\n")),
    );
    assert_eq!(repo.release(&[]).titles(), ["Read this"]);
}

#[test]
fn key_decides_what_is_listed() {
    let listed = |key: &str, configured: bool| {
        let repo = if configured { with_changesets() } else { Repo::new() };
        if !configured {
            repo.commit("chore: start");
            repo.tag("v1.0.0");
        }
        repo.write("tidings.toml", format!("fragments = \"{key}\"\n"));
        repo.commit(
            Commit::new("feat: work").file(CHANGESET, changeset("minor", "Text")).file("src/a.js", "1"),
        );
        repo.commit("fix: other");
        let mut titles = repo.release(&[]).titles();
        titles.sort();
        titles
    };
    assert_eq!(listed("auto", true), ["Text"]);
    assert_eq!(listed("only", true), ["Text"]);
    assert_eq!(listed("also", true), ["Text", "other"]);
    assert_eq!(listed("never", true), ["other", "work"]);
    assert_eq!(listed("auto", false), ["other", "work"]);
    assert_eq!(listed("only", false), ["Text"]);
    assert_eq!(listed("also", false), ["Text", "other"]);
}

#[test]
fn left_fragments_are_a_warning_and_the_notes_those_of_the_commits() {
    let repo = with_changesets();
    repo.commit(Commit::new("work").file(CHANGESET, changeset("minor", "Left")));
    repo.tag("v1.1.0");
    repo.commit("fix: crash");
    let release = repo.release(&[]);
    assert_eq!(release.titles(), ["crash"]);
    let ran = repo.run(&["next"]);
    assert!(ran.stderr.contains(".changeset has 1 fragment from before this version"), "{}", ran.snapshot());
    let ran = repo.run(&["notes"]);
    assert!(ran.stderr.contains(".changeset has 1 fragment from before this version"), "{}", ran.snapshot());
    repo.write("tidings.toml", "fragments = \"only\"\n");
    let ran = repo.run(&["notes"]);
    assert!(!ran.stderr.contains("from before this version"), "{}", ran.snapshot());
}

#[test]
fn changelog_and_release_body_have_the_fragments() {
    let repo = with_changesets();
    repo.commit(Commit::new("work").file(CHANGESET, changeset("minor", "Carts **stay**\n\nFor a week.")));
    repo.run(&["changelog", "--as", "v1.1.0", "--write"]);
    assert!(repo.read("CHANGELOG.md").contains("\n  For a week.\n"), "{}", repo.read("CHANGELOG.md"));
    let preview = repo.run(&[]).stdout;
    assert!(preview.contains("For a week."), "{preview}");
    let body = repo.run(&["notes", "--as", "v1.1.0", "--format", "release"]).stdout;
    assert!(body.contains("For a week."), "{body}");
}

#[test]
fn comparison_and_message_have_the_fragments_with_their_markdown() {
    let repo = with_changesets();
    let text =
        "Carts **stay** for `7` _days_\n\nSee [how](https://a.example/b_c).\n\n```js\na_b()\n```\n\n<b> @ann";
    repo.commit(Commit::new("work (#3)").file(CHANGESET, changeset("minor", text)));
    repo.commit("fix: hidden");
    repo.tag("v1.1.0");
    let entry = "- Carts **stay** for `7` *days* (#3)\n\n  See [how](https://a.example/b_c).\n\n  ```js\n  a_b()\n  ```\n\n  \\<b> `@ann`\n";
    let compared = repo.run(&["compare", "v1.0.0", "v1.1.0", "--format", "markdown"]).stdout;
    assert!(compared.contains(entry) && !compared.contains("hidden"), "{compared}");
    let message = ["notify", "v1.1.0", "--to", "slack", "--dry-run", "--phase", "before"];
    let message = repo.run(&message).stdout;
    assert!(message.contains("Carts *stay* for `7` _days_"), "{message}");
    assert!(message.contains("<https://a.example/b_c|how>"), "{message}");
    let html = repo.run(&["notes", "v1.1.0", "--format", "html"]).stdout;
    assert!(html.contains("Carts <strong>stay</strong> for <code>7</code> <em>days</em>"), "{html}");
    let text = repo.run(&["notes", "v1.1.0", "--format", "text"]).stdout;
    assert!(
        text.contains("Carts stay for `7` days (#3)") && text.contains("how (https://a.example/b_c)"),
        "{text}"
    );
}
