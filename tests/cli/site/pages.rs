//! The pages: their content, their links, and the escaping of texts from commits.

use std::fs;

use super::support::{Site, site};
use crate::support::{Commit, Repo};

/// Two versions with a breaking change, a migration and a contributor, and unreleased changes.
fn shop() -> Repo {
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", "https://github.com/example/shop.git"]);
    repo.commit("feat: sell books (#1)");
    repo.tag("v1.0.0");
    repo.commit(
        Commit::new("feat!: sell maps (#2)\n\nBREAKING CHANGE: `books` is a list.")
            .file("db/migrations/V1__maps.sql", "1"),
    );
    repo.commit("fix(cart): count `twice` (#3)");
    repo.tag("v1.1.0");
    repo.commit("feat: sell globes (#4)");
    repo
}

#[test]
fn every_version_has_a_page_and_every_link_resolves() {
    let repo = shop();
    let site = site(&repo, &[]);
    assert_eq!(
        site.ran.stderr,
        "wrote 14 files with 2 versions to [HOME]/site\n"
            .replace("[HOME]", &repo.dir().parent().unwrap().display().to_string())
    );
    let page = site.page("versions/1.1.0.html");
    assert!(page.contains("<h1>1.1.0</h1>"), "{page}");
    assert!(page.contains("sell maps") && page.contains("<code>books</code> is a list."), "{page}");
    assert!(page.contains("<strong>cart:</strong> count <code>twice</code>"), "{page}");
    assert!(page.contains("db/migrations/V1__maps.sql") && page.contains("Database migrations"), "{page}");
    assert!(!page.contains("sell books") && page.contains("Contributors"), "{page}");
    assert!(page.contains("https://github.com/example/shop/compare/v1.0.0...v1.1.0"), "{page}");
    let index = site.page("index.html");
    let order: Vec<usize> = ["versions/unreleased.html", "sell maps", "sell books"]
        .iter()
        .map(|text| index.find(text).unwrap())
        .collect();
    assert!(order.is_sorted() && !index.contains("sell globes"), "{order:?}");
    assert!(site.page("versions/unreleased.html").contains("sell globes"));
    let upgrade = site.page("upgrade.html");
    assert!(
        upgrade.contains("sell maps") && upgrade.contains("V1__maps.sql") && !upgrade.contains("sell books"),
        "{upgrade}"
    );
    let list = site.page("versions.html");
    assert!(list.contains("versions/1.0.0.html") && list.contains("versions/1.1.0.html"), "{list}");
    site.assert_links_resolve();
}

#[test]
fn anchor_of_an_entry_comes_from_its_commit() {
    let repo = shop();
    let commit = repo.commit("fix: a tpyo");
    repo.tag("v1.2.0");
    let sha = repo.sha(commit);
    let anchor = format!("id=\"c-{}\"", &sha[..12]);
    assert!(site(&repo, &[]).page("versions/1.2.0.html").contains(&anchor));
    repo.write(
        ".tidings/corrections.toml",
        format!("[commit.{sha}]\ntitle = \"a typo\"\nsection = \"features\"\n"),
    );
    let corrected = site(&repo, &[]);
    let page = corrected.page("versions/1.2.0.html");
    assert!(page.contains(&anchor) && page.contains("a typo") && !page.contains("tpyo"), "{page}");
}

#[test]
fn text_from_commits_is_escaped_everywhere() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0");
    let hostile = "</script><img src=x onerror=alert(1)> \"quoted\" ]]> javascript:alert(1)";
    repo.commit(&*format!("feat(<b>): {hostile}\n\nBREAKING CHANGE: <svg onload=alert(2)>"));
    repo.commit(
        Commit::new(format!("fix: {hostile} `<i>`")).author("& \"x\" 'y' &lt;img&gt;", "a@example.org"),
    );
    repo.tag("v2.0.0");
    repo.write("tidings.toml", "[[components]]\nname = \"<u>&\"\npaths = [\"**\"]\n[[components]]\nname = \"b\"\npaths = [\"b/**\"]\n");
    let site = site(&repo, &["--title", "<Shop> \"&\"", "--base-url", "https://example.org/a'b"]);
    let mut count = 0;
    for (path, text) in &site.files {
        // The script of all pages has tags of its own in its code.
        if path == "site.js" {
            continue;
        }
        for forbidden in ["<img", "<svg onload", "<b>", "<i>", "<u>", "& \"x", "<Shop>"] {
            // Plain text in JSON: the names of components, which no page takes as HTML, and titles in the feed.
            let is_plain = (forbidden == "<u>" && path.starts_with("data/"))
                || (forbidden == "<Shop>" && path == "feed.json");
            assert!(is_plain || !text.contains(forbidden), "{path} has {forbidden}");
        }
        count += usize::from(text.contains("onerror"));
    }
    assert!(count >= 5, "{count}");
    let page = site.page("versions/2.0.0.html");
    let scripts = page.matches("<script").count();
    assert_eq!((scripts, page.matches("javascript:").count()), (1, 2), "{page}");
    assert!(!page.contains("href=\"javascript") && !page.contains(" style=") && !page.contains(" onclick="));
    assert!(page.contains("Content-Security-Policy") && page.contains("default-src 'none'"));
    site.assert_links_resolve();
}

#[test]
fn each_language_has_its_pages() {
    let repo = shop();
    let site =
        site(&repo, &["--locale", "zh-TW", "--locale", "de", "--base-url", "https://example.org/shop"]);
    let (first, second) = (site.page("versions/1.1.0.html"), site.page("de/versions/1.1.0.html"));
    assert!(first.contains("<html lang=\"zh-TW\">") && first.contains("破壞性變更"), "{first}");
    assert!(second.contains("<html lang=\"de\">") && second.contains("Inkompatible Änderungen"), "{second}");
    assert!(
        second.contains("hreflang=\"zh-TW\" href=\"https://example.org/shop/versions/1.1.0.html\""),
        "{second}"
    );
    assert!(second.contains("<a href=\"../../versions/1.1.0.html\" lang=\"zh-TW\""), "{second}");
    assert!(first.contains("<a href=\"../de/versions/1.1.0.html\" lang=\"de\""), "{first}");
    assert!(site.page("de/data/changes-1.js").contains("sell maps"));
    site.assert_links_resolve();
    let map = site.page("sitemap.xml");
    assert!(map.contains("<loc>https://example.org/shop/de/versions/1.1.0.html</loc>"), "{map}");
    assert!(!map.contains("unreleased"), "{map}");
    assert!(
        second.contains(
            "<meta property=\"og:url\" content=\"https://example.org/shop/de/versions/1.1.0.html\">"
        )
    );
}

#[test]
fn packages_and_components_are_filters() {
    let repo = Repo::new();
    repo.write(
        "tidings.toml",
        "[[packages]]\nname = \"core\"\npaths = [\"core/**\"]\n[[packages]]\nname = \"web\"\npaths = [\"web/**\"]\n\
         [[components]]\nname = \"ui\"\npaths = [\"web/ui/**\"]\n[[components]]\nname = \"api\"\npaths = [\"core/**\"]\n",
    );
    repo.commit(Commit::new("feat: a").file("core/a", "1"));
    repo.tag("core@1.0.0");
    repo.commit(Commit::new("feat: b").file("web/ui/b", "1"));
    repo.tag("web@1.0.0");
    repo.commit(Commit::new("fix: c").file("core/a", "2"));
    repo.tag("core@1.1.0");
    let site = site(&repo, &[]);
    assert!(site.page("versions/core/1.1.0.html").contains("<h1>core 1.1.0</h1>"));
    assert!(site.page("versions/web/1.0.0.html").contains("<h1>web 1.0.0</h1>"));
    let index = site.page("index.html");
    assert!(index.contains("<option>core</option><option>web</option>"), "{index}");
    assert!(index.contains("<option>ui</option><option>api</option>"), "{index}");
    let part = &site.script("data/changes-1.js");
    let of_web =
        part[1].as_array().unwrap().iter().find(|entry| entry[3].as_str().unwrap().contains(" b")).unwrap();
    assert_eq!(of_web[4], serde_json::json!(["ui"]));
    site.assert_links_resolve();
}

#[test]
fn same_input_gives_the_same_bytes() {
    let repo = shop();
    let first = site(&repo, &["--locale", "en", "--locale", "ja"]);
    fs::remove_dir_all(super::support::folder(&repo)).unwrap();
    let second = site(&repo, &["--locale", "en", "--locale", "ja"]);
    assert_eq!(first.files, second.files);
    let third = site(&repo, &["--locale", "en", "--locale", "ja"]);
    assert!(third.ran.stderr.starts_with("wrote 0 files"), "{}", third.ran.stderr);
}

#[test]
fn first_page_stays_small_and_links_the_rest() {
    let repo = Repo::new();
    for number in 0..400 {
        repo.commit(&*format!("feat: {}", format!("change {number} ").repeat(20)));
        repo.tag(&format!("v1.{number}.0"));
    }
    for number in 0..100 {
        repo.commit(&*format!("fix: {number}"));
    }
    repo.tag("v2.0.0");
    let site = site(&repo, &[]);
    let index = site.page("index.html");
    assert!(index.len() < 200_000, "{}", index.len());
    assert!(index.contains("… and 40 more") && index.contains("All versions (401)"), "{index}");
    assert_eq!(site.page("versions.html").matches("<tr>").count(), 402);
    site.assert_links_resolve();
}

#[test]
fn repository_without_versions_has_a_site() {
    let repo = Repo::new();
    repo.commit("feat: a");
    let site: Site = site(&repo, &[]);
    assert!(site.page("versions/unreleased.html").contains("<li id=\"c-"));
    assert!(!site.files.contains_key("since.html") && !site.page("index.html").contains("since.html"));
    assert!(site.page("statistics.html").contains("No version has been tagged yet."));
    site.assert_links_resolve();
}
