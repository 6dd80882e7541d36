//! The files that are the same for all sites: the style and the script.

use crate::render::PageTemplate;

/// The files, each with its path in the folder of the site.
pub(super) fn assets() -> [(&'static str, String); 2] {
    let style = [
        include_str!("../../../templates/web/theme.css"),
        include_str!("../../../templates/web/site/site.css"),
    ];
    [
        ("site.css", style.concat()),
        ("site.js", include_str!("../../../templates/web/site/site.js").to_owned()),
    ]
}

/// The templates of pages and feeds.
pub(super) const TEMPLATES: [PageTemplate; 9] = [
    ("layout.tera", include_str!("../../../templates/web/site/layout.tera")),
    ("release.tera", include_str!("../../../templates/web/site/release.tera")),
    ("index.tera", include_str!("../../../templates/web/site/index.tera")),
    ("version.tera", include_str!("../../../templates/web/site/version.tera")),
    ("versions.tera", include_str!("../../../templates/web/site/versions.tera")),
    ("since.tera", include_str!("../../../templates/web/site/since.tera")),
    ("upgrade.tera", include_str!("../../../templates/web/site/upgrade.tera")),
    ("statistics.tera", include_str!("../../../templates/web/site/statistics.tera")),
    ("feeds.tera", include_str!("../../../templates/web/site/feeds.tera")),
];
