//! The feeds of one language, Atom (RFC 4287) and JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>), and the
//! sitemap (<https://www.sitemaps.org/protocol.html>). They have versions only, no unreleased changes.

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::{error::Error, model::Release, render::Pages};

use super::{
    content::Content,
    folder::SiteFile,
    page_frame::{Frames, folder},
    release_view::ReleaseView,
    request::SiteRequest,
};

/// How many versions a feed has.
const MAX_VERSIONS: usize = 30;

#[derive(Serialize)]
struct Feed<'a> {
    lang: &'a str,
    title: &'a str,
    id: String,
    updated: String,
    /// The URL of the feed, and that of the first page.
    url: Option<String>,
    home: String,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    title: String,
    date: String,
    /// Absolute if the site has a URL, else relative to the feed.
    url: String,
    is_absolute: bool,
    html: String,
}

#[derive(Serialize)]
struct Body<'v, 'a> {
    release: &'v ReleaseView<'a>,
    level: u8,
    has_anchors: bool,
    has_heading: bool,
}

/// The two feeds.
///
/// # Errors
/// If a template fails.
pub(super) fn feeds(
    templates: &Pages,
    frames: &Frames<'_>,
    content: &Content,
    views: &[ReleaseView<'_>],
) -> Result<[SiteFile; 2], Error> {
    let tag = &frames.language.tag;
    let versions = content.releases.iter().zip(views).filter(|(page, _)| page.is_version());
    let items = versions.take(MAX_VERSIONS).map(|(page, view)| {
        let absolute = frames.absolute(&format!("{}{}", frames.folder, view.path));
        let body = Body { release: view, level: 2, has_anchors: false, has_heading: false };
        Ok(Item {
            id: version_id(&page.release, tag),
            title: format!("{} {}", frames.site, view.full_name()),
            date: format!("{}T00:00:00Z", view.date.as_deref().unwrap_or("1970-01-01")),
            is_absolute: absolute.is_some(),
            url: absolute.unwrap_or_else(|| view.path.to_owned()),
            html: templates.render("release.tera", &body)?,
        })
    });
    let items: Vec<Item> = items.collect::<Result<_, Error>>()?;
    // The oldest version stays the oldest one.
    let oldest = content.releases.iter().rev().find(|page| page.is_version());
    let feed = Feed {
        lang: tag,
        title: &frames.site,
        id: urn(&["feed", tag, &oldest.map(|page| page.release.commit.to_string()).unwrap_or_default()]),
        updated: items.first().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |item| item.date.clone()),
        url: frames.absolute(&format!("{}feed.atom", frames.folder)),
        home: frames
            .absolute(&format!("{}index.html", frames.folder))
            .unwrap_or_else(|| "index.html".to_owned()),
        items,
    };
    let json_url = frames.absolute(&format!("{}feed.json", frames.folder));
    Ok([
        ("feed.json".to_owned(), json_feed(&feed, json_url)),
        ("feed.atom".to_owned(), templates.render("feeds.tera", &feed)?),
    ])
}

fn json_feed(feed: &Feed<'_>, url: Option<String>) -> String {
    let item = |item: &Item| {
        let mut fields = Map::new();
        fields.insert("id".into(), json!(item.id));
        if item.is_absolute {
            fields.insert("url".into(), json!(item.url));
        }
        fields.insert("title".into(), json!(item.title));
        fields.insert("content_html".into(), json!(item.html));
        fields.insert("date_published".into(), json!(item.date));
        Value::Object(fields)
    };
    let mut fields = Map::new();
    fields.insert("version".into(), json!("https://jsonfeed.org/version/1.1"));
    fields.insert("title".into(), json!(feed.title));
    if let Some(url) = url {
        fields.insert("home_page_url".into(), json!(feed.home));
        fields.insert("feed_url".into(), json!(url));
    }
    fields.insert("language".into(), json!(feed.lang));
    fields.insert("items".into(), feed.items.iter().map(item).collect());
    format!("{:#}\n", Value::Object(fields))
}

/// The ID of a version in the feeds of a language. It depends on nothing that an edit of the notes changes, nor on
/// where the site is published.
fn version_id(release: &Release, tag: &str) -> String {
    let version = release.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let package = release.package.as_deref().unwrap_or_default();
    urn(&["version", tag, package, &version, &release.commit.to_string()])
}

/// A UUID of version 8 (RFC 9562) from a digest of the parts.
fn urn(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    let mut bytes: [u8; 16] = [0; 16];
    bytes.iter_mut().zip(&digest).for_each(|(to, from)| *to = *from);
    let number = u128::from_be_bytes(bytes);
    let number = number & !(0xf << 76) | (0x8 << 76);
    let number = number & !(0x3 << 62) | (0x2 << 62);
    let hex = format!("{number:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// The sitemap, if the site has a URL.
pub(super) fn sitemap(request: &SiteRequest, content: &Content) -> Option<SiteFile> {
    let base = request.base_url.as_ref()?;
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    text.push_str("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (at, language) in request.languages.iter().enumerate() {
        let folder = folder(at, language);
        let mut add = |path: &str, date: Option<String>| {
            // The paths of pages have no characters that XML escapes, and a parsed URL has only `&`.
            let url =
                format!("{}{folder}{path}", base.as_str().replace('&', "&amp;").replace('\'', "&apos;"));
            let date = date.map(|date| format!("<lastmod>{date}</lastmod>")).unwrap_or_default();
            text.push_str(&format!("<url><loc>{url}</loc>{date}</url>\n"));
        };
        ["", "versions.html", "upgrade.html", "statistics.html"].iter().for_each(|path| add(path, None));
        for page in content.releases.iter().filter(|page| page.is_version()) {
            add(&page.path, page.release.date.map(|date| date.to_string()));
        }
    }
    text.push_str("</urlset>\n");
    Some(("sitemap.xml".to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urn_is_a_uuid_of_version_8() {
        let id = urn(&["a", "b"]);
        let parts: Vec<&str> = id.strip_prefix("urn:uuid:").unwrap().split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('8') && parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        assert_ne!(id, urn(&["ab", ""]));
    }
}
