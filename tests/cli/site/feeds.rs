//! The feeds, read by `feed-rs`.

use feed_rs::model::Feed;

use super::support::{Site, site};
use crate::support::Repo;

fn shop() -> Repo {
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", "https://github.com/example/shop.git"]);
    repo.commit("feat: sell <books> & maps");
    repo.tag("v1.0.0");
    repo.commit("fix: a tpyo");
    repo.tag("v1.0.1");
    repo.commit("feat: unreleased");
    repo
}

/// Both feeds of a folder of the site.
fn feeds(site: &Site, folder: &str) -> [Feed; 2] {
    ["feed.atom", "feed.json"].map(|name| {
        let text = site.page(&format!("{folder}{name}"));
        feed_rs::parser::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))
    })
}

fn body(feed: &Feed, at: usize) -> &str {
    feed.entries[at].content.as_ref().unwrap().body.as_deref().unwrap()
}

#[test]
fn feeds_have_the_versions_and_no_unreleased_changes() {
    let site = site(&shop(), &["--base-url", "https://example.org/shop"]);
    for feed in feeds(&site, "") {
        let titles: Vec<&str> =
            feed.entries.iter().map(|entry| &*entry.title.as_ref().unwrap().content).collect();
        assert_eq!(titles, ["shop 1.0.1", "shop 1.0.0"]);
        assert_eq!(feed.title.as_ref().unwrap().content, "shop");
        assert!(body(&feed, 1).contains("sell &lt;books&gt; &amp; maps"), "{}", body(&feed, 1));
        let link = &feed.entries[0].links[0];
        assert_eq!(link.href, "https://example.org/shop/versions/1.0.1.html");
        assert!(feed.links.iter().any(|link| link.href.starts_with("https://example.org/shop/feed.")));
        assert!(feed.entries[0].published.is_some());
        let text = format!("{feed:?}");
        assert!(!text.contains("unreleased") && !text.contains("href=\"versions"), "{text}");
    }
}

#[test]
fn ids_are_stable_under_edits_and_new_versions() {
    let repo = shop();
    let ids = |site: &Site| {
        feeds(site, "").map(|feed| (feed.id, feed.entries.iter().map(|it| it.id.clone()).collect::<Vec<_>>()))
    };
    let before = ids(&site(&repo, &[]));
    assert!(before[0].1.iter().all(|id| id.starts_with("urn:uuid:")), "{before:?}");
    assert_eq!(before[0].1, before[1].1, "both feeds have the same IDs");
    repo.write(".tidings/corrections.toml", "[version.\"1.0.1\"]\nsummary = \"Only a typo.\"\n");
    let edited = site(&repo, &["--title", "Other", "--base-url", "https://example.org"]);
    // A JSON Feed has no ID of its own: the parser makes one up.
    assert_eq!(ids(&edited)[0], before[0]);
    assert_eq!(ids(&edited)[1].1, before[1].1);
    assert!(body(&feeds(&edited, "")[0], 0).contains("Only a typo."));
    repo.commit("feat: more");
    repo.tag("v1.1.0");
    let later = ids(&site(&repo, &[]));
    assert_eq!((&later[0].0, &later[0].1[1..]), (&before[0].0, &before[0].1[..]));
}

#[test]
fn each_language_has_feeds_of_its_own() {
    let site = site(&shop(), &["--locale", "en", "--locale", "de"]);
    let (english, german) = (&feeds(&site, "")[0], &feeds(&site, "de/")[0]);
    assert!(
        body(english, 1).contains("Features") && body(german, 1).contains("Neue Funktionen"),
        "{}",
        body(german, 1)
    );
    assert_ne!(english.entries[0].id, german.entries[0].id);
}
