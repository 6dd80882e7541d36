//! `--detail`, `detail` and `components_as`: what notes say about each change.

use serde_json::Value;

use crate::support::{Commit, Repo};

/// A shop of three applications with 1.0.0, and three changes after it.
fn shop() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0");
    repo.commit(
        Commit::new("feat(cart): add gift cards\n\nCustomers asked for a way\nto pay for @friends. Closes #3.\n\nMore prose.")
            .file("apps/web/cart.ts", "1")
            .file("apps/api/cart.go", "1")
            .file("docs/cart.md", "1"),
    );
    repo.commit(Commit::new("fix: round prices\n\nPrices are now rounded.").file("apps/api/price.go", "1"));
    repo.commit(
        Commit::new("feat!: drop v1\n\nWhy: clients stopped calling it.\n\nBREAKING CHANGE: use v2")
            .file("apps/api/v1.go", "1"),
    );
    repo
}

fn printed(repo: &Repo, args: &[&str]) -> String {
    let ran = repo.run(args);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    ran.stdout
}

const COMPONENTS: &str = "[[components]]\nname = 'web'\npaths = ['apps/web']\n\n[[components]]\nname = 'api'\npaths = ['apps/api']\n";

#[test]
fn detail_adds_the_reason_and_what_is_affected() {
    let repo = shop();
    let body =
        |level: &str| printed(&repo, &["notes", "--as", "2.0.0", "--format", "text", "--detail", level]);
    insta::assert_snapshot!(body("titles"), @r"
    2.0.0 (2026-03-01)

    Breaking changes

    * drop v1

      use v2

    Features

    * cart: add gift cards

    Bug fixes

    * round prices
    ");
    insta::assert_snapshot!(body("why"), @r"
    2.0.0 (2026-03-01)

    Breaking changes

    * drop v1
      Clients stopped calling it.

      use v2

    Features

    * cart: add gift cards
      Customers asked for a way to pay for @friends.

    Bug fixes

    * round prices
    ");
    insta::assert_snapshot!(body("full"), @r"
    2.0.0 (2026-03-01)

    Breaking changes

    * drop v1
      Clients stopped calling it.
      Affects: api

      use v2

    Features

    * cart: add gift cards
      Customers asked for a way to pay for @friends.
      Affects: api, web

    Bug fixes

    * round prices
      Affects: api
    ");
}

#[test]
fn markdown_nests_the_reason_in_the_entry() {
    let repo = shop();
    let notes = printed(&repo, &["notes", "--detail", "why"]);
    assert!(
        notes.contains(" add gift cards\n\n  Customers asked for a way to pay for `@friends`.\n")
            || notes.contains("\n\n  Customers asked for a way to pay for `@friends`.\n"),
        "{notes}"
    );
    let html = comrak::markdown_to_html(&notes, &comrak::Options::default());
    let item = html.split("<li>").find(|item| item.contains("Customers asked")).unwrap();
    assert!(item.contains("add gift cards") && item.contains("</li>"), "{html}");
}

#[test]
fn configuration_has_a_level_for_notes_and_one_for_the_changelog() {
    let repo = shop();
    repo.write("tidings.toml", "[notes]\ndetail = 'why'\n[changelog]\ndetail = 'titles'\n");
    let reason = "Customers asked";
    assert!(printed(&repo, &["notes"]).contains(reason));
    assert!(printed(&repo, &["preview"]).contains(reason));
    assert!(printed(&repo, &["--color", "never"]).contains(reason));
    assert!(!printed(&repo, &["notes", "--detail", "titles"]).contains(reason));
    assert!(!printed(&repo, &["changelog", "--as", "2.0.0"]).contains(reason));
    assert!(printed(&repo, &["changelog", "--as", "2.0.0", "--detail", "why"]).contains(reason));
    repo.write("tidings.toml", "[changelog]\ndetail = 'full'\n");
    let section = printed(&repo, &["changelog", "--as", "2.0.0"]);
    assert!(section.contains(reason) && section.contains("  Affects: api, web\n"), "{section}");
    assert!(!printed(&repo, &["notes"]).contains(reason));
}

#[test]
fn unknown_level_is_a_usage_error() {
    let repo = shop();
    insta::assert_snapshot!(repo.run(&["notes", "--detail", "most"]).snapshot(), @r"
    status: 2
    ----- stderr -----
    error: invalid value 'most' for '--detail <LEVEL>'
      [possible values: titles, why, full]

    For more information, try '--help'.
    ");
    repo.write("tidings.toml", "[notes]\ndetail = 'most'\n");
    insta::assert_snapshot!(repo.run(&["notes"]).snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: tidings.toml:2:10: unknown value `most`
      2 | detail = 'most'
        |          ^^^^^^
    Hint: use one of: titles, why, full
    ");
    repo.write("tidings.toml", "[notes]\ncomponents_as = 'groups'\n");
    insta::assert_snapshot!(repo.run(&["notes"]).snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: tidings.toml:2:17: unknown value `groups`
      2 | components_as = 'groups'
        |                 ^^^^^^^^
    Hint: did you mean `group`?
    ");
}

#[test]
fn components_are_marks_or_groups() {
    let repo = shop();
    let body = || printed(&repo, &["notes", "--as", "2.0.0", "--format", "text", "--detail", "full"]);
    repo.write("tidings.toml", COMPONENTS);
    insta::assert_snapshot!(body(), @r"
    2.0.0 (2026-03-01)

    Breaking changes

    * [api] drop v1
      Clients stopped calling it.

      use v2

    Features

    * [web, api] cart: add gift cards
      Customers asked for a way to pay for @friends.

    Bug fixes

    * [api] round prices
    ");
    repo.write("tidings.toml", format!("[notes]\ncomponents_as = 'group'\n{COMPONENTS}"));
    insta::assert_snapshot!(body(), @r"
    2.0.0 (2026-03-01)

    Breaking changes

    api:

    * drop v1
      Clients stopped calling it.

      use v2

    Features

    Several components:

    * [web, api] cart: add gift cards
      Customers asked for a way to pay for @friends.

    Bug fixes

    api:

    * round prices
    ");
    for (format, heading) in [
        (
            "markdown",
            "\n### Features\n\n#### Several components\n\n- \\[web, api\\] **cart:** add gift cards",
        ),
        ("release", "\n#### api\n\n- round prices"),
        ("keepachangelog", "\n### Fixed\n\n#### api\n\n- round prices"),
        ("html", "<h4>api</h4>\n<ul>\n<li>round prices"),
        ("slack", "*Bug fixes · api*\\n• round prices"),
        ("debian", "  [ Bug fixes ]\n  - api -\n  * round prices"),
        ("rpm", "- api: round prices"),
    ] {
        let notes = printed(&repo, &["notes", "--as", "2.0.0", "--format", format]);
        assert!(notes.contains(heading), "{format}:\n{notes}");
    }
}

#[test]
fn grouped_changelog_stays_up_to_date() {
    let repo = shop();
    let settings = "[notes]\ncomponents_as = 'group'\n[changelog]\ndetail = 'full'\n";
    repo.write("tidings.toml", format!("{settings}{COMPONENTS}"));
    printed(&repo, &["changelog", "--as", "2.0.0", "--write"]);
    let first = repo.read("CHANGELOG.md");
    assert!(first.contains("\n#### api\n") && first.contains("  Customers asked"), "{first}");
    printed(&repo, &["changelog", "--as", "2.0.0", "--check"]);
    repo.commit(Commit::new("fix: later").file("apps/web/later.ts", "1"));
    repo.tag("v2.0.0");
    printed(&repo, &["changelog", "--as", "2.0.0", "--write"]);
    let second = repo.read("CHANGELOG.md");
    assert!(second.contains("\n#### web\n\n- later"), "{second}");
    assert_eq!(second.matches("## [2.0.0]").count(), 1, "{second}");
}

#[test]
fn json_form_does_not_depend_on_the_level() {
    let repo = shop();
    let json = |args: &[&str]| -> Value {
        repo.run_json(&[&["notes", "--as", "2.0.0", "--format", "json"], args].concat())
    };
    let notes = json(&[]);
    assert_eq!(json(&["--detail", "full"]), notes);
    let feature = &notes["releases"][0]["sections"][1]["changes"][0];
    assert_eq!(feature["reason"], "Customers asked for a way to pay for @friends.");
    assert_eq!(feature["areas"], serde_json::json!(["api", "web"]));
    let fix = &notes["releases"][0]["sections"][2]["changes"][0];
    assert_eq!((&fix["reason"], &fix["areas"]), (&Value::Null, &serde_json::json!(["api"])));
    let all = repo.run_json(&["notes", "--all", "--format", "json"]);
    assert_eq!(all["releases"][0]["sections"][1]["changes"][0]["areas"], serde_json::json!([]));
    let full = repo.run_json(&["notes", "--all", "--format", "json", "--detail", "full"]);
    assert_eq!(full["releases"][0]["sections"][1]["changes"][0]["areas"], serde_json::json!(["api", "web"]));
}

#[test]
fn notes_in_chinese_say_what_why_and_what_is_affected() {
    let repo = Repo::new();
    repo.commit("feat: 首個版本");
    repo.tag("v1.0.0");
    repo.commit(
        Commit::new(
            "feat(購物車): 支援禮物卡\n\n原因：客戶希望能替朋友付款，\n目前只能用信用卡。\n\n影響：結帳流程",
        )
        .file("apps/web/cart.ts", "1"),
    );
    repo.commit(
        Commit::new(
            "feat!: 移除舊版介面\n\n舊版介面已沒有呼叫端，\n維護成本過高。\n\nBREAKING CHANGE: 請改用 v2。",
        )
        .file("services/api/v1.go", "1"),
    );
    repo.commit(Commit::new("fix: 修正金額四捨五入").file("services/api/price.go", "1"));
    let args = ["notes", "--as", "2.0.0", "--format", "text", "--detail", "full", "--locale", "zh-TW"];
    insta::assert_snapshot!(printed(&repo, &args), @r"
    2.0.0 (2026-03-01)

    破壞性變更

    * 移除舊版介面
      舊版介面已沒有呼叫端，維護成本過高。
      影響範圍：api

      請改用 v2。

    新功能

    * 購物車: 支援禮物卡
      客戶希望能替朋友付款，目前只能用信用卡。
      影響範圍：web

    修復

    * 修正金額四捨五入
      影響範圍：api
    ");
}

#[test]
fn configured_packages_are_named() {
    let repo = Repo::new();
    let packages =
        ["core", "cli"].map(|name| format!("[[packages]]\nname = '@acme/{name}'\npaths = ['{name}']\n"));
    repo.write("tidings.toml", packages.concat());
    repo.commit(
        Commit::new("feat: add search")
            .file("core/src/index/a.rs", "1")
            .file("cli/src/main.rs", "1")
            .file("x", "1"),
    );
    let notes = |package: &str| {
        printed(&repo, &["notes", "--package", package, "--format", "text", "--detail", "full"])
    };
    // The folders `src` and `index` only lead to the next level.
    assert!(notes("@acme/core").contains("\n  Affects: @acme/cli, a\n"), "{}", notes("@acme/core"));
    assert!(notes("@acme/cli").contains("\n  Affects: @acme/core\n"), "{}", notes("@acme/cli"));
}
